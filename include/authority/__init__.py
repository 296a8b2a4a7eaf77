"""What is the same for every authority: its address, the pace of calls, bytes on the wire, how a send failed."""

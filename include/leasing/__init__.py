"""Changes of leaseholders at Statens vegvesen: rows, national numbers, the message, its reply and what it means."""

"""The crash suite: real sender processes, really killed, against the sandbox's truth log. `make crash` runs it."""

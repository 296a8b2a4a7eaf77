"""The importers' SFTP drop: what lies there, reading it fast and safely, filing it away, leaving receipts."""

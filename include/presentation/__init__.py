"""What an importer writes into a presentation file: columns, spellings, and the rows that come out. Opens nothing."""

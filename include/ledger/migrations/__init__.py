"""Numbered, forward-only steps of the ledger's schema; each runs the .sql file of the same number."""

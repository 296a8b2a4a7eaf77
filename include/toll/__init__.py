"""Tolletaten's movement interface (ICS2): presentation of consignments, their validation, and control routing."""

"""The typed view by field of knowledge: one file, one area, one reader.

A reader takes the values of a document (`view.Group`) and its family, and never raises: what is absent, empty or not
of its type is None. Nothing here is read before a rule asks for it, so an area no rule needs costs nothing.
"""

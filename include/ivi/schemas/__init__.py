"""Element tables of the two IVI families, and the schemas generated from them.

The tables (`*.tsv`) are the facts: which element stands in which group, whether it must be there and what it may hold.
`python -m include.ivi.schemas.generate` turns them into `ivi1.xsd`, `ivi2.xsd` and `signature.xsd`, which are
committed. They are Samsvar's own reading of EReg's IVI 1.11 (which covers 1.1 to 1.11) and IVI 2.0, not EReg's files.
"""

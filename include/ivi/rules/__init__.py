"""Content rules, one per file. Each file holds RULE and says in its docstring where the rule comes from.

EReg's own list of content checks is not public, so these are Samsvar's rules, named as such.
"""

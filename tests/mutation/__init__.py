"""How well the golden cases hold the rules: slips are made in every rule and must be found. `make mutate-rules`."""

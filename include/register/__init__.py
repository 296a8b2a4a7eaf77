"""The vehicle register as a port: what may be asked and what an answer means, whoever gives it.

KS Fiks (`include.fiks`) serves public bodies, Statens vegvesen's own lookup (`include.vegvesen_register`) importers.
"""

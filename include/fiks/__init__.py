"""KS Fiks Kjøretøyregister: the register for public bodies, with the messages of Kjøretøysøk v2.

Source: developers.fiks.ks.no (Kjøretøyregister, Integrasjoner) and Statens vegvesen's OpenAPI "Søk" 2.0.
"""

"""Maskinporten: the signed grant, the access token it buys, and a cache so that one token serves many calls.

Source of every rule here: docs.digdir.no, "Maskinporten" (protocol_jwtgrant, protocol_token, feilsoking, wellknown).
"""

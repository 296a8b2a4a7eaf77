"""Statens vegvesen's own lookup of vehicles ("akfell-datautlevering"), open to importers; the second adapter."""

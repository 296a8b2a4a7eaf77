"""Why a presentation file or one of its rows cannot be used, in both languages. No sentence repeats a cell."""

from __future__ import annotations

from collections.abc import Mapping

_DROP_AGAIN = {"nb": "og legg filen inn på nytt", "en": "and drop the file again"}

_SENTENCES: Mapping[str, tuple[str, str]] = {
    "file.kind": (
        "Bare .csv, .xlsx og .json kan leses her; lagre filen som en av dem {again}.",
        "Only .csv, .xlsx and .json can be read here; save the file as one of them {again}.",
    ),
    "file.not_a_file": (
        "Dette er en mappe, en lenke eller noe annet enn en fil; legg inn selve filen.",
        "This is a folder, a link or something else than a file; drop the file itself.",
    ),
    "file.name": (
        "Filnavnet har tegn som ikke kan vises, eller deler av en sti; gi filen et vanlig navn {again}.",
        "The file name holds characters that cannot be shown, or parts of a path; rename the file {again}.",
    ),
    "file.too_large": (
        "Filen er større enn {limit}; del den opp {again}.",
        "The file is larger than {limit}; split it {again}.",
    ),
    "file.unreadable": (
        "Filen kan ikke leses på serveren; gi oss leserett {again}.",
        "The file cannot be read at the drop; give us the right to read it {again}.",
    ),
    "file.empty": ("Filen har ingen rader; fyll den ut {again}.", "The file holds no rows; fill it in {again}."),
    "file.rows": (
        "Filen har flere enn {limit} rader; del den opp {again}.",
        "The file holds more than {limit} rows; split it {again}.",
    ),
    "file.columns": (
        "Filen har flere enn {limit} kolonner; slett dem som ikke trengs {again}.",
        "The file holds more than {limit} columns; delete those that are not needed {again}.",
    ),
    "file.damaged": (
        "Filen er ødelagt, eller noe annet enn navnet sier; lagre den på nytt {again}.",
        "The file is damaged, or something else than its name says; save it anew {again}.",
    ),
    "file.quote": (
        "Et anførselstegn i filen er ikke lukket, så radene kan ikke skilles; lukk det {again}.",
        "A quote in the file is not closed, so its rows cannot be told apart; close it {again}.",
    ),
    "file.heading": (
        "Første rad må ha kolonnenavnene, og kolonnen nivå mangler; se malen {again}.",
        "The first row must name the columns, and the column level is missing; see the template {again}.",
    ),
    "file.heading_twice": (
        "Kolonnen {column} er der to ganger; behold én {again}.",
        "The column {column} is there twice; keep one {again}.",
    ),
    "file.json": (
        "Filen er ikke JSON med en liste av objekter under consignments; se malen {again}.",
        "The file is not JSON with a list of objects under consignments; see the template {again}.",
    ),
    "row.cells": (
        "Raden har flere celler enn det er kolonner; sett tekst med skilletegn i anførselstegn.",
        "The row has more cells than there are columns; put text that holds the separator in quotes.",
    ),
    "row.object": ("Dette er ikke et objekt med navngitte felt.", "This is no object with named fields."),
    "row.value": (
        "Feltet {column} har noe annet enn en tekst.",
        "The field {column} holds something else than a text.",
    ),
    "row.number": (
        "Kolonnen {column} har et tall som regnearket har forkortet; formater kolonnen som tekst og skriv det på nytt.",
        "The column {column} holds a number that the spreadsheet has shortened; format the column as text and type it "
        "anew.",
    ),
    "row.cell": (
        "Kolonnen {column} har linjeskift, usynlige tegn, en feil fra regnearket eller altfor mye tekst; skriv cellen "
        "på nytt.",
        "The column {column} holds a line break, invisible characters, an error of the spreadsheet or far too much "
        "text; type the cell anew.",
    ),
    "row.level": (
        "Kolonnen nivå må ha ett av disse ordene: hus, sekk, ens, hovedfraktbrev, container, forventet.",
        "The column level must hold one of these words: house, receptacle, ens, master, container, expected.",
    ),
    "row.corrects": (
        "Kolonnen retter må ha en requestId fra en kvittering, eller være tom.",
        "The column corrects must hold a requestId from a receipt, or be empty.",
    ),
    "row.expected": (
        "Et forventet hus må ha dokumentnummer og dokumenttype.",
        "An expected house needs a document number and a document type.",
    ),
}


def sentences(rule_id: str, words: Mapping[str, object]) -> dict[str, str]:
    """The sentence of a rule in `nb` and `en`, its words filled in."""
    nb, en = _SENTENCES[rule_id]
    return {
        "nb": nb.format(again=_DROP_AGAIN["nb"], **words),
        "en": en.format(again=_DROP_AGAIN["en"], **words),
    }

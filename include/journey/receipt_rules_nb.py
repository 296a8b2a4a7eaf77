"""In Bokmål: the rules that stop a file before it is read as a document. Findings in a document keep their sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping

from include.drop.names import megabytes

RULES_NB: Mapping[str, str] = {
    "name.encoding": "Filnavnet er ikke skrevet i UTF-8: gi filen et nytt navn, og legg den inn på nytt.",
    "name.control": "Filnavnet har usynlige tegn eller kontrolltegn: gi filen et nytt navn, og legg den inn på nytt.",
    "name.path": "Filnavnet inneholder deler av en sti: bruk et vanlig filnavn, og legg filen inn på nytt.",
    "name.empty": "Filnavnet er tomt: gi filen et navn, og legg den inn på nytt.",
    "name.kind": "Filnavnet slutter verken på .xml, .xml.gz eller .zip: legg bare inn eCoC-dokumenter.",
    "name.not_a_file": "Dette er en mappe, lenke eller spesialfil: legg inn selve dokumentet.",
    "file.kind": "Dette er en mappe, lenke eller spesialfil: legg inn selve dokumentet.",
    "file.not_whole": "Filen stopper før rotelementet er lukket: last den opp på nytt, fullstendig.",
    "file.empty": "Filen er tom: legg inn dokumentet på nytt.",
    "file.not_xml": "Filen er ikke XML: legg inn selve IVI-dokumentet.",
    "file.too_large": "Filen er for stor til å være et IVI-dokument: se etter feil i eksporten.",
    "file.compressed": "Filen er pakket, men heter som et dokument: gi den riktig endelse eller legg inn XML-filen.",
    "content.empty": "Dokumentet er tomt: legg inn hele dokumentet.",
    "content.too_large": "Filen er større enn {limit}, det meste vi tar imot i én fil: se etter feil i eksporten, "
    "eller avtal en høyere grense med oss.",
    "content.no_permission": "Vi har ikke lov til å lese filen: gi gruppen eller andre leserett, og legg den inn på "
    "nytt.",
    "archive.broken": "Arkivet er skadet eller ikke fullstendig: pakk det på nytt, og legg det inn igjen.",
    "archive.several": "Filen inneholder flere pakkede filer: ett dokument per .gz, eller bruk .zip.",
    "archive.entries": "Arkivet inneholder for mange filer: del det opp.",
    "archive.empty": "Arkivet inneholder ikke noe dokument: pakk .xml-filene, og legg det inn på nytt.",
    "archive.no_document": "Arkivet inneholder ikke noe eCoC-dokument: pakk .xml-filene, og legg det inn på nytt.",
    "archive.total": "Arkivet blir større enn {limit} når det pakkes ut: del det opp.",
    "archive.twice": "Arkivet har flere filer med samme navn: behold den riktige.",
    "archive.encrypted": "Arkivet er kryptert: pakk det uten passord.",
    "archive.not_a_document": "Dette er ikke et dokument: pakk bare .xml-filer, .json-sidefiler og manifest.csv.",
    "archive.method": "Arkivet er pakket med en uvanlig metode: bruk Deflate.",
    "archive.too_large": "Dokumentet blir større enn {limit}, eller mye større enn pakken, når det pakkes ut: se etter "
    "feil i eksporten, eller avtal en høyere grense med oss.",
    "archive.nested": "Dette er et arkiv i et arkiv: pakk selve dokumentene.",
    "xml.not_well_formed": "Filen er ikke velformet XML: eksporter den på nytt, og legg inn hele filen.",
    "xml.doctype": "Filen har en DOCTYPE, og leses derfor ikke: ta den bort, og legg filen inn på nytt.",
    "xml.encoding": "Filen har en tegnkoding vi ikke tar imot: lagre den som UTF-8, og legg den inn på nytt.",
    "xml.too_much_markup": "Filen har flere elementer enn noe IVI-dokument: legg inn ett kjøretøy per fil.",
    "xml.depth": "Filen har dypere nøstede elementer enn noe IVI-dokument, og leses ikke.",
    "ivi.root": "Rotelementet er ikke det et IVI-dokument begynner med: legg inn selve IVI-dokumentet.",
    "ivi.namespace": "Navnerommet hører ikke til noen IVI-versjon: eksporter dokumentet på nytt som 1.x eller 2.0.",
    "ivi.version": "IVI-versjonen i dokumentet er ukjent: rett den, eller eksporter i en versjon vi tar imot.",
}

_DETAIL_MATTERS = frozenset(
    {
        "file.too_large",
        "archive.entries",
        "xml.not_well_formed",
        "xml.encoding",
        "ivi.root",
        "ivi.namespace",
        "ivi.version",
    }
)
"""Rules whose English sentence holds numbers or places that the importer needs; it is shown as well."""

_MEGABYTES = re.compile(r"more than ([0-9.]+ MB)|larger than ([0-9.]+ MB)|than ([0-9]+) bytes")


def rule_nb(rule_id: str, sentence: str, in_english: str) -> str:
    """A finding in Bokmål; rules about the content keep their English sentence. `in_english` leads in what it adds."""
    if rule_id not in RULES_NB:
        return sentence
    detail = f" ({in_english} {sentence})" if rule_id in _DETAIL_MATTERS else ""
    return RULES_NB[rule_id].format(limit=_limit(sentence)) + detail


def _limit(sentence: str) -> str:
    found = _MEGABYTES.search(sentence)
    if found is None:
        return "grensen"
    return (found[1] or found[2] or megabytes(int(found[3]))).replace(".", ",")

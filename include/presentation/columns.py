"""The columns of a presentation file: their names in both languages, other spellings, and what belongs into them.

The template files, the page in the docs and the reader all come from this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from include.drop.table_cells import title_key
from include.toll.presentation import Level

Language = Literal["nb", "en"]

#: Not a level of the interface: a house consignment that is expected below what the file presents.
EXPECTED = "expected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. `name` is the attribute it fills, `nb` and `en` are the headings of the templates.

    `others` are further headings that are understood: those of the interfaces, and what people write. `compact` values
    never hold a blank, so blanks in them are a slip. `json` is the field in a JSON file.
    """

    name: str
    nb: str
    en: str
    about_nb: str
    about_en: str
    others: tuple[str, ...] = ()
    compact: bool = True
    json: str


COLUMNS: tuple[Column, ...] = (
    Column(
        name="level",
        nb="nivå",
        en="level",
        about_nb="Hva raden gjelder: hus, sekk, ens, hovedfraktbrev, container eller forventet.",
        about_en="What the row is about: house, receptacle, ens, master, container or expected.",
        others=("type of presentation", "fremleggingsnivå"),
        compact=False,
        json="level",
    ),
    Column(
        name="mrn",
        nb="MRN",
        en="MRN",
        about_nb="MRN for den summariske inngangsmeldingen (ENS), 18 tegn.",
        about_en="MRN of the entry summary declaration (ENS), 18 characters.",
        others=("ens mrn", "entrySummaryDeclarationMRN", "ensMRN"),
        json="mrn",
    ),
    Column(
        name="document_number",
        nb="dokumentnummer",
        en="document number",
        about_nb="Transportdokumentets nummer, høyst 70 tegn.",
        about_en="Number of the transport document, 70 characters at most.",
        others=("documentNumber", "fraktbrevnummer", "transportdokument", "transport document", "referenceNumber"),
        compact=False,
        json="documentNumber",
    ),
    Column(
        name="document_type",
        nb="dokumenttype",
        en="document type",
        about_nb="Kode fra CL754, som N740.",
        about_en="Code of CL754, such as N740.",
        others=("type", "documentType", "CL754"),
        json="documentType",
    ),
    Column(
        name="receptacle",
        nb="postsekk",
        en="receptacle",
        about_nb="Postsekkens nummer (S9), som regel 29 tegn.",
        about_en="Number of the receptacle (S9), 29 characters as a rule.",
        others=("receptacleIdentificationNumber", "receptacleId", "sekk", "sekknummer"),
        json="receptacleIdentificationNumber",
    ),
    Column(
        name="container",
        nb="container",
        en="container",
        about_nb="Containerens nummer (ISO 6346).",
        about_en="Number of the container (ISO 6346).",
        others=("containerIdentificationNumber", "containerId", "containernummer", "container number", "konteiner"),
        json="containerIdentificationNumber",
    ),
    Column(
        name="office",
        nb="tollkontor",
        en="customs office",
        about_nb="Tollkontoret der varene fremlegges, kode fra CL141, som NO351001.",
        about_en="Customs office where the goods are presented, code of CL141, such as NO351001.",
        others=("customsOfficeOfPresentation", "office", "tollsted", "CL141", "customsOffice"),
        json="customsOfficeOfPresentation",
    ),
    Column(
        name="corrects",
        nb="retter",
        en="corrects",
        about_nb="requestId for fremleggingen som denne raden retter; fra kvitteringen. Ellers tom.",
        about_en="requestId of the presentation that this row corrects, from its receipt. Else empty.",
        others=("correctsRequestId", "retterRequestId"),
        json="corrects",
    ),
)

#: What may stand in the column level: the interface's own name, the Norwegian word, the English one, and others.
LEVEL_WORDS: Mapping[str, tuple[str, ...]] = {
    Level.HOUSE: ("house-consignment", "hus", "house", "husforsendelse", "house consignment", "HC"),
    Level.RECEPTACLE: ("receptacle", "sekk", "receptacle", "postsekk"),
    Level.ENS: ("entry-summary-declaration", "ens", "ens", "mrn", "inngangsmelding"),
    Level.MASTER: ("master-consignment", "hovedfraktbrev", "master", "hovedforsendelse", "master consignment"),
    Level.CONTAINER: ("container", "container", "container", "konteiner"),
    EXPECTED: ("expected", "forventet", "expected", "forventet hus", "expected house"),
}

TITLES: Mapping[str, Column] = {
    title_key(title): column
    for column in COLUMNS
    for title in (column.name, column.nb, column.en, column.json, *column.others)
}
LEVELS: Mapping[str, str] = {
    title_key(word): str(level) for level, words in LEVEL_WORDS.items() for word in (level, *words)
}

"""The trigger form of customs_presentation: one consignment of one party, presented at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import Param

from include.config.parties import load_parties
from include.errors import SamsvarError
from include.toll.codes import customs_offices, document_types
from include.toll.presentation import Level

_LEVELS: Mapping[str, str] = {
    Level.HOUSE: "House consignment · Husforsendelse",
    Level.RECEPTACLE: "Receptacle · Postsekk",
    Level.ENS: "Entry summary declaration · ENS",
    Level.MASTER: "Master consignment · Hovedforsendelse (only where a setting allows it)",
    Level.CONTAINER: "Container (only where a setting allows it)",
}
_TEXTS = (
    ("document_number", "Document number · Dokumentnummer", "Of the transport document.", 70),
    ("mrn", "MRN", "Of the entry summary declaration, 18 characters.", 40),
    ("receptacle", "Receptacle · Postsekk", "Receptacle identification number (S9).", 60),
    ("container", "Container", "Container identification number (ISO 6346).", 30),
    ("corrects", "Corrects · Retter", "requestId of the presentation that this one replaces, else empty.", 36),
)
FIELDS = ("level", "office", "document_type", *(name for name, *_ in _TEXTS))


def presentation_form() -> dict[str, Param]:
    """The fields; all empty is an ordinary run, which takes the files of every party."""
    rule = "Leave everything empty for an ordinary run over the files of all parties. "
    form = {
        "party": _choice("Importer", rule + "Whose consignment it is.", {one: one for one in _parties()}),
        "level": _choice("Level · Nivå", "What is presented; everything below it is presented with it.", _LEVELS),
        "office": _choice("Customs office · Tollkontor", "Where the goods are presented (CL141).", _offices()),
        "document_type": _choice("Document type · Dokumenttype", "Of the transport document (CL754).", _types()),
    }
    for name, title, about, longest in _TEXTS:
        form[name] = Param(
            None, type=["null", "string"], maxLength=longest, title=title, description=about, section="Consignment"
        )
    form["other_office"] = Param(
        None,
        type=["null", "string"],
        maxLength=8,
        title="Another customs office",
        description="Code of CL141 that is not in the list above.",
        section="Consignment",
    )
    return form


def consignment_of(params: Mapping[str, Any]) -> dict[str, str]:
    """The cells of the form as a row has them; empty for an ordinary run."""
    cells = {name: str(params[name]).strip() for name in FIELDS if params.get(name)}
    if params.get("other_office"):
        cells["office"] = str(params["other_office"]).strip()
    return cells


def _choice(title: str, about: str, names: Mapping[str, str]) -> Param:
    return Param(
        None,
        type=["null", "string"],
        enum=[None, *map(str, names)],
        values_display={str(value): shown for value, shown in names.items()},
        title=title,
        description=about,
        section="Consignment",
    )


def _parties() -> list[str]:
    """Parties with the role customs. A parties file that cannot be read is told by the DAGs of the parties."""
    try:
        return [party.id for party in load_parties().good.values() if "customs" in party.roles and party.enabled]
    except SamsvarError:
        return []


def _offices() -> dict[str, str]:
    return {code: f"{name} · {code}" for code, name in sorted(customs_offices().items(), key=lambda one: one[1])}


def _types() -> dict[str, str]:
    return {code: f"{code} · {nb} · {en}" for code, (nb, en) in document_types().items()}

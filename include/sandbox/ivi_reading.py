"""Reads from an IVI what the register needs: reference, VIN, make and the approval. Own code on purpose.

The sandbox is the oracle of the tests, so it must not share a reader with the sender it judges.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lxml import etree

MAX_BYTES = 4 * 1024 * 1024
_PARSER_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
# The element that holds NOx in each test procedure, IVI 1.x and then 2.0.
_NOX = tuple(
    "{*}" + name
    for name in (
        *("TestprocType1NOx", "TestprocType5NOx", "TestprocEscNOx", "TestprocNrscNOx", "TestprocWhscNOx"),
        *("TestprocEtcNOx", "TestprocNrtcNOx", "TestprocWhtcNOx", "TestprocWltpType1NOx"),
        *("TypeINox", "NrscNox", "WhscNox", "NrtcNox", "WhtcNox", "WltpType1Nox"),
    )
)
_WANTED = tuple(
    "{*}" + name
    for name in (
        *("IVIReferenceId", "IviReferenceId", "VehicleIdentificationNumber", "TypeApprovalNumber", "Variant"),
        *("Version", "VehicleCategoryCode", "VehicleCategory"),
        *("PureElectricVehIndicator", "PureElectricVehicleIndicator"),
    )
)


@dataclass(frozen=True, slots=True)
class Ivi:
    """What was read; empty elements count as absent. `nox_missing`: has an engine that burns something, but no NOx."""

    reference: str
    vin: str
    make: str | None
    type_approval: str | None
    variant: str | None
    version: str | None
    nox_missing: bool


def read_ivi(content: bytes) -> Ivi | str:
    """The document, or one Norwegian sentence saying why it cannot be taken. Never raises for bad content."""
    if not content or len(content) > MAX_BYTES:
        return "IVI-dokumentet er tomt eller for stort."
    try:
        root = etree.fromstring(content, etree.XMLParser(**_PARSER_OPTIONS))
    except (etree.XMLSyntaxError, ValueError):
        return "IVI-dokumentet er ikke velformet XML."
    info: Any = root.getroottree().docinfo
    if info.doctype or info.internalDTD is not None:
        return "IVI-dokumentet har en dokumenttypedeklarasjon."
    if etree.QName(root).localname != "InitialVehicleInformation":
        return "Dokumentet er ikke en InitialVehicleInformation."
    return _read(root)


def _read(root: Any) -> Ivi | str:
    coc = root.find("{*}Body/{*}CocDataGroup")
    coc = root.find("{*}CocDataGroup") if coc is None else coc
    if coc is None:
        return "IVI-dokumentet mangler CocDataGroup."
    header = _texts(root.find("{*}Header"))
    texts = _texts(coc)
    reference = header.get("IVIReferenceId") or header.get("IviReferenceId")
    vin = texts.get("VehicleIdentificationNumber")
    if not reference or not vin:
        return "IVI-dokumentet mangler referanse eller understellsnummer."
    make = coc.findtext("{*}MakeTable/{*}MakeGroup/{*}Make")
    return Ivi(
        reference=reference,
        vin=vin,
        make=(make or "").strip() or None,
        type_approval=texts.get("TypeApprovalNumber"),
        variant=texts.get("Variant"),
        version=texts.get("Version"),
        nox_missing=_nox_missing(coc, texts),
    )


def _texts(element: Any) -> dict[str, str | None]:
    """Local name → text of the wanted children (lxml filters them in C, which is most of the reader's speed)."""
    if element is None:
        return {}
    return {
        child.tag.rpartition("}")[2]: (child.text or "").strip() or None for child in element.iterchildren(*_WANTED)
    }


def _nox_missing(coc: Any, texts: dict[str, str | None]) -> bool:
    electric = texts.get("PureElectricVehIndicator") or texts.get("PureElectricVehicleIndicator")
    category = texts.get("VehicleCategoryCode") or texts.get("VehicleCategory") or ""
    if electric == "Y" or category.startswith("O"):
        return False
    return not any((found.text or "").strip() for found in coc.iter(*_NOX))

"""Proves that a schema which was just loaded does refuse.

A schema whose import failed, or a file of another family, can load without complaint and then judge nothing. So each
schema must first refuse documents that are known to be bad, and complain about just what is bad in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from lxml import etree

from include.ivi.finding import Family

from .tables import NAMESPACES, ROOT

_ONE = (
    f"<{ROOT}><Header><IVIReferenceId>1</IVIReferenceId>%s</Header>"
    f"<Body><CocDataGroup>%s</CocDataGroup></Body>%s</{ROOT}>"
)
_VIN = "<VehicleIdentificationNumber>ZZ9SV0000TS000001</VehicleIdentificationNumber>"
_TWO = f'<{ROOT} xmlns="{NAMESPACES["2.0"]}"><Header>%s</Header><CocDataGroup>%s</CocDataGroup>%s</{ROOT}>'

#: Header, vehicle and end of each bad document, and the name that must be complained about.
_BAD: dict[Family, tuple[tuple[str, str, str, str], ...]] = {
    "1.x": (
        ("<VersionNumberXsd>9.9</VersionNumberXsd>", _VIN, "", "VersionNumberXsd"),
        ("", f"{_VIN}<ActualMassOfTheVehicle>heavy</ActualMassOfTheVehicle>", "", "ActualMassOfTheVehicle"),
        ("", f"{_VIN}<NoSuchElement>1</NoSuchElement>", "", "NoSuchElement"),
        ("", "", "", "CocDataGroup"),
        ("", _VIN, "<Signature/>", "Signature"),
    ),
    "2.0": (
        ("<IviReferenceId>1</IviReferenceId>", _VIN, "", "IviReferenceId"),
        ("", f"{_VIN}<VehicleCategory>M9</VehicleCategory>", "", "VehicleCategory"),
        ("", f"{_VIN}<NoSuchElement>1</NoSuchElement>", "", "NoSuchElement"),
        ("", "", "", "CocDataGroup"),
        ("", _VIN, "<Signature/>", "Signature"),
    ),
}


def wrongly_accepted(schema: etree.XMLSchema, family: Family) -> Iterator[str]:
    """The element behind each known-bad document that the schema accepts, or refuses for another reason."""
    frame = _ONE if family == "1.x" else _TWO
    for *parts, name in _BAD[family]:
        accepted = schema.validate(etree.fromstring(frame % tuple(parts)))
        complaints = " ".join(entry.message for entry in cast("Iterable[etree._LogEntry]", schema.error_log))
        if accepted or name not in complaints:
            yield name

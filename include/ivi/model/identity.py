"""Who the vehicle is: reference, identification number, category, make and the people behind it.

Entries 0.1 to 0.11 of Regulation (EU) 2020/683, Annex VIII, and the header of the message.
"""

from __future__ import annotations

from include.ivi.finding import Family
from include.ivi.record import record
from include.ivi.values import whole_number
from include.ivi.view import Group

_COC: dict[Family, str] = {"1.x": "Body/CocDataGroup", "2.0": "CocDataGroup"}


@record
class Identity:
    """What names a vehicle and its document. Texts are trimmed, None where absent.

    `makes` and `commercial_names` hold every row. `base_vin` is the number of the base vehicle (1.x only). `country` is
    the Vienna code of the intended country of registration, such as N.
    """

    reference: str | None = None
    document_version: int | None = None
    vin: str | None = None
    base_vin: str | None = None
    category: str | None = None
    makes: tuple[str, ...] = ()
    commercial_names: tuple[str, ...] = ()
    country: str | None = None


def read_identity(tree: Group, family: Family) -> Identity:
    """Reads the area once. Never raises."""
    header = tree.first("Header").values
    coc = tree.first(_COC[family])
    if family == "1.x":
        reference, version = header.get("IVIReferenceId"), coc.values.get("VersionCoc")
        category, country = coc.values.get("VehicleCategoryCode"), coc.values.get("IntendedCountryOfRegistrCode")
    else:
        reference, version = header.get("IviReferenceId"), header.get("IviVersionNumber")
        category, country = coc.values.get("VehicleCategory"), header.get("IntendedCountryRegistration")
    return Identity(
        reference=_text(reference),
        document_version=whole_number(version),
        vin=_text(coc.values.get("VehicleIdentificationNumber")),
        base_vin=_text(coc.values.get("BaseVin")),
        category=_text(category),
        makes=_rows(coc, "Make"),
        commercial_names=_rows(coc, "CommercialName"),
        country=_text(country),
    )


def _rows(coc: Group, name: str) -> tuple[str, ...]:
    found = coc.all(f"{name}Table/{name}Group")
    return tuple([row.values[name].strip() for row in found if row.values.get(name)])


def _text(value: str | None) -> str | None:
    return value.strip() if value else None

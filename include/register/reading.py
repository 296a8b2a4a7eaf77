"""From the register's JSON to records: a tolerant reader that takes named fields and leaves everything else behind.

Source of the paths: Kjøretøysøk v2 (OpenAPI "Søk" 2.0); Statens vegvesen's newer lookup answers with the same object.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from include.register.leaseholder import LeaseholderReader
from include.register.owners import OwnerVault
from include.register.record import FILLERS, VehicleRecord


def vehicle(
    row: Any, vault: OwnerVault | None = None, leaseholders: LeaseholderReader | None = None
) -> VehicleRecord | None:
    """The record of one `Kjoretoy`; None when it cannot be told which vehicle it is."""
    identity = _at(row, "kjoretoyId")
    if not isinstance(identity, dict):
        return None
    plates = _plates(row)
    kuid, vin, plate = (_text(identity.get(name)) for name in ("kuid", "understellsnummer", "kjennemerke"))
    if not (kuid or vin or plate or plates):
        return None
    approvals, registration = _at(row, "godkjenning"), _at(row, "registrering")
    technical = _at(approvals, "tekniskGodkjenning")
    makes = _at(technical, "tekniskeData", "generelt", "merke")
    make = next((one for one in makes if isinstance(one, dict)), {}) if isinstance(makes, list) else {}
    kinds = _at(technical, "kjoretoyklassifisering")
    first = _at(approvals, "forstegangsGodkjenning")
    approval = _at(kinds, "efTypegodkjenning")
    return VehicleRecord(
        kuid=kuid,
        understellsnummer=vin,
        merkekode=_text(identity.get("merkekode")) or _text(make.get("merkeKode")),
        merke=_text(make.get("merke")),
        kjennemerke=plate or (plates[0] if plates else None),
        kjennemerker=plates or ((plate,) if plate else ()),
        registreringsstatus=_code(_at(registration, "registreringsstatus")),
        registrering_fom=_moment(_at(registration, "fomTidspunkt")),
        registrert_forstegang_norge=_day(_at(row, "forstegangsregistrering", "registrertForstegangNorgeDato")),
        forstegang_registrert=_day(_at(first, "forstegangRegistrertDato")),
        godkjenningsundertype=_code(_at(first, "godkjenningsundertype")),
        typegodkjenningsnummer=_approval_number(approval),
        variant=_text(_at(approval, "variant")),
        versjon=_text(_at(approval, "versjon")),
        avgiftskode=_code(_at(kinds, "kjoretoyAvgiftsKode")),
        teknisk_kode=_code(_at(kinds, "tekniskKode")),
        kontrollfrist=_day(_at(row, "periodiskKjoretoyKontroll", "kontrollfrist")),
        eierskap=vault.keep(row.get("eierskap")) if vault is not None else None,
        leasingtaker=leaseholders.read(row) if leaseholders is not None else None,
    )


def _at(value: Any, *path: str) -> Any:
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _text(value: Any) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    return None if text in FILLERS else text


def _code(value: Any) -> str | None:
    """`kodeVerdi` of a KodeverkType; a code that comes as plain text is taken too."""
    return _text(value.get("kodeVerdi")) if isinstance(value, dict) else _text(value)


def _day(value: Any) -> date | None:
    text = _text(value)
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    text = _text(value)
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:
        return None


def _plates(row: Any) -> tuple[str, ...]:
    """Every plate of the list, those without an end first."""
    listed = _at(row, "kjennemerke")
    known = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    known.sort(key=lambda one: _text(one.get("tilTidspunkt")) is not None)
    return tuple(text for one in known if (text := _text(one.get("kjennemerke"))))


def _approval_number(approval: Any) -> str | None:
    whole = _text(_at(approval, "typegodkjenningNrTekst"))
    if whole:
        return whole
    number = _at(approval, "typegodkjenningnummer")
    parts = [_text(_at(number, name)) for name in ("land", "direktiv", "serie", "utvidelse")]
    return "*".join(part for part in parts if part) or None

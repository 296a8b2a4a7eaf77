"""The message of the Leasingtaker-API (Statens vegvesen, page of 03.06.2021): one change per request."""

from __future__ import annotations

from typing import Any

import orjson

from include.leasing.change import Handling, Leaseholder

PATH = "/ws/no/vegvesen/kjoretoy/felles/innmelding/leasingtaker"


def body(handling: Handling, kjennemerke: str, leaseholder: Leaseholder) -> bytes:
    """The JSON body. A person has fodselsnummer and etternavn, an organisation its organisasjonsnummer only.

    AVSLUTTE names the leaseholder too: whether it must is not published, and it never hurts.
    """
    number = "fodselsnummer" if leaseholder.kind == "person" else "organisasjonsnummer"
    message: dict[str, Any] = {
        "handling": handling,
        "kjennemerke": kjennemerke,
        "leasingtakerId": {number: leaseholder.number},
    }
    if leaseholder.kind == "person" and leaseholder.etternavn:
        message["etternavn"] = leaseholder.etternavn
    return orjson.dumps(message)

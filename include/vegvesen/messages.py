"""The create message: one document per request, its original bytes untouched.

Refusals carry only nulls as references, so the items of an array could not be matched to their answers: an array
always holds exactly one document. A signed IVI survives only as the very bytes the importer signed, so those are what
is encoded.
"""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from include.vegvesen.avgift import Avgiftsklassifisering
    from include.vegvesen.settings import RequestShape

CREATE_PATH = "/ws/no/vegvesen/kjoretoy/felles/innmelding/meldingompreregistrering/v1/opprette"


def create_body(
    content: bytes, ivi_reference: str | None, avgift: Avgiftsklassifisering | None, shape: RequestShape
) -> bytes:
    """The JSON body of one `opprette` request (eCoC page of Statens vegvesen).

    `content` is the file as it was dropped, `ivi_reference` the document's own IVI reference, sent beside it when
    known. Without an avgiftsKode the optional `avgiftsklassifisering` is left out.
    """
    ivi: dict[str, str] = {"iviDokument": binascii.b2a_base64(content, newline=False).decode("ascii")}
    if ivi_reference:
        ivi["iviReferanse"] = ivi_reference
    message: dict[str, Any] = {}
    if avgift is not None and avgift.avgiftsKode:
        message["avgiftsklassifisering"] = _classification(avgift)
    message["ivi"] = ivi
    return orjson.dumps([message] if shape == "array" else message)


def _classification(avgift: Avgiftsklassifisering) -> dict[str, str | None]:
    fields: dict[str, str | None] = {"avgiftsKode": avgift.avgiftsKode}
    if avgift.sitteplasserNorskGodkjenning is not None:
        fields["sitteplasserNorskGodkjenning"] = avgift.sitteplasserNorskGodkjenning
    if avgift.sengeplasserCampingbil is not None:
        fields["sengeplasserCampingbil"] = avgift.sengeplasserCampingbil
    return fields

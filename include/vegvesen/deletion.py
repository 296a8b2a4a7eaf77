"""How a vehicle is named in a deletion: the path of `slette`.

The authority takes the IVI reference, or the VIN, or the VIN with the code of its make "when the VIN does not give one
hit" (eCoC page of Statens vegvesen). The form of the last one is not published, so it is a setting of the connection.
"""

from __future__ import annotations

from typing import Literal, get_args
from urllib.parse import quote

from include.errors import ConfigurationError
from include.vegvesen.messages import CREATE_PATH

Way = Literal["returned_reference", "own_reference", "vin", "vin_merkekode"]
WAYS: tuple[Way, ...] = get_args(Way)
"""In the order they are tried: what names exactly one document comes first."""

DELETE_PATH = CREATE_PATH.removesuffix("opprette") + "slette"
MERKEKODE_PATH = "/slette/understellsnummer/{vin}/{merkekode}"
"""The likeliest of the three plausible forms; the others are `…/{vin}/merkekode/{merkekode}` and
`…/{vin}?merkekode={merkekode}`."""

IN_WORDS: dict[Way, str] = {
    "returned_reference": "the reference that Statens vegvesen returned",
    "own_reference": "the document's own reference",
    "vin": "the VIN",
    "vin_merkekode": "the VIN with the code of its make",
}


def deletion_path(way: Way, *, reference: str | None, vin: str | None, merkekode: str | None, form: str) -> str:
    """The path below the base URL, percent-encoded. `form` is `delete_by_merkekode_path` of the connection.

    Raises ConfigurationError when what the way needs is missing, or the form is no path of `slette`.
    """
    if way in ("returned_reference", "own_reference") and reference:
        return f"{DELETE_PATH}/ivireferanse/{quote(reference, safe='')}"
    if way == "vin" and vin:
        return f"{DELETE_PATH}/understellsnummer/{quote(vin, safe='')}"
    if way == "vin_merkekode" and vin and merkekode:
        filled = form.replace("{vin}", quote(vin, safe="")).replace("{merkekode}", quote(merkekode, safe=""))
        return DELETE_PATH.removesuffix("/slette") + filled
    raise ConfigurationError(f"A deletion by {IN_WORDS[way]} lacks what it names; report this.")


def checked_merkekode_path(form: str, *, conn_id: str) -> str:
    """The setting as it is used. Raises ConfigurationError naming the connection when it is no path of `slette`."""
    shaped = form.startswith("/slette/") and "{vin}" in form and "{merkekode}" in form
    if not shaped or any(sign.isspace() or not sign.isprintable() for sign in form) or ".." in form or "#" in form:
        raise ConfigurationError(
            f"Connection {conn_id!r}, extra field delete_by_merkekode_path: begin with /slette/ and hold {{vin}} and "
            f"{{merkekode}}, for example {MERKEKODE_PATH}."
        )
    return form

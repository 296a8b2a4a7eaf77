"""What is kept of a reply about a change of leaseholder: the vehicle, the codes, and nothing of a person."""

from __future__ import annotations

from typing import Any

from include.leasing.change import Leaseholder
from include.leasing.reply import parse, scrubbed
from include.ledger.leasing_sending import FIELDS


def told_of(content: bytes, holder: Leaseholder) -> dict[str, Any]:
    """What is kept of a reply: the vehicle, and the remarks without numbers and names."""
    reply = parse(content) if content else None
    if reply is None:
        return {}
    private = (holder.number, holder.etternavn, reply.number, reply.navn)
    merknader = [{"kode": one.kode, "beskrivelse": scrubbed(one.beskrivelse, *private)} for one in reply.merknader[:20]]
    vehicle = {name: (getattr(reply, name) or "")[:80] or None for name in FIELDS}
    return {**vehicle, "merknader": merknader}

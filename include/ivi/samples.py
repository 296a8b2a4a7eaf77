"""Makes valid IVI documents, as many distinct ones as wanted: for the sandbox, the demo, the load tests and the bench.

The same arguments always give the same bytes. Every document passes the schema and all rules without a finding.
A document is a template, laid out once, with its own values put in, so a core makes many thousands a second.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Literal
from uuid import UUID
from xml.sax.saxutils import escape

from lxml import etree

from . import sample_ivi1, sample_ivi2
from .finding import Family
from .sample_garage import CATEGORIES, sample_vehicle
from .sample_layout import Slots, render
from .sample_vehicles import POWERTRAINS, SampleVehicle, Stage
from .schemas.tables import NAMESPACES, ROOT, SIGNATURE_NAMESPACE

__all__ = [
    "CATEGORIES", "POWERTRAINS", "SampleFamily", "sample", "sample_correction", "sample_reference", "sample_stages",
    "sample_vin",
]  # fmt: skip

SampleFamily = Literal["1.6", "2.0"]

_LONGEST_REMARK = 2000
_SLOT = re.compile(r"@(\w+)@")
_STEP = re.compile(r"^(?P<name>[A-Za-z_]\w*)(?:\[(?P<number>\d+)\])?$")


def sample_vin(number: int) -> str:
    """The identification number of sample `number`: 17 characters by ISO 3779, under the invented maker code ZZ9."""
    high, low = divmod(number, 1_000_000)
    return f"ZZ9SV{high % 10_000:04d}TS{low:06d}"


def sample_reference(number: int, document_version: int = 1, stage: Stage = "C") -> str:
    """The reference id of sample `number`: a UUID of version 4 (36 characters), which suits both families.

    Each version of a document and each stage of a vehicle has its own.
    """
    more = "" if (document_version, stage) == (1, "C") else f" version {document_version} stage {stage}"
    digest = sha256(f"sample {number}{more}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def sample(
    *,
    number: int,
    family: SampleFamily = "1.6",
    category: str = "M1",
    powertrain: str | None = None,
    vin: str | None = None,
    reference: str | None = None,
    type_approval: str | None = None,
    variant: str | None = None,
    version: str | None = None,
    stage: Stage = "C",
    document_version: int = 1,
    pad_to: int | None = None,
    overrides: Mapping[str, str | None] | None = None,
) -> bytes:
    """One document as UTF-8 bytes.

    `category` is one of CATEGORIES, `powertrain` one of POWERTRAINS (default: what is usual for the category).
    `stage` is C (complete), I (incomplete) or V (completed on a base vehicle; the base is the I of the same number).
    A `document_version` above 1 is a correction: a new reference, the same vehicle, a later moment. `pad_to` is the
    wanted size in bytes, met exactly with approval rows and a remark where the plain document is smaller. `overrides`
    maps IVI paths below the root (`Body/CocDataGroup/Type`, `…/AxleGroup[2]/AxleTrack`) to a new text, or to None to
    take the element out; a path that is not there is added. Overrides cost a parse.
    Raises ValueError for an unknown family, category, powertrain or stage, or a path that is none.
    """
    if family not in ("1.6", "2.0"):
        raise ValueError(f"There is no sample of family {family!r}: choose 1.6 or 2.0.")
    vehicle = sample_vehicle(category, powertrain, stage)
    values = {
        "reference": _text(reference, sample_reference(number, document_version, stage)),
        "vin": _text(vin, sample_vin(number)),
        "type_approval": _text(type_approval, vehicle.approval),
        "variant": _text(variant, vehicle.variant),
        "version": _text(version, vehicle.version),
        "document_version": str(document_version),
        "moment": _moment(family, document_version),
    }
    content = _filled(family, vehicle, values, pad_to)
    return _overridden(content, family, overrides) if overrides else content


def sample_stages(*, number: int, family: SampleFamily = "1.6", category: str = "N2") -> tuple[bytes, bytes]:
    """The incomplete vehicle of a first manufacturer, and the same vehicle completed by a second one."""
    first = sample(number=number, family=family, category=category, stage="I")
    return first, sample(number=number, family=family, category=category, stage="V")


def sample_correction(
    *, number: int, family: SampleFamily = "1.6", category: str = "M1", overrides: Mapping[str, str | None]
) -> tuple[bytes, bytes]:
    """A document and its correction, in which `overrides` are put right: same vehicle, new reference, version 2."""
    first = sample(number=number, family=family, category=category)
    later = sample(number=number, family=family, category=category, document_version=2, overrides=overrides)
    return first, later


def _moment(family: SampleFamily, document_version: int) -> str:
    first = sample_ivi1.MOMENT if family == "1.6" else sample_ivi2.MOMENT
    if document_version == 1:
        return first
    return (datetime.fromisoformat(first) + timedelta(days=document_version - 1)).isoformat()


def _text(given: str | None, usual: str) -> str:
    return usual if given is None else escape(given)


def _filled(family: SampleFamily, vehicle: SampleVehicle, values: dict[str, str], pad_to: int | None) -> bytes:
    parts = _template(family, vehicle, 0, False)
    if pad_to is not None:
        plain = len(_joined(parts, values))
        rows, remark = _padding(family, vehicle, pad_to - plain)
        if remark:
            parts = _template(family, vehicle, rows, True)
            values = {**values, "remarks": _remark(remark)}
    return _joined(parts, values)


def _joined(parts: tuple[str, ...], values: Mapping[str, str]) -> bytes:
    """Even parts are text, odd ones are names of slots."""
    pieces = list(parts)
    pieces[1::2] = [values[name] for name in parts[1::2]]
    return "".join(pieces).encode()


@lru_cache(maxsize=512)
def _template(family: SampleFamily, vehicle: SampleVehicle, rows: int, remarks: bool) -> tuple[str, ...]:
    slots = Slots(
        reference="@reference@",
        vin="@vin@",
        type_approval="@type_approval@",
        variant="@variant@",
        version="@version@",
        document_version="@document_version@",
        moment="@moment@",
        remarks="@remarks@" if remarks else None,
        rows=rows,
    )
    layout = sample_ivi1 if family == "1.6" else sample_ivi2
    namespace = NAMESPACES[_family(family)]
    attributes = f' xmlns="{namespace}"' if namespace else ""
    text = render(layout.document(vehicle, slots), attributes=attributes)
    text = text.replace("<Signature>", f'<Signature xmlns="{SIGNATURE_NAMESPACE}">')
    return tuple(_SLOT.split(f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'))


def _family(family: SampleFamily) -> Family:
    return "2.0" if family == "2.0" else "1.x"


@lru_cache(maxsize=1024)
def _padding(family: SampleFamily, vehicle: SampleVehicle, missing: int) -> tuple[int, int]:
    """How many rows, and a remark of how many characters, make a document `missing` bytes longer; (0, 0): none do."""
    plain = _weight(family, vehicle, 0, False)
    rows = 0
    while rows < 5_000:
        remark = missing - (_weight(family, vehicle, rows, True) - plain)
        if remark <= _LONGEST_REMARK:
            return (rows, remark) if remark > 0 else (0, 0)
        rows += 1 + max(0, (remark - _LONGEST_REMARK) // 600)
    raise ValueError(f"A sample cannot be made {missing} bytes longer: choose a smaller pad_to.")


def _weight(family: SampleFamily, vehicle: SampleVehicle, rows: int, remarks: bool) -> int:
    parts = _template(family, vehicle, rows, remarks)
    return sum(len(text) for text in parts[0::2])


@lru_cache(maxsize=4096)
def _remark(length: int) -> str:
    sentence = "Extra equipment is listed in the information document of the manufacturer. "
    return (sentence * (length // len(sentence) + 1))[:length]


def _overridden(content: bytes, family: SampleFamily, overrides: Mapping[str, str | None]) -> bytes:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.fromstring(content, parser)
    namespace = NAMESPACES[_family(family)]
    for path, text in overrides.items():
        _override(root, path, text, f"{{{namespace}}}" if namespace else "")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _override(root: etree._Element, path: str, text: str | None, prefix: str) -> None:
    element = root
    for step in path.removeprefix(f"{ROOT}/").split("/"):
        found = _STEP.match(step)
        if found is None:
            raise ValueError(f"{path!r} is no path: write names with slashes, and [2] for the second of its kind.")
        same = element.findall(prefix + found["name"])
        place = int(found["number"] or 1)
        if len(same) < place and text is None:
            return
        element = same[place - 1] if len(same) >= place else etree.SubElement(element, prefix + found["name"])
    parent = element.getparent()
    if text is not None:
        element.text = text
    elif parent is not None:
        parent.remove(element)

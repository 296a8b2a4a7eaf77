"""Writes the schemas from the tables: `python -m include.ivi.schemas.generate`.

The same tables always give the same bytes, so a test can prove that the committed schemas and the tables agree.
Groups become `xs:all` (any order, each element once), tables become a sequence of their group.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import quoteattr

from include.ivi.finding import Family

from .tables import FILE_STEMS, NAMESPACES, ROOT, SIGNATURE_NAMESPACE, FamilyTables, Member, load_tables

SIGNATURE_FILE = "signature.xsd"
_XS = "http://www.w3.org/2001/XMLSchema"
_HEX = "[0-9a-fA-F]"
_UUID4 = f"{_HEX}{{8}}-{_HEX}{{4}}-4{_HEX}{{3}}-[89abAB]{_HEX}{{3}}-{_HEX}{{12}}"
_NOTES: dict[Family, str] = {
    "1.x": "IVI 1.1 to 1.11 as Samsvar reads it, written from its element tables; not EReg's file.",
    "2.0": "IVI 2.0 as Samsvar reads it, written from its element tables; not EReg's file.",
}


def _type_name(value: str) -> str:
    """A name for the simple type of a value word: `number 6` becomes `number-6`."""
    return {"date": "xs:date", "moment": "xs:dateTime", "text": "xs:string"}.get(value) or value.replace(" ", "-")


def _facets(value: str, tables: FamilyTables) -> tuple[str, list[tuple[str, str]]]:
    """Base type and facets of a value word."""
    member = Member("", False, value)
    low, _, high = member.limit.partition("-")
    match member.kind:
        case "codes":
            return "xs:string", [("enumeration", code) for code in tables.codes[member.limit]]
        case "text":
            shortest = [("minLength", low)] if low != "0" else []
            return "xs:string", [*shortest, ("maxLength", high)]
        case "number" if high:
            return "xs:nonNegativeInteger", [("minInclusive", low), ("maxInclusive", high)]
        case "number":
            return "xs:nonNegativeInteger", [("totalDigits", low)]
        case "decimal" | "signed":
            total, _, fraction = member.limit.partition(".")
            most = f"{'9' * (int(total) - int(fraction))}.{'9' * int(fraction)}"
            least = f"-{most}" if member.kind == "signed" else "0"
            digits = [("totalDigits", total), ("fractionDigits", fraction)]
            return "xs:decimal", [*digits, ("minInclusive", least), ("maxInclusive", most)]
        case "vin":
            return "xs:string", [("length", "17"), ("pattern", "[A-Z0-9]+")]
        case "uuid4":
            return "xs:string", [("pattern", _UUID4)]
    raise ValueError(f"The element tables hold the unknown value word {value!r}: see tables.py for the words.")


def _simple_types(tables: FamilyTables) -> Iterator[str]:
    values = {member.value for members in tables.groups.values() for member in members.values()}
    for value in sorted(values):
        if Member("", False, value).kind in ("group", "rows") or _type_name(value).startswith("xs:"):
            continue
        base, facets = _facets(value, tables)
        yield f"  <xs:simpleType name={quoteattr(_type_name(value))}><xs:restriction base={quoteattr(base)}>"
        yield from (f"    <xs:{facet} value={quoteattr(limit)}/>" for facet, limit in facets)
        yield "  </xs:restriction></xs:simpleType>"


def _element(member: Member) -> str:
    named = member.kind in ("group", "rows")
    if member.name == "Signature":
        place = 'ref="ds:Signature"'
    else:
        place = f"name={quoteattr(member.name)} type={quoteattr(member.name if named else _type_name(member.value))}"
    need = "" if member.required else ' minOccurs="0"'
    return f"    <xs:element {place}{need}/>"


def _complex_types(tables: FamilyTables) -> Iterator[str]:
    for name, members in tables.groups.items():
        yield f"  <xs:complexType name={quoteattr(name)}>"
        if name.endswith("Table"):
            (row,) = members.values()
            least = _least_rows(name, tables)
            yield "    <xs:sequence>"
            yield f'    <xs:element name="{row.name}" type="{row.name}" minOccurs="{least}" maxOccurs="unbounded"/>'
            yield "    </xs:sequence>"
        else:
            yield "    <xs:all>"
            yield from (_element(member) for member in members.values())
            yield "    </xs:all>"
        yield "  </xs:complexType>"


def _least_rows(table: str, tables: FamilyTables) -> str:
    limits = {members[table].limit for members in tables.groups.values() if table in members}
    return max(limits, key=int)


def schema_text(family: Family) -> str:
    """The whole schema of a family as text."""
    tables = load_tables(family)
    namespace = NAMESPACES[family]
    home = f' xmlns="{namespace}" targetNamespace="{namespace}" elementFormDefault="qualified"' if namespace else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<xs:schema xmlns:xs="{_XS}" xmlns:ds="{SIGNATURE_NAMESPACE}"{home}>',
        f"  <!-- {_NOTES[family]} -->",
        f'  <xs:import namespace="{SIGNATURE_NAMESPACE}" schemaLocation="{SIGNATURE_FILE}"/>',
        f'  <xs:element name="{ROOT}" type="{ROOT}"/>',
        *_complex_types(tables),
        *_simple_types(tables),
        "</xs:schema>",
    ]
    return "\n".join(lines) + "\n"


def signature_text() -> str:
    """A lax stand-in for the W3C signature schema: any content is fine, since signatures are judged elsewhere."""
    anything = '<xs:any namespace="##any" processContents="skip" minOccurs="0" maxOccurs="unbounded"/>'
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<xs:schema xmlns:xs="{_XS}" targetNamespace="{SIGNATURE_NAMESPACE}" elementFormDefault="qualified">\n'
        '  <xs:element name="Signature"><xs:complexType>\n'
        f"    <xs:sequence>{anything}</xs:sequence>\n"
        '    <xs:anyAttribute processContents="skip"/>\n'
        "  </xs:complexType></xs:element>\n"
        "</xs:schema>\n"
    )


def generated() -> dict[str, bytes]:
    """File name to bytes of everything this module writes."""
    written = {f"{stem}.xsd": schema_text(family).encode() for family, stem in FILE_STEMS.items()}
    return {**written, SIGNATURE_FILE: signature_text().encode()}


def main() -> None:
    """Write the schemas beside the tables."""
    folder = Path(__file__).parent
    for name, content in generated().items():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()

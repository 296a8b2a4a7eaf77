"""Sending refused documents again, after the authority or the importer cured the reason."""

from __future__ import annotations

from dataclasses import dataclass

from include.ledger.warehouse import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedSelection:
    """Which refused documents to open again; several fields narrow it down, none selects nothing."""

    file_name: str | None = None
    vin: str | None = None
    meldingskode: str | None = None
    type_approval: str | None = None
    """A type-approval number, or narrowed down: `number|variant` or `number|variant|version`."""

    def __str__(self) -> str:
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return ", ".join(f"{name.replace('_', ' ')} {value!r}" for name, value in given.items() if value)

    @property
    def is_empty(self) -> bool:
        """True when nothing was asked for: an empty form never means everything."""
        return not any((self.file_name, self.vin, self.meldingskode, self.type_approval))


def send_again(connection: Connection, party: str, run_id: str, selection: RefusedSelection) -> int:
    """Marks the selected refused documents to be opened as submission n + 1 by the next plan; the caller commits.

    Only documents whose latest submission is REFUSED are touched, and a document carried by a newer sighting is left
    to that one. Their sightings become open again, so that the next plan gives them a lot. What this very run has
    sent already is left alone, so planning it again sends nothing twice. Returns how many.
    """
    if selection.is_empty:
        return 0
    approval, variant, version = (*(selection.type_approval or "").split("|"), "", "", "")[:3]
    cursor = connection.execute(
        _REOPEN,
        {
            "party": party,
            "run": run_id,
            "file": selection.file_name,
            "vin": selection.vin,
            "kode": selection.meldingskode,
            "approval": approval.strip() or None,
            "variant": variant.strip() or None,
            "version": version.strip() or None,
        },
    )
    return cursor.rowcount


# Bytes and reference stay; the avgiftsklassifisering is found anew, since a party's rule may be what was corrected.
_REOPEN = """
UPDATE ledger.sighting s SET reopen = true, filed_at = NULL
FROM ledger.document d
JOIN LATERAL (SELECT x.state, x.meldingskode, x.sighting_id, x.run_id FROM ledger.submission x
              WHERE x.document_id = d.id AND x.operation = 'opprette' ORDER BY x.n DESC LIMIT 1) u ON true
WHERE d.party = %(party)s AND s.id = d.sighting_id AND u.sighting_id = s.id AND u.state = 'REFUSED'
  AND u.run_id IS DISTINCT FROM %(run)s
  AND (%(file)s::text IS NULL OR s.name = %(file)s OR s.member = %(file)s)
  AND (%(vin)s::text IS NULL OR d.vin = upper(%(vin)s))
  AND (%(kode)s::text IS NULL OR u.meldingskode = %(kode)s)
  AND (%(approval)s::text IS NULL OR d.type_approval = %(approval)s)
  AND (%(variant)s::text IS NULL OR d.variant = %(variant)s)
  AND (%(version)s::text IS NULL OR d.version_code = %(version)s)
"""

"""Puts the typed view of a document together from its groups. Never raises: what cannot be understood is None."""

from __future__ import annotations

from .document import Dates, IviDocument, day, truth, whole_number
from .fields import PATHS
from .finding import Family
from .view import Group, View


# longer because every field of the view is named once
def build_document(family: Family, view: View) -> IviDocument:
    """The typed view of a document that has been read."""
    tree, paths = view.root, PATHS[family]
    value = tree.value
    return IviDocument(
        family=family,
        version=_trimmed(value(paths["version"])),
        reference=_trimmed(value(paths["reference"])),
        vin=_trimmed(value(paths["vin"])),
        category=_trimmed(value(paths["category"])),
        make=_trimmed(value(paths["make"])),
        type_approval=_trimmed(value(paths["type_approval"])),
        type_approval_kind=_trimmed(value(paths["type_approval_kind"])),
        type=_trimmed(value(paths["type"])),
        variant=_trimmed(value(paths["variant"])),
        version_code=_trimmed(value(paths["version_code"])),
        stage=_trimmed(value(paths["stage"])),
        document_version=whole_number(value(paths["document_version"])),
        pure_electric=truth(value(paths["pure_electric"])),
        energy_sources=_energy_sources(tree, paths["energy_source"]),
        dates=Dates(
            day(value(paths["approval_date"])),
            day(value(paths["manufacture_date"])),
            day(value(paths["signature_date"])),
            day(value(paths["document_date"])),
        ),
        signed=view.signed,
        tree=tree,
    )


def _trimmed(value: str | None) -> str | None:
    return value.strip() if value is not None else None


def _energy_sources(tree: Group, path: str) -> tuple[str, ...]:
    way, _, name = path.rpartition("/")
    return tuple([group.values[name].strip() for group in tree.all(way) if name in group.values])

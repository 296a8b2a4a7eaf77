"""One typed view of both IVI families, so that a rule is written once.

Texts are as they stand in the document, trimmed of blanks at the ends; what is absent, empty or not of its type is
None, since the schema check already says so. `tree` holds everything else, unknown elements too. What belongs to one
area of knowledge stands in `model/` and is read when a rule first asks for it.
"""

from __future__ import annotations

from dataclasses import field
from datetime import date

from .fields import PATHS, Field
from .finding import Family
from .lazily import lazily
from .model.approval import Approval, read_approval
from .model.axles import Axle, AxleCounts, AxleSet, read_axle_counts, read_axle_sets, read_axles
from .model.bodywork import Doors, Seats, read_doors, read_seats
from .model.dimensions import Dimensions, read_dimensions
from .model.emissions import Emissions, read_emissions
from .model.energy import Energy, read_energy
from .model.identity import Identity, read_identity
from .model.masses import Masses, read_masses
from .model.powertrain import Powertrain, powertrain_of
from .model.rows import HOME
from .model.stages import Stages, read_stages
from .model.towing import Coupling, Towing, read_coupling, read_towing
from .model.tyres import Tyre, read_tyres
from .record import open_record, record
from .values import day, truth, whole_number
from .view import NOWHERE, Group

__all__ = ["Axle", "Dates", "Doors", "IviDocument", "Masses", "Towing", "day", "truth", "whole_number"]


@record
class Dates:
    """Days of approval, manufacture and signature, and the day of the document itself."""

    approval: date | None = None
    manufacture: date | None = None
    signature: date | None = None
    document: date | None = None


@open_record
class IviDocument:
    """What Samsvar knows of one vehicle document. `family` is 1.x or 2.0, `version` what the document itself says.

    No slots: the areas of `model/` are read lazily.
    """

    family: Family
    version: str | None = None
    reference: str | None = None
    vin: str | None = None
    category: str | None = None
    make: str | None = None
    type_approval: str | None = None
    type_approval_kind: str | None = None
    type: str | None = None
    variant: str | None = None
    version_code: str | None = None
    stage: str | None = None
    document_version: int | None = None
    pure_electric: bool | None = None
    energy_sources: tuple[str, ...] = ()
    dates: Dates = Dates()
    signed: bool = False
    tree: Group = field(default_factory=Group, repr=False, compare=False)

    @lazily
    def coc(self) -> Group | None:
        """The data of the certificate of conformity, None where the document holds none."""
        found = self.tree.first(HOME[self.family])
        return found if found is not NOWHERE else None

    @lazily
    def identity(self) -> Identity:
        """Reference, identification number, makes and names."""
        return read_identity(self.tree, self.family)

    @lazily
    def approval(self) -> Approval:
        """The type approval, its number taken apart."""
        return read_approval(self.tree, self.family)

    @lazily
    def stages(self) -> Stages:
        """Stages of manufacture and the approval each rests on."""
        return read_stages(self.tree, self.family)

    @lazily
    def masses(self) -> Masses:
        """Masses of the vehicle itself, kg."""
        return read_masses(self.tree, self.family)

    @lazily
    def dimensions(self) -> Dimensions:
        """Wheelbase, length, width, height and overhang, mm."""
        return read_dimensions(self.tree, self.family)

    @lazily
    def axle_counts(self) -> AxleCounts:
        """How many axles and wheels the document says there are."""
        return read_axle_counts(self.tree, self.family)

    @lazily
    def axles(self) -> tuple[Axle, ...]:
        """The axle rows, in the order of the document."""
        return read_axles(self.tree, self.family)

    @lazily
    def axle_sets(self) -> tuple[AxleSet, ...]:
        """The groups of axles and their highest mass, kg."""
        return read_axle_sets(self.tree, self.family, self.axles)

    @lazily
    def doors(self) -> Doors:
        """Number of doors, and doors by side."""
        return read_doors(self.tree, self.family)

    @lazily
    def seats(self) -> Seats:
        """Seats and standing places."""
        return read_seats(self.tree, self.family)

    @lazily
    def coupling(self) -> Coupling:
        """Every towable mass, combination and vertical mass, kg, and the coupling devices."""
        return read_coupling(self.tree, self.family)

    @lazily
    def towing(self) -> tuple[Towing, ...]:
        """The combinations of vehicle and trailer, kg."""
        return read_towing(self.coupling, self.family)

    @lazily
    def tyres(self) -> tuple[Tyre, ...]:
        """The tyres of every axle."""
        return read_tyres(self.tree, self.family)

    @property
    def number_of_axles(self) -> int | None:
        """How many axles the document says there are."""
        return self.axle_counts.axles

    @property
    def powered_axles(self) -> int | None:
        """How many powered axles the document says there are."""
        return self.axle_counts.powered

    @lazily
    def energy(self) -> Energy:
        """Engines, electric machines and what they run on."""
        return read_energy(self.tree, self.family)

    @lazily
    def emissions(self) -> Emissions:
        """CO2, consumption, range, pollutants, noise and emission level."""
        return read_emissions(self.tree, self.family)

    @lazily
    def powertrain(self) -> Powertrain:
        """The kind of drive, worked out from the energy."""
        return powertrain_of(self.energy, self.category)

    def path(self, name: Field) -> str:
        """Where a field stands in this family, below the root."""
        return PATHS[self.family][name]

    def raw(self, name: Field) -> str | None:
        """The text of a field with its blanks, None where it is absent."""
        return self.tree.value(self.path(name))

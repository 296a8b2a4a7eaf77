"""What the view knows of the build of a vehicle, from both families."""

from __future__ import annotations

import pytest

from include.ivi.document import IviDocument
from include.ivi.model.tyres import load_of
from include.ivi.samples import CATEGORIES, sample
from include.ivi.view import Group

ONE, TWO = "Body/CocDataGroup", "CocDataGroup"
COUPLING1 = f"{ONE}/MechanicalCouplingTable/MechanicalCouplingGroup"
DRAWBAR1 = f"{COUPLING1}/BrakedTypeTrailTable/BrakedTypeTrailGroup"
TOWING2 = f"{TWO}/TowingBrakedTypeTrailTable/TowingBrakedTypeTrailGroup"
BODYWORK2 = "BodyworkTypeTable/BodyworkTypeGroup"
AREAS = ("masses", "dimensions", "axle_counts", "axles", "doors", "seats")


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("area", AREAS)
def test_both_families_tell_the_same_of_one_vehicle(checked, category, area):
    one, two = (checked(sample(number=1, family=family, category=category)).document for family in ("1.6", "2.0"))
    assert getattr(one, area) == getattr(two, area)
    assert any(getattr(one, area)) if area == "axles" else True


@pytest.mark.parametrize("family", ["1.6", "2.0"])
def test_a_car_is_read_in_full(checked, family):
    car = checked(sample(number=1, family=family)).document
    assert (car.masses.running_order, car.masses.actual, car.masses.max_laden) == (1480, 1527, 2010)
    size = car.dimensions
    assert (size.wheelbase, size.length, size.width, size.height) == (2690, 4420, 1810, 1495)
    assert [(axle.number, axle.track, axle.spacing, axle.steered, axle.twin) for axle in car.axles] == [
        (1, 1580, 2690, True, False),
        (2, 1590, None, False, False),
    ]
    counts = car.axle_counts
    assert (counts.axles, counts.wheels, counts.steered, counts.powered) == (2, 4, 1, 1)
    assert (car.number_of_axles, car.powered_axles) == (2, 1)
    assert (car.seats.all, car.doors.number, car.doors.with_back) == (5, 4, 4)
    coupling = car.coupling
    assert (coupling.braked, coupling.unbraked, coupling.tows) == (1300, 600, True)
    assert [(one.towable, one.combination) for one in car.towing] == [(1300, 3310)]
    assert [one.mass for one in coupling.vertical] == [75]
    assert [(tyre.axle, tyre.number, tyre.size, tyre.single) for tyre in car.tyres] == [
        (0, 1, "205/55 R16", 94),
        (1, 1, "205/55 R16", 94),
    ]


@pytest.mark.parametrize("family", ["1.x", "2.0"])
def test_a_document_without_anything_is_read_without_a_word(family):
    empty = IviDocument(family=family, tree=Group())
    assert empty.axles == empty.axle_sets == empty.tyres == empty.towing == ()
    assert not empty.coupling.tows
    assert (empty.coupling.braked, empty.coupling.unbraked) == (None, None)
    assert empty.seats.all is None
    assert not empty.seats.disagree
    assert empty.masses == type(empty.masses)()


def test_every_row_has_a_path_of_its_own(checked):
    lorry = checked(sample(number=1, family="2.0", category="N2")).document
    assert [axle.path for axle in lorry.axles] == [f"{TWO}/AxleTable/AxleGroup[{row}]" for row in (1, 2)]
    assert lorry.tyres[1].path == f"{TWO}/AxleTable/AxleGroup[2]/TyreAxleTable/TyreAxleGroup[1]"


def test_farm_trailers_of_1_x_are_read_by_drawbar_and_braking(checked):
    overrides = {
        f"{DRAWBAR1}[1]/BrakedTypeTrailCode": "UNB",
        f"{DRAWBAR1}[1]/DrawbarTypeTable/DrawbarTypeGroup/TechPermMaxTowMassTrailer": "1500",
        f"{DRAWBAR1}[2]/BrakedTypeTrailCode": "HDB",
        f"{DRAWBAR1}[2]/DrawbarTypeTable/DrawbarTypeGroup/TypeTrailerCode": "DB",
        f"{DRAWBAR1}[2]/DrawbarTypeTable/DrawbarTypeGroup/TechPermMaxTowMassTrailer": "9000",
        f"{DRAWBAR1}[2]/DrawbarTypeTable/DrawbarTypeGroup/TechnPermMaxMassCombinTrail": "15000",
    }
    coupling = checked(sample(number=1, category="T1b", overrides=overrides)).document.coupling
    assert (coupling.unbraked, coupling.braked) == (1500, 9000)
    assert [(one.braking, one.trailer) for one in coupling.towable] == [("UNB", None), ("HDB", "DB")]
    assert [one.mass for one in coupling.combinations] == [15000]


def test_a_combination_in_a_row_of_its_own_is_made_of_the_heaviest_braked_trailer(checked):
    overrides = {
        f"{TOWING2}[1]/{BODYWORK2}/TechnicallyPermissibleMaximumCombinationMass": None,
        f"{TOWING2}[3]/{BODYWORK2}/TechnicallyPermissibleMaximumCombinationMass": "3311",
    }
    found = checked(sample(number=1, family="2.0", overrides=overrides))
    assert [(one.towable, one.combination) for one in found.document.towing] == [(1300, 3311)]
    assert any(finding.rule_id == "towing.combination" for finding in found.findings)


@pytest.mark.parametrize(
    ("index", "load"),
    [
        (0, 45),
        (35, 121),
        (50, 190),
        (75, 387),
        (79, 437),
        (80, 450),
        (81, 462),
        (94, 670),
        (121, 1450),
        (159, 4375),
        (160, 4500),
        (161, 4625),
        (279, 136000),
    ],
)
def test_a_load_index_is_what_the_standard_says(index, load):
    assert load_of(index) == load


@pytest.mark.parametrize("index", [-1, 280, 10**9])
def test_an_index_beyond_the_standard_is_none(index):
    assert load_of(index) is None

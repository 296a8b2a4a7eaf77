"""The committed schemas are what the tables say, and they do refuse."""

from __future__ import annotations

from importlib.resources import files
from itertools import pairwise

import pytest
from lxml import etree

from include.ivi import schemas
from include.ivi.samples import sample
from include.ivi.schemas.generate import _facets, generated
from include.ivi.schemas.tables import coc_entries, load_tables

COC = "Body/CocDataGroup"


def test_writing_the_schemas_again_gives_the_committed_bytes():
    for name, content in generated().items():
        assert files(schemas).joinpath(name).read_bytes() == content, name


def test_the_tables_hold_every_group_and_element_of_both_families():
    one, two = load_tables("1.x"), load_tables("2.0")
    assert sum(len(members) for name, members in one.groups.items() if not name.endswith("Table")) == 862 + 3
    assert sum(len(members) for name, members in two.groups.items() if not name.endswith("Table")) == 624 + 3
    assert one.member("CocDataGroup", "VehicleIdentificationNumber").required
    assert one.codes["VersionNumberXsd"][-1] == "1.11"


def test_every_coc_entry_points_at_an_element_of_the_tables():
    for family, entries in coc_entries().items():
        tables = load_tables(family)
        for path in entries:
            *way, name = path.split("/")
            assert tables.member(way[-1], name) is not None, path
            assert all(tables.member(group, inner) for group, inner in pairwise(way)), path


def test_an_unknown_value_word_stops_the_generator():
    with pytest.raises(ValueError, match="roman 5"):
        _facets("roman 5", load_tables("1.x"))


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        ("NumberOfAxles", "two", "NumberOfAxles (line 20) holds 'two': write a whole number of at most 2 digits."),
        ("NumberOfWheels", "123", "at most 2 digits"),
        ("NumberOfAxles", "-2", "a whole number"),
        ("Type", "T" * 51, "(51 characters): write at most 50 characters."),
        ("StageOfCompletionCode", "X", "holds 'X': write one of C, I, V."),
        ("StageOfCompletionCode", "C ", "without the blanks around it"),
        ("VehicleCategoryCode", "M9", "one of the 116 codes of IVI, such as M3, M2, M1"),
        ("DateOfManufactureVeh", "02.03.2026", "write a date such as 2026-03-02"),
        ("VersionDateIVI", "2026-03-04", "write a date and time such as 2026-03-02T10:00:00"),
        ("EngineTable/EngineGroup/EngineCapacity", "1969,0", "at most 5 digits before and 2 after the point"),
        ("AxleTable/AxleGroup/TyreAxleTable/TyreAxleGroup/LoadCapacityIndexSingleWheel", "999", "from 0 to 279"),
    ],
)
def test_a_wrong_value_is_said_in_plain_words_with_place_and_remedy(found, path, text, words):
    finding = found(sample(number=1, overrides={f"{COC}/{path}": text}))["schema.value"]
    assert words in finding.sentence
    assert finding.path == f"{COC}/{path}".replace("AxleTable/AxleGroup/", "AxleTable/AxleGroup[1]/")
    assert finding.level == "error"
    assert "atomic" not in finding.sentence
    assert "facet" not in finding.sentence


def test_a_finding_names_row_and_coc_entry(found):
    finding = found(sample(number=1, overrides={f"{COC}/AxleTable/AxleGroup[2]/AxleTrack": "99999"}))["schema.value"]
    assert finding.path == f"{COC}/AxleTable/AxleGroup[2]/AxleTrack"
    assert finding.coc_entry == "30"


def test_a_finding_in_a_2_0_document_names_the_same_kind_of_path(found):
    path = "CocDataGroup/AxleTable/AxleGroup[2]/AxleTrack"
    for content in (
        sample(number=1, family="2.0", overrides={path: "99999"}),
        with_prefix(sample(number=1, family="2.0", overrides={path: "99999"})),
    ):
        finding = found(content)["schema.value"]
        assert (finding.path, finding.coc_entry) == (path, "30")


def with_prefix(content: bytes) -> bytes:
    """The same document with every IVI element written `ivi:…`."""
    root = etree.fromstring(content)
    prefixed = etree.Element(root.tag, nsmap={"ivi": root.nsmap[None]})
    prefixed.extend(list(root))
    etree.cleanup_namespaces(prefixed)
    text = etree.tostring(prefixed)
    assert b"<ivi:AxleTrack>" in text
    return text


def test_an_unknown_a_misplaced_and_a_repeated_element_are_told_apart(found, checked):
    content = sample(number=1, overrides={f"{COC}/Foo": "1", f"{COC}/AxleTrack": "1500"})
    content = content.replace(b"<Type>NL4</Type>", b"<Type>NL4</Type><Type>NL5</Type>")
    findings = found(content)
    assert findings["schema.unknown_element"].sentence.endswith(
        "is no element of IVI 1.x: correct its name or take it out of CocDataGroup."
    )
    assert findings["schema.misplaced"].sentence.endswith("may not stand in CocDataGroup: move it to AxleGroup.")
    assert findings["schema.repeated"].sentence.endswith("stands in CocDataGroup more than once: leave one.")


def test_a_missing_element_is_named_with_its_group(found):
    finding = found(sample(number=1, family="2.0", overrides={"CocDataGroup/VehicleCategory": None}))["schema.missing"]
    assert finding.path == "CocDataGroup/VehicleCategory"
    assert finding.coc_entry == "0.4"
    assert finding.sentence.startswith("VehicleCategory is missing in CocDataGroup (line ")


def test_a_table_without_a_row_names_the_row(found):
    content = sample(number=1, family="2.0").replace(b"<Make>NORDLYS</Make>", b"")
    content = content.replace(b"<MakeGroup>\n        \n      </MakeGroup>", b"")
    finding = found(content)["schema.missing"]
    assert finding.path == "CocDataGroup/MakeTable/MakeGroup"


def test_attributes_stray_text_and_nested_elements_have_words_of_their_own(found):
    content = sample(number=1)
    assert "attribute 'unit'" in found(content.replace(b"<Length>", b'<Length unit="mm">'))["schema.attribute"].sentence
    assert "stray text" in found(content.replace(b"<Length>", b"hello<Length>"))["schema.text"].sentence
    nested = content.replace(b"<Length>4420<", b"<Length><mm>4420</mm><")
    assert "holds other elements" in found(nested)["schema.value"].sentence


def test_an_empty_element_is_an_error_in_2_0(found):
    finding = found(sample(number=1, family="2.0", overrides={"CocDataGroup/Variant": ""}))["schema.value"]
    assert "is empty, which IVI 2.0 does not allow" in finding.sentence


def test_all_errors_are_told_up_to_twenty(checked):
    rows = b"".join(
        b"<AxleGroup><AxleNumber>%d</AxleNumber><AxleTrack>x</AxleTrack></AxleGroup>" % n for n in range(60)
    )
    content = sample(number=1).replace(b"<AxleTable>", b"<AxleTable>" + rows)
    schema = [finding for finding in checked(content).findings if finding.rule_id.startswith("schema.")]
    assert len(schema) == 20


def test_a_wrong_element_does_not_hide_the_errors_after_it(checked):
    content = sample(number=1, overrides={f"{COC}/EngineTable/EngineGroup/EngineCapacity": "much"})
    content = content.replace(b"<Type>", b"<Unknown>1</Unknown><Other>2</Other><Type>")
    paths = {finding.path.rpartition("/")[2] for finding in checked(content).findings}
    assert {"Unknown", "Other", "EngineCapacity"} <= paths

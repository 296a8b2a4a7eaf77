"""The check as a whole: levels of a party, empty elements, versions, threads, arbitrary bytes."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from include.ivi import registry, version
from include.ivi.check import RULES_VERSION, CheckContext, Checked, check
from include.ivi.finding import Finding, Level
from include.ivi.samples import sample, sample_vin
from include.ivi.whole import is_whole

COC = "Body/CocDataGroup"
SAME = (
    *("reference", "vin", "category", "make", "type_approval", "type", "variant", "version_code", "stage"),
    *("document_version", "pure_electric", "number_of_axles", "powered_axles", "axles", "masses", "doors"),
    "energy_sources",
)
PLAIN = {family: sample(number=1, family=family) for family in ("1.6", "2.0")}


def test_the_document_of_both_families_reads_the_same_vehicle(checked):
    one, two = (checked(PLAIN[family]).document for family in ("1.6", "2.0"))
    assert (one.family, one.version, two.family, two.version) == ("1.x", "1.6", "2.0", "2.0")
    for name in SAME:
        assert getattr(one, name) == getattr(two, name), name
        assert getattr(one, name) not in (None, ()), name
    assert one.dates.manufacture == date(2026, 3, 2)
    assert (one.signed, two.signed) == (False, True)


@pytest.mark.parametrize("number", ["1.1", "1.3.1", "1.6", "1.11"])
def test_every_1_x_version_is_taken(checked, number):
    assert checked(sample(number=1, overrides={"Header/VersionNumberXsd": number})).valid


def test_a_1_x_document_without_a_version_is_taken_with_a_warning(checked):
    result = checked(sample(number=1, overrides={"Header/VersionNumberXsd": None}))
    assert result.valid
    assert [finding.rule_id for finding in result.findings] == ["form.version_missing"]


def test_empty_elements_of_1_x_are_one_warning_and_keep_nothing_from_being_sent(checked):
    empty = ("Wheelbase", "Length", "PrimaryColourCode", "TypeApprovalDateOfIssue", "Remarks", "NumberOfDoors")
    result = checked(sample(number=1, overrides={f"{COC}/{name}": " " for name in empty}))
    assert result.valid
    finding, *others = result.findings
    assert {other.rule_id for other in others} == {"required.identity", "required.dimensions", "required.body"}
    assert finding.rule_id == "form.empty_elements"
    assert finding.level is Level.WARNING
    assert finding.sentence.startswith("6 empty elements count as absent (TypeApprovalDateOfIssue, Wheelbase, Length, ")
    assert finding.sentence.endswith(" and others): fill them in or leave them out.")


def test_an_empty_row_counts_as_absent_too(checked):
    row = b"<AxleGroup><AxleNumber/><AxleTrack> </AxleTrack></AxleGroup>"
    result = checked(PLAIN["1.6"].replace(b"<AxleTable>", b"<AxleTable>" + row))
    assert [finding.rule_id for finding in result.findings] == ["form.empty_elements"]
    assert len(result.document.axles) == 2


def test_an_empty_required_element_is_missing(found):
    findings = found(sample(number=1, overrides={f"{COC}/VehicleIdentificationNumber": ""}))
    assert findings["vin.form"].sentence == "The identification number (VIN) is missing: fill it in, 17 characters."
    assert "schema.missing" not in findings


def test_an_empty_unknown_element_is_still_unknown(found):
    assert "schema.unknown_element" in found(sample(number=1, overrides={f"{COC}/Foo": ""}))


def test_unknown_elements_are_kept_in_the_tree(checked):
    document = checked(sample(number=1, overrides={f"{COC}/Foo/Bar": "kept"})).document
    assert document.tree.value(f"{COC}/Foo/Bar") == "kept"
    assert ("Bar", "kept") in list(document.tree.walk())


def test_a_party_may_soften_harden_or_silence_a_rule(checked):
    content = sample(number=1, overrides={f"{COC}/NumberOfAxles": "3", f"{COC}/NumberOfDoors": "5"})
    assert not checked(content).valid
    softened = checked(content, levels={"axles.count": Level.INFO, "doors.sides": "off"})
    assert softened.valid
    assert [(finding.rule_id, finding.level) for finding in softened.findings] == [("axles.count", Level.INFO)]
    hardened = checked(content, levels={"axles.count": "off", "doors.sides": "error"})
    assert [(finding.rule_id, finding.level) for finding in hardened.findings] == [("doors.sides", Level.ERROR)]
    assert not hardened.valid


def test_a_party_may_soften_the_schema_but_not_a_safety_refusal(checked):
    levels = {"schema.unknown_element": "warning", "xml.doctype": "off", "form.version_missing": "off"}
    assert checked(sample(number=1, overrides={f"{COC}/Foo": "1"}), levels=levels).valid
    assert not checked(b"<!DOCTYPE a><a/>", levels=levels).valid
    silenced = checked(sample(number=1, overrides={"Header/VersionNumberXsd": None}), levels=levels)
    assert silenced.findings == ()


def test_a_schema_error_comes_back_when_the_rule_that_said_it_better_is_off(found):
    content = sample(number=1, family="2.0", reference="no uuid")
    assert "schema.value" not in found(content)
    assert "schema.value" in found(content, levels={"reference.form": "off"})


def test_a_slip_in_one_rule_costs_a_warning_and_not_the_night(checked, monkeypatch, caplog):
    def slip(*_):
        raise KeyError("secret of the document")

    rules = tuple(replace(rule, look=slip) if rule.id == "doors.sides" else rule for rule in registry.all_rules())
    monkeypatch.setattr(registry, "all_rules", lambda: rules)
    with caplog.at_level(logging.ERROR):
        result = checked(sample(number=1, overrides={f"{COC}/NumberOfAxles": "3"}))
    assert [(finding.rule_id, finding.level) for finding in result.findings] == [
        ("axles.count", Level.ERROR),
        ("doors.sides", Level.WARNING),
    ]
    assert "secret" not in result.findings[1].sentence


def test_a_rule_file_without_a_rule_is_refused_at_start(tmp_path, monkeypatch):
    (tmp_path / "nothing_here.py").write_text("RULES = []\n")
    monkeypatch.setattr(registry.rules, "__path__", [*registry.rules.__path__, str(tmp_path)])
    registry.all_rules.cache_clear()
    try:
        with pytest.raises(ValueError, match=r"nothing_here\.py must hold one rule"):
            registry.all_rules()
    finally:
        registry.all_rules.cache_clear()


def test_the_rules_version_changes_with_a_rule_a_schema_or_the_reader(tmp_path, monkeypatch):
    home = Path(str(resources.files("include.ivi")))
    for name in ("rules/doors_sides.py", "schemas/ivi1.xsd", "view.py", "model/__init__.py"):
        for source in [*home.glob("*.py"), *home.glob("model/*"), *home.glob("rules/*"), *home.glob("schemas/*")]:
            if source.is_file():
                copy = tmp_path / source.relative_to(home)
                copy.parent.mkdir(exist_ok=True)
                copy.write_bytes(source.read_bytes())
        monkeypatch.setattr(version, "files", lambda _: tmp_path)
        assert version.rules_version() == RULES_VERSION
        (tmp_path / name).write_bytes((tmp_path / name).read_bytes() + b"\n")
        assert version.rules_version() != RULES_VERSION
        (tmp_path / "samples.py").write_text("")


def test_threads_do_not_mix_findings():
    numbers = range(200)

    def look(number: int) -> tuple[str | None, list[str]]:
        wrong = {f"{COC}/NumberOfWheels": f"w{number}"} if number % 2 else None
        result = check(sample(number=number, overrides=wrong), CheckContext())
        return result.document.vin if result.document else None, [finding.sentence for finding in result.findings]

    with ThreadPoolExecutor(8) as pool:
        for number, (vin, sentences) in zip(numbers, pool.map(look, numbers), strict=True):
            assert vin == sample_vin(number)
            assert len(sentences) == number % 2
            assert all(f"'w{number}'" in sentence for sentence in sentences)


def sound(result: Checked) -> None:
    """What holds of every check, whatever went in."""
    assert result.valid == all(finding.level is not Level.ERROR for finding in result.findings)
    assert result.document is not None or not result.valid
    assert len(result.findings) < 200
    for finding in result.findings:
        assert isinstance(finding, Finding)
        assert finding.sentence.isprintable()
        assert len(finding.sentence) < 1_000
        assert "could not be applied" not in finding.sentence


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf<")
@example(b"<?xml version='1.0' encoding=''?><a/>")
def test_arbitrary_bytes_never_raise(content):
    sound(check(content, CheckContext()))
    is_whole(content)


ODD = st.one_of(
    st.binary(max_size=6),
    st.sampled_from(
        [
            b"",
            b"<",
            b">",
            b"&",
            b"&#0;",
            b"<a>",
            b"</a>",
            b"<![CDATA[",
            b"]]>",
            b"<!--",
            b"\0",
            b"\xff",
            b"<!DOCTYPE a>",
        ]
    ),
    st.text(max_size=4).map(lambda text: text.encode("utf-8", "surrogatepass")),
)


@settings(max_examples=250, deadline=None)
@given(
    st.sampled_from(["1.6", "2.0"]),
    st.lists(st.tuples(st.integers(0, 12_000), st.integers(0, 40), ODD), min_size=1, max_size=4),
)
def test_no_mutation_of_a_valid_document_raises(family, cuts):
    content = PLAIN[family]
    for start, length, new in cuts:
        content = content[:start] + new + content[start + length :]
    sound(check(content, CheckContext(environment="prod", file_name="x.xml")))
    is_whole(content)


LEAVES = [line.split(b">")[0].strip(b" <") for line in PLAIN["1.6"].splitlines() if line.rstrip().endswith(b">")]
LEAVES = sorted({name for name in LEAVES if name and not name.startswith((b"/", b"?"))})


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(LEAVES),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",), exclude_characters="<&"), max_size=40),
)
def test_no_value_in_any_element_raises(name, text):
    begin, end = b"<%b>" % name, b"</%b>" % name
    head, _, rest = PLAIN["1.6"].partition(begin)
    tail = rest.partition(end)[2]
    sound(check(head + begin + text.encode() + end + tail, CheckContext(environment="prod")))

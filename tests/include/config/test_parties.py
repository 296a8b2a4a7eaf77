from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from include.config.parties import BrokenParty, Parties, load_parties, load_party, parties_file
from include.config.party import Party
from include.errors import ConfigurationError

Load = Callable[[str], Parties]

GOOD = """\
  - id: nordbil
    name: Nordbil Import AS
    organisation_number: 310000019
"""
OTHER = """\
  - id: fjordimport
    name: Fjordimport AS
    organisation_number: "310000027"
"""


def test_the_shipped_file_has_the_three_parties_of_the_demo_and_none_is_broken() -> None:
    parties = load_parties(Path(__file__).resolve().parents[3] / "include/config/parties.yaml")
    assert list(parties.good) == ["nordbil", "fjordimport", "svea_nuf"]
    assert parties.broken == {}
    assert [party.drop for party in parties.good.values()] == ["nordbil", "fjordimport", "svea_nuf"]
    assert parties.good["nordbil"].sender == "310000019"
    assert parties.good["fjordimport"].sender == "310000027"


def test_the_sandbox_knows_every_sender_of_the_shipped_file() -> None:
    from include.sandbox.registry import DELEGATING_ORGANISATIONS, OWN_ORGANISATION

    for party in load_parties(Path(__file__).resolve().parents[3] / "include/config/parties.yaml").good.values():
        assert party.sender in ((OWN_ORGANISATION,) if party.access == "own" else DELEGATING_ORGANISATIONS)


def test_three_lines_are_a_party_and_everything_else_has_a_default(load: Load) -> None:
    party = load("parties:\n" + GOOD).good["nordbil"]
    assert party.organisation_number == "310000019"
    assert (party.schedule, party.timezone, party.deadline) == ("15 1 * * *", "Europe/Oslo", "06:00")
    assert (party.upload, party.quiet_seconds, party.max_bytes, party.lot_size) == ("quiet", 60, 2_000_000, 500)
    assert (party.drop, party.language, party.resubmit, party.enabled) == ("nordbil", "nb", "auto", True)
    assert party.roles == ("ecoc",)
    assert party.connections.ecoc_sftp == "ecoc_sftp"
    assert (party.thresholds.unknown_minutes, party.thresholds.incomplete_hours) == (30, 24)
    assert not party.holds_without_avgift


def test_a_block_may_use_anchors_and_what_yaml_reads_otherwise_than_meant(load: Load) -> None:
    text = (
        "x-usual: &usual {language: en, notify: [{type: smtp, conn_id: mail, to: [a@b.example]}]}\n"
        "parties:\n" + GOOD + "    <<: *usual\n"
        "    deadline: 16:30\n"
        "    rules: {masses.axle_sum: {level: off, reason: known}}\n"
        "    avgift: {default: 101, by_type_approval: {e6*2007/46*0289*09|V1: 102}, seats: 5, missing: hold}\n"
    )
    parties = load(text)
    assert parties.broken == {}
    party = parties.good["nordbil"]
    assert (party.language, party.deadline, party.notify[0].to) == ("en", "16:30", ("a@b.example",))
    assert party.rule_levels() == {"masses.axle_sum": "off"}
    rules = party.avgift_rules()
    assert (rules.default, rules.by_type_approval, rules.seats) == ("101", {"e6*2007/46*0289*09|V1": "102"}, 5)
    assert party.holds_without_avgift


@pytest.mark.parametrize(
    ("lines", "line", "reason"),
    [
        ("organisation_number: 310000018", 4, "`organisation_number`: '310000018' is not a Norwegian organisation"),
        ("organisation_number: 31000001", 4, "nine digits"),
        ("", 2, "`organisation_number` is missing"),
        ("organisation_number: 310000019\n    langauge: nb", 5, "`langauge` is not a known key: did you mean `langu"),
        ("organisation_number: 310000019\n    upload: copy", 5, "`upload` must be 'rename' or 'quiet', not 'copy'"),
        ("organisation_number: 310000019\n    access: supplier", 2, "`access: supplier` needs `consumer_org`"),
        ("organisation_number: 310000019\n    consumer_org: 310000027", 2, "belongs to `access: supplier` only"),
        ("organisation_number: 310000019\n    schedule: at night", 5, "five cron fields"),
        ("organisation_number: 310000019\n    schedule: 15 25 * * *", 5, "not a schedule cron understands"),
        ("organisation_number: 310000019\n    timezone: Oslo", 5, "not a time zone such as Europe/Oslo"),
        ("organisation_number: 310000019\n    deadline: '25:00'", 5, "not a time of day"),
        ("organisation_number: 310000019\n    drop: ../other", 5, "no '..'"),
        (
            "organisation_number: 310000019\n    avgift:\n      default: 101\n      by_category: {M1: car}",
            7,
            "three digits",
        ),
        ("organisation_number: 310000019\n    lot_size: 0", 5, "greater than or equal to 1"),
        ("organisation_number: 310000019\n    roles: []", 5, "at least 1 item"),
        ("organisation_number: 310000019\n    rules: {a.b: {level: off}}", 5, "`rules.a.b.reason` is missing"),
        (
            "organisation_number: 310000019\n    notify:\n      - {type: smtp, conn_id: m}",
            6,
            "at least one mail address",
        ),
        ("organisation_number: 310000019\n    language: nb\n    language: en", 6, "`language` is given twice"),
        ("organisation_number: 310000019\n    name: Twice", 5, "`name` is given twice"),
    ],
)
def test_a_wrong_block_keeps_its_id_and_says_line_and_reason_and_the_others_stay(
    load: Load, lines: str, line: int, reason: str
) -> None:
    parties = load(f"parties:\n  - id: nordbil\n    name: Nordbil\n    {lines}\n{OTHER}")
    assert list(parties.good) == ["fjordimport"]
    broken = parties.broken["nordbil"]
    assert reason in broken.reason
    assert broken.line == line
    end = "" if broken.reason.endswith("?") else "."
    assert broken.sentence == (
        f"Party nordbil, line {line} of parties.yaml: {broken.reason}{end} Correct it; until then nothing of this "
        "party runs."
    )


def test_a_party_read_alone_says_the_same_sentence_as_among_all(tmp_path: Path) -> None:
    file = tmp_path / "importers.yaml"
    file.write_text("parties:\n" + GOOD + "    langauge: nb\n")
    broken = load_party(file, "nordbil")
    assert isinstance(broken, BrokenParty)
    assert broken.sentence.startswith("Party nordbil, line 5 of importers.yaml: `langauge` is not a known key: did you")
    assert "`language`? Correct it; until then" in broken.sentence
    assert load_parties(file).broken["nordbil"].sentence == broken.sentence


@pytest.mark.parametrize(
    ("block", "party_id"),
    [
        ("  - name: No id\n", "party_line_5"),
        ("  - just text\n", "party_line_5"),
        ("  - id: [a, b]\n", "party_line_5"),
        ("  - id: with space\n", "party_line_5"),
        ("  -\n", "party_line_5"),
        ("  - id: Svea\n    name: S\n    organisation_number: 310000035\n", "svea"),
    ],
)
def test_a_block_without_a_usable_id_is_named_after_its_line(load: Load, block: str, party_id: str) -> None:
    parties = load("parties:\n" + GOOD + block)
    assert list(parties.good) == ["nordbil"]
    assert list(parties.broken) == [party_id]
    assert parties.broken[party_id].line == 5


def test_an_id_used_twice_in_any_case_breaks_both_because_nobody_knows_which_is_meant(load: Load) -> None:
    parties = load("parties:\n" + GOOD + OTHER + GOOD.replace("nordbil", "NordBil"))
    assert list(parties.good) == ["fjordimport"]
    assert "lines 2, 8" in parties.broken["nordbil"].reason


@pytest.mark.parametrize("folder", ["nordbil", "NORDBIL/", "nordbil/inbox"])
def test_two_parties_in_one_drop_folder_are_both_broken(load: Load, folder: str) -> None:
    third = OTHER.replace("fjordimport", "third")
    parties = load("parties:\n" + GOOD + OTHER + f"    drop: {folder}\n" + third)
    assert list(parties.good) == ["third"]
    assert sorted(parties.broken) == ["fjordimport", "nordbil"]
    assert parties.broken["fjordimport"].line == 8
    assert "line 8 of parties.yaml" in parties.broken["fjordimport"].sentence
    assert "nordbil" in parties.broken["fjordimport"].reason


def test_the_same_folder_on_two_servers_is_not_shared(load: Load) -> None:
    parties = load("parties:\n" + GOOD + OTHER + "    drop: nordbil\n    connections: {ecoc_sftp: another}\n")
    assert parties.broken == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("parties:\n  - id: [\n", "not YAML: line 3"),
        ("partys: []\n", "Line 1 of the parties file"),
        ("- id: a\n", "must start with `parties:`"),
        ("", "must start with `parties:`"),
        ("parties: {nordbil: {}}\n", "must be a list"),
    ],
)
def test_a_file_that_is_no_list_of_parties_is_refused_with_its_line(load: Load, text: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told):
        load(text)


def test_a_file_that_is_missing_or_not_utf_8_says_which_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.yaml cannot be read"):
        load_parties(tmp_path / "gone.yaml")
    (tmp_path / "latin.yaml").write_bytes("parties: [{name: Bjørn}]".encode("latin-1"))
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load_parties(tmp_path / "latin.yaml")


def test_no_parties_yet_is_no_error(load: Load) -> None:
    assert load("parties:\n") == Parties()


def test_one_party_alone_reads_as_it_does_among_all(tmp_path: Path) -> None:
    file = tmp_path / "parties.yaml"
    file.write_text("parties:\n" + GOOD + OTHER + "    langauge: nb\n" + "  - name: no id\n")
    parties = load_parties(file)
    assert isinstance(load_party(file, "nordbil"), Party)
    assert load_party(file, "nordbil") == parties.good["nordbil"]
    assert load_party(file, "fjordimport") == parties.broken["fjordimport"]
    assert isinstance(load_party(file, "party_line_9"), BrokenParty)
    with pytest.raises(ConfigurationError, match="has no party 'absent'"):
        load_party(file, "absent")


def test_the_file_can_be_named_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SAMSVAR_PARTIES_FILE", raising=False)
    assert parties_file().name == "parties.yaml"
    monkeypatch.setenv("SAMSVAR_PARTIES_FILE", str(tmp_path / "mine.yaml"))
    assert parties_file() == tmp_path / "mine.yaml"


def test_reading_the_parties_loads_nothing_heavy_into_a_process_that_parses_a_dag() -> None:
    code = (
        "import sys\n"
        "from include.config.parties import load_party\n"
        "load_party(None, 'nordbil')\n"
        "print([m for m in ('pandas', 'lxml', 'cryptography', 'aiohttp', 'croniter', 'airflow') if m in sys.modules])\n"
    )
    root = Path(__file__).resolve().parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

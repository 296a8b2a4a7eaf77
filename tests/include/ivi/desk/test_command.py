"""The command an importer runs: what it prints, and the exit code a script goes by."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from include.ivi.__main__ import main
from include.ivi.finding import Level
from include.ivi.registry import all_rules
from include.ivi.samples import sample

COC = "Body/CocDataGroup"
ROOT = Path(__file__).parents[4]
GOOD = sample(number=1)
WARNED = sample(number=2, overrides={f"{COC}/DateOfManufactureVeh": "2025-01-01"})
WRONG = sample(number=3, overrides={f"{COC}/NumberOfAxles": "3"})


@pytest.fixture
def run(capsys):
    """`run("check", …)`: exit code, stdout and stderr."""

    def ask(*arguments):
        with pytest.raises(SystemExit) as ended:
            raise SystemExit(main([str(argument) for argument in arguments]))
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return ask


@pytest.fixture
def write(tmp_path):
    def written(name, content):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    return written


def packed(**documents: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in documents.items():
            archive.writestr(f"{name}.xml", content)
    return file.getvalue()


@pytest.mark.parametrize(("content", "code"), [(GOOD, 0), (WARNED, 1), (WRONG, 2), (b"a letter", 3), (b"", 3)])
def test_the_exit_code_says_how_bad_it_is(run, write, content, code):
    write("x/a good one.xml", GOOD)
    assert run("check", write("x/document.xml", content).parent, "--environment", "test")[0] == code


def test_the_worst_document_decides(run, write):
    write("x/good.xml", GOOD)
    write("x/warned.xml", WARNED)
    assert run("check", write("x/wrong.xml", WRONG).parent)[0] == 2
    code, out, _ = run("check", write("x/letter.xml", b"a letter").parent)
    assert code == 3
    assert "4 documents: 1 without findings, 0 with hints, 1 with warnings, 1 with errors, 1 unreadable." in out


def test_a_hint_alone_is_no_warning(run, write, monkeypatch):
    monkeypatch.setattr("include.ivi.registry.party_level", lambda *_: Level.INFO)
    code, out, _ = run("check", write("a.xml", WRONG))
    assert code == 0
    assert "1 with hints" in out


@pytest.mark.parametrize("make", [lambda p: p / "gone.xml", lambda p: p], ids=["missing", "empty folder"])
def test_nothing_to_read_is_unreadable(run, tmp_path, make):
    code, out, err = run("check", make(tmp_path))
    assert code == 3
    assert "No such file" in out or "No document was found" in err


def test_the_table_names_file_level_rule_entry_place_and_sentence(run, write, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    path = write("wrong.xml", WRONG)
    _, out, _ = run("check", path, write("good.xml", GOOD))
    assert f"{path}  (ZZ9SV0000TS000003)\n" in out
    assert f"  error   axles.count                   1          {COC}/NumberOfAxles\n" in out
    assert "          NumberOfAxles says 3, but 2 axles are described: correct the number or the axle rows.\n" in out
    assert "good.xml" not in out
    assert out.endswith(
        "2 documents: 1 without findings, 0 with hints, 0 with warnings, 1 with errors, 0 unreadable.\n"
    )


def test_all_names_documents_without_findings_too(run, write):
    assert "good.xml\n  nothing found\n" in run("check", write("good.xml", GOOD), "--all")[1]


def test_json_is_one_list_with_every_document(run, write):
    write("x/good.xml", GOOD)
    code, out, _ = run("check", write("x/wrong.xml", WRONG).parent, "--format", "json")
    good, wrong = json.loads(out)
    assert (code, good["findings"], wrong["vin"], wrong["read"]) == (2, [], "ZZ9SV0000TS000003", True)
    (finding,) = wrong["findings"]
    assert finding["rule"] == "axles.count"
    assert finding["level"] == "error"
    assert finding["place"] == f"{COC}/NumberOfAxles"
    assert finding["coc_entry"] == "1"
    assert json.loads(run("check", write("y/z.txt", b"").parent, "--format", "json")[1]) == []


def test_csv_has_a_row_per_finding(run, write):
    path = write("wrong.xml", WRONG)
    _, out, _ = run("check", path, "--format", "csv")
    head, row = csv.reader(io.StringIO(out))
    assert head == ["file", "vin", "level", "rule", "place", "coc_entry", "sentence"]
    assert row[:6] == [str(path), "ZZ9SV0000TS000003", "error", "axles.count", f"{COC}/NumberOfAxles", "1"]


def test_folders_zip_and_gz_are_read_and_other_files_left_alone(run, write, tmp_path):
    write("in/a.xml", GOOD)
    write("in/below/b.XML.GZ", gzip.compress(WRONG))
    write("in/c.zip", packed(inner=WARNED, other=GOOD))
    write("in/a.xml.json", b"{}")
    write("in/letter.pdf", b"%PDF")
    (tmp_path / "in/pipe.xml").symlink_to("/dev/zero")
    (tmp_path / "in/round").symlink_to(tmp_path / "in")
    _, out, _ = run("check", tmp_path / "in", "--format", "json", "--environment", "test")
    files = [Path(one["file"]).relative_to(tmp_path / "in").as_posix() for one in json.loads(out)]
    assert files == ["a.xml", "below/b.XML.GZ", "c.zip/inner.xml", "c.zip/other.xml"]


def test_the_file_name_inside_an_archive_counts_as_that_of_the_document(run, write):
    path = write("c.zip", packed(ZZ9SV0000TS000099=GOOD))
    assert "vin.file_name" in run("check", path)[1]


def test_a_name_cannot_move_the_cursor_or_begin_a_formula(run, write, tmp_path, monkeypatch):
    write("=cmd|\x1b[2J\n'.xml", b"x")
    monkeypatch.chdir(tmp_path)
    _, table, _ = run("check", "=cmd|\x1b[2J\n'.xml")
    assert "\x1b" not in table
    assert "=cmd|<U+001B>[2J<U+000A>'.xml\n" in table
    rows = list(csv.reader(io.StringIO(run("check", "=cmd|\x1b[2J\n'.xml", "--format", "csv")[1], newline="")))
    assert rows[1][0] == "'=cmd|\x1b[2J\n'.xml"


def test_a_name_that_is_no_utf8_is_shown_by_every_format(run, tmp_path):
    (tmp_path / os.fsdecode(b"bil\xff.xml")).write_bytes(b"x")
    assert "bil<U+DCFF>.xml" in run("check", tmp_path)[1]
    for form in ("json", "csv"):
        assert "bil\\" in run("check", tmp_path, "--format", form)[1]


def test_the_environment_the_day_and_the_versions_reach_the_rules(run, write):
    path = write("a.xml", sample(number=1, vin="TESTSISDINKY00004"))
    assert run("check", path, "--environment", "test")[0] == 1
    assert run("check", path)[0] == 2
    good = write("good.xml", GOOD)
    assert run("check", good, "--versions", "1.5,1.6")[0] == 0
    assert "version.taken" in run("check", good, "--versions", "2.0")[1]


@pytest.mark.parametrize(
    "arguments",
    [
        [], ["check"], ["frobnicate"], ["check", "x", "--today", "tomorrow"], ["check", "x", "--jobs", "0"],
        ["check", "x", "--format", "xlsx"],
    ],
)  # fmt: skip
def test_a_wrong_argument_is_told_from_errors_in_documents(run, arguments):
    code, out, err = run(*arguments)
    assert (code, out) == (64, "")
    assert "usage:" in err


def test_a_wrong_schema_setting_is_one_sentence_before_any_document(run, write, monkeypatch):
    from include.ivi import schema

    monkeypatch.setenv("SAMSVAR_IVI1_XSD", "/gone.xsd#sha256=" + "0" * 64)
    schema._schema.cache_clear()
    try:
        code, out, err = run("check", write("a.xml", GOOD))
    finally:
        schema._schema.cache_clear()
    assert (code, out) == (64, "")
    assert err.startswith("The schema file /gone.xsd of SAMSVAR_IVI1_XSD cannot be read")


def test_explain_prints_level_applies_source_and_both_examples(run):
    code, out, _ = run("explain", "axles.count")
    assert code == 0
    for words in ("level    error", "applies  ", "source   Regulation (EU) 2020/683", "Bad: ", "Good: ", "found at "):
        assert words in out


def test_explain_knows_the_kinds_that_are_no_rules_and_names_what_is_near(run):
    assert "The schema of the IVI family" in run("explain", "schema.value")[1]
    code, _, err = run("explain", "axles.cuont")
    assert code == 64
    assert "perhaps axles.count" in err
    assert run("explain", "zzzzz")[2] == "There is no rule 'zzzzz': `list` shows all there are.\n"


def test_a_version_of_ivi_that_does_not_exist_is_a_wrong_argument(run, write):
    code, _, err = run("check", "--versions", "1.6,9.9", write("a.xml", GOOD))
    assert code == 64
    assert "'9.9' is no version of IVI: there are 1.1," in err
    assert run("check", "--versions", "1.6,2.0", write("a.xml", GOOD))[0] == 0


def test_list_names_every_rule(run):
    out = run("list")[1]
    assert [line.split()[1] for line in out.splitlines()] == [rule.id for rule in all_rules()]


def test_show_says_why_a_file_cannot_be_shown(run, write, tmp_path):
    assert run("show", write("a.xml", b"a letter"))[::2] == (
        3, "The file holds no XML: drop the IVI document itself, not a letter or a picture of it.\n",
    )  # fmt: skip
    assert run("show", tmp_path / "gone.xml")[0] == 3
    assert "holds no document" in run("show", write("empty/x.pdf", b"").parent)[2]


def test_the_module_runs_by_itself_and_survives_a_reader_that_leaves(write):
    folder = write("x/0.xml", WRONG).parent
    for number in range(300):
        write(f"x/{number}.xml", WRONG)
    command = f"{sys.executable} -m include.ivi check --jobs 1 {folder} | head -n 1"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.split() == ["level", "rule", "CoC", "entry", "place"]


def test_the_command_needs_no_airflow_and_no_network_module():
    heavy = ("airflow", "aiohttp", "requests", "psycopg", "paramiko", "samsvar", "include.drop", "include.ledger")
    script = f"import sys; import include.ivi.__main__; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"

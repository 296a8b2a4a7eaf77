"""A new rule begins complete but for the rule: it passes the linters, and its cases are red until it is written."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from include.errors import ConfigurationError
from include.ivi.__main__ import main
from include.ivi.check import check
from include.ivi.desk.new_rule import new_rule
from include.ivi.registry import all_rules
from include.ivi.sample_cases import read_cases

ROOT = Path(__file__).parents[4]
NAME = "axles.of_wood"


@pytest.fixture
def project(tmp_path):
    (tmp_path / "include/ivi/rules").mkdir(parents=True)
    return tmp_path


@pytest.fixture
def use(monkeypatch):
    """Puts the one RULE of a file in the place of all rules."""

    def used(path):
        spec = importlib.util.spec_from_file_location("written_rule", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        monkeypatch.setattr("include.ivi.registry.all_rules", lambda: (module.RULE,))
        return module.RULE

    return used


def outcomes(folder):
    for case in read_cases(folder):
        findings = [one for one in check(case.content(), case.circumstances()).findings if one.rule_id == folder.name]
        yield case.finds, [one.level for one in findings], all(case.words in one.sentence for one in findings)


def test_the_template_becomes_a_rule_that_its_cases_prove(project, use):
    said = new_rule(NAME, project)
    rule, folder = project / "include/ivi/rules/axles_of_wood.py", project / "tests/golden/ivi/rules" / NAME
    assert str(rule.relative_to(project)) in said
    assert use(rule).id == NAME
    assert [bool(levels) == (finds is not None) for finds, levels, _ in outcomes(folder)] == [False, False, True]
    rule.write_text(rule.read_text().replace('"never so"', '"wrong"'))
    use(rule)
    assert list(outcomes(folder)) == [
        ("warning", ["warning"], True), ("warning", ["warning"], True), (None, [], True),
    ]  # fmt: skip


def test_the_template_passes_the_linters_of_the_house(project):
    new_rule(NAME, project)
    shutil.copy(ROOT / "pyproject.toml", project)
    path = project / "include/ivi/rules/axles_of_wood.py"
    for command in (["ruff", "format", "--check"], ["ruff", "check"]):
        tool = Path(sys.executable).parent / command[0]
        done = subprocess.run([tool, *command[1:], "--no-cache", path], cwd=project, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout
    mypy = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        ROOT / "pyproject.toml",
        "--cache-dir",
        project / "cache",
        path,
    ]
    done = subprocess.run(mypy, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["", "axles", "Axles.count", "axles.", "axles.count.more", "../x.y", "a.b", "axles.1"])
def test_what_is_no_id_is_refused(project, name):
    with pytest.raises(ConfigurationError, match="is no id of a rule: write area"):
        new_rule(name, project)
    assert list((project / "include/ivi/rules").iterdir()) == []


@pytest.mark.parametrize("rule_id", [rule.id for rule in all_rules()][:3])
def test_an_id_that_is_taken_is_refused(project, rule_id):
    with pytest.raises(ConfigurationError, match=f"There is a rule {rule_id} already"):
        new_rule(rule_id, project)


@pytest.mark.parametrize("path", ["include/ivi/rules/axles_of_wood.py", f"tests/golden/ivi/rules/{NAME}/cases.yaml"])
def test_files_that_are_there_are_never_written_over(project, path):
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text("mine")
    with pytest.raises(ConfigurationError, match="already: choose another id"):
        new_rule(NAME, project)
    assert (project / path).read_text() == "mine"
    assert len([one for one in project.rglob("*") if one.is_file()]) == 1


def test_the_command_works_in_the_folder_of_the_project_only(project, monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(project)
    assert main(["new-rule", NAME]) == 0
    assert capsys.readouterr().out.startswith("include/ivi/rules/axles_of_wood.py\n")
    monkeypatch.chdir(project / "tests")
    assert main(["new-rule", NAME]) == 64
    assert "go to the folder of the project" in capsys.readouterr().err

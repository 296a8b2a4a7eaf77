"""The form of customs_presentation, and the installation's limits of presentations."""

from __future__ import annotations

import pytest

from include.errors import ConfigurationError
from include.presentation.columns import COLUMNS
from include.toll.codes import customs_offices, document_types
from include.toll.presentation import Level
from samsvar import customs_limits
from samsvar.customs_form import FIELDS, consignment_of, presentation_form

PARTIES = """
parties:
  - {id: nordfly, name: Nordfly, organisation_number: "310000019", roles: [customs]}
  - {id: nordbil, name: Nordbil, organisation_number: "310000019"}
  - {id: asleep, name: Asleep, organisation_number: "310000019", roles: [customs], enabled: false}
"""


@pytest.fixture(autouse=True)
def parties(tmp_path, monkeypatch):
    path = tmp_path / "parties.yaml"
    path.write_text(PARTIES, encoding="utf-8")
    monkeypatch.setenv("SAMSVAR_PARTIES_FILE", str(path))


def test_an_empty_form_is_an_ordinary_run_and_every_field_may_be_empty():
    form = presentation_form()
    assert {name: param.resolve() for name, param in form.items()} == dict.fromkeys(form)
    assert consignment_of(dict.fromkeys(form)) == {}


def test_offices_and_document_types_are_picked_by_their_names():
    form = presentation_form()
    shown = form["office"].schema["values_display"]
    assert set(shown) == set(customs_offices()) and shown["NO351001"] == "Gardermoen · NO351001"
    shown = form["document_type"].schema["values_display"]
    assert set(shown) == set(document_types()) and shown["N740"] == "N740 · Flyfraktbrev · Air waybill"
    assert form["level"].schema["enum"] == [None, *map(str, Level)]
    assert form["party"].schema["enum"] == [None, "nordfly"]


def test_the_form_s_fields_are_columns_of_a_file_and_another_office_wins():
    assert set(FIELDS) == {column.name for column in COLUMNS}
    cells = consignment_of({"level": "receptacle", "office": "NO351001", "other_office": " no999999 ", "mrn": None})
    assert cells == {"level": "receptacle", "office": "no999999"}


def test_limits_have_defaults_and_a_wrong_one_is_named(monkeypatch):
    assert (customs_limits.max_rows(), customs_limits.again_days()) == (20_000, 30)
    monkeypatch.setenv("SAMSVAR_PRESENTATION_MAX_ROWS", "500")
    assert customs_limits.max_rows() == 500
    for wrong in ("0", "many", "1000000"):
        monkeypatch.setenv("SAMSVAR_PRESENTATION_MAX_ROWS", wrong)
        with pytest.raises(ConfigurationError, match="SAMSVAR_PRESENTATION_MAX_ROWS"):
            customs_limits.max_rows()

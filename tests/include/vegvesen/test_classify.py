"""Every status with every kind of body has exactly the outcome written in this table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from include.outcomes import Outcome
from include.vegvesen.answer import Exchange, Failure, Verdict, classify
from include.vegvesen.sentences import Where

WHERE = Where(conn_id="vegvesen", base_url="https://synt.utv.vegvesen.no", environment="test")
A, R, N, U = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.NOT_SENT, Outcome.UNKNOWN
COC = "kjoretoy.coc."


def status_response(kind: str | None, code: str | None, kuid: str | None = None) -> bytes:
    return json.dumps(
        {"iviIdentifikator": {"kuid": kuid}, "melding": {"meldingstype": kind, "meldingskode": code}}
    ).encode()


BODIES: dict[str, bytes] = {
    "created": status_response("INFO", COC + "KJORETOY_OPPRETTET", "1"),
    "created, type in small letters and no kuid": status_response("info", COC + "KJORETOY_OPPRETTET"),
    "refused, known code": status_response("FEIL", COC + "KJORETOY_KAN_IKKE_AVGIFTSKLASSIFISERES"),
    "refused, unpublished code": status_response("FEIL", COC + "NOE_NYTT_2"),
    "refused, foreign code": status_response("FEIL", "gateway.error"),
    "refused, no code": status_response("FEIL", None),
    "deleted": status_response("INFO", COC + "KJORETOY_SLETTET", "1"),
    "unpublished INFO with kuid": status_response("INFO", COC + "KJORETOY_OPPRETTET_MED_MERKNAD", "1"),
    "unpublished INFO without kuid": status_response("INFO", COC + "KJORETOY_OPPRETTET_MED_MERKNAD"),
    "unpublished INFO that denies": status_response("INFO", COC + "KJORETOY_IKKE_OPPRETTET", "1"),
    "unpublished INFO, there already": status_response("INFO", COC + "KJORETOY_ALLEREDE_OPPRETTET", "1"),
    "published refusal as INFO": status_response("INFO", COC + "KJORETOY_ER_REGISTRERT", "1"),
    "foreign INFO with kuid": status_response("INFO", "OK", "1"),
    "created as FEIL": status_response("FEIL", COC + "KJORETOY_OPPRETTET", "1"),
    "created of an unknown type": status_response("NY", COC + "KJORETOY_OPPRETTET", "1"),
    "unknown type": status_response("NY", COC + "NOE_NYTT"),
    "html": b"<html>Bad gateway</html>",
    "empty": b"",
}

GROUPS: dict[str, tuple[int, ...]] = {
    "200": (200,),
    "2xx": (201, 202, 204, 226),
    "3xx": (300, 301, 302, 303, 304, 307, 308),
    "400": (400, 422),
    "401": (401,),
    "408": (408, 499),
    "429": (429,),
    "4xx": (402, 403, 404, 405, 406, 409, 410, 411, 413, 414, 415, 421, 426, 431, 451),
    "5xx": (500, 501, 502, 503, 504, 507, 520, 599),
    "odd": (100, 199, 600, 999),
}

TABLE: dict[str, str] = {
    #                                             200 2xx 3xx 400 401 408 429 4xx 5xx odd
    "created":                                    "A   A   U   U   U   U   U   U   U   U",
    "created, type in small letters and no kuid": "A   A   U   U   U   U   U   U   U   U",
    "refused, known code":                        "R   R   R   R   N   R   N   R   R   R",
    "refused, unpublished code":                  "R   R   R   R   N   R   N   R   R   R",
    "refused, foreign code":                      "R   R   U   R   N   U   N   N   U   U",
    "refused, no code":                           "R   R   U   R   N   U   N   N   U   U",
    "deleted":                                    "U   U   U   U   N   U   N   U   U   U",
    "unpublished INFO with kuid":                 "A   A   U   U   U   U   U   U   U   U",
    "unpublished INFO without kuid":              "U   U   U   U   N   U   N   U   U   U",
    "unpublished INFO that denies":               "U   U   U   U   N   U   N   U   U   U",
    "unpublished INFO, there already":            "U   U   U   U   N   U   N   U   U   U",
    "published refusal as INFO":                  "U   U   U   U   N   U   N   U   U   U",
    "foreign INFO with kuid":                     "U   U   U   U   N   U   N   U   U   U",
    "created as FEIL":                            "U   U   U   U   U   U   U   U   U   U",
    "created of an unknown type":                 "U   U   U   U   U   U   U   U   U   U",
    "unknown type":                               "U   U   U   N   N   U   N   N   U   U",
    "html":                                       "U   U   U   N   N   U   N   N   U   U",
    "empty":                                      "U   U   U   N   N   U   N   N   U   U",
}  # fmt: skip


def cases() -> Iterator[tuple[str, int, Outcome]]:
    letters = {"A": A, "R": R, "N": N, "U": U}
    for body, row in TABLE.items():
        for statuses, letter in zip(GROUPS.values(), row.split(), strict=True):
            for status in statuses:
                yield body, status, letters[letter]


def verdict_of(status: int | None, body: bytes = b"", **fields: Any) -> Verdict:
    return classify(Exchange(status=status, body=body, **fields), WHERE)


def test_the_table_speaks_of_every_body_and_every_group() -> None:
    assert set(TABLE) == set(BODIES)
    assert len(list(cases())) == len(BODIES) * sum(len(group) for group in GROUPS.values())


@pytest.mark.parametrize("body", list(BODIES))
def test_status_and_body_decide_together(body: str) -> None:
    wrong = [
        (status, expected.value, found.value)
        for name, status, expected in cases()
        if name == body and (found := verdict_of(status, BODIES[body]).outcome) is not expected
    ]
    assert wrong == []


@pytest.mark.parametrize("name", ["ecoc_create_refused_avgift.json", "ecoc_delete_registered.json"])
@pytest.mark.parametrize("status", [200, 400, 422, 500])
def test_a_published_refusal_is_refused_at_every_published_status(kit: Any, name: str, status: int) -> None:
    verdict = verdict_of(status, kit.golden(name))
    assert (verdict.outcome, verdict.error_class, verdict.stops_lot) == (R, None, False)


def test_the_published_creation_is_accepted_and_its_warning_kept(kit: Any) -> None:
    verdict = verdict_of(200, kit.golden("ecoc_created_with_warning.json"))
    assert verdict.outcome is A
    assert verdict.reply is not None
    assert verdict.reply.remarks[0].meldingsklasse == "ADVARSEL"


def test_the_creation_as_it_was_published_is_unreadable_and_so_unknown(kit: Any) -> None:
    verdict = verdict_of(200, kit.golden("ecoc_created_with_warning.as_published.txt"))
    assert (verdict.outcome, verdict.error_class) == (U, Failure.ANSWER_UNREADABLE)


def test_the_published_deletion_never_counts_as_a_creation(kit: Any) -> None:
    assert verdict_of(200, kit.golden("ecoc_deleted.json")).outcome is U


@pytest.mark.parametrize("status", [401, 403, 404, 405, 415, 407, 413, 400, 422, 301, 307])
def test_what_only_a_person_can_mend_stops_the_lot(status: int) -> None:
    verdict = verdict_of(status, b"<html>")
    assert verdict.stops_lot
    assert "'vegvesen'" in verdict.sentence


@pytest.mark.parametrize("status", [200, 408, 429, 500, 502, 503, 504])
def test_what_may_pass_by_itself_does_not_stop_the_lot(status: int) -> None:
    assert not verdict_of(status, b"<html>").stops_lot


def test_a_redirect_names_the_host_to_set() -> None:
    where = Where(conn_id="vegvesen", base_url="https://autosys.vegvesen.no", environment="prod")
    assert (
        "set the host of connection 'vegvesen' to https://www.vegvesen.no"
        in classify(Exchange(status=301), where).sentence
    )


@pytest.mark.parametrize(
    ("state", "failure"),
    [("cut", Failure.ANSWER_CUT), ("too_large", Failure.ANSWER_TOO_LARGE), ("packed", Failure.ANSWER_UNREADABLE)],
)
def test_a_success_that_was_not_read_whole_is_unknown_and_a_rejection_stays_one(state: Any, failure: Failure) -> None:
    verdict = verdict_of(200, BODIES["created"], body_state=state)
    assert (verdict.outcome, verdict.error_class) == (U, failure)
    assert verdict_of(404, body_state=state).outcome is N
    assert verdict_of(500, body_state=state).outcome is U


@pytest.mark.parametrize("failure", list(Failure))
def test_without_an_answer_it_matters_only_whether_a_byte_was_written(failure: Failure) -> None:
    assert verdict_of(None, written=True, failure=failure).outcome is U
    assert verdict_of(None, written=False, failure=failure).outcome is N


def test_foreign_text_cannot_forge_a_log_line() -> None:
    sentence = verdict_of(200, status_response("FEIL", "x\n2026-01-01 ERROR forged \x1b[31m" + "y" * 500)).sentence
    assert "\n" not in sentence
    assert "\x1b" not in sentence
    assert len(sentence) < 200


@settings(max_examples=200, deadline=None, database=None)
@given(
    st.none() | st.integers(0, 999),
    st.binary(max_size=60) | st.sampled_from(list(BODIES.values())),
    st.sampled_from(["whole", "cut", "too_large", "packed"]),
    st.booleans(),
    st.none() | st.sampled_from(list(Failure)),
)
def test_every_exchange_has_one_verdict_and_only_proof_accepts(
    status: int | None, body: bytes, state: Any, written: bool, failure: Failure | None
) -> None:
    verdict = verdict_of(status, body, body_state=state, written=written, failure=failure)
    assert verdict.sentence.endswith(".") or failure in (Failure.TOKEN_REFUSED, Failure.TOKEN_UNAVAILABLE)
    assert (verdict.error_class is None) == (verdict.outcome in (A, R))
    if verdict.outcome is A:
        assert status is not None
        assert 200 <= status <= 299
        assert state == "whole"
        assert verdict.reply is not None
    if verdict.outcome is R:
        assert verdict.reply is not None

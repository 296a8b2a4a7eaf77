"""The one classification, over every status, exception, cut body and redirect."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from include.authority.exchange import Exchange, Failure
from include.outcomes import Outcome
from include.toll.answer import Fault
from include.toll.classify import Stop, classify
from include.toll.reuse import EVERY_WAY, Reuse
from include.toll.sentences import Where

WHERE = Where(conn_id="toll", base_url="https://api-test.toll.no", environment="test", scope="toll:movement/entry")
FAULTS = orjson.dumps({"validationErrors": [{"field": "mrn", "error": "must not be null"}]})
USED = orjson.dumps({"validationErrors": [{"field": "requestId", "error": "requestId is already in use"}]})
HTML = b"<html><body>400 Bad Request</body></html>"
GATEWAY = b'{"status": 400, "error": "Bad Request", "path": "/x"}'
ACCEPTED, REFUSED, NOT_SENT, UNKNOWN = Outcome.ACCEPTED, Outcome.REFUSED, Outcome.NOT_SENT, Outcome.UNKNOWN

BY_STATUS = {
    **dict.fromkeys(range(200, 300), (ACCEPTED, None, None)),
    **dict.fromkeys(range(300, 400), (UNKNOWN, Failure.REDIRECT, None)),
    **dict.fromkeys(range(400, 500), (NOT_SENT, Failure.WRONG_CALL, Stop.SETTINGS)),
    **dict.fromkeys((*range(100, 200), *range(500, 600), 999), (UNKNOWN, Failure.SERVER_ERROR, None)),
    401: (NOT_SENT, Failure.UNAUTHORISED, Stop.ACCESS),
    403: (NOT_SENT, Failure.FORBIDDEN, Stop.ACCESS),
    408: (UNKNOWN, Failure.REQUEST_TIMEOUT, None),
    499: (UNKNOWN, Failure.REQUEST_TIMEOUT, None),
    409: (UNKNOWN, Failure.ANSWER_UNREADABLE, None),
    429: (NOT_SENT, Failure.SLOW_DOWN, None),
}


def judged(status: int | None, body: bytes = b"", reuse: Reuse = EVERY_WAY, **more: Any) -> Any:
    return classify(Exchange(status=status, body=body, **more), WHERE, reuse)


@pytest.mark.parametrize(
    "body", [b"", HTML, GATEWAY, b"[]", b"null", b'{"requestId": "x"}', b"\xff", b'{"validationErrors": []}']
)
def test_a_status_without_readable_faults_decides_alone(body: bytes) -> None:
    for status, expected in BY_STATUS.items():
        verdict = judged(status, body)
        assert (verdict.outcome, verdict.error_class, verdict.stop) == expected, status
        assert not verdict.already_used
        assert verdict.sentence.endswith(".")
        assert verdict.sentence.count("\n") == 0


def test_readable_faults_refuse_with_the_statuses_of_the_message_and_with_no_other() -> None:
    refused = {status for status in BY_STATUS if judged(status, FAULTS).outcome is REFUSED}
    assert refused == {400, 409, 422}
    verdict = judged(400, FAULTS)
    assert verdict.faults == (Fault("mrn", "must not be null"),)
    assert (verdict.error_class, verdict.stop, verdict.already_used) == (None, None, False)
    assert "mrn: must not be null" in verdict.sentence


def test_success_with_validation_errors_contradicts_itself_and_is_unknown() -> None:
    verdict = judged(202, FAULTS)
    assert (verdict.outcome, verdict.error_class) == (UNKNOWN, Failure.ANSWER_CONTRADICTS)


@pytest.mark.parametrize("state", ["cut", "too_large", "packed"])
def test_a_body_that_breaks_off_leaves_success_and_refusal_unknown(state: Any) -> None:
    for status in (200, 202, 204, 400, 409, 422):
        expected = UNKNOWN if state == "cut" else BY_STATUS[status][0]
        assert judged(status, FAULTS, body_state=state).outcome is expected, status
    for status in (401, 403, 404, 415, 429, 503):
        assert judged(status, FAULTS, body_state=state).outcome is BY_STATUS[status][0]


@pytest.mark.parametrize("failure", list(Failure))
def test_without_an_answer_written_bytes_are_unknown_and_none_written_is_not_sent(failure: Failure) -> None:
    assert judged(None, failure=failure, written=True).outcome is UNKNOWN
    verdict = judged(None, failure=failure, written=False, reason="a reason.")
    assert verdict.outcome is NOT_SENT
    settings = failure in (Failure.CERTIFICATE, Failure.UNEXPECTED)
    assert verdict.stop is (Stop.SETTINGS if settings else None)


def test_a_bug_after_the_first_byte_is_a_lost_connection() -> None:
    assert judged(None, failure=Failure.UNEXPECTED, written=True).error_class is Failure.DISCONNECTED


@pytest.mark.parametrize(
    ("faults", "used"),
    [
        ([{"field": "requestId", "error": "requestId is already in use"}], True),
        ([{"field": "requestId", "error": "Allerede brukt"}], True),
        ([{"field": "presentation.requestId", "error": "must be unique"}], True),
        ([{"field": "", "error": "The request id was already used"}], True),
        ([{"field": "", "error": "requestId already used"}], True),
        ([{"field": "requestId", "error": "must be a valid UUID"}], False),
        ([{"field": "mrn", "error": "is already in use"}], False),
        ([{"field": "requestId", "error": "already in use"}, {"field": "mrn", "error": "must not be null"}], False),
    ],
)
def test_row_2_a_refused_reuse_is_told_apart_and_stays_a_refusal(faults: list[Any], used: bool) -> None:
    """Row 2 of the facts' consequences: "already used" after a timeout is a candidate for success."""
    verdict = judged(400, orjson.dumps({"validationErrors": faults}))
    assert (verdict.outcome, verdict.already_used) == (REFUSED, used)


@pytest.mark.parametrize(
    ("refusal", "used"), [("both", True), ("synchronous", True), ("asynchronous", False), ("never", False)]
)
def test_a_setting_says_whether_reuse_is_refused_at_once(refusal: Any, used: bool) -> None:
    assert judged(400, USED, Reuse(refusal)).already_used is used


def test_a_setting_gives_other_texts() -> None:
    assert judged(400, USED, Reuse("both", ("nope",))).already_used is False
    assert judged(400, USED, Reuse("both", ("in use",))).already_used is True


def test_the_text_of_reuse_decides_nothing_at_any_other_status() -> None:
    for status in BY_STATUS:
        if status not in (400, 409, 422):
            assert judged(status, USED).already_used is False
            assert judged(status, USED).outcome is not REFUSED


def test_a_sentence_cannot_forge_a_line_of_a_log() -> None:
    body = orjson.dumps({"validationErrors": [{"field": "a\nINFO all is well", "error": "\x1b[2J" + "x" * 5000}]})
    sentence = judged(400, body).sentence
    assert "\n" not in sentence
    assert "\x1b" not in sentence
    assert len(sentence) < 300


def test_the_pause_that_was_asked_for_is_named() -> None:
    assert "for 30 s" in judged(429, retry_after=30.0).sentence

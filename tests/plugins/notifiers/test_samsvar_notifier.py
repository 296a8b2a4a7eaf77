from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from include.config.blocks import Notify
from include.config.party import Party
from samsvar.notifiers.samsvar_notifier import SamsvarNotifier, notify

CANARY = "canary-smtp-password"
MAIL = Notify(type="smtp", conn_id="post", to=("ecoc@example.no", "vakt@example.no"))
HOOK = Notify(type="http", conn_id="hook", to=("services/T000/B000/canary-token",))
BROKEN = Notify(type="http", conn_id="gone", to=("services/T000/B000/canary-token",))
MISSING = Notify(type="http", conn_id="nowhere")
EVIL = "nordbil: {{ 7*7 }} <b>x</b> & ø.xml never became whole."

Tell = Callable[[SamsvarNotifier], Awaitable[None]]


async def in_task(notifier: SamsvarNotifier) -> None:
    notifier({})


async def in_triggerer(notifier: SamsvarNotifier) -> None:
    await notifier


both_ways = pytest.mark.parametrize("tell", [in_task, in_triggerer])


def about(*channels: Notify, sentences: tuple[str, ...] = (EVIL,)) -> SamsvarNotifier:
    return SamsvarNotifier(party_id="nordbil", sentences=sentences, channels=channels)


def our_lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name.startswith("samsvar.")]


@both_ways
async def test_a_mail_goes_to_every_address_encrypted_with_each_character_as_text(tell: Tell, mail: Any) -> None:
    notifier = about(MAIL)
    await tell(notifier)
    assert notifier.told
    ((receivers, message),) = mail.got
    assert receivers == ["ecoc@example.no", "vakt@example.no"]
    assert message["Subject"] == "Samsvar · nordbil: an alert"
    assert message["From"] == "samsvar@example.no"
    body = message.get_body(("html",)).get_content()
    assert "<p>nordbil: {{ 7*7 }} &lt;b&gt;x&lt;/b&gt; &amp; ø.xml never became whole.</p>" in body
    assert mail.encrypted == 1


@both_ways
async def test_a_webhook_gets_the_sentences_and_a_text_for_chat(tell: Tell, webhook: Any) -> None:
    await tell(about(HOOK, sentences=("One.", EVIL)))
    ((path, body),) = webhook.got
    assert path == "/services/T000/B000/canary-token"
    assert body == {
        "text": f"Samsvar · nordbil: 2 alerts\n- One.\n- {EVIL}",
        "party": "nordbil",
        "subject": "Samsvar · nordbil: 2 alerts",
        "sentences": ["One.", EVIL],
    }


@both_ways
async def test_without_a_channel_the_sentences_are_warnings_in_the_log(
    tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    notifier = about()
    await tell(notifier)
    assert not notifier.told
    assert our_lines(caplog) == [EVIL]
    assert {record.levelno for record in caplog.records if record.name.startswith("samsvar.")} == {logging.WARNING}


@both_ways
async def test_with_a_channel_that_works_the_log_stays_silent(tell: Tell, caplog: pytest.LogCaptureFixture) -> None:
    await tell(about(HOOK))
    assert our_lines(caplog) == []


@both_ways
async def test_a_broken_channel_is_one_sentence_and_the_others_are_still_told(
    tell: Tell, caplog: pytest.LogCaptureFixture, webhook: Any
) -> None:
    notifier = about(MISSING, HOOK)
    await tell(notifier)
    assert notifier.told
    assert len(webhook.got) == 1
    assert our_lines(caplog) == [
        "nordbil: nobody was told through the http connection nowhere: there is no such connection; check the "
        "connection and `notify` of the party."
    ]


@both_ways
async def test_when_every_channel_is_broken_the_sentences_are_in_the_log(
    tell: Tell, caplog: pytest.LogCaptureFixture
) -> None:
    notifier = about(BROKEN, Notify(type="smtp", conn_id="nowhere", to=("a@example.no",)))
    await tell(notifier)
    assert not notifier.told
    first, second, third = our_lines(caplog)
    assert "through the http connection gone" in first
    assert "through the smtp connection nowhere: there is no such connection" in second
    assert third == EVIL


@both_ways
async def test_a_refusing_webhook_is_told_by_its_status(
    tell: Tell, caplog: pytest.LogCaptureFixture, webhook: Any
) -> None:
    webhook.status = 404
    notifier = about(HOOK)
    await tell(notifier)
    assert not notifier.told
    assert "hook: it answered 404;" in our_lines(caplog)[0]


@both_ways
async def test_no_secret_of_a_channel_is_in_our_lines(tell: Tell, caplog: pytest.LogCaptureFixture) -> None:
    await tell(about(BROKEN, MAIL, HOOK))
    assert not [line for line in our_lines(caplog) if "canary" in line]


def test_a_subject_stays_on_one_line(mail: Any) -> None:
    SamsvarNotifier(party_id="nordbil", sentences=("S.",), channels=(MAIL,), subject="a\r\nBcc: x@example.no")({})
    ((_, message),) = mail.got
    assert message["Subject"] == "a Bcc: x@example.no"
    assert message["Bcc"] is None


def test_notify_says_whether_anybody_was_reached(webhook: Any) -> None:
    party = Party(id="nordbil", name="Nordbil", organisation_number="310000019", notify=(HOOK,))
    assert notify(party, ["One."])
    assert not notify(party.model_copy(update={"notify": ()}), ["One."])
    assert len(webhook.got) == 1

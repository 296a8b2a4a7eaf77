"""The release decision: the pure function, what the ledger stores and what the mart says are the same in every case.

Every transition, unknown values, no signal, places of control.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from include.journey.release import Decision, Presented, Release, Said, decide
from include.ledger.warehouse import Connection

VALUES = ("TO_ENTRY", "TO_CONTROL", "ENTRY_PENDING", "ENTRY_DENIED", "TO_MARS")


@pytest.mark.parametrize(
    ("routing", "release"),
    [
        ("TO_ENTRY", Release.RELEASE),
        ("TO_CONTROL", Release.DELIVER_TO_CONTROL),
        ("ENTRY_PENDING", Release.HOLD),
        ("ENTRY_DENIED", Release.NEVER),
        ("TO_MARS", Release.HOLD),
    ],
)
def test_the_last_signal_in_feed_order_counts_whatever_came_before(routing: str, release: Release) -> None:
    for before in [(), *((value,) for value in VALUES), *itertools.product(VALUES, repeat=2)]:
        assert decide([*map(Said, before), Said(routing)]).release is release, before


def test_no_signal_is_no_release_however_far_the_presentation_is() -> None:
    for presented in Presented:
        decision = decide([], presented=presented)
        assert decision.release is Release.HOLD
        assert (
            decision.sentence["en"] and decision.sentence["nb"] and decision.sentence["en"] != decision.sentence["nb"]
        )


def test_control_names_the_agreed_place_or_says_that_none_is_set() -> None:
    signals = [Said("TO_CONTROL", None, "AFTER_ENTRY")]
    assert "to Posthallen, gate 4" in decide(signals, office="NO351001", place="Posthallen, gate 4").sentence["en"]
    assert "after entry" in decide(signals).sentence["en"]
    assert "NO351001 (none is set in control_places)" in decide(signals, office="NO351001").sentence["en"]


def test_one_to_entry_does_not_release_a_house_in_two_containers() -> None:
    containers = ["JARU0000010", "JARU0000026"]
    assert decide([Said("TO_ENTRY")], containers=containers).release is Release.HOLD
    assert decide([Said("TO_ENTRY", "JARU0000010")], containers=containers).release is Release.HOLD
    both = decide([Said("TO_ENTRY", "JARU0000010"), Said("TO_ENTRY", "JARU0000026")])
    assert both.release is Release.RELEASE


def test_two_containers_with_two_answers_are_for_a_person() -> None:
    decision = decide([Said("TO_CONTROL", "JARU0000010"), Said("TO_ENTRY", "JARU0000026")])
    assert decision.release is Release.HOLD
    assert "JARU0000010: TO_CONTROL, JARU0000026: TO_ENTRY" in decision.sentence["en"]
    assert "a person decides" in decision.sentence["en"]


def test_what_names_no_container_speaks_of_all_unless_it_would_release() -> None:
    both = [Said("TO_ENTRY", "A"), Said("TO_ENTRY", "B")]
    assert decide([*both, Said("TO_CONTROL")]).release is Release.DELIVER_TO_CONTROL
    assert decide([*both, Said("TO_CONTROL"), Said("TO_ENTRY", "A")]).release is Release.HOLD
    assert decide([*both, Said("TO_ENTRY")]).release is Release.RELEASE
    assert decide([Said("TO_CONTROL", "A"), Said("TO_ENTRY", "B"), Said("TO_ENTRY")]).release is Release.HOLD


def matrix() -> Iterator[tuple[list[Said], list[str], Presented, str | None, str | None]]:
    """Every story of up to two signals in every setting, and those of three in the settings that matter."""
    said = [Said(routing, container) for routing in VALUES for container in (None, "A", "B")]
    located = [Said("TO_CONTROL", None, where) for where in ("ON_ENTRY", "AFTER_ENTRY", "SOMEWHERE")]
    places = [(None, None), ("NO351001", None), ("NO351001", "Hall 4")]
    for stories in ([()], itertools.product([*said, *located]), itertools.product(said, repeat=2)):
        for story in stories:
            for containers, (number, (office, place)) in itertools.product(([], ["A", "C"]), enumerate(places)):
                yield [*story], containers, list(Presented)[number], office, place
    for story in itertools.product(said, repeat=3):
        yield [*story], ["A"], Presented.DONE, "NO351001", "Hall 4"


def test_function_ledger_and_mart_agree_in_every_case(ledger: Connection) -> None:
    cases = list(matrix())
    assert len(cases) > 4_000
    for number, (signals, containers, presented, office, place) in enumerate(cases):
        assert in_sql(ledger, signals, containers, presented, office, place) == decide(
            signals, containers=containers, presented=presented, office=office, place=place
        ), number


def in_sql(
    ledger: Connection,
    signals: list[Said],
    containers: list[str],
    presented: Presented,
    office: str | None,
    place: str | None,
) -> Decision:
    """The same as the database does it: lasts merged signal by signal, then decided, then said."""
    last = signals[-1] if signals else None
    row = ledger.execute(
        "WITH RECURSIVE said AS (SELECT n, routing, container FROM "
        "unnest(%(routings)s::text[], %(containers)s::text[]) "
        "WITH ORDINALITY AS s (routing, container, n)), "
        "story AS (SELECT 0::bigint AS n, NULL::text AS routing, NULL::bigint AS position, NULL::jsonb AS lasts "
        "UNION ALL SELECT said.n, said.routing, said.n, ledger.merge_lasts(story.lasts, story.routing, story.position, "
        "CASE WHEN said.container IS NOT NULL THEN jsonb_build_object(said.container, "
        "jsonb_build_array(said.routing, said.n)) END, said.routing, said.n) "
        "FROM story JOIN said ON said.n = story.n + 1), "
        "stood AS (SELECT *, ledger.release_of(routing, lasts, %(known)s) AS release FROM story "
        "ORDER BY n DESC LIMIT 1) "
        "SELECT release, "
        + ", ".join(
            f"ledger.release_sentence('{language}', release, routing, lasts, %(known)s, %(where)s, %(presented)s, "
            f"%(office)s, %(place)s) AS {language}"
            for language in ("nb", "en")
        )
        + " FROM stood",
        {
            "routings": [one.routing for one in signals],
            "containers": [one.container for one in signals],
            "known": sorted({*containers, *(one.container for one in signals if one.container)}),
            "where": last.control_location if last else None,
            "presented": presented.value,
            "office": office,
            "place": place,
        },
    ).fetchone()
    assert row is not None
    return Decision(Release(row["release"]), {"nb": row["nb"], "en": row["en"]})

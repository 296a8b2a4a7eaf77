"""The receipt for people: short, in the party's language, on lines that nothing from outside can forge."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from include.journey.receipt_reasons_nb import reason_nb
from include.journey.receipt_rules_nb import rule_nb
from include.journey.receipt_situation import Situation, is_about_the_name
from include.journey.receipt_texts import TEXTS, Language, Texts

_OSLO = ZoneInfo("Europe/Oslo")
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LONGEST = 500
_MOST_LINES = 25


def text_of(record: Mapping[str, Any], situation: Situation, language: Language, now: datetime) -> str:
    """The text receipt of a JSON receipt. Long lists are cut with a word about it; the JSON has all of them."""
    texts = TEXTS[language]
    title = f"{texts.title} {_shown(record)}"
    lines = [title, "=" * len(title), "", texts.headline[situation], ""]
    lines += _facts(record, texts)
    lines += _section(texts.answer, list(_answer(record)))
    lines += _section(texts.remarks, [_remark(remark) for remark in record["remarks"]], texts)
    lines += _section(_heading(record, texts), [_finding(found, language) for found in record["findings"]], texts)
    lines += _section(texts.why, list(_why(record, situation, language)))
    lines += _section(texts.what_to_do, list(_what_to_do(record, situation, texts)))
    lines += ["", f"{one_line(record['importer'])} · {texts.written} {_when(now)}"]
    return "\n".join(lines) + "\n"


def one_line(text: object) -> str:
    """Foreign text on one line, nothing invisible in it, at most 500 characters."""
    words = " ".join(str(text).split())
    shown = words if words.isprintable() else "".join(map(_visible, words))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def _visible(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    return character.encode("unicode_escape", "backslashreplace").decode("ascii")


def _shown(record: Mapping[str, Any]) -> str:
    return one_line(record["member"] or record["file"])


def _facts(record: Mapping[str, Any], texts: Texts) -> Iterator[str]:
    source = record["avgift_source"]
    shown: dict[str, object] = {key: record.get(key) for key in texts.labels}
    if record["avgiftsKode"] and source in texts.sources:
        shown["avgiftsKode"] = f"{record['avgiftsKode']} ({texts.sources[source]})"
    if record["member"] is None:
        shown["member"] = None
    width = max(map(len, texts.labels.values())) + 2
    for key, label in texts.labels.items():
        if shown[key] not in (None, ""):
            yield f"{label + ':':<{width}}{one_line(shown[key])}"


def _section(heading: str, lines: list[str], texts: Texts | None = None) -> list[str]:
    if not lines:
        return []
    shown = lines[:_MOST_LINES]
    if len(lines) > len(shown) and texts is not None:
        shown.append(texts.more.format(number=len(lines) - len(shown)))
    return ["", heading, *shown]


def _answer(record: Mapping[str, Any]) -> Iterator[str]:
    if record["meldingskode"]:
        yield f"{one_line(record['meldingskode'])} ({one_line(record['meldingstype'] or '-')})"
    if record["meldingstekst"]:
        yield one_line(record["meldingstekst"])


def _remark(remark: Mapping[str, Any]) -> str:
    place = f"{one_line(remark['feltreferanse'])}: " if remark["feltreferanse"] else ""
    value = f" [{one_line(remark['feltverdi'])}]" if remark["feltverdi"] else ""
    kind = f" ({one_line(remark['meldingsklasse'])})" if remark["meldingsklasse"] else ""
    return f"- {place}{one_line(remark['melding'] or '-')}{value}{kind}"


def _heading(record: Mapping[str, Any], texts: Texts) -> str:
    rules = [str(found["rule_id"]) for found in record["findings"]]
    return texts.findings_name if rules and all(map(is_about_the_name, rules)) else texts.findings


def _finding(found: Mapping[str, Any], language: Language) -> str:
    texts = TEXTS[language]
    rule = str(found["rule_id"])
    sentence = one_line(found["sentence"])
    if language == "nb":
        sentence = rule_nb(rule, sentence, texts.in_english)
    nowhere = texts.only_the_name if is_about_the_name(rule) else texts.whole_file
    place = f"{texts.place} {one_line(found['path'])}" if found["path"] else nowhere
    entry = f", {texts.coc_entry} {one_line(found['coc_entry'])}" if found["coc_entry"] else ""
    level = texts.levels.get(str(found["level"]), str(found["level"]))
    return f"- {level}: {sentence}\n  ({texts.rule} {one_line(rule)}, {place}{entry})"


def _why(record: Mapping[str, Any], situation: Situation, language: Language) -> Iterator[str]:
    """Reasons of the journey itself; those of the checks stand among the findings."""
    if situation.startswith("held") and record["reason"]:
        reason = str(record["reason"])
        yield one_line(reason_nb(reason) if language == "nb" else reason[:1].upper() + reason[1:])


def _what_to_do(record: Mapping[str, Any], situation: Situation, texts: Texts) -> Iterator[str]:
    if record["first_file"]:
        yield texts.first.format(file=one_line(record["first_file"]))
    yield one_line(record["next_step"])
    if situation == "unknown" and (settled := _parsed(record["settle_until"])) is not None:
        yield texts.settled.format(when=_when(settled))


def _parsed(moment: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(str(moment))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def _when(moment: datetime) -> str:
    return moment.astimezone(_OSLO).strftime("%Y-%m-%d %H:%M (Oslo)")

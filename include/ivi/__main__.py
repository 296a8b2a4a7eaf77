"""`python -m include.ivi check | show | explain | list`: the check of the nightly run, without Airflow.

It reads the files that are named and opens no connection, so an importer can try documents before dropping them.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path

from include.errors import PersonMustAct
from include.ivi.check import CheckContext, check, known_versions
from include.ivi.desk.catalogue import explain_text, list_text
from include.ivi.desk.checking import results
from include.ivi.desk.documents import documents
from include.ivi.desk.new_rule import new_rule
from include.ivi.desk.progress import Progress
from include.ivi.desk.reports import FORMATS, harmless, new_report
from include.ivi.desk.screen import screen
from include.ivi.schema import load_schemas

OK, WARNING, ERROR, UNREADABLE = 0, 1, 2, 3
MISUSED = 64
"""Exit code for a wrong argument or setting: 2 is taken, it means that documents have errors."""

_ENDS = """exit code:
  0  nothing found, or hints only
  1  warnings: the documents would be sent
  2  errors: at least one document would not be sent
  3  at least one file could not be read at all
  64 a wrong argument or setting"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        """Say what is wrong with the arguments, with the exit code that means just that."""
        self.print_usage(sys.stderr)
        self.exit(MISUSED, f"{self.prog}: {message}\n")


def main(arguments: list[str] | None = None) -> int:
    """The exit code; what is found goes to stdout, what is wrong with the call to stderr."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
        sys.stdout.flush()
    except PersonMustAct as error:
        print(error, file=sys.stderr)
        return MISUSED
    except BrokenPipeError:  # whoever reads has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except KeyboardInterrupt:
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m include.ivi", description=__doc__)
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    _check_arguments(verbs.add_parser(
        "check", help="check files, folders, .zip and .gz", epilog=_ENDS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    ))  # fmt: skip
    show = verbs.add_parser("show", help="the vehicle of a document on one screen")
    show.add_argument("file", type=Path)
    show.set_defaults(run=_show)
    explain = verbs.add_parser("explain", help="a rule with its source and examples")
    explain.add_argument("rule", help="such as axles.count")
    explain.set_defaults(run=lambda asked: _say(explain_text(asked.rule)))
    verbs.add_parser("list", help="every rule").set_defaults(run=lambda _asked: _say(list_text()))
    new = verbs.add_parser("new-rule", help="for developers: a new rule with its golden cases, from a template")
    new.add_argument("id", help="area.what, such as axles.spacing")
    new.set_defaults(run=lambda asked: _say(new_rule(asked.id, Path.cwd())))
    return parser


def _check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--format", choices=FORMATS, default="table")
    parser.add_argument("--environment", choices=("test", "prod"), default="prod", help="default: prod, the stricter")
    parser.add_argument("--today", type=_day, default=date.today(), metavar="YYYY-MM-DD", help="the day of the check")
    parser.add_argument("--versions", type=_versions, metavar="1.6,2.0", help="the IVI versions the authority takes")
    parser.add_argument("--all", action="store_true", help="name documents without findings in the table too")
    parser.add_argument("--jobs", type=_positive, default=_cores(), metavar="N", help="processes for long work")
    parser.set_defaults(run=_check)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day such as 2026-08-01") from None


def _versions(text: str) -> frozenset[str]:
    wanted = frozenset(text.replace(",", " ").split())
    known = known_versions()
    for version in wanted.difference(known):
        raise argparse.ArgumentTypeError(f"{version!r} is no version of IVI: there are {', '.join(known)}")
    return wanted


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of 1 or more")
    return int(text)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check(asked: argparse.Namespace) -> int:
    load_schemas()
    context = CheckContext(environment=asked.environment, today=asked.today, versions_taken=asked.versions)
    counts: Counter[str] = Counter()
    report, progress = new_report(asked.format, sys.stdout, every=asked.all), Progress(sys.stderr)
    for result in results(documents(asked.files), context, asked.jobs):
        counts[(result.level or "ok") if result.read else "unreadable"] += 1
        report.add(result)
        progress.add()
    progress.end()
    report.end(counts)
    ends = ((UNREADABLE, "unreadable"), (ERROR, "error"), (WARNING, "warning"))
    if not counts:
        print("No document was found: name .xml, .xml.gz or .zip files, or a folder that holds some.", file=sys.stderr)
        return UNREADABLE
    return next((code for code, kind in ends if counts[kind]), OK)


def _show(asked: argparse.Namespace) -> int:
    found = next(documents([asked.file]), None)
    if found is None:
        print(f"{harmless(str(asked.file))} holds no document: name an .xml file.", file=sys.stderr)
        return UNREADABLE
    if found.content is None:
        print(harmless(found.refusal.sentence if found.refusal else found.place), file=sys.stderr)
        return UNREADABLE
    checked = check(found.content, CheckContext(environment="prod", file_name=found.name))
    if checked.document is None:
        print(harmless(checked.findings[0].sentence), file=sys.stderr)
        return UNREADABLE
    return _say(screen(checked.document, checked.findings, checked.signature))


def _say(text: str) -> int:
    sys.stdout.write(text)
    return OK


if __name__ == "__main__":
    sys.exit(main())

"""Find: what is asked to be deleted, from the form and from the lists at the importers' drops."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowSkipException

from include.errors import PersonMustAct, SamsvarError
from samsvar.house import POOLS
from samsvar.step import plainly

if TYPE_CHECKING:
    from airflow.sdk import Context

    from include.config.party import Party
    from include.ledger.deletion_requests import Offered

_MOST_SHOWN = 40


class FindDeletionsOperator(BaseOperator):
    """Returns one element for each party with deletions to approve: `{"party", "number", "body"}`; skips when none.

    One party's trouble is told in the log and keeps no other party waiting.
    """

    ui_color = "#d7e8f7"

    @plainly
    def execute(self, context: Context) -> list[dict[str, Any]]:
        """Reads form and lists, matches them with what was accepted, and says what a person has to approve."""
        parties = _parties()
        form = self._form(context, parties)
        found = self._of_all(context, parties, form)
        if not found:
            raise AirflowSkipException("No deletion waits for an approval.")
        return found

    def _of_all(self, context: Context, parties: dict[str, Party], form: dict[str, Any] | None) -> list[dict[str, Any]]:
        """A form asks for one party, the clock for all. Raises only when every party that was looked at failed."""
        if form is not None:
            return self._of_party(context, parties[form["party"]], form)
        found: list[dict[str, Any]] = []
        failed: dict[str, SamsvarError] = {}
        for party in parties.values():
            try:
                found += self._of_party(context, party, None)
            except SamsvarError as error:
                self.log.error("%s: %s", party.id, str(error).removeprefix(f"{party.id}: "))
                failed[party.id] = error
        if failed and len(failed) == len(parties):
            raise next(iter(failed.values()))
        return found

    def _form(self, context: Context, parties: dict[str, Party]) -> dict[str, Any] | None:
        params = context["params"]
        vehicles = [str(one).strip() for one in params["vehicles"] or () if str(one).strip()]
        party_id = str(params["party"] or "").strip()
        if not vehicles and not party_id:
            return None
        if party_id not in parties:
            raise PersonMustAct(
                f"The form names no party that sends eCoC documents; write one of {', '.join(sorted(parties))}."
            )
        reason = str(params["reason"] or "").strip()
        if vehicles and not reason:
            raise PersonMustAct("The form gives no reason for the deletion; trigger it anew with one.")
        return {"party": party_id, "vehicles": vehicles, "reason": reason}

    def _of_party(self, context: Context, party: Party, form: dict[str, Any] | None) -> list[dict[str, Any]]:
        from include.ledger import deletion_requests, pools
        from include.ledger.deletion_requests import Wish
        from include.ledger.locks import party_lock
        from include.ledger.sightings import name_party
        from include.ledger.warehouse import connect
        from samsvar.hooks.warehouse import WarehouseHook

        run_id = str(context["run_id"])
        with connect(WarehouseHook(party.connections.warehouse).dsn()) as connection:
            pools.refuse_missing(connection, POOLS)
            name_party(connection, party.id, party.name, party.organisation_number, party.timezone)
            if form is not None:
                rows = enumerate(form["vehicles"], start=1)
                wishes = [Wish(row_no=number, key=key, reason=form["reason"]) for number, key in rows]
                by = str(getattr(context["dag_run"], "triggering_user_name", None) or "the form")
                deletion_requests.ask(connection, party.id, wishes, asked_by=by, run_id=run_id)
            connection.commit()
            with party_lock(connection, party.id):
                asyncio.run(self._lists(connection, party))
                offered = deletion_requests.offer(
                    connection, party.id, party.sender, run_id, take_over=form is not None and not form["vehicles"]
                )
                self._say_impossible(connection, party, run_id)
                asyncio.run(self._tell(connection, party))
        return [{"party": party.id, "number": len(offered), "body": body_of(party, offered)}] if offered else []

    async def _lists(self, connection: Any, party: Party) -> None:
        from include.drop.drop import Drop
        from include.journey.deletion_lists import collect_lists
        from include.ledger.content import ContentStore
        from samsvar.hooks.ecoc_drop import EcocDropHook
        from samsvar.hooks.warehouse import store_url

        async with Drop(EcocDropHook(party.connections.ecoc_sftp).settings()) as drop:
            await collect_lists(connection, drop, ContentStore(store_url()), party)

    async def _tell(self, connection: Any, party: Party) -> None:
        from include.drop.drop import Drop
        from include.journey.deletion_lists import tell
        from include.ledger.warehouse import now_of
        from samsvar.hooks.ecoc_drop import EcocDropHook

        async with Drop(EcocDropHook(party.connections.ecoc_sftp).settings()) as drop:
            await tell(connection, drop, party, now_of(connection))

    def _say_impossible(self, connection: Any, party: Party, run_id: str) -> None:
        """Rows of the form that lead nowhere have no receipt: the log tells them."""
        from include.ledger.deletion_requests import not_possible

        for sentence in not_possible(connection, party.id, run_id):
            self.log.warning("%s: %s", party.id, sentence)


def _parties() -> dict[str, Party]:
    from include.config.parties import load_parties

    return {
        party.id: party
        for party in load_parties().good.values()
        if party.enabled and "ecoc" in party.roles and party.access != "reported"
    }


def body_of(party: Party, offered: list[Offered]) -> str:
    """What the person who approves has to see, as Markdown."""
    lines = [
        f"**{party.name}** ({party.id}): these vehicles are deleted at Statens vegvesen when you approve.",
        "",
        "| VIN | file | accepted | asked by | why |",
        "|---|---|---|---|---|",
    ]
    for one in offered[:_MOST_SHOWN]:
        cells = (one.vin or one.key, one.file_name, one.accepted_at, one.asked_by, one.reason)
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    if len(offered) > _MOST_SHOWN:
        lines.append(f"\n… and {len(offered) - _MOST_SHOWN} more: see `mart.ecoc_deletion`.")
    return "\n".join(lines)


def _cell(text: str) -> str:
    """Foreign text in a table: one line, and nothing in it that Markdown would take for its own."""
    plain = "".join(sign if sign.isprintable() else " " for sign in text)[:120]
    return "".join(f"\\{sign}" if sign in "\\|*_`<>[]#!" else sign for sign in plain)

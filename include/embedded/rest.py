"""A small client of Airflow's REST API: what the demo, the tests and `make up` need, nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import requests

from include.errors import ServiceUnavailable

FINISHED = frozenset({"success", "failed"})
PARTS = ("metadatabase", "scheduler", "triggerer", "dag_processor")


class AirflowApi:
    """One API server, one user of the simple auth manager. The token is fetched when first needed and renewed."""

    def __init__(self, base_url: str, *, user: str, password: str, timeout: float = 30.0) -> None:
        self.base_url = base_url.rstrip("/")
        self._login = {"username": user, "password": password}
        self._timeout = timeout
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy of the user's must not get loopback calls

    def close(self) -> None:
        """Close the connections kept open."""
        self._session.close()

    def unhealthy(self) -> list[str]:
        """The parts of Airflow that are not healthy; `["api_server"]` while it does not answer."""
        try:
            reply = self._session.get(f"{self.base_url}/api/v2/monitor/health", timeout=5)
            health = reply.json()
        except (requests.RequestException, ValueError):
            return ["api_server"]
        return [part for part in PARTS if (health.get(part) or {}).get("status") != "healthy"]

    def call(self, method: str, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None) -> Any:
        """One call below /api/v2; the decoded body. Raises ServiceUnavailable with Airflow's own words.

        A GET or PATCH that ends in a 500 is made again: the API server and the scheduler lock the same rows, and the
        database may choose either of them to give way.
        """
        for pause in (0.2, 1.0, None):
            reply = self._request(method, path, json, params)
            if reply.status_code != 500 or method not in {"GET", "PATCH"} or pause is None:
                break
            time.sleep(pause)
        if reply.status_code >= 400:
            raise ServiceUnavailable(
                f"Airflow's API answered {reply.status_code} to {method} {path}: {reply.text[:500]}"
            )
        return reply.json() if reply.content else None

    def _request(self, method: str, path: str, json: Any, params: Mapping[str, Any] | None) -> requests.Response:
        for renew in (False, True):
            if renew or "Authorization" not in self._session.headers:
                self._authenticate()
            try:
                reply = self._session.request(
                    method, f"{self.base_url}/api/v2{path}", json=json, params=params, timeout=self._timeout
                )
            except requests.RequestException as error:
                raise ServiceUnavailable(f"Airflow's API at {self.base_url} does not answer: {error}.") from error
            if reply.status_code != 401:
                break
        return reply

    def dag_ids(self) -> list[str]:
        """Every DAG Airflow knows, sorted."""
        return sorted(str(dag["dag_id"]) for dag in self._pages("/dags", "dags"))

    def import_errors(self) -> list[str]:
        """What the DAG processor says about files it cannot read, one text per file."""
        return [f"{row['filename']}: {row['stack_trace']}" for row in self._pages("/importErrors", "import_errors")]

    def wait_for_dags(self, dag_ids: Sequence[str], *, timeout: float = 60.0) -> None:
        """Wait until all these DAGs are known. Raises ServiceUnavailable with the import errors when they are not."""
        deadline = time.monotonic() + timeout
        while missing := sorted(set(dag_ids) - set(self.dag_ids())):
            if time.monotonic() > deadline:
                errors = "; ".join(self.import_errors()) or "no import error is reported"
                raise ServiceUnavailable(f"Airflow does not see the DAGs {', '.join(missing)}: {errors}")
            time.sleep(0.5)

    def set_paused(self, dag_id: str, *, paused: bool) -> None:
        """Pause a DAG or let it run."""
        self.call("PATCH", f"/dags/{_part(dag_id)}", json={"is_paused": paused}, params={"update_mask": "is_paused"})

    def trigger(self, dag_id: str, *, conf: Mapping[str, Any] | None = None, run_id: str | None = None) -> str:
        """Start a run; returns its id."""
        body = {"logical_date": None, "conf": dict(conf or {}), **({"dag_run_id": run_id} if run_id else {})}
        return str(self.call("POST", f"/dags/{_part(dag_id)}/dagRuns", json=body)["dag_run_id"])

    def run_state(self, dag_id: str, run_id: str) -> str:
        """queued, running, success or failed."""
        return str(self.call("GET", _run(dag_id, run_id))["state"])

    def runs(self, dag_id: str) -> list[dict[str, Any]]:
        """The runs of a DAG as Airflow describes them."""
        return list(self._pages(f"/dags/{_part(dag_id)}/dagRuns", "dag_runs"))

    def wait_for_run(self, dag_id: str, run_id: str, *, timeout: float = 300.0, pause: float = 0.5) -> str:
        """Wait until the run has ended, looking every `pause` seconds; returns its state.

        Raises ServiceUnavailable when the time is over.
        """
        deadline = time.monotonic() + timeout
        while (state := self.run_state(dag_id, run_id)) not in FINISHED:
            if time.monotonic() > deadline:
                raise ServiceUnavailable(f"The run {run_id} of {dag_id} is still {state} after {timeout:.0f} s.")
            time.sleep(pause)
        return state

    def task_instances(self, dag_id: str, run_id: str) -> list[dict[str, Any]]:
        """The task instances of a run; a mapped one has a row per `map_index`, with `rendered_map_index`."""
        return list(self._pages(f"{_run(dag_id, run_id)}/taskInstances", "task_instances"))

    def log(self, dag_id: str, run_id: str, task_id: str, *, try_number: int = 1, map_index: int = -1) -> str:
        """The log of one try as text, one event per line."""
        path = f"{_run(dag_id, run_id)}/taskInstances/{_part(task_id)}/logs/{try_number}"
        body = self.call("GET", path, params={"map_index": map_index, "full_content": "true"})
        content = body.get("content", "")
        if isinstance(content, str):
            return content
        return "\n".join(" ".join(str(v) for v in e.values()) if isinstance(e, dict) else str(e) for e in content)

    def clear(
        self,
        dag_id: str,
        run_id: str,
        tasks: Sequence[str | tuple[str, int]] | None = None,
        *,
        only_failed: bool = False,
        downstream: bool = False,
    ) -> int:
        """Clear tasks of a run (a pair names one map index, None means all); returns how many instances."""
        body: dict[str, Any] = {
            "dry_run": False,
            "dag_run_id": run_id,
            "only_failed": only_failed,
            "include_downstream": downstream,
            "reset_dag_runs": True,
        }
        if tasks is not None:
            body["task_ids"] = [task if isinstance(task, str) else list(task) for task in tasks]
        done = self.call("POST", f"/dags/{_part(dag_id)}/clearTaskInstances", json=body)
        return int(done["total_entries"])

    def mark(self, dag_id: str, run_id: str, task_id: str, state: str, *, map_index: int | None = None) -> None:
        """What *mark success* or *mark failed* does in the UI."""
        path = f"{_run(dag_id, run_id)}/taskInstances/{_part(task_id)}"
        if map_index is not None:
            path += f"/{map_index}"
        self.call("PATCH", path, json={"new_state": state})

    def set_pool(self, name: str, slots: int, *, description: str = "", include_deferred: bool = False) -> None:
        """Create a pool, or give it this size."""
        body = {"name": name, "slots": slots, "description": description, "include_deferred": include_deferred}
        if any(pool["name"] == name for pool in self._pages("/pools", "pools")):
            self.call(
                "PATCH", f"/pools/{_part(name)}", json={"pool": name, **{k: v for k, v in body.items() if k != "name"}}
            )
        else:
            self.call("POST", "/pools", json=body)

    def _authenticate(self) -> None:
        try:
            reply = self._session.post(f"{self.base_url}/auth/token", json=self._login, timeout=self._timeout)
        except requests.RequestException as error:
            raise ServiceUnavailable(f"Airflow's API at {self.base_url} does not answer: {error}.") from error
        if reply.status_code != 201:
            raise ServiceUnavailable(f"Airflow's API at {self.base_url} gave no token (status {reply.status_code}).")
        self._session.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"

    def _pages(self, path: str, key: str) -> Iterator[dict[str, Any]]:
        offset = 0
        while True:
            body = self.call("GET", path, params={"limit": 100, "offset": offset})
            rows = body[key]
            yield from rows
            offset += len(rows)
            if not rows or offset >= body["total_entries"]:
                return


def _part(text: str) -> str:
    return quote(text, safe="")


def _run(dag_id: str, run_id: str) -> str:
    return f"/dags/{_part(dag_id)}/dagRuns/{_part(run_id)}"

"""The client of Airflow's API makes a call again where that is harmless, and only there."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import ClassVar

import pytest

from include.embedded.rest import AirflowApi
from include.errors import ServiceUnavailable


class _Answers(BaseHTTPRequestHandler):
    """Answers each call with the next status of the script, 200 after its end, and writes down what came."""

    script: ClassVar[list[int]] = []
    seen: ClassVar[list[str]] = []

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path == "/auth/token":
            status, body = 201, {"access_token": "t"}
        else:
            self.seen.append(self.command)
            status, body = (self.script.pop(0) if self.script else 200), {"state": "failed"}
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = _answer  # noqa: N815 - the names are the library's

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[AirflowApi]:
    server = HTTPServer(("127.0.0.1", 0), _Answers)
    _Answers.script, _Answers.seen = [], []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    client = AirflowApi(f"http://127.0.0.1:{server.server_port}", user="admin", password="secret")
    yield client
    client.close()
    server.shutdown()
    server.server_close()


def test_a_state_is_set_again_after_the_database_let_the_scheduler_go_first(api: AirflowApi) -> None:
    _Answers.script = [500]
    assert api.call("PATCH", "/dags/a/dagRuns/b", json={"state": "failed"}) == {"state": "failed"}
    assert _Answers.seen == ["PATCH", "PATCH"]


def test_a_run_is_never_started_a_second_time_after_an_error(api: AirflowApi) -> None:
    _Answers.script = [500]
    with pytest.raises(ServiceUnavailable, match="500 to POST"):
        api.trigger("a")
    assert _Answers.seen == ["POST"]


def test_an_error_that_stays_is_told_after_three_tries(api: AirflowApi) -> None:
    _Answers.script = [500, 500, 500]
    with pytest.raises(ServiceUnavailable, match="answered 500"):
        api.run_state("a", "b")
    assert len(_Answers.seen) == 3

"""Threads that check their first documents at the same moment get the right answer, and get one.

libxml2's schema code is not safe in threads: without turns some processes refused good documents or never came back.
Each case is a forked process, since the damage is done at the first load.
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

from include.ivi.samples import sample

PROCESSES = 40
THREADS = 8
PATIENCE_SECONDS = 20


def _all_valid_in_threads(documents: list[bytes]) -> bool:
    from include.ivi.check import CheckContext, check

    context = CheckContext(environment="test", file_name=None, today=date(2026, 11, 21), levels={})
    start = threading.Barrier(THREADS)

    def examine(content: bytes) -> bool:
        start.wait()
        return check(content, context).valid

    with ThreadPoolExecutor(THREADS) as pool:
        return all(pool.map(examine, documents))


def _ends_well(documents: list[bytes]) -> bool:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            code = 0 if _all_valid_in_threads(documents) else 2
        finally:
            os._exit(code)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return status == 0
        time.sleep(0.005)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return False


def test_threads_that_check_their_first_documents_at_once_all_get_the_right_answer():
    from include.ivi import schema

    schema._schema.cache_clear()  # a schema that was loaded before the fork would hide what this is about
    documents = [sample(number=number, family=family) for number in range(4) for family in ("1.6", "2.0")]
    assert [_ends_well(documents) for _ in range(PROCESSES)] == [True] * PROCESSES

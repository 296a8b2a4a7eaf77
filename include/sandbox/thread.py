"""The sandbox for callers without an event loop: it runs in a thread of its own until it is stopped."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any, Self

from .server import Sandbox


class SandboxThread:
    """`with SandboxThread(home) as sandbox:` serves in the background; takes what `Sandbox` takes.

    Attributes and methods of the sandbox (`connections`, `truth()`, `knobs`, `drop_root`, …) are reached through it.
    An error at start (a taken port) is raised in the caller's thread.
    """

    def __init__(self, home: Path | str, **options: Any) -> None:
        self._home, self._options = home, options
        self._sandbox: Sandbox | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="samsvar-sandbox", daemon=True)

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox; only after `start()`."""
        if self._sandbox is None:
            raise RuntimeError("the sandbox has not been started")
        return self._sandbox

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.sandbox, name)

    def start(self) -> Self:
        """Returns when every port answers."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            raise self._failure
        return self

    def stop(self) -> None:
        """Returns when every port is closed; idempotent."""
        if self._loop is not None and self._stop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # handed to the thread that called start()
            self._failure = error
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with Sandbox(self._home, **self._options) as sandbox:
            self._sandbox = sandbox
            self._ready.set()
            await self._stop.wait()

"""Tokens shared by the processes of one host: every Airflow task is a process, and a token serves all of them.

Nothing but the user who runs the worker may read the files (folder 0700, files 0600, names are hashes). They hold
wall-clock times, since monotonic clocks of two processes cannot be compared.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import stat
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from include.errors import ConfigurationError
from include.maskinporten.clock import Clock

_VERSION = 1
_LARGEST_FILE = 64_000
_LOCK_STEP = 0.05
_CLOCK_SLACK = 2.0


@dataclass(frozen=True, slots=True)
class StoredToken:
    """A token on disk. `stored_at` is the wall clock just before it was asked for, `lifetime` seconds from there."""

    value: str = field(repr=False)
    scope: str
    lifetime: float
    stored_at: float


class FileCache:
    """One folder of tokens. A file that is damaged, foreign, readable by others or too old counts as absent."""

    def __init__(self, folder: Path, clock: Clock, *, conn_id: str, patience: float) -> None:
        self._folder = folder
        self._clock = clock
        self._conn_id = conn_id
        self._patience = patience

    @asynccontextmanager
    async def lock(self, key: str) -> AsyncIterator[None]:
        """Hold the host-wide lock of `key`. After `patience` seconds go on without it: two tokens beat none."""
        self._prepare()
        descriptor = self._open(self._folder / f"{key}.lock", os.O_RDWR | os.O_CREAT)
        try:
            await self._wait_for(descriptor)
            yield
        finally:
            os.close(descriptor)

    def read(self, key: str) -> StoredToken | None:
        """The stored token whatever its age, or None. The caller judges `lifetime`."""
        with suppress(OSError):
            descriptor = os.open(self._path(key), os.O_RDONLY | os.O_NOFOLLOW)
            try:
                return self._decode(descriptor)
            finally:
                os.close(descriptor)
        return None

    def write(self, key: str, token: StoredToken) -> None:
        """Replace the stored token in one step, so that a reader meets the old one or the new one, never half."""
        body = orjson.dumps(
            {
                "version": _VERSION,
                "access_token": token.value,
                "scope": token.scope,
                "lifetime": token.lifetime,
                "stored_at": token.stored_at,
            }
        )
        # mkstemp makes the file 0600 from its first moment.
        descriptor, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(body)
            Path(name).replace(self._path(key))
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise self._unusable("cannot be written") from None

    def remove(self, key: str) -> None:
        """Forget the stored token; it may be gone already."""
        with suppress(OSError):
            self._path(key).unlink()

    def _path(self, key: str) -> Path:
        return self._folder / f"{key}.json"

    def _prepare(self) -> None:
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            found = self._folder.lstat()
        except OSError:
            raise self._unusable("cannot be made or opened") from None
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            raise self._unusable("is not a folder of this user's own with mode 0700")

    def _open(self, path: Path, flags: int) -> int:
        try:
            return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError:
            raise self._unusable("cannot be written") from None

    async def _wait_for(self, descriptor: int) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._patience
        while loop.time() < deadline:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                await asyncio.sleep(_LOCK_STEP)

    def _decode(self, descriptor: int) -> StoredToken | None:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
            return None
        try:
            told = orjson.loads(os.read(descriptor, _LARGEST_FILE))
            if told["version"] != _VERSION:
                return None
            token = StoredToken(
                value=str(told["access_token"]),
                scope=str(told["scope"]),
                lifetime=float(told["lifetime"]),
                stored_at=float(told["stored_at"]),
            )
        except (ValueError, KeyError, TypeError):
            return None
        # A token from the future means that the clock was set back; its age cannot be known.
        return token if token.stored_at <= self._clock.wall() + _CLOCK_SLACK else None

    def _unusable(self, what: str) -> ConfigurationError:
        return ConfigurationError(
            f"Connection `{self._conn_id}`, field `cache_dir`: the folder {what}; "
            "name one below the worker's home, or leave the field blank."
        )

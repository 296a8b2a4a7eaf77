"""The original bytes, kept by their SHA-256 in a folder or object store named by a URL (`SAMSVAR_STORE`)."""

from __future__ import annotations

import contextlib
import hashlib
import os
import threading
from pathlib import Path

from upath import UPath

from include.errors import BytesMissing, ConfigurationError, ServiceUnavailable


def sha256(content: bytes) -> str:
    """The identity of a document: SHA-256 of its bytes, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


class ContentStore:
    """Write once, read many. `put` of bytes that are there already does nothing.

    A folder gets an atomic rename, so a killed task never leaves half a document under its hash. Other stores write
    whole objects by their nature. `get` checks the hash: damaged content is never sent.
    """

    def __init__(self, url: str) -> None:
        if not url:
            raise ConfigurationError("SAMSVAR_STORE is not set: name the folder or bucket that keeps original bytes.")
        self.url = url
        self._root = UPath(url)
        self._local = Path(self._root.path) if self._root.protocol in ("", "file", "local") else None
        self._made: set[Path] = set()

    def put(self, content: bytes, digest: str) -> None:
        """Stores the bytes under their hash. Raises ServiceUnavailable when the store cannot be written."""
        try:
            if self._local is None:
                self._put_object(content, digest)
            else:
                self._put_file(self._local, content, digest)
        except OSError as error:
            raise ServiceUnavailable(
                f"The content store SAMSVAR_STORE cannot be written: {error.strerror or type(error).__name__}. "
                "Free space or restore access; nothing is lost, the files are still at the drop."
            ) from error

    def get(self, digest: str) -> bytes:
        """The bytes with this hash.

        Raises BytesMissing when this document is not there or damaged, ServiceUnavailable when the store is away.
        """
        try:
            content: bytes = self._path(digest).read_bytes()
        except OSError as error:
            self._refuse_when_away(error)
            raise BytesMissing(
                f"The content store lacks document {digest[:12]} ({error.strerror or type(error).__name__}): "
                "restore it there from backup, or drop the file once more.",
                rule_id="store.missing",
            ) from error
        if sha256(content) != digest:
            raise BytesMissing(
                f"Document {digest[:12]} is damaged in the content store: remove it there and restore it from backup, "
                "or drop the file once more.",
                rule_id="store.damaged",
            )
        return content

    def _refuse_when_away(self, error: OSError) -> None:
        """A folder that is not mounted, or a bucket that is not reached, is nothing about one document."""
        try:
            there = (self._local or self._root).exists()
        except OSError:
            there = False
        if not there:
            raise ServiceUnavailable(
                f"The content store SAMSVAR_STORE cannot be read: {error.strerror or type(error).__name__}. Mount or "
                "reach it again; nothing is lost."
            ) from error

    def _path(self, digest: str) -> Path | UPath:
        root = self._local or self._root
        return root / digest[:2] / digest

    def _put_object(self, content: bytes, digest: str) -> None:
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def _put_file(self, root: Path, content: bytes, digest: str) -> None:
        """On the disk before it has its name. 256 folders: a folder per document would double the work of the disk."""
        folder = root / digest[:2]
        target = folder / digest
        if target.exists():
            return
        if folder not in self._made:
            folder.mkdir(parents=True, exist_ok=True)
            self._made.add(folder)
        temporary = folder / f".{digest}.{os.getpid()}.{threading.get_ident()}"
        try:
            _write_through(str(temporary), content)
            temporary.rename(target)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise


def _write_through(path: str, content: bytes) -> None:
    """Bytes to the disk itself. Bare system calls: a thread that stores waits for its turn after each of them."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        left = memoryview(content)
        while left:
            left = left[os.write(handle, left) :]
        os.fsync(handle)
    finally:
        os.close(handle)

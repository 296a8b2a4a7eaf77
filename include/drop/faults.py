"""What a status of the server means for the operation at hand: a sentence about one file, or about the drop."""

from __future__ import annotations

from include.drop import wire
from include.drop.channel import ChannelLostError
from include.drop.connect import where
from include.drop.names import display_name, megabytes
from include.drop.settings import DropSettings
from include.errors import AccessDenied, ContentRefused, NameRefused, SamsvarError, ServiceUnavailable

Trouble = wire.StatusError | ChannelLostError | wire.BadMessageError


def gone(settings: DropSettings, error: ChannelLostError | wire.BadMessageError) -> ServiceUnavailable:
    """The session itself ended."""
    reason = error.reason if isinstance(error, ChannelLostError) else "sent bytes that are not SFTP"
    return ServiceUnavailable(
        f"The drop {where(settings)} {reason} in the middle of the work; what was not finished is tried again."
    )


def reading(settings: DropSettings, path: bytes, error: wire.StatusError) -> SamsvarError | FileNotFoundError:
    """One file could not be read; the drop as such works. What the importer will read names the file only."""
    shown = display_name(path)
    if error.code == wire.FX_NO_SUCH_FILE:
        return FileNotFoundError(shown)
    if error.code == wire.FX_PERMISSION_DENIED:
        return ContentRefused(
            f"We may not read {_file(path)}: give the group or others the right to read it and drop it again.",
            rule_id="content.no_permission",
        )
    return ServiceUnavailable(
        f"The file {shown} on {where(settings)} could not be read (SFTP status {error.code}); it is tried again."
    )


def changing(settings: DropSettings, path: bytes, verb: str, error: Trouble) -> SamsvarError:
    """A rename, a folder or a receipt failed. `verb` completes "could not be …"."""
    if not isinstance(error, wire.StatusError):
        return gone(settings, error)
    shown = display_name(path)
    if error.code == wire.FX_PERMISSION_DENIED:
        return AccessDenied(
            f"{shown} on {where(settings)} could not be {verb}: user {settings.username} lacks the right; ask the "
            "drop's owner for write access to that folder."
        )
    return ServiceUnavailable(
        f"{shown} on {where(settings)} could not be {verb} (SFTP status {error.code}; a full disk or quota, perhaps)."
    )


def not_a_file(path: bytes, kind: str) -> NameRefused:
    """A link, folder or special file lies where a document should."""
    what = {"link": "a symbolic link", "folder": "a folder"}.get(kind, "a special file")
    return NameRefused(
        f"{_file(path)} is {what}, not an ordinary file: put the document itself into the inbox.",
        rule_id="name.not_a_file",
    )


def too_large(path: bytes, max_bytes: int) -> ContentRefused:
    """More bytes than the party may send in one file."""
    return ContentRefused(
        f"{_file(path)} is larger than {megabytes(max_bytes)}, the most we take in one file: look for a mistake in the "
        "export, or agree on a higher limit with us.",
        rule_id="content.too_large",
    )


def _file(path: bytes) -> str:
    """A name as its sender knows it, without our folders."""
    return display_name(path.rpartition(b"/")[2])

"""The authorities and the SFTP drop as loopback servers, with a truth log and faults (docs/sandbox.md)."""

from __future__ import annotations

from .server import Ports, Sandbox
from .thread import SandboxThread

__all__ = ["Ports", "Sandbox", "SandboxThread"]

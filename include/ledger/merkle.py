"""A Merkle root over a stream of leaves: SHA-256, leaves and nodes told apart as in RFC 6962, section 2.1.

Memory grows with the logarithm of the number of leaves.
"""

from __future__ import annotations

import hashlib


def leaf_hash(content: bytes) -> bytes:
    """The hash of one leaf: SHA-256 over a zero byte and the content."""
    return hashlib.sha256(b"\x00" + content).digest()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


class Merkle:
    """Takes leaves' hashes in their order; `root` may be asked at any time."""

    def __init__(self) -> None:
        self._peaks: list[tuple[int, bytes]] = []
        """Complete subtrees from left to right, each smaller than the one before: (height, hash)."""

    def add(self, leaf: bytes) -> None:
        """Appends the hash of a leaf."""
        height, grown = 0, leaf
        while self._peaks and self._peaks[-1][0] == height:
            _, left = self._peaks.pop()
            height, grown = height + 1, _node(left, grown)
        self._peaks.append((height, grown))

    @property
    def root(self) -> bytes:
        """The root of what was added; SHA-256 of nothing for no leaves."""
        if not self._peaks:
            return hashlib.sha256(b"").digest()
        root = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            root = _node(left, root)
        return root

from __future__ import annotations

import hashlib

import pytest

from include.ledger.merkle import Merkle, leaf_hash

#: RFC 6962 trees over these leaves; roots as the reference implementation of Certificate Transparency publishes them.
LEAVES = [bytes.fromhex(leaf) for leaf in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
}


def _recursive(hashes: list[bytes]) -> bytes:
    """The definition, word by word: split at the largest power of two below the number of leaves."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + _recursive(hashes[:split]) + _recursive(hashes[split:])).digest()


@pytest.mark.parametrize("number", sorted(ROOTS))
def test_roots_are_those_that_others_compute(number: int) -> None:
    tree = Merkle()
    for leaf in LEAVES[:number]:
        tree.add(leaf_hash(leaf))

    assert tree.root.hex() == ROOTS[number]


def test_a_stream_gives_the_root_of_the_definition() -> None:
    tree, hashes = Merkle(), []
    for number in range(130):
        hashes.append(leaf_hash(b"%d" % number))
        tree.add(hashes[-1])
        assert tree.root == _recursive(hashes)


def test_memory_does_not_grow_with_the_leaves() -> None:
    tree = Merkle()
    for number in range(100_000):
        tree.add(leaf_hash(b"%d" % number))

    assert len(tree._peaks) <= 17

"""The vault: sealed, found again by a keyed hash, keys changed without a gap, and nothing shown by accident."""

from __future__ import annotations

import hashlib
import pickle

import pytest
from cryptography.fernet import Fernet

from include.errors import ConfigurationError
from include.leasing.change import Leaseholder
from include.leasing.vault import Vault

OLD, NEW, LOOKUP = (Fernet.generate_key().decode() for _ in range(3))
PERSON = Leaseholder(kind="person", number="63888700414", etternavn="Firkant")


def vault(*keys: str, lookup: str = LOOKUP) -> Vault:
    return Vault(keys=keys, lookup_key=lookup, conn_id="leasing_keys")


def test_what_is_sealed_shows_nothing_and_opens_again() -> None:
    sealed = PERSON.sealed(vault(OLD))
    assert b"63888700414" not in sealed and b"Firkant" not in sealed
    assert Leaseholder.unsealed(vault(OLD), sealed) == PERSON
    assert PERSON.sealed(vault(OLD)) != sealed, "equal numbers must not look equal"


def test_keys_are_changed_without_a_gap() -> None:
    sealed = PERSON.sealed(vault(OLD))
    both = vault(NEW, OLD)
    assert Leaseholder.unsealed(both, sealed) == PERSON
    anew = both.resealed(sealed)
    assert Leaseholder.unsealed(vault(NEW), anew) == PERSON
    with pytest.raises(ConfigurationError, match="put the old key"):
        Leaseholder.unsealed(vault(NEW), sealed)
    assert both.key_id == vault(NEW).key_id != vault(OLD).key_id
    assert PERSON.mark(both) == PERSON.mark(vault(OLD)), "the mark outlives a change of keys"


def test_the_mark_is_keyed_and_ignores_the_surname() -> None:
    mark = PERSON.mark(vault(OLD))
    assert mark == Leaseholder(kind="person", number=PERSON.number, etternavn="Annet").mark(vault(OLD))
    assert mark != PERSON.mark(vault(OLD, lookup=NEW))
    assert mark != Leaseholder(kind="organisation", number=PERSON.number).mark(vault(OLD))
    assert mark != hashlib.sha256(PERSON.number.encode()).hexdigest()
    assert vault(OLD).mark("a", "bc") != vault(OLD).mark("ab", "c")


def test_nothing_shows_keys_numbers_or_names() -> None:
    box = vault(OLD)
    assert OLD not in repr(box) + str(vars(box)) and LOOKUP not in repr(box)
    assert "638887" not in repr(PERSON) and "Firkant" not in repr(PERSON)
    with pytest.raises(TypeError):
        pickle.dumps(box)


@pytest.mark.parametrize(
    ("keys", "lookup"), [((), LOOKUP), ((OLD,), ""), (("kort",), LOOKUP), ((OLD,), "kort"), ((OLD,), OLD)]
)
def test_a_wrong_key_is_told_by_connection_and_never_shown(keys: tuple[str, ...], lookup: str) -> None:
    with pytest.raises(ConfigurationError, match="leasing_keys") as told:
        vault(*keys, lookup=lookup)
    assert OLD not in str(told.value) and "kort" not in str(told.value)

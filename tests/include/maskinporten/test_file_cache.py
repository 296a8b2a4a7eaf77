from __future__ import annotations

import asyncio
import fcntl
import os
import re

import orjson
import pytest

from include.errors import AccessDenied, ConfigurationError
from include.maskinporten.grant import Grant, cache_key

GRANT = Grant("svv:kjoretoy/ecoc", consumer_org="912345678")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "tokens"


@pytest.fixture
def make_sharing(make_source, folder):
    """Each source made here stands for a process of its own: they share nothing but the folder."""
    return lambda **changes: make_source(cache_dir=folder, **changes)


def stored(folder):
    (path,) = folder.glob("*.json")
    return path


async def test_many_processes_of_one_host_make_one_call(make_sharing, maskinporten):
    maskinporten.delay = 0.1
    tokens = await asyncio.gather(*(make_sharing().token(GRANT) for _ in range(12)))
    assert len(maskinporten.assertions) == 1
    assert {token.value for token in tokens} == set(maskinporten.tokens)


async def test_a_token_from_a_file_keeps_its_remaining_life_only(make_sharing, times):
    first = await make_sharing().token(GRANT)
    times.forward(50)
    second = await make_sharing().token(GRANT)
    assert second.value == first.value
    assert second.expires_at == pytest.approx(first.expires_at)


async def test_a_token_from_a_file_is_renewed_in_time_whatever_the_monotonic_clock_says(
    make_sharing, maskinporten, times
):
    await make_sharing().token(GRANT)
    times.wall += 91
    times.monotonic = 3.0
    await make_sharing().token(GRANT)
    assert len(maskinporten.assertions) == 2


async def test_a_clock_that_was_set_back_makes_the_stored_token_worthless(make_sharing, maskinporten, times):
    await make_sharing().token(GRANT)
    times.wall -= 60
    await make_sharing().token(GRANT)
    assert len(maskinporten.assertions) == 2


async def test_only_the_user_can_read_and_the_names_tell_nothing(make_sharing, folder):
    await make_sharing().token(GRANT)
    assert folder.stat().st_mode & 0o777 == 0o700
    for path in folder.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        assert re.fullmatch(r"[0-9a-f]{64}\.(json|lock)", path.name)


async def test_a_token_read_from_a_file_is_told_too(make_source, folder):
    token = await make_source(cache_dir=folder).token(GRANT)
    told = []
    await make_source(on_secret=told.append, cache_dir=folder).token(GRANT)
    assert token.value in told


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b'{"version": 2}', b'{"version": 1, "access_token": "t"}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "cut", "list", "version", "fields", "bytes", "deep"],
)
async def test_a_damaged_file_counts_as_absent_and_is_mended(make_sharing, maskinporten, folder, content):
    await make_sharing().token(GRANT)
    path = stored(folder)
    path.write_bytes(content)
    await make_sharing().token(GRANT)
    assert len(maskinporten.assertions) == 2
    assert orjson.loads(path.read_bytes())["access_token"] == maskinporten.tokens[1]


async def test_a_file_that_others_may_read_or_that_is_a_link_is_not_trusted(
    make_sharing, maskinporten, folder, tmp_path
):
    await make_sharing().token(GRANT)
    path = stored(folder)
    path.chmod(0o644)
    await make_sharing().token(GRANT)
    assert len(maskinporten.assertions) == 2
    elsewhere = tmp_path / "elsewhere"
    path.rename(elsewhere)
    path.symlink_to(elsewhere)
    await make_sharing().token(GRANT)
    assert len(maskinporten.assertions) == 3 and not path.is_symlink()


async def test_a_folder_that_others_may_enter_is_refused_in_one_sentence(make_sharing, maskinporten, folder):
    folder.mkdir(mode=0o755)
    with pytest.raises(ConfigurationError, match="field `cache_dir`: the folder is not a folder of this user's own"):
        await make_sharing().token(GRANT)
    assert maskinporten.assertions == []


async def test_a_folder_that_cannot_be_made_is_told(make_source, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigurationError, match="field `cache_dir`: the folder cannot be made"):
        await make_source(cache_dir=tmp_path / "file" / "below").token(GRANT)


async def test_a_dropped_token_is_gone_for_all_but_a_newer_one_stays(make_sharing, maskinporten, folder):
    one, other = make_sharing(), make_sharing()
    old = await one.token(GRANT)
    await other.token(GRANT)
    one.drop(GRANT, old)
    new = await one.token(GRANT)
    other.drop(GRANT, old)
    assert (await other.token(GRANT)).value == new.value
    assert len(maskinporten.assertions) == 2


async def test_a_process_that_hangs_with_the_lock_does_not_stop_the_others(
    make_sharing, maskinporten, folder, settings
):
    source = make_sharing(timeout=0.2)
    folder.mkdir(mode=0o700)
    descriptor = os.open(folder / f"{cache_key(settings, GRANT)}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        assert (await source.token(GRANT)).value == maskinporten.tokens[0]
    finally:
        os.close(descriptor)


async def test_a_cancelled_call_lets_go_of_the_lock_and_leaves_no_half_file(make_sharing, maskinporten, folder):
    maskinporten.delay = 0.2
    source = make_sharing()
    waiting = asyncio.create_task(source.token(GRANT))
    await maskinporten.reached(1)
    waiting.cancel()
    await source.close()
    maskinporten.delay = 0
    await asyncio.wait_for(make_sharing().token(GRANT), 1)
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".lock"]


async def test_a_failed_call_is_not_stored(make_sharing, maskinporten, folder):
    maskinporten.refuses("MP-121")
    with pytest.raises(AccessDenied, match="MP-121"):
        await make_sharing().token(GRANT)
    assert list(folder.glob("*.json")) == []

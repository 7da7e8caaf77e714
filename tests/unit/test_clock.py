"""Ids are UUIDs of version 7: no two are the same, and text sorts as time does."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import RFC_4122, UUID

from desktop_app.config.clock import Uuid7Source

if TYPE_CHECKING:
    import pytest


def test_an_id_is_a_uuid_of_version_7_of_its_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Uuid7Source()
    for at in (1_790_000_000_123, 1_790_000_000_123, 1_790_000_000_124):
        monkeypatch.setattr(time, "time_ns", lambda at=at: at * 1_000_000 + 7)
        made = UUID(source.new())
        assert (made.version, made.variant, made.int >> 80) == (7, RFC_4122, at)


def test_ids_of_several_threads_differ() -> None:
    source = Uuid7Source()
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [source.new() for _ in range(500)], range(8)))
    ids = {each for of_thread in made for each in of_thread}
    assert len(ids) == 4_000
    assert {len(each) for each in ids} == {36}


def test_every_random_bit_of_an_id_varies() -> None:
    source = Uuid7Source()
    bits = [UUID(source.new()).int & ((1 << 76) - 1) for _ in range(200)]
    fixed = 0b11 << 62  # the variant
    seen_set = seen_clear = 0
    for each in bits:
        seen_set |= each
        seen_clear |= ~each
    assert seen_set & seen_clear & ((1 << 76) - 1) == ((1 << 76) - 1) ^ fixed

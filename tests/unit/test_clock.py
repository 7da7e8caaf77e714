"""Ids are UUIDs of version 7: no two are the same, and text sorts as time does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import RFC_4122, UUID

import pytest

from desktop_app.config.clock import Uuid7Source


def test_an_id_is_a_uuid_of_version_7_of_its_millisecond(monkeypatch: pytest.MonkeyPatch) -> None:
    source = Uuid7Source()
    for at in (1_790_000_000_123, 1_790_000_000_123, 1_790_000_000_124):
        monkeypatch.setattr(time, "time_ns", lambda at=at: at * 1_000_000 + 7)
        made = UUID(source.new())
        assert (made.version, made.variant, made.int >> 80) == (7, RFC_4122, at)


@pytest.mark.parametrize("millisecond", [None, 1_790_000_000_123])
def test_ids_sort_as_they_were_made(
    monkeypatch: pytest.MonkeyPatch, millisecond: int | None
) -> None:
    """Also more of one millisecond than its counter has numbers for."""
    if millisecond is not None:
        monkeypatch.setattr(time, "time_ns", lambda: millisecond * 1_000_000)
    source = Uuid7Source()
    made = [source.new() for _ in range(10_000)]
    assert made == sorted(set(made))


def test_ids_of_several_threads_differ() -> None:
    source = Uuid7Source()
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [source.new() for _ in range(500)], range(8)))
    ids = {each for of_thread in made for each in of_thread}
    assert len(ids) == 4_000
    assert {len(each) for each in ids} == {36}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no process is forked on Windows")
def test_a_forked_process_makes_other_ids() -> None:
    """In a process without threads, as a fork wants it."""
    program = (
        "import os\n"
        "from desktop_app.config.clock import Uuid7Source\n"
        "source = Uuid7Source()\n"
        "source.new()\n"
        "is_child = not os.fork()\n"
        "made = ' '.join(source.new()[15:] for _ in range(3))\n"
        "os.write(1, f'{made} '.encode())\n"
        "is_child or os.wait()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    ids = done.stdout.split()
    assert len(ids) == len(set(ids)) == 6


def test_every_random_bit_of_an_id_varies() -> None:
    """The twelve before the variant count up in a millisecond."""
    source = Uuid7Source()
    everything = (1 << 62) - 1
    seen_set = seen_clear = 0
    for each in [UUID(source.new()).int for _ in range(200)]:
        seen_set |= each
        seen_clear |= ~each
    assert seen_set & seen_clear & everything == everything

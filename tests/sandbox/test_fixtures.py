"""Razorpay's own samples: each is reproduced and compared in depth.

A clone without the samples skips these tests and checks the same answers against schemas
(test_schemas.py).
"""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .answer_diff import differences
from .fixture_situations import FOREIGN, SITUATIONS, UNPLAYED
from .known_differences import KNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path(__file__).parents[2] / ".." / "shared" / "razorpay" / "fixtures"
LEAST_COVERED = 0.9

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="Razorpay's samples are not here")


def names() -> list[str]:
    files = sorted(FOLDER.rglob("*.json"))
    return [str(path.relative_to(FOLDER).with_suffix("")) for path in files]


def is_foreign(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in FOREIGN)


def sample(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def all_differences(answers: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for name, situation in SITUATIONS.items():
        for where, how in differences(sample(name), answers[situation]):
            yield name, where, how


def reason(name: str, where: str, how: str) -> tuple[str, str, str, str] | None:
    for row in KNOWN:
        if all(fnmatchcase(*pair) for pair in zip((name, where, how), row[:3], strict=True)):
            return row
    return None


def test_every_sample_is_accounted_for() -> None:
    known = {*SITUATIONS, *UNPLAYED}
    assert [name for name in names() if name not in known and not is_foreign(name)] == []
    assert sorted(known - set(names())) == []
    assert [name for name in SITUATIONS if is_foreign(name)] == []


def test_answers_are_those_of_razorpay_but_for_the_known(
    answers: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    found = list(all_differences(answers))
    unlisted = [row for row in found if reason(*row) is None]
    assert unlisted == []
    used = {reason(*row) for row in found}
    assert [row for row in KNOWN if row not in used] == []

    served = len(SITUATIONS) + len(UNPLAYED)
    covered = len(SITUATIONS) / served
    same = len(SITUATIONS) - len({name for name, _, _ in found})
    with capsys.disabled():
        report = f"{len(SITUATIONS)} of {served} samples of served endpoints covered"
        print(f"\n{report} ({covered:.0%}), {same} without any difference,")  # noqa: T201
        print(f"{len(found)} differences for {len(KNOWN)} known reasons")  # noqa: T201
    assert covered >= LEAST_COVERED

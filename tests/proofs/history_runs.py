"""Runs random histories one after the other on one desk, and reports what is wrong with them."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from .proof_desk import temporary_folder
from .refund_histories import RefundDesk, RefundHistory
from .report_figures import Figure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Histories(NamedTuple):
    """How many histories ran, what is wrong with them, and how often each kind of thing happened.

    Attributes:
        happened: by the names of `KINDS` of the histories.
    """

    number: int
    wrong: list[str]
    happened: Counter[str]


def run(
    history: type[RefundHistory], seed: int, number: int, *, until: Collection[str] = ()
) -> Histories:
    """Run histories, each from the next seed.

    Args:
        history: what runs.
        seed: of the first.
        number: how many run.
        until: the events after which no more are needed, once each of them has happened.
    """
    wrong, happened, count = list[str](), Counter[str](), 0
    with temporary_folder() as folder:
        desk = RefundDesk(folder)
        try:
            for each in range(seed, seed + number):
                played = history(desk, random.Random(each))
                found = played.run()
                happened.update(played.happened)
                wrong.extend([f"history {each}: {found}"] if found else [])
                count += 1
                if until and all(happened[kind] for kind in until):
                    break
        finally:
            desk.close()
    return Histories(count, wrong, happened)


def figures(
    name: str, ours: Histories, control: Histories, *, defect: str, kinds: Iterable[str]
) -> Iterable[Figure]:
    """Report histories beside those of a desk with a defect, a quarter of which must be wrong.

    Args:
        name: the proof's.
        ours: what must not be wrong.
        control: what must be.
        defect: what the control does wrong, as it follows "where".
        kinds: the events of which each must have happened.
    """
    first = f": {ours.wrong[0]}" if ours.wrong else ""
    yield Figure(
        f"{name}.wrong",
        f"{len(ours.wrong)} of {ours.number:,} histories{first}",
        "0",
        holds=not ours.wrong,
        control=f"{len(control.wrong)} of {control.number} where {defect}",
        control_holds=len(control.wrong) > control.number // 4,
    )
    yield Figure(
        f"{name}.covered",
        ", ".join(f"{kind} {ours.happened[kind]:,}" for kind in kinds),
        "each",
        holds=all(ours.happened[kind] for kind in kinds),
    )

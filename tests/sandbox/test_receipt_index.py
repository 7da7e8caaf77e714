"""The receipt index returns every matching order and few others."""

from __future__ import annotations

import random

from desktop_app.sandbox.receipt_index import BLOCK, ReceiptIndex


def test_it_misses_nothing_whatever_is_added_and_dropped() -> None:
    rng = random.Random(1)  # noqa: S311 - no secret
    blocks, truth = ReceiptIndex(), list[str]()
    for _ in range(4 * BLOCK):
        receipt = rng.choice(["", "a\nb", f"R-{rng.randrange(10**6)}"])
        blocks.add(receipt)
        truth.append(receipt)
        if rng.random() < 0.1 or len(truth) in (BLOCK, 2 * BLOCK):
            blocks.drop_last()
            truth.pop()
    for wanted in ("R-12", "b", "", "nothing"):
        low, high = BLOCK // 2, len(truth) - 3
        named = list(blocks.positions(wanted, low, high))
        assert named == sorted(named, reverse=True)
        assert set(named) <= set(range(low, high))
        assert {n for n in range(low, high) if wanted in truth[n]} <= set(named)


def test_it_skips_blocks_without_the_text() -> None:
    blocks = ReceiptIndex()
    for n in range(10 * BLOCK):
        blocks.add(f"R-{n}/")
    assert len(list(blocks.positions("R-7/", 0, 10 * BLOCK))) == BLOCK

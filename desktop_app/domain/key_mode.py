"""The mode of money: real, or that of a test key, or practice."""

from __future__ import annotations

from enum import StrEnum

LIVE_MODE = "rzp_live"
"""Attempts and refunds of this mode are missed when other keys are set; those of test keys not."""


class MoneyMode(StrEnum):
    """Whether money is real; only live money is in a total or in the live series of receipts."""

    LIVE = "live"
    TEST = "test"
    TRAINING = "training"


def money_mode(key_id: str, *, is_training: bool) -> MoneyMode:
    """Return the mode of money that a key collects.

    Args:
        key_id: empty for a counter tender, which has no key and is live.
        is_training: whether the desk is in training, where no money is real.
    """
    if is_training:
        return MoneyMode.TRAINING
    is_live = not key_id or mode_of(key_id) == LIVE_MODE
    return MoneyMode.LIVE if is_live else MoneyMode.TEST


def mode_of(key_id: str) -> str:
    """Return the prefix of a key id that names its mode: `rzp_test` or `rzp_live`."""
    return "_".join(key_id.split("_")[:2])

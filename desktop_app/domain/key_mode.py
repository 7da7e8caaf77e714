"""The mode of a gateway key: live, test or sandbox."""

from __future__ import annotations

LIVE_MODE = "rzp_live"
"""Attempts and refunds of this mode are missed when other keys are set; those of test keys not."""


def mode_of(key_id: str) -> str:
    """Return the prefix of a key id that names its mode: `rzp_test` or `rzp_live`."""
    return "_".join(key_id.split("_")[:2])

"""The mode of a gateway key: live, test or sandbox."""

from __future__ import annotations


def mode_of(key_id: str) -> str:
    """Return the prefix of a key id that names its mode: `rzp_test` or `rzp_live`."""
    return "_".join(key_id.split("_")[:2])

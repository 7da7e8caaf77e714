"""The ids of the gateway's keys. Opening a desk checks them, and needs nothing else of settings."""

from __future__ import annotations

import re

from desktop_app.domain.errors import InvalidInputError

_KEY_ID = re.compile(r"rzp_(test|live)_[A-Za-z0-9]{8,40}")


def checked_key_id(key_id: str, *, is_training: bool, is_loopback: bool) -> str:
    """Check a key id's shape, and that live keys never meet a sandbox.

    Raises:
        InvalidInputError: it is no key id, or a live one in training or against a sandbox.
    """
    bare = key_id.strip()
    if not _KEY_ID.fullmatch(bare):
        raise InvalidInputError("key_id", "A key ID starts with rzp_test_ or rzp_live_.")
    if bare.startswith("rzp_live_") and (is_training or is_loopback):
        raise InvalidInputError(
            "key_id", "You can't use a live key in practice mode. We didn't send anything."
        )
    return bare


def mode_name(key_id: str) -> str:
    """Return `test` or `live`, all that the audit trail records of a key."""
    return "live" if key_id.startswith("rzp_live_") else "test"

"""The states of promises, without their rules: every record is read with them at hand."""

from __future__ import annotations

from enum import StrEnum


class PromiseState(StrEnum):
    """The state of a promise."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    WITHDRAWN = "withdrawn"
    """Cancelled at the desk."""

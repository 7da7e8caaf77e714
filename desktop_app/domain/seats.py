"""The rule for the seats of a course."""

from __future__ import annotations


def free_seats(seats: int | None, taken: int) -> int | None:
    """Return the number of free seats, at least zero; None means unlimited."""
    return None if seats is None else max(0, seats - taken)

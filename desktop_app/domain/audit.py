"""Audit entries: who did what to which row, in a hash chain that shows edits.

An entry's hash covers its own content and the previous hash, so a changed, removed or swapped
row breaks the chain from there on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One event.

    Attributes:
        at: ISO-8601 UTC text.
        action: noun and past participle, like `attempt.cancelled`.
        subject: uid of the row concerned, or a name for something without a row.
        detail: references and amounts; never a key, a full phone number or a name.
    """

    at: str
    desk_id: str
    action: str
    subject: str
    detail: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Link:
    """A stored audit row: the entry and the hashes that chain it."""

    number: int
    entry: AuditEntry
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The newest row of a chain, kept outside the database to detect an older file."""

    number: int
    hash: str


NO_ENTRY = Head(0, GENESIS)
"""The head of an empty chain."""


def first_break(links: Iterable[Link], known: Head | None) -> str | None:
    """Return where a chain of audit rows breaks; None when it is sound.

    Args:
        links: every row, oldest first.
        known: the head that was stored elsewhere; the chain must still contain it.
    """
    previous, expected, has_known = GENESIS, 1, known is None or known == NO_ENTRY
    for link in links:
        if link.number != expected:
            return f"row {expected} is missing"
        if link.previous_hash != previous or link.hash != chain_hash(previous, link.entry):
            return f"row {link.number} was changed"
        if known is not None and link.number == known.number:
            has_known = link.hash == known.hash
            if not has_known:
                return f"row {link.number} is not the one that was seen before"
        previous, expected = link.hash, expected + 1
    return None if has_known else "rows that were seen before are gone: an older file?"


def canonical_detail(entry: AuditEntry) -> str:
    """Return the detail as canonical JSON, for hashing and storing."""
    return json.dumps(dict(entry.detail), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def chain_hash(previous: str, entry: AuditEntry, detail: str | None = None) -> str:
    """Return the SHA-256 (hex) of an entry chained to the previous hash.

    Args:
        previous: the previous row's hash.
        entry: the entry to chain.
        detail: its canonical detail, if already serialised.
    """
    said = canonical_detail(entry) if detail is None else detail
    content = json.dumps(
        [previous, entry.at, entry.desk_id, entry.action, entry.subject, said],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()

"""Audit entries: who did what to which row, in a hash chain that shows edits.

An entry's hash covers its own content and the previous hash, so a changed, removed or swapped
row breaks the chain from there on. What the hash covers is the entry's format; a chain never
returns to an older one, which would cover less.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop_app.domain.compiled import json_writer, quickly_made, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

GENESIS = "0" * 64
_canonical = json_writer(separators=(",", ":"), sort_keys=True)

DESK = "desk"
"""The actor of what the program does by itself, and of everything while there are no operators."""

OLD_FORMAT = 1
"""The format of the first two schemas: the hash does not cover the actor."""

FORMAT = 2
"""The format of new entries: the hash covers the actor and the format."""


@quickly_made
@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One event.

    Attributes:
        at: ISO-8601 UTC text.
        action: noun and past participle, like `attempt.cancelled`.
        subject: uid of the row concerned, or a name for something without a row.
        detail: references and amounts; never a key, a full phone number or a name.
        actor: who did it, an operator or the desk itself.
    """

    at: str
    desk_id: str
    action: str
    subject: str
    detail: Mapping[str, str | int | None]
    actor: str = DESK


@dataclass(frozen=True, slots=True)
class Link:
    """A stored audit row: the entry and the hashes that chain it."""

    number: int
    entry: AuditEntry
    previous_hash: str
    hash: str
    format: int = FORMAT


@quickly_made
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
    newest = OLD_FORMAT
    for link in links:
        if link.number != expected:
            return f"row {expected} is missing"
        if not newest <= link.format <= FORMAT or not _holds(link, previous):
            return f"row {link.number} was changed"
        newest = link.format
        if known is not None and link.number == known.number:
            has_known = link.hash == known.hash
            if not has_known:
                return f"row {link.number} differs from the one that was here before"
        previous, expected = link.hash, expected + 1
    return (
        None if has_known else "rows that were here before are gone, so this may be an older file"
    )


def _holds(link: Link, previous: str) -> bool:
    """Return whether an entry is chained to the previous hash, and says no more than it covers."""
    if link.format == OLD_FORMAT and link.entry.actor != DESK:
        return False
    try:
        hashed = chain_hash(previous, link.entry, version=link.format)
    except TypeError:  # no text, in a table that somebody else made
        return False
    return link.previous_hash == previous and link.hash == hashed


def canonical_detail(entry: AuditEntry) -> str:
    """Return the detail as canonical JSON, for hashing and storing."""
    return _canonical(entry.detail)


def chain_hash(
    previous: str, entry: AuditEntry, detail: str | None = None, *, version: int = FORMAT
) -> str:
    """Return the SHA-256 (hex) of an entry chained to the previous hash.

    Args:
        previous: the previous row's hash.
        entry: the entry to chain.
        detail: its canonical detail, if already serialised.
        version: the format of the entry.
    """
    said = canonical_detail(entry) if detail is None else detail
    if "\\" in said:
        said = said.replace("\\", "\\\\")
    spelled = said.replace('"', '\\"')  # JSON has no control characters
    content = (
        f"{quoted(previous)},{quoted(entry.at)},{quoted(entry.desk_id)},{quoted(entry.action)},"
        f'{quoted(entry.subject)},"{spelled}"'
    )
    if version != OLD_FORMAT:
        content = f"{content},{quoted(entry.actor)},{version}"
    return hashlib.sha256(f"[{content}]".encode()).hexdigest()

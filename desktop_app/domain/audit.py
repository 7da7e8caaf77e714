"""Audit entries: who did what to which row, chained by hash so that edits show.

An entry's hash covers its own content and the hash before it, so a changed, removed or
swapped row breaks the chain from there on.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One event.

    Attributes:
        at: instant as ISO-8601 UTC text.
        action: past participle with its noun, like `attempt.cancelled`.
        subject: uid of the row it concerns, or a name for what has no row.
        detail: references and amounts; never a key, a full phone number or a name.
    """

    at: str
    desk_id: str
    action: str
    subject: str
    detail: Mapping[str, str | int | None]


def canonical_detail(entry: AuditEntry) -> str:
    """Write the detail in one fixed way, for hashing and for storing."""
    return json.dumps(dict(entry.detail), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def chain_hash(previous: str, entry: AuditEntry) -> str:
    """Return the SHA-256 (hex) of an entry chained to the hash before it."""
    content = json.dumps(
        [previous, entry.at, entry.desk_id, entry.action, entry.subject, canonical_detail(entry)],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()

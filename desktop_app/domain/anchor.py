"""The anchor of a book: the head of its audit chain, kept outside its database.

It detects what the chain alone cannot: an older file put in place, the newest rows cut off, or a
chain whose every hash was recomputed. It also knows the highest receipt numbers, which an older
file does not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.audit import Head

RESTORED = "database.restored"
REWOUND = "trail.rewound"
"""Action of the audit trail: entries that an anchor knows were gone."""
UNPROVEN = "trail.unproven"
"""Action of the audit trail: there was no genuine anchor beside a chain that is not empty."""
ANCHOR_DELETED = "anchor.deleted"
"""Action of the audit trail: the anchor's file was gone; by its copy nothing else was."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """The state of a book after a commit, as kept outside its database.

    Attributes:
        head: the newest entry of the chain.
        book_id: the book; empty while it has no id.
        series: the highest number by series and financial year, such as `D1/26-27`.
    """

    head: Head
    book_id: str = ""
    series: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Anchors:
    """The anchors of a book that were found: in its folder and in the user's system.

    Attributes:
        genuine: those that this installation wrote, newest first; all of them must be in the chain.
        claimed: the highest numbers that others name, which may be forged.
        has_file: whether there is a file in the data folder.
    """

    genuine: tuple[Anchor, ...] = ()
    claimed: Mapping[str, int] = field(default_factory=dict)
    has_file: bool = False

    @property
    def series(self) -> dict[str, int]:
        """The highest number by series and financial year that genuine anchors know."""
        return highest(*(each.series for each in self.genuine))


def highest(*several: Mapping[str, int]) -> dict[str, int]:
    """Return the highest number of each series."""
    found: dict[str, int] = {}
    for each in several:
        for name, number in each.items():
            found[name] = max(number, found.get(name, 0))
    return found


class Chain(Protocol):
    """The audit chain of a database."""

    def head(self) -> Head | None:
        """Return the newest entry, None without one."""

    def has_link(self, head: Head) -> bool:
        """Return whether the chain contains an entry as it was known before."""

    def lost_hashes(self) -> frozenset[str]:
        """Return the hashes of entries that an earlier rollback found gone, and dealt with."""


def missing_from(chain: Chain, anchors: Anchors) -> tuple[Anchor, ...]:
    """Return genuine anchors that a chain lacks, but for those of an earlier rollback."""
    found = tuple(each for each in anchors.genuine if not chain.has_link(each.head))
    known = chain.lost_hashes() if found else frozenset()
    return tuple(each for each in found if each.head.hash not in known)


def is_unproven(chain: Chain, anchors: Anchors) -> bool:
    """Return whether no genuine anchor is in a chain that is not empty.

    One of an earlier rollback does as well, since the chain names it: where no anchor can be
    written, a gap is found once.
    """
    if chain.head() is None or any(chain.has_link(each.head) for each in anchors.genuine):
        return False
    known = chain.lost_hashes()
    return not any(each.head.hash in known for each in anchors.genuine)


def finding(chain: Chain, anchors: Anchors) -> str | None:
    """Return the audit trail's action for what anchors say about a chain; None for nothing."""
    if missing_from(chain, anchors):
        return REWOUND
    return UNPROVEN if is_unproven(chain, anchors) else None

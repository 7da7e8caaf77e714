"""Entities by id and in the order of their making, so that a page costs what it shows.

Must not know what an entity means. A table can be read as it was before the latest changes
(`overlay`), which is how a stale answer is made without touching the truth.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator


class TimedEntity(Protocol):
    """Anything with an id and a time of making."""

    id: str
    created_at: int


E = TypeVar("E", bound=TimedEntity)


class IdSequence(Generic[E]):
    """Ids in the order of their making, with their times."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.times: list[int] = []

    def add(self, entity: E) -> None:
        """Append; times never fall, since the clock never goes back."""
        self.ids.append(entity.id)
        self.times.append(entity.created_at)

    def remove(self, entity: E) -> None:
        """Take out one of the latest."""
        at = len(self.ids) - 1 - self.ids[::-1].index(entity.id)
        del self.ids[at], self.times[at]

    def bounds(self, start: int | None, end: int | None) -> tuple[int, int]:
        """Give the positions [low, high) of what was made within [start, end]."""
        low = 0 if start is None else bisect_left(self.times, start)
        high = len(self.ids) if end is None else bisect_right(self.times, end)
        return low, high

    def newest_first(self, start: int | None, end: int | None) -> Iterator[str]:
        """Walk the ids made within [start, end], newest first."""
        low, high = self.bounds(start, end)
        for at in range(high - 1, low - 1, -1):
            yield self.ids[at]


class EntityTable(Generic[E]):
    """One kind of entity."""

    def __init__(self) -> None:
        self._rows: dict[str, E] = {}
        self.sequence: IdSequence[E] = IdSequence()
        self.overlay: dict[str, E | None] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: str) -> E | None:
        """Give the entity of that id, or as it was where an overlay says so."""
        if self.overlay is not None and key in self.overlay:
            return self.overlay[key]
        return self._rows.get(key)

    def add(self, entity: E) -> None:
        """Put in a new entity."""
        self._rows[entity.id] = entity
        self.sequence.add(entity)

    def remove(self, entity: E) -> None:
        """Take out an entity whose making was undone."""
        del self._rows[entity.id]
        self.sequence.remove(entity)

    def restore(self, entity: E) -> None:
        """Put an entity back as it was; whoever holds it sees the old values."""
        row = self._rows[entity.id]
        for name in type(entity).__slots__:  # type: ignore[attr-defined]
            setattr(row, name, getattr(entity, name))

    def newest_first(self, start: int | None = None, end: int | None = None) -> Iterator[E]:
        """Walk the entities made within [start, end], newest first."""
        return self.pick(self.sequence, start, end)

    def pick(
        self, sequence: IdSequence[E], start: int | None = None, end: int | None = None
    ) -> Iterator[E]:
        """Walk those of one sequence (say, an order's payments), newest first."""
        for key in sequence.newest_first(start, end):
            if (entity := self.get(key)) is not None:
                yield entity

    def oldest_first(self) -> Iterator[E]:
        """Walk all entities in the order of their making."""
        for key in self.sequence.ids:
            if (entity := self.get(key)) is not None:
                yield entity

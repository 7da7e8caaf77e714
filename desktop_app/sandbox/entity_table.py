"""Tables of entities by id and by creation time, so that a page costs only its own rows.

Must not know what an entity means. `overlay` shows a table as it was before the latest changes,
for stale answers that leave the truth untouched.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator


class TimedEntity(Protocol):
    """An entity with an id and a creation time."""

    id: str
    created_at: int


E = TypeVar("E", bound=TimedEntity)


class IdSequence(Generic[E]):
    """Ids in order of creation, with their times."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.times: list[int] = []

    def add(self, entity: E) -> None:
        """Append an entity; times never decrease, since the clock never goes back."""
        self.ids.append(entity.id)
        self.times.append(entity.created_at)

    def remove(self, entity: E) -> None:
        """Remove one of the latest entities."""
        at = len(self.ids) - 1 - self.ids[::-1].index(entity.id)
        del self.ids[at], self.times[at]

    def bounds(self, start: int | None, end: int | None) -> tuple[int, int]:
        """Return the positions [low, high) of what was created within [start, end]."""
        low = 0 if start is None else bisect_left(self.times, start)
        high = len(self.ids) if end is None else bisect_right(self.times, end)
        return low, high

    def newest_first(self, start: int | None, end: int | None) -> Iterator[str]:
        """Yield the ids created within [start, end], newest first."""
        low, high = self.bounds(start, end)
        for at in range(high - 1, low - 1, -1):
            yield self.ids[at]


class EntityTable(Generic[E]):
    """All entities of one kind."""

    def __init__(self) -> None:
        self._rows: dict[str, E] = {}
        self.sequence: IdSequence[E] = IdSequence()
        self.overlay: dict[str, E | None] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: str) -> E | None:
        """Return the entity of an id, in its overlaid state if there is one."""
        if self.overlay is not None and key in self.overlay:
            return self.overlay[key]
        return self._rows.get(key)

    def add(self, entity: E) -> None:
        """Insert a new entity."""
        self._rows[entity.id] = entity
        self.sequence.add(entity)

    def remove(self, entity: E) -> None:
        """Remove an entity whose creation was rolled back."""
        del self._rows[entity.id]
        self.sequence.remove(entity)

    def restore(self, entity: E) -> None:
        """Restore an entity's old values in place, for every reference to it."""
        row = self._rows[entity.id]
        for name in type(entity).__slots__:  # type: ignore[attr-defined]
            setattr(row, name, getattr(entity, name))

    def newest_first(self, start: int | None = None, end: int | None = None) -> Iterator[E]:
        """Yield the entities created within [start, end], newest first."""
        return self.pick(self.sequence, start, end)

    def pick(
        self, sequence: IdSequence[E], start: int | None = None, end: int | None = None
    ) -> Iterator[E]:
        """Yield the entities of one sequence (such as an order's payments), newest first."""
        for key in sequence.newest_first(start, end):
            if (entity := self.get(key)) is not None:
                yield entity

    def oldest_first(self) -> Iterator[E]:
        """Yield all entities in order of creation."""
        for key in self.sequence.ids:
            if (entity := self.get(key)) is not None:
                yield entity

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


class EntityTable(Generic[E]):
    """All entities of one kind."""

    def __init__(self) -> None:
        self._rows: dict[str, E] = {}
        self.ids: list[str] = []
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
        self.ids.append(entity.id)

    def remove(self, entity: E) -> None:
        """Remove an entity whose creation was rolled back."""
        del self._rows[entity.id]
        remove_latest(self.ids, entity.id)

    def restore(self, entity: E) -> None:
        """Restore an entity's old values in place, for every reference to it."""
        row = self._rows[entity.id]
        for name in type(entity).__slots__:  # type: ignore[attr-defined]
            setattr(row, name, getattr(entity, name))

    def bounds(
        self, start: int | None, end: int | None, ids: list[str] | None = None
    ) -> tuple[int, int]:
        """Return the positions [low, high) of what was created within [start, end].

        Times never decrease along the ids, since the clock never goes back; `ids` are some of the
        table's, such as an order's payments, and all of them by default.
        """
        ids = self.ids if ids is None else ids
        low = 0 if start is None else bisect_left(ids, start, key=self._made_at)
        high = len(ids) if end is None else bisect_right(ids, end, key=self._made_at)
        return low, high

    def _made_at(self, key: str) -> int:
        return self._rows[key].created_at

    def newest_first(
        self, start: int | None = None, end: int | None = None, ids: list[str] | None = None
    ) -> Iterator[E]:
        """Yield the entities created within [start, end], newest first."""
        low, high = self.bounds(start, end, ids)
        chosen = self.ids if ids is None else ids
        for at in range(high - 1, low - 1, -1):
            if (entity := self.get(chosen[at])) is not None:
                yield entity

    def oldest_first(self) -> Iterator[E]:
        """Yield all entities in order of creation."""
        for key in self.ids:
            if (entity := self.get(key)) is not None:
                yield entity


def remove_latest(ids: list[str], key: str) -> None:
    """Remove one of the latest ids."""
    del ids[len(ids) - 1 - ids[::-1].index(key)]

"""Sections of the owner's pages: a kind of thing, its list, and what can be done with it.

Must hold declarations only; dashboard_pages.py shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from .actions import Action
    from .fields import Field

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Attributes:
        kind: `text`, `code`, `id`, `link`, `rupees`, `any_rupees` (where none means any), `moment`,
            `percent` (from hundredths), `state`, `http` (a status), `words` (a list),
            `count` (of a list) or `secret`.
    """

    key: str
    label: str
    kind: str = "text"


def _no_query(entity: Json) -> dict[str, object]:
    del entity
    return {}


def _every_row(entity: Json, row: Json) -> bool:
    del entity, row
    return True


@dataclass(frozen=True, slots=True)
class Related:
    """A list on an entity's page; `call` is asked with the entity's id.

    Attributes:
        section: whose columns it has, unless it has its own.
        query: of the call, from the entity.
        keep: whether a row of the answer belongs to the entity.
    """

    title: str
    call: str
    section: str
    empty: str
    columns: tuple[Column, ...] = ()
    query: Callable[[Json], dict[str, object]] = _no_query
    keep: Callable[[Json, Json], bool] = _every_row


@dataclass(frozen=True, slots=True)
class Section:
    """One section.

    Attributes:
        group: its heading in the menu.
        call: lists everything; or reads the one thing there is, without columns.
        items: the answer's key for the list.
        prefixes: of the ids that belong here.
        entity_call: reads one; none if there is nothing more to see.
        is_paged: whether `count` and `skip` work.
        list_actions: what can be done without an entity.
        row_actions: what can be done in a row, without a page for it.
        row_key: the field that names a row.
        newest_last: whether the answer is sorted the other way round.
        blocks: parts of an entity that are shown whole, by title; a dot leads into an object.
        filters: fields of the list's call that can be typed.
        typed_call: read before the forms of the list are shown; their `typed` gets its answer.
    """

    slug: str
    title: str
    one: str
    group: str
    call: str
    columns: tuple[Column, ...] = ()
    items: str = "items"
    prefixes: tuple[str, ...] = ()
    entity_call: str = ""
    empty: str = ""
    note: str = ""
    is_paged: bool = True
    newest_last: bool = False
    list_actions: tuple[Action, ...] = ()
    actions: tuple[Action, ...] = ()
    row_actions: tuple[Action, ...] = ()
    row_key: str = "id"
    related: tuple[Related, ...] = field(default=())
    blocks: tuple[tuple[str, str], ...] = ()
    filters: tuple[Field, ...] = ()
    typed_call: str = ""

    def action(self, slug: str, entity: Json, *, of_list: bool) -> Action | None:
        """Return an action by its name in addresses, where the entity allows it."""
        known = self.list_actions if of_list else (*self.actions, *self.row_actions)
        return next((each for each in known if each.slug == slug and each.when(entity)), None)

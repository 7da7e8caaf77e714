"""Sections of the owner's pages: a kind of thing, its list, and what can be done with it.

Must hold declarations only; dashboard_pages.py shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .actions import Action

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list.

    Attributes:
        kind: `text`, `id`, `rupees`, `moment`, `state`, `words` (a list), `code` or `secret`.
    """

    key: str
    label: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Related:
    """A list on an entity's page; `call` is asked with the entity's id."""

    title: str
    call: str
    section: str
    empty: str


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
    related: tuple[Related, ...] = field(default=())
    typed_call: str = ""
    query: tuple[tuple[str, str], ...] = ()

    def action(self, slug: str, *, of_list: bool) -> Action | None:
        """Return an action by its name in addresses."""
        known = self.list_actions if of_list else self.actions
        return next((action for action in known if action.slug == slug), None)

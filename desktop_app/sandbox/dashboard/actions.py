"""Actions of the pages: a call of the API or the control plane, and the form that fills it.

Must not send anything; the pages do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .fields import Field, body_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.datastructures import MultiDict

Json = dict[str, Any]


def with_id(call: str, key: str) -> str:
    """Return a call with an id in its place, `{id}` or, without its prefix, `{tail}`."""
    return call.replace("{id}", key).replace("{tail}", key.partition("_")[2])


def _always(entity: Json) -> bool:
    del entity
    return True


def _nothing(entity: Json) -> Json:
    del entity
    return {}


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do.

    Attributes:
        call: its method and path; `{id}` is the entity's, `{tail}` the same without its prefix.
        label: the button.
        done: the notice afterwards.
        when: whether an entity allows it.
        fixed: the fields of the body that come from the entity.
        typed: what its fields show at first, by name.
        shape: makes the body of what was typed.
        leads: where the page goes: `stay`, `made` (what was created) or `list`.
        needs_yes: whether a second press must confirm it.
    """

    slug: str
    label: str
    call: str
    done: str
    fields: tuple[Field, ...] = ()
    hint: str = ""
    when: Callable[[Json], bool] = _always
    fixed: Callable[[Json], Json] = _nothing
    typed: Callable[[Json], dict[str, Any]] = _nothing
    shape: Callable[[Json], Json] | None = None
    leads: str = "stay"
    needs_yes: bool = False

    def body(self, form: MultiDict[str, str], entity: Json) -> Json | None:
        """Return the body to send; None for a call without one.

        Raises:
            FormError: A field can't be read.
        """
        body = {**self.fixed(entity), **body_of(self.fields, form)}
        if self.shape is not None:
            body = self.shape(body)
        return None if self.call.startswith("DELETE ") else body

    def path(self, entity: Json) -> str:
        """Return the call with the entity's id in it."""
        return with_id(self.call, str(entity.get("id", "")))

    def shown(self, entity: Json, kept: MultiDict[str, str] | None) -> dict[str, str]:
        """Return what each field shows: what was typed, or what fits the entity."""
        if kept is not None:
            return {field.name: kept.get(field.name, "") for field in self.fields}
        typed = self.typed(entity)
        return {field.name: str(typed.get(field.name, field.value)) for field in self.fields}

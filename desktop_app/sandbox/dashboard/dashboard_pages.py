"""The owner's pages: an overview, a list and a page for each thing, and forms for what can be done.

For the developer who runs the sandbox. Access is checked as in the control plane. Every form sends
one call of the API or the control plane, so that a script can do whatever a page can.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Response, request

from ..errors import PageError
from ..pages.payment_form import FormError
from ..pages.qr_images import svg
from ..pages.rendering import PULSE, see_other
from ..upi_phone import payable_text
from .inner_calls import OK, InnerCalls, RefusedCallError
from .overview import QR_PATH, Overview
from .presentation import BOARD, AccountPaths, Presenter, pretty, state

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from werkzeug.datastructures import MultiDict

    from ..pages.rendering import PageRenderer
    from ..sandbox_context import SandboxContext
    from .actions import Action
    from .sections import Column, Related, Section

    Form = MultiDict[str, str]

Json = dict[str, Any]
KEY = re.compile(r"[0-9A-Za-z._-]{1,100}")
PAGE = 25
LATEST = 50
LAST_PAGE = 100_000


@dataclass(frozen=True, slots=True)
class Mistake:
    """A form that was refused, with what was typed in it."""

    action: Action
    words: str
    form: Form


class DashboardPages:
    """The pages of one sandbox."""

    def __init__(
        self, context: SandboxContext, renderer: PageRenderer, check_owner: Callable[[], None]
    ) -> None:
        self._context = context
        self._renderer = renderer
        self._check_owner = check_owner
        self._overview = Overview(context)
        self._calls: InnerCalls

    def register(self, app: Flask) -> None:
        """Add the pages to the application."""
        self._calls = InnerCalls(app.wsgi_app, context=self._context)
        self._paths = app.url_map
        one = f"{BOARD}<slug>/<key>"
        app.add_url_rule("/", "board_home", self.home)
        app.add_url_rule(f"{BOARD}find", "board_find", self.find)
        app.add_url_rule(f"{BOARD}<slug>", "board_list", self.show)
        app.add_url_rule(one, "board_one", self.one)
        app.add_url_rule(f"{BOARD}<slug>/do/<action>", "board_do", self.do, methods=["POST"])
        app.add_url_rule(f"{one}/do/<action>", "board_do_one", self.do, methods=["POST"])
        app.add_url_rule(PULSE, "board_pulse", self.pulse)
        app.add_url_rule(f"{QR_PATH}<key>", "qr", self.picture)

    @cached_property
    def _sections(self) -> dict[str, Section]:
        from .all_sections import ALL_SECTIONS  # a start needs no page

        return {section.slug: section for section in ALL_SECTIONS}

    @cached_property
    def _presenter(self) -> Presenter:
        return Presenter(self._sections.values(), self._to)

    @cached_property
    def _to(self) -> AccountPaths:
        known = self._context.all_accounts.list_all()
        own = next(account["key_id"] for account in known if account["own"])
        return AccountPaths("" if own == self._context.key_id else self._context.key_id)

    # The pages

    def home(self) -> Response:
        """Show the overview."""
        self._check_owner()
        return self._home("", 200)

    def show(self, slug: str) -> Response:
        """Show a section: its list, or the one thing in it."""
        self._check_owner()
        section = self._section(slug)
        return self._section_page(section, self._subject(section, ""), None, 200)

    def one(self, slug: str, key: str) -> Response:
        """Show one thing."""
        self._check_owner()
        section = self._section(slug)
        return self._entity_page(section, self._entity(section, key), None, 200)

    def find(self) -> Response:
        """Lead to the page of an id."""
        self._check_owner()
        place = self._presenter.place(request.args.get("id", "").strip())
        if not place:
            return self._home("No page shows this ID. Copy a whole ID, such as pay_…", 400)
        return see_other(place)

    def pulse(self) -> Response:
        """Return a text that changes with what the pages show; they ask for it again and again."""
        self._check_owner()
        with self._context.store.lock:
            self._context.timers.run_due()
            beat = self._overview.beat()
        return Response(beat, content_type="text/plain; charset=utf-8")

    def picture(self, key: str) -> Response:
        """Return the QR image of a payable entity."""
        self._check_owner()
        with self._context.store.lock:
            entity = self._context.store.find(key)
            text = payable_text(entity, self._context.base_url)
        if text is None:
            raise PageError("Image not found.")
        return Response(svg(text), content_type="image/svg+xml")

    def do(self, slug: str, action: str, key: str = "") -> Response:
        """Send the call of a form."""
        self._check_owner()
        section = self._section(slug)
        entity = self._subject(section, key)
        found = section.action(action, entity, of_list=bool(section.columns) and not key)
        if found is None:
            raise PageError("Nothing like that can be done here.")
        try:
            answer = self._calls.ask(found.path(entity), found.body(request.form, entity))
        except (FormError, RefusedCallError) as problem:
            if "home" in request.form:
                return self._home(str(problem), 400)
            show = self._entity_page if section.entity_call and key else self._section_page
            return show(section, entity, Mistake(found, str(problem), request.form), 400)
        return see_other(self._next(section, key, found, answer))

    def _subject(self, section: Section, key: str) -> Json:
        if key and section.row_actions:
            return self._row_item(section, key)
        if key:
            return self._entity(section, key)
        return {} if section.columns else self._read(section.call)

    def _next(self, section: Section, key: str, action: Action, answer: Any) -> str:
        made = str(answer.get("id", "")) if isinstance(answer, dict) else ""
        told = {"done": f"{section.slug}.{action.slug}"}
        place = self._presenter.place(made)
        target = f"{BOARD}{section.slug}"
        if "home" in request.form:
            target = "/"
        elif key and not section.row_actions and action.leads != "list":
            target = f"{BOARD}{section.slug}/{key}"
        if action.leads == "made" and place:
            target = place.partition("?")[0]
        elif place and (made != key or target == "/"):
            told["made"] = made
        return self._to(f"{target}?{urlencode(told)}")

    # Rendering

    def _home(self, problem: str, status: int) -> Response:
        with self._context.store.lock:
            self._context.timers.run_due()
            values = self._overview.values()
        return self._page("overview", {**values, "problem": problem, "here": ""}, status)

    def _section_page(
        self,
        section: Section,
        entity: Json,
        mistake: Mistake | None,
        status: int,
    ) -> Response:
        if not section.columns:
            return self._entity_page(section, entity, mistake, status)
        page = _number(request.args.get("page", ""))
        asked = {f.name: request.args[f.name] for f in section.filters if request.args.get(f.name)}
        try:
            items, is_more, problem = *self._items(section, page, asked), ""
        except RefusedCallError as refusal:
            items, is_more, problem = [], False, str(refusal)
        typed = self._read(section.typed_call) if section.typed_call else {}
        values = {
            "rows": self._rows(section, items),
            "page": page,
            "is_more": is_more,
            "asked": asked,
            "problem": problem,
            "actions": self._forms(section, section.list_actions, typed, "", mistake),
        }
        return self._page("list", {**values, "section": section, "here": section.slug}, status)

    def _items(self, section: Section, page: int, asked: Json) -> tuple[list[Json], bool]:
        """Return a page of a section's things, newest first, and whether there are older ones."""
        if section.is_paged:
            query = {"count": PAGE + 1, "skip": page * PAGE}
            found = self._calls.ask(section.call, query=query)[section.items]
            return found[:PAGE], len(found) > PAGE
        query = {**asked, "limit": LATEST} if section.newest_last else asked
        answer = self._calls.ask(section.call, query=query)
        found = answer[section.items]
        return (found[::-1] if section.newest_last else found), answer.get("count", 0) > len(found)

    def _rows(
        self, section: Section, items: list[Json], columns: tuple[Column, ...] = ()
    ) -> list[Json]:
        show = self._presenter.cell
        columns = columns or section.columns
        return [
            {
                "cells": [(column, show(column, item, section)) for column in columns],
                "forms": self._row_forms(section, item),
            }
            for item in items
        ]

    def _row_forms(self, section: Section, item: Json) -> list[Json]:
        key = str(item.get(section.row_key, ""))
        base = f"{BOARD}{section.slug}/{key}/do/"
        return [
            {"to": self._to(f"{base}{action.slug}"), "label": action.label, "key": key}
            for action in section.row_actions
            if action.when(item)
        ]

    def _row_item(self, section: Section, key: str) -> Json:
        found = self._read(section.call)[section.items]
        item = next((item for item in found if item[section.row_key] == key), None)
        if item is None:
            raise PageError("Page not found.")
        return {**item, "id": key}

    def _entity_page(
        self,
        section: Section,
        entity: Json,
        mistake: Mistake | None,
        status: int,
    ) -> Response:
        key = str(entity.get("id", ""))
        values = {
            "section": section,
            "here": section.slug,
            "key": key,
            "state": state(entity["status"]) if "status" in entity else None,
            "facts": self._presenter.facts(
                entity, {place.partition(".")[0] for _, place in section.blocks}
            ),
            "picture": self._to(f"{QR_PATH}{key}") if _waits(entity) else "",
            "related": [self._related(related, entity) for related in section.related],
            "blocks": _blocks(section, entity),
            "actions": self._forms(section, section.actions, entity, key, mistake),
        }
        return self._page("entity", values, status)

    def _related(self, related: Related, entity: Json) -> Json:
        section = self._section(related.section)
        key, empty = str(entity.get("id", "")), related.empty
        try:
            found = self._read(related.call, key, related.query(entity))["items"]
        except RefusedCallError as refusal:  # Razorpay has no report of a year so far away
            found, empty = [], str(refusal)
        items = [item for item in found if related.keep(entity, item)]
        if section.newest_last:
            items = items[::-1]
        return {
            "title": related.title,
            "columns": related.columns or section.columns,
            "rows": self._rows(section, items, related.columns),
            "empty": empty,
        }

    def _forms(
        self,
        section: Section,
        actions: tuple[Action, ...],
        entity: Json,
        key: str,
        mistake: Mistake | None,
    ) -> list[Json]:
        allowed = [action for action in actions if action.when(entity)]
        base = f"{BOARD}{section.slug}/{key}/do/" if key else f"{BOARD}{section.slug}/do/"
        forms = []
        for action in allowed:
            wrong = mistake if mistake and mistake.action is action else None
            forms.append(
                {
                    "action": action,
                    "to": self._to(f"{base}{action.slug}"),
                    "call": action.path(entity),
                    "values": action.shown(entity, wrong.form if wrong else None),
                    "problem": wrong.words if wrong else "",
                }
            )
        return forms

    def _page(self, template: str, values: Json, status: int) -> Response:
        groups: dict[str, list[Section]] = {}
        for section in self._sections.values():
            groups.setdefault(section.group, []).append(section)
        with self._context.store.lock:
            counts, beat = self._overview.counts(), self._overview.beat()
        suggests = any(f.kind == "suggest" for f in _fields_shown(values))
        common = {
            "paths": self.paths() if suggests else [],
            "groups": groups,
            "counts": counts,
            "told": self._told(),
            "board": BOARD,
            "pulse": PULSE,
            "beat": beat,
            "is_live": status == OK,
            "to": self._to,
        }
        return self._renderer.page(template, {**common, **values}, status=status)

    def _told(self) -> Json | None:
        """Return what was just done, as the address names it."""
        slug, _, name = request.args.get("done", "").partition(".")
        section = self._sections.get(slug)
        known = (*section.list_actions, *section.actions, *section.row_actions) if section else ()
        action = next((each for each in known if each.slug == name), None)
        if action is None:
            return None
        key = request.args.get("made", "")
        return {"words": action.done, "made": key, "place": self._presenter.place(key),
                "state": self._state_of(key)}  # fmt: skip

    def _state_of(self, key: str) -> Any:
        prefix = key.partition("_")[0]
        section = next((s for s in self._sections.values() if prefix in s.prefixes), None)
        if section is None or not self._presenter.place(key):
            return None
        try:
            return state(self._read(section.entity_call, key)["status"])
        except (RefusedCallError, KeyError):
            return None

    def paths(self) -> list[str]:
        """Return the API's paths, as faults and filters name them."""
        rules = {re.sub("<[^>]+>", "*", rule.rule) for rule in self._paths.iter_rules()}
        return sorted(rule for rule in rules if rule.startswith("/v1/"))

    # Reading

    def _section(self, slug: str) -> Section:
        section = self._sections.get(slug)
        if section is None:
            raise PageError("Page not found.")
        return section

    def _read(self, call: str, key: str = "", more: dict[str, object] | None = None) -> Json:
        from .actions import with_id

        path, _, query = with_id(call, key).partition("?")
        asked = dict(pair.split("=") for pair in query.split("&") if pair)
        found: Json = self._calls.ask(path, query={**asked, **(more or {})})
        return found

    def _entity(self, section: Section, key: str) -> Json:
        if not section.entity_call or not KEY.fullmatch(key):
            raise PageError("Page not found.")
        try:
            entity = {**self._read(section.entity_call, key), "id": key}
        except RefusedCallError as refusal:
            raise PageError(f"{key}: {refusal}") from refusal
        with self._context.store.lock:
            code = payable_text(self._context.store.find(key), self._context.base_url)
        return entity if code is None else {**entity, "_qr": code}


def _number(text: str) -> int:
    return min(int(text), LAST_PAGE) if text.isascii() and text.isdigit() and len(text) < 8 else 0  # noqa: PLR2004


def _fields_shown(values: Json) -> list[Any]:
    """Return the fields on a page."""
    section = values.get("section")
    fields = list(section.filters) if section else []
    return fields + [field for form in values.get("actions", ()) for field in form["action"].fields]


def _waits(entity: Json) -> bool:
    """Return whether an entity's QR code can be paid."""
    payable = ("created", "failed", "active", "partially_paid")
    return "_qr" in entity and entity["status"] in payable


def _blocks(section: Section, entity: Json) -> list[tuple[str, str]]:
    found = []
    for title, place in section.blocks:
        value: Any = entity
        for name in place.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        if value not in (None, "", {}, []):
            found.append((title, value if isinstance(value, str) else pretty(value)))
    whole = {name: value for name, value in entity.items() if name != "_qr"}
    return found or [("As JSON", pretty(whole))]

"""Control calls of the journal: list what was requested and answered, and forget it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .control_validation import check_known, one_of, path_text, within
from .errors import ControlError
from .faults import METHODS
from .journal import MOST_ENTRIES, JournalEntry, JournalQuery
from .journal_masking import Masker
from .sandbox_context import Resource, Route

if TYPE_CHECKING:
    from .entity_json import Json
    from .validation import Call

USUAL_LIMIT = 100
HIGHEST = 10**12
FILTERS = ("method", "path", "status", "since", "limit")


class JournalControl(Resource):
    """Control-plane calls for the journal."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/_sandbox/requests", self.show),
            Route("GET", "/_sandbox/requests/<id>", self.fetch),
            Route("DELETE", "/_sandbox/requests", self.forget),
        ]

    def show(self, call: Call) -> Json:
        """Return the requests that a query wants; `count` counts more than the limit lets show."""
        asked = dict(call.query)
        check_known(asked, FILTERS)
        limit = within(asked, "limit", USUAL_LIMIT, 1, MOST_ENTRIES)
        journal = self._context.journal
        found = journal.find(_read(asked))
        masker = self._masker()
        return {
            "count": len(found),
            "last": journal.last,
            "dropped": journal.dropped,
            "items": [_shown(entry, masker) for entry in found[-limit:]],
        }

    def fetch(self, call: Call) -> Json:
        """Return one request."""
        key = call.path["id"]
        entry = self._context.journal.get(int(key)) if key.isdecimal() and len(key) < 16 else None  # noqa: PLR2004
        if entry is None:
            raise ControlError(f"no request has the number {key[:100]}")
        return _shown(entry, self._masker())

    def _masker(self) -> Masker:
        hooks = (hook["secret"] for hook in self._context.store.webhooks)
        return Masker((self._context.key_secret, *hooks))

    def forget(self, call: Call) -> Json:
        """Forget all requests."""
        del call
        self._context.journal.clear()
        return {"count": 0, "last": self._context.journal.last, "dropped": 0, "items": []}


def _read(asked: Json) -> JournalQuery:
    return JournalQuery(
        method=one_of(asked, "method", METHODS[:-1]) if "method" in asked else None,
        path=path_text(asked) if "path" in asked else None,
        status=within(asked, "status", 200, 100, 599) if "status" in asked else None,
        since=within(asked, "since", 0, 0, HIGHEST),
    )


def _shown(entry: JournalEntry, masker: Masker) -> Json:
    return {
        "id": entry.id,
        "at": entry.at,
        "method": entry.method,
        "path": entry.path,
        "query": masker.fields(entry.query),
        "headers": masker.headers(entry.request.headers),
        "body": masker.body(entry.request),
        "body_bytes": entry.request.length,
        "status": entry.status,
        "answer": {
            "headers": masker.headers(entry.answer.headers),
            "body": masker.body(entry.answer),
            "bytes": entry.answer.length,
        },
        "ms": round(entry.ms, 3),
        "fault": entry.fault,
        "sent": entry.sent,
    }

"""Snapshots: the whole state under a name, to return to; in memory, compressed.

A snapshot holds what the state file holds: entities, account, webhooks, clock and the place in the
series of ids. Faults, the journal and open checkouts are not in it.
"""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .control_validation import check_known, text
from .errors import ControlError
from .sandbox_context import Resource, Route

if TYPE_CHECKING:
    from .entity_json import Json
    from .sandbox_context import SandboxContext
    from .state_file import Line
    from .validation import Call

MOST_SNAPSHOTS = 50
MOST_BYTES = 64 << 20
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A state."""

    name: str
    at: int
    entities: int
    packed: bytes

    def line(self) -> Line:
        """Return the state as a line of the state file."""
        line: Line = json.loads(zlib.decompress(self.packed))
        return line

    def shown(self) -> Json:
        """Return the snapshot's description."""
        return {
            "name": self.name,
            "at": self.at,
            "entities": self.entities,
            "bytes": len(self.packed),
        }


class SnapshotControl(Resource):
    """Control-plane calls for snapshots."""

    def __init__(self, context: SandboxContext) -> None:
        super().__init__(context)
        self._taken: dict[str, Snapshot] = {}

    def routes(self) -> list[Route]:
        """Return the routes."""
        one = "/_sandbox/snapshots/<name>"
        return [
            Route("GET", "/_sandbox/snapshots", self.list_all),
            Route("POST", "/_sandbox/snapshots", self.take),
            Route("POST", f"{one}/restore", self.restore),
            Route("DELETE", one, self.delete),
        ]

    def clear(self) -> None:
        """Delete all snapshots, on reset."""
        self._taken = {}

    def list_all(self, call: Call) -> Json:
        """Return every snapshot, oldest first."""
        del call
        return {"count": len(self._taken), "items": [s.shown() for s in self._taken.values()]}

    def take(self, call: Call) -> Json:
        """Keep a snapshot; one of the same name is replaced."""
        check_known(call.body, ("name",))
        name = text(call.body, "name")
        if not NAME.fullmatch(name):
            raise ControlError(
                "name must be 1 to 100 letters, digits, dots, hyphens or underscores"
            )
        line = self._context.store.as_line()
        packed = zlib.compress(json.dumps(line, separators=(",", ":")).encode(), 1)
        taken = Snapshot(name, self._context.now(), len(line["put"]), packed)
        others = [s for s in self._taken.values() if s.name != name]
        if len(others) >= MOST_SNAPSHOTS:
            raise ControlError(f"{MOST_SNAPSHOTS} snapshots at most; delete one first")
        if sum(len(s.packed) for s in others) + len(packed) > MOST_BYTES:
            raise ControlError("the snapshots take too much memory; delete one first")
        self._taken = {**{s.name: s for s in others}, name: taken}
        return taken.shown()

    def restore(self, call: Call) -> Json:
        """Return to a snapshot; on disk before the answer, or not at all."""
        taken = self._known(call)
        self._context.store.replace(taken.line())
        self._context.sender.start()
        return taken.shown()

    def delete(self, call: Call) -> Json:
        """Delete a snapshot."""
        taken = self._known(call)
        del self._taken[taken.name]
        return taken.shown()

    def _known(self, call: Call) -> Snapshot:
        name = call.path["name"]
        if (taken := self._taken.get(name)) is None:
            raise ControlError(f"no snapshot has the name {name[:100]}")
        return taken

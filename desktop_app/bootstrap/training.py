"""Training's own Razorpay: the sandbox in a thread, or the one a running desk has open already."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.sandbox.server import SandboxServer

ADDRESS = "sandbox-address.json"
STATE = "sandbox-state.json"
PROBE_S = 1.5


@dataclass(slots=True)
class TrainingSandbox:
    """A sandbox to talk to; `close` ends it where it is ours."""

    url: str
    key_id: str
    key_secret: str
    server: SandboxServer | None

    def close(self) -> None:
        """End the server, unless another process runs it."""
        if self.server is not None:
            self.server.stop()


def open_sandbox(folder: Path) -> TrainingSandbox:
    """Find the folder's running sandbox, or start it with what it knew before."""
    kept = _read(folder / ADDRESS)
    if kept and _answers(kept["url"]):
        return TrainingSandbox(kept["url"], kept["key_id"], kept["key_secret"], None)
    from desktop_app.sandbox.server import SandboxServer

    server = _started(SandboxServer, folder, kept)
    found = {"url": server.url, "key_id": server.key_id, "key_secret": server.key_secret}
    (folder / ADDRESS).write_text(json.dumps(found), encoding="utf-8")
    return TrainingSandbox(server.url, server.key_id, server.key_secret, server)


def _started(make: type[SandboxServer], folder: Path, kept: dict[str, Any] | None) -> SandboxServer:
    """Start on the port of last time, since links on phones name it; else on a free one.

    A state that the sandbox cannot read (an older program's, or damaged) is set aside: in training
    there is nothing to lose.
    """
    from desktop_app.sandbox.state_file import StateFileError

    known = kept or {}
    port = int(str(known.get("url", ":0")).rpartition(":")[2] or 0)
    for candidate in (port, 0, 0):
        server = make(
            port=candidate,
            key_id=known.get("key_id"),
            key_secret=known.get("key_secret"),
            state_file=folder / STATE,
            log_file=folder / "logs" / "sandbox.log",
        )
        try:
            server.start()
        except OSError as error:
            server.stop()
            if isinstance(error, StateFileError):
                _set_aside(folder / STATE)
            continue
        return server
    raise OSError("training's sandbox finds no port, or cannot write its state")


def _set_aside(state: Path) -> None:
    if state.exists():
        state.replace(state.with_name(f"{state.stem}-unreadable.json"))


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    names = ("url", "key_id", "key_secret")
    is_whole = isinstance(found, dict) and all(isinstance(found.get(name), str) for name in names)
    return found if is_whole else None


def _answers(url: str) -> bool:
    if not url.startswith("http://127.0.0.1:"):
        return False
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"{url}/_sandbox/clock", timeout=PROBE_S) as answer:
            return "now" in json.loads(answer.read())
    except (urllib.error.URLError, ValueError, OSError):
        return False

"""Training's own Razorpay: the sandbox in a thread, or the one a running desk has open already.

Its control plane can pay and shows phone numbers, so it asks for a token that only the folder's
owner can read: loopback is open to every user of the PC.
"""

from __future__ import annotations

import json
import os
import secrets
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
    token: str
    server: SandboxServer | None

    @property
    def keys(self) -> tuple[str, str]:
        """Id and secret of its key pair."""
        return self.key_id, self.key_secret

    def close(self) -> None:
        """End the server, unless another process runs it."""
        if self.server is not None:
            self.server.stop()


def open_sandbox(folder: Path) -> TrainingSandbox:
    """Find the folder's running sandbox, or start it with what it knew before."""
    kept = _read(folder / ADDRESS)
    if kept and _answers(kept["url"], kept["token"]):
        return TrainingSandbox(**kept, server=None)
    from desktop_app.sandbox.server import SandboxServer

    token = secrets.token_urlsafe(32)
    server = _started(SandboxServer, folder, kept, token)
    found = {
        "url": server.url,
        "key_id": server.key_id,
        "key_secret": server.key_secret,
        "token": token,
    }
    _write_private(folder / ADDRESS, json.dumps(found))
    return TrainingSandbox(**found, server=server)


def _write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, also where it was readable to others before."""
    part = path.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    part.replace(path)


def _started(
    make: type[SandboxServer], folder: Path, kept: dict[str, str] | None, token: str
) -> SandboxServer:
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
            token=token,
        )
        try:
            server.start()
        except OSError as error:
            server.stop()
            if isinstance(error, StateFileError):
                _set_aside(folder / STATE)
            continue
        return server
    raise OSError("practice mode couldn't start its sandbox")


def _set_aside(state: Path) -> None:
    if state.exists():
        state.replace(state.with_name(f"{state.stem}-unreadable.json"))


def _read(path: Path) -> dict[str, str] | None:
    """Return address, keys and token; the token is empty where an older program wrote the file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    names = ("url", "key_id", "key_secret")
    is_whole = isinstance(found, dict) and all(isinstance(found.get(name), str) for name in names)
    token = str(found.get("token", "")) if is_whole else ""
    return {**{name: found[name] for name in names}, "token": token} if is_whole else None


def _answers(url: str, token: str) -> bool:
    if not url.startswith("http://127.0.0.1:"):
        return False
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    asked = urllib.request.Request(  # noqa: S310 - http on loopback, by the check above
        f"{url}/_sandbox/clock", headers={"Authorization": f"Bearer {token}"}
    )
    try:
        with opener.open(asked, timeout=PROBE_S) as answer:
            return "now" in json.loads(answer.read())
    except (urllib.error.URLError, ValueError, OSError):
        return False

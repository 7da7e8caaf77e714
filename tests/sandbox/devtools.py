"""The DevTools protocol of a Chromium over two pipes, with only the standard library.

Must not know what a page is: it starts the program, sends commands, and passes on events.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Json = dict[str, Any]
PATIENCE_S = 60.0
# Chromium reads what it is asked from file 3, and answers into file 4.
SHELL = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null'


class DevtoolsError(Exception):
    """Chromium refused a command, or has ended."""


class Devtools:
    """A running Chromium that answers commands."""

    def __init__(self, command: Sequence[str], heard: Callable[[Json], None]) -> None:
        self._heard = heard
        self._process = subprocess.Popen(
            ["/bin/sh", "-c", SHELL, "sh", *command, "--remote-debugging-pipe"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._to, self._from = self._process.stdin, self._process.stdout
        self._rest = b""
        self._count = 0
        self._answers: dict[int, Json] = {}
        self._unwanted: set[int] = set()

    def call(self, name: str, session: str = "", **params: Any) -> Json:
        """Return the answer to a command."""
        number = self._send(name, session, params)
        deadline = time.monotonic() + PATIENCE_S
        while number not in self._answers:
            left = deadline - time.monotonic()
            if left < 0:
                raise DevtoolsError(f"no answer to {name}")
            self.listen(left)
        answer = self._answers.pop(number)
        if "error" in answer:
            raise DevtoolsError(f"{name}: {answer['error']['message']}")
        result: Json = answer["result"]
        return result

    def post(self, name: str, session: str = "", **params: Any) -> None:
        """Send a command whose answer nobody waits for."""
        self._unwanted.add(self._send(name, session, params))

    def listen(self, seconds: float = 0.0) -> None:
        """Read what has come, or the next message that comes within a time."""
        if not select.select([self._from], [], [], seconds)[0]:
            return
        read = os.read(self._from.fileno(), 1 << 20)
        if not read:
            raise DevtoolsError("Chromium has ended")
        *whole, self._rest = (self._rest + read).split(b"\0")
        for message in map(json.loads, whole):
            if (number := message.get("id")) is None:
                self._heard(message)
            elif number in self._unwanted:
                self._unwanted.remove(number)
            else:
                self._answers[number] = message

    def _send(self, name: str, session: str, params: Json) -> int:
        self._count += 1
        message: Json = {"id": self._count, "method": name, "params": params}
        if session:
            message["sessionId"] = session
        try:
            self._to.write(json.dumps(message).encode() + b"\0")
            self._to.flush()
        except OSError as error:
            raise DevtoolsError("Chromium has ended") from error
        return self._count

    def close(self) -> None:
        """End the program."""
        try:
            self.call("Browser.close")
            self._process.wait(10)
        except (DevtoolsError, subprocess.TimeoutExpired):
            self._process.kill()
            self._process.wait(10)
        self._to.close()
        self._from.close()

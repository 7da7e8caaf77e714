"""Calls that the owner's pages send to the sandbox itself, as a script would.

The API and the control plane are the pages' only way to change anything. Faults and the journal
are passed by: they are for the program under test. Must not know what a call means.
"""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import request

if TYPE_CHECKING:
    from collections.abc import Mapping
    from wsgiref.types import WSGIApplication

    from ..sandbox_context import SandboxContext

Json = dict[str, Any]
OK = 200


class RefusedCallError(Exception):
    """A refusal of a call, in its own words."""


class InnerCalls:
    """The sandbox as its own client."""

    def __init__(self, application: WSGIApplication, context: SandboxContext) -> None:
        self._application = application
        self._context = context

    def ask(
        self, call: str, body: Json | None = None, query: Mapping[str, object] | None = None
    ) -> Any:
        """Send a call, such as `POST /v1/orders`; return its JSON.

        Raises:
            RefusedCallError: The answer is not 200.
        """
        method, _, path = call.partition(" ")
        raw = b"" if body is None else json.dumps(body).encode()
        environ: dict[str, Any] = {
            **{name: value for name, value in request.environ.items() if _is_kept(name)},
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": urlencode(query or {}),
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.input": io.BytesIO(raw),
        }
        if not path.startswith("/_sandbox"):
            environ["HTTP_AUTHORIZATION"] = self._credentials()
        status: list[str] = []

        def start(line: str, *_: Any) -> Any:
            status.append(line)
            return lambda _data: None

        parts = b"".join(self._application(environ, start))
        answer = json.loads(parts)
        if int(status[0][:3]) != OK:
            raise RefusedCallError(_reason(answer))
        return answer

    def _credentials(self) -> str:
        pair = f"{self._context.key_id}:{self._context.key_secret}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"


def _is_kept(name: str) -> bool:
    """Return whether an inner call inherits a part of the page's own request."""
    return not name.startswith(("werkzeug.", "flask.", "pravesh."))


def _reason(answer: Any) -> str:
    error = answer["error"]
    return str(error["description"] if isinstance(error, dict) else error)

"""JSON requests to a sandbox: over loopback HTTP, or within its process."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from desktop_app.sandbox.response_delivery import ENVIRON_KEY, ResponseDelivery
from tests.kept_connection import KeptConnection

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.sandbox.server import SandboxServer


class SandboxHttp:
    """A client of one sandbox's API and control plane."""

    def __init__(self, url: str) -> None:
        self._place = urlsplit(url).netloc
        self._connection = KeptConnection(timeout_s=15)

    def control(
        self, path: str, body: Mapping[str, object] | None = None, method: str | None = None
    ) -> Any:
        """Send a request to the control plane; without a body or method a GET."""
        return self._send(f"_sandbox/{path}", body, method, {})

    def api(
        self,
        path: str,
        body: Mapping[str, object],
        keys: tuple[str, str],
        method: str | None = None,
    ) -> Any:
        """Post to Razorpay's API as its dashboard would, past the desk."""
        pair = base64.b64encode(":".join(keys).encode()).decode()
        return self._send(f"v1/{path}", body, method, {"Authorization": f"Basic {pair}"})

    def _send(
        self, path: str, body: Mapping[str, object] | None, method: str | None,
        headers: dict[str, str],
    ) -> Any:  # fmt: skip
        raw = None if body is None else json.dumps(body).encode()
        status, _, answer = self._connection.send(
            self._place,
            method or ("GET" if raw is None else "POST"),
            f"/{path}",
            raw,
            {"Content-Type": "application/json", **headers},
        )
        if status >= HTTPStatus.BAD_REQUEST:
            raise OSError(f"{status}: {answer.decode()}")
        return json.loads(answer or b"{}")


def control_in_process(
    server: SandboxServer, path: str, body: Mapping[str, object] | None, method: str | None
) -> Any:
    """Call the control plane of a sandbox of this process, in a third of the time of HTTP.

    Raises:
        OSError: the sandbox refused.
    """
    raw = b"" if body is None else json.dumps(body).encode()
    listener = server._listener
    assert listener is not None, "the sandbox is not running"
    said: list[str] = []
    parts = listener._callbacks.application(
        {
            "REQUEST_METHOD": method or ("GET" if body is None else "POST"),
            "SCRIPT_NAME": "",
            "PATH_INFO": f"/_sandbox/{path}",
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(listener.port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": urlsplit(server.url).netloc,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(raw)),
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(raw),
            ENVIRON_KEY: ResponseDelivery(),
        },
        lambda status, *_: said.append(status),  # type: ignore[arg-type]
    )
    answer = b"".join(parts)
    if not said[0].startswith("2"):
        raise OSError(f"{said[0]}: {answer.decode()}")
    return json.loads(answer or b"{}")

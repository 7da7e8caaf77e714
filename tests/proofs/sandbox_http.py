"""JSON requests to a sandbox over loopback HTTP, bypassing proxies."""

from __future__ import annotations

import base64
import json
import urllib.request
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class SandboxHttp:
    """A client of one sandbox's API and control plane."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

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
        request = urllib.request.Request(
            f"{self._url}/{path}",
            None if body is None else json.dumps(body).encode(),
            {"Content-Type": "application/json", **headers},
            method=method,
        )
        with self._opener.open(request, timeout=15) as answer:
            return json.loads(answer.read() or b"{}")

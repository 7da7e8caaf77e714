"""The control of the sandbox's speed: Flask and waitress around a dict, in a separate process."""

from __future__ import annotations

import json
import secrets
import sys
from typing import Any

from flask import Flask, Response, request
from waitress import create_server

THREADS = 16


def build() -> Flask:
    """Build an application that creates orders in a dict."""
    app = Flask("bare")
    orders: dict[str, dict[str, Any]] = {}

    @app.post("/v1/orders")
    def create() -> Response:
        body = json.loads(request.get_data())
        order = {"id": f"order_{secrets.token_hex(7)}", "status": "created", **body}
        orders[order["id"]] = order
        return Response(json.dumps(order), content_type="application/json")

    @app.get("/v1/orders/<key>")
    def fetch(key: str) -> Response:
        return Response(json.dumps(orders[key]), content_type="application/json")

    return app


def main() -> None:
    """Serve until the process is stopped, after one line of JSON with the address."""
    server = create_server(build(), host="127.0.0.1", port=0, threads=THREADS)
    sys.stdout.write(f"{json.dumps({'url': f'http://127.0.0.1:{server.effective_port}'})}\n")
    sys.stdout.flush()
    server.run()


if __name__ == "__main__":
    main()

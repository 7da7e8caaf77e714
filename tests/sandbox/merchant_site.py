"""A merchant's site that embeds Checkout, with an origin that is not the sandbox's."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

Json = dict[str, Any]
BACK = "<!doctype html><link rel='icon' href='data:,'><title>Back</title><h1>At the shop</h1>"
SHOP = """<!doctype html><html lang="en"><title>Shop</title>
<link rel="icon" href="data:,">
<meta http-equiv="Content-Security-Policy" content="script-src 'unsafe-inline' {sandbox}">
<button id="buy">Buy</button>
<script src="{sandbox}/v1/checkout.js"></script>
<script>
  var told = {{ paid: null, failed: [], dismissed: 0 }};
  function shop(options) {{
    var rzp = new Razorpay(Object.assign({{
      key: "{key}",
      handler: function (answer) {{ told.paid = answer; }}
    }}, options, {{
      modal: Object.assign({{ ondismiss: function () {{ told.dismissed++; }} }}, options.modal)
    }}));
    rzp.on("payment.failed", function (answer) {{ told.failed.push(answer.error); }});
    document.getElementById("buy").onclick = function () {{ rzp.open(); }};
    return rzp;
  }}
</script>"""


class MerchantSite(ThreadingHTTPServer):
    """A merchant's site with its own origin; records what browsers post to it."""

    daemon_threads = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MerchantSiteHandler)
        self.page = ""
        self.posted: list[Json] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class MerchantSiteHandler(BaseHTTPRequestHandler):
    timeout = 0.5  # browsers open connections that they never use
    server: MerchantSite

    def do_GET(self) -> None:
        self._send(self.server.page)

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.posted.append({name: v[0] for name, v in parse_qs(raw).items()})
        self._send(BACK)

    def _send(self, page: str) -> None:
        body = page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
        """Suppress the log line."""

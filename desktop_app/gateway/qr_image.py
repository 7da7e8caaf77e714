"""QR code pictures: fetched without keys, from the gateway's own hosts, at most 1 MB."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import certifi

from desktop_app.gateway.base_url import is_loopback, may_serve_images
from desktop_app.gateway.sdk import requests
from desktop_app.services.errors import UnavailableError

if TYPE_CHECKING:
    from pathlib import Path

    from desktop_app.gateway.rate_limiter import RateLimiter

MOST_BYTES = 1_000_000
MOST_HOPS = 3
TIMEOUT_S = (3.05, 10.0)
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_REDIRECTS = {301, 302, 303, 307, 308}


def fetch_image(url: str, path: Path, *, base_url: str, budget: RateLimiter) -> Path:
    """Fetch a picture and save it to a file.

    Raises:
        UnavailableError: a foreign host, too large, not a picture, or unavailable.
    """
    body = _follow(url, base_url, budget)
    if not body.startswith(_MAGIC):
        raise UnavailableError("the QR code's picture is no picture")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    part.write_bytes(body)
    part.replace(path)
    return path


def _follow(url: str, base_url: str, budget: RateLimiter) -> bytes:
    with requests.Session() as session:
        session.trust_env = not is_loopback(urlsplit(base_url).hostname)
        session.verify = certifi.where()
        for _hop in range(MOST_HOPS):
            if not may_serve_images(url, base_url):
                raise UnavailableError("the QR code's picture is on a foreign host")
            budget.take(urgent=True)
            try:
                answer = session.get(url, timeout=TIMEOUT_S, allow_redirects=False, stream=True)
                if answer.status_code in _REDIRECTS:
                    url = requests.compat.urljoin(url, answer.headers.get("Location", ""))
                    continue
                return _body_of(answer)
            except requests.RequestException as error:
                raise UnavailableError(type(error).__name__) from error
    raise UnavailableError("the QR code's picture is nowhere")


def _body_of(answer: requests.Response) -> bytes:
    if answer.status_code != requests.codes.ok:
        raise UnavailableError(f"the QR code's picture: HTTP {answer.status_code}")
    body = b""
    for chunk in answer.iter_content(16_384):
        body += chunk
        if len(body) > MOST_BYTES:
            raise UnavailableError("the QR code's picture is over 1 MB")
    return body

"""Gateway addresses that may receive the keys: Razorpay's own, or this machine."""

from __future__ import annotations

from urllib.parse import urlsplit

from desktop_app.domain.errors import InvalidInputError

RAZORPAY = "https://api.razorpay.com"
CHECKOUT = "https://checkout.razorpay.com"
_OWN_HOSTS = ("razorpay.com", "rzp.io")


def checked_base_url(url: str) -> str:
    """Return a base URL without its trailing slash.

    Raises:
        InvalidInputError: it is neither https://api.razorpay.com nor a loopback address.
    """
    bare = url.strip().rstrip("/")
    parts = urlsplit(bare)
    plain = not (parts.path or parts.query or parts.fragment or parts.username)
    if bare == RAZORPAY:
        return bare
    if plain and parts.scheme in {"http", "https"} and is_loopback(parts.hostname):
        return bare
    raise InvalidInputError(
        "gateway-url",
        "Enter {address} or an address on this PC, e.g. http://127.0.0.1:8080. We didn't "
        "send anything.",
        address=RAZORPAY,
    )


def checkout_script(base_url: str) -> str:
    """Return the address of the script that opens the checkout of a gateway."""
    host = CHECKOUT if base_url == RAZORPAY else base_url
    return f"{host}/v1/checkout.js"


def is_loopback(host: str | None) -> bool:
    """Return whether a host is this machine."""
    if host is None:
        return False
    if host.lower() in {"localhost", "127.0.0.1"}:
        return True
    import ipaddress  # slow to import, rarely needed

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def may_serve_images(url: str, base_url: str) -> bool:
    """Return whether the picture of a QR code may be fetched from a URL."""
    parts, base = urlsplit(url), urlsplit(base_url)
    host = (parts.hostname or "").lower()
    if is_loopback(base.hostname):
        return is_loopback(host) and parts.scheme in {"http", "https"}
    own = any(host == name or host.endswith(f".{name}") for name in _OWN_HOSTS)
    return own and parts.scheme == "https"

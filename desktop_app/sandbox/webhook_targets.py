"""Addresses that webhooks may be sent to: this machine, and private ones named at start.

Razorpay refuses exactly these; a sandbox that could reach any other would call strangers.
"""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ADDRESS = re.compile(r"http://[!-~]{1,2000}")


def is_target(url: str, named: frozenset[str]) -> bool:
    """Return whether a webhook may be sent to an address."""
    try:
        address = urlsplit(url)
        is_known = address.hostname in LOOPBACK | named and address.port != 0
    except ValueError:
        return False
    return is_known and ADDRESS.fullmatch(url) is not None


def private_address(text: str) -> str:
    """Return a private IP address in its usual writing.

    Raises:
        ValueError: It is no address, or one that anybody on the internet could have.
    """
    address = ipaddress.ip_address(text)
    if not address.is_private or address.is_unspecified or address.is_multicast:
        raise ValueError(f"{text} is not a private address")
    return str(address)

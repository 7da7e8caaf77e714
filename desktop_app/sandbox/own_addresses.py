"""Names under which this sandbox is reached, so that requests meant for others are refused.

With TLS on, Razorpay's own hosts count as this sandbox for everything but the control plane.
"""

from __future__ import annotations

LOOPBACK_NAMES = ("127.0.0.1", "localhost")
USUAL_PORTS = (80, 443)
RAZORPAY_HOSTS = ("api.razorpay.com", "checkout.razorpay.com")


class OwnAddresses:
    """Hosts and origins of one sandbox; `names` adds to their names, as in a container."""

    def __init__(self, port: int, *, tls: bool, names: tuple[str, ...] = ()) -> None:
        schemes = ("http", "https") if tls else ("http",)
        usual = ("",) if port in USUAL_PORTS else ()  # browsers leave out a usual port
        own = (*LOOPBACK_NAMES, *names)
        self._local = {f"{name}{end}" for name in own for end in (f":{port}", *usual)}
        self._local_origins = {f"{scheme}://{host}" for scheme in schemes for host in self._local}
        known = RAZORPAY_HOSTS if tls else ()
        self._hosts = self._local | {f"{name}{end}" for name in known for end in ("", f":{port}")}
        self._origins = self._local_origins | {
            f"https://{name}{end}" for name in known for end in ("", f":{port}")
        }

    def is_host(self, host: str | None, *, local: bool = False) -> bool:
        """Return whether a Host header names this sandbox; `local` by this machine's name."""
        return host in (self._local if local else self._hosts)

    def is_origin(self, origin: str | None, *, local: bool = False) -> bool:
        """Return whether an Origin header is absent or of this sandbox's own pages."""
        return origin is None or origin in (self._local_origins if local else self._origins)

"""Makes the gateway with the keys as they are now."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING, cast

from desktop_app.services.lazy_proxy import lazy

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.bootstrap.options import Options
    from desktop_app.bootstrap.settings_cache import CachedSettings
    from desktop_app.config.secrets import Vault
    from desktop_app.gateway.client import RazorpayGateway
    from desktop_app.gateway.rate_limiter import RateLimiter
    from desktop_app.services.errors import ServiceError
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import Clock
    from desktop_app.storage.store import SqlStore


class GatewayFactory:
    """The gateway with the keys as they are now; made when first asked for.

    Attributes:
        vault: where keys are kept.
        check: checks a key id against this desk's mode.
        monitor: the connection as the gateway's calls find it.
    """

    def __init__(
        self,
        url: str,
        vault: Vault,
        check: Callable[[str], str],
        settings: CachedSettings,
        clock: Clock,
        refusal: Callable[[], ServiceError | None] = lambda: None,
    ) -> None:
        from desktop_app.services.connectivity import ConnectionMonitor

        self.vault = vault
        self.check = check
        self.monitor = ConnectionMonitor(clock)
        self._url = url
        self._settings = settings
        self._clock = clock
        self._refusal = refusal
        self._limiter = lazy(self._make_limiter)
        self._lock = threading.Lock()
        self._gateway: PaymentGateway | None = None

    def __call__(self) -> PaymentGateway:
        """Return the gateway, monitored; one that only reads while the book is held."""
        from desktop_app.services.connectivity import ReadOnlyGateway, monitored

        with self._lock:
            if self._gateway is None:
                key_id, secret = self.vault.load() or ("", "")
                made = self.make(self.check(key_id) if key_id else "", secret)
                self._gateway = monitored(made, self.monitor)
            refusal = self._refusal()
            if refusal is not None:
                return cast("PaymentGateway", ReadOnlyGateway(self._gateway, refusal))
            return self._gateway

    def make(self, key_id: str, key_secret: str) -> RazorpayGateway:
        """Return a gateway with other keys, under the same limit of requests; not monitored."""
        from desktop_app.gateway.client import RazorpayGateway

        return RazorpayGateway(
            key_id=key_id,
            key_secret=key_secret,
            base_url=self._url,
            budget=self._limiter,
            clock=self._clock,
        )

    def _make_limiter(self) -> RateLimiter:
        from desktop_app.gateway.rate_limiter import RateLimiter

        return RateLimiter(self._settings().requests_per_minute, self._clock)

    def forget(self) -> None:
        """Read settings and limit again now, and the keys next time."""
        self._settings.forget()
        self._limiter.allow(self._settings().requests_per_minute)
        with self._lock:
            self._gateway = None


def make_gateway_factory(
    options: Options,
    folder: Path,
    url: str,
    sandbox_keys: tuple[str, str] | None,
    settings: CachedSettings,
    clock: Clock,
    store: SqlStore,
) -> GatewayFactory:
    """Return the factory for a folder. Raises InvalidInputError for the environment's keys."""
    from desktop_app.config.secrets import Vault, keys_from_environment
    from desktop_app.gateway.base_url import RAZORPAY
    from desktop_app.services.settings.key_ids import checked_key_id

    is_loopback = url != RAZORPAY
    check = partial(checked_key_id, is_training=options.training, is_loopback=is_loopback)
    if sandbox_keys is None and (found := keys_from_environment()):
        check(found[0])
    vault = Vault(folder, is_loopback=is_loopback, training=sandbox_keys)
    return GatewayFactory(url, vault, check, settings, clock, lambda: store.refusal)

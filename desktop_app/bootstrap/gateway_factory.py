"""Makes the gateway with the keys as they are now."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.bootstrap.options import Options
    from desktop_app.bootstrap.settings_cache import CachedSettings
    from desktop_app.bootstrap.training import TrainingSandbox
    from desktop_app.config.secrets import Vault
    from desktop_app.gateway.client import RazorpayGateway
    from desktop_app.gateway.rate_limiter import RateLimiter
    from desktop_app.services.connectivity import ConnectionMonitor
    from desktop_app.services.ports.gateway import PaymentGateway
    from desktop_app.services.ports.system import Clock


class GatewayFactory:
    """The gateway with the keys as they are now; made when first asked for."""

    def __init__(
        self,
        load: Callable[[], tuple[str, str] | None],
        make: Callable[[str, str], RazorpayGateway],
        check: Callable[[str], str],
        retune: Callable[[], None],
        monitor: ConnectionMonitor,
    ) -> None:
        self._load = load
        self._monitor = monitor
        self._retune = retune
        self._make = make
        self._check = check
        self._lock = threading.Lock()
        self._gateway: PaymentGateway | None = None

    def __call__(self) -> PaymentGateway:
        """Return the gateway, monitored."""
        from desktop_app.services.connectivity import monitored  # noqa: PLC0415

        with self._lock:
            if self._gateway is None:
                key_id, secret = self._load() or ("", "")
                made = self._make(self._check(key_id) if key_id else "", secret)
                self._gateway = monitored(made, self._monitor)
            return self._gateway

    def forget(self) -> None:
        """Read the keys anew next time, and the budget of requests now."""
        self._retune()
        with self._lock:
            self._gateway = None


def make_gateway_factory(
    options: Options,
    folder: Path,
    url: str,
    sandbox: TrainingSandbox | None,
    kept: CachedSettings,
    clock: Clock,
    monitor: ConnectionMonitor,
) -> tuple[KeyServices, GatewayFactory]:
    """Return the keyring with its checks, and the factory of gateways."""
    from desktop_app.config.secrets import Vault, keys_from_environment  # noqa: PLC0415
    from desktop_app.gateway.base_url import RAZORPAY  # noqa: PLC0415
    from desktop_app.gateway.rate_limiter import RateLimiter  # noqa: PLC0415
    from desktop_app.services.settings import checked_key_id  # noqa: PLC0415

    is_loopback = url != RAZORPAY
    check = partial(checked_key_id, is_training=options.training, is_loopback=is_loopback)
    training = (sandbox.key_id, sandbox.key_secret) if sandbox else None
    if training is None and (found := keys_from_environment()):
        check(found[0])
    vault = Vault(folder, is_loopback=is_loopback, training=training)
    budget = RateLimiter(kept().requests_per_minute, clock)

    def retune() -> None:
        budget.allow(kept().requests_per_minute)

    def make(key_id: str, secret: str) -> RazorpayGateway:
        return _make_gateway(url, budget, clock, key_id, secret)

    return KeyServices(vault, check, make), GatewayFactory(vault.load, make, check, retune, monitor)


def _make_gateway(
    url: str, budget: RateLimiter, clock: Clock, key_id: str, secret: str
) -> RazorpayGateway:
    from desktop_app.gateway.client import RazorpayGateway  # noqa: PLC0415 - SDK: 100 ms

    return RazorpayGateway(
        key_id=key_id, key_secret=secret, base_url=url, budget=budget, clock=clock
    )


@dataclass(frozen=True, slots=True)
class KeyServices:
    """The keyring, and what checks keys and makes a gateway of them."""

    vault: Vault
    check: Callable[[str], str]
    make: Callable[[str, str], RazorpayGateway]

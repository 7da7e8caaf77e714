"""Every channel of the gateway: a new one is a row here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.payments.channels.checkout import CheckoutChannel
from desktop_app.services.payments.channels.payment_link import PaymentLinkChannel
from desktop_app.services.payments.channels.qr_code import QrCodeChannel
from desktop_app.services.payments.channels.upi_intent import UpiIntentChannel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from desktop_app.domain.payment import Method
    from desktop_app.services.context import Context
    from desktop_app.services.payments.channels.base import GatewayChannel

REGISTERED: list[type[GatewayChannel]] = [
    UpiIntentChannel,
    CheckoutChannel,
    PaymentLinkChannel,
    QrCodeChannel,
]
"""In the order in which a payment is traced: most have an order, and a link has one too."""


def make_channels(context: Context) -> Mapping[Method, GatewayChannel]:
    """Make every channel, by its method."""
    return {channel.method: channel(context) for channel in REGISTERED}

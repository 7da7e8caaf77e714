"""Every channel by its method: a new one is a row here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.payment import Method
from desktop_app.services.payments.channels.payment_link import PaymentLinkChannel
from desktop_app.services.payments.channels.qr_code import QrCodeChannel
from desktop_app.services.payments.channels.upi_intent import UpiIntentChannel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from desktop_app.domain.payment import Attempt
    from desktop_app.services.context import Context
    from desktop_app.services.payments.channels.base import Channel

CHANNELS: Mapping[Method, type[Channel]] = {
    Method.UPI_INTENT: UpiIntentChannel,
    Method.QR_CODE: QrCodeChannel,
    Method.PAYMENT_LINK: PaymentLinkChannel,
}


def make_channels(context: Context, look: Callable[[Attempt], None]) -> Mapping[Method, Channel]:
    """Make every channel; see `Channel` for the arguments."""
    return {method: channel(context, look) for method, channel in CHANNELS.items()}

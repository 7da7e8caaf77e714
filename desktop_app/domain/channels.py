"""Traits of the gateway's channels: a new one is a row here, and a class in the services.

What a channel sends and reads is in `services/payments/channels/`; here is what rules, storage and
window have to know of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, assert_never

from desktop_app.domain.outbox import CommandKind
from desktop_app.domain.polling import CODE_COSTS, ORDER_COSTS
from desktop_app.domain.tender import Channel, Method

if TYPE_CHECKING:
    from collections.abc import Mapping


class ShownAs(Enum):
    """Where a parent finds what to pay."""

    UPI_QR = "a QR for UPI apps"
    LINK = "the address of a page, which may be sent too"
    PAGE = "a page of the desk's own, in the browser of this PC"


@dataclass(frozen=True, slots=True)
class ChannelTraits:
    """The traits of a channel.

    Attributes:
        channel: its name, as stored.
        shown_as: what a parent is shown.
        is_auto: whether `auto` may choose it, in the order of the table.
        takes_only_upi: whether the limit of a UPI payment holds for it.
        needs_phone: whether the payer's phone number is needed.
        shares_order: whether the attempts of a due pay on one order of ours, which every payment
            names, and which one list shows with its payments.
        closed_by: the command that closes what was made; None where nothing can be closed.
        costs: requests that a fee needs besides polls.
    """

    channel: Channel
    shown_as: ShownAs
    is_auto: bool = True
    takes_only_upi: bool = True
    needs_phone: bool = False
    shares_order: bool = False
    closed_by: CommandKind | None = None
    costs: int = CODE_COSTS


CHANNELS: Mapping[Method, ChannelTraits] = {
    Method.UPI_INTENT: ChannelTraits(
        Channel.UPI_INTENT, ShownAs.UPI_QR, needs_phone=True, shares_order=True,
        costs=ORDER_COSTS,
    ),
    Method.QR_CODE: ChannelTraits(
        Channel.QR_CODE, ShownAs.UPI_QR, closed_by=CommandKind.CLOSE_QR
    ),
    Method.PAYMENT_LINK: ChannelTraits(
        Channel.PAYMENT_LINK, ShownAs.LINK, takes_only_upi=False,
        closed_by=CommandKind.CANCEL_LINK,
    ),
    Method.CHECKOUT: ChannelTraits(
        Channel.CHECKOUT, ShownAs.PAGE, is_auto=False, takes_only_upi=False, shares_order=True,
        costs=ORDER_COSTS,
    ),
}  # fmt: skip
"""By the method that names them, in the order in which `auto` tries them."""


def channel_of(method: Method) -> ChannelTraits | None:
    """Return the traits of the channel that a method names; None for `auto` and for tenders."""
    return CHANNELS.get(method)


def is_link(method: Method) -> bool:
    """Return whether a parent is shown the address of a page by it, which may be sent too."""
    return _is_shown_as(method, ShownAs.LINK)


def is_page(method: Method) -> bool:
    """Return whether it is paid on a page of the desk's own, in the browser of this PC."""
    return _is_shown_as(method, ShownAs.PAGE)


def _is_shown_as(method: Method, place: ShownAs) -> bool:
    channel = channel_of(method)
    return channel is not None and channel.shown_as is place


def kind_of_channel(method: Method) -> str:
    """Return how filters and sums group a channel or `auto`: `upi`, `link` or `checkout`."""
    channel = channel_of(method)
    if channel is None:
        return "upi"
    match channel.shown_as:
        case ShownAs.UPI_QR:
            return "upi"
        case ShownAs.LINK:
            return "link"
        case ShownAs.PAGE:
            return "checkout"
        case other:
            assert_never(other)


def takes_only_upi(method: Method) -> bool:
    """Return whether the limit of a UPI payment holds for a method; pages take cards too."""
    channel = channel_of(method)
    return method is Method.AUTO if channel is None else channel.takes_only_upi

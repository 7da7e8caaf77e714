"""One list call for all open codes of a channel, to decide which to fetch individually.

A code or link costs two requests to fetch, and a minute has sixty. A channel's own list shows in
one request which have ended, as a paid one has; for the others the list of payments shows whether
one may be theirs. The lists decide nothing: what may be money is then fetched and verified, and
every code is fetched now and then in any case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_app.services.connectivity import gateway_now
from desktop_app.services.errors import GatewayError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from desktop_app.domain.payment import Attempt, Method, PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.payments.channels.base import GatewayChannel

APART_EVERY_S = 20.0
"""Fetch each code individually at least this often; lists may lag."""

_AHEAD_S = 60
_NOTHING_YET = "created"
_MOST_KNOWN = 2_000

Turn = tuple[str, str, int]
"""A payment's id, status and paise refunded: a list shows each change."""


@dataclass(slots=True)
class ChangeHint:
    """Attempts to fetch, according to the lists.

    Attributes:
        worth: attempts to fetch individually; those with an order are always among them.
        is_news: whether a list showed a change: it is then fetched without waiting for slots.
        missed: attempts whose list could not be read, because of `error`.
        turns: payments that changed since the last time.
    """

    worth: list[Attempt] = field(default_factory=list)
    is_news: bool = False
    missed: list[Attempt] = field(default_factory=list)
    error: GatewayError | None = None
    turns: set[Turn] = field(default_factory=set)


class ChangeDetector:
    """Selects codes and links to fetch, and remembers until the process ends what it has seen."""

    def __init__(self, context: Context, channels: Mapping[Method, GatewayChannel]) -> None:
        self._context = context
        self._channels = channels
        self._read_at: dict[str, float] = {}
        self._known: dict[Turn, None] = {}

    def at(self, attempts: Sequence[Attempt], *, asked: bool) -> ChangeHint:
        """Select among attempts; ended ones, and all that a person asks for, always are."""
        codes = [each for each in attempts if each.is_live and is_code(each) and not asked]
        glance = ChangeHint([each for each in attempts if each not in codes])
        if not codes:
            return glance
        now = self._context.clock.monotonic()
        for code in codes:
            self._read_at.setdefault(code.uid, now)
        orders = {each.order_id for each in attempts if not is_code(each)}
        try:
            told, unlisted = self._ended(codes)
            told |= self._maybe_paid(unlisted, orders, glance)
        except UnreadableError:
            glance.worth += codes  # one entry makes no sense: each is fetched by itself
            return glance
        except GatewayError as error:
            glance.missed, glance.error = codes, error
            return glance
        glance.is_news = bool(told)
        turn = APART_EVERY_S * len(codes)
        glance.worth += [
            code for code in codes if code.uid in told or now - self._read_at[code.uid] >= turn
        ]
        return glance

    def _ended(self, codes: Sequence[Attempt]) -> tuple[set[str], list[Attempt]]:
        """Return the uids that lists of their channels show as ended, and the codes not listed."""
        told: set[str] = set()
        unlisted: list[Attempt] = []
        for method, channel in self._channels.items():
            mine = [each for each in codes if each.method is method]
            ended = channel.ended(mine, self._since(mine)) if mine else frozenset()
            if ended is None:
                unlisted += mine
            else:
                told |= ended
        return told, unlisted

    def _maybe_paid(
        self, codes: Sequence[Attempt], orders: set[str | None], glance: ChangeHint
    ) -> set[str]:
        """Return codes whose amount matches a recently changed payment on an unknown order."""
        if not codes:
            return set()
        until = int(gateway_now(self._context)) + _AHEAD_S
        shown = self._context.gateway().payments_between(self._since(codes), until, asked=False)
        news = [each for each in shown if each and each.status != _NOTHING_YET]
        glance.turns = {_turn(each) for each in news} - self._known.keys()
        paise = {
            each.amount_paise
            for each in news
            if each.order_id not in orders - {None} and _turn(each) in glance.turns
        }
        return {code.uid for code in codes if code.amount.paise in paise}

    def settle(self, glance: ChangeHint, unseen: Iterable[str]) -> None:
        """Remember what was fetched; where that failed, the next hint brings it again."""
        missed = set(unseen)
        now = self._context.clock.monotonic()
        for attempt in glance.worth:
            if is_code(attempt) and attempt.uid not in missed:
                self._read_at[attempt.uid] = now
        if missed.isdisjoint(each.uid for each in glance.worth):
            self._known |= dict.fromkeys(sorted(glance.turns))
        for turn in list(self._known)[: max(0, len(self._known) - _MOST_KNOWN)]:
            del self._known[turn]

    def forget(self, live: Iterable[str]) -> None:
        """Drop what is remembered of codes that have ended."""
        kept = set(live)
        self._read_at = {uid: at for uid, at in self._read_at.items() if uid in kept}

    def _since(self, codes: Sequence[Attempt]) -> int:
        """Return when the oldest of the codes was made, in unix seconds."""
        made = [each.gateway_created_at for each in codes]
        known = [at for at in made if at is not None]
        return min(known, default=int(gateway_now(self._context)))


def is_code(attempt: Attempt) -> bool:
    """Whether an attempt is fetched individually: it has a QR code or link at the gateway."""
    return not attempt.shares_order and attempt.remote_id is not None


def _turn(payment: PaymentFact) -> Turn:
    return payment.payment_id, payment.status, payment.amount_refunded_paise

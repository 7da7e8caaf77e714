"""One list call for all open QR codes, one for all links, to decide which to fetch individually.

A code costs two requests to fetch, and a minute has sixty. The list of QR codes shows in one
request which are closed, as a paid one is; the list of payments whether one may be a link's. The
lists decide nothing: what may be money is then fetched and verified, and every code is fetched now
and then in any case.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_app.domain.payment import Method
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.errors import GatewayError, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from desktop_app.domain.payment import Attempt, PaymentFact
    from desktop_app.services.context import Context

APART_EVERY_S = 20.0
"""Fetch each code individually at least this often; lists may lag."""

_AHEAD_S = 60
_NOTHING_YET = "created"
_OPEN = "active"
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

    def __init__(self, context: Context) -> None:
        self._context = context
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
            told = self._closed(codes) | self._maybe_paid(codes, orders, glance)
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

    def _closed(self, codes: Sequence[Attempt]) -> set[str]:
        """Return the uids of QR codes that accept no more money: paid, or ended."""
        mine = {each.remote_id: each.uid for each in codes if each.method is Method.QR_CODE}
        if not mine:
            return set()
        shown = self._context.gateway().codes_since(self._since(codes))
        return {
            mine[each.qr_id]
            for each in shown
            if each and each.qr_id in mine and each.status != _OPEN
        }

    def _maybe_paid(
        self, codes: Sequence[Attempt], orders: set[str | None], glance: ChangeHint
    ) -> set[str]:
        """Return links whose amount matches a recently changed payment on an unknown order."""
        links = [each for each in codes if each.method is not Method.QR_CODE]
        if not links:
            return set()
        until = int(gateway_now(self._context)) + _AHEAD_S
        shown = self._context.gateway().payments_between(self._since(links), until, asked=False)
        news = [each for each in shown if each and each.status != _NOTHING_YET]
        glance.turns = {_turn(each) for each in news} - self._known.keys()
        paise = {
            each.amount_paise
            for each in news
            if each.order_id not in orders - {None} and _turn(each) in glance.turns
        }
        return {link.uid for link in links if link.amount.paise in paise}

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
    return attempt.method is not Method.UPI_INTENT and attempt.remote_id is not None


def _turn(payment: PaymentFact) -> Turn:
    return payment.payment_id, payment.status, payment.amount_refunded_paise

"""Refunds that somebody made on Razorpay's dashboard: noticed and booked, however old the payment.

Attempts are watched for six days, but fees are given back weeks later. Refunds that were asked for
here are not its business: each is followed by its own row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.refund import RefundState
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.errors import GatewayError, RejectedError, UnreadableError
from desktop_app.services.isolation import note_stuck, passing_over
from desktop_app.services.posting.payments import post_payment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.payment import PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import RefundFact
    from desktop_app.services.ports.storage import Repositories, UnitOfWork

SEEN_UNTIL = "refunds.seen_until"
"""The gateway's time, in unix seconds, up to which every refund was seen."""

PAGE = 100
MOST_PAGES = 500
MOST_UNREADABLE = 20
AT_FIRST_S = 30 * 86_400
OVERLAP_S = 3 * 86_400
"""Seconds of seen refunds that are read again: a list may lag, and clocks differ."""

_IN_DOUBT = {RefundState.INTENT, RefundState.UNKNOWN}


class ExternalRefunds:
    """Notices refunds of known payments."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seen: set[str] = set()

    def notice(self) -> int:
        """Look once; return how many refunds or pages could not be seen."""
        since = self._since()
        unseen = 0
        for page in range(MOST_PAGES):
            try:
                shown = self._context.gateway().refunds_since(since, skip=page * PAGE)
            except RejectedError:
                return unseen
            except UnreadableError:
                unseen += 1  # the next page may make sense
                if unseen > MOST_UNREADABLE:
                    return unseen
                continue
            except GatewayError:
                return unseen + 1
            unseen += self._take_all(shown)
            if len(shown) < PAGE:
                break
        else:
            unseen += 1
        if not unseen:
            self._note_until(int(gateway_now(self._context)))
        return unseen

    def _since(self) -> int:
        """Return from when on to look; never later than now, as a wrong clock may have stored."""
        now = int(gateway_now(self._context))
        stored = self._context.store.reader.settings.all().get(SEEN_UNTIL)
        return min(int(stored), now) - OVERLAP_S if stored else now - AT_FIRST_S

    def _note_until(self, now: int) -> None:
        """Store the gateway's time, which its answers have just shown; once a day."""
        stored = self._context.store.reader.settings.all().get(SEEN_UNTIL)
        if stored and abs(now - int(stored)) < OVERLAP_S // 3:
            return
        with self._context.store.writing() as work:
            work.put_setting(SEEN_UNTIL, str(now))
            work.commit()

    def _take_all(self, shown: Sequence[RefundFact | None]) -> int:
        """Post the unknown refunds of a page; return how many are in doubt."""
        stuck: dict[str, str] = {}
        doubtful = shown.count(None)
        facts = [each for each in shown if each is not None]
        for fact in facts:
            with passing_over(stuck, fact.refund_id):
                doubtful += not self._take(fact)
        note_stuck(self._context, stuck, {each.refund_id for each in facts} - stuck.keys())
        return doubtful + len(stuck)

    def _take(self, fact: RefundFact) -> bool:
        """Post an unknown refund; False where that could not be decided."""
        is_known = self._context.store.reader.payments.is_known(fact.payment_id)
        if fact.refund_id in self._seen or fact.status == "failed" or not is_known:
            return True
        with self._context.store.reading() as work:
            is_followed = self._is_followed(work, fact)
        if is_followed:
            return True
        try:
            found = self._context.gateway().fetch_payment(fact.payment_id)
        except GatewayError:
            return False
        is_sure = self._book(found)
        if is_sure:
            self._seen.add(fact.refund_id)
        return is_sure

    @staticmethod
    def _is_followed(work: Repositories, fact: RefundFact) -> bool:
        """Return whether a refund has its own row."""
        own = work.refunds.get(fact.reference) if fact.reference else None
        return own is not None and own[0].state is not RefundState.REJECTED

    def _book(self, found: PaymentFact) -> bool:
        """Post what went back beyond the posted sum; False while that is in doubt.

        What is seen may be a refund that was asked for here and may or may not have been made.
        """
        with self._context.store.writing() as work:
            payment = work.payments.by_payment_id(found.payment_id)
            if payment is None:
                return self._settle_stray(work, found)
            if found.amount_paise != payment.amount.paise:
                work.nothing_to_write()
                return False
            attempt = work.attempts.get(payment.attempt_uid)
            booked = post_payment(self._context, work, attempt, found)
            refunds = work.refunds.of_payment(payment.uid)
            if booked.is_new:
                work.commit()
            else:
                work.nothing_to_write()
        return all(each.state not in _IN_DOUBT for each in refunds)

    def _settle_stray(self, work: UnitOfWork, found: PaymentFact) -> bool:
        """Remove money of an unknown fee from the inbox once all of it went back."""
        stray = work.unmatched.find(found.payment_id)
        is_back = found.amount_refunded_paise >= found.amount_paise
        if stray is not None and is_back and work.unmatched.settle(stray.uid, "returned"):
            self._context.audit(work, "stray.returned", stray.uid, {"payment": found.payment_id})
            work.commit()
        else:
            work.nothing_to_write()
        return True

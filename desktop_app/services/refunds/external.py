"""Refunds as the account's list shows them: made on the dashboard, or ended since the last look.

Attempts are watched for six days, but fees are given back weeks later, and a refund may fail after
it counted as processed. One list shows both, without a call for each refund.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.domain.refund import WATCHED_S
from desktop_app.services.connectivity import gateway_now
from desktop_app.services.errors import GatewayError, RejectedError, UnreadableError
from desktop_app.services.isolation import note_stuck, passing_over
from desktop_app.services.posting.refund_reading import RefundReading, read_refunds
from desktop_app.services.posting.refunds import ENDINGS, post_refunds, take_back_used_credit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desktop_app.domain.payment import PaymentFact
    from desktop_app.services.context import Context
    from desktop_app.services.ports.gateway import RefundFact
    from desktop_app.services.ports.records import PaymentRecord
    from desktop_app.services.ports.storage import UnitOfWork

SEEN_UNTIL = "refunds.seen_until"
"""The gateway's time, in unix seconds, up to which every refund was seen."""

PAGE = 100
MOST_PAGES = 500
MOST_UNREADABLE = 20
AT_FIRST_S = 30 * 86_400
NOTED_EVERY_S = 86_400

MOST_UNIDENTIFIED = 20
"""Payments asked about in a look because of a refund that an earlier version booked as a sum."""


class ExternalRefunds:
    """Notices refunds of known payments, and how they end."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._seen: set[tuple[str, str, bool]] = set()
        """Refunds without a row: by id, state, and whether their payment was posted by then."""

    def notice(self) -> int:
        """Look once; return how many refunds or pages could not be seen."""
        since = self._since()
        self._take_back()
        unseen = self._identify()
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
        return min(int(stored), now) - WATCHED_S if stored else now - AT_FIRST_S

    def _note_until(self, now: int) -> None:
        """Store the gateway's time, which its answers have just shown; once a day."""
        stored = self._context.store.reader.settings.all().get(SEEN_UNTIL)
        if stored and abs(now - int(stored)) < NOTED_EVERY_S:
            return
        with self._context.store.writing() as work:
            work.put_setting(SEEN_UNTIL, str(now))
            work.commit()

    def _take_back(self) -> None:
        """Open the fees again that earlier versions left paid by credit that had gone back."""
        with self._context.store.reading() as books:
            overdrawn = books.ledger.overdrawn()
        if not overdrawn:
            return
        with self._context.store.writing() as work:
            taken = [
                take_back_used_credit(self._context, work, payment, amount)
                for uid, amount in work.ledger.overdrawn().items()
                if (payment := work.payments.find(uid)) is not None
            ]
            if any(taken):
                work.commit()
            else:
                work.nothing_to_write()

    def _identify(self) -> int:
        """Ask for the refunds that earlier versions booked as sums; return how many are unseen.

        Payments that these keys do not know are of another account, and stay as they are.
        """
        with self._context.store.reading() as books:
            payments = books.refunds.unidentified(MOST_UNIDENTIFIED)
        ids = [each.payment_id or "" for each in payments]
        stuck: dict[str, str] = {}
        unseen = 0
        for payment_id in ids:
            with passing_over(stuck, payment_id):
                try:
                    unseen += not self._look(payment_id).is_even
                except RejectedError:
                    continue
                except GatewayError:
                    unseen += 1
        note_stuck(self._context, stuck, set(ids) - stuck.keys())
        return unseen + len(stuck)

    def _take_all(self, shown: Sequence[RefundFact | None]) -> int:
        """Post what is new on a page; return how many are in doubt."""
        stuck: dict[str, str] = {}
        doubtful = shown.count(None)
        facts = [each for each in shown if each is not None]
        for fact in facts:
            with passing_over(stuck, fact.refund_id):
                doubtful += not self._take(fact)
        note_stuck(self._context, stuck, {each.refund_id for each in facts} - stuck.keys())
        return doubtful + len(stuck)

    def _take(self, fact: RefundFact) -> bool:
        """Post a refund that is new or has ended; False where that could not be decided.

        One of money without a fee has no row; once staff place that money, it is news again.
        """
        reader = self._context.store.reader.payments
        if not reader.is_known(fact.payment_id):
            return True
        if reader.has_refund(fact.refund_id, ENDINGS[fact.status]):
            return True
        is_posted = bool(reader.posted([fact.payment_id]))
        if (fact.refund_id, fact.status, is_posted) in self._seen:
            return True
        try:
            found = self._look(fact.payment_id)
        except GatewayError:
            return False
        shown = {(each.refund_id, each.status) for each in found.facts}
        if found.is_even and (fact.refund_id, fact.status) in shown:
            self._seen.add((fact.refund_id, fact.status, is_posted))
        return found.is_even

    def _look(self, payment_id: str) -> RefundReading:
        """Read a payment with its refunds, and post these; uneven while they are in doubt.

        Raises:
            GatewayError: they cannot be read now.
        """
        found = self._context.gateway().fetch_payment(payment_id)
        refunds = read_refunds(self._context, found)
        return refunds if self._post(found, refunds) else RefundReading(is_even=False)

    def _post(self, found: PaymentFact, refunds: RefundReading) -> bool:
        """Post the refunds of a payment; False where it is of another amount than the posted.

        Money of an unknown fee was held without what had gone back of it by then.
        """
        with self._context.store.writing() as work:
            payment = work.payments.by_payment_id(found.payment_id)
            if payment is None:
                self._settle_stray(work, found, refunds)
                return True
            beside = found.amount_paise - payment.amount.paise
            posted: RefundReading | None = refunds
            if beside not in {0, payment.customer_fee_paise}:
                posted = _after_it_was_held(work, payment, refunds, beside)
            if posted is not None and post_refunds(self._context, work, payment, posted):
                work.commit()
            else:
                work.nothing_to_write()
        return posted is not None

    def _settle_stray(self, work: UnitOfWork, found: PaymentFact, refunds: RefundReading) -> None:
        """Settle money of an unknown fee once it went back; hold it again where that failed.

        It has no refund rows: what counts is how its refunds have ended.
        """
        stray = work.unmatched.find(found.payment_id)
        ends = {each.status for each in refunds.facts}
        back = sum(each.amount_paise for each in refunds.facts if each.status == "processed")
        moved = ""
        if stray is not None and back >= found.amount_paise:
            moved = "returned" if work.unmatched.settle(stray.uid, "returned") else ""
        elif stray is not None and ends == {"failed"}:
            moved = "refund_failed" if work.unmatched.reopen(stray.uid) else ""
        if stray is None or not moved:
            work.nothing_to_write()
            return
        self._context.audit(work, f"stray.{moved}", stray.uid, {"payment": found.payment_id})
        work.commit()


def _after_it_was_held(
    work: UnitOfWork, payment: PaymentRecord, refunds: RefundReading, gone: int
) -> RefundReading | None:
    """Return the refunds of money that was held when some of it had gone back; None in doubt.

    The oldest were before, which neither failed nor have a row. They must be what had gone exactly.

    Args:
        work: the unit of work.
        payment: the money as it was placed.
        refunds: every refund of it.
        gone: how much less it was than the payment, in paise.
    """
    stray = work.unmatched.find(payment.payment_id or "")
    known = {each.refund_id for each in work.refunds.of_payment(payment.uid)}
    after: list[RefundFact] = []
    for fact in sorted(refunds.facts, key=lambda each: (each.created_at, each.refund_id)):
        if gone > 0 and fact.status != "failed" and fact.refund_id not in known:
            gone -= fact.amount_paise
        else:
            after.append(fact)
    if stray is None or stray.amount != payment.amount or gone:
        return None
    return replace(refunds, facts=tuple(after))

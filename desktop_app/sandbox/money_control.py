"""Control-plane calls about money: balances, settlements, adjustments, refunds, card machines.

They play Razorpay's operations, the merchant's dashboard and the machine at a counter. Must not
apply the rules of money: lifecycle.py and settlement_job.py do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .account import CHANNELS, IN_PERSON, ONLINE
from .control_validation import check_known, one_of, text, within
from .entities import Payment
from .entity_json import Json, adjustment_json, payment_json, refund_json, settlement_json
from .errors import ControlError
from .lifecycle import REFUND_PENDING_S
from .payment_instruments import read_instrument
from .refunds import FIELDS as REFUND_FIELDS
from .refunds import RefundsResource
from .sandbox_context import Route
from .upi_phone import LATEST_AFTER_S, NO_CONTACT, NO_EMAIL, apply_action, read_action

if TYPE_CHECKING:
    from .sandbox_context import SandboxContext
    from .validation import Call

REFUND_OUTCOMES = ("processed", "failed", "pending")
MOST_PAISE = 10**10
MAX_DESCRIPTION = 255


class MoneyControl:
    """The calls."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context
        self._refunds = RefundsResource(context)

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/_sandbox/balances", self.balances),
            Route("POST", "/_sandbox/settlements", self.settle),
            Route("POST", "/_sandbox/settlements/<id>", self.move_settlement),
            Route("GET", "/_sandbox/adjustments", self.adjustments),
            Route("POST", "/_sandbox/adjustments", self.adjust),
            Route("POST", "/_sandbox/refunds", self.refund),
            Route("POST", "/_sandbox/refunds/<id>", self.move_refund),
            Route("POST", "/_sandbox/pos/pay", self.pay_at_machine),
        ]

    def balances(self, call: Call) -> Json:
        """Return what refunds may draw on and what is to settle, by channel."""
        del call
        return {
            channel: {
                "balance": self._context.account.balance_of(channel),
                "unsettled": self._context.timers.unsettled_paise(channel),
            }
            for channel in CHANNELS
        }

    def settle(self, call: Call) -> Json:
        """Settle everything of a channel at once."""
        check_known(call.body, ("channel",))
        channel = one_of(call.body, "channel", CHANNELS, ONLINE)
        made = self._context.timers.settle_now(channel)
        if made is None:
            raise ControlError("nothing is to settle")
        return settlement_json(made)

    def move_settlement(self, call: Call) -> Json:
        """Set a settlement to processed or failed, as the merchant's bank does."""
        settlement = self._context.store.settlements.get(call.path["id"])
        if settlement is None:
            raise ControlError("no settlement has this id")
        check_known(call.body, ("status",))
        status = one_of(call.body, "status", ("processed", "failed"))
        if settlement.status in (status, "processed"):
            raise ControlError(f"the settlement is {settlement.status} already")
        rules, now = self._context.lifecycle, self._context.now()
        change = rules.fail_settlement if status == "failed" else rules.process_settlement
        change(settlement, now)
        return settlement_json(settlement)

    def adjustments(self, call: Call) -> Json:
        """Return the adjustments, oldest first."""
        del call
        found = [adjustment_json(made) for made in self._context.store.adjustments.oldest_first()]
        return {"count": len(found), "items": found}

    def adjust(self, call: Call) -> Json:
        """Add an amount to a balance, or deduct it."""
        body = call.body
        check_known(body, ("amount", "type", "description", "channel"))
        paise = within(body, "amount", 0, 1, MOST_PAISE)
        kind = one_of(body, "type", ("credit", "debit"), "credit")
        description = text(body, "description", "Adjustment", MAX_DESCRIPTION)
        channel = one_of(body, "channel", CHANNELS, ONLINE)
        signed = paise if kind == "credit" else -paise
        made = self._context.lifecycle.adjust(signed, description, channel, self._context.now())
        return adjustment_json(made)

    def refund(self, call: Call) -> Json:
        """Refund a payment as from the dashboard, with the outcome at the bank."""
        body = call.body
        check_known(body, ("payment_id", "outcome", "after_s", *REFUND_FIELDS))
        payment = self._context.store.payments.get(str(body.get("payment_id")))
        if payment is None:
            raise ControlError("payment_id must name a payment")
        outcome = one_of(body, "outcome", REFUND_OUTCOMES, "processed")
        after_s = within(body, "after_s", REFUND_PENDING_S, 0, LATEST_AFTER_S)
        asked = {name: body[name] for name in REFUND_FIELDS if name in body}
        refund = self._refunds.read(payment, asked)
        refund.outcome = outcome
        if "after_s" in body:
            refund.due_at = refund.created_at + after_s
        self._refunds.start(payment, refund)
        if refund.due_at == self._context.now() and outcome != "pending":
            self._context.lifecycle.finish_refund(refund, refund.due_at)
        return refund_json(refund)

    def move_refund(self, call: Call) -> Json:
        """Set a refund to processed or failed, as the payer's bank does."""
        refund = self._context.store.refunds.get(call.path["id"])
        if refund is None:
            raise ControlError("no refund has this id")
        check_known(call.body, ("status",))
        status = one_of(call.body, "status", ("processed", "failed"))
        payment = self._context.payment(refund.payment_id)
        if refund.status in (status, "failed"):
            raise ControlError(f"the refund is {refund.status} already")
        if status == "failed" and not payment.captured:
            raise ControlError("the refund of a payment that was never captured cannot fail")
        rules, now = self._context.lifecycle, self._context.now()
        change = rules.fail_refund if status == "failed" else rules.process_refund
        change(refund, now)
        return refund_json(refund)

    def pay_at_machine(self, call: Call) -> Json:
        """Pay at the merchant's card machine; return the payment, which has no order."""
        body = call.body
        check_known(body, ("amount", "method", "details", "outcome", "reason", "description"))
        method = one_of(body, "method", ("card", "upi"), "card")
        one_of(body, "outcome", ("success", "failure"), "success")
        instrument = read_instrument(method, body.get("details"))
        vpa = instrument.vpa or "parent@okaxis"
        said: Json = {name: body[name] for name in ("outcome", "reason") if name in body}
        payment = Payment(
            id=self._context.store.ids.new("pay"),
            created_at=self._context.now(),
            amount=within(body, "amount", 0, 100, MOST_PAISE),
            currency="INR",
            description=text(body, "description", "Card machine", MAX_DESCRIPTION),
            email=NO_EMAIL,
            contact=NO_CONTACT,
            channel=IN_PERSON,
        )
        instrument.apply_to(payment, self._context.store.ids)
        self._context.store.add(payment)
        apply_action(self._context, payment, read_action({**said, "vpa": vpa}))
        if payment.status == "authorized":  # a machine's money is captured, whatever the account
            self._context.lifecycle.capture(payment, self._context.now())
        return payment_json(payment, card=True)

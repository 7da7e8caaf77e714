"""`/v1/disputes`: list, accept and contest. The control plane opens and decides disputes.

Must not move money; a lost dispute is deducted from the next settlement. Rules:
razorpay.com/docs/api/disputes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import control_validation as control
from .entities import Dispute
from .entity_json import EVIDENCE, Json, dispute_json, payment_json
from .errors import ControlError, bad_request
from .ids import is_id
from .sandbox_context import Resource, Route, SandboxContext
from .validation import Call, check_fields, integer, required, text

if TYPE_CHECKING:
    from collections.abc import Callable

PHASES = ("fraud", "retrieval", "chargeback", "pre_arbitration", "arbitration")
ENDS = ("won", "lost", "closed")
RESPOND_WITHIN_S = 7 * 86_400
CONTEST_FIELDS = ("amount", "summary", "action", *EVIDENCE)
CONTROL_FIELDS = ("payment_id", "amount", "reason_code", "phase", "respond_by")
MAX_SUMMARY = 1000


class DisputesResource(Resource):
    """The resource's calls."""

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("GET", "/v1/disputes", self.list),
            Route("GET", "/v1/disputes/<id>", self.fetch),
            Route("POST", "/v1/disputes/<id>/accept", self.accept),
            Route("PATCH", "/v1/disputes/<id>/contest", self.contest),
        ]

    def list(self, call: Call) -> Json:
        """Return a page of disputes, newest first."""
        return self._list(call, self._context.store.disputes, lambda d: self._shown(d, call))

    def fetch(self, call: Call) -> Json:
        """Return a dispute."""
        return self._shown(self._context.dispute(call.path["id"]), call)

    def _shown(self, dispute: Dispute, call: Call) -> Json:
        wanted, shown = call.expands(), dispute_json(dispute)
        if wanted - {"payment"}:
            words = "Value of each expand must be one of following types: payment"
            raise bad_request(words, "expand.0")
        if "payment" in wanted:
            shown["payment"] = payment_json(self._context.payment(dispute.payment_id))
        return shown

    def accept(self, call: Call) -> Json:
        """Accept the dispute; the merchant loses it."""
        dispute = self._open(call)
        check_fields(call.body, ())
        self._context.lifecycle.lose(dispute, self._context.now())
        return dispute_json(dispute)

    def contest(self, call: Call) -> Json:
        """Save evidence as a draft, or submit it for review."""
        dispute, now = self._open(call), self._context.now()
        check_fields(call.body, CONTEST_FIELDS)
        evidence = {**(dispute.evidence or {}), **_evidence(call.body, dispute)}
        action = text(call.body, "action") or "draft"
        if action not in ("draft", "submit"):
            raise bad_request("The selected action is invalid.", "action")
        if action == "submit":
            required(evidence.get("summary"), "summary")
            if not any(evidence.get(name) for name in EVIDENCE):
                raise bad_request("Evidence documents are required to contest a dispute.")
            evidence["submitted_at"] = now
        self._context.store.edit(dispute)
        dispute.evidence = evidence
        if action == "submit":
            dispute.status = "under_review"
            self._context.lifecycle.record_dispute("under_review", dispute, now)
        return dispute_json(dispute)

    def _open(self, call: Call) -> Dispute:
        dispute = self._context.dispute(call.path["id"])
        if dispute.status != "open":
            raise bad_request(f"Action not allowed when dispute is in {dispute.status} status")
        return dispute


def _evidence(body: Json, dispute: Dispute) -> Json:
    given: Json = {}
    if (amount := integer(body, "amount")) is not None:
        if not 0 < amount <= dispute.amount:
            raise bad_request("The amount may not be greater than the dispute's.", "amount")
        given["amount"] = amount
    if (summary := text(body, "summary", MAX_SUMMARY)) is not None:
        given["summary"] = summary
    for name in EVIDENCE[:-1]:
        if body.get(name) is not None:
            given[name] = _documents(body[name], name)
    if body.get("others") is not None:
        given["others"] = _others(body["others"])
    return given


def _documents(value: object, name: str) -> list[str]:
    if not isinstance(value, list):
        raise bad_request(f"The {name} must be an array.", name)
    for key in value:
        if not is_id(key, "doc"):
            raise bad_request(f"{str(key)[:100]} is not a valid id")
    return value


def _others(value: object) -> list[Json]:
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise bad_request("The others must be an array.", "others")
    for part in value:
        check_fields(part, ("type", "document_ids"))
        required(text(part, "type"), "type")
        _documents(part.get("document_ids"), "document_ids")
    return value


class DisputeControl:
    """Control-plane calls that open and decide disputes, as the payer's bank does."""

    def __init__(self, context: SandboxContext) -> None:
        self._context = context
        self._moves: dict[str, Callable[[Dispute, int], None]] = {
            "lost": context.lifecycle.lose,
            "action_required": self._ask_again,
            "under_review": self._move_to("under_review"),
            "won": self._move_to("won"),
            "closed": self._move_to("closed"),
        }

    def routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("POST", "/_sandbox/disputes", self.open),
            Route("POST", "/_sandbox/disputes/<id>", self.move),
        ]

    def open(self, call: Call) -> Json:
        """Open a dispute about a payment that was authorized or captured."""
        body, now = call.body, self._context.now()
        control.check_known(body, CONTROL_FIELDS)
        payment = self._context.store.payments.get(str(body.get("payment_id")))
        if payment is None or payment.status in ("created", "failed"):
            raise ControlError("payment_id must name a payment that was made")
        dispute = Dispute(
            id=self._context.store.ids.new("disp"),
            created_at=now,
            payment_id=payment.id,
            amount=control.within(body, "amount", payment.amount, 1, payment.amount),
            currency=payment.currency,
            reason_code=control.text(body, "reason_code", "chargeback", 100),
            respond_by=control.within(
                body, "respond_by", now + RESPOND_WITHIN_S, now + 1, now + 10**8
            ),
            phase=control.text(body, "phase", "chargeback", 100),
        )
        if dispute.phase not in PHASES:
            raise ControlError(f"phase must be one of {', '.join(PHASES)}")
        self._context.store.add(dispute)
        self._context.lifecycle.record_dispute("created", dispute, now)
        return dispute_json(dispute)

    def move(self, call: Call) -> Json:
        """Set a dispute to under_review, action_required, won, lost or closed."""
        dispute = self._context.store.disputes.get(call.path["id"])
        if dispute is None:
            raise ControlError("no dispute has this id")
        body = call.body if set(call.body) == {"status"} else {}
        status = control.one_of(body, "status", self._moves)
        if dispute.status in ENDS:
            raise ControlError(f"the dispute is {dispute.status} already")
        self._context.store.edit(dispute)
        self._moves[status](dispute, self._context.now())
        return dispute_json(dispute)

    def _ask_again(self, dispute: Dispute, at: int) -> None:
        dispute.status, dispute.respond_by = "open", at + RESPOND_WITHIN_S
        self._context.lifecycle.record_dispute("action_required", dispute, at)

    def _move_to(self, status: str) -> Callable[[Dispute, int], None]:
        def move(dispute: Dispute, at: int) -> None:
            dispute.status = status
            self._context.lifecycle.record_dispute(status, dispute, at)

        return move

"""The verdict on a desk: what it claims about money against what the sandbox knows.

Falsely paid, lost, duplicated, two payable things for one fee. Reads only; must neither ask the
desk to do anything nor trust it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.exported_rows import exported

if TYPE_CHECKING:
    from collections.abc import Iterable

    from desktop_app.bootstrap import OpenDesk
    from desktop_app.domain.payment import Attempt
    from desktop_app.sandbox.server import SandboxServer

Json = dict[str, Any]
KINDS = (
    "false_paid", "lost", "duplicate", "two_payable", "wrong_class", "overdue", "stuck", "leaked",
)  # fmt: skip


@dataclass
class Verdict:
    """Failures, counted by kind, with a message for each.

    Attributes:
        was_struck: whether the fault met a call.
    """

    counts: Counter[str] = field(default_factory=Counter)
    messages: list[str] = field(default_factory=list)
    was_struck: bool = False

    def record(self, kind: str, messages: str) -> None:
        """Count one thing that went wrong."""
        self.counts[kind] += 1
        self.messages.append(f"{kind}: {messages}")

    def add(self, other: Verdict, where: str) -> None:
        """Add another verdict."""
        self.counts.update(other.counts)
        self.messages += [f"{where}: {each}" if where else each for each in other.messages]

    @property
    def total(self) -> int:
        """Return the number of things that went wrong."""
        return sum(self.counts.values())


@dataclass
class _Comparison:
    """The facts of both sides."""

    state: Json
    attempts: dict[str, Attempt]
    payments: list[Json]
    refunds: list[Json]
    enrollments: dict[str, Json]
    qr_of: dict[str, str | None]
    shown: set[str]


def judge(
    verdict: Verdict, opened: OpenDesk, sandbox: SandboxServer, state: Json, shown: set[str],
    *, is_end: bool,
) -> None:  # fmt: skip
    """Compare both sides; at the end also what must be known by then."""
    reader = opened.store.reader
    rows: dict[str, list[Json]] = {
        name: exported(opened.store, name)
        for name in ("attempts", "payments", "refunds", "enrollments")
    }
    store = sandbox._store
    assert store is not None
    with store.lock:
        qr_of = {payment.id: payment.qr_id for payment in store.payments.oldest_first()}
    case = _Comparison(
        state=state,
        attempts={row["id"]: reader.attempts.get(row["id"])[0] for row in rows["attempts"]},
        payments=rows["payments"],
        refunds=rows["refunds"],
        enrollments={row["id"]: row for row in rows["enrollments"]},
        qr_of=qr_of,
        shown=shown,
    )
    for messages in _false_paid(case):
        verdict.record("false_paid", messages)
    if is_end:
        for messages in _lost(case):
            verdict.record("lost", messages)
        for messages in _duplicates(case):
            verdict.record("duplicate", messages)
    for messages in _two_payable(case):
        verdict.record("two_payable", messages)


def _captured(case: _Comparison) -> dict[str, Json]:
    return {each["id"]: each for each in case.state["payments"] if each["captured"]}


def _false_paid(case: _Comparison) -> Iterable[str]:
    """Yield what counts as paid here and is not paid there, to the paisa, on its own order."""
    booked: set[str] = set()
    for row in case.payments:
        booked.add(row["attempt"])
        doubt = _contradiction(case, row)
        if doubt:
            yield f"{row['payment_id']} {doubt}"
    for attempt in case.attempts.values():
        if attempt.state.value == "paid" and attempt.uid not in booked:
            yield "an attempt is paid without a payment"
    paid_for = {case.attempts[uid].enrollment_uid for uid in booked}
    for uid, row in case.enrollments.items():
        if row["state"] == "active" and uid not in paid_for:
            yield "an enrolment is active without a payment"


def _contradiction(case: _Comparison, row: Json) -> str:
    """Return why a booked payment cannot be what the desk claims; empty when it can."""
    attempt, real = case.attempts[row["attempt"]], _captured(case).get(row["payment_id"])
    if real is None:
        return "is booked and was never captured"
    if (real["amount"], real["currency"]) != (row["amount"], "INR"):
        return f"is booked with {row['amount']} for {real['amount']}"
    if real["amount"] != attempt.amount.paise or not _is_on(case, attempt, real):
        return "is not on what the attempt made payable"
    return ""


def _is_on(case: _Comparison, attempt: Attempt, real: Json) -> bool:
    if attempt.method.value == "qr_code":
        return bool(case.qr_of[real["id"]] == attempt.remote_id)
    if attempt.method.value == "payment_link":
        links = {link["id"]: link.get("order_id") for link in case.state["payment_links"]}
        return bool(links.get(attempt.remote_id) == real["order_id"] is not None)
    return bool(attempt.order_id == real["order_id"] is not None)


def _lost(case: _Comparison) -> Iterable[str]:
    """Yield what was captured or refunded there and is not known here."""
    booked = {row["payment_id"]: row for row in case.payments}
    back: Counter[str] = Counter()
    for row in case.refunds:
        if row["state"] not in {"failed", "rejected"}:
            back[row["payment_id"]] += row["amount"]
    for key, real in _captured(case).items():
        if key not in booked:
            yield f"{key} was captured and is not in the ledger"
        elif back[key] != real["amount_refunded"]:
            yield f"{key}: {real['amount_refunded']} paise went back, {back[key]} are booked"


def _duplicates(case: _Comparison) -> Iterable[str]:
    """Yield the references that were made more than once, and what was refunded twice."""
    made = Counter(("order", order["receipt"]) for order in case.state["orders"])
    made.update(("link", link["reference_id"]) for link in case.state["payment_links"])
    made.update(
        ("qr", code["notes"]["receipt"]) for code in case.state["qr_codes"] if code["notes"]
    )
    for (kind, reference), times in made.items():
        if reference and times > 1:
            yield f"{times} of {kind} for {reference}"
    asked = Counter(row["payment_id"] for row in case.refunds)
    sent = Counter(refund["payment_id"] for refund in case.state["refunds"] if refund["notes"])
    for key, times in sent.items():
        if times > asked[key]:
            yield f"{times} refunds of {key}, {asked[key]} were asked for"


def _two_payable(case: _Comparison) -> Iterable[str]:
    """Yield the fees for which a parent could pay more than one thing.

    Only what a parent has seen can be paid: a code whose answer was lost, and that no look-up
    returns, is on no phone.
    """
    fee_of = {each.reference: each.due_uid for each in case.attempts.values()}
    shown_on = {
        payment["order_id"] for payment in case.state["payments"]
        if payment.get("_qr") in case.shown
    }  # fmt: skip
    seen = [
        code["notes"].get("receipt") for code in case.state["qr_codes"]
        if code["status"] == "active" and code["_qr"] in case.shown
    ]  # fmt: skip
    seen += [
        link["reference_id"] for link in case.state["payment_links"]
        if link["status"] == "created" and link["_qr"] in case.shown
    ]  # fmt: skip
    seen += [
        order["receipt"] for order in case.state["orders"]
        if order["status"] != "paid" and order["id"] in shown_on
    ]  # fmt: skip
    for due, number in Counter(fee_of.get(reference, "") for reference in seen).items():
        if due and number > 1:
            yield f"{number} things are payable for one fee"

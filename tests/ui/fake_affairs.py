"""What comes after a payment, as far as widgets need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from desktop_app.domain.money import Money
from desktop_app.services.affairs_views import Answer, Found
from desktop_app.services.errors import UnknownPaymentError

if TYPE_CHECKING:
    from desktop_app.services.affairs_views import (
        DisputeView,
        ErrandView,
        FamilyDue,
        HeldMoney,
        RefundView,
    )
    from desktop_app.services.finding import Clues


@dataclass
class FakeAffairs:
    """Answers with what a test puts into it."""

    money: list[HeldMoney] = field(default_factory=list)
    dues: list[FamilyDue] = field(default_factory=list)
    to_say: list[ErrandView] = field(default_factory=list)
    noticed: list[DisputeView] = field(default_factory=list)
    answer: Found = field(default_factory=lambda: Found(Answer.NOT_FOUND))
    calls: list[tuple[object, ...]] = field(default_factory=list)

    def held(self) -> tuple[HeldMoney, ...]:
        return tuple(self.money)

    def enrol_held(self, held_uid: str) -> None:
        self.calls.append(("enrol", held_uid))

    def family_dues(self, held_uid: str) -> tuple[FamilyDue, ...]:
        return tuple(self.dues)

    def put_against(self, held_uid: str, due_uid: str) -> None:
        self.calls.append(("put_against", held_uid, due_uid))

    def return_held(self, held_uid: str) -> RefundView:
        raise UnknownPaymentError(held_uid)

    def refund(self, payment_uid: str, amount: Money | None, reason: str) -> RefundView:
        raise UnknownPaymentError(payment_uid)

    def refunds(self, payment_uid: str) -> tuple[RefundView, ...]:
        return ()

    def refundable(self, payment_uid: str) -> Money:
        return Money(0)

    def find(self, clues: Clues) -> Found:
        return self.answer

    def errands(self) -> tuple[ErrandView, ...]:
        return tuple(self.to_say)

    def run_errands(self) -> int:
        return 0

    def disputes(self) -> tuple[DisputeView, ...]:
        return tuple(self.noticed)

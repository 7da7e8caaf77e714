"""Defects with a name, put into the services on purpose: a proof that does not find them is blind.

Each is a line of the program changed as other software has it, or as it once was here. `MUTATIONS`
are looked for by random days; `SECOND_CHECKS` by the tests of their lines, since an earlier check
hides each of them from random days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .mutants import edited
from .mutation_patch import applied

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from .mutants import Mutant


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of a file's text: what it holds exactly once, and what it holds instead.

    The number of lines stays: functions are found again by the line where they begin.

    Attributes:
        path: below `desktop_app`.
        then: a second change of the same file, where one does not make the defect.
    """

    path: str
    old: str
    new: str
    then: tuple[str, str] | None = None

    def mutant(self) -> Mutant:
        """Return it as a mutant. Raises ValueError where the file holds `old` no longer."""
        return edited(f"desktop_app/{self.path}", self.old, self.new, then=self.then)

    def applied(self) -> AbstractContextManager[None]:
        """Run with the defect, as long as the `with` block lasts."""
        return applied(self.mutant())


DEFECTS: Mapping[str, Edit] = {
    "surplus_booked_as_fee": Edit(
        "domain/payment.py", "return Placement.SURPLUS", "return Placement.APPLIED"
    ),
    "lost_answer_taken_as_refusal": Edit(
        "services/payments/create_once.py",
        "except errors.OutcomeUnknownError:\n                may_exist = True",
        "except errors.OutcomeUnknownError:\n"
        "                self._failed(attempt, lost := errors.RejectedError(''), may_exist=False); "
        "raise lost",
    ),
    "lost_creation_repeated": Edit(
        "services/payments/create_once.py",
        "found = self._find(attempt.uid, recipe) if may_exist else None",
        "found = None",
        then=("if may_exist and not recipe.is_repeatable():", "if False:"),
    ),
    "pending_refunds_ignored": Edit(
        "storage/payments/refund_repository.py",
        "NOT IN ('failed', 'rejected')",
        "IN ('processed')",
    ),
    "late_payment_needs_no_seat": Edit(
        "domain/payment.py",
        "return Placement.APPLIED if has_seat else Placement.NO_SEAT",
        "return Placement.APPLIED",
    ),
    "ended_attempts_not_polled": Edit(
        "storage/payments/attempt_queries.py",
        'values = {"since": instant(since)}',
        "return self.live()",
        then=("rows = [*reading.execute(LIVE), *", "return self.live(); rows = [*"),
    ),
    "old_code_left_open": Edit(
        "services/payments/initiation.py", "paid = self._clear_others(uid)", "paid = None"
    ),
    "other_attempts_left_live": Edit(
        "services/posting/payments.py",
        "cancelled = _cancel_others(work, attempt)",
        "cancelled = ()",
    ),
    "only_the_first_due_paid": Edit(
        "services/posting/allocations.py",
        "each)) for each in parts]",
        "each)) for each in [*parts][:1]]",
    ),
}
MUTATIONS: Mapping[str, Callable[[], AbstractContextManager[None]]] = {
    name: edit.applied for name, edit in DEFECTS.items()
}


@dataclass(frozen=True, slots=True)
class SecondCheck:
    """A check behind an earlier one, gone; and the test of its line, below `tests`."""

    edit: Edit
    file: str
    test: str

    @property
    def node(self) -> str:
        """The test's name for pytest."""
        return f"tests/{self.file}::{self.test}"


SECOND_CHECKS: Mapping[str, SecondCheck] = {
    "order_of_other_dues_shared": SecondCheck(
        Edit("services/payments/begin.py", "if not _is_same(earlier, attempt.parts):", "if False:"),
        "integration/test_several_dues.py",
        "test_another_part_never_uses_the_order_of_the_first",
    ),
    "late_part_leaves_paise": SecondCheck(
        Edit(
            "services/posting/parts.py",
            "self.amount <= balance and leaves_enough(balance, self.amount)",
            "self.amount <= balance",
        ),
        "integration/test_several_dues.py",
        "test_late_money_that_would_leave_less_than_a_rupee_is_held",
    ),
    "payment_of_another_due_believed": SecondCheck(
        Edit(
            "services/payments/status_check.py",
            "is_ours = not dues or dues == {each.due_uid for each in group[0].parts}",
            "is_ours = True",
        ),
        "integration/test_isolation.py",
        "test_a_listed_payment_that_the_gateway_shows_on_another_due_of_ours_is_not_believed",
    ),
    "payment_of_another_id_believed": SecondCheck(
        Edit(
            "services/payments/status_check.py",
            "is_same = (found.payment_id, found.order_id) == "
            "(payment.payment_id, payment.order_id)",
            "is_same = True",
        ),
        "integration/test_isolation.py",
        "test_a_fetched_payment_of_another_id_or_order_is_not_believed",
    ),
    "code_of_another_amount_believed": SecondCheck(
        Edit(
            "services/payments/channels/qr_code.py",
            "(code.amount_paise == attempt.amount.paise, ",
            "(True, ",
        ),
        "integration/test_isolation.py",
        "test_a_code_of_another_amount_is_not_believed_though_its_payment_fits",
    ),
    "link_paid_in_part_is_settled": SecondCheck(
        Edit(
            "services/payments/channels/payment_link.py",
            'link.status == "paid" and link.amount_paid_paise >= attempt.amount.paise',
            'link.status == "paid"',
        ),
        "integration/test_isolation.py",
        "test_a_link_that_says_paid_without_the_full_sum_is_not_believed",
    ),
    "misfit_of_one_answer_booked": SecondCheck(
        Edit("services/payments/status_check.py", "if said != shown:", "if False:"),
        "integration/test_misfits.py",
        "test_a_misfit_is_booked_only_as_the_payment_itself_has_it",
    ),
    "misfit_of_another_code_booked": SecondCheck(
        Edit(
            "services/payments/status_check.py",
            "return found if mine == theirs else None",
            "return found",
        ),
        "integration/test_misfits.py",
        "test_a_misfit_is_booked_only_where_the_gateway_traces_it_to_our_code",
    ),
    "negative_amount_read": SecondCheck(
        Edit("gateway/wire.py", "if not 0 <= value <= LARGEST_PAISE:", "if value > LARGEST_PAISE:"),
        "contract/test_wire.py",
        "test_a_field_that_is_not_as_documented_is_refused[order-amount--1]",
    ),
    "refund_of_another_payment_believed": SecondCheck(
        Edit(
            "gateway/client.py",
            "if (made.payment_id, made.amount_paise) != (payment_id, amount.paise):",
            "if False:",
        ),
        "contract/test_refund_answers.py",
        "test_a_refund_of_another_payment_or_amount_is_an_unknown_outcome",
    ),
    "refund_saved_from_any_state": SecondCheck(
        Edit(
            "storage/payments/refund_repository.py",
            "WHERE uid = :uid AND state = :expected",
            "WHERE uid = :uid",
        ),
        "integration/test_money_rows.py",
        "test_a_refund_is_saved_from_the_state_it_had_only",
    ),
    "money_that_went_back_is_held": SecondCheck(
        Edit(
            "services/recovery/restore_recovery.py",
            "amount=Money(fact.amount_paise - fact.amount_refunded_paise)",
            "amount=Money(fact.amount_paise)",
        ),
        "integration/test_restored_money.py",
        "test_only_what_did_not_go_back_is_kept",
    ),
    "one_page_read_after_a_restore": SecondCheck(
        Edit(
            "services/recovery/restore_recovery.py",
            "if len(shown) < PAGE:",
            "if True:",
        ),
        "integration/test_restored_money.py",
        "test_a_pass_reads_every_page_to_the_first_that_is_not_full",
    ),
    "dispute_that_is_won_not_booked": SecondCheck(
        Edit("services/refunds/disputes.py", "if not more:", "if more <= 0:"),
        "integration/test_held_money.py",
        "test_a_dispute_is_known_once_and_posted_by_what_changed",
    ),
    "command_that_is_over_sent_again": SecondCheck(
        Edit(
            "services/outbox/dispatcher.py",
            "command.state not in _OVER and ",
            "",
        ),
        "integration/test_outbox.py",
        "test_one_that_is_over_is_refused",
    ),
}
HARMLESS = SecondCheck(
    Edit(
        "gateway/wire.py",
        "if not 0 <= value <= LARGEST_PAISE:",
        "if value < 0 or value > LARGEST_PAISE:",
    ),
    "contract/test_wire.py",
    "test_a_field_that_is_not_as_documented_is_refused[order-amount--1]",
)
"""Another way to write the same rule: nothing may kill it."""

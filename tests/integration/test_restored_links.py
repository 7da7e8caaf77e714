"""Money found again after a restore on a link whose reference was edited on the dashboard."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.payment import AttemptState, Method
from tests.integration.test_restore import backup, collected, restored
from tests.integration.test_restored_money import attempt_of, recover

if TYPE_CHECKING:
    from pathlib import Path

    from tests.integration.conftest import Counter

__all__ = ["backup"]
pytestmark = pytest.mark.usefixtures("books_hold")


def edited_link(counter: Counter, backup: Path, roll_no: str, **without: str) -> str:
    """Money on a link that the restored book lacks, its reference edited on the dashboard."""
    payment_id = counter.pay(collected(counter, roll_no, "9000000077", Method.PAYMENT_LINK))
    edit_links(counter, **without)
    restored(counter, backup)
    assert counter.polling.reconcile().is_complete
    return payment_id


def edit_links(counter: Counter, **notes: str) -> None:
    counter.gateway.links = {
        key: replace(each, reference="Batch of May", notes={**(each.notes or {}), **notes})
        for key, each in counter.gateway.links.items()
    }


def test_a_link_whose_reference_was_edited_on_the_dashboard_is_made_again(
    counter: Counter, backup: Path
) -> None:
    payment_id = edited_link(counter, backup, "R001")
    assert counter.desk.unapplied.held() == ()
    with counter.context.store.reading() as books:
        payment = books.payments.by_payment_id(payment_id)
        assert payment is not None
        attempt = books.attempts.get(payment.attempt_uid or "")
    assert attempt.state is AttemptState.PAID
    assert attempt.reference != "Batch of May", "two links may have the same one"
    assert counter.polling.reconcile().is_complete


def test_money_on_an_edited_link_of_an_unknown_student_is_held(
    counter: Counter, backup: Path
) -> None:
    payment_id = edited_link(counter, backup, "R077")
    assert [each.payment_id for each in counter.desk.unapplied.held()] == [payment_id]


@pytest.mark.parametrize("without", [{"book": "7k2m9qx4"}, {"book": ""}, {"attempt": "none"}])
def test_an_edited_link_that_does_not_name_this_book_is_not_ours(
    counter: Counter, backup: Path, without: dict[str, str]
) -> None:
    payment_id = edited_link(counter, backup, "R001", **without)
    assert counter.desk.unapplied.held() == ()
    with counter.context.store.reading() as books:
        assert books.payments.by_payment_id(payment_id) is None


def test_an_edited_link_that_the_book_has_is_left_to_polling(
    counter: Counter, backup: Path
) -> None:
    view = collected(counter, "R001", "9000000001", Method.PAYMENT_LINK)
    counter.context.store.backup(backup)
    counter.pay(view)
    edit_links(counter)
    restored(counter, backup)
    with counter.context.store.writing() as work:  # links of an earlier code are still its own
        work.put_setting("desk.id", "D2")
        work.commit()
    assert recover(counter) == ((), 0)
    assert attempt_of(counter, view.uid).state is AttemptState.AWAITING
    assert counter.polling.reconcile().is_complete
    assert attempt_of(counter, view.uid).state is AttemptState.PAID

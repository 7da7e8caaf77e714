"""Committed writes report the subjects they changed; reading and polling without news none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.bootstrap import Options, open_desk
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.identity.book import identify
from desktop_app.services.views.changes import Changes
from tests.dict_keyring import DictKeyring

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktop_app.services.desk import Desk
    from tests.integration.conftest import Counter

KEY_ID, SECRET = "rzp_test_" + "A1b2C3d4E5f6G7", "s3cr3t" * 4


@pytest.fixture
def changes(counter: Counter) -> Callable[[], Changes]:
    """Return what was written since it was called last."""
    from desktop_app.storage.store import SqlStore

    assert isinstance(counter.context.store, SqlStore)
    return counter.context.store.changes.take


def test_students_courses_and_money_are_told_apart(
    counter: Counter, changes: Callable[[], Changes]
) -> None:
    student = counter.student()
    assert changes() == Changes(students=True)
    course = counter.course()
    assert changes() == Changes(courses=True)
    with counter.context.store.writing() as work:
        identify(counter.context, work)
        work.commit()
    assert changes() == Changes(settings=True)
    counter.payments.begin(student.uid, course.uid, Method.CASH)
    enrolled = Changes(students=True, courses=True, payments=True)
    assert changes() == enrolled, "an enrolment takes a seat, and is listed with its student"
    assert changes() == Changes()
    [payment] = counter.receipts.recent()
    counter.desk.refunds.refund(payment.uid, Money(100), "a concession")
    assert changes() == Changes(students=True, payments=True), "another amount is due"
    counter.desk.refunds.refund(payment.uid, None, "left")
    assert changes() == enrolled, "the enrolment has ended"


def test_a_part_that_is_paid_changes_what_its_student_owes(
    counter: Counter, changes: Callable[[], Changes]
) -> None:
    made = counter.desk.enrolments.enrol(counter.student().uid, counter.course().uid)
    changes()
    for _ in range(2):  # the first one enrols, the second is of somebody who is enrolled
        counter.payments.begin_dues({made.dues[0].uid: Money(1_000_00)}, Method.CASH)
        assert changes().students


def test_a_quote_a_search_and_a_poll_without_news_change_nothing(
    counter: Counter, changes: Callable[[], Changes]
) -> None:
    view = counter.shown()
    counter.polling.run()
    changes()
    counter.clock.advance(5)
    counter.polling.run()
    counter.payments.quote(
        counter.students.find(view.roll_no).uid, counter.courses.find("PHY-11").uid
    )
    counter.students.search("stud")
    assert changes() == Changes()
    counter.pay(view)
    counter.polling.run()
    assert changes().payments


def test_what_is_rolled_back_changed_nothing(
    counter: Counter, changes: Callable[[], Changes]
) -> None:
    student = counter.student()
    changes()
    with pytest.raises(ZeroDivisionError), counter.context.store.writing() as work:
        work.students.mark_served(student.uid, counter.clock.now())
        work.put_setting("display.theme", "dark")
        raise ZeroDivisionError
    assert changes() == Changes()


def test_settings_and_keys_in_the_keyring_count_as_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAZORPAY_KEY_ID", raising=False)
    monkeypatch.delenv("RAZORPAY_KEY_SECRET", raising=False)
    monkeypatch.setattr("keyring.core._keyring_backend", DictKeyring())
    opened = open_desk(Options(data_dir=tmp_path, gateway_url="http://127.0.0.1:9"))
    try:
        _writes_settings(opened.desk)
    finally:
        opened.close()


def _writes_settings(desk: Desk) -> None:
    desk.take_changes()
    desk.settings.put("display.theme", "dark")
    assert desk.take_changes() == Changes(settings=True)
    desk.settings.set_keys(KEY_ID, SECRET)
    assert desk.take_changes() == Changes(settings=True)
    desk.settings.forget_keys()
    assert desk.take_changes() == Changes(settings=True)

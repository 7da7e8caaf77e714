"""Sample centres: seeded databases that tests copy, and a busy day at one of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from desktop_app.config.clock import Uuid7Source
from desktop_app.domain.courses import make_course
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import IST
from desktop_app.domain.students import make_student
from desktop_app.services.maintenance.backups import LAST_BACKUP
from desktop_app.storage.store import DATABASE, open_store
from tests.ui.real_desk import RealDesk
from tests.warm_database import WarmDatabase

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from desktop_app.services.views.payments import AttemptView
    from tests.fake_gateway import FakeGateway


def today_at(hour: int) -> datetime:
    """An hour of today in India."""
    return datetime.now(IST).replace(hour=hour, minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class Sample:
    """The content of a seeded database."""

    settings: Mapping[str, str]
    students: Sequence[tuple[str, str, str, str]] = ()
    courses: Sequence[tuple[str, str, str, int, int | None]] = ()
    is_taxed_on_top: bool = False


@dataclass(frozen=True)
class Template:
    """A seeded database to copy, and what the gateway remembers of it.

    Attributes:
        warm: a copy whose connections stay open, for one desk at a time.
    """

    folder: Path
    gateway: FakeGateway
    warm: WarmDatabase

    def open(self, folder: Path, *, training: bool = True, is_warm: bool = False) -> RealDesk:
        """Open a desk on a copy.

        Args:
            is_warm: whether the desk is that of a single test, and gets the open connections.
        """
        warm = self.warm if is_warm and not self.warm.is_lent else None
        left_out = shutil.ignore_patterns(DATABASE) if warm else None
        shutil.copytree(self.folder, folder, dirs_exist_ok=True, ignore=left_out)
        made = RealDesk(folder, training=training, warm=warm)
        made.gateway.adopt(self.gateway)
        return made


def seed(folder: Path, sample: Sample, fill: Callable[[RealDesk], None] | None = None) -> Template:
    """Make the database of a sample.

    Args:
        fill: what happened at the desk since.
    """
    now, new_id = datetime.now(UTC), Uuid7Source().new
    store = open_store(folder)
    students = [
        make_student(roll_no=roll, name=name, phone=phone, guardian_name=guardian, state="KA")
        for roll, name, phone, guardian in reversed(sample.students)  # the first is the newest
    ]
    courses = [
        make_course(
            code=code, title=title, batch=batch, fee=Money(fee), gst_bp=1800, seats=seats,
            tax_inclusive=not sample.is_taxed_on_top,
        )
        for code, title, batch, fee, seats in sample.courses
    ]  # fmt: skip
    with store.writing() as work:
        for key, value in sample.settings.items():
            work.put_setting(key, value)
        work.put_setting(LAST_BACKUP, today_at(9).isoformat())
        work.students.upsert_all(students, now, new_id)
        work.courses.upsert_all(courses, now, new_id)
        work.commit()
    store.close()
    desk = RealDesk(folder, training=False)
    if fill is not None:
        fill(desk)
    desk.real.polling.reconcile()  # the first one of a desk keeps in the settings that it was
    desk.close()
    return Template(
        folder,
        desk.gateway,
        WarmDatabase(folder / DATABASE, folder.with_name(f"{folder.name}-warm")),
    )


COUNTER = Sample(
    settings={
        "centre.name": "Vidya Coaching Centre",
        "centre.address": "MG Road, Bengaluru",
        "centre.gstin": "29ABCDE1234F1ZW",
        "centre.state": "KA",
        "display.theme": "light",
        "gateway.requests_per_minute": "600",
        "setup.done": "yes",
    },
    students=(
        ("R001", "Asha Rao", "9845012345", "Meena Rao"),
        ("R002", "Asha Raote", "9845077712", "Sunil Raote"),
        ("R003", 'D\'Souza, Iqbal "Raj"', "9000000002", ""),
        ("R004", "आशा राव", "9000000005", "मीना राव"),
        ("R005", "Venkatanarasimharajuvaripeta Lakshmi Satyanarayana Subrahmanyam", "9000000006",
         ""),
        ("R006", "<b>PAID</b> <img src=file:///etc/passwd>", "9000000003", ""),
        ("R007", "Ravi Kumar", "9812345670", "Suresh Kumar"),
        ("R008", "Meena Sharma", "9876501234", "Anil Sharma"),
    ),
    courses=(
        ("PHY-11", "Physics XI", "Morning", 1180000, 40),
        ("PHY-12", "Physics XII", "Evening", 1298000, 3),
        ("CHE-11", "Chemistry XI", "Evening", 1179999, 12),
        ("MATH-9", "Mathematics IX", "Weekend", 236000, None),
        ("NEET-R", "NEET repeater, two years, with hostel", "Full day", 14500000, 0),
    ),
)  # fmt: skip
"""A centre on a day without any payment yet."""

NEW = Sample(settings={})
"""A desk that was never set up."""

BARE = Sample(
    settings={
        "centre.name": "Shiksha Classes",
        "centre.address": "12, MG Road\nBengaluru",
        "centre.gstin": "29ABCDE1234F1ZW",
        "centre.state": "KA",
        "gateway.requests_per_minute": "600",
    }
)
"""A centre that has neither students nor courses yet."""

BUSY = replace(
    BARE,
    students=(
        ("R001", "Asha Rao", "9845012345", "Sunita Rao"),
        ("R002", "आशा कुमारी", "9845077712", "रमेश कुमार"),
        ("R003", "Ravi Kumar", "9900112233", "Mahesh Kumar"),
        ("R004", "Meena Sharma", "9811122334", "Anil Sharma"),
        ("R005", "Iqbal Khan", "9733344556", "Salma Khan"),
        ("R006", "Divya Nair", "9447055667", "Rajan Nair"),
        ("R007", "Arjun Patel", "9898012300", "Kiran Patel"),
        ("R008", "Sofia D'Souza", "9822045678", "Maria D'Souza"),
        ("R009", "Venkata Subramaniam Iyer", "9444011223", "Lakshmi Iyer"),
        ("R010", "Gurpreet Singh", "", ""),
    ),
    courses=(
        ("PHY-11", "Physics XI", "Morning", 10_000_00, 16),
        ("PHY-12", "Physics XII", "Evening", 12_500_00, 7),
        ("CHE-11", "Chemistry XI", "Morning", 9_500_00, 4),
        ("MAT-12", "Mathematics XII", "Weekend", 11_000_00, None),
        ("NEET-F", "NEET Foundation, two years", "Morning", 84_000_00, 60),
        ("ENG-S", "Spoken English", "", 4_500_00, 20),
    ),
    is_taxed_on_top=True,
)
"""A centre on a day with 24 payments, see `busy_day`."""

_BUSY_METHODS = (Method.UPI_INTENT, Method.CASH, Method.UPI_INTENT, Method.PAYMENT_LINK)
SURPLUS, IN_CASH_BEFORE, LATE = 2, 3, 5
"""Places of payments in the list: one for a fee paid before, that one, and one that came late."""


def busy_day(desk: RealDesk) -> None:
    """Record 24 payments, one every 17 minutes, the newest of them now; leave one fee open."""
    people, offer = BUSY.students, BUSY.courses
    twice: AttemptView | None = None
    for at in reversed(range(24)):
        with desk.ago(minutes=17 * at, seconds=at):
            roll, code = people[at % len(people)][0], offer[at % len(offer)][0]
            method = _BUSY_METHODS[at % len(_BUSY_METHODS)]
            if at == IN_CASH_BEFORE:
                twice = desk.shown(people[SURPLUS][0], offer[SURPLUS][0])
                desk.real.payments.cancel(twice.uid)
                desk.paid(twice.roll_no, offer[SURPLUS][0], Method.CASH)
            elif at == SURPLUS and twice is not None:
                desk.pay(twice.uid)
                desk.real.polling.reconcile()
            elif at == LATE:
                late = desk.shown(roll, code)
                desk.real.payments.expire(late.uid)
                desk.pay(late.uid)
                desk.real.polling.reconcile()
            else:
                desk.paid(roll, code, method)
    desk.real.payments.begin(desk.student("R001").uid, desk.course("MAT-12").uid, Method.UPI_INTENT)


def held_money(desk: RealDesk) -> None:
    """Hold money that came late, for which a seat is free again, and money twice."""
    desk.held("R001", "PHY-11", seat=True)
    desk.held_twice("R004", "PHY-11")


def other_amounts(desk: RealDesk) -> None:
    """Hold a part, a fee in two parts, more than a fee, and money of another currency."""
    desk.held_otherwise("R001", "PHY-11", 500_000)
    desk.held_otherwise("R004", "PHY-11", 500_000, None)
    desk.held_otherwise("R005", "PHY-11", 1_207_900, method=Method.QR_CODE)
    desk.held_otherwise("R006", "PHY-11", 12_900, currency="USD", method=Method.UPI_INTENT)

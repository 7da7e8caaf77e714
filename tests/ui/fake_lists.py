"""A desk made of lists for tests of pages and dialogs: small classes that record what was asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from desktop_app.documents.receipt_html import receipt_html
from desktop_app.domain.check_code import CentreKey, judge, read_key, read_stamp, spell_key
from desktop_app.domain.courses import Course
from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.fees import SAC_COACHING, QuoteLine, quote
from desktop_app.domain.gstin import normalise_gstin
from desktop_app.domain.money import Money
from desktop_app.domain.money import total as add_up
from desktop_app.domain.payment import Method, Placement
from desktop_app.domain.receipt import normalise_desk_id
from desktop_app.domain.seats import free_seats
from desktop_app.domain.students import Student, mask_phone
from desktop_app.domain.words import amount_in_words
from desktop_app.services.errors import DuplicateError, UnknownCourseError, UnknownStudentError
from desktop_app.services.receipts.verification import CheckedReceipt
from desktop_app.services.settings import settings_view
from desktop_app.services.views.enrolment import (
    CourseRow,
    EnrollmentRow,
    StudentDetail,
    StudentPage,
    StudentSummary,
)
from desktop_app.services.views.maintenance import BackupReport, CheckResult
from desktop_app.services.views.payments import PaymentFilter, PaymentPage, PaymentRow
from desktop_app.services.views.receipts import CentreView, ReceiptView
from desktop_app.services.views.settings import (
    ConnectionState,
    Connectivity,
    KeyMode,
    KeysView,
    SettingsView,
)
from desktop_app.ui.core.jobs import JobRunner
from desktop_app.ui.core.page import PageContext, PageRequests
from desktop_app.ui.receipts.printing import ReceiptPrinter
from desktop_app.ui.widgets.notice_area import NoticeArea
from tests.ui.fake_affairs import FakeAffairs, FakeUnapplied
from tests.ui.fake_changes import FakeChanges

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

NOW = datetime.now(UTC)
RECEIPT_KEY = CentreKey(b"the centre's key", datetime(2020, 1, 1, tzinfo=UTC))
CENTRE = CentreView("Shiksha Classes", "12, MG Road\nBengaluru", "29ABCDE1234F1ZW", "KA")


@dataclass
class FakeStudents:
    """Students by uid; `total` pretends that there are more than were made."""

    kept: dict[str, Student] = field(default_factory=dict)
    history: dict[str, tuple[EnrollmentRow, ...]] = field(default_factory=dict)
    asked: list[tuple[object, ...]] = field(default_factory=list)
    error: Exception | None = None
    total: int = 0

    def page(self, text: str = "", *, offset: int = 0, limit: int = 50) -> StudentPage:
        self.asked.append(("page", text, offset, limit))
        if self.error:
            raise self.error
        if self.total and not text:
            rows = tuple(
                StudentSummary(f"n{at}", f"R{at}", f"Student {at}", "", "", "", "", "")
                for at in range(offset, min(offset + limit, self.total))
            )
            return StudentPage(rows, self.total)
        hits = [self.hit(uid) for uid, each in self.kept.items() if text.lower() in _haystack(each)]
        return StudentPage(tuple(hits[offset : offset + limit]), len(hits))

    def search(self, text: str, limit: int = 20) -> tuple[StudentSummary, ...]:
        return self.page(text, limit=limit).rows

    def detail(self, uid: str) -> StudentDetail:
        self.asked.append(("detail", uid))
        if uid in self.kept:
            return StudentDetail(uid, self.kept[uid], self.history.get(uid, ()))
        if self.total:
            return StudentDetail(uid, Student(uid.replace("n", "R"), f"Student {uid[1:]}"), ())
        raise UnknownStudentError(uid)

    def find(self, text: str) -> StudentSummary:
        return self.page(text).rows[0]

    def add(self, student: Student) -> StudentSummary:
        return self._keep(f"s{len(self.kept) + 1}", student)

    def change(self, uid: str, student: Student) -> StudentSummary:
        return self._keep(uid, student)

    def suggest_roll_no(self) -> str:
        return "R900"

    def _keep(self, uid: str, student: Student) -> StudentSummary:
        self.asked.append(("keep", uid, student))
        if self.error:
            raise self.error
        others = {each.roll_no for key, each in self.kept.items() if key != uid}
        if student.roll_no in others:
            raise DuplicateError(student.roll_no)
        self.kept[uid] = student
        return self.hit(uid)

    def hit(self, uid: str) -> StudentSummary:
        each, history = self.kept[uid], self.history.get(uid, ())
        note = f"{history[0].course_label} · {history[0].state.value}" if history else ""
        return StudentSummary(
            uid, each.roll_no, each.name, mask_phone(each.phone), each.guardian_name,
            mask_phone(each.guardian_phone), each.state, note,
        )  # fmt: skip


def _haystack(each: Student) -> str:
    return f"{each.roll_no} {each.name} {each.phone} {each.guardian_phone}".lower()


@dataclass
class FakeCourses:
    """Courses by uid."""

    kept: dict[str, Course] = field(default_factory=dict)
    taken: dict[str, int] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)

    def search(self, text: str, limit: int = 20) -> tuple[CourseRow, ...]:
        found = [
            self.detail(uid)
            for uid, each in self.kept.items()
            if text.lower() in f"{each.code} {each.title} {each.batch}".lower()
        ]
        return tuple(found[:limit])

    def detail(self, uid: str) -> CourseRow:
        if uid not in self.kept:
            raise UnknownCourseError(uid)
        course, taken = self.kept[uid], self.taken.get(uid, 0)
        total = quote(course, registered=True).total
        return CourseRow(uid, course, total, taken, free_seats(course.seats, taken))

    def find(self, code: str) -> CourseRow:
        return self.search(code)[0]

    def add(self, course: Course) -> CourseRow:
        return self.change(f"c{len(self.kept) + 1}", course)

    def change(self, uid: str, course: Course) -> CourseRow:
        if course.code in {each.code for key, each in self.kept.items() if key != uid}:
            raise DuplicateError(course.code)
        self.kept[uid] = course
        return self.detail(uid)

    def withdraw(self, uid: str) -> None:
        self.detail(uid)
        self.withdrawn.append(uid)
        del self.kept[uid]


@dataclass
class FakeReceipts:
    """Payments as rows, each with a receipt."""

    rows: list[PaymentRow] = field(default_factory=list)
    asked: list[PaymentFilter] = field(default_factory=list)
    saved: list[tuple[str, str, Path]] = field(default_factory=list)
    printed: list[tuple[str, str]] = field(default_factory=list)
    prints: int = 0
    is_training: bool = False
    error: Exception | None = None

    def receipt(self, uid: str) -> ReceiptView:
        row = next(each for each in self.rows if each.receipt_uid == uid)
        return ReceiptView(
            uid, row.receipt_no or "", row.at, CENTRE, "D1", row.student_name, row.roll_no,
            "Sunita Rao", "KA", "PHY-11", row.course_label, SAC_COACHING,
            (QuoteLine(row.course_label, row.amount),), row.amount, amount_in_words(row.amount),
            "18 %", row.method, row.payment_id, None, row.rrn, self.is_training, row.placement,
            self.prints,
        )  # fmt: skip

    def latest(self) -> ReceiptView | None:
        return self.receipt(self.rows[0].receipt_uid or "") if self.rows else None

    def html(self, uid: str, paper: str, language: str = "") -> str:
        return receipt_html(self.receipt(uid), paper, language or "en")

    def save_pdf(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        if self.error:
            raise self.error
        self.saved.append((uid, paper, path))
        return path

    def keep_copy(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        path.write_bytes(b"%PDF-1.4")
        return path

    def print_on(self, uid: str, paper: str, device: object, language: str = "") -> None:
        self.note_printed(uid, paper)

    def print_specimen(self, paper: str, device: object) -> None:
        self.printed.append(("specimen", paper))

    def check(self, typed: str) -> CheckedReceipt:
        stamp = read_stamp(typed)
        return CheckedReceipt(judge(stamp, (RECEIPT_KEY,)), stamp)

    def key_text(self) -> str:
        return spell_key(RECEIPT_KEY)

    def use_key(self, typed: str) -> str:
        return read_key(typed, RECEIPT_KEY.since).key_id

    def note_printed(self, uid: str, paper: str) -> None:
        self.printed.append((uid, paper))
        self.prints += 1

    def recent(self, limit: int = 8) -> tuple[PaymentRow, ...]:
        return tuple(self.rows[:limit])

    def payments(
        self, which: PaymentFilter, *, offset: int = 0, limit: int = 100, summed: bool = True
    ) -> PaymentPage:
        self.asked.append(which)
        found = [
            row
            for row in self.rows
            if which.text.lower() in f"{row.student_name} {row.roll_no} {row.receipt_no}".lower()
            and (which.since is None or row.at >= which.since)
            and which.method in ("", "cash" if row.method is Method.CASH else "upi")
            and which.state in ("", *_states(row))
        ]
        amounts = add_up(row.amount for row in found)
        return PaymentPage(tuple(found[offset : offset + limit]), len(found), amounts)


def _states(row: PaymentRow) -> list[str]:
    """Every state one may filter by that a payment is in."""
    is_held = row.placement in (Placement.SURPLUS, Placement.NO_SEAT) and not row.decision
    marks = {"late": row.is_late, "held": is_held, "refunded": bool(row.refunded)}
    return [name for name, holds in marks.items() if holds]


@dataclass
class FakeSettings:
    """Settings as texts."""

    texts: dict[str, str] = field(
        default_factory=lambda: {
            "centre.name": "Shiksha Classes",
            "centre.address": "12, MG Road\nBengaluru",
            "centre.gstin": "29ABCDE1234F1ZW",
            "centre.state": "KA",
            "centre.email": "",
            "desk.id": "D1",
            "upi.limit_paise": "10000000",
            "display.theme": "system",
            "receipt.paper": "a5",
            "setup.done": "no",
        }
    )
    key_id: str = ""
    secret: str = ""
    source: str = "keyring"
    keyring_error: Exception | None = None
    checked: list[tuple[str, str]] = field(default_factory=list)
    error: Exception | None = None

    def view(self) -> SettingsView:
        return settings_view(self.texts)

    def get(self, key: str) -> str:
        return self.texts.get(key, "")

    def put(self, key: str, value: str) -> None:
        rules = {"centre.gstin": normalise_gstin, "desk.id": normalise_desk_id}
        self.texts[key] = rules.get(key, str)(value)

    def names(self) -> tuple[str, ...]:
        return tuple(self.texts)

    def keys(self) -> KeysView:
        if not self.key_id:
            return KeysView("", KeyMode.NONE, "none")
        return KeysView(f"{self.key_id[:9]}••••{self.key_id[-4:]}", KeyMode.TEST, self.source)

    def set_keys(self, key_id: str, key_secret: str) -> KeysView:
        if self.keyring_error:
            raise self.keyring_error
        self.key_id, self.secret = key_id, key_secret
        return self.keys()

    def forget_keys(self) -> None:
        self.key_id = ""

    def check_keys(self, key_id: str, key_secret: str) -> None:
        self.checked.append((key_id, key_secret))
        if self.error:
            raise self.error


class FakeUpkeep:
    def __init__(self) -> None:
        self.made: list[Path] = []
        self.found: tuple[CheckResult, ...] = ()
        self.error: Exception | None = None

    def last_made_at(self) -> datetime | None:
        return NOW

    def run(self) -> tuple[CheckResult, ...]:
        if self.error:
            raise self.error
        return self.found

    def make(self, path: Path) -> BackupReport:
        if self.error:
            raise self.error
        self.made.append(path)
        return BackupReport(path, NOW, 10, 24, 23)


class FakeConnection:
    def state(self) -> ConnectionState:
        return ConnectionState(Connectivity.ONLINE, NOW, NOW)


@dataclass
class FakeDesk:
    """What pages and dialogs use of a desk."""

    students: FakeStudents = field(default_factory=FakeStudents)
    courses: FakeCourses = field(default_factory=FakeCourses)
    receipts: FakeReceipts = field(default_factory=FakeReceipts)
    settings: FakeSettings = field(default_factory=FakeSettings)
    upkeep: FakeUpkeep = field(default_factory=FakeUpkeep)
    connection: FakeConnection = field(default_factory=FakeConnection)
    affairs: FakeAffairs = field(default_factory=FakeAffairs)
    is_training: bool = False
    phone: None = None

    def __post_init__(self) -> None:
        self.take_changes = FakeChanges(
            students=lambda: list(self.students.kept.items()),
            courses=lambda: list(self.courses.kept.items()),
            payments=lambda: (list(self.receipts.rows), self.affairs.kept()),
            settings=lambda: (list(self.settings.texts.items()), self.settings.key_id),
        )

    def __getattr__(self, name: str) -> Any:
        if name in {"backups", "health", "imports", "exports"}:
            return self.upkeep
        if name in {"refunds", "lookup", "outbox", "disputes"}:
            return self.affairs
        if name == "unapplied":
            return FakeUnapplied(self.affairs)
        raise AttributeError(name)


def make_context(qtbot: QtBot) -> Iterator[PageContext]:
    """What a window gives to its pages; for fixtures, since it ends its threads afterwards."""
    window = QWidget()
    qtbot.addWidget(window)
    runner = JobRunner()  # no parent: widgets are gone before fixtures end
    notices = NoticeArea(window)
    runner.failed.connect(notices.tell)
    yield PageContext(runner, notices, ReceiptPrinter(runner, notices), PageRequests())
    qtbot.waitUntil(lambda: not runner.is_busy)
    runner.close(wait=True)


_PEOPLE = [
    ("Asha Rao", "Sunita Rao", "9845012345"), ("आशा कुमारी", "रमेश कुमार", "9845077712"),
    ("Ravi Kumar", "Mahesh Kumar", "9900112233"), ("Meena Sharma", "Anil Sharma", "9811122334"),
    ("Iqbal Khan", "Salma Khan", "9733344556"), ("Divya Nair", "Rajan Nair", "9447055667"),
    ("Arjun Patel", "Kiran Patel", "9898012300"), ("Sofia D'Souza", "Maria D'Souza", "9822045678"),
    ("Venkata Subramaniam Iyer", "Lakshmi Iyer", "9444011223"), ("Gurpreet Singh", "", ""),
]  # fmt: skip


def sample_desk(*, is_training: bool = False, payments: int = 24) -> FakeDesk:
    """Make a desk with people, courses and payments that look real."""
    desk = FakeDesk(is_training=is_training)
    desk.receipts.is_training = is_training
    for at, (name, guardian, phone) in enumerate(_PEOPLE, 1):
        student = Student(f"R{at:03d}", name, phone, "", guardian, phone, None, "KA")
        desk.students.kept[f"s{at}"] = student
    _add_courses(desk.courses)
    _add_payments(desk, payments)
    return desk


def _add_courses(courses: FakeCourses) -> None:
    rows = [
        ("PHY-11", "Physics XI", "Morning", 10_000_00, 40, 28),
        ("PHY-12", "Physics XII", "Evening", 12_500_00, 40, 37),
        ("CHE-11", "Chemistry XI", "Morning", 9_500_00, 30, 30),
        ("MAT-12", "Mathematics XII", "Weekend", 11_000_00, None, 63),
        ("NEET-F", "NEET Foundation, two years", "Morning", 1_45_000_00, 60, 12),
        ("ENG-S", "Spoken English", "", 4_500_00, 20, 19),
    ]
    for at, (code, title, batch, fee, seats, taken) in enumerate(rows, 1):
        course = Course(code, title, batch, Money(fee), 1800, tax_inclusive=False, seats=seats)
        courses.kept[f"c{at}"] = course
        courses.taken[f"c{at}"] = taken


def _add_payments(desk: FakeDesk, count: int) -> None:
    methods = (Method.UPI_INTENT, Method.CASH, Method.UPI_INTENT, Method.PAYMENT_LINK)
    students = list(desk.students.kept.items())
    courses = list(desk.courses.kept.values())
    for at in range(count):
        uid, student = students[at % len(students)]
        course, method = courses[at % len(courses)], methods[at % len(methods)]
        bill = quote(course, registered=True)
        is_cash = method is Method.CASH
        row = PaymentRow(
            uid=f"p{at}", at=NOW - timedelta(minutes=17 * at, seconds=at),
            student_name=student.name, roll_no=student.roll_no, course_label=bill.label,
            amount=bill.total, refunded=Money(0), method=method, state="captured",
            is_late=at == 5, placement=Placement.SURPLUS if at == 2 else Placement.DUE,
            payment_id=None if is_cash else f"pay_Q1w2E3r4T5{at:04d}",
            rrn=None if is_cash else f"6324{at:08d}",
            receipt_no=f"D1/26-27/{count - at:06d}", receipt_uid=f"r{at}",
        )  # fmt: skip
        desk.receipts.rows.append(row)
        enrolled = EnrollmentRow(
            f"e{at}", f"c{at}", course.code, bill.label, EnrollmentState.ACTIVE, bill.total,
            row.at, row.receipt_no, row.receipt_uid,
        )  # fmt: skip
        desk.students.history[uid] = (*desk.students.history.get(uid, ()), enrolled)
    first = desk.students.history.get("s1", ())
    if first:
        pending = replace(first[0], uid="e-open", state=EnrollmentState.PENDING, receipt_no=None)
        desk.students.history["s1"] = (replace(pending, receipt_uid=None), *first)

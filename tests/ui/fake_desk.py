"""A desk without database or gateway, for tests of the window: small classes that record.

Time, the gateway's answers and its hanging are in the test's hands. It keeps the promises of
the services that the window relies on, and none that it does not.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from desktop_app.domain.check_code import Verdict, read_stamp
from desktop_app.domain.courses import Course
from desktop_app.domain.enrollment import EnrollmentState
from desktop_app.domain.errors import AlreadyEnrolledError
from desktop_app.domain.fees import quote as quote_course
from desktop_app.domain.money import Money, total
from desktop_app.domain.payment import LIVE_STATES, AttemptState, Method, Placement
from desktop_app.domain.students import Student, mask_phone
from desktop_app.domain.words import amount_in_words
from desktop_app.services.desk import Desk
from desktop_app.services.errors import PriceChangedError, UnknownStudentError
from desktop_app.services.receipts.verification import CheckedReceipt
from desktop_app.services.settings import settings_view
from desktop_app.services.views.enrolment import (
    Bill,
    CourseRow,
    EnrollmentRow,
    StudentDetail,
    StudentPage,
    StudentSummary,
)
from desktop_app.services.views.maintenance import BackupReport, CheckResult, ImportReport
from desktop_app.services.views.payments import (
    AttemptView,
    PaymentFilter,
    PaymentPage,
    PaymentRow,
    PhoneSees,
    PollResult,
    ReconcileReport,
)
from desktop_app.services.views.receipts import CentreView, ReceiptView
from desktop_app.services.views.settings import (
    ConnectionState,
    Connectivity,
    KeyMode,
    KeysView,
    SettingsView,
)
from tests.ui.fake_affairs import FakeAffairs, FakeUnapplied
from tests.ui.fake_changes import FakeChanges

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 20, 5, 12, tzinfo=UTC)
UPI_LIMIT = Money(1_00_000_00)
LIFETIME_S = 300.0

PEOPLE = (
    ("R001", "Asha Rao", "9845012345", "Meena Rao"),
    ("R002", "Asha Raote", "9845077712", "Sunil Raote"),
    ("R003", 'D\'Souza, Iqbal "Raj"', "9000000002", ""),
    ("R004", "आशा राव", "9000000005", "मीना राव"),
    ("R005", "Venkatanarasimharajuvaripeta Lakshmi Satyanarayana Subrahmanyam", "9000000006", ""),
    ("R006", "<b>PAID</b> <img src=file:///etc/passwd>", "9000000003", ""),
    ("R007", "Ravi Kumar", "9812345670", "Suresh Kumar"),
    ("R008", "Meena Sharma", "9876501234", "Anil Sharma"),
)
OFFER = (
    ("PHY-11", "Physics XI", "Morning", 1180000, 1800, 40),
    ("PHY-12", "Physics XII", "Evening", 1298000, 1800, 3),
    ("CHE-11", "Chemistry XI", "Evening", 1179999, 1800, 12),
    ("MATH-9", "Mathematics IX", "Weekend", 236000, 1800, None),
    ("NEET-R", "NEET repeater, two years, with hostel", "Full day", 14500000, 1800, 0),
)


@dataclass
class Gateway:
    """The gateway's side: what is paid, what fails, what hangs."""

    paid: set[str] = field(default_factory=set)
    errors: list[Exception] = field(default_factory=list)
    refusing: dict[str, Exception] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    line: Connectivity = Connectivity.ONLINE
    answering: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.answering.set()

    def hang(self) -> None:
        self.answering.clear()

    def answer(self) -> None:
        self.answering.set()

    def call(self, name: str) -> None:
        self.calls.append(name)
        self.answering.wait(20)
        if name in self.refusing:
            raise self.refusing[name]
        if self.errors:
            raise self.errors.pop(0)


class FakeStudents:
    def __init__(self) -> None:
        self.hits = [
            StudentSummary(
                uid=f"s{at}",
                roll_no=roll,
                name=name,
                phone=mask_phone(phone),
                guardian_name=guardian,
                guardian_phone="",
                state="KA",
                note="Physics XI · active" if at == 7 else "",
            )
            for at, (roll, name, phone, guardian) in enumerate(PEOPLE, 1)
        ]
        self.phones = {f"s{at}": person[2] for at, person in enumerate(PEOPLE, 1)}
        self.asked: list[str] = []
        self.begun: dict[str, list[EnrollmentRow]] = {}
        self.answering = threading.Event()
        self.answering.set()

    def search(self, text: str, limit: int = 20) -> tuple[StudentSummary, ...]:
        self.asked.append(text)
        self.answering.wait(20)
        low = text.strip().lower()
        return tuple(
            hit
            for hit in self.hits
            if low in hit.name.lower() or low in hit.roll_no.lower() or low in self.phones[hit.uid]
        )[:limit]

    def page(self, text: str = "", *, offset: int = 0, limit: int = 50) -> StudentPage:
        found = self.search(text, 10**6)
        return StudentPage(found[offset : offset + limit], len(found))

    def detail(self, uid: str) -> StudentDetail:
        hit = self.by_uid(uid)
        history = EnrollmentRow(
            "e0", "c1", "PHY-11", "Physics XI · Morning", EnrollmentState.ACTIVE,
            Money(1180000), NOW, "D1/26-27/000121", "r0",
        )  # fmt: skip
        student = Student(hit.roll_no, hit.name, self.phones[uid], guardian_name=hit.guardian_name)
        begun = tuple(self.begun.get(uid, ()))
        return StudentDetail(uid, student, (*begun, *((history,) if hit.note else ())))

    def find(self, text: str) -> StudentSummary:
        return self.search(text)[0]

    def add(self, student: Student) -> StudentSummary:
        uid = f"s{len(self.hits) + 1}"
        hit = StudentSummary(
            uid, student.roll_no, student.name, mask_phone(student.phone), student.guardian_name,
            mask_phone(student.guardian_phone), student.state, "",
        )  # fmt: skip
        self.hits.append(hit)
        self.phones[uid] = student.phone
        return hit

    def change(self, uid: str, student: Student) -> StudentSummary:
        hit = replace(self.by_uid(uid), roll_no=student.roll_no, name=student.name)
        self.hits = [hit if each.uid == uid else each for each in self.hits]
        return hit

    def suggest_roll_no(self) -> str:
        return f"R{len(self.hits) + 1:03d}"

    def by_uid(self, uid: str) -> StudentSummary:
        for hit in self.hits:
            if hit.uid == uid:
                return hit
        raise UnknownStudentError(uid)


class FakeCourses:
    def __init__(self) -> None:
        self.rows = [
            CourseRow(
                uid=f"c{at}",
                course=Course(code, title, batch, Money(fee), gst_bp=gst, seats=seats),
                total=Money(fee),
                seats_taken=0,
                seats_left=seats,
            )
            for at, (code, title, batch, fee, gst, seats) in enumerate(OFFER, 1)
        ]

    def search(self, text: str, limit: int = 20) -> tuple[CourseRow, ...]:
        low = text.strip().lower()
        return tuple(
            row
            for row in self.rows
            if low in f"{row.course.code} {row.course.title} {row.course.batch}".lower()
        )[:limit]

    def detail(self, uid: str) -> CourseRow:
        return next(row for row in self.rows if row.uid == uid)

    def find(self, code: str) -> CourseRow:
        return next(row for row in self.rows if row.course.code == code)

    def add(self, course: Course) -> CourseRow:
        row = CourseRow(f"c{len(self.rows) + 1}", course, course.fee, 0, course.seats)
        self.rows.append(row)
        return row

    def change(self, uid: str, course: Course) -> CourseRow:
        row = replace(self.detail(uid), course=course, total=course.fee)
        self.rows = [row if each.uid == uid else each for each in self.rows]
        return row

    def withdraw(self, uid: str) -> None:
        self.rows = [row for row in self.rows if row.uid != uid]


class FakeCollecting:
    """Attempts in a dictionary; money comes when the test says so."""

    def __init__(self, students: FakeStudents, courses: FakeCourses, gateway: Gateway) -> None:
        self.students, self.courses, self.gateway = students, courses, gateway
        self.attempts: dict[str, AttemptView] = {}
        self.receipts: list[ReceiptView] = []
        self.payments: list[PaymentRow] = []
        self.begun: list[tuple[str, str, Method]] = []
        self.lifetime_s = LIFETIME_S
        self.made = 0
        self.next_in_s: float | None = 0.05
        self.is_sure = True
        self.opens_as = ""
        self.image: Path | None = None

    def quote(self, student_uid: str, course_uid: str) -> Bill:
        student, row = self.students.by_uid(student_uid), self.courses.detail(course_uid)
        quoted = quote_course(row.course, registered=True)
        open_one = self._open_one(student_uid, quoted.label)
        return Bill(
            student_uid, student.name, student.roll_no, course_uid, quoted.label, quoted.lines,
            quoted.total, amount_in_words(quoted.total),
            obstacle="The course is full." if row.seats_left == 0 else "",
            over_upi_limit=quoted.total > UPI_LIMIT, upi_limit=UPI_LIMIT,
            open_attempt_uid=open_one.uid if open_one else None, is_kept=False,
        )  # fmt: skip

    def begin(
        self, student_uid: str, course_uid: str, method: Method, quoted: Money | None = None
    ) -> AttemptView:
        self.begun.append((student_uid, course_uid, method))
        bill = self.quote(student_uid, course_uid)
        if quoted is not None and quoted != bill.total:
            raise PriceChangedError(quoted, bill.total)
        open_one = self._open_one(student_uid, bill.course_label)
        if open_one is not None:
            return open_one
        if any(
            view.student_uid == student_uid
            and view.course_label == bill.course_label
            and view.state is AttemptState.PAID
            for view in self.attempts.values()
        ):
            raise AlreadyEnrolledError(student_uid)
        self.made += 1
        uid = f"a{self.made}"
        view = AttemptView(
            uid, f"e{uid}", student_uid, bill.student_name, bill.roll_no, bill.course_label,
            method, AttemptState.INTENT, bill.total, NOW + timedelta(seconds=len(self.attempts)),
        )  # fmt: skip
        self.attempts[uid] = view
        enrolled = EnrollmentRow(
            view.enrollment_uid, course_uid, "", bill.course_label, EnrollmentState.PENDING,
            bill.total, NOW, None, None,
        )  # fmt: skip
        self.students.begun.setdefault(student_uid, []).append(enrolled)
        return self._pay(uid) if method is Method.CASH else view

    def open(self, attempt_uid: str) -> AttemptView:
        self.gateway.call("open")
        if self.opens_as:
            self._end(attempt_uid, AttemptState.CANCELLED)
            return self._pay(self.opens_as)
        view = self.attempts[attempt_uid]
        if view.state is AttemptState.PAID:
            return view
        is_link = view.method is Method.PAYMENT_LINK
        text = (
            f"https://rzp.io/i/{attempt_uid}"
            if is_link
            else (
                f"upi://pay?pa=pravesh.rzp@icici&pn=Vidya%20Coaching&tr=RZP{attempt_uid}Qk7"
                f"&tn=Fee&am={view.amount.paise / 100:.2f}&cu=INR&mc=8299&mode=15"
            )
        )
        return self._put(
            replace(
                view,
                state=AttemptState.AWAITING,
                method=Method.UPI_INTENT if view.method is Method.AUTO else view.method,
                qr_text=None if self.image else text,
                image_path=self.image,
                expires_at=NOW + timedelta(seconds=self.lifetime_s),
                expires_in_s=self.lifetime_s,
                lifetime_s=self.lifetime_s,
                order_id=f"order_{attempt_uid}",
            )
        )

    def run(self, *, asked: bool = False) -> PollResult:
        problem = ""
        changed: list[AttemptView] = []
        try:
            self.gateway.call("look asked" if asked else "look")
            changed = self._take_money()
        except Exception as error:  # noqa: BLE001 - a look never raises
            problem = type(error).__name__
        waiting = self.waiting()
        return PollResult(
            changed=tuple(changed),
            waiting=waiting,
            line=self.line(),
            next_in_s=self.next_in_s if waiting else None,
            succeeded=not problem,
            problem=problem,
        )

    def cancel(self, attempt_uid: str) -> AttemptView:
        self.gateway.call("cancel")
        return self._end(attempt_uid, AttemptState.CANCELLED)

    def expire(self, attempt_uid: str) -> AttemptView:
        self.gateway.call("expire")
        return self._end(attempt_uid, AttemptState.EXPIRED)

    def waiting(self) -> tuple[AttemptView, ...]:
        return tuple(view for view in self.attempts.values() if view.state in LIVE_STATES)

    def view(self, attempt_uid: str) -> AttemptView:
        return self.attempts[attempt_uid]

    def reconcile(self) -> ReconcileReport:
        try:
            self.gateway.call("reconcile")
        except Exception:  # noqa: BLE001 - a reconcile never raises
            return ReconcileReport(0, 1, (), self.line())
        changed = self._take_money()
        return ReconcileReport(len(self.attempts), 0, tuple(changed), self.line())

    def line(self) -> ConnectionState:
        return ConnectionState(self.gateway.line, NOW, datetime.now(UTC))

    def _take_money(self) -> list[AttemptView]:
        return [
            self._pay(uid)
            for uid in list(self.attempts)
            if uid in self.gateway.paid and self.attempts[uid].state is not AttemptState.PAID
        ]

    def _end(self, uid: str, state: AttemptState) -> AttemptView:
        view = self.attempts[uid]
        if uid in self.gateway.paid and view.state is not AttemptState.PAID:
            return self._pay(uid)
        if view.state not in LIVE_STATES:
            return view
        ended = replace(view, state=state, qr_text=None, expires_in_s=None, is_sure=self.is_sure)
        return self._put(ended)

    def _pay(self, uid: str) -> AttemptView:
        view = self.attempts[uid]
        number = f"D1/26-27/{len(self.receipts) + 123:06d}"
        is_cash = view.method is Method.CASH
        receipt_uid = f"r{len(self.receipts) + 1}"
        rrn = None if is_cash else f"63240818{len(self.receipts) + 4821:04d}"
        paid = replace(
            view,
            state=AttemptState.PAID,
            payment_id=None if is_cash else f"pay_{uid}",
            rrn=rrn,
            receipt_no=number,
            receipt_uid=receipt_uid,
            was_late=view.state not in LIVE_STATES,
            expires_in_s=None,
        )
        self.receipts.append(self.make_receipt(paid, number, receipt_uid))
        self.payments.insert(0, make_payment(paid, NOW))
        return self._put(paid)

    def make_receipt(self, view: AttemptView, number: str, uid: str) -> ReceiptView:
        row = next(r for r in self.courses.rows if r.course.title in view.course_label)
        return ReceiptView(
            uid, number, NOW, CentreView("Vidya Coaching Centre", "MG Road, Bengaluru"), "D1",
            view.student_name, view.roll_no, "", "KA", row.course.code, view.course_label, "999293",
            quote_course(row.course, registered=True).lines, view.amount,
            amount_in_words(view.amount), "18 %", view.method, view.payment_id, view.order_id,
            view.rrn, is_training=True, placement=Placement.DUE,
        )  # fmt: skip

    def _open_one(self, student_uid: str, label: str) -> AttemptView | None:
        for view in self.waiting():
            if view.student_uid == student_uid and view.course_label == label:
                return view
        return None

    def _put(self, view: AttemptView) -> AttemptView:
        self.attempts[view.uid] = view
        return view


def make_payment(view: AttemptView, at: datetime) -> PaymentRow:
    return PaymentRow(
        f"p-{view.uid}", at, view.student_name, view.roll_no, view.course_label, view.amount,
        Money(0), view.method, "captured", view.was_late, Placement.DUE, view.payment_id,
        view.rrn, view.receipt_no, view.receipt_uid,
    )  # fmt: skip


class FakeReceipts:
    def __init__(self, collecting: FakeCollecting) -> None:
        self.collecting = collecting
        self.printed: list[str] = []

    def receipt(self, uid: str) -> ReceiptView:
        return next(each for each in self.collecting.receipts if each.uid == uid)

    def latest(self) -> ReceiptView | None:
        return self.collecting.receipts[-1] if self.collecting.receipts else None

    def html(self, uid: str, paper: str, language: str = "") -> str:
        return f"<p>{self.receipt(uid).number} {paper}</p>"

    def save_pdf(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        self.printed.append(uid)
        return self.keep_copy(uid, paper, path, language)

    def keep_copy(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        path.write_bytes(b"%PDF-1.4")
        return path

    def print_on(self, uid: str, paper: str, device: object, language: str = "") -> None:
        self.printed.append(uid)

    def print_specimen(self, paper: str, device: object) -> None:
        self.printed.append(f"specimen {paper}")

    def check(self, typed: str) -> CheckedReceipt:
        return CheckedReceipt(Verdict.NO_KEY, read_stamp(typed))

    def key_text(self) -> str:
        return "0000-0000"

    def use_key(self, typed: str) -> str:
        return typed

    def note_printed(self, uid: str, paper: str) -> None:
        self.printed.append(uid)

    def recent(self, limit: int = 8) -> tuple[PaymentRow, ...]:
        return tuple(self.collecting.payments[:limit])

    def payments(
        self, which: PaymentFilter, *, offset: int = 0, limit: int = 100, summed: bool = True
    ) -> PaymentPage:
        rows = [row for row in self.collecting.payments if which.text in row.student_name]
        return PaymentPage(
            tuple(rows[offset : offset + limit]), len(rows), total(row.amount for row in rows)
        )


def today_at(hour: int) -> datetime:
    """An hour of this machine's today."""
    return datetime.now().astimezone().replace(hour=hour, minute=0, second=0, microsecond=0)


class FakeSettings:
    def __init__(self) -> None:
        self.values: dict[str, str] = {"theme": "light"}
        self.mode = KeyMode.SANDBOX

    def view(self) -> SettingsView:
        return settings_view(
            {
                "centre.name": "Vidya Coaching Centre",
                "centre.address": "MG Road, Bengaluru",
                "centre.gstin": "29ABCDE1234F1ZW",
                "centre.state": "KA",
                "display.theme": self.values["theme"],
                "display.language": self.values.get("language", "en"),
                "display.text_size": self.values.get("text_percent", "100"),
                "setup.done": "yes",
            }
        )

    def get(self, key: str) -> str:
        return self.values.get(key, "")

    def put(self, key: str, value: str) -> None:
        self.values[key] = value

    def names(self) -> tuple[str, ...]:
        return tuple(self.values)

    def keys(self) -> KeysView:
        return KeysView("rzp_test_••••9xYz", self.mode, "training")

    def set_keys(self, key_id: str, key_secret: str) -> KeysView:
        return self.keys()

    def forget_keys(self) -> None:
        self.mode = KeyMode.NONE

    def check_keys(self, key_id: str, key_secret: str) -> None:
        return None


class FakeUpkeep:
    """Stands for backups, health checks, imports and exports."""

    def __init__(self) -> None:
        self.backup_at: datetime | None = today_at(9)
        self.found: tuple[CheckResult, ...] = ()

    def students(self, path: Path, watch: object = None, written: object = None) -> ImportReport:
        return ImportReport(0, 0, 0, (), ())

    def courses(self, path: Path, watch: object = None, written: object = None) -> ImportReport:
        return ImportReport(0, 0, 0, (), ())

    def write(self, kind: str, path: Path, watch: object = None) -> int:
        return 0

    def make(self, path: Path) -> BackupReport:
        return BackupReport(path, NOW, 0, 0, 0)

    def run(self) -> tuple[CheckResult, ...]:
        return self.found

    def last_made_at(self) -> datetime | None:
        return self.backup_at


class FakePhone:
    def __init__(self, collecting: FakeCollecting) -> None:
        self.collecting = collecting
        self.paid: list[tuple[str, str]] = []

    def scan(self, qr_text: str) -> PhoneSees:
        view = self._of(qr_text)
        if view is None:
            return PhoneSees(False, "", None, "", "This code is not known.")
        is_payable = view.uid not in self.collecting.gateway.paid
        reason = "" if is_payable else "This order is paid already."
        return PhoneSees(is_payable, "Vidya Coaching Centre", view.amount, "Fee", reason)

    def pay(self, qr_text: str, outcome: str = "success", after_s: int = 0) -> None:
        self.paid.append((qr_text, outcome))
        view = self._of(qr_text)
        if view is not None and outcome == "success":
            self.collecting.gateway.paid.add(view.uid)

    def _of(self, qr_text: str) -> AttemptView | None:
        return next((v for v in self.collecting.attempts.values() if v.qr_text == qr_text), None)


class FakeConnection:
    def __init__(self, collecting: FakeCollecting) -> None:
        self.collecting = collecting

    def state(self) -> ConnectionState:
        return self.collecting.line()


def matrix(text: str) -> tuple[tuple[bool, ...], ...]:
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


@dataclass
class FakeDesk:
    """The desk and the handles a test holds it by."""

    gateway: Gateway
    students: FakeStudents
    courses: FakeCourses
    collecting: FakeCollecting
    receipts: FakeReceipts
    settings: FakeSettings
    phone: FakePhone
    desk: Desk
    affairs: FakeAffairs
    upkeep: FakeUpkeep


def make_desk(*, training: bool = True) -> FakeDesk:
    gateway, students, courses = Gateway(), FakeStudents(), FakeCourses()
    collecting = FakeCollecting(students, courses, gateway)
    receipts, settings, phone = FakeReceipts(collecting), FakeSettings(), FakePhone(collecting)
    affairs, upkeep = FakeAffairs(), FakeUpkeep()
    fakes: Any = {
        "students": students,
        "courses": courses,
        "receipts": receipts,
        "settings": settings,
        "connection": FakeConnection(collecting),
        "unapplied": FakeUnapplied(affairs),
        **dict.fromkeys(("payments", "polling"), collecting),
        **dict.fromkeys(("refunds", "lookup", "outbox", "disputes"), affairs),
        **dict.fromkeys(("backups", "health", "imports", "exports"), upkeep),
        "take_changes": FakeChanges(
            students=lambda: list(students.hits),
            courses=lambda: list(courses.rows),
            payments=lambda: (list(collecting.attempts.values()), affairs.kept()),
            settings=lambda: (list(settings.values.items()), settings.mode),
        ),
    }
    desk = Desk(**fakes, phone=phone if training else None, qr_matrix=matrix, is_training=training)
    return FakeDesk(
        gateway, students, courses, collecting, receipts, settings, phone, desk, affairs, upkeep
    )

"""What the window and the command line may ask of the desk: one protocol per subject.

Every method blocks. The window calls none of them in the GUI thread: methods marked *local* go
to the READ lane, those marked *gateway* to the GATEWAY lane. Any of them may raise the errors of
`services.errors` and `domain.errors`; a *gateway* one may raise any `GatewayError`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from desktop_app.domain.courses import Course
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import Method
    from desktop_app.domain.students import Student
    from desktop_app.services.after_payment_api import Affairs
    from desktop_app.services.receipts.verification import CheckedReceipt
    from desktop_app.services.views.changes import Changes
    from desktop_app.services.views.enrolment import (
        Bill,
        CourseRow,
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
    from desktop_app.services.views.receipts import ReceiptView
    from desktop_app.services.views.settings import ConnectionState, KeysView, SettingsView


class Students(Protocol):
    """The roll of students. All local."""

    def search(self, text: str, limit: int = 20) -> tuple[StudentSummary, ...]:
        """Find students by part of a name, roll number or any phone's digits, best first.

        An empty text answers with those served most recently.
        """
        ...

    def page(self, text: str = "", *, offset: int = 0, limit: int = 50) -> StudentPage:
        """List students by roll number, or those that match a text."""
        ...

    def detail(self, uid: str) -> StudentDetail:
        """Read a student with the history. Raises UnknownStudentError."""
        ...

    def find(self, text: str) -> StudentSummary:
        """Find exactly one by roll number or phone. Raises Unknown-/AmbiguousStudentError."""
        ...

    def add(self, student: Student) -> StudentSummary:
        """Add a student. Raises DuplicateError when the roll number is taken."""
        ...

    def change(self, uid: str, student: Student) -> StudentSummary:
        """Replace what is known of a student. Raises DuplicateError, UnknownStudentError."""
        ...

    def suggest_roll_no(self) -> str:
        """Propose the next free roll number after the newest one's pattern."""
        ...


class Courses(Protocol):
    """The courses on offer. All local."""

    def search(self, text: str, limit: int = 20) -> tuple[CourseRow, ...]:
        """Find courses by code, title or batch, best first; all of them for an empty text."""
        ...

    def detail(self, uid: str) -> CourseRow:
        """Read a course. Raises UnknownCourseError."""
        ...

    def find(self, code: str) -> CourseRow:
        """Find a course by its exact code. Raises UnknownCourseError."""
        ...

    def add(self, course: Course) -> CourseRow:
        """Add a course. Raises DuplicateError when the code is taken."""
        ...

    def change(self, uid: str, course: Course) -> CourseRow:
        """Replace a course's facts; agreed fees of pending enrolments stay as agreed."""
        ...

    def withdraw(self, uid: str) -> None:
        """Take a course off the list; its enrolments stay. Raises UnknownCourseError."""
        ...


class Collecting(Protocol):
    """The main job: one fee, from quote to paid."""

    def quote(self, student_uid: str, course_uid: str) -> Bill:
        """Say what is to be paid (local). Nothing is written or sent."""
        ...

    def begin(
        self, student_uid: str, course_uid: str, method: Method, quoted: Money | None = None
    ) -> AttemptView:
        """Enrol and write the intent (local). Cash is recorded as paid at once, with receipt.

        A live attempt of the same fee by the same method is handed back to go on with.

        Raises:
            AlreadyEnrolledError, NoSeatError, PriceChangedError (when `quoted` is no longer
            the total), OverLimitError, NothingToCollectError.
        """
        ...

    def open(self, attempt_uid: str) -> AttemptView:
        """Make it payable (gateway): looks for money first, creates once, finds lost answers.

        Never cancelled half-way. The view is `awaiting` with a QR, or `paid` when money was
        found. On a GatewayError the attempt's state is already stored; calling again goes on.
        """
        ...

    def look(self, *, asked: bool = False) -> PollResult:
        """Look once at every live attempt (gateway); never raises GatewayError, see `PollResult`.

        Args:
            asked: a person asked for it, so it goes before polling in the request budget.
        """
        ...

    def cancel(self, attempt_uid: str) -> AttemptView:
        """Give an attempt up (gateway): close it, look once more; it may turn out `paid`."""
        ...

    def expire(self, attempt_uid: str) -> AttemptView:
        """Stop showing an attempt whose time is over (gateway); else like `cancel`."""
        ...

    def waiting(self) -> tuple[AttemptView, ...]:
        """Every live attempt, oldest first (local)."""
        ...

    def view(self, attempt_uid: str) -> AttemptView:
        """One attempt as it stands (local)."""
        ...

    def reconcile(self) -> ReconcileReport:
        """Look at everything open and watched (gateway); never raises GatewayError."""
        ...


class Receipts(Protocol):
    """Receipts and payments already made. All local."""

    def receipt(self, uid: str) -> ReceiptView:
        """Read a receipt as it was issued."""
        ...

    def latest(self) -> ReceiptView | None:
        """The receipt issued last, for F7."""
        ...

    def html(self, uid: str, paper: str, language: str = "") -> str:
        """Render a receipt as HTML for `a4 a5 roll80 roll58`, without counting it as printed.

        Without a language it is in the one that is set for receipts, here and below.
        """
        ...

    def save_pdf(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        """Write a receipt as PDF and count it as printed."""
        ...

    def keep_copy(self, uid: str, paper: str, path: Path, language: str = "") -> Path:
        """Write a receipt as PDF without counting it: it waits for a printer."""
        ...

    def print_on(self, uid: str, paper: str, device: object, language: str = "") -> None:
        """Paint a receipt on a printer and count it as printed. Raises OSError."""
        ...

    def print_specimen(self, paper: str, device: object) -> None:
        """Paint a test page on a printer. Raises OSError."""
        ...

    def check(self, typed: str) -> CheckedReceipt:
        """Check a receipt by its QR's text. Raises InvalidInputError when it cannot be read."""
        ...

    def key_text(self) -> str:
        """Write the receipt key for the centre's other desks. Raises NoKeyringError."""
        ...

    def use_key(self, typed: str) -> str:
        """Take another desk's receipt key; return its id. Raises InvalidInputError too."""
        ...

    def note_printed(self, uid: str, paper: str) -> None:
        """Count a receipt as printed: from the second on it says DUPLICATE."""
        ...

    def recent(self, limit: int = 8) -> tuple[PaymentRow, ...]:
        """The newest payments, newest first."""
        ...

    def payments(
        self, which: PaymentFilter, *, offset: int = 0, limit: int = 100, summed: bool = True
    ) -> PaymentPage:
        """List payments, newest first.

        Args:
            which: those to list.
            offset: how many to leave out at the beginning.
            limit: the most rows.
            summed: whether the sum is wanted: it looks at all that match, rows only at a page.
        """
        ...


class Settings(Protocol):
    """How the desk is set up. Local but for `check_keys`."""

    def view(self) -> SettingsView:
        """Everything at once."""
        ...

    def get(self, key: str) -> str:
        """Read one setting as text. Raises InvalidInputError for an unknown key."""
        ...

    def put(self, key: str, value: str) -> None:
        """Change one setting, validated. Raises InvalidInputError."""
        ...

    def names(self) -> tuple[str, ...]:
        """Every key there is."""
        ...

    def keys(self) -> KeysView:
        """The keys, masked."""
        ...

    def set_keys(self, key_id: str, key_secret: str) -> KeysView:
        """Keep new keys in the system's keyring. Raises InvalidInputError, NoKeyringError."""
        ...

    def forget_keys(self) -> None:
        """Remove the keys from the keyring."""
        ...

    def check_keys(self, key_id: str, key_secret: str) -> None:
        """Try keys with one harmless read (gateway). Raises a GatewayError when they fail."""
        ...


class Upkeep(Protocol):
    """Files in and out, backups and checks. Local but for `doctor`."""

    def import_students(
        self,
        path: Path,
        watch: Callable[[int], None] | None = None,
        written: Callable[[int], None] | None = None,
    ) -> ImportReport:
        """Import students from CSV: checked as a whole, then written in chunks.

        Args:
            path: the file.
            watch: told how many rows were checked; what it raises stops the import, and nothing
                is imported. For the two methods below as well.
            written: told how many rows were written, first 0; after that one it must not raise.

        Raises:
            ImportCutOffError: some chunks are written; the same file again writes the rest.
        """
        ...

    def import_courses(
        self,
        path: Path,
        watch: Callable[[int], None] | None = None,
        written: Callable[[int], None] | None = None,
    ) -> ImportReport:
        """Import courses from CSV, as students."""
        ...

    def export(self, kind: str, path: Path, watch: Callable[[int], None] | None = None) -> int:
        """Write `students`, `courses` or `ledger` as .csv or .xlsx; return the rows written."""
        ...

    def backup(self, path: Path) -> BackupReport:
        """Copy the database online, open the copy and count it."""
        ...

    def doctor(self) -> tuple[CheckResult, ...]:
        """Check database, keys, gateway, clock, printers, keyring and disk (gateway)."""
        ...

    def last_backup_at(self) -> datetime | None:
        """When the newest good backup was made, aware; None for never."""
        ...

    def last_backup_text(self) -> str:
        """Say when the newest good backup was made, in a few words."""
        ...


class Phone(Protocol):
    """The parent's phone (gateway); exists in training only."""

    def scan(self, qr_text: str) -> PhoneSees:
        """Tell what a phone shows for a QR."""
        ...

    def pay(self, qr_text: str, outcome: str = "success", after_s: int = 0) -> None:
        """Pay, or not: `success`, `failure`, `timeout`, `late`."""
        ...


class Connection(Protocol):
    """What is known of the line. Local, and cheap enough for any thread."""

    def state(self) -> ConnectionState:
        """The connection as the last real call found it."""
        ...


@dataclass(frozen=True, slots=True)
class Desk:
    """All of the desk's use-cases, wired.

    Attributes:
        is_training: whether everything here is rehearsal.
        phone: the parent's phone, in training only.
        take_changes: returns what was written since it was called last; any thread, no I/O.
    """

    students: Students
    courses: Courses
    collecting: Collecting
    receipts: Receipts
    settings: Settings
    upkeep: Upkeep
    connection: Connection
    affairs: Affairs
    is_training: bool
    phone: Phone | None
    qr_matrix: QrMatrix
    take_changes: Callable[[], Changes]


class QrMatrix(Protocol):
    """Turns text into the modules of a QR code. Local, pure."""

    def __call__(self, text: str) -> tuple[tuple[bool, ...], ...]:
        """Return rows of modules, True is dark; error correction M, no quiet zone."""
        ...

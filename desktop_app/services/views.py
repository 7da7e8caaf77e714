"""Read models: what screens, commands and documents show. Frozen, complete, without behaviour."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from desktop_app.domain.check_code import Stamp
    from desktop_app.domain.courses import Course
    from desktop_app.domain.enrollment import EnrollmentState
    from desktop_app.domain.fees import QuoteLine
    from desktop_app.domain.money import Money
    from desktop_app.domain.payment import AttemptState, Method, Placement
    from desktop_app.domain.students import Student


@dataclass(frozen=True)
class StudentHit:
    """A student in a list or a search answer. Phones are masked to their last four digits.

    Attributes:
        note: the newest enrolment in words, like `Physics XI · active`; empty without one.
    """

    uid: str
    roll_no: str
    name: str
    phone: str
    guardian_name: str
    guardian_phone: str
    state: str
    note: str


@dataclass(frozen=True)
class StudentPage:
    """One page of a list of students; `total` counts all that match."""

    rows: tuple[StudentHit, ...]
    total: int


@dataclass(frozen=True)
class EnrollmentRow:
    """One enrolment in a student's history, newest first in lists."""

    uid: str
    course_uid: str
    course_code: str
    course_label: str
    state: EnrollmentState
    amount: Money
    created_at: datetime
    receipt_no: str | None
    receipt_uid: str | None


@dataclass(frozen=True)
class StudentDetail:
    """A student in full, for the edit form, with the history."""

    uid: str
    student: Student
    history: tuple[EnrollmentRow, ...]


@dataclass(frozen=True)
class CourseRow:
    """A course with its seats.

    Attributes:
        total: what a student pays, tax included, in paise.
        seats_left: None where seats are without limit.
    """

    uid: str
    course: Course
    total: Money
    seats_taken: int
    seats_left: int | None


@dataclass(frozen=True)
class Bill:
    """What a student is asked to pay for a course, before anything is sent.

    Attributes:
        words: the total in words.
        obstacle: why it cannot be collected (already enrolled, no seat), empty when it can.
        over_upi_limit: whether the amount is over the limit for one UPI payment.
        upi_limit: that limit, in paise.
        open_attempt_uid: a live attempt of the same fee, to go on with; None without one.
        is_kept: whether it was enrolled earlier and is still to be collected.
    """

    student_uid: str
    student_name: str
    roll_no: str
    course_uid: str
    course_label: str
    lines: tuple[QuoteLine, ...]
    total: Money
    words: str
    obstacle: str
    over_upi_limit: bool
    upi_limit: Money
    open_attempt_uid: str | None
    is_kept: bool


@dataclass(frozen=True)
class AttemptView:
    """An attempt as screens show it.

    Attributes:
        expires_in_s: seconds until it is no longer shown, by the gateway's clock, measured when
            this view was made; None before it is payable and for cash.
        lifetime_s: how long it was shown for in all, for a progress bar.
        was_late: whether its money came after it was given up.
        failure: the newest failed try in the payer's app, in Razorpay's words, else empty.
        is_sure: False where the last look before giving up failed: money may have come.
        is_seen: whether the last look saw it authorised: the bank has it, it is not captured yet.
    """

    uid: str
    enrollment_uid: str
    student_uid: str
    student_name: str
    roll_no: str
    course_label: str
    method: Method
    state: AttemptState
    amount: Money
    created_at: datetime
    qr_text: str | None = None
    image_path: Path | None = None
    expires_at: datetime | None = None
    expires_in_s: float | None = None
    lifetime_s: float | None = None
    order_id: str | None = None
    payment_id: str | None = None
    rrn: str | None = None
    receipt_no: str | None = None
    receipt_uid: str | None = None
    was_late: bool = False
    failure: str = ""
    is_sure: bool = True
    is_seen: bool = False


class Line(StrEnum):
    """What the last real call to the gateway says of the connection."""

    UNKNOWN = "unknown"
    ONLINE = "online"
    OFFLINE = "offline"
    REFUSED = "refused"
    """Reachable, but it does not take our keys."""
    NO_KEYS = "no_keys"


@dataclass(frozen=True)
class LineState:
    """The connection to the gateway.

    Attributes:
        since: when it came into this state, aware UTC.
        checked_at: the last call that told.
        clock_skew_s: the PC's clock minus the gateway's, None before the first answer.
    """

    line: Line
    since: datetime
    checked_at: datetime | None
    clock_skew_s: float | None = None


@dataclass(frozen=True)
class Look:
    """What one look at the gateway brought.

    Attributes:
        changed: attempts whose state, failure or receipt changed.
        waiting: every live attempt after it.
        line: the connection after it.
        next_in_s: seconds until the next look; None when nothing is open or watched closely.
        succeeded: whether the gateway answered for everything that was looked at.
        problem: the error's class name when it did not, else empty.
    """

    changed: tuple[AttemptView, ...]
    waiting: tuple[AttemptView, ...]
    line: LineState
    next_in_s: float | None
    succeeded: bool
    problem: str = ""


@dataclass(frozen=True)
class ReconcileReport:
    """What one full pass over everything open and watched found.

    Attributes:
        looked_at, unreachable: attempts that could be looked at, and that could not.
        changed: attempts whose state changed.
    """

    looked_at: int
    unreachable: int
    changed: tuple[AttemptView, ...]
    line: LineState

    @property
    def is_complete(self) -> bool:
        """Whether everything could be looked at."""
        return self.unreachable == 0


@dataclass(frozen=True)
class PaymentRow:
    """A payment received, for lists.

    Attributes:
        state: `captured`, `refunded` or `partly refunded`.
        is_late: whether it came after its attempt was given up.
        decision: what was decided about money that paid nothing; empty while nothing was.
        came_back: whether its refund failed, and it waits in the inbox again.
    """

    uid: str
    at: datetime
    student_name: str
    roll_no: str
    course_label: str
    amount: Money
    refunded: Money
    method: Method
    state: str
    is_late: bool
    placement: Placement
    payment_id: str | None
    rrn: str | None
    receipt_no: str | None
    receipt_uid: str | None
    decision: str = ""
    came_back: bool = False


@dataclass(frozen=True)
class PaymentFilter:
    """Which payments to list.

    Attributes:
        since: only from this instant on (aware), None for all.
        method: `upi` for every gateway channel, `cash`, or empty for all.
        text: part of a name, a roll number, a receipt number or a UTR.
        state: `late`, `held` (waits in the inbox), `refunded` (in part too), or empty for all.
    """

    since: datetime | None = None
    method: str = ""
    text: str = ""
    state: str = ""


@dataclass(frozen=True)
class PaymentPage:
    """One page, newest first; `total` and `sum` (None where not wanted) are of all that match."""

    rows: tuple[PaymentRow, ...]
    total: int
    sum: Money | None


@dataclass(frozen=True)
class CentreView:
    """The centre as receipts name it.

    Attributes:
        gstin, logo: empty without; the logo is its picture's name in the data folder.
    """

    name: str = ""
    address: str = ""
    gstin: str = ""
    state: str = ""
    email: str = ""
    logo: str = ""


@dataclass(frozen=True)
class ReceiptView:
    """Everything a receipt shows, as it was when it was issued.

    Attributes:
        lines: the bill's lines, summing to `amount`.
        prints: how often it was printed or saved before; from one on it says DUPLICATE.
        is_training: whether it must say that it is no receipt.
        refunded: what was given back since; None for nothing.
        copied_at: when this copy was made, for those that say DUPLICATE.
        stamp: by what it proves itself; None where there was no key to make one.
        is_specimen: whether it is a printer's test page.
    """

    uid: str
    number: str
    issued_at: datetime
    centre: CentreView
    desk_id: str
    student_name: str
    roll_no: str
    guardian_name: str
    student_state: str
    course_code: str
    course_label: str
    sac: str
    lines: tuple[QuoteLine, ...]
    amount: Money
    words: str
    gst_rate: str
    method: Method
    payment_id: str | None
    order_id: str | None
    rrn: str | None
    is_training: bool
    placement: Placement
    prints: int = 0
    refunded: Money | None = None
    copied_at: datetime | None = None
    stamp: Stamp | None = None
    is_specimen: bool = False


@dataclass(frozen=True)
class SettingsView:
    """What the desk is set to. Amounts in paise, times in seconds.

    Attributes:
        requests_per_minute: this desk's share of what one key may ask.
        paper: of receipts: `a4`, `a5`, `roll80` or `roll58`.
        printer: the printer for receipts by its name; empty for the system's own.
        language: of the window, `en` or `hi`; `receipt_language` that of receipts.
        text_percent: size of all text, 100 to 200.
        customer_display: `auto` (the second screen), `window` or `off`.
    """

    centre: CentreView = field(default_factory=CentreView)
    desk_id: str = "D1"
    upi_limit_paise: int = 1_00_000_00
    requests_per_minute: int = 60
    expiry_s: int = 900
    theme: str = "system"
    paper: str = "a5"
    printer: str = ""
    language: str = "en"
    text_percent: int = 100
    has_sound: bool = True
    customer_display: str = "auto"
    receipt_language: str = "en"
    setup_done: bool = False


class KeyMode(StrEnum):
    """Which of Razorpay's worlds the keys belong to."""

    NONE = "none"
    TEST = "test"
    LIVE = "live"
    SANDBOX = "sandbox"
    """Any key used against a loopback address: training, rehearsal, tests."""


@dataclass(frozen=True)
class KeysView:
    """The gateway's keys, masked.

    Attributes:
        masked_id: like `rzp_test_••••9xYz`, empty without keys.
        source: `keyring`, `environment`, `training` or `none`.
    """

    masked_id: str
    mode: KeyMode
    source: str


@dataclass(frozen=True)
class PhoneSees:
    """What the simulated phone shows after a scan (training only)."""

    is_payable: bool
    payee: str
    amount: Money | None
    note: str
    reason: str

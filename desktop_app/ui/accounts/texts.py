"""How dues, promises and lines of a statement are named."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from desktop_app.domain.ageing import Bucket
from desktop_app.domain.enrollment import DueKind
from desktop_app.domain.key_mode import MoneyMode
from desktop_app.domain.payment import Method
from desktop_app.domain.promises import PromiseState
from desktop_app.domain.receipt import IST
from desktop_app.domain.tender import AWAITING_BANK, NEVER_CAME
from desktop_app.domain.text import clean_line
from desktop_app.services.posting.credits import (
    CHANGED,
    MOVED,
    OPENING,
    OVERPAID,
    RETURNED,
    TAKEN_BACK,
    USED,
)
from desktop_app.services.views.dues import LineKind
from desktop_app.ui.core.formatting import METHODS, NONE, day_text, short_rupees
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.tables.columns import Tag
from desktop_app.ui.tables.tags import BANK_TAGS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from desktop_app.domain.ageing import Standing
    from desktop_app.services.views.dues import FamilyAccount, ListedDue, PromiseMark, StatementLine

BUCKETS: Mapping[Bucket, N_] = {
    Bucket.NOT_DUE: N_("Not due yet"),
    Bucket.TODAY: N_("Due today"),
    Bucket.WEEK: N_("1–7 days"),  # noqa: RUF001 - an en dash between numbers
    Bucket.FORTNIGHT: N_("8–15 days"),  # noqa: RUF001
    Bucket.MONTH: N_("16–30 days"),  # noqa: RUF001
    Bucket.TWO_MONTHS: N_("31–60 days"),  # noqa: RUF001
    Bucket.THREE_MONTHS: N_("61–90 days"),  # noqa: RUF001
    Bucket.OLDER: N_("Over 90 days"),
}
"""How long a due is overdue."""
_PROMISES: Mapping[PromiseState, tuple[N_, str, str]] = {
    PromiseState.OPEN: (N_("{amount} by {day}"), "waiting", "accent"),
    PromiseState.KEPT: (N_("Kept: {amount} by {day}"), "paid", "paid"),
    PromiseState.BROKEN: (N_("Broken: {amount} by {day}"), "attention", "wrong"),
    PromiseState.WITHDRAWN: (N_("Cancelled: {amount} by {day}"), "cross", "quiet"),
}
_LINES: Mapping[LineKind, N_] = {
    LineKind.ASKED: N_("Fee"),
    LineKind.LATE_FEE: N_("Late fee"),
    LineKind.CONCESSION: N_("Concession"),
    LineKind.WAIVE: N_("Late fee waived"),
    LineKind.REPRICE: N_("Fee changed"),
    LineKind.CANCEL: N_("Fee cancelled"),
    LineKind.WRITE_OFF: N_("Written off"),
    LineKind.RESTORE: N_("Restored"),
    LineKind.PAID: N_("Payment"),
    LineKind.TAKEN_BACK: N_("Refund"),
    LineKind.KEPT: N_("Moved to credit"),
    LineKind.CREDIT: N_("Credit"),
}
_OF_PAYMENTS = frozenset({LineKind.PAID, LineKind.TAKEN_BACK, LineKind.KEPT})
_CREDIT: Mapping[str, N_] = {
    OPENING: N_("Paid before"),
    USED: N_("Used for a fee"),
    OVERPAID: N_("Overpaid"),
    MOVED: N_("Moved within the family"),
    RETURNED: N_("Refunded"),
    TAKEN_BACK: N_("Not received"),
    CHANGED: N_("Course changed"),
}
"""Why credit changed."""
_TEST = N_("TEST MONEY")
_STANDING = N_("Overdue {overdue} · payment pending {covered} · not due yet {not_due}")
_ASK = N_(
    "Fees of {amount} are due at {centre}. Please pay at the centre or ask us for a payment link."
)
_ASK_SINCE = N_(
    "Fees of {amount} have been due at {centre} since {day}. Please pay at the centre or ask us "
    "for a payment link."
)


def overdue_text(days: int) -> str:
    """Return how long a due is overdue, or when it falls due."""
    if days > 0:
        return tr(N_("{count} day", "{count} days"), count=days)
    if not days:
        return tr(N_("today"))
    return tr(N_("in {count} day", "in {count} days"), count=-days)


def overdue_tag(row: ListedDue) -> Tag:
    """Return the state of a due: overdue, due today, or not due yet."""
    if row.days > 0:
        words = tr(N_("{count} day overdue", "{count} days overdue"), count=row.days)
        return Tag(words, "attention", "wrong")
    if not row.days:
        return Tag(BUCKETS[Bucket.TODAY], "waiting", "attention")
    return Tag(BUCKETS[Bucket.NOT_DUE], "calendar", "quiet")


def promise_tag(mark: PromiseMark | None) -> Tag | None:
    """Return a promise of a family; None without one."""
    if mark is None:
        return None
    words, icon, tone = _PROMISES[mark.state]
    amount = short_rupees(mark.amount)
    return Tag(tr(words, amount=amount, day=near_day(mark.by_on)), icon, tone)


def promise_day(mark: PromiseMark | None) -> Tag | None:
    """Return only the day of a promise, for a list in which a family has several rows."""
    if mark is None:
        return None
    is_broken = mark.state is PromiseState.BROKEN
    words = N_("Broken: {day}") if is_broken else N_("By {day}")
    _, icon, tone = _PROMISES[mark.state]
    return Tag(tr(words, day=near_day(mark.by_on)), icon, tone)


def promise_text(row: ListedDue) -> str:
    """Return the promise of a due's family, and that it is of the whole family."""
    tag = promise_tag(row.promise)
    if tag is None or row.promise is None:
        return ""
    words = N_("{promise} (family)")
    return tr(words, promise=tag.word) if row.promise.is_shared else tag.word


def near_day(on: date) -> str:
    """Return a day, without its year where that is the present one."""
    text = day_text(on)
    return text[:-5] if on.year == datetime.now(IST).year else text


def course_text(row: ListedDue) -> str:
    """Return the fee of a row: its course, or the late fee of it."""
    if row.kind == DueKind.LATE_FEE.value:
        return tr(N_("Late fee · {course}"), course=row.course_label)
    return row.course_label


def covered_text(row: ListedDue) -> str:
    """Return what of a due is in a pending payment."""
    return short_rupees(row.covered) if row.covered else NONE


def standing_text(standing: Standing) -> str:
    """Return the parts of a balance."""
    return tr(
        _STANDING,
        overdue=short_rupees(standing.overdue),
        covered=short_rupees(standing.covered),
        not_due=short_rupees(standing.not_due),
    )


def line_text(line: StatementLine) -> str:
    """Return the kind of a line of a statement; what never came is no refund."""
    if line.kind is LineKind.TAKEN_BACK and line.verification in NEVER_CAME:
        return tr(BANK_TAGS[line.verification].word)
    return tr(_LINES[line.kind])


def about_text(line: StatementLine) -> str:
    """Return what a line is about: the fee, or how it was paid and that it is not real."""
    if line.kind is LineKind.CREDIT:
        return tr(_CREDIT[OPENING if line.about.startswith(OPENING) else line.about])
    if line.kind in _OF_PAYMENTS and line.about in set(Method):
        words = tr(METHODS[Method(line.about)].listed)
        if line.mode is MoneyMode.TEST:
            return f"{words} · {tr(_TEST)}"
        is_unsure = line.verification in AWAITING_BANK | NEVER_CAME
        if is_unsure and line.kind is LineKind.PAID:
            return f"{words} · {tr(BANK_TAGS[line.verification].word)}"
        return words
    return line.about


def reminder(centre: str, account: FamilyAccount) -> str:
    """Return the message to a parent: how much is due, and since when; no names."""
    overdue = [due for due in account.dues if due.days >= 0]
    listed = overdue or list(account.dues)
    amount = short_rupees(account.standing.overdue if overdue else account.standing.balance)
    words = _ASK_SINCE if overdue else _ASK
    return tr(
        words,
        centre=clean_line(centre) or tr(N_("Your coaching centre")),
        amount=amount,
        day=day_text(min(due.due_on for due in listed)) if listed else "",
    )

"""The cart of a family at the counter, before anything of it is written. No widget, no Qt."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from desktop_app.domain.ageing import Bucket
from desktop_app.domain.money import ZERO, Money, total
from desktop_app.services.views.bills import Cart, CartLine, by_student

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from desktop_app.services.views.bills import BillView, Family, LineView, QuotedCart
    from desktop_app.services.views.enrolment import Bill, DueRow
    from desktop_app.services.views.fees import ConcessionPreview, ConcessionWish


@dataclass(frozen=True)
class Entry:
    """A fee that is due, or a course that a student begins.

    Attributes:
        whole: what is open of it.
        part: what is paid of it now; None for all.
        due_on: None for a course that begins.
        is_ticked: whether it is on the bill.
        is_covered: whether another payment of it is pending, so that it cannot be ticked.
        is_full: whether the course had no seat for it when it was last offered.
        wishes: concessions and codes of a course that begins.
        off: what they take off.
        bill: of a course that begins: its price, and how a plan divides it.
        conceded: what the concessions make of that; None without them, or before it is known.
    """

    student_uid: str
    student_name: str
    label: str
    whole: Money
    due_uid: str | None = None
    course_uid: str | None = None
    plan_code: str = ""
    due_on: date | None = None
    bucket: Bucket = Bucket.TODAY
    part: Money | None = None
    is_ticked: bool = False
    is_covered: bool = False
    is_full: bool = False
    wishes: tuple[ConcessionWish, ...] = ()
    off: Money = ZERO
    bill: Bill | None = None
    conceded: ConcessionPreview | None = None

    @property
    def planned(self) -> Bill | None:
        """The bill of a course that begins, divided as it will be with its concessions."""
        bill, given = self.bill, self.conceded
        plan = bill.plan if bill is not None else None
        if bill is None or plan is None:
            return bill
        plan = replace(plan, can_add=False)
        if given is not None:
            plan = replace(plan, whole=given.listed - given.off, later=given.later)
        return bill._replace(total=self.amount, plan=plan)

    @property
    def amount(self) -> Money:
        """The amount that it adds to the bill."""
        return self.whole - self.off if self.part is None else self.part

    @property
    def line(self) -> CartLine:
        """The line of the bill."""
        return CartLine(
            self.student_uid, self.due_uid, self.course_uid, self.plan_code, self.part, self.wishes
        )


@dataclass
class FamilyCart:
    """The entries of a family, student by student as they are listed, which is the bill's order.

    The student whose fee fell due first is the first.

    Attributes:
        is_touched: whether a clerk has changed anything, so that leaving keeps it.
        bill_uid: the draft that it was kept as; empty for none.
    """

    family: Family
    entries: list[Entry] = field(default_factory=list)
    bill_uid: str = ""
    is_touched: bool = False

    @classmethod
    def of(cls, family: Family) -> FamilyCart:
        """Return the cart of a family with everything ticked that is due today or overdue."""
        cart = cls(family)
        cart.entries = sorted(map(_due_entry, family.dues), key=cart._place_of)
        return cart

    @property
    def students(self) -> list[str]:
        """The students' uids, in the order of the list."""
        return list(dict.fromkeys([*(due.student_uid for due in self.family.dues),
                                   *(each.uid for each in self.family.members)]))  # fmt: skip

    @property
    def ticked(self) -> list[Entry]:
        """The entries on the bill."""
        return [each for each in self.entries if each.is_ticked]

    @property
    def total(self) -> Money:
        """The total of the bill."""
        return total(each.amount for each in self.ticked)

    @property
    def asked(self) -> Mapping[str, Money]:
        """The amount that the bill asks each student for."""
        return by_student((each.student_uid, each.amount) for each in self.ticked)

    @property
    def cart(self) -> Cart:
        """The cart to offer."""
        return Cart(tuple(each.line for each in self.ticked), self.bill_uid)

    def toggle(self, at: int) -> None:
        """Put an entry on the bill, or take it off."""
        entry = self.entries[at]
        if not entry.is_covered:
            self._change(at, is_ticked=not entry.is_ticked, is_full=False)

    def tick_only(self, dues: Collection[str]) -> None:
        """Put these dues on the bill, and nothing else; what is in a payment stays off."""
        self.entries = [
            replace(each, is_ticked=each.due_uid in dues and not each.is_covered)
            for each in self.entries
        ]

    def set_part(self, at: int, part: Money | None) -> None:
        """Set what is paid of an entry now, which puts it on the bill; None for all."""
        whole = self.entries[at].whole
        self._change(at, part=None if part == whole else part, is_ticked=True)

    def remove(self, at: int) -> Entry:
        """Remove an entry from the bill; a fee that is due stays in the list."""
        entry = self.entries[at]
        self.is_touched = True
        if entry.due_uid is None:
            del self.entries[at]
        else:
            self._change(at, is_ticked=False, part=None)
        return entry

    def put_back(self, at: int, entry: Entry) -> None:
        """Undo the removal of an entry."""
        if entry.due_uid is None:
            self.entries.insert(min(at, len(self.entries)), entry)
        else:
            self.entries[at] = entry
        self.is_touched = True

    def add(self, bill: Bill) -> int | None:
        """Add a course under its student; return its place, None where it is there already."""
        wanted = (bill.student_uid, bill.course_uid)
        if any((each.student_uid, each.course_uid) == wanted for each in self.entries):
            return None
        entry = Entry(
            student_uid=bill.student_uid,
            student_name=bill.student_name,
            label=bill.course_label,
            whole=bill.total,
            course_uid=bill.course_uid,
            plan_code=_plan_of(bill),
            is_ticked=True,
            bill=bill,
        )
        own = self._place_of(entry)
        at = sum(self._place_of(each) <= own for each in self.entries)
        self.entries.insert(at, entry)
        self.is_touched = True
        return at

    def join(self, family: Family) -> None:
        """Use a family as it is now, with a brother or sister who was just added."""
        known = {each.due_uid for each in self.entries}
        new = [_due_entry(due) for due in family.dues if due.uid not in known]
        self.family = family
        self.entries = sorted([*self.entries, *new], key=self._place_of)

    def divide(self, bill: Bill) -> None:
        """Divide the fee of a course that begins by the plan of another bill for it."""
        for at, each in enumerate(self.entries):
            if (each.student_uid, each.course_uid) == (bill.student_uid, bill.course_uid):
                self._change(at, whole=bill.total, plan_code=_plan_of(bill), off=ZERO, bill=bill,
                             conceded=None)  # fmt: skip

    def new_course(self, student_uid: str) -> int | None:
        """Return the place of the first course that a student begins; None for none."""
        places = (at for at, each in enumerate(self.entries)
                  if each.student_uid == student_uid and each.due_uid is None)  # fmt: skip
        return next(places, None)

    def follows_sibling(self, at: int) -> bool:
        """Return whether the bill enrols a brother or sister before the entry at a place."""
        own = self.entries[at].student_uid
        before = [each for each in self.entries[:at] if each.is_ticked and each.due_uid is None]
        return any(each.student_uid != own for each in before)

    @property
    def has_wishes(self) -> bool:
        """Whether a concession or a code is on the bill, so that its price has to be asked for."""
        return any(each.wishes for each in self.ticked)

    def set_wishes(self, at: int, wishes: tuple[ConcessionWish, ...]) -> None:
        """Choose the concessions and codes of a course that begins."""
        self._change(at, wishes=wishes, off=ZERO, conceded=None, is_ticked=True)

    def take_quote(self, quoted: QuotedCart) -> bool:
        """Use the price of the bill; False where the bill was changed since."""
        places = [at for at, each in enumerate(self.entries) if each.is_ticked]
        if len(places) != len(quoted.amounts):
            return False
        lines = zip(places, quoted.cart.lines, quoted.amounts, quoted.given, strict=True)
        for at, line, amount, given in lines:
            entry = self.entries[at]
            if entry.part is None and entry.due_uid is None:
                self.entries[at] = replace(
                    entry, wishes=line.wishes, off=entry.whole - amount, conceded=given
                )
        return True

    def mark_full(self, places: Iterable[int]) -> None:
        """Mark the lines of the bill for which a course has no seat."""
        on_bill = [at for at, each in enumerate(self.entries) if each.is_ticked]
        for place in places:
            if place < len(on_bill):
                self.entries[on_bill[place]] = replace(self.entries[on_bill[place]], is_full=True)

    def resume(self, draft: BillView, bills: Iterable[Bill]) -> None:
        """Tick what a draft has; its courses are added by their bills as they are now."""
        lines = {line.due_uid: line for line in draft.lines if line.due_uid}
        self.entries = [_resumed(each, lines.get(each.due_uid or "")) for each in self.entries]
        begun = {(line.student_uid, line.course_uid): line for line in draft.lines}
        for bill in bills:
            line = begun.get((bill.student_uid, bill.course_uid))
            at = self.add(bill) if line is not None else None
            if line is not None and at is not None:
                self._change(at, wishes=line.wishes)
        self.bill_uid, self.is_touched = draft.uid, True

    def _place_of(self, entry: Entry) -> int:
        students = self.students
        return students.index(entry.student_uid) if entry.student_uid in students else len(students)

    def _change(self, at: int, **values: object) -> None:
        self.entries[at] = replace(self.entries[at], **values)  # type: ignore[arg-type]
        self.is_touched = True


def _plan_of(bill: Bill) -> str:
    plan = bill.plan
    return plan.chosen.code if plan is not None and plan.chosen is not None else ""


def _due_entry(due: DueRow) -> Entry:
    is_covered = due.covered > ZERO
    return Entry(
        student_uid=due.student_uid,
        student_name=due.student_name,
        label=due.label,
        whole=due.balance,
        due_uid=due.uid,
        due_on=due.due_on,
        bucket=due.bucket,
        is_ticked=due.bucket is not Bucket.NOT_DUE and not is_covered,
        is_covered=is_covered,
    )


def _resumed(entry: Entry, line: LineView | None) -> Entry:
    if line is None or entry.is_covered:
        return replace(entry, is_ticked=False, part=None)
    part = line.amount if line.is_part and line.amount < entry.whole else None
    return replace(entry, is_ticked=True, part=part)

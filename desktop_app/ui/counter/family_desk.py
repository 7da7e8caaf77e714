"""A family at the counter: F12 opens all its fees, Ctrl+H the held bills. Made when first wanted.

The bill card shows the lines and the total as it shows one fee, and F9 collects them; a bill that
is paid in part comes back with its rest.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer

from desktop_app.domain.bills import BillState, check_line_part
from desktop_app.domain.channels import takes_only_upi
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import ZERO, Money
from desktop_app.domain.payment import LIVE_STATES, AttemptState
from desktop_app.services.views.bills import BillSummary, bill_name
from desktop_app.ui.core.family_bill import FamilyBill
from desktop_app.ui.core.formatting import one_line
from desktop_app.ui.core.i18n import N_, tr
from desktop_app.ui.counter.bill_news import say_lacking, say_left_out, say_over
from desktop_app.ui.counter.conceded_bill import ConcededFee
from desktop_app.ui.counter.family_card import family_card
from desktop_app.ui.counter.family_panel import FamilyPanel
from desktop_app.ui.counter.family_presenter import FamilyPresenter
from desktop_app.ui.counter.held_bills import HeldBills
from desktop_app.ui.counter.order_page import OrderPage
from desktop_app.ui.counter.presenter import CounterPresenter, Search
from desktop_app.ui.counter.siblings import Siblings
from desktop_app.ui.counter.tender_panel import TenderPanel
from desktop_app.ui.counter.tenders import ToTake

if TYPE_CHECKING:
    from PySide6.QtCore import SignalInstance
    from PySide6.QtWidgets import QWidget

    from desktop_app.services.views.bills import BillView
    from desktop_app.services.views.changes import Changes
    from desktop_app.services.views.enrolment import StudentSummary
    from desktop_app.services.views.fees import ConcessionWish
    from desktop_app.services.views.payments import AttemptView
    from desktop_app.services.views.settings import SettingsView
    from desktop_app.ui.core.page import PageContext
    from desktop_app.ui.counter.bill_card import BillCard
    from desktop_app.ui.counter.column import CounterColumn
    from desktop_app.ui.counter.concessions import Concessions
    from desktop_app.ui.counter.family_cart import Entry
    from desktop_app.ui.counter.payment_presenter import PaymentPresenter
    from desktop_app.ui.counter.side_panel import SidePanel
    from desktop_app.ui.counter.today_card import TodayCard
    from desktop_app.ui.widgets.picker import Picker

_COURSES = 20


class FamilyHost(Protocol):
    """The counter, as far as a family needs it."""

    context: PageContext
    presenter: CounterPresenter
    column: CounterColumn
    side: SidePanel
    bill: BillCard
    concessions: Concessions
    today: TodayCard
    student: Picker
    course: Picker

    family_shown: SignalInstance

    @property
    def is_paying(self) -> bool:
        """Whether a payment is on screen rather than the bill."""

    def collect(self) -> None:
        """Collect what is shown (F9)."""

    def next_student(self, typed: str = "") -> None:
        """Begin with the next parent."""

    def fit_sides(self) -> None:
        """Divide the page."""


class FamilyDesk(QObject):
    """Shows a family in the counter's two sides, and takes over F9, Esc and the next student."""

    def __init__(self, page: FamilyHost, payment: PaymentPresenter) -> None:
        super().__init__(page.side)
        self._page, self._payment = page, payment
        self._settings: SettingsView | None = None
        self._collects_chosen = False
        self.presenter = FamilyPresenter(page.context.runner, self)
        self.panel, self.held, self.tender = FamilyPanel(), HeldBills(), TenderPanel()
        self.order = OrderPage()
        self._courses = Search(
            page.context.runner, lambda desk, text: desk.courses.search(text, _COURSES), self
        )
        self._end_hold = QTimer(self, singleShot=True)
        self._end_hold.timeout.connect(self.presenter.read_again)
        page.bill.hold_tender(self.tender, self.tender.edit)
        self._siblings = Siblings(page.context, self.presenter, self.panel)
        self._connect()
        page.context.runner.local(lambda desk: desk.settings.view(), self._use, owner=self)

    @property
    def is_open(self) -> bool:
        """Whether a family or the held bills are on screen."""
        return self._page.column.covered in (self.panel, self.held)

    def open(
        self, student_uid: str, dues: tuple[str, ...] = (), *, is_collected: bool = False
    ) -> None:
        """Show a student's family, once it is read, with the course that was chosen just before.

        Args:
            student_uid: a student of the family.
            dues: the uids of the dues to tick; empty for all that is due by now.
            is_collected: whether the payment begins at once where the bill is one line.
        """
        picked = self._page.presenter
        is_picked = picked.student is not None and picked.student.uid == student_uid
        course = picked.chosen if is_picked and not (dues or self.is_open) else None
        if self.is_open:
            self.leave()
        self._collects_chosen = is_collected
        self.presenter.open(student_uid, dues, course)

    def add_student(self) -> bool:
        """Add a brother or sister (Ctrl+N); False where no cart of a family is on screen."""
        return self._page.column.covered is self.panel and self._siblings.add()

    def take_in(self, student: StudentSummary) -> bool:
        """Add a student who was just saved to the family; False where none is on screen."""
        return self._page.column.covered is self.panel and self._siblings.take(student)

    def open_held(self) -> None:
        """Show the held bills; those of today stay when it is left."""
        self.leave()
        self._cover(self.held)
        self.held.begin()

    def leave(self) -> None:
        """Go back to the searches; a cart that somebody worked on is kept for the day."""
        if not self.is_open and not self.presenter.is_open:
            return
        self._close_order()
        self.presenter.close()
        self.tender.hide()
        self._page.family_shown.emit(None)
        self._page.bill.show_cart(None)
        self._page.column.uncover()
        self._page.presenter.start_over()

    def collect(self) -> bool:
        """Collect the bill (F9); False where no family is on screen."""
        if not self.is_open:
            return False
        side = self._page.side
        if self._page.column.covered is self.held:
            return True
        if side.is_narrow and not side.is_alone:  # the bill has to be seen first
            self._rest_on_bill(is_ready=True)
            self._page.bill.ways.focus()
            return True
        amount = self.tender.amount() if self.tender.isVisibleTo(self._page.bill.foot) else None
        if amount is not None:
            self.presenter.offer(self._page.bill.chosen_method(), amount)
        return True

    def to_take(self) -> ToTake | None:
        """Return what a tender of the counter is taken for; None where nothing is due.

        Raises:
            InvalidInputError: the amount cannot be collected, which is shown beside it.
        """
        presenter = self.presenter
        begin, due = presenter.taking(), presenter.due
        if self._page.column.covered is not self.panel or begin is None or not due:
            return None
        now = self.tender.require()
        bill, cart = presenter.bill, presenter.cart
        lines = bill.lines if bill is not None else cart.ticked if cart is not None else ()
        asked = bill.asked if bill is not None else cart.asked if cart is not None else {}
        name = bill.payer_name if bill is not None else cart.family.name if cart else ""
        fees = tr(N_("{count} fee", "{count} fees"), count=len(lines))
        who = f"{one_line(name, 60)} · {fees}"
        dues = tuple(each.due_uid or "" for each in lines)
        return ToTake(who, due, asked, begin, presenter.follow, now, dues)

    def go_back(self) -> bool:
        """Go one step back (Esc); False where the counter itself does."""
        if self._page.side.drawer is self.order:
            self._close_order()
            self.held.box.setFocus()
            return True
        if not self.is_open or self._page.is_paying:
            return False
        if self._page.column.covered is self.panel and self.panel.go_back():
            return True
        if self._page.side.is_alone and self._page.column.covered is self.panel:
            self._rest_on_bill(is_ready=False)
            self._focus()
            return True
        self.leave()
        self._page.student.focus()
        return True

    def keeps_on(self) -> bool:
        """Go back to the bill whose payment has ended, while something of it is due.

        Returns:
            False where the next student may come.
        """
        view = self._payment.view
        is_over = view is not None and view.state not in LIVE_STATES
        if self.is_open and self._page.is_paying and is_over and self._rest():
            self._payment.leave()
            self.presenter.read_again()
            self._focus()
            return True
        self.leave()
        return False

    def take_back(self, view: AttemptView) -> bool:
        """Show the bill of a payment again, for another method; False where it has none."""
        bill = self.presenter.bill
        tenders = {each.attempt_uid for each in bill.tenders} if bill is not None else set()
        if not self.is_open or view.uid not in tenders:
            return False
        self._payment.leave()
        self.presenter.read_again()
        self._page.bill.ways.focus()
        return True

    def apply_changes(self, changes: Changes) -> None:
        """Read the bill again once money came."""
        if changes.payments and self.is_open:
            self.presenter.read_again()
            if self._page.column.covered is self.held:
                self.held.asked.emit(self.held.box.text())

    def retranslate(self) -> None:
        """Show everything in the current language."""
        if self._page.column.covered is self.panel:
            self._show()

    def _use(self, settings: SettingsView) -> None:
        self._settings = settings
        if self.presenter.is_open:
            self._show()

    def _rest(self) -> Money | None:
        bill = self.presenter.bill
        return bill.to_collect if bill is not None and bill.is_open else None

    def _cover(self, part: QWidget) -> None:
        page = self._page
        page.column.cover(part)
        if part is self.panel:
            page.bill.follow(*self.panel.in_order())
        page.side.rest_on(page.bill if part is self.panel else page.today, is_ready=False)
        page.fit_sides()

    def _rest_on_bill(self, *, is_ready: bool) -> None:
        self._page.side.rest_on(self._page.bill, is_ready=is_ready)
        self._page.fit_sides()

    def _focus(self) -> None:
        self.panel.list.setFocus()

    def _show(self) -> None:
        """Show the cart or the bill on both sides."""
        bill, cart = self.presenter.bill, self.presenter.cart
        if bill is not None:
            self.panel.show_bill(bill, bill_name(bill.number))
            lines = [
                (line.student_name, line.label, line.amount)
                for line in bill.lines
                if not line.is_covered
            ]
            name, asked = bill.payer_name, bill.to_collect
            self._watch_hold(bill)
        elif cart is not None:
            self.panel.show_cart(cart)
            lines = [(each.student_name, each.label, each.amount) for each in cart.ticked]
            name, asked = cart.family.name, cart.total
        else:
            return
        self._show_bill(name, lines, asked)
        if self._page.column.covered is not self.panel:
            self._cover(self.panel)
        focused: QWidget | None = self._page.side.window().focusWidget()
        is_inside = focused is not None and self.panel.isAncestorOf(focused)
        if not self._page.is_paying and not is_inside:
            self._focus()

    def _show_bill(self, name: str, lines: list[tuple[str, str, Money]], asked: Money) -> None:
        page = self._page
        if asked:
            self.tender.show_due(asked, self._limit())
        self.tender.setVisible(bool(asked))
        now = self.tender.typed() if asked else None
        cart = self.presenter.cart
        credit = cart.family.credit if cart is not None else ZERO
        limit = Money(self._settings.upi_limit_paise) if self._settings else asked
        page.bill.show_cart(family_card(name, lines, asked, limit), now, credit)
        page.family_shown.emit(FamilyBill(tuple(lines), asked))

    def _limit(self) -> Money | None:
        """Return the limit of one payment by the method that is chosen."""
        is_limited = takes_only_upi(self._page.bill.chosen_method())
        return Money(self._settings.upi_limit_paise) if is_limited and self._settings else None

    def _show_now(self) -> None:
        self._page.bill.show_now(self.tender.typed())
        QTimer.singleShot(0, self, self._page.fit_sides)  # once the hint has its place

    def _method_changed(self) -> None:
        due = self.presenter.due
        if self.is_open and due:
            self.tender.show_due(due, self._limit())
            self._show_now()

    def _watch_hold(self, bill: BillView) -> None:
        """Read the bill again once its seats are not held any more."""
        self._end_hold.stop()
        if bill.state is BillState.PART_PAID and bill.hold_until is not None:
            from datetime import UTC, datetime

            left = (bill.hold_until - datetime.now(UTC)).total_seconds()
            self._end_hold.start(max(1_000, int(left * 1_000) + 500))

    def _began(self, view: AttemptView) -> None:
        self._page.bill.ways.note_used()
        self._page.side.panel.paid_card.show_bill(self.presenter.bill)
        self._payment.show(view, and_open=view.state is not AttemptState.PAID)

    def _taken(self, bill: BillView) -> None:
        """Go on after a cheque or credit: with what is left to collect, or the next student."""
        if not self._page.is_paying and not bill.to_collect:
            self._page.next_student()

    def _changed(self) -> None:
        bill = self.presenter.bill
        self._page.side.panel.paid_card.show_bill(bill)
        is_over = bill is not None and not bill.is_open and not self._page.is_paying
        if bill is None or not is_over:
            self._show()
            return
        if bill.state is BillState.ABANDONED or not all(each.is_printed for each in bill.receipts):
            say_over(self._page.context, bill)
        self._page.next_student()

    def _ended(self, bill: BillView) -> None:
        """Post what was paid of a bill that a person ended, with its receipts."""
        if bill.receipts:
            say_over(self._page.context, bill)

    def _chosen(self, lacking: int) -> None:
        """Collect the dues that were selected elsewhere, or show why they can't be yet."""
        presenter, cart = self.presenter, self.presenter.cart
        if cart is not None and cart.ticked:
            self.panel.list.select_entry(cart.entries.index(cart.ticked[0]))
        if lacking:
            say_lacking(self._page.context, lacking, has_bill=presenter.bill is not None)
        elif self._collects_chosen and self._can_begin():
            presenter.offer(self._page.bill.chosen_method(), None)
        self._collects_chosen = False

    def _can_begin(self) -> bool:
        """Whether the bill is one line that a QR or a link collects whole, without a question."""
        cart = self.presenter.cart
        is_one = cart is not None and len(cart.ticked) == 1
        is_whole = cart is not None and self.tender.typed() == cart.total
        return is_one and is_whole and self._page.bill.shows_qr_at_once

    def _toggle(self, at: int) -> None:
        if self.presenter.cart is not None:
            self.presenter.cart.toggle(at)
            self._show()
            self.presenter.requote()

    def _remove(self, at: int) -> None:
        cart = self.presenter.cart
        if cart is None:
            return
        entry = cart.remove(at)
        self._show()
        self.presenter.requote()
        if entry.due_uid is None:
            self._page.context.notices.note(
                N_("Removed from the bill: {fee}."),
                actions=((N_("Undo"), partial(self._put_back, at, entry)),),
                values={"fee": one_line(entry.label, 60)},
            )

    def _put_back(self, at: int, entry: Entry) -> None:
        cart = self.presenter.cart
        if cart is not None:
            cart.put_back(at, entry)
            self._show()

    def concede(self) -> bool:
        """Choose concessions for the selected new course (F4); False where no family is open."""
        cart, place = self.presenter.cart, self.panel.list.place()
        if not self.is_open:
            return False
        at = place.at if place is not None else None
        if cart is not None and place is not None and at is None:
            at = cart.new_course(place.student_uid)
        if cart is None or at is None or cart.entries[at].due_uid is not None:
            self._page.context.notices.say(
                N_("Select a new course first."),
                N_("For a fee that's already due, make a separate bill and press F4."),
            )
            return True
        entry = cart.entries[at]
        fee = ConcededFee(
            entry.student_uid, entry.course_uid or "", entry.plan_code or None,
            f"{entry.student_name} · {entry.label}", cart.follows_sibling(at),
        )  # fmt: skip
        self._page.concessions.open_for(fee, entry.wishes, partial(self._set_wishes, at))
        return True

    def _set_wishes(self, at: int, wishes: tuple[ConcessionWish, ...]) -> None:
        if self.presenter.cart is not None:
            self.presenter.cart.set_wishes(at, wishes)
            self._show()
            self.presenter.requote()
        self._focus()

    def _set_part(self, at: int, part: Money | None) -> None:
        cart = self.presenter.cart
        if cart is None:
            return
        if part is not None and self._settings is not None:
            least = Money(int(self._settings.texts["bill.least_part_paise"]))
            try:
                check_line_part(cart.entries[at].whole, part, least)
            except InvalidInputError as error:
                self.panel.complain(error)
                return
        cart.set_part(at, part)
        self.panel.end_part()
        self._show()

    def _resume(self, bill: BillSummary) -> None:
        self._cover(self.panel)
        self.presenter.open_bill(bill.uid)

    def _show_order(self, bill: BillView) -> None:
        self.order.show_bill(bill)
        self._page.side.open_drawer(self.order)
        self.order.focus()

    def _close_order(self) -> None:
        if self._page.side.drawer is self.order:
            self._page.side.close_drawer()

    def _connect(self) -> None:
        page, presenter, panel = self._page, self.presenter, self.panel
        presenter.changed.connect(self._changed)
        presenter.offered.connect(self._began)
        presenter.busy.connect(page.bill.show_busy)
        presenter.held.connect(self.held.show_bills)
        presenter.found.connect(self._show_order)
        presenter.dropped.connect(page.context.notices.tell)
        presenter.taken.connect(self._taken)
        presenter.over.connect(self._ended)
        presenter.left_out.connect(partial(say_left_out, page.context))
        panel.student_wanted.connect(self.add_student)
        presenter.chosen.connect(self._chosen)
        panel.list.ticked.connect(self._toggle)
        panel.list.removed.connect(self._remove)
        panel.parted.connect(self._set_part)
        panel.added.connect(presenter.add)
        panel.divided.connect(presenter.divide)
        panel.concede_wanted.connect(self.concede)
        presenter.added.connect(panel.list.select_entry)
        panel.course_wanted.connect(self._courses.ask)
        self._courses.answered.connect(panel.show_courses)
        self.held.asked.connect(presenter.list_held)
        self.held.resumed.connect(self._resume)
        self.held.shown.connect(lambda bill: presenter.show_order(bill.uid))
        self.held.ended.connect(lambda bill: presenter.end(bill.uid))
        self.order.closed.connect(self._close_order)
        self.order.print_wanted.connect(page.context.printer.print_receipt)
        self.order.slip_wanted.connect(page.context.printer.print_slip)
        self.tender.changed.connect(self._show_now)
        self.tender.taken.connect(page.collect)
        page.bill.ways.changed.connect(self._method_changed)
        for picker in (page.student, page.course):
            picker.wanted.connect(self._leave_for_search)

    def _leave_for_search(self) -> None:
        if self.is_open:
            self.leave()

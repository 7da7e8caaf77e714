"""The rules of random days with fees: plans, carts, concessions, counter tenders and decisions.

They come beside those of `state_machine_rules`: each is what a clerk, a parent or a bank does.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.course_change import ChangeMode
from desktop_app.domain.instruments import BounceReason, InstrumentState
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.receipt import day_in_india
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.services.views.fees import ConcessionWish

from .fee_setup import CODES
from .gateway_facts import captured_payments
from .proof_desk import refusals
from .state_machine_rules import ANY, FLAG, LINES, METHODS, ONE, DeskStateMachine

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.services.views.enrolment import DueRow
    from desktop_app.services.views.payments import AttemptView

WHY = "agreed with the family"
TEST_KEY = "rzp_test_fake000000001"
TRIED_SQL = f"SELECT 1 FROM attempts WHERE key_id = '{TEST_KEY}'"
PLANS = st.sampled_from(["FOUR", "DOWN", "SHARES"])
COUNTER = st.sampled_from(
    [Method.NEFT, Method.RTGS, Method.IMPS, Method.CARD_MACHINE, Method.UPI_STATIC, Method.CASH]
)
PARTS = st.sampled_from([None, None, 100, 123_456, 499_901, 1_180_000, 1_300_050])
DUES = st.lists(ANY, min_size=1, max_size=3)
WISHES = st.sampled_from(["none", "sibling", "early", "tenth", "odd", "all", *CODES])
STEPS = st.sampled_from(
    ["deposit", "deposit", "clear", "clear", "bounce", "give_back", "lose", "expire"]
)
SETTINGS = st.sampled_from([
    ("cheque.books_on", "receipt"), ("cheque.books_on", "clearance"),
    ("cheque.activates", "receipt"), ("cheque.activates", "clearance"),
    ("cheque.bounce_charge_paise", "20000"), ("promo.free_after_refund", "on"),
    ("concessions.spread", "last"), ("bill.hold_minutes", "1"),
])  # fmt: skip
DECISIONS = st.sampled_from(["waive", "waive", "write_off", "restore", "move", "ask"])


class FeeStateMachine(DeskStateMachine):
    """Days of a desk that also has plans, families and every way to pay."""

    # --- enrolments and bills

    def _students(self) -> list[str]:
        return self.desk.students

    def _open_dues(self) -> list[DueRow]:
        return list(self.desk.services.carts.family(self.desk.students[0]).dues)

    def _chosen(self, which: list[int]) -> list[DueRow]:
        dues = self._open_dues()
        return (
            list({each.uid: each for each in (dues[at % len(dues)] for at in which)}.values())
            if dues
            else []
        )

    def _today(self) -> date:
        return day_in_india(self.desk.clock.now())

    @rule(student=ONE, plan=PLANS, days=st.sampled_from([0, 10, 40, 100]))
    def enrol_by_plan(self, student: int, plan: str, days: int) -> None:
        joined = self._today() - timedelta(days=days)
        with refusals():
            self.desk.services.enrolments.enrol(
                self.desk.students[student], self.desk.plan_course, joined, plan
            )

    def _wishes(self, wish: str) -> list[ConcessionWish]:
        known: dict[str, list[ConcessionWish]] = {
            "none": [],
            "sibling": [ConcessionWish("sibling", reason=WHY)],
            "early": [ConcessionWish("early", reason=WHY)],
            "tenth": [ConcessionWish("other", 1_000, reason=WHY)],
            "odd": [ConcessionWish("other", 123_457, ConcessionMeasure.AMOUNT, reason=WHY)],
            "all": [ConcessionWish("other", 10_000, reason=WHY)],
        }
        return known[wish] if wish in known else [ConcessionWish("", promo=wish.lower())]

    @rule(student=ONE, plan=PLANS, method=METHODS, wish=WISHES, cash=FLAG, in_plan=FLAG)
    def collect_with_a_concession(
        self, student: int, plan: str, method: Method, wish: str, cash: bool, in_plan: bool
    ) -> None:
        course = self.desk.plan_course if in_plan else self.desk.courses[1 + student]
        agree = self.desk.services.desk.concessions.agreed(self._wishes(wish))
        with refusals():
            begun = self.desk.services.payments.begin(
                self.desk.students[student], course, Method.CASH if cash else method,
                plan_code=plan if in_plan else None, agree=None if wish == "none" else agree,
            )  # fmt: skip
            if not cash:
                self._remember_code(self.desk.services.payments.open(begun.uid))

    @rule(lines=LINES, dues=DUES, with_plan=FLAG, method=METHODS, cash=FLAG, part=PARTS,
          ends=st.sampled_from(["pays", "stays", "crashes"]))  # fmt: skip
    def offer_cart(
        self, lines: list[tuple[int, int]], dues: list[int], with_plan: bool, method: Method,
        cash: bool, part: int | None, ends: str,
    ) -> None:  # fmt: skip
        """Offer dues and courses in one bill; its first tender is in cash or by a code."""
        wanted = [
            CartLine(self.desk.students[student], course_uid=self.desk.courses[course])
            for student, course in lines
        ]
        wanted += [CartLine(each.student_uid, due_uid=each.uid) for each in self._chosen(dues)]
        if with_plan:
            wanted.append(CartLine(self.desk.students[1], course_uid=self.desk.plan_course))
        wanted = wanted[-3:]
        with refusals():
            offered = self.desk.services.carts.offer(
                Cart(tuple(wanted)), Method.CASH if cash else method, Money(part) if part else None
            )
            self._go_on(offered.attempt, ends)

    def _go_on(self, attempt: AttemptView, ends: str) -> None:
        if ends == "crashes":
            self.desk.restart()
        elif attempt.method.value != "cash":
            self._remember_code(self.desk.services.payments.open(attempt.uid))
            if ends == "pays":
                self.pay(-1, "success")
                self.desk.services.polling.run()

    @rule(which=ANY, method=METHODS, cash=FLAG, part=PARTS,
          ends=st.sampled_from(["pays", "stays", "crashes"]))  # fmt: skip
    def tender_again(
        self, which: int, method: Method, cash: bool, part: int | None, ends: str
    ) -> None:
        bills = self.desk.services.carts.held()
        if not bills:
            return
        with refusals():
            offered = self.desk.services.carts.tender(
                bills[which % len(bills)].uid, Method.CASH if cash else method,
                Money(part) if part else None,
            )  # fmt: skip
            self._go_on(offered.attempt, ends)

    @rule(which=ANY, lines=LINES)
    def tender_by_test_keys(self, which: int, lines: list[tuple[int, int]]) -> None:
        """Pay the rest of a bill while test keys are set: no rupee moves."""
        self.offer_cart(lines, [], False, Method.CASH, True, 100, "stays")
        bills = self.desk.services.carts.held()
        if not bills:
            return
        self.desk.gateway.key_id = TEST_KEY
        with refusals():
            offered = self.desk.services.carts.tender(
                bills[which % len(bills)].uid, Method.UPI_INTENT
            )
            self._go_on(offered.attempt, "pays")
        self.desk.gateway.key_id = self.first_key

    def teardown(self) -> None:
        if hasattr(self, "desk") and self.desk.rows(TRIED_SQL):
            self.desk.gateway.troubles.clear()
            self.desk.gateway.key_id = TEST_KEY
            self.desk.restart()
            self.desk.services.polling.reconcile()
            self.desk.services.polling.reconcile()
            self.desk.gateway.key_id = self.first_key
        super().teardown()

    @rule(which=ANY, tidies=FLAG)
    def end_bill(self, which: int, tidies: bool) -> None:
        bills = self.desk.services.carts.held()
        with refusals():
            if tidies:
                self.desk.services.carts.tidy()
            elif bills:
                self.desk.services.carts.end(bills[which % len(bills)].uid)

    # --- counter tenders

    def _take(self, dues: list[int], method: Method, typed: TypedEvidence) -> None:
        asked = dict.fromkeys(each.uid for each in self._chosen(dues))
        if asked:
            with refusals():
                self.desk.services.payments.begin_dues(asked, method, typed)

    @rule(dues=DUES, method=COUNTER, part=PARTS, number=st.integers(0, 9))
    def take_at_the_counter(
        self, dues: list[int], method: Method, part: int | None, number: int
    ) -> None:
        self._take(dues, method, self._typed(method, part, number))

    def _typed(self, method: Method, part: int | None, number: int) -> TypedEvidence:
        amount = Money(part) if part else None
        if method in {Method.CHEQUE, Method.DRAFT}:
            return TypedEvidence(
                amount=amount, reference=f"00000{number}", bank="SBI", dated=self._today(),
                payer="Vikram", last4="4321",
            )  # fmt: skip
        texts = {
            Method.NEFT: f"HDFCN5202611200{number}",
            Method.RTGS: f"HDFCR5202611200000000{number}",
        }
        if method in {Method.CASH, Method.CREDIT}:
            return TypedEvidence(amount=amount)
        return TypedEvidence(
            amount=amount,
            reference=texts.get(method, f"63241234567{number}"),
            dated=self._today(),
            last4="4321",
            terminal="TID00001" if method is Method.CARD_MACHINE else "",
        )

    @rule(
        which=ANY, part=PARTS, number=st.integers(0, 9),
        method=st.sampled_from([Method.NEFT, Method.CHEQUE, Method.CREDIT, Method.CARD_MACHINE]),
    )  # fmt: skip
    def tender_at_the_counter(
        self, which: int, method: Method, part: int | None, number: int
    ) -> None:
        """Pay a family's open bill by what the counter takes besides cash."""
        bills = self.desk.services.carts.held()
        if bills:
            typed = self._typed(method, part, number)
            with refusals():
                self.desk.services.carts.tender(bills[which % len(bills)].uid, method, typed=typed)

    @rule(which=ANY, ends=st.sampled_from(["match", "reverse", "reverse", "correct"]), number=ONE)
    def bank_answers(self, which: int, ends: str, number: int) -> None:
        claims = self.desk.services.desk.claims
        found = claims.claimed()
        if not found:
            return
        uid = found[which % len(found)].uid
        with refusals():
            if ends == "match":
                claims.match(uid, self._today(), "the statement")
            elif ends == "reverse":
                claims.reverse(uid, "it never came")
            else:
                claims.correct(uid, f"63241234567{number}")

    @rule(dues=DUES, part=PARTS, number=st.integers(1, 6), draft=FLAG)
    def hand_in_a_cheque(self, dues: list[int], part: int | None, number: int, draft: bool) -> None:
        method = Method.DRAFT if draft else Method.CHEQUE
        self._take(dues, method, self._typed(method, part, number))

    @rule(which=ANY, step=STEPS)
    def cheque_goes_on(self, which: int, step: str) -> None:
        cheques = self.desk.services.desk.cheques
        found = cheques.listed(list(InstrumentState))
        if not found:
            return
        uid = found[which % len(found)].uid
        with refusals():
            if step == "deposit":
                cheques.deposit([uid], "HDFC 4321")
            elif step == "clear":
                cheques.clear(uid)
            elif step == "bounce":
                cheques.bounce(uid, BounceReason.FUNDS.value)
            elif step == "expire":
                cheques.expire(uid)
            else:
                getattr(cheques, step)(uid, "asked for it")

    @rule(dues=DUES, part=PARTS, opening=FLAG)
    def pay_from_credit(self, dues: list[int], part: int | None, opening: bool) -> None:
        typed = TypedEvidence(amount=Money(part) if part else None, reference="old book, page 3")
        self._take(dues, Method.OPENING if opening else Method.CREDIT, typed)

    @rule(giver=ONE, part=st.sampled_from([1, 50, 10_000, 120_050]))
    def move_credit(self, giver: int, part: int) -> None:
        with refusals():
            self.desk.services.desk.credits.move(
                self.desk.students[giver], self.desk.students[1 - giver], Money(part), WHY
            )

    @rule(setting=SETTINGS)
    def change_a_setting(self, setting: tuple[str, str]) -> None:
        self.desk.services.desk.settings.put(*setting)
        self.desk.restart()

    # --- decisions

    @rule(which=ANY, wish=WISHES)
    def concede(self, which: int, wish: str) -> None:
        uid = self._enrollment(which)
        if uid and wish != "none":
            with refusals():
                self.desk.services.desk.concessions.concede(uid, self._wishes(wish))

    @rule(which=ANY)
    def take_a_concession_back(self, which: int) -> None:
        found: list[Any] = self.desk.rows(
            "SELECT uid FROM concessions WHERE reverses_uid IS NULL ORDER BY rowid"
        )
        if found:
            with refusals():
                self.desk.services.desk.concessions.take_back(found[which % len(found)][0], WHY)

    @rule(which=ANY, parts=st.integers(1, 3), days=st.sampled_from([0, 30]))
    def replan(self, which: int, parts: int, days: int) -> None:
        dates = [self._today() + timedelta(days=days + 30 * at) for at in range(parts)]
        uid = self._enrollment(which)
        if uid:
            with refusals():
                self.desk.services.desk.changes.replan(uid, dates, WHY)

    @rule(which=ANY, mode=st.sampled_from([*ChangeMode, None]), back=st.integers(-40, 40))
    def change_course(self, which: int, mode: ChangeMode | None, back: int) -> None:
        """Move an enrolment to another batch, or to a course of another price."""
        uid, changes = self._enrollment(which), self.desk.services.desk.changes
        courses = [self.desk.plan_course, *self.desk.other_courses]
        if not uid:
            return
        with refusals():
            if mode is None:
                changes.transfer(uid, courses[which % 2], WHY)
            else:
                on = self._today() + timedelta(days=back)
                changes.change(uid, courses[which % 3], mode, WHY, on)

    @rule(student=ONE, method=METHODS, part=st.sampled_from([None, 100_000]), fails=FLAG)
    def refund_credit_that_was_used(
        self, student: int, method: Method, part: int | None, fails: bool
    ) -> None:
        """Change to a cheaper course, use the credit, and refund the fee on the dashboard."""
        before = set(captured_payments(self.desk.gateway))
        self.collect(student, 1, method)
        self.pay(-1, "success")
        self.desk.services.polling.run()
        uid, gateway = self.desk.students[student], self.desk.gateway
        paid = [each for each in captured_payments(gateway) if each not in before]
        found = self.desk.rows("SELECT uid FROM enrollments ORDER BY rowid DESC LIMIT 1")
        if not (paid and found):
            return
        with refusals():
            cheaper = self.desk.other_courses[1]
            changes = self.desk.services.desk.changes
            changes.change(found[0][0], cheaper, ChangeMode.DIFFERENCE, WHY, self._today())
            due = self.desk.services.due(uid, self.desk.courses[2])
            used = {due: Money(part) if part else None}
            self.desk.services.payments.begin_dues(used, Method.CREDIT)
        key = gateway.refund_on_dashboard(paid[0], gateway.payments[paid[0]].amount_paise)
        self.desk.services.polling.reconcile()
        if fails and key:
            gateway.settle_refund(key, "failed")

    @rule(method=st.sampled_from([Method.UPI_INTENT, Method.NEFT]), both=FLAG,
          uses=st.sampled_from(["no", "uses", "moves", "both"]),
          part=st.sampled_from([None, 100, 480_000]))  # fmt: skip
    def money_of_a_family_goes_back(
        self, method: Method, both: bool, uses: str, part: int | None
    ) -> None:
        """Pay for both at once, change one or both to a cheaper course, and let the money go."""
        before = set(captured_payments(self.desk.gateway))
        course, cheaper = self.desk.courses[1], self.desk.other_courses[1]
        lines = [CartLine(each, course_uid=course) for each in self.desk.students]
        with refusals():
            typed = self._typed(method, None, 7) if method is Method.NEFT else TypedEvidence()
            offered = self.desk.services.carts.offer(Cart(tuple(lines)), method, typed=typed)
            if method is Method.UPI_INTENT:
                self._go_on(offered.attempt, "pays")
            for number in (1, 0) if both else (1,):
                [(uid,)] = self.desk.rows(
                    "SELECT uid FROM enrollments WHERE state = 'active' AND student_uid = "
                    f"'{self.desk.students[number]}' AND course_uid = '{course}'"
                ) or [("",)]
                changes = self.desk.services.desk.changes
                changes.change(uid, cheaper, ChangeMode.DIFFERENCE, WHY, self._today())
        if uses in {"moves", "both"}:
            self.move_credit(1, 120_050)
        if uses in {"uses", "both"}:
            with refusals():
                due = self.desk.services.due(self.desk.students[1], self.desk.courses[2])
                self.desk.services.payments.begin_dues({due: Money(100_000)}, Method.CREDIT)
        gateway = self.desk.gateway
        for payment_id in set(captured_payments(gateway)) - before:
            whole = gateway.payments[payment_id].amount_paise
            gateway.refund_on_dashboard(payment_id, part or whole)
        if method is Method.NEFT:
            self.bank_answers(-1, "reverse", 0)
        self.desk.services.polling.reconcile()

    def _enrollment(self, which: int) -> str:
        found: list[Any] = self.desk.rows(
            "SELECT uid FROM enrollments WHERE state != 'cancelled' ORDER BY rowid"
        )
        return str(found[which % len(found)][0]) if found else ""

    @rule(which=ANY, what=DECISIONS, part=st.sampled_from([None, 1, 5_000, 25_050]))
    def decide(self, which: int, what: str, part: int | None) -> None:
        state = "written_off" if what == "restore" else "open"
        found: list[Any] = self.desk.rows(
            f"SELECT uid FROM dues WHERE state = '{state}' ORDER BY rowid"
        )
        if not found:
            return
        uid, dues = found[which % len(found)][0], self.desk.services.desk.dues
        with refusals():
            if what == "waive":
                dues.waive(uid, Money(part) if part else None, WHY)
            elif what == "write_off":
                dues.write_off(uid, WHY)
            elif what == "restore":
                dues.restore(uid, WHY)
            elif what == "move":
                dues.move_date(uid, self._today() + timedelta(days=which), WHY)
            else:
                dues.ask_late_fees([uid])

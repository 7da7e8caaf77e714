"""Scenes to photograph: each page, each state of the counter, each dialog, in the order of a day.

A scene begins at the idle counter and takes one picture or a few; scenes that put the clock on or
cut the line come last. Checks nothing itself.
"""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QListWidget

from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.courses import make_course
from desktop_app.domain.late_fee import LateKind, LateRule
from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread
from desktop_app.domain.promo_codes import PromoCode
from desktop_app.domain.receipt import IST
from desktop_app.domain.students import make_student
from desktop_app.services.errors import UnknownCourseError
from desktop_app.services.views.bills import Cart, CartLine
from desktop_app.services.views.enrolment import DueFilter
from desktop_app.services.views.evidence import TypedEvidence
from desktop_app.ui.accounts.change_form import ChangeForm
from desktop_app.ui.courses.plan_form import PlanForm
from desktop_app.ui.dues.page import DuesPage
from desktop_app.ui.receipts.preview import open_preview
from desktop_app.ui.settings.page import SettingsPage
from desktop_app.ui.settings.wizard import SetupWizard
from desktop_app.ui.shell.crash_screen import CrashScreen
from desktop_app.ui.tables.import_dialog import ImportDialog
from tests.screenshots.studio import CASH, SEARCH_MS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.screenshots.studio import Studio

LINK = 2


# --- the counter: a family


def _enrol_family(studio: Studio, prefix: str = "F", phone: str = "9822012345") -> list[CartLine]:
    names = ("Ananya Deshpande", "Arjun Deshpande", "आरोही देशपांडे")
    courses = (("PHY-11", "CHE-11"), ("PHY-12", "MATH-9"), ("ENG-F",))
    lines: list[CartLine] = []
    for at, (name, codes) in enumerate(zip(names, courses, strict=True)):
        student = studio.desk.students.add(
            make_student(
                roll_no=f"{prefix}{at:03d}", name=name, guardian_name="Sunita Deshpande",
                guardian_phone=phone,
            )
        )  # fmt: skip
        for code in codes:
            with suppress(UnknownCourseError):
                course = studio.desk.courses.find(code)
                made = studio.desk.enrolments.enrol(student.uid, course.uid)
                lines += [CartLine(student.uid, due_uid=due.uid) for due in made.dues[:1]]
    return lines


def family(studio: Studio) -> None:
    """Brothers and sisters with fees due: the ticks, a part, a new course, cash first, a code."""
    _enrol_family(studio)
    studio.idle()
    studio.student("F000")
    studio.key(Qt.Key.Key_F12)
    studio.until(lambda: studio.has("familyPicker"), "the family")
    studio.settle()
    studio.shot("09a-family")
    QTest.keyClicks(studio.find("familyPicker"), "+")
    QTest.qWait(300)
    studio.shot("09b-family-add-a-course")
    studio.key(Qt.Key.Key_Escape)
    QTest.keyClicks(studio.find("familyPicker"), "*")
    studio.write("100")
    studio.key(Qt.Key.Key_Return)
    studio.shot("09c-family-part")
    studio.key(Qt.Key.Key_Escape)
    if not studio.has("tenderNow"):
        studio.key(Qt.Key.Key_F9)
    studio.method(CASH)
    studio.type("tenderNow", "10000")
    studio.shot("09d-family-part-in-cash")
    studio.key(Qt.Key.Key_F9)
    studio.until_state("paid")
    studio.shot("09e-family-part-paid")
    studio.key(Qt.Key.Key_Escape)
    studio.until(lambda: studio.has("familyPicker") or studio.has("tenderNow"), "the rest")
    studio.settle()
    if not studio.has("tenderNow"):
        studio.key(Qt.Key.Key_F9)
    studio.method(1)
    studio.shot("09f-family-rest")
    studio.key(Qt.Key.Key_F9)
    studio.until_state("awaiting")
    studio.shot("09g-family-code")
    studio.key(Qt.Key.Key_Escape)
    studio.key(Qt.Key.Key_H, ctrl=True)
    QTest.qWait(300)
    studio.shot("09h-held-bills")
    studio.type("billSearch", "B-1")
    QTest.qWait(300)
    uid = studio.desk.carts.found("B-1")[0].uid
    studio.window.parts.counter.family.presenter.show_order(uid)
    studio.until(lambda: studio.has("orderPage"), "the bill")
    studio.settle()
    studio.shot("09i-order-page")
    studio.idle()


def family_paid(studio: Studio) -> None:
    """A family's bill in full: cash and then a code, a card slip, cash and then a transfer."""
    counter, carts = studio.window.parts.counter, studio.desk.carts
    slip = TypedEvidence(
        reference="604512345678", terminal="12345678", last4="4242", auth_code="123456"
    )
    transfer = TypedEvidence(reference="HDFCN52026113001")
    for prefix, phone in (("G", "9822012346"), ("H", "9822012347"), ("I", "9822012348")):
        cart = Cart(tuple(_enrol_family(studio, prefix, phone)))
        if prefix == "H":
            view = carts.offer(cart, Method.CARD_MACHINE, typed=slip).attempt
        else:
            bill = carts.offer(cart, Method.CASH, Money(10_000_00)).bill
            way, typed = (Method.AUTO, None) if prefix == "G" else (Method.NEFT, transfer)
            view = carts.tender(bill.uid, way, typed=typed or TypedEvidence()).attempt
        studio.idle()
        counter.show_attempt(view, and_open=prefix == "G")
        if prefix == "G":
            studio.until_state("awaiting")
            studio.pay(str(studio.window.parts.payment.view.qr_text))  # type: ignore[union-attr]
        studio.until_state("paid")
        studio.settle()
        studio.shot(f"09j-family-paid-{prefix}")
    studio.idle()


# --- the counter: finding


def idle(studio: Studio) -> None:
    studio.shot("00-idle")


def found(studio: Studio) -> None:
    studio.search("studentSearch", "studentResults", "asha")
    studio.shot("01-students-found")
    studio.search("studentSearch", "studentResults", "kavita")
    studio.shot("02-found-in-the-other-script")


def nobody_found(studio: Studio) -> None:
    studio.search("studentSearch", "studentResults", "Rahul Vermani")
    studio.shot("03-nobody-found")


def student_picked(studio: Studio) -> None:
    studio.student("R002")
    studio.shot("04-student-picked")
    studio.search("courseSearch", "courseResults", "xi")
    studio.shot("05-courses-found")


def bill(studio: Studio) -> None:
    studio.pick("R002", "PHY-11")
    studio.shot("06-bill")
    studio.method(CASH)
    studio.shot("07-bill-cash")


def bill_by_plan(studio: Studio) -> None:
    """Fee plans of a course: today's instalment, another plan, and the next instalment."""
    uid = studio.desk.courses.find("JEE-M").uid
    rows = tuple(PlanPart(due_after_days=60 * number) for number in range(4))
    divided = FeePlan("FOUR", "4 instalments", PlanKind.DATES, 4, rows=rows, is_default=True)
    studio.desk.plans.add(uid, divided)
    studio.desk.plans.add(uid, FeePlan("ONE", "Full payment", PlanKind.SINGLE))
    studio.pick("R005", "JEE-M")
    studio.shot("08a-bill-by-plan")
    studio.key(Qt.Key.Key_P)
    studio.shot("08b-bill-full-payment")
    studio.key(Qt.Key.Key_P)
    studio.method(CASH)
    studio.key(Qt.Key.Key_F9)
    studio.until_state("paid")
    studio.shot("08c-first-instalment-paid")
    studio.idle()
    studio.student("R005")
    studio.shot("08d-up-to-date")
    studio.pick("R005", "JEE-M")
    studio.shot("08e-next-instalment")


def concession(studio: Studio) -> None:
    """Concessions of a fee: the list, a promo code, the cap, and the bill with them."""
    studio.desk.promos.add(PromoCode("DIWALI10", ConcessionMeasure.PERCENT, 1_000))
    studio.pick("R002", "PHY-11")
    studio.key(Qt.Key.Key_F4)
    dialog = studio.shown("concessionDialog")
    studio.until(lambda: dialog.table.rowCount() > 0, "concessions")  # type: ignore[attr-defined]
    studio.shot("08f-concession")
    for row in (0, dialog.table.rowCount() - 1):  # type: ignore[attr-defined]
        item = dialog.table.item(row, 0)  # type: ignore[attr-defined]
        if item.flags():
            item.setCheckState(Qt.CheckState.Checked)
    dialog.promo.setText("DIWALI10")  # type: ignore[attr-defined]
    dialog._add_code()  # type: ignore[attr-defined]
    studio.until(lambda: "DIWALI10" in str(dialog._codes), "the code")  # type: ignore[attr-defined]
    dialog.amount.setText("50 %")  # type: ignore[attr-defined]
    dialog.reason.setText("agreed with the owner")  # type: ignore[attr-defined]
    studio.until(dialog.limit.isVisible, "the cap")  # type: ignore[attr-defined]
    studio.shot("08g-concession-capped")
    dialog.save_button.click()  # type: ignore[attr-defined]
    studio.shot("08h-bill-with-concession")
    studio.idle()
    studio.go("settings")
    page = studio.window.parts.page()
    page.show_section("concessions")  # type: ignore[attr-defined]
    studio.until(page.concessions.kinds.rowCount, "kinds")  # type: ignore[attr-defined]
    studio.shot("08i-concessions-in-settings")
    page.concessions.edit_kind.click()  # type: ignore[attr-defined]
    studio.shown("kindForm")
    studio.shot("08j-edit-concession")


def fee_plans(studio: Studio) -> None:
    """Fee plans of a course: their list, and the form with live totals."""
    uid = studio.desk.courses.find("NEET-F").uid
    late = LateRule(LateKind.PER_DAY, amount=Money(5_000), grace_days=5, cap=Money(150_000))
    rows = tuple(PlanPart(share) for share in (4_000, 3_000, 3_000))
    heads = (PlanHead("registration", Money(100_000), spread=Spread.FIRST),)
    plan = FeePlan("THREE", "40, 30, 30", PlanKind.PERCENT, 3, rows=rows, heads=heads)
    studio.desk.plans.add(uid, replace(plan, is_default=True), late)
    studio.desk.plans.add(uid, FeePlan("ONE", "Full payment", PlanKind.SINGLE))
    studio.go("courses")
    studio.type("coursesFind", "NEET-F")
    studio.settle()
    studio.click("coursePlansTab")
    studio.settle()
    studio.shot("21a-fee-plans")
    studio.click("planEditButton")
    studio.settle()
    studio.shot("21b-fee-plan-form")


def fee_heads(studio: Studio) -> None:
    """Fee heads in the settings, and their form; a late fee by days late in a plan."""
    studio.go("settings")
    page = studio.window.findChild(SettingsPage)
    assert page is not None
    page.show_section("fees")
    studio.settle()
    studio.shot("21c-fee-heads")
    studio.click("addHeadButton")
    studio.settle()
    studio.shot("21d-fee-head-form")
    studio.key(Qt.Key.Key_Escape)
    studio.go("courses")
    studio.type("coursesFind", "NEET-F")
    studio.settle()
    studio.click("coursePlansTab")
    studio.click("planAddButton")
    studio.settle()
    form = studio.find("planForm")
    assert isinstance(form, PlanForm)
    form.unfold()
    form.fill(late_rule="+", late_kind="slabs", late_value="8=200, 16=500")
    studio.settle()
    form.area.ensureWidgetVisible(form.fields["late_cap"])
    studio.shot("21e-late-fee-by-days")
    form.settle()
    form.reject()


def long_name(studio: Studio) -> None:
    studio.pick("R005", "JEE-M")
    studio.shot("08-bill-long-name")


def nothing_owed(studio: Studio) -> None:
    studio.pick("R001", "CHE-11")
    studio.shot("09-nothing-owed")


def part_paid(studio: Studio) -> None:
    rows = studio.desk.enrolments.dues(DueFilter())
    row = next(each for each in rows if each.balance < each.amount)
    studio.pick(row.roll_no, row.course_code)
    studio.shot("10-rest-of-a-fee")


def course_full(studio: Studio) -> None:
    studio.pick("R002", "NTSE-10")
    studio.shot("11-course-full")


def over_limit(studio: Studio) -> None:
    fee = Money(1_50_000_00)
    studio.desk.courses.add(
        make_course(code="NEET-R", title="NEET repeater", batch="Hostel", fee=fee)
    )
    studio.pick("R003", "NEET-R")
    studio.shot("12-over-the-limit")


# --- the counter: paying


def waiting(studio: Studio) -> None:
    studio.collect("R002", "PHY-11")
    studio.ask()
    studio.shot("20-waiting")


def failing(studio: Studio) -> None:
    studio.pay(studio.collect("R002", "PHY-12"), "failure")
    studio.shot("21-a-failed-try")
    studio.click("parentSaysPaidButton")
    studio.shot("22-payment-not-showing")
    studio.type("saysPaidUtr", "412345678901")
    studio.click("lookForItButton")
    studio.shot("23-no-such-payment")


def cancelling(studio: Studio) -> None:
    studio.collect("R004", "CHE-12")
    studio.click("cancelPaymentButton")
    studio.shot("24-cancel-asks")
    studio.click("reallyCancelButton")
    studio.shot("25-cancelled")


def link(studio: Studio) -> None:
    studio.collect("R004", "BIO-11", LINK)
    studio.ask()
    studio.shot("26-link")


def checkout(studio: Studio) -> None:
    studio.open_nothing()
    studio.pick("R006", "BIO-11")
    studio.choose("checkout")
    studio.find("methodSelect").showPopup()  # type: ignore[attr-defined]
    studio.shot("26-other-ways")
    studio.find("methodSelect").hidePopup()  # type: ignore[attr-defined]
    studio.key(Qt.Key.Key_F9)
    studio.until_state("awaiting")
    studio.ask()
    studio.shot("26-on-the-page")


def paid(studio: Studio) -> None:
    code = studio.collect("R003", "PHY-11")
    studio.pay(code)
    studio.until_state("paid")
    studio.shot("27-paid")


def paid_in_cash(studio: Studio) -> None:
    studio.collect("R005", "MAT-11", CASH)
    studio.shot("28-paid-in-cash")


def several(studio: Studio) -> None:
    """Five parents at once; one pays while another is served."""
    codes = [studio.collect(f"R{roll:03d}", "JEE-F") for roll in (1, 2, 3, 4)]
    studio.shot("29-several-waiting")
    studio.pick("R005", "PHY-12")
    studio.pay(codes[2])
    studio.shot("30-paid-elsewhere")


def closing(studio: Studio) -> None:
    studio.window.close()
    studio.settle()
    studio.shot("31-closing-asks")
    studio.key(Qt.Key.Key_Escape)


def customer_display(studio: Studio) -> None:
    studio.key(Qt.Key.Key_F11)
    studio.shot("32-display-idle")
    code = studio.collect("R003", "BIO-12")
    studio.key(Qt.Key.Key_F11)
    studio.key(Qt.Key.Key_F11)
    studio.shot("33-display-waiting")
    studio.pay(code)
    studio.until_state("paid")
    studio.shot("34-display-paid")
    studio.window.display.hide()


def phone(studio: Studio) -> None:
    studio.collect("R001", "PHY-12", has_phone=True)
    studio.ask()
    if not studio.has("phonePayButton"):
        studio.click("phoneButton")
    studio.shot("35-practice")
    studio.click("phonePayButton")
    studio.until_state("paid")
    studio.shot("36-practice-paid")


# --- the pages


def students(studio: Studio) -> None:
    studio.go("students")
    studio.shot("40-students")
    for name, text in (("41-students-found", "asha"), ("42-students-none", "nobody at all")):
        studio.key(Qt.Key.Key_F, ctrl=True)
        studio.write(text)
        studio.shot(name)
    studio.key(Qt.Key.Key_F, ctrl=True)
    studio.write("R197")
    studio.shot("42a-student-with-instalments")


def unpaid_fees(studio: Studio) -> None:
    """Open the import of what students still owe, with a file."""
    studio.go("students")
    studio.click("studentsImportButton")
    studio.until(lambda: studio.has("importDuesButton"), "the import")
    studio.click("importDuesButton")
    path = studio.desk.imports.sample("dues", Path(tempfile.mkdtemp()) / "fees.csv")
    dialog = studio.window.findChild(ImportDialog)
    assert dialog is not None
    dialog.show_file(str(path))
    studio.until(dialog.import_button.isEnabled, "the first rows")
    studio.shot("42b-import-unpaid-fees")
    dialog.reject()


def courses(studio: Studio) -> None:
    studio.go("courses")
    studio.shot("43-courses")


def payments(studio: Studio) -> None:
    studio.go("payments")
    studio.shot("44-payments")


def fee_changes(studio: Studio) -> None:
    """Open the menu of what can be changed of a fee, and each form with its result."""
    phone, desk = "9822054321", studio.desk
    late = LateRule(LateKind.PER_DAY, amount=Money(5_000), grace_days=5, cap=Money(150_000))
    today = datetime.now(IST).date()
    for code, batch, fee in (
        ("CRASH-A", "Morning", 56_640), ("CRASH-B", "Evening", 56_640), ("FULL", "Year", 82_600)
    ):  # fmt: skip
        course = make_course(
            code=code, title="JEE crash course", batch=batch, fee=Money(fee * 100), gst_bp=1_800,
            starts_on=today - timedelta(days=60), ends_on=today + timedelta(days=200),
        )  # fmt: skip
        rows = tuple(PlanPart(due_on=today + timedelta(days=at)) for at in (-60, -20, 10, 40))
        uid = desk.courses.add(course).uid
        desk.plans.add(uid, FeePlan("FOUR", "4 instalments", PlanKind.DATES, 4, rows=rows), late)
    student = desk.students.add(
        make_student(
            roll_no="G001", name="Kabir Kulkarni", guardian_name="Meera Kulkarni",
            guardian_phone=phone,
        )
    )  # fmt: skip
    joined = today - timedelta(days=60)
    uid = desk.courses.find("CRASH-A").uid
    dues = desk.enrolments.enrol(student.uid, uid, joined, "FOUR").dues
    desk.payments.begin_dues({dues[0].uid: None}, Method.CASH)
    studio.go("dues")
    studio.type("duesFilter", "Kabir")
    QTest.qWait(SEARCH_MS)
    studio.settle()
    studio.shot("48-dues")
    studio.click("duesChangeButton")
    studio.shot("48a-changes-of-a-fee")
    menu = studio.find("changeMenu")
    menu.close()
    page = studio.window.findChild(DuesPage)
    assert page is not None
    for key in ("move", "waive", "late_fee", "write_off", "replan", "transfer", "course"):
        _change(studio, page, key)
    desk.dues.write_off(dues[1].uid, "Left the city")
    _change(studio, page, "restore")
    page.open_row()
    studio.until(lambda: studio.has("accountChangeButton"), "the account")
    studio.settle()
    studio.shot("48j-account")
    studio.click("accountCloseButton")


def _change(studio: Studio, page: DuesPage, key: str) -> None:
    page.change(key)
    studio.until(lambda: studio.has("changeForm"), key)
    form = studio.find("changeForm")
    assert isinstance(form, ChangeForm)
    if key == "late_fee":
        form.amount.setText("250")
    if key == "replan":
        form.parts.setText("2")
    if key == "course":
        form.course.choose(studio.desk.courses.find("FULL").uid)
    form.fields["reason"].editor.setFocus()
    QTest.keyClicks(form.reason, "Salary comes late this year")
    studio.until(lambda: form._result is not None, f"the result of {key}")
    studio.settle()
    studio.shot(f"48b-{key}")
    form.settle()
    form.reject()
    studio.settle()


def inbox(studio: Studio) -> None:
    studio.go("inbox")
    studio.shot("46-inbox")
    studio.click("heldRefundButton")
    studio.shot("47-inbox-refund-asks")


def settings(studio: Studio) -> None:
    studio.go("settings")
    studio.shot("48-settings")
    if not studio.has("settingsPages"):
        studio.click("changeSettingsButton")
    sections = studio.find("settingsPages")
    assert isinstance(sections, QListWidget)
    for at in range(sections.count()):
        sections.setCurrentRow(at)
        studio.shot(f"49-settings-{at + 1}")


# --- dialogs


def refund(studio: Studio) -> None:
    studio.go("payments")
    studio.click("paymentRefundButton")
    studio.shot("50-refund")


def receipt(studio: Studio) -> None:
    latest = studio.desk.receipts.latest()
    assert latest is not None
    studio.go("payments")
    open_preview(studio.window.parts.page().receipts, latest.uid)  # type: ignore[attr-defined]
    studio.until(studio.shown("previewPrintButton").isEnabled, "a receipt")
    studio.shot("51-receipt")


def new_student(studio: Studio) -> None:
    studio.key(Qt.Key.Key_N, ctrl=True)
    studio.shown("studentForm")
    studio.shot("52-new-student")


def edit_course(studio: Studio) -> None:
    studio.go("courses")
    studio.click("courseDetailsTab")  # the fee plans have other actions, and stay open once seen
    studio.click("courseEditButton")
    studio.shot("53-edit-course")


def help_of_the_counter(studio: Studio) -> None:
    studio.key(Qt.Key.Key_F1)
    studio.shot("54-help")


def crash(studio: Studio) -> None:
    screen = CrashScreen(RuntimeError("x"), None, studio.window)
    screen.open()
    studio.shot("55-crash")
    screen.reject()


def wizard(studio: Studio) -> None:
    wizard = SetupWizard(studio.window.runner, studio.window)
    wizard.open()
    for at, page in enumerate(wizard.pageIds(), 1):
        wizard.setCurrentId(page)
        studio.shot(f"56-set-up-{at}")
    wizard.reject()
    wizard.reject()


# --- the end of the day: the line is cut, the clock is put on


def offline(studio: Studio) -> None:
    code = studio.collect("R002", "MAT-12")
    with studio.sandbox.cut_off():
        studio.ask()
        studio.shot("60-offline-while-waiting")
        studio.pick("R004", "PHY-12")
        studio.shot("61-offline-bill")
        studio.click("keepToCollectButton")
        studio.shot("62-fee-pending")
    studio.idle()
    studio.pay(code)
    studio.shot("63-back-online")


def expiring(studio: Studio) -> None:
    studio.desk.settings.put("payment.expiry_s", "120")  # the PC's clock would be off by more
    studio.collect("R004", "MAT-12")
    studio.sandbox.control("clock", {"advance_s": 70})
    studio.ask()
    studio.shot("64-expires-soon")
    studio.sandbox.control("clock", {"advance_s": 60})
    studio.ask()
    studio.until_state("expired")
    studio.shot("65-expired")


DAY: tuple[Callable[[Studio], None], ...] = (
    idle, found, nobody_found, student_picked, bill, long_name, nothing_owed, part_paid,
    bill_by_plan, fee_plans, fee_heads, concession, family, family_paid,
    course_full, over_limit, waiting, failing, cancelling, link, checkout, paid, paid_in_cash,
    several, closing, customer_display, phone, students, unpaid_fees, courses, payments,
    fee_changes, inbox, settings,
    refund, receipt, new_student, edit_course, help_of_the_counter, crash, wizard, offline,
    expiring,
)  # fmt: skip
"""The scenes at the desk of a centre."""


def without_keys(studio: Studio) -> None:
    studio.shot("70-no-keys")
    studio.pick("R002", "PHY-11")
    studio.shot("71-no-keys-bill")


def empty(studio: Studio) -> None:
    studio.shot("74-empty-counter")
    for name in ("students", "courses", "payments", "inbox"):
        studio.go(name)
        studio.shot(f"75-empty-{name}")

"""The fee plans of courses: add, edit, archive and preview."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.fee_heads import (
    HEADS_HIDDEN_BY_PROFILE,
    NOT_IN_PLANS,
    TUITION,
    heads_by_code,
    make_head,
)
from desktop_app.domain.fees import quote
from desktop_app.domain.late_fee import check_rule
from desktop_app.domain.money import Money, total
from desktop_app.domain.plan_checks import check_plan
from desktop_app.domain.plans import PlanKind, instalments
from desktop_app.domain.receipt import day_in_india
from desktop_app.domain.text import require_line
from desktop_app.services.enrolment.plan_quotes import choose_plan, head_prices, planned_dues
from desktop_app.services.errors import DuplicateError, UnknownCourseError, UnknownPlanError
from desktop_app.services.views.plans import (
    FeeHeadRow,
    LateRuleRow,
    PlanPreview,
    PlanRow,
    preview_part,
)

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.domain.courses import Course
    from desktop_app.domain.fee_heads import FeeHead
    from desktop_app.domain.late_fee import LateRule
    from desktop_app.domain.plans import FeePlan
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories, UnitOfWork

INSTALMENTS_REQUIRED = "rules.instalments_required"
PROFILE = "rules.profile"


class PlanService:
    """The fee plans of courses. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def of_course(self, course_uid: str) -> tuple[PlanRow, ...]:
        """Return the plans of a course, the default first. Raises UnknownCourseError."""
        with self._context.store.reading() as books:
            course = _course(books, course_uid)
            return tuple(
                PlanRow(uid, course_uid, plan, _whole(books, course, plan))
                for uid, plan in books.plans.of_course(course_uid).items()
            )

    def heads(self) -> tuple[FeeHead, ...]:
        """Return the fee heads that a plan may ask for besides tuition."""
        with self._context.store.reading() as books:
            known, left_out = heads_by_code(books.plans.heads()), self._not_offered(books)
        return tuple(head for code, head in known.items() if code not in left_out | {TUITION})

    def _not_offered(self, books: Repositories) -> frozenset[str]:
        """Return the heads that no plan may begin to ask for."""
        hidden = HEADS_HIDDEN_BY_PROFILE.get(self._text(PROFILE), frozenset())
        return hidden | books.plans.archived_heads() | NOT_IN_PLANS

    def all_heads(self) -> tuple[FeeHeadRow, ...]:
        """Return every fee head, those that ship first, with those that are archived."""
        with self._context.store.reading() as books:
            known, archived = heads_by_code(books.plans.heads()), books.plans.archived_heads()
        return tuple(FeeHeadRow(head, code in archived) for code, head in known.items())

    def save_head(
        self, head: FeeHead, *, is_new: bool = False, is_archived: bool = False
    ) -> FeeHeadRow:
        """Add or replace a fee head; plans use it from now on, and dues keep what was agreed.

        Raises:
            InvalidInputError: a value does not fit, or the head cannot be archived.
            DuplicateError: there is a head of this code, and `is_new`.
        """
        head = make_head(head)
        if is_archived and head.code in NOT_IN_PLANS | {TUITION}:
            raise InvalidInputError("code", "You can't archive this fee head. Pravesh needs it.")
        with self._context.store.writing() as work:
            if is_new and head.code in heads_by_code(work.plans.heads()):
                raise DuplicateError(f"there is a fee head {head.code} already")
            work.plans.save_head(head, self._context.now(), is_archived=is_archived)
            self._context.audit(work, "fee_head.saved", head.code, {"archived": int(is_archived)})
            work.commit()
        return FeeHeadRow(head, is_archived)

    def late_rules(self) -> tuple[LateRuleRow, ...]:
        """Return the late-fee rules, by code."""
        with self._context.store.reading() as books:
            found = books.plans.late_rules()
        return tuple(LateRuleRow(code, *each) for code, each in found.items())

    def save_late_rule(self, code: str, title: str, rule: LateRule) -> LateRuleRow:
        """Add or replace a late-fee rule; it holds for later enrolments only.

        Raises:
            InvalidInputError: a value does not fit.
        """
        code = require_line("code", "Code", code, 40)
        title = require_line("title", "Title", title, 80)
        check_rule(rule)
        with self._context.store.writing() as work:
            work.plans.save_late_rule(code, title, rule, self._context.now())
            self._context.audit(work, "late_rule.saved", code, {"kind": rule.kind.value})
            work.commit()
        return LateRuleRow(code, title, rule)

    def add(self, course_uid: str, plan: FeePlan, late: LateRule | None = None) -> PlanRow:
        """Add a plan to a course.

        Args:
            course_uid: the course.
            plan: the plan.
            late: a late-fee rule that is made for it; None to use the one it names.

        Raises:
            UnknownCourseError: the course was archived.
            InvalidInputError: the plan does not fit the course; `field` names what.
            DuplicateError: the course has a plan of this code.
        """
        uid = self._context.ids.new()
        with self._context.store.writing() as work:
            course = _course(work, course_uid)
            plan = self._with_rule(work, plan, late)
            self._check(work, course_uid, course, plan)
            work.plans.add(uid, course_uid, plan, self._context.now())
            self._context.audit(work, "plan.added", uid, {"code": plan.code})
            work.commit()
            whole = _whole(work, course, plan)
        return PlanRow(uid, course_uid, plan, whole)

    def change(self, uid: str, plan: FeePlan, late: LateRule | None = None) -> PlanRow:
        """Replace a plan; enrolments keep what was agreed. Raises like `add`, UnknownPlanError."""
        with self._context.store.writing() as work:
            course_uid, _ = _plan(work, uid)
            course = _course(work, course_uid)
            plan = self._with_rule(work, plan, late)
            self._check(work, course_uid, course, plan, uid)
            work.plans.change(uid, plan, self._context.now())
            self._context.audit(work, "plan.changed", uid, {"code": plan.code})
            work.commit()
            whole = _whole(work, course, plan)
        return PlanRow(uid, course_uid, plan, whole)

    def withdraw(self, uid: str) -> None:
        """Archive a plan; enrolments keep it.

        Raises:
            UnknownPlanError: it was archived before.
            InvalidInputError: only a single payment would be left.
        """
        with self._context.store.writing() as work:
            course_uid, plan = _plan(work, uid)
            left = [each for key, each in work.plans.of_course(course_uid).items() if key != uid]
            if left:
                self._refuse_only_single(left)
            work.plans.withdraw(uid, self._context.now())
            self._context.audit(work, "plan.withdrawn", uid, {"code": plan.code})
            work.commit()

    def preview(
        self, course_uid: str, code: str | None = None, on: date | None = None
    ) -> PlanPreview:
        """Return the instalments of a student who joins on a day. Writes nothing.

        Args:
            course_uid: the course.
            code: the plan; None for the default, or the whole price where there is no plan.
            on: the day in India on which the student joins; None for today.

        Raises:
            UnknownCourseError, InvalidInputError: there is no such course or plan.
        """
        day = on or self._today()
        with self._context.store.reading() as books:
            course = _course(books, course_uid)
            _, plan = choose_plan(books.plans.of_course(course_uid), day, code)
            if plan is not None:
                return _preview(books, course, plan, day)
            price = quote(course, registered=bool(books.setting("centre.gstin")))
        return PlanPreview(course.code, "", (preview_part(1, day, [price.tax]),))

    def preview_of(self, course_uid: str, plan: FeePlan, on: date | None = None) -> PlanPreview:
        """Return the instalments of a plan that is just being typed. Writes nothing.

        Raises:
            UnknownCourseError: the course was archived.
            InvalidInputError: the plan does not fit the course; `field` names what.
        """
        with self._context.store.reading() as books:
            course = _course(books, course_uid)
            check_plan(plan, head_prices(books, course, plan), _price(books, course))
            return _preview(books, course, plan, on or self._today())

    def default_parts(self) -> tuple[int, Money]:
        """Return how many instalments a new plan has, and the unit they are rounded down to."""
        return int(self._text("plans.default_parts")), Money(int(self._text("plans.unit_paise")))

    def _with_rule(self, work: UnitOfWork, plan: FeePlan, late: LateRule | None) -> FeePlan:
        """Save a rule that is made for a plan, under the next free number."""
        if late is None:
            return plan
        check_rule(late)
        known = work.plans.late_rules()
        code = next(code for number in count(1) if (code := f"R{number}") not in known)
        work.plans.save_late_rule(code, code, late, self._context.now())
        self._context.audit(work, "late_rule.saved", code, {"kind": late.kind.value})
        return replace(plan, late_rule_code=code)

    def _check(
        self, books: Repositories, course_uid: str, course: Course, plan: FeePlan, uid: str = ""
    ) -> None:
        prices = head_prices(books, course, plan)
        check_plan(plan, prices, _price(books, course))
        others = books.plans.of_course(course_uid)
        before = {head.head_code for head in others[uid].heads} if uid in others else set()
        refused = self._not_offered(books) - before
        for price in prices:
            if price.head.code in refused:
                raise InvalidInputError(
                    "heads", "You can't use the fee head “{head}” in a plan.",
                    head=price.head.title,
                )  # fmt: skip
        if plan.late_rule_code and books.plans.late_rule(plan.late_rule_code) is None:
            raise InvalidInputError(
                "late_rule", "This late-fee rule no longer exists. Choose another rule."
            )
        self._refuse_only_single([*(p for key, p in others.items() if key != uid), plan])

    def _refuse_only_single(self, plans: list[FeePlan]) -> None:
        """Refuse that a fee can be paid at once only, where the rules ask for instalments."""
        is_required = self._text(INSTALMENTS_REQUIRED) == "on"
        if is_required and all(plan.kind is PlanKind.SINGLE for plan in plans):
            raise InvalidInputError(
                "plan_kind",
                "A single payment can't be the only plan. First add a plan with instalments.",
            )

    def _text(self, key: str) -> str:
        return self._context.settings().texts[key]

    def _today(self) -> date:
        return day_in_india(self._context.now())


def _course(books: Repositories, uid: str) -> Course:
    course = books.courses.get(uid)
    if course is None:
        raise UnknownCourseError("this course was archived")
    return course


def _plan(books: Repositories, uid: str) -> tuple[str, FeePlan]:
    found = books.plans.get(uid)
    if found is None:
        raise UnknownPlanError("this plan was archived")
    return found


def _price(books: Repositories, course: Course) -> Money:
    return quote(course, registered=bool(books.setting("centre.gstin"))).total


def _whole(books: Repositories, course: Course, plan: FeePlan) -> Money:
    return total(price.gross for price in head_prices(books, course, plan))


def _preview(books: Repositories, course: Course, plan: FeePlan, on: date) -> PlanPreview:
    parts = tuple(
        preview_part(each.number, each.due_on, [due.quote.tax for due in each.dues])
        for each in instalments(planned_dues(books, course, plan, on))
    )
    return PlanPreview(course.code, plan.code, parts)

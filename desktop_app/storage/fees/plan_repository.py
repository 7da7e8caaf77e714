"""Fee plans with their heads and parts, fee heads and late-fee rules, inside a transaction."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

from desktop_app.domain.fee_heads import FeeHead, RefundRule, Treatment
from desktop_app.domain.late_fee import (
    CountsFrom,
    LateKind,
    LateRule,
    slabs_as_lists,
    slabs_from_lists,
)
from desktop_app.domain.plans import FeePlan, PlanHead, PlanKind, PlanPart, Spread
from desktop_app.services.errors import DuplicateError, UnknownPlanError
from desktop_app.storage.mapping import columns_of, instant, record_of
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.row_seals import known_columns

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_OFFERED = "SELECT * FROM fee_plans WHERE uid = :uid AND withdrawn_at IS NULL"
_OF_COURSE = """
    SELECT * FROM fee_plans WHERE course_uid = :course AND withdrawn_at IS NULL
    ORDER BY is_default DESC, code
"""
_HEADS = """
    SELECT h.* FROM fee_plan_heads h JOIN fee_plans p ON p.uid = h.plan_uid
    WHERE p.uid = :plan OR p.course_uid = :course AND p.withdrawn_at IS NULL ORDER BY h.rowid
"""
_PARTS = """
    SELECT a.* FROM fee_plan_parts a JOIN fee_plans p ON p.uid = a.plan_uid
    WHERE p.uid = :plan OR p.course_uid = :course AND p.withdrawn_at IS NULL ORDER BY a.sequence
"""
_NO_OTHER_DEFAULT = """
    SELECT uid FROM fee_plans WHERE course_uid = :course AND is_default = 1
    AND withdrawn_at IS NULL AND uid != :uid
"""
_NOT_DEFAULT = "UPDATE fee_plans SET is_default = 0, updated_at = :now WHERE uid = :uid"
_CHANGE = """
    UPDATE fee_plans SET code = :code, title = :title, kind = :kind, parts = :parts,
        down_paise = :down_paise, unit_paise = :unit_paise, day_of_month = :day_of_month,
        is_default = :is_default, late_rule_code = :late_rule_code,
        offered_from = :offered_from, offered_to = :offered_to, updated_at = :now
    WHERE uid = :uid AND withdrawn_at IS NULL
"""
_WITHDRAW = """
    UPDATE fee_plans SET withdrawn_at = :now, is_default = 0
    WHERE uid = :uid AND withdrawn_at IS NULL
"""
_LATE_RULE = "SELECT * FROM late_rules WHERE code = :code AND withdrawn_at IS NULL"
_LATE_RULES = "SELECT * FROM late_rules WHERE withdrawn_at IS NULL ORDER BY code"
_SAVE_HEAD = """
    INSERT INTO fee_heads (code, desk_id, title, title_hi, treatment, sac, gst_bp, refund, priority,
        concession_ok, withdrawn_at, created_at, updated_at)
    VALUES (:code, :desk_id, :title, :title_hi, :treatment, :sac, :gst_bp, :refund, :priority,
        :concession_ok, :withdrawn_at, :now, :now)
    ON CONFLICT (code) DO UPDATE SET title = :title, title_hi = :title_hi,
        treatment = :treatment, sac = :sac, gst_bp = :gst_bp, refund = :refund,
        priority = :priority, concession_ok = :concession_ok, withdrawn_at = :withdrawn_at,
        updated_at = :now
"""
_SAVE_RULE = """
    INSERT INTO late_rules (code, desk_id, title, kind, amount_paise, bp, grace_days, cap_paise,
        cap_bp, slabs, counts_from, created_at, updated_at)
    VALUES (:code, :desk_id, :title, :kind, :amount_paise, :bp, :grace_days, :cap_paise, :cap_bp,
        :slabs, :counts_from, :now, :now)
    ON CONFLICT (code) DO UPDATE SET title = :title, kind = :kind, amount_paise = :amount_paise,
        bp = :bp, grace_days = :grace_days, cap_paise = :cap_paise, cap_bp = :cap_bp,
        slabs = :slabs, counts_from = :counts_from, withdrawn_at = NULL, updated_at = :now
"""


class SqlPlanRepository(SqlRepository):
    """Fee plans, in one transaction."""

    def add(self, uid: str, course_uid: str, plan: FeePlan, at: datetime) -> None:
        """Add one. Raises DuplicateError when the course has a plan of this code."""
        now = instant(at)
        self._give_up_default(course_uid, uid, plan, now)
        self._seals.add("fee_plans", uid)
        given = {"uid": uid, "course_uid": course_uid, "kind": plan.kind.value}
        try:
            self._add("fee_plans", columns_of(plan), **given, created_at=now, updated_at=now)
        except sqlite3.IntegrityError as error:
            raise DuplicateError(f"the course has a plan {plan.code} already") from error
        self._write_rows(uid, plan)

    def change(self, uid: str, plan: FeePlan, at: datetime) -> None:
        """Replace one. Raises DuplicateError, UnknownPlanError."""
        known = self.get(uid)
        if known is None:
            raise UnknownPlanError(uid)
        now = instant(at)
        self._give_up_default(known[0], uid, plan, now)
        self._seals.add("fee_plans", uid)
        try:
            self._change(_CHANGE, **columns_of(plan), kind=plan.kind.value, uid=uid, now=now)
        except sqlite3.IntegrityError as error:
            raise DuplicateError(f"the course has a plan {plan.code} already") from error
        for table in ("fee_plan_heads", "fee_plan_parts"):
            self._connection.execute(f"DELETE FROM {table} WHERE plan_uid = ?", (uid,))
        self._write_rows(uid, plan)

    def get(self, uid: str) -> tuple[str, FeePlan] | None:
        """Return the course of a plan that is on offer, and the plan."""
        row = self._first(_OFFERED, uid=uid)
        if row is None:
            return None
        return row.course_uid, self._plans([row], plan=uid, course="")[uid]

    def of_course(self, course_uid: str) -> Mapping[str, FeePlan]:
        """Return the plans of a course by uid: the default first, then by code."""
        rows = self._all(_OF_COURSE, course=course_uid)
        return self._plans(rows, plan="", course=course_uid)

    def withdraw(self, uid: str, at: datetime) -> bool:
        """Archive one; False when it was not there."""
        self._seals.add("fee_plans", uid)
        return self._change(_WITHDRAW, uid=uid, now=instant(at))

    def heads(self) -> tuple[FeeHead, ...]:
        """Return the fee heads that the centre added or edited, archived ones among them."""
        rows = self._all("SELECT * FROM fee_heads ORDER BY priority, created_at, code")
        return tuple(
            record_of(
                FeeHead,
                row,
                treatment=Treatment(row.treatment),
                refund=RefundRule(row.refund),
            )
            for row in rows
        )

    def archived_heads(self) -> frozenset[str]:
        """Return the codes of the fee heads that no new plan is offered."""
        rows = self._all("SELECT code FROM fee_heads WHERE withdrawn_at IS NOT NULL")
        return frozenset(row.code for row in rows)

    def save_head(self, head: FeeHead, at: datetime, *, is_archived: bool) -> None:
        """Add or replace a fee head; dues keep what was agreed."""
        now = instant(at)
        self._seals.add("fee_heads", head.code)
        self._change(
            _SAVE_HEAD,
            **columns_of(head),
            desk_id=self._desk_id,
            treatment=head.treatment.value,
            refund=head.refund.value,
            withdrawn_at=now if is_archived else None,
            now=now,
        )

    def late_rule(self, code: str) -> LateRule | None:
        """Return a late-fee rule."""
        row = self._first(_LATE_RULE, code=code)
        return None if row is None else _rule_of(row)

    def late_rules(self) -> Mapping[str, tuple[str, LateRule]]:
        """Return the titles and rules of late fees by code."""
        return {row.code: (row.title, _rule_of(row)) for row in self._all(_LATE_RULES)}

    def save_late_rule(self, code: str, title: str, rule: LateRule, at: datetime) -> None:
        """Add or replace a late-fee rule; enrolments keep their copy."""
        self._seals.add("late_rules", code)
        self._change(
            _SAVE_RULE,
            **columns_of(rule),
            code=code,
            desk_id=self._desk_id,
            title=title,
            kind=rule.kind.value,
            slabs=json.dumps(slabs_as_lists(rule.slabs)),
            counts_from=rule.counts_from.value,
            now=instant(at),
        )

    def _give_up_default(self, course_uid: str, uid: str, plan: FeePlan, now: str) -> None:
        """Make another plan of the course no longer the default, where this one is."""
        if not plan.is_default:
            return
        for row in self._all(_NO_OTHER_DEFAULT, course=course_uid, uid=uid):
            self._seals.add("fee_plans", row.uid)
            self._change(_NOT_DEFAULT, uid=row.uid, now=now)

    def _write_rows(self, uid: str, plan: FeePlan) -> None:
        for head in plan.heads:
            columns = columns_of(head) | {"plan_uid": uid, "spread": head.spread.value}
            self._insert("fee_plan_heads", columns)
        for number, part in enumerate(plan.rows, start=1):
            self._insert("fee_plan_parts", columns_of(part) | {"plan_uid": uid, "sequence": number})
        for table in ("fee_plan_heads", "fee_plan_parts"):
            self._seals.add(table, uid)

    def _insert(self, table: str, columns: dict[str, str | int | None]) -> None:
        sql = known_columns(table, tuple(columns)).insert
        self._connection.execute(sql, tuple(columns.values()))

    def _plans(self, rows: list[Any], **of: str) -> dict[str, FeePlan]:
        heads: dict[str, list[PlanHead]] = {}
        parts: dict[str, list[PlanPart]] = {}
        if rows:
            for row in self._all(_HEADS, **of):
                head = record_of(PlanHead, row, spread=Spread(row.spread))
                heads.setdefault(row.plan_uid, []).append(head)
            for row in self._all(_PARTS, **of):
                parts.setdefault(row.plan_uid, []).append(record_of(PlanPart, row))
        return {
            row.uid: record_of(
                FeePlan,
                row,
                kind=PlanKind(row.kind),
                rows=tuple(parts.get(row.uid, ())),
                heads=tuple(heads.get(row.uid, ())),
            )
            for row in rows
        }


def _rule_of(row: Any) -> LateRule:
    return record_of(
        LateRule,
        row,
        kind=LateKind(row.kind),
        counts_from=CountsFrom(row.counts_from),
        slabs=slabs_from_lists(json.loads(row.slabs)),
    )

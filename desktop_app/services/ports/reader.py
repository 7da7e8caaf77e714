"""All queries together, in a separate module: a start does not load their protocols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from desktop_app.services.ports.bills import BillQueries
    from desktop_app.services.ports.dues import DueListQueries
    from desktop_app.services.ports.queries import (
        AttemptQueries,
        AuditQueries,
        BalanceQueries,
        CourseQueries,
        DueQueries,
        ExceptionQueries,
        ExportQueries,
        OutboxQueries,
        PaymentQueries,
        ReceiptQueries,
        SettingQueries,
        StudentQueries,
    )
    from desktop_app.services.ports.tenders import TenderQueries


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Reader:
    """Queries by subject, on the newest committed state."""

    students: StudentQueries
    courses: CourseQueries
    dues: DueQueries
    due_list: DueListQueries
    attempts: AttemptQueries
    payments: PaymentQueries
    receipts: ReceiptQueries
    balances: BalanceQueries
    exceptions: ExceptionQueries
    bills: BillQueries
    outbox: OutboxQueries
    exports: ExportQueries
    tenders: TenderQueries
    audit: AuditQueries
    settings: SettingQueries

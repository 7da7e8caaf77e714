"""The reader: the queries of every subject over the same connections. Loads no SQLAlchemy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.services.ports.queries import Reader
from desktop_app.storage.audit_queries import SqlAuditQueries
from desktop_app.storage.enrolment.course_queries import SqlCourseQueries
from desktop_app.storage.enrolment.due_queries import SqlDueQueries
from desktop_app.storage.enrolment.student_queries import SqlStudentQueries
from desktop_app.storage.export_queries import SqlExportQueries
from desktop_app.storage.outbox_queries import SqlOutboxQueries
from desktop_app.storage.payments.attempt_queries import SqlAttemptQueries
from desktop_app.storage.payments.balance_queries import SqlBalanceQueries
from desktop_app.storage.payments.exception_queries import SqlExceptionQueries
from desktop_app.storage.payments.payment_queries import SqlPaymentQueries
from desktop_app.storage.payments.receipt_queries import SqlReceiptQueries
from desktop_app.storage.setting_queries import SqlSettingQueries

if TYPE_CHECKING:
    from desktop_app.storage.read_connections import ReadConnections


def compose_reader(connections: ReadConnections) -> Reader:
    """Return the queries by subject."""
    return Reader(
        students=SqlStudentQueries(connections),
        courses=SqlCourseQueries(connections),
        dues=SqlDueQueries(connections),
        attempts=SqlAttemptQueries(connections),
        payments=SqlPaymentQueries(connections),
        receipts=SqlReceiptQueries(connections),
        balances=SqlBalanceQueries(connections),
        exceptions=SqlExceptionQueries(connections),
        outbox=SqlOutboxQueries(connections),
        exports=SqlExportQueries(connections),
        audit=SqlAuditQueries(connections),
        settings=SqlSettingQueries(connections),
    )

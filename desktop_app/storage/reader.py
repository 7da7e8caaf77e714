"""The reader: the queries of every subject over the same connections. Loads no SQLAlchemy.

Only the queries of the first search are imported at once: a start is to answer it soon.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from desktop_app.services.lazy_proxy import lazy
from desktop_app.services.ports.reader import Reader
from desktop_app.storage.audit_queries import SqlAuditQueries
from desktop_app.storage.enrolment.student_queries import SqlStudentQueries
from desktop_app.storage.setting_queries import SqlSettingQueries

if TYPE_CHECKING:
    from desktop_app.services.ports import dues as fees_port
    from desktop_app.services.ports import queries as port
    from desktop_app.services.ports.bills import BillQueries
    from desktop_app.services.ports.tenders import TenderQueries
    from desktop_app.storage.read_connections import ReadConnections


def compose_reader(connections: ReadConnections) -> Reader:
    """Return the queries by subject."""
    return Reader(
        students=SqlStudentQueries(connections),
        courses=lazy(partial(_courses, connections)),
        dues=lazy(partial(_dues, connections)),
        due_list=lazy(partial(_due_list, connections)),
        attempts=lazy(partial(_attempts, connections)),
        payments=lazy(partial(_payments, connections)),
        receipts=lazy(partial(_receipts, connections)),
        balances=lazy(partial(_balances, connections)),
        exceptions=lazy(partial(_exceptions, connections)),
        bills=lazy(partial(_bills, connections)),
        outbox=lazy(partial(_outbox, connections)),
        exports=lazy(partial(_exports, connections)),
        tenders=lazy(partial(_tenders, connections)),
        audit=SqlAuditQueries(connections),
        settings=SqlSettingQueries(connections),
    )


def _courses(connections: ReadConnections) -> port.CourseQueries:
    from desktop_app.storage.enrolment.course_queries import SqlCourseQueries

    return SqlCourseQueries(connections)


def _dues(connections: ReadConnections) -> port.DueQueries:
    from desktop_app.storage.enrolment.due_queries import SqlDueQueries

    return SqlDueQueries(connections)


def _due_list(connections: ReadConnections) -> fees_port.DueListQueries:
    from desktop_app.storage.fees.due_list_queries import SqlDueListQueries

    return SqlDueListQueries(connections)


def _attempts(connections: ReadConnections) -> port.AttemptQueries:
    from desktop_app.storage.payments.attempt_queries import SqlAttemptQueries

    return SqlAttemptQueries(connections)


def _payments(connections: ReadConnections) -> port.PaymentQueries:
    from desktop_app.storage.payments.payment_queries import SqlPaymentQueries

    return SqlPaymentQueries(connections)


def _receipts(connections: ReadConnections) -> port.ReceiptQueries:
    from desktop_app.storage.payments.receipt_queries import SqlReceiptQueries

    return SqlReceiptQueries(connections)


def _balances(connections: ReadConnections) -> port.BalanceQueries:
    from desktop_app.storage.payments.balance_queries import SqlBalanceQueries

    return SqlBalanceQueries(connections)


def _exceptions(connections: ReadConnections) -> port.ExceptionQueries:
    from desktop_app.storage.payments.exception_queries import SqlExceptionQueries

    return SqlExceptionQueries(connections)


def _bills(connections: ReadConnections) -> BillQueries:
    from desktop_app.storage.fees.bill_queries import SqlBillQueries

    return SqlBillQueries(connections)


def _outbox(connections: ReadConnections) -> port.OutboxQueries:
    from desktop_app.storage.outbox_queries import SqlOutboxQueries

    return SqlOutboxQueries(connections)


def _exports(connections: ReadConnections) -> port.ExportQueries:
    from desktop_app.storage.export_queries import SqlExportQueries

    return SqlExportQueries(connections)


def _tenders(connections: ReadConnections) -> TenderQueries:
    from desktop_app.storage.payments.tender_queries import SqlTenderQueries

    return SqlTenderQueries(connections)

"""Disputes inside a transaction: a row each, as the gateway shows it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from desktop_app.domain.money import Money
from desktop_app.services.ports.records import DisputeRecord
from desktop_app.storage.mapping import instant, maybe_instant, read_instant
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.payments import disputes


class SqlDisputeRepository(SqlRepository):
    """Disputes, in one transaction."""

    def find(self, dispute_id: str) -> DisputeRecord | None:
        """A dispute by the gateway's id."""
        row = self._connection.execute(
            select(disputes).where(disputes.c.dispute_id == dispute_id)
        ).first()
        return None if row is None else _dispute_of(row)

    def save(self, dispute: DisputeRecord) -> None:
        """Add a dispute, or store how it stands now."""
        self._seals.note("disputes", dispute.uid)
        changing = {
            "deducted_paise": dispute.deducted.paise,
            "status": dispute.status,
            "phase": dispute.phase,
            "respond_by": instant(dispute.respond_by) if dispute.respond_by else None,
            "updated_at": instant(self._now()),
        }
        self._connection.execute(
            insert(disputes)
            .values(
                uid=dispute.uid,
                desk_id=self._desk_id,
                dispute_id=dispute.dispute_id,
                payment_uid=dispute.payment_uid,
                amount_paise=dispute.amount.paise,
                reason_code=dispute.reason_code,
                noticed_at=instant(dispute.noticed_at),
                **changing,
            )
            .on_conflict_do_update(index_elements=["dispute_id"], set_=changing)
        )


def _dispute_of(row: Any) -> DisputeRecord:
    return DisputeRecord(
        uid=row.uid,
        dispute_id=row.dispute_id,
        payment_uid=row.payment_uid,
        amount=Money(row.amount_paise),
        deducted=Money(row.deducted_paise),
        status=row.status,
        phase=row.phase,
        reason_code=row.reason_code,
        respond_by=maybe_instant(row.respond_by),
        noticed_at=read_instant(row.noticed_at),
    )

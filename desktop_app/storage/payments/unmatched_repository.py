"""Disputes, and money of fees that are not in this book, inside a writing transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.dialects.sqlite import insert

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.ports.records import DisputeRecord, UnmatchedRecord
from desktop_app.storage.mapping import instant, maybe_instant, read_instant
from desktop_app.storage.schema.payments import disputes, strays
from desktop_app.storage.schema.system import errands

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection

    from desktop_app.storage.row_seals import RowSeals


class SqlUnmatchedRepository:
    """What the gateway brought up by itself, in one transaction."""

    def __init__(
        self, connection: Connection, desk_id: str, now: Callable[[], datetime], seals: RowSeals
    ) -> None:
        self._connection = connection
        self._desk_id = desk_id
        self._now = now
        self._seals = seals

    def dispute(self, dispute_id: str) -> DisputeRecord | None:
        """A dispute by the gateway's id."""
        row = self._connection.execute(
            select(disputes).where(disputes.c.dispute_id == dispute_id)
        ).first()
        return None if row is None else _dispute_of(row)

    def put_dispute(self, dispute: DisputeRecord) -> None:
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

    def add(self, stray: UnmatchedRecord) -> None:
        """Keep money whose fee is not in this book; the same payment twice is one."""
        self._seals.note("strays", stray.uid)
        self._connection.execute(
            strays.insert(),
            {
                "uid": stray.uid,
                "desk_id": self._desk_id,
                "payment_id": stray.payment_id,
                "order_id": stray.order_id,
                "reference": stray.reference,
                "key_id": stray.key_id,
                "rrn": stray.rrn,
                "vpa_masked": stray.vpa_masked,
                "phone_masked": stray.phone_masked,
                "method": stray.method.value,
                "amount_paise": stray.amount.paise,
                "state": stray.state,
                "received_at": instant(stray.received_at),
                "noticed_at": instant(self._now()),
                "updated_at": instant(self._now()),
            },
        )

    def find(self, reference: str) -> UnmatchedRecord | None:
        """One by our own id or the gateway's payment id."""
        row = self._connection.execute(
            select(strays).where((strays.c.uid == reference) | (strays.c.payment_id == reference))
        ).first()
        return None if row is None else _stray_of(row)

    def held(self) -> tuple[UnmatchedRecord, ...]:
        """Those that wait for a decision and are not on their way back, oldest first."""
        on_the_way = (
            select(errands.c.uid)
            .where(errands.c.uid == strays.c.uid, errands.c.state != "dead")
            .exists()
        )
        rows = self._connection.execute(
            select(strays)
            .where(strays.c.state == "held", ~on_the_way)
            .order_by(strays.c.received_at)
        )
        return tuple(_stray_of(row) for row in rows)

    def settle(self, uid: str, state: str) -> bool:
        """Note what was decided; False when it was decided before."""
        self._seals.note("strays", uid)
        done = self._connection.execute(
            update(strays)
            .where(strays.c.uid == uid, strays.c.state == "held")
            .values(state=state, updated_at=instant(self._now()))
        )
        return bool(done.rowcount)


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


def _stray_of(row: Any) -> UnmatchedRecord:
    return UnmatchedRecord(
        uid=row.uid,
        payment_id=row.payment_id,
        order_id=row.order_id,
        reference=row.reference,
        key_id=row.key_id,
        rrn=row.rrn,
        vpa_masked=row.vpa_masked,
        phone_masked=row.phone_masked,
        method=Method(row.method),
        amount=Money(row.amount_paise),
        state=row.state,
        received_at=read_instant(row.received_at),
    )

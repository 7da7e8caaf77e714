"""Captured payments whose fee is not in this database, inside a transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from desktop_app.domain.money import Money
from desktop_app.domain.payment import Method
from desktop_app.services.ports.records import UnmatchedRecord
from desktop_app.storage.mapping import instant, read_instant
from desktop_app.storage.repository import SqlRepository
from desktop_app.storage.schema.payments import strays
from desktop_app.storage.schema.system import errands


class SqlUnmatchedRepository(SqlRepository):
    """Unmatched payments, in one transaction."""

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

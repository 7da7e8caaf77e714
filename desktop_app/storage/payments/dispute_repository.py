"""Disputes inside a transaction: a row each, as the gateway shows it."""

from __future__ import annotations

from desktop_app.services.ports.records import DisputeRecord
from desktop_app.storage.mapping import columns_of, record_of
from desktop_app.storage.repository import SqlRepository, insert

_CHANGES = """
    ON CONFLICT (dispute_id) DO UPDATE SET deducted_paise = :deducted_paise, status = :status,
        phase = :phase, respond_by = :respond_by, updated_at = :updated_at
"""


class SqlDisputeRepository(SqlRepository):
    """Disputes, in one transaction."""

    def find(self, dispute_id: str) -> DisputeRecord | None:
        """Return a dispute by the gateway's id."""
        row = self._first("SELECT * FROM disputes WHERE dispute_id = :id", id=dispute_id)
        return None if row is None else record_of(DisputeRecord, row)

    def save(self, dispute: DisputeRecord) -> None:
        """Add a dispute, or update what may change of it."""
        self._seals.add("disputes", dispute.uid)
        written = {"desk_id": self._desk_id, "updated_at": self._stamp()}
        columns = {**columns_of(dispute), **written}
        self._change(insert("disputes", *columns) + _CHANGES, **columns)

"""The centre's own QR on the wall: the payer's phone shows a reference, the bank the money."""

from __future__ import annotations

from desktop_app.domain.tender import Evidence, ReferenceShape, Tender
from desktop_app.domain.tenders.bank_transfer import NeftTender


class UpiStaticTender(NeftTender):
    """UPI to the QR on the wall."""

    tender = Tender.UPI_STATIC
    evidence = Evidence.WALL_QR
    shape = ReferenceShape.RRN

"""The tables, as SQLAlchemy Core metadata, one module a subject.

All tables are STRICT: only INTEGER and TEXT occur, so money cannot become a float. Instants are
ISO-8601 UTC text, amounts whole paise, booleans 0/1. The full-text tables and the triggers that
make money rows append-only are in the migrations, since metadata cannot express them.
"""

from desktop_app.storage.schema import enrolment, fees, payments, receipts, system, tenders
from desktop_app.storage.schema.columns import metadata

__all__ = ["enrolment", "fees", "metadata", "payments", "receipts", "system", "tenders"]

"""Promo codes as a manager makes them: added, listed, archived."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.promo_codes import make_code, make_promo
from desktop_app.services.fees.promo_uses import find_promo, uses_of
from desktop_app.services.ports.fees import PromoRecord
from desktop_app.services.views.fees import PromoRow

if TYPE_CHECKING:
    from desktop_app.domain.promo_codes import PromoCode
    from desktop_app.services.context import Context
    from desktop_app.services.ports.storage import Repositories


class PromoService:
    """The centre's promo codes. All local."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def new_code(self) -> str:
        """Return a code that nobody can guess and nobody has."""
        with self._context.store.reading() as work:
            while True:
                code = make_code(secrets.choice)
                if work.promos.find(code) is None:
                    return code

    def add(self, promo: PromoCode) -> PromoRow:
        """Add a code.

        Raises:
            InvalidInputError: a value does not fit; `field` names it.
            DuplicateError: the code is in use.
        """
        record = PromoRecord(self._context.ids.new(), make_promo(promo), self._context.now())
        with self._context.store.writing() as work:
            self._check_courses(record.promo)
            work.promos.add(record)
            self._context.audit(work, "promo.added", record.uid, {"code": record.promo.code})
            work.commit()
        return self._row_of_uid(record.uid)

    def archive(self, code: str) -> PromoRow:
        """Archive a code: bills that hold it keep it, no other may use it.

        Raises:
            PromoRefusedError: there is none, or it is archived already.
        """
        with self._context.store.writing() as work:
            found = find_promo(work, code)
            work.promos.archive(found.uid, self._context.now())
            self._context.audit(work, "promo.archived", found.uid, {"code": found.promo.code})
            work.commit()
        return self._row_of_uid(found.uid)

    def list(self) -> tuple[PromoRow, ...]:
        """List every code with its uses, the newest first."""
        with self._context.store.reading() as work:
            return tuple(self._row(work, record) for record in work.promos.all())

    def _check_courses(self, promo: PromoCode) -> None:
        for code in sorted(promo.courses):
            if self._context.store.reader.courses.get(code=code) is None:
                raise InvalidInputError("courses", "No course has the code {code}.", code=code)

    def _row_of_uid(self, uid: str) -> PromoRow:
        with self._context.store.reading() as work:
            return self._row(work, work.promos.get(uid))

    def _row(self, work: Repositories, record: PromoRecord) -> PromoRow:
        uses = uses_of(self._context, work, record.uid)
        return PromoRow(
            uid=record.uid,
            promo=record.promo,
            used=len(uses.used),
            held=len(uses.live),
            is_archived=record.is_archived,
            created_at=record.created_at,
        )

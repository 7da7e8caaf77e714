"""A clean book in the place of one that holds only what was tried with test keys.

Students, courses, settings and keys stay. Enrolments, payments and receipts are in a verified
backup in the data folder, and nowhere else afterwards. Once there is real money it is too late.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.key_mode import LIVE_MODE, mode_of
from desktop_app.domain.polling import WATCH_DAYS
from desktop_app.services.errors import ServiceError, TamperedError
from desktop_app.services.identity.book import BOOK_ID
from desktop_app.services.views.identity import CleanBook, TrialCounts
from desktop_app.services.views.settings import KeyMode

if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.services.context import Context
    from desktop_app.services.ports.system import BookRegistry
    from desktop_app.services.views.settings import KeysView

KEPT = "book.trial_kept"
"""Since when what was tried stays in the book, because somebody decided so."""
_FIELD = "book"


class CleanStart:
    """The offer of a clean book before the first real fee.

    Args:
        context: the ports.
        registry: remembers where each book belongs.
        keys: returns the keys that are set; may block.
        forget_settings: called once the book was replaced: settings are read again.
    """

    def __init__(
        self,
        context: Context,
        registry: BookRegistry,
        keys: Callable[[], KeysView],
        forget_settings: Callable[[], None] = lambda: None,
    ) -> None:
        self._context = context
        self._registry = registry
        self._keys = keys
        self._forget_settings = forget_settings

    def question(self) -> TrialCounts | None:
        """Return what a clean book would leave behind; None where there is nothing to ask (local).

        It is asked once live keys are set, until it is answered or the first real money comes.
        """
        context = self._context
        if context.is_training or context.store.refusal is not None:
            return None
        if KEPT in context.store.reader.settings.all() or self._obstacle() is not None:
            return None
        if self._keys().mode is not KeyMode.LIVE:
            return None
        return context.store.reader.payments.trial()

    def keep(self) -> None:
        """Keep what was tried in the book, and do not ask again (local)."""
        with self._context.store.writing() as work:
            work.put_setting(KEPT, self._context.now().isoformat())
            self._context.audit(work, "book.trial_kept", work.setting(BOOK_ID) or "")
            work.commit()

    def start(self) -> CleanBook:
        """Archive the book, and begin a new one with its students, courses and settings (local).

        Raises:
            InvalidInputError: there is real money in it, or it may still come, or nothing was
                tried.
            StorageError: another program has it open, or it cannot be written; it is as before.
            TamperedError: the book is not as the desk wrote it.
        """
        from desktop_app.services.maintenance.audit_verification import AuditVerifier
        from desktop_app.services.maintenance.backups import Backups

        context = self._context
        with context.store.writing() as work:  # compares the anchors first
            self._refuse()
            work.nothing_to_write()
        broken = AuditVerifier(context).verify()
        if broken is not None:
            raise TamperedError(broken)
        settings = context.settings()
        made = CleanBook(
            book_id=context.ids.new(),
            code=settings.desk_id,
            archive=context.folder / "backups" / f"test-{context.now():%Y%m%dT%H%M%S}.sqlite3",
            counts=context.store.reader.payments.trial(),
        )
        context.store.start_clean(made, frozenset(settings.texts), self._refuse)
        self._registry.remember_place(made.book_id, context.folder, made.code)
        self._forget_settings()
        with suppress(ServiceError):
            Backups(context).make_daily()
        return made

    def _refuse(self) -> None:
        """Raise InvalidInputError where there must be no clean book."""
        words = self._obstacle()
        if words is not None:
            raise InvalidInputError(_FIELD, words)

    def _obstacle(self) -> str | None:
        """Return why there must be no clean book, as a sentence; None where there may be one."""
        reader = self._context.store.reader
        if self._context.is_training:
            return "You can't clear test data in practice mode."
        if reader.payments.has_live_money():
            return "This desk has real payments, so you can't clear the test data."
        if not reader.payments.trial().is_trial:
            return "This desk has no test payments to clear."
        if reader.attempts.live():
            return "Some payments are still pending. Cancel them first."
        since = self._context.now() - timedelta(days=WATCH_DAYS)
        if any(mode_of(each.key_id) == LIVE_MODE for each in reader.attempts.watched(since)):
            return (
                "You can't clear the test data yet. The parent may still make a payment you "
                "started with live keys."
            )
        return None

"""The section of concessions: limits, the kinds that the counter offers, and promo codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop_app.domain.concessions import ConcessionMeasure
from desktop_app.domain.money import Money, percent_text
from desktop_app.ui.core.formatting import day_text, short_rupees, title_of
from desktop_app.ui.core.i18n import N_, bind_text, tr
from desktop_app.ui.core.window_front import open_in_front
from desktop_app.ui.settings.section import SettingsSection
from desktop_app.ui.settings.table_list import TableList
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.labels import label

if TYPE_CHECKING:
    from datetime import date

    from desktop_app.domain.concession_kinds import ConcessionKind
    from desktop_app.services.desk import Desk
    from desktop_app.services.ports.fees import OwnKind
    from desktop_app.services.views.fees import PromoRow
    from desktop_app.ui.core.jobs import JobRunner
    from desktop_app.ui.settings.setup import Setup

    Lists = tuple[tuple[OwnKind, ...], tuple[PromoRow, ...]]


class ConcessionsSection(SettingsSection):
    """Limits, kinds and codes.

    Args:
        runner: reads and saves them.
    """

    def __init__(self, runner: JobRunner) -> None:
        self._runner = runner
        self._kinds: tuple[OwnKind, ...] = ()
        self._codes: tuple[PromoRow, ...] = ()
        super().__init__("concessions")

    def build_above(self) -> None:
        """Add the two lists with their buttons."""
        self.column.addWidget(label(N_("Concessions at the counter"), "strong"))
        self.kinds = TableList("kindTable", N_("Concessions at the counter"), 3)
        self.column.addWidget(self.kinds)
        self.add_kind = Button(N_("Add &concession…"), icon="plus", name="addKindButton")
        self.edit_kind = Button(N_("&Edit…"), icon="edit", name="editKindButton")
        self.archive_kind = Button(N_("Archi&ve"), name="archiveKindButton")
        self.add_row(self.add_kind, self.edit_kind, self.archive_kind)
        self.column.addWidget(label(N_("Promo codes"), "strong"))
        self.codes = TableList("promoTable", N_("Promo codes"), 4)
        self.column.addWidget(self.codes)
        self.none = label(N_("No promo codes yet"), "secondary", name="noPromoCodes")
        self.column.addWidget(self.none)
        self.add_code = Button(N_("Add &promo code…"), icon="plus", name="addPromoButton")
        self.archive_code = Button(N_("Arch&ive code"), name="archivePromoButton")
        self.add_row(self.add_code, self.archive_code)
        self.add_kind.clicked.connect(lambda: self._open_kind(None))
        self.edit_kind.clicked.connect(self._edit)
        self.archive_kind.clicked.connect(self._archive_kind)
        self.add_code.clicked.connect(self._open_code)
        self.archive_code.clicked.connect(self._archive_code)
        self.kinds.itemSelectionChanged.connect(self._offer)
        self.kinds.cellDoubleClicked.connect(lambda *_cell: self._edit())
        self.codes.itemSelectionChanged.connect(self._offer)
        self.column.addWidget(label(N_("Limits"), "strong"))

    def load(self, setup: Setup) -> None:
        """Show the settings, and read the lists again."""
        super().load(setup)
        self._read()

    def _read(self, _saved: object = None) -> None:
        self._runner.local(_lists, self._show, owner=self, replaces="concessions")

    def _show(self, found: Lists) -> None:
        self._kinds, codes = found
        self._codes = tuple(each for each in codes if not each.is_archived)
        self.retranslate()

    def retranslate(self) -> None:
        """Write the lists in the current language."""
        self.kinds.show_rows(
            [
                (title_of(each.kind.title, each.kind.title_hi), _worth(each.kind), _standing(each))
                for each in self._kinds
            ]
        )
        self.codes.show_rows(
            [
                (
                    each.promo.code,
                    _value(each.promo.measure, each.promo.value),
                    _days(each.promo.valid_from, each.promo.valid_to),
                    _uses(each),
                )
                for each in self._codes
            ]
        )
        self.codes.setVisible(bool(self._codes))
        self.none.setVisible(not self._codes)
        self._offer()

    def rescale(self) -> None:
        """Follow the text size."""
        for table in (self.kinds, self.codes):
            table.fit()

    def _offer(self) -> None:
        kind = self._kind()
        self.edit_kind.setEnabled(kind is not None)
        self.archive_kind.setEnabled(kind is not None)
        is_archived = kind is not None and kind.is_archived
        bind_text(self.archive_kind, "text", N_("Offer again") if is_archived else N_("Archi&ve"))
        self.archive_code.setVisible(bool(self._codes))
        self.archive_code.setEnabled(self._code() is not None)

    def _kind(self) -> OwnKind | None:
        at = self.kinds.currentRow()
        return self._kinds[at] if 0 <= at < len(self._kinds) else None

    def _code(self) -> PromoRow | None:
        at = self.codes.currentRow()
        return self._codes[at] if 0 <= at < len(self._codes) else None

    def _edit(self) -> None:
        found = self._kind()
        if found is not None:
            self._open_kind(found.kind)

    def _open_kind(self, kind: ConcessionKind | None) -> None:
        from desktop_app.ui.settings.concession_forms import KindForm

        form = KindForm(self._runner, self.window(), kind)
        form.saved.connect(self._read)
        open_in_front(form)

    def _open_code(self) -> None:
        from desktop_app.ui.settings.concession_forms import PromoForm

        form = PromoForm(self._runner, self.window())
        form.saved.connect(self._read)
        open_in_front(form)

    def _archive_kind(self) -> None:
        found = self._kind()
        if found is not None:
            kind, is_archived = found.kind, not found.is_archived
            self._runner.local(
                lambda desk: desk.concessions.save_kind(kind, is_archived=is_archived), self._read
            )

    def _archive_code(self) -> None:
        found = self._code()
        if found is not None:
            code = found.promo.code
            self._runner.local(lambda desk: desk.promos.archive(code), self._read)


def _lists(desk: Desk) -> Lists:
    return desk.concessions.kinds(), desk.promos.list()


def _worth(kind: ConcessionKind) -> str:
    if kind.bands:
        return tr(N_("by marks"))
    return _value(kind.measure, kind.value) if kind.value else tr(N_("entered at the counter"))


def _value(measure: ConcessionMeasure, value: int) -> str:
    if measure is ConcessionMeasure.PERCENT:
        return f"{percent_text(value)} %"
    shown = short_rupees(Money(value))
    return (
        shown if measure is ConcessionMeasure.AMOUNT else tr(N_("fixed fee {amount}"), amount=shown)
    )


def _standing(own: OwnKind) -> str:
    if own.is_archived:
        return tr(N_("archived"))
    return _days(own.kind.valid_from, own.kind.valid_to)


def _days(first: date | None, last: date | None) -> str:
    if first and last:
        return tr(N_("{first} to {last}"), first=day_text(first), last=day_text(last))
    if last:
        return tr(N_("until {day}"), day=day_text(last))
    return tr(N_("from {day}"), day=day_text(first)) if first else ""


def _uses(row: PromoRow) -> str:
    if row.left is None:
        return tr(N_("used {count} times"), count=row.used)
    return tr(N_("{count} used, {left} left"), count=row.used, left=row.left)

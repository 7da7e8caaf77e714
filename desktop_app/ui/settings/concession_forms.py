"""The forms of a kind of concession and of a promo code."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox

from desktop_app.domain.concession_kinds import ConcessionKind, bands_text, make_kind, parse_bands
from desktop_app.domain.concessions import ConcessionGroup, ConcessionMeasure
from desktop_app.domain.errors import InvalidInputError
from desktop_app.domain.money import (
    ZERO,
    Money,
    format_plain,
    parse_percent,
    parse_rupees,
    percent_text,
)
from desktop_app.domain.promo_codes import PromoCode, make_promo
from desktop_app.domain.receipt import IST
from desktop_app.ui.core.i18n import N_, bind_text
from desktop_app.ui.forms.entries import day_typed, parse_day
from desktop_app.ui.forms.form import FormDialog
from desktop_app.ui.widgets.buttons import Button
from desktop_app.ui.widgets.select import Select

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from PySide6.QtWidgets import QWidget

    from desktop_app.ui.core.jobs import JobRunner

GROUPS: Mapping[ConcessionGroup, N_] = {
    ConcessionGroup.FAMILY: N_("Family"),
    ConcessionGroup.MERIT: N_("Merit"),
    ConcessionGroup.EARLY: N_("Early payment"),
    ConcessionGroup.OTHER: N_("Other"),
}
MEASURES: Mapping[ConcessionMeasure, N_] = {
    ConcessionMeasure.PERCENT: N_("A percentage"),
    ConcessionMeasure.AMOUNT: N_("An amount"),
    ConcessionMeasure.FIXED_PRICE: N_("A fixed fee"),
}


def value_text(measure: ConcessionMeasure, value: int) -> str:
    """Return a value as it is typed; empty for one that is typed at the counter."""
    if not value:
        return ""
    if measure is ConcessionMeasure.PERCENT:
        return percent_text(value)
    return format_plain(Money(value)).removesuffix(".00")


def _value(field: str, measure: ConcessionMeasure, text: str) -> int:
    if measure is ConcessionMeasure.PERCENT:
        return parse_percent(field, text)
    try:
        return parse_rupees(text).paise
    except InvalidInputError as error:
        raise error.about(field) from error


def _today() -> date:
    return datetime.now(IST).date()


def _amount(field: str, text: str) -> Money:
    try:
        return parse_rupees(text, allow_zero=True)
    except InvalidInputError as error:
        raise error.about(field) from error


class KindForm(FormDialog):
    """A kind of concession, new or edited."""

    def __init__(
        self, runner: JobRunner, parent: QWidget | None, kind: ConcessionKind | None
    ) -> None:
        title = N_("Add concession") if kind is None else N_("Edit concession")
        super().__init__(runner, parent, title=title, action=N_("Save"))
        self.setObjectName("kindForm")
        self._kind = kind
        self._build()
        self.settle()
        self.title.setFocus()

    def _build(self) -> None:
        self.title = self.add_line("title", N_("&Name"), (0, 0))
        self.title_hi = self.add_line("title_hi", N_("Name in &Hindi"), (0, 1))
        self.code = self.add_line("code", N_("&Code"), (1, 0), placeholder=N_("e.g. defence"))
        self.group = Select(
            [(words, group.value) for group, words in GROUPS.items()],
            name="", title=N_("Group"),
        )  # fmt: skip
        self.add_field(
            "grouping", N_("&Group"), self.group, (1, 1),
            hint=N_("Only the largest concession in a group applies."),
        )  # fmt: skip
        self.measure = Select(
            [(words, measure.value) for measure, words in MEASURES.items()],
            name="", title=N_("Type"),
        )  # fmt: skip
        self.add_field("measure", N_("&Type"), self.measure, (2, 0))
        self.amount = self.add_line(
            "value", N_("&Value in % or rupees"), (2, 1),
            hint=N_("Leave empty if you enter the value at the counter or base it on marks."),
        )  # fmt: skip
        self.bands = self.add_line(
            "bands", N_("&Marks"), (3, 0), placeholder=N_("e.g. 80=10, 90=15"),
            hint=N_("Example: 80=10, 90=15 means 10 % for marks of 80 % or more and 15 % for "
                    "90 % or more."),
        )  # fmt: skip
        self.most = self.add_line(
            "max", N_("Ma&ximum, in rupees"), (3, 1), hint=N_("Leave empty for no limit.")
        )
        self.add_date("valid_from", N_("&From"), (4, 0), first=_today)
        self.add_date("valid_to", N_("&Until"), (4, 1), first=_today)
        self.proof = QCheckBox()
        self.proof.setObjectName("kindNeedsProof")
        bind_text(self.proof, "text", N_("Ask for &proof"))
        self.cap = QCheckBox()
        self.cap.setObjectName("kindIgnoresCap")
        bind_text(self.cap, "text", N_("Exempt from the com&bined limit"))
        self.body.addWidget(self.proof, 5, 0, 1, 2)
        self.body.addWidget(self.cap, 6, 0, 1, 2)
        self._load()

    def _load(self) -> None:
        kind = self._kind
        if kind is None:
            return
        self.fill(
            title=kind.title,
            title_hi=kind.title_hi,
            code=kind.code,
            grouping=kind.group.value,
            measure=kind.measure.value,
            value=value_text(kind.measure, kind.value),
            bands=bands_text(kind.bands),
            max="" if kind.most is None else format_plain(kind.most).removesuffix(".00"),
            valid_from=day_typed(kind.valid_from),
            valid_to=day_typed(kind.valid_to),
        )
        self.code.setEnabled(False)
        self.proof.setChecked(kind.needs_proof)
        self.cap.setChecked(kind.ignores_cap)

    @property
    def is_changed(self) -> bool:
        """Whether something was changed since `settle`."""
        kind = self._kind
        flags = (kind.needs_proof, kind.ignores_cap) if kind is not None else (False, False)
        return super().is_changed or flags != (self.proof.isChecked(), self.cap.isChecked())

    def save(self) -> None:
        """Check the fields and save the kind."""
        measure, typed = ConcessionMeasure(self.value("measure")), self.amount.text().strip()
        most = self.most.text().strip()
        base = self._kind or ConcessionKind("", "", "", ConcessionGroup.OTHER)
        kind = make_kind(
            replace(
                base,
                code=self.code.text(),
                title=self.title.text(),
                title_hi=self.title_hi.text(),
                group=ConcessionGroup(self.value("grouping")),
                measure=measure,
                value=_value("value", measure, typed) if typed else 0,
                bands=parse_bands(self.bands.text()),
                most=_amount("max", most) if most else None,
                valid_from=parse_day(self.value("valid_from"), "valid_from"),
                valid_to=parse_day(self.value("valid_to"), "valid_to"),
                needs_proof=self.proof.isChecked(),
                ignores_cap=self.cap.isChecked(),
            )
        )
        self.submit(lambda desk: desk.concessions.save_kind(kind))


class PromoForm(FormDialog):
    """A new promo code."""

    taken = ("code", N_("This code is in use. Choose another one."))

    def __init__(self, runner: JobRunner, parent: QWidget | None) -> None:
        super().__init__(runner, parent, title=N_("Add promo code"), action=N_("Save"))
        self.setObjectName("promoForm")
        self._build()
        self.settle()
        self.code.setFocus()

    def _build(self) -> None:
        self.code = self.add_line("code", N_("&Code"), (0, 0), placeholder=N_("e.g. JEE10"))
        self.make_button = Button(
            N_("&Generate a code"), name="makeCodeButton", tip=N_("Generate a hard-to-guess code")
        )
        self.make_button.clicked.connect(self._make)
        self.body.addWidget(self.make_button, 0, 1)
        self.measure = Select(
            [(words, measure.value) for measure, words in MEASURES.items()],
            name="", title=N_("Type"),
        )  # fmt: skip
        self.add_field("measure", N_("&Type"), self.measure, (1, 0))
        self.amount = self.add_line("value", N_("&Value in % or rupees"), (1, 1))
        self.add_date("valid_from", N_("&From"), (2, 0), first=_today)
        self.add_date("valid_to", N_("&Until"), (2, 1), first=_today)
        self.most = self.add_line(
            "max_uses", N_("Total use&s"), (3, 0), hint=N_("Leave empty for no limit.")
        )
        self.family = self.add_line("max_per_family", N_("Uses per famil&y"), (3, 1))
        self.least = self.add_line("min_bill", N_("M&inimum fee, in rupees"), (4, 0))
        self.courses = self.add_line(
            "courses", N_("C&ourses"), (4, 1), placeholder=N_("e.g. PHY-11, CHE-11"),
            hint=N_("Leave empty for all courses."),
        )  # fmt: skip
        self.first = QCheckBox()
        self.first.setObjectName("promoForNew")
        bind_text(self.first, "text", N_("For &new students only"))
        self.alone = QCheckBox()
        self.alone.setObjectName("promoAlone")
        bind_text(self.alone, "text", N_("Don't combine with &another concession"))
        self.body.addWidget(self.first, 5, 0)
        self.body.addWidget(self.alone, 5, 1)
        self.note = self.add_line("note", N_("Not&e"), (6, 0), span=2)

    def _make(self) -> None:
        self.runner.local(lambda desk: desk.promos.new_code(), self.code.setText, owner=self)

    def save(self) -> None:
        """Check the fields and add the code."""
        measure = ConcessionMeasure(self.value("measure"))
        least = self.least.text().strip()
        words = self.courses.text().replace(",", " ").split()
        promo = make_promo(
            PromoCode(
                code=self.code.text(),
                measure=measure,
                value=_value("value", measure, self.amount.text()),
                courses=frozenset(words),
                valid_from=parse_day(self.value("valid_from"), "valid_from"),
                valid_to=parse_day(self.value("valid_to"), "valid_to"),
                most_uses=_count("max_uses", self.most.text()),
                most_per_family=_count("max_per_family", self.family.text()),
                least_bill=_amount("min_bill", least) if least else ZERO,
                first_enrollment_only=self.first.isChecked(),
                is_combinable=not self.alone.isChecked(),
                note=self.note.text(),
            )
        )
        self.submit(lambda desk: desk.promos.add(promo))


def _count(field: str, text: str) -> int | None:
    typed = text.strip().replace(",", "")
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal()):
        raise InvalidInputError(field, "Enter 1 or more, or leave the field empty.")
    return int(typed)

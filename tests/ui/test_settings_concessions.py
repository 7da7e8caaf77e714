"""The settings of concessions: limits, kinds that the counter offers, and promo codes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.concessions import ConcessionGroup, ConcessionMeasure
from desktop_app.domain.money import Money
from desktop_app.domain.promo_codes import PromoCode
from desktop_app.ui.settings.concession_forms import KindForm, PromoForm
from desktop_app.ui.settings.page import SettingsPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QTableWidget

    from desktop_app.ui.settings.concessions import ConcessionsSection
    from tests.ui.clerk import Clerk


@pytest.fixture
def section(looking: Clerk) -> ConcessionsSection:
    return shown(looking)


def shown(clerk: Clerk) -> ConcessionsSection:
    clerk.window.parts.navigator.go("settings")
    clerk.wait(lambda: clerk.window.findChild(SettingsPage, "settingsPage"))
    page = clerk.the(SettingsPage, "settingsPage")
    page.show_section("concessions")
    found = page.concessions
    clerk.wait(found.kinds.rowCount)
    return found


def cells(table: QTableWidget) -> list[list[str]]:
    found = []
    for row in range(table.rowCount()):
        items = [table.item(row, column) for column in range(table.columnCount())]
        found.append([item.text() if item is not None else "" for item in items])
    return found


def kind_form(clerk: Clerk) -> KindForm:
    clerk.wait(lambda: clerk.window.findChild(KindForm, "kindForm"))
    return clerk.the(KindForm, "kindForm")


def test_the_kinds_that_ship_are_listed_and_all_have_a_limit(section: ConcessionsSection) -> None:
    assert cells(section.kinds)[:3] == [
        ["Sibling", "10 %", ""], ["Staff child", "25 %", ""], ["Merit", "by marks", ""],
    ]  # fmt: skip
    assert section.value("concessions.cap_bp") in {"40", "4000"}
    assert section.fields["concessions.cap_bp"].isVisible()


def test_a_kind_is_edited_archived_and_offered_again(
    looking: Clerk, section: ConcessionsSection
) -> None:
    at = 4
    title = cells(section.kinds)[at][0]
    section.kinds.setCurrentCell(at, 0)
    section.edit_kind.click()
    form = kind_form(looking)
    assert not form.code.isEnabled()
    form.fill(measure="percent", value="12.5")
    form.save_button.click()
    looking.wait(lambda: cells(section.kinds)[at][1] == "12.5 %")
    section.archive_kind.click()
    looking.wait(lambda: cells(section.kinds)[at][2] == "archived")
    assert section.archive_kind.text().strip() == "Offer again"
    section.archive_kind.click()
    looking.wait(lambda: cells(section.kinds)[at][2] == "")
    [found] = [each for each in looking.desk.real.concessions.kinds() if each.kind.title == title]
    assert found.kind.value == 1_250
    assert not found.is_archived


def test_a_kind_is_added(looking: Clerk, section: ConcessionsSection) -> None:
    count = section.kinds.rowCount()
    section.add_kind.click()
    form = kind_form(looking)
    form.save_button.click()
    looking.wait(lambda: form.fields["code"].is_wrong or form.fields["title"].is_wrong)
    form.fill(
        title="Defence family", code="Defence", grouping="family", measure="amount", value="2,000",
        valid_to="31-03-2099",
    )  # fmt: skip
    form.proof.setChecked(True)
    form.save_button.click()
    looking.wait(lambda: section.kinds.rowCount() == count + 1)
    kinds = {each.kind.code: each.kind for each in looking.desk.real.concessions.kinds()}
    made = kinds["defence"]
    assert (made.group, made.measure, made.value) == (
        ConcessionGroup.FAMILY, ConcessionMeasure.AMOUNT, 2_000_00,
    )  # fmt: skip
    assert made.needs_proof
    assert cells(section.kinds)[count] == ["Defence family", "₹2,000", "until 31 Mar 2099"]


def test_what_does_not_fit_is_refused_beside_its_field(
    looking: Clerk, section: ConcessionsSection
) -> None:
    count = section.kinds.rowCount()
    for field, values in (
        ("value", {"value": "101"}),
        ("value", {"value": "1.234"}),
        ("value", {"measure": "amount", "value": "ten"}),
        ("bands", {"bands": "ninety"}),
        ("max", {"max": "-1"}),
        ("valid_from", {"valid_from": "31-02-2026"}),
    ):
        form = KindForm(looking.window.runner, looking.window, None)
        form.open()
        form.fill(title="X", code="x", **values)
        form.save_button.click()
        looking.wait(partial(lambda it: it.is_wrong, form.fields[field]))
        assert len(looking.desk.real.concessions.kinds()) == count, values
        form._throw_away()


def test_a_promo_code_is_added_and_archived_and_one_in_use_is_refused(clerk: Clerk) -> None:
    section = shown(clerk)
    assert section.none.isVisible()
    section.add_code.click()
    clerk.wait(lambda: clerk.window.findChild(PromoForm, "promoForm"))
    form = clerk.the(PromoForm, "promoForm")
    form.make_button.click()
    clerk.wait(form.code.text)
    assert len(form.code.text()) == 8
    form.fill(code="jee10", value="10", max_uses="50", min_bill="5000", courses="PHY-11")
    form.save_button.click()
    clerk.wait(lambda: cells(section.codes))
    assert cells(section.codes)[0] == ["JEE10", "10 %", "", "0 used, 50 left"]
    (made,) = clerk.desk.real.promos.list()
    assert made.promo.courses == frozenset({"PHY-11"})
    assert made.promo.least_bill == Money(5_000_00)
    section.archive_code.click()
    clerk.wait(section.none.isVisible)
    assert clerk.desk.real.promos.list()[0].is_archived
    clerk.desk.real.promos.add(PromoCode("NEET10", ConcessionMeasure.PERCENT, 1_000))
    section.add_code.click()
    clerk.wait(lambda: clerk.window.findChild(PromoForm, "promoForm") not in (None, form))
    again = clerk.the(PromoForm, "promoForm")
    again.fill(code="neet10", value="10")
    again.save_button.click()
    clerk.idle()
    assert again.fields["code"].is_wrong
    assert len(clerk.desk.real.promos.list()) == 2

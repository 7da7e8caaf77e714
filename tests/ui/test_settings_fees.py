"""The settings of fees: the heads of the centre, and where they are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.domain.fee_heads import RefundRule, Treatment
from desktop_app.ui.payments.page import PaymentsPage
from desktop_app.ui.settings.fee_head_form import FeeHeadForm
from desktop_app.ui.settings.page import SettingsPage

if TYPE_CHECKING:
    from desktop_app.ui.settings.fee_heads import FeesSection
    from tests.ui.clerk import Clerk


@pytest.fixture
def section(clerk: Clerk) -> FeesSection:
    clerk.window.parts.navigator.go("settings")
    clerk.wait(lambda: clerk.window.findChild(SettingsPage, "settingsPage"))
    page = clerk.the(SettingsPage, "settingsPage")
    page.show_section("fees")
    clerk.wait(page.fees.heads.rowCount)
    return page.fees


def rows(section: FeesSection) -> list[list[str]]:
    table = section.heads
    found = []
    for row in range(table.rowCount()):
        items = [table.item(row, column) for column in range(3)]
        found.append([item.text() if item is not None else "" for item in items])
    return found


def form_of(clerk: Clerk) -> FeeHeadForm:
    clerk.wait(lambda: clerk.window.findChild(FeeHeadForm, "feeHeadForm"))
    return clerk.the(FeeHeadForm, "feeHeadForm")


def test_a_head_is_added_archived_and_offered_where_heads_are_chosen(
    clerk: Clerk, section: FeesSection
) -> None:
    assert rows(section)[0] == ["Tuition", "GST 18 % · 999293", ""]
    assert not section.archive_head.isEnabled(), "tuition stays"
    section.add_head.click()
    form = form_of(clerk)
    form.fill(title="Transport", code="hostel", gst_rate="5", sac="99")
    form.save_button.click()
    clerk.wait(lambda: "4 to 8 digits" in form.fields["sac"].message.text())
    form.fill(sac="996412")
    form.save_button.click()
    clerk.wait(lambda: "has this code" in form.fields["code"].message.text())
    form.fill(code="bus", treatment="exempt", refund="never")
    assert form.fields["gst_rate"].isHidden()
    form.save_button.click()
    clerk.wait(lambda: ["Transport", "No GST", ""] in rows(section))
    heads = {row.head.code: row.head for row in clerk.desk.real.plans.all_heads()}
    assert (heads["bus"].treatment, heads["bus"].refund) == (Treatment.EXEMPT, RefundRule.NEVER)
    clerk.window.parts.navigator.go("payments")
    clerk.wait(lambda: clerk.window.findChild(PaymentsPage))
    page = clerk.window.findChild(PaymentsPage)
    assert isinstance(page, PaymentsPage)
    clerk.wait(lambda: page.fee_head.findData("bus") > 0)
    clerk.window.parts.navigator.go("settings")
    section.heads.setCurrentCell(len(rows(section)) - 1, 0)
    section.archive_head.click()
    clerk.wait(lambda: ["Transport", "No GST", "archived"] in rows(section))
    clerk.wait(lambda: section.archive_head.text() == "Offer again")

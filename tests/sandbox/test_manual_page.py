"""The sandbox's manual page: it lists every call, fault and test card, and no other."""

from __future__ import annotations

import re
from pathlib import Path

from desktop_app.sandbox.control_plane import ControlPlane
from desktop_app.sandbox.dashboard.all_sections import ALL_SECTIONS
from desktop_app.sandbox.entity_store import EntityStore
from desktop_app.sandbox.faults import KINDS
from desktop_app.sandbox.ids import SandboxIdSource
from desktop_app.sandbox.lifecycle import Lifecycle
from desktop_app.sandbox.pages.payment_form import CARDS
from desktop_app.sandbox.sandbox_context import SandboxContext
from desktop_app.sandbox.timers import Timers
from desktop_app.sandbox.upi import TEST_AMOUNTS
from desktop_app.sandbox.webhook_sender import WebhookSender

MANUAL = Path(__file__).parents[2] / "resources" / "help" / "sandbox.md"


def _text() -> str:
    return MANUAL.read_text(encoding="utf-8")


def context_of_nothing() -> SandboxContext:
    """Return the context of a sandbox that serves nobody."""
    store = EntityStore(SandboxIdSource("1"))
    lifecycle = Lifecycle(store)
    timers = Timers(store, lifecycle)
    sender = WebhookSender(store, timers)
    return SandboxContext(store, lifecycle, timers, sender, "", "", "")


def test_it_names_every_control_call_and_no_other() -> None:
    control = ControlPlane(context_of_nothing())
    served = {f"{route.method} {route.rule}" for route in control.routes()}
    named = re.findall(r"^\| `([A-Z]+ /_sandbox/[^`]*)` \|", _text(), re.MULTILINE)
    assert set(named) == served
    assert len(named) == len(served)


def test_it_names_every_section_of_the_page() -> None:
    table = _text().partition("## By mouse")[2].partition("\n## ")[0]
    named = {
        name for row in re.findall(r"^\| (.+?) \|", table, re.MULTILINE) for name in row.split(", ")
    }
    assert named - {"section", "---"} == {section.title for section in ALL_SECTIONS}


def test_it_names_every_fault_card_and_test_amount() -> None:
    text = _text()
    for kind in KINDS:
        assert f"`{kind}`" in text, kind
    for number in CARDS:
        assert " ".join(number[at : at + 4] for at in range(0, 16, 4)) in text
    for paise, reason in TEST_AMOUNTS.items():
        assert re.search(rf"\b{paise}\b(?: paise)? `{reason}`", text), reason

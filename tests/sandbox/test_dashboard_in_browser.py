"""The owner's pages in a real browser: everything done by mouse, and nothing cut at any size."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from desktop_app.sandbox.dashboard.all_sections import ALL_SECTIONS

from .browser import Browser, missing_browser
from .dashboard_state import BOARD, deeds, fill, remove_accounts
from .webhook_receiver import WebhookReceiver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .sandbox_client import SandboxClient

pytestmark = [
    pytest.mark.skipif(missing_browser() is not None, reason=missing_browser() or ""),
    pytest.mark.timeout(180),
]
SLUGS = [section.slug for section in ALL_SECTIONS]
SIZES = ((1366, 728), (360, 740))
TAB, ENTER, ESCAPE = "\ue004", "\ue007", "\ue00c"
CUT = """
  if (document.documentElement.scrollWidth > innerWidth) return ["wide"];
  const clips = (e) => getComputedStyle(e).overflowX !== "visible";
  return [...document.querySelectorAll("body *")]
    .filter((e) => !e.closest(".unseen, .for, thead, select, input, textarea, pre, nav, option"))
    .filter((e) => e.getClientRects().length && e.checkVisibility())
    .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5
      || (clips(e) && e.scrollWidth > e.clientWidth + 1))
    .map((e) => e.outerHTML.slice(0, 120));"""
UNNAMED = """
  return [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
    .filter((e) => !e.labels.length).map((e) => e.outerHTML);"""


@pytest.fixture
def page(browser: Browser, client: SandboxClient) -> Iterator[Browser]:
    browser.complaints()
    yield browser
    browser.go("about:blank")  # a page that looks again and again would ask later tests' sandbox
    remove_accounts(client)
    complaints = browser.complaints()
    assert complaints == []
    browser.devtools("Emulation.clearDeviceMetricsOverride")


def test_everything_is_done_by_mouse(page: Browser, client: SandboxClient) -> None:
    page.resize(1366, 728)
    with WebhookReceiver() as receiver:
        for deed in deeds(fill(client, receiver.url)):
            opened = f"#do-{deed.action.slug}"
            if urlsplit(page.address).path != deed.page:  # most end where they began
                page.go(client.server.url + deed.page)
            page.run("document.querySelector('#told')?.remove()")
            if page.has(f"details{opened}:not([open])"):
                page.press(f"{opened} > summary")
            if deed.action.needs_yes:
                page.press(f"{opened}-yes")
            page.press(f'form[action="{deed.to}"] button')
            page.see(deed.action.done, "#told")
    assert not any(client.state().values())


def test_no_page_is_cut_or_wider_than_the_window(page: Browser, client: SandboxClient) -> None:
    empty = ["/", *(f"{BOARD}{slug}" for slug in ("orders", "webhooks", "requests"))]
    found = {f"empty {path}": _faults_of(page, client, path) for path in empty}
    with WebhookReceiver() as receiver:
        keys = fill(client, receiver.url)
    request = f"{BOARD}requests/{client.control('requests')['last']}"
    every = {*(f"{BOARD}{slug}" for slug in SLUGS), *(deed.page for deed in deeds(keys))}
    found |= {path: _faults_of(page, client, path) for path in ("/", request, *every)}
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def _faults_of(page: Browser, client: SandboxClient, path: str) -> list[str]:
    page.go(client.server.url + path)
    page.run("for (const e of document.querySelectorAll('details')) e.open = true")
    found: list[str] = page.run(UNNAMED)
    for width, height in SIZES:
        page.resize(width, height)
        found += page.run(CUT)
    return found


def test_the_menu_and_a_form_work_by_keyboard_on_a_phone(
    page: Browser, client: SandboxClient
) -> None:
    page.resize(360, 740)
    page.go(client.server.url)
    page.run("document.querySelector('.menu-link').focus()")
    page.keys(ENTER)
    page.wait_for("document.querySelector('#menu').checkVisibility()")
    page.keys(TAB, TAB, TAB, ENTER)  # close, overview, orders
    page.see("Orders", "h1")
    page.run("document.querySelector('#do-create summary').focus()")
    page.keys(TAB, "7", TAB, TAB, ENTER)
    page.see("Order created.", "#told")
    assert client.state()["orders"][0]["amount"] == 700


def test_an_open_page_shows_what_has_changed(page: Browser, client: SandboxClient) -> None:
    page.resize(1366, 728)
    page.go(f"{client.server.url}{BOARD}orders")
    assert page.has("#do-create[open]")
    order = client.order()["id"]
    page.see(order, "#main")
    assert page.has("#do-create[open]")
    page.run("document.querySelector('#do-create-receipt').value = 'being typed'")
    later = client.order()["id"]
    page.run("window.seen = document.querySelector('#main').textContent")
    assert later not in page.run("return window.seen")
    page.run("document.querySelector('#do-create-receipt').value = ''")
    page.see(later, "#main")
    client.control("reset", {})
    page.see("No orders yet.", "#main")


def test_the_keys_are_copied(page: Browser, client: SandboxClient) -> None:
    page.resize(1366, 728)
    allowed = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    page.devtools("Browser.grantPermissions", permissions=allowed)
    page.devtools("Emulation.setFocusEmulationEnabled", enabled=True)
    page.go(client.server.url)
    for number, text in ((2, client.server.key_id), (3, client.server.key_secret)):
        page.press(f".keys dd:nth-of-type({number}) .copy")
        page.see("Copied", f".keys dd:nth-of-type({number})")
        page.run(
            "window.read = ''; navigator.clipboard.readText().then((t) => { window.read = t; })"
        )
        assert page.wait_for("read") == text

"""The owner's pages in a real browser: everything done by mouse, and nothing cut at any size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desktop_app.sandbox.dashboard.all_sections import ALL_SECTIONS

from .browser import Browser, missing_browser
from .dashboard_state import BOARD, Deed, deeds, fill, remove_accounts
from .page_client import PageClient, typed
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
# Writes each page into the tab, as it would have loaded it: that takes a third of the time.
JUDGE = """
  const show = async (path) => {
    const answer = await fetch(path, {cache: "no-store"});
    if (!answer.ok) return [`status ${answer.status}`];
    const text = await answer.text();
    document.open();
    const loaded = new Promise((done) => addEventListener("load", done, {once: true}));
    document.write(text);
    document.close();
    await loaded;
    for (const e of document.querySelectorAll("details")) e.open = true;
    return [...unnamed(), ...unstyled(), ...cut(), ...unpressable(), ...invalid()];
  };
  const clips = (e) => getComputedStyle(e).overflowX !== "visible";
  const named = (found) => found.map((e) => e.outerHTML.slice(0, 120));
  const unstyled = () =>
    [...document.styleSheets].some((sheet) => sheet.cssRules.length) ? [] : ["no style sheet"];
  const cut = () => {
    if (document.documentElement.scrollWidth > innerWidth) return ["wide"];
    return named([...document.querySelectorAll("body *")]
      .filter((e) => !e.closest(".unseen, .for, thead, select, input, textarea, pre, nav, option"))
      .filter((e) => e.getClientRects().length && e.checkVisibility())
      .filter((e) => e.getBoundingClientRect().right > innerWidth + 0.5
        || (clips(e) && e.scrollWidth > e.clientWidth + 1)));
  };
  const unnamed = () =>
    named([...document.querySelectorAll("input:not([type=hidden]), select, textarea")]
      .filter((e) => !e.labels.length));
  const unpressable = () => named([...document.querySelectorAll("main form button")].filter((e) => {
    e.scrollIntoView({block: "center", behavior: "instant"});
    const box = e.getBoundingClientRect();
    return !e.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2));
  }));
  // What a form holds at first can be sent, but for the Yes that some want.
  const invalid = () => named([...document.querySelectorAll("main form :invalid")]
    .filter((e) => !e.matches("fieldset, [type=checkbox]")));
  window.setTimeout = () => 0;  // a page that looks for news would be several ones
  return (async () => {
    const found = {};
    for (const path of arguments[0]) found[path] = await show(path);
    return found;
  })();"""


@pytest.fixture
def page(browser: Browser, client: SandboxClient) -> Iterator[Browser]:
    browser.complaints()
    yield browser
    browser.go("about:blank")  # a page that looks again and again would ask later tests' sandbox
    remove_accounts(client)
    complaints = browser.complaints()
    assert complaints == []
    browser.devtools("Emulation.clearDeviceMetricsOverride")


def test_each_kind_of_form_is_sent_by_mouse(page: Browser, client: SandboxClient) -> None:
    """That every single form can be pressed and sent, the test of all pages judges."""
    page.resize(1366, 728)
    owner, seen = PageClient(client), set[tuple[object, ...]]()
    with WebhookReceiver() as receiver:
        for deed in deeds(fill(client, receiver.url)):
            if (kind := _kind(deed)) in seen:
                owner.press(deed.to, **typed(owner.read(deed.page), deed.to))
                continue
            seen.add(kind)
            opened = f"#do-{deed.action.slug}"
            page.go(client.server.url + deed.page)
            if page.has(f"details{opened}:not([open])"):
                page.press(f"{opened} > summary")
            if deed.action.needs_yes:
                page.press(f"{opened}-yes")
            page.press(f'form[action="{deed.to}"] button')
            page.see(deed.action.done, "#told")
    assert not any(client.state().values())


def _kind(deed: Deed) -> tuple[object, ...]:
    """Return what makes a form different for a browser: its place, and the kinds of its fields."""
    fields = frozenset(field.kind for field in deed.action.fields)
    return (deed.is_of_row, deed.page.count("/"), deed.action.needs_yes, fields)


def test_no_page_is_cut_or_wider_than_the_window(page: Browser, client: SandboxClient) -> None:
    empty = ["/", *(f"{BOARD}{slug}" for slug in ("orders", "webhooks", "requests"))]
    found = {f"empty {path}": wrong for path, wrong in _faults(page, client, empty).items()}
    with WebhookReceiver() as receiver:
        keys = fill(client, receiver.url)
    request = f"{BOARD}requests/{client.control('requests')['last']}"
    every = {*(f"{BOARD}{slug}" for slug in SLUGS), *(deed.page for deed in deeds(keys))}
    found |= _faults(page, client, ["/", request, *sorted(every)])
    assert len(found) > len(SLUGS)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}


def _faults(page: Browser, client: SandboxClient, paths: list[str]) -> dict[str, list[str]]:
    """Judge pages in one tab, one after the other, at each size."""
    found: dict[str, list[str]] = {path: [] for path in paths}
    for width, height in SIZES:
        page.go(client.server.url)
        page.resize(width, height)
        for path, wrong in page.run(JUDGE, paths).items():
            found[path] += wrong
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

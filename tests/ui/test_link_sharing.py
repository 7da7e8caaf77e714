"""Handing a payment link over: what is copied, what WhatsApp and mail are given, never opened."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QComboBox, QMenu

from desktop_app.domain.money import Money
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.ui.counter.link_sharing import mail_url, message, whatsapp_url
from desktop_app.ui.widgets.labels import ElidedLabel
from tests.ui.test_attempts import view as make_view

if TYPE_CHECKING:
    from desktop_app.services.views.payments import AttemptView
    from tests.ui.clerk import Clerk

LINK = "https://rzp.io/i/Ab3&x=1"


def link_view(name: str = "Asha Rao") -> AttemptView:
    view = make_view(1, AttemptState.AWAITING)
    return replace(
        view, method=Method.PAYMENT_LINK, qr_text=LINK, amount=Money(1_180_000), student_name=name
    )


def with_link(clerk: Clerk) -> QMenu:
    """A payment by link on screen, and its menu."""
    clerk.pick("R002", "CHE-11")
    select = clerk.the(QComboBox, "methodSelect")
    select.setCurrentIndex(select.findData(Method.PAYMENT_LINK.value))
    clerk.desk.gateway.short_url = LINK
    clerk.press(Qt.Key.Key_F9)
    clerk.wait(lambda: clerk.named("qrView").property("text") == LINK)
    clerk.click("sendLinkButton")
    return clerk.the(QMenu, "linkMenu")


def action(menu: QMenu, name: str) -> QAction:
    found = menu.findChild(QAction, name)
    assert isinstance(found, QAction)
    return found


def test_the_message_names_centre_amount_and_link_and_nobody() -> None:
    words = message("Vidya Coaching Centre", link_view())
    assert words == f"Vidya Coaching Centre: please pay the fee of ₹11,800 here: {LINK}"


@pytest.mark.parametrize("centre", ["R&D #1 Coaching?", "विद्या कोचिंग", "A\r\nBcc: x@y"])
def test_whatever_the_centre_is_called_the_url_holds_one_text(centre: str) -> None:
    url = whatsapp_url(centre, link_view())
    assert url.isascii()
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "wa.me", "/")
    assert parse_qs(parts.query) == {"text": [message(centre, link_view())]}
    mail = mail_url(centre, link_view())
    assert mail.startswith("mailto:?subject=")
    assert "\n" not in unquote(mail)
    assert parse_qs(urlsplit(mail).query)["body"] == [message(centre, link_view())]


def test_without_a_name_of_the_centre_the_message_still_says_who_asks() -> None:
    assert message("", link_view()).startswith("Your coaching centre:")


def test_a_link_is_shown_copied_and_handed_to_the_system_and_a_qr_is_not(clerk: Clerk) -> None:
    clerk.collect()
    assert not clerk.shown("linkText")
    clerk.press(Qt.Key.Key_Escape)
    menu = with_link(clerk)
    assert menu.actions()[0].text() == LINK.replace("&", "&&")
    action(menu, "copyLinkAction").trigger()
    assert QGuiApplication.clipboard().text() == LINK
    assert "Payment link copied" in clerk.notices()
    opened: list[str] = []

    def open_it(url: str) -> bool:
        opened.append(url)
        return True

    links = clerk.window.parts.counter.claims.links
    links.opener = open_it
    action(menu, "whatsappAction").trigger()
    action(menu, "mailAction").trigger()
    assert opened[0].startswith("https://wa.me/?text=Vidya%20Coaching%20Centre")
    assert opened[1].startswith("mailto:?subject=")
    links.opener = lambda _url: False
    action(menu, "mailAction").trigger()
    menu.close()
    assert QGuiApplication.clipboard().text() != LINK
    assert LINK in QGuiApplication.clipboard().text(), "where nothing opens it, it is copied"
    assert "Couldn't open a program to send the message" in clerk.notices()
    links.opener = open_it
    assert clerk.the(ElidedLabel, "linkText").full_text() == LINK
    QGuiApplication.clipboard().clear()
    clerk.click("copyLinkButton")
    assert QGuiApplication.clipboard().text() == LINK
    clerk.click("chatLinkButton")
    assert parse_qs(urlsplit(opened[2]).query)["text"][0].endswith(LINK)
    assert clerk.window.parts.payment.view is not None
    assert clerk.desk.calls.count("payments.cancel") == 0

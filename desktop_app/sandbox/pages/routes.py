"""Routes of everything that a browser loads: parents' pages, Checkout, the owner's pages, images.

Pages of other sites are refused by the same check as in the control plane, except where Checkout
must be opened by them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Response

from ..dashboard.dashboard_pages import DashboardPages
from ..errors import PageError
from ..upi import PICTURE_PATH, qr_text
from .checkout_pages import CheckoutPages
from .invoice_pages import InvoicePages
from .link_pages import LinkPages
from .qr_images import png
from .rendering import STATIC_PATH, PageRenderer, missing, static_file

if TYPE_CHECKING:
    from typing import Protocol

    from flask import Flask

    from ..sandbox_context import SandboxContext

    class RequestChecks(Protocol):
        """Checks of a request; each raises where it refuses one."""

        def check_own(self) -> None:
            """Refuse what a foreign page sends."""

        def check_host(self) -> None:
            """Refuse what names a foreign host."""

        def check_owner(self) -> None:
            """Refuse foreign pages, and programs that do not know the token."""


class Pages:
    """The pages of one sandbox."""

    def __init__(self, context: SandboxContext, checks: RequestChecks) -> None:
        renderer = PageRenderer()
        self._context = context
        self._links = LinkPages(context, renderer, checks.check_own)
        self._invoices = InvoicePages(context, renderer, checks.check_own)
        self._checkouts = CheckoutPages(context, renderer, checks.check_own, checks.check_host)
        self._dashboard = DashboardPages(context, renderer, checks.check_owner)

    def register(self, app: Flask) -> None:
        """Add the pages to the application."""
        app.add_url_rule(f"{PICTURE_PATH}<code>", "picture", self.picture)
        app.add_url_rule(f"{STATIC_PATH}<name>", "static_file", self.static)
        for pages in (self._links, self._invoices, self._checkouts, self._dashboard):
            pages.register(app)
        app.register_error_handler(PageError, _on_page_error)

    def picture(self, code: str) -> Response:
        """Return a QR code's PNG, the target of `image_url`."""
        with self._context.store.lock:
            qr = self._context.store.qr_codes.get(f"qr_{code}")
        if qr is None:
            raise PageError("Image not found.")
        return Response(png(qr_text(qr)), content_type="image/png")

    def static(self, name: str) -> Response:
        """Return a style sheet or a script."""
        found = static_file(name)
        if found is None:
            raise PageError("File not found.")
        return found


def _on_page_error(problem: PageError) -> Response:
    return missing(str(problem))

"""The counter: search, bill, payment, and the parent's claim to have paid."""

from __future__ import annotations

from desktop_app.ui.core.i18n import N_
from desktop_app.ui.core.page_spec import PageSpec

PAGE = PageSpec("counter", N_("Counter"))

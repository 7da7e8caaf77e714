"""The manual's table of the SDK's resources, held against the SDK and the sandbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .sdk_surface import surface, table

if TYPE_CHECKING:
    from desktop_app.sandbox.server import SandboxServer

MANUAL = Path(__file__).parents[2] / "resources" / "help" / "sandbox.md"


def test_the_manual_says_of_every_call_of_the_sdk_whether_it_is_served(
    server: SandboxServer,
) -> None:
    found = surface(server)
    assert sum(map(len, found.values())) > 150
    assert found["invoice"] == dict.fromkeys(found["invoice"], True)
    assert not any(found["subscription"].values())
    assert table(found) in MANUAL.read_text("utf-8")


@pytest.mark.parametrize("path", ["/v1/orders/x/nothing", "/v1/nothing", "/v2/accounts"])
def test_an_unknown_url_needs_a_key_first(server: SandboxServer, path: str) -> None:
    from .sandbox_client import SandboxClient

    client = SandboxClient(server)
    assert client.refusal("GET", path) == "The requested URL was not found on the server."
    assert client.send("GET", path)[0] == (401 if path.startswith("/v1") else 400)

"""pytest plugin: the fixture `razorpay_sandbox`, an account of a sandbox for each test.

pytest loads this module at every start, so it imports nothing before a test asks for the fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .testing import RazorpaySandbox

MARK = (
    "razorpay_sandbox(seed=None, now=None, key_id=None, key_secret=None): how the account of the "
    "fixture razorpay_sandbox begins, such as seed=7, now='2026-04-01T10:00'."
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names a running sandbox."""
    parser.getgroup("razorpay_sandbox").addoption(
        "--razorpay-sandbox",
        metavar="URL",
        help="Use the sandbox that runs at this address, such as one in a container.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARK)


@pytest.fixture(scope="session")
def razorpay_sandbox_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the sandbox that all tests of a process share."""
    running = request.config.getoption("--razorpay-sandbox")
    if running:
        yield str(running).rstrip("/")
        return
    from .server import SandboxServer

    with SandboxServer() as server:
        yield server.url


@pytest.fixture
def razorpay_sandbox(
    razorpay_sandbox_url: str, request: pytest.FixtureRequest
) -> Iterator[RazorpaySandbox]:
    """An account of the sandbox for one test, empty, with keys, clock and faults to itself."""
    from .testing import RazorpaySandbox

    mark = request.node.get_closest_marker("razorpay_sandbox")
    with RazorpaySandbox.account(razorpay_sandbox_url, **(mark.kwargs if mark else {})) as sandbox:
        yield sandbox

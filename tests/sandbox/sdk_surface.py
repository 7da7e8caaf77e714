"""Every call of the Python SDK, tried on a sandbox: served, or answered as an unknown URL.

`python -m tests.sandbox.sdk_surface` prints the table of the manual.
"""

from __future__ import annotations

import inspect
import sys
import warnings
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import razorpay

from desktop_app.sandbox.errors import URL_NOT_FOUND
from desktop_app.sandbox.server import SandboxServer

if TYPE_CHECKING:
    from collections.abc import Iterator

# What a parameter of a call is given; every other one is an id.
GIVEN: dict[str, Any] = {"data": {}, "amount": 100, "device_mode": "wired"}
UNAUTHORISED = 401
SOME_ID = "AAAAAAAAAAAAAA"
NOTHING, EVERYTHING, ELSE = "nothing", "everything", "everything else"

Surface = dict[str, dict[str, bool]]


def surface(server: SandboxServer) -> Surface:
    """Return by resource and method whether the sandbox serves it."""
    client = razorpay.Client(auth=(server.key_id, server.key_secret), base_url=server.url)
    answers: list[Any] = []
    client.session.hooks["response"].append(lambda response, **_: answers.append(response))
    found: Surface = defaultdict(dict)
    for resource, held in sorted(vars(client).items()):
        for method, call in _methods(held):
            answers.clear()
            with (
                suppress(razorpay.errors.BadRequestError),
                warnings.catch_warnings(action="ignore"),
            ):
                call(*_arguments(call))
            (answer,) = answers
            error = {} if answer.ok else answer.json()["error"]
            is_unknown = error.get("description") == URL_NOT_FOUND
            # A call with the key id alone is refused before its address is looked at.
            found[resource][method] = not is_unknown and answer.status_code != UNAUTHORISED
    return dict(found)


def _methods(held: object) -> Iterator[tuple[str, Any]]:
    if type(held).__module__.startswith("razorpay.resources."):
        for name in sorted(vars(type(held))):
            if not name.startswith("_") and not name.endswith("_url"):
                yield name, getattr(held, name)


def _arguments(call: Any) -> Iterator[Any]:
    for parameter in inspect.signature(call).parameters.values():
        if parameter.kind is not parameter.VAR_KEYWORD:
            yield GIVEN.get(parameter.name, SOME_ID)


def rows(found: Surface) -> Iterator[tuple[str, str, str]]:
    """Yield the manual's rows: resources, what is served of them, what is not."""
    whole, unserved = [], []
    for resource, methods in found.items():
        served = [name for name, is_served in methods.items() if is_served]
        missing = [name for name, is_served in methods.items() if not is_served]
        if not served:
            unserved.append(resource)
        elif not missing:
            whole.append(resource)
        else:
            yield _code([resource]), ELSE, _code(missing)
    yield _code(whole), EVERYTHING, NOTHING
    yield _code(unserved), NOTHING, EVERYTHING


def _code(names: list[str]) -> str:
    return " ".join(f"`{name}`" for name in names)


def table(found: Surface) -> str:
    """Return the manual's table."""
    lines = ["| resource | served | answered as an unknown URL |", "|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows(found))])


if __name__ == "__main__":
    with SandboxServer() as sandbox:
        sys.stdout.write(f"{table(surface(sandbox))}\n")

"""The Flask application: routing, authentication and the JSON of answers.

Every call runs under the store's lock in one transaction, after everything that is due by the
clock. Must not know what a call means; each resource has its own module.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import traceback
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from . import errors
from .control_plane import ControlPlane
from .faults import STALE_KEY, STRICT_KEY
from .pages.routes import Pages
from .request_parsing import UnreadableBodyError, read_call
from .resources import RESOURCES
from .scalars import strict_types
from .throttle import Throttle

if TYPE_CHECKING:
    from collections.abc import Callable

    from .own_addresses import OwnAddresses
    from .sandbox_context import Route, SandboxContext
    from .validation import Call


class SandboxApp:
    """Request handling between Flask and the resources."""

    def __init__(
        self,
        context: SandboxContext,
        own: OwnAddresses,
        log: Callable[[str], None],
        *,
        token: str | None = None,
    ) -> None:
        self._context = context
        self._token = token
        self._own = own
        self._log = log
        self._throttle = Throttle()

    def api(self, route: Route, **path: str) -> Response:
        """Answer a call of the API."""
        if not self._is_authentic(route):
            raise errors.authentication_failed()
        with strict_types(wanted=bool(request.environ.get(STRICT_KEY))):
            answer = self._answer(route, read_call(request, path))
        if route.public:
            answer.headers["Access-Control-Allow-Origin"] = "*"
        return answer

    def _answer(self, route: Route, call: Call) -> Response:
        stale = request.method == "GET" and request.environ.get(STALE_KEY)
        with self._context.store.lock:
            self._context.timers.run_due()
            self._throttle.check(self._context)
            if route.feature and not self._context.account.features[route.feature]:
                raise errors.url_not_found()
            key = call.path.get("id")
            then = self._context.store.before_last_change(key) if stale else nullcontext()
            with self._context.store.transaction(), then:
                answer = route.answer(call)
        return as_json(answer)

    def control(self, route: Route, **path: str) -> Response:
        """Answer a call of the control plane."""
        self.check_owner()
        call = read_call(request, path)
        # It has named the account already.
        call = replace(call, query=[pair for pair in call.query if pair[0] != "key_id"])
        if not route.locked:
            return as_json(route.answer(call))
        with self._context.store.lock:
            self._context.timers.run_due()
            with self._context.store.transaction():
                answer = route.answer(call)
            self._context.timers.run_due()
        return as_json(answer)

    def check_owner(self) -> None:
        """Refuse foreign pages and, where a token is set, programs that do not know it."""
        self._check(local=True)
        if self._token is None:
            return
        expected = f"Bearer {self._token}".encode()
        given = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(given, expected):
            raise UnknownOwnerError

    def check_own(self) -> None:
        """Refuse requests that a foreign page sends."""
        self._check()

    def check_host(self) -> None:
        """Refuse requests to a foreign host name."""
        if not self._own.is_host(request.headers.get("Host")):
            raise ForeignOriginError

    def _check(self, *, local: bool = False) -> None:
        headers = request.headers
        is_own = self._own.is_host(headers.get("Host"), local=local)
        if not (is_own and self._own.is_origin(headers.get("Origin"), local=local)):
            raise ForeignOriginError

    def _is_authentic(self, route: Route | None = None) -> bool:
        given = _basic_credentials()
        key_id, secret = self._context.key_id.encode(), self._context.key_secret.encode()
        if route is not None and route.public:
            named = [key_id, key_id + b":"]
            if given in named or request.args.get("key_id", "").encode() in named:
                return True
        return given is not None and hmac.compare_digest(given, key_id + b":" + secret)

    # Refusals

    def on_api_error(self, problem: errors.ApiError) -> Response:
        """Answer a refusal of the API."""
        return as_json(problem.body(), problem.status)

    def on_control_error(self, problem: errors.ControlError) -> Response:
        """Answer a refusal of the control plane."""
        return as_json({"error": str(problem)}, 400)

    def on_foreign(self, problem: ForeignOriginError) -> Response:
        """Answer a foreign Host or Origin with 403."""
        del problem
        return as_json({"error": "only this machine's own programs and pages are let in"}, 403)

    def on_unknown_owner(self, problem: UnknownOwnerError) -> Response:
        """Answer a request without the token with 401."""
        del problem
        return as_json({"error": "only the program that started this sandbox is let in"}, 401)

    def on_unreadable(self, problem: UnreadableBodyError) -> Response:
        """Answer a body that is not JSON."""
        if is_control():
            return as_json({"error": str(problem)}, 400)
        return self.on_api_error(errors.bad_request(str(problem)))

    def on_http_error(self, problem: HTTPException) -> Response:
        """Answer a wrong path or method; the API answers 400, as Razorpay does."""
        if is_control():
            return as_json({"error": "no such call"}, 404 if problem.code == 404 else 400)  # noqa: PLR2004
        if self._is_authentic() or not request.path.startswith("/v1"):
            return self.on_api_error(errors.url_not_found())
        return self.on_api_error(errors.authentication_failed())

    def on_internal_error(self, problem: Exception) -> Response:
        """Answer a defect of the sandbox itself and log its traceback."""
        self._log("".join(traceback.format_exception(problem)))
        if is_control():
            return as_json({"error": f"the sandbox has a fault: {problem}"}, 500)
        return self.on_api_error(errors.server_trouble())


def _basic_credentials() -> bytes | None:
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Basic":
        return None
    try:
        return base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return None


class ForeignOriginError(Exception):
    """A Host or Origin header that does not name this sandbox."""


class UnknownOwnerError(Exception):
    """A request without the token of this sandbox."""


def is_control() -> bool:
    """Return whether the request is for the control plane."""
    return request.path.startswith("/_sandbox")


def as_json(answer: dict[str, Any] | list[Any], status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(json.dumps(answer), status, content_type="application/json")


class MatchedRule(Rule):
    """A rule that requests are matched against, and that no URL is built from.

    Compiling the builders of a hundred rules took five sixths of a sandbox's start.
    """

    @staticmethod
    def _compile_builder(*_: object, **__: object) -> Callable[..., tuple[str, str]]:
        return _build_no_url


def _build_no_url(*_given: object) -> tuple[str, str]:
    raise NotImplementedError("the sandbox builds no URL from a rule")


class SandboxFlask(Flask):
    """Flask with rules that are only matched."""

    url_rule_class = MatchedRule


def build_app(
    context: SandboxContext,
    own: OwnAddresses,
    log: Callable[[str], None],
    *,
    token: str | None = None,
) -> Flask:
    """Build the application of one sandbox."""
    app = SandboxFlask("pravesh_sandbox", static_folder=None, template_folder=None)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    sandbox_app = SandboxApp(context, own, log, token=token)
    for resource in RESOURCES:
        for route in resource(context).routes():
            _add(app, route, sandbox_app.api)
    for route in ControlPlane(context).routes():
        _add(app, route, sandbox_app.control)
    Pages(context, sandbox_app).register(app)
    app.register_error_handler(errors.ApiError, sandbox_app.on_api_error)
    app.register_error_handler(errors.ControlError, sandbox_app.on_control_error)
    app.register_error_handler(ForeignOriginError, sandbox_app.on_foreign)
    app.register_error_handler(UnknownOwnerError, sandbox_app.on_unknown_owner)
    app.register_error_handler(UnreadableBodyError, sandbox_app.on_unreadable)
    app.register_error_handler(HTTPException, sandbox_app.on_http_error)
    app.register_error_handler(Exception, sandbox_app.on_internal_error)
    return app


def _add(app: Flask, route: Route, answer: Callable[..., Response]) -> None:
    app.add_url_rule(
        route.rule,
        endpoint=f"{route.method} {route.rule}".replace(".", "_"),
        view_func=partial(answer, route),
        methods=[route.method],
        provide_automatic_options=False,
    )

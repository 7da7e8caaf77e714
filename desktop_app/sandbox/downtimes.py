"""`/v1/payments/downtimes`: payment methods that are down. The control plane sets them.

Must not stop payments: Razorpay only warns. Rules: razorpay.com/docs/api/payments/downtime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .clock import EARLIEST, LATEST
from .control_validation import check_known, one_of
from .entities import Downtime
from .entity_json import Json, collection, downtime_json
from .errors import ControlError
from .sandbox_context import Resource, Route

if TYPE_CHECKING:
    from .validation import Call

METHODS = ("card", "netbanking", "upi", "wallet")
SEVERITIES = ("high", "medium", "low")
STATUSES = ("scheduled", "started", "updated", "resolved", "cancelled")
INSTRUMENTS = ("psp", "vpa_handle", "bank", "issuer", "network", "flow", "wallet", "card_type")
FIELDS = ("method", "instrument", "severity", "scheduled", "begin", "end")
CHANGEABLE = ("status", "severity", "end")
OVER = ("resolved", "cancelled")


class DowntimesResource(Resource):
    """The resource's calls, and those of the control plane."""

    def routes(self) -> list[Route]:
        """Return the API's routes."""
        return [
            Route("GET", "/v1/payments/downtimes", self.list),
            Route("GET", "/v1/payments/downtimes/<id>", self.fetch),
        ]

    def control_routes(self) -> list[Route]:
        """Return the control plane's routes."""
        return [
            Route("POST", "/_sandbox/downtimes", self.begin),
            Route("POST", "/_sandbox/downtimes/<id>", self.move),
        ]

    def list(self, call: Call) -> Json:
        """Return current and scheduled downtimes."""
        del call
        down = self._context.store.downtimes.newest_first()
        return collection(downtime_json(d) for d in down if d.status not in OVER)

    def fetch(self, call: Call) -> Json:
        """Return a downtime, including past ones."""
        return downtime_json(self._context.downtime(call.path["id"]))

    def begin(self, call: Call) -> Json:
        """Start a downtime of a method, now or at `begin`."""
        body, now = call.body, self._context.now()
        _check(body, FIELDS)
        scheduled = body.get("scheduled", False)
        if not isinstance(scheduled, bool):
            raise ControlError("scheduled must be true or false")
        begin = body.get("begin", now)
        downtime = Downtime(
            id=self._context.store.ids.new("down"),
            created_at=now,
            updated_at=now,
            method=one_of(body, "method", METHODS, "upi"),
            begin=begin,
            instrument=_instrument(body),
            end=body.get("end"),
            status="scheduled" if scheduled and begin > now else "started",
            scheduled=scheduled,
            severity=one_of(body, "severity", SEVERITIES, "high"),
        )
        self._context.store.add(downtime)
        if downtime.status == "started":
            self._context.lifecycle.events.record("payment.downtime.started", now, downtime)
        return downtime_json(downtime)

    def move(self, call: Call) -> Json:
        """Update a downtime's status, severity or end."""
        body, now = call.body, self._context.now()
        _check(body, CHANGEABLE)
        downtime = self._context.store.downtimes.get(call.path["id"])
        if downtime is None:
            raise ControlError("no downtime has this id")
        if downtime.status in OVER:
            raise ControlError(f"the downtime is {downtime.status} already")
        status = one_of(body, "status", STATUSES, "updated")
        severity = one_of(body, "severity", SEVERITIES, downtime.severity)
        self._context.store.edit(downtime)
        downtime.severity, downtime.updated_at = severity, now
        downtime.end = body.get("end", now if status == "resolved" else downtime.end)
        downtime.status = status
        if status in ("started", "updated", "resolved"):
            self._context.lifecycle.events.record(f"payment.downtime.{status}", now, downtime)
        return downtime_json(downtime)


def _check(body: Json, allowed: tuple[str, ...]) -> None:
    check_known(body, allowed)
    for name in ("begin", "end"):
        value = body.get(name, EARLIEST)
        is_moment = type(value) is int and EARLIEST <= value <= LATEST
        if not is_moment and not (value is None and name == "end"):
            raise ControlError(f"{name} must be Unix seconds")


def _instrument(body: Json) -> dict[str, str]:
    given = body.get("instrument", {"vpa_handle": "ALL"})
    if not isinstance(given, dict) or not all(isinstance(v, str) for v in given.values()):
        raise ControlError("instrument must be an object of texts")
    if unknown := sorted(set(given) - set(INSTRUMENTS)):
        raise ControlError(f"an instrument has no {', '.join(unknown)[:200]}")
    return dict(given)

"""Sections of the developer's tools: clock, faults, downtimes, requests and snapshots."""

from __future__ import annotations

from typing import Any

from ..downtimes import METHODS as DOWN_METHODS
from ..downtimes import OVER, SEVERITIES
from ..faults import DEFAULT_DELAYS_S, KINDS, METHODS
from ..pages.payment_form import FormError
from .actions import Action
from .fields import Field, named, typed_moment
from .money_sections import ID, STATE
from .sections import Column, Section

Json = dict[str, Any]
GROUP = "Tools"
SECONDS = (
    ("1", "seconds"),
    ("60", "minutes"),
    ("3600", "hours"),
    ("86400", "days"),
)


def _ahead(body: Json) -> Json:
    unit = body.get("unit")
    if unit not in dict(SECONDS):
        raise FormError("unit", "Choose a unit.")
    return {"advance_s": body.get("count", 0) * int(unit)}


CLOCK = Section(
    "clock",
    "Clock",
    "clock",
    GROUP,
    "GET /_sandbox/clock",
    note="Everything due in the time that you skip happens in order, each at its proper time.",
    actions=(
        Action(
            "advance",
            "Move forward",
            "POST /_sandbox/clock",
            "Clock moved.",
            (
                Field("count", "How many", "number", "3", is_required=True),
                Field("unit", "Unit", "choice", "86400", SECONDS),
            ),
            shape=_ahead,
        ),
        Action(
            "set",
            "Set the clock",
            "POST /_sandbox/clock",
            "Clock set.",
            (Field("now", "Date and time in India", "moment", is_required=True),),
            hint="To a later moment. An empty sandbox can go back too.",
            typed=lambda clock: {"now": typed_moment(clock["now"] + 3600)},
        ),
        Action(
            "stop",
            "Stop the clock",
            "POST /_sandbox/clock",
            "Clock stopped. It only moves when you move it.",
            when=lambda clock: not clock["stopped"],
            fixed=lambda _: {"stopped": True},
        ),
        Action(
            "run",
            "Let the clock run",
            "POST /_sandbox/clock",
            "The clock runs again.",
            when=lambda clock: clock["stopped"],
            fixed=lambda _: {"stopped": False},
        ),
    ),
)

SNAPSHOTS = Section(
    "snapshots",
    "Snapshots",
    "snapshot",
    GROUP,
    "GET /_sandbox/snapshots",
    (
        Column("name", "Name"),
        Column("entities", "Entities"),
        Column("bytes", "Bytes"),
        Column("at", "Taken", "moment"),
    ),
    is_paged=False,
    empty="No snapshots yet. Take one before a test, and restore it after.",
    list_actions=(
        Action(
            "take",
            "Take a snapshot",
            "POST /_sandbox/snapshots",
            "Snapshot taken.",
            (Field("name", "Name", value="before", is_required=True),),
            hint="Of every entity, the account, webhooks and clock.",
        ),
    ),
    row_key="name",
    row_actions=(
        Action("restore", "Restore", "POST /_sandbox/snapshots/{id}/restore", "Snapshot restored."),
        Action("delete", "Delete", "DELETE /_sandbox/snapshots/{id}", "Snapshot deleted."),
    ),
)

FAULTS = Section(
    "faults",
    "Faults",
    "fault",
    GROUP,
    "GET /_sandbox/faults",
    (
        Column("kind", "Kind"),
        Column("method", "Method"),
        Column("path", "Path", "code"),
        Column("times", "Times left"),
        Column("skip", "After"),
        Column("delay_s", "Delay in s"),
    ),
    "faults",
    is_paged=False,
    empty="No faults are armed. Arm one, and the next call that fits it goes wrong.",
    list_actions=(
        Action(
            "arm",
            "Arm a fault",
            "POST /_sandbox/faults",
            "Fault armed.",
            (
                Field("kind", "What goes wrong", "choice", "timeout_after", named(KINDS)),
                Field("method", "Method", "choice", "POST", named(METHODS)),
                Field(
                    "path",
                    "Path",
                    "suggest",
                    "/v1/orders",
                    hint="* is any one segment, e.g. /v1/payments/*",
                    is_required=True,
                ),
                Field("times", "How often", "number", "1"),
                Field("skip", "Calls to let pass first", "number", "0"),
                Field(
                    "delay_s",
                    "Delay in seconds",
                    "seconds",
                    hint=f"Only for {', '.join(DEFAULT_DELAYS_S)}.",
                ),
            ),
        ),
        Action("clear", "Clear all faults", "DELETE /_sandbox/faults", "All faults cleared."),
    ),
)

REQUESTS = Section(
    "requests",
    "Requests",
    "request",
    GROUP,
    "GET /_sandbox/requests",
    (
        Column("id", "No.", "id"),
        Column("method", "Method"),
        Column("path", "Path", "code"),
        Column("status", "Status", "http"),
        Column("ms", "ms"),
        Column("fault", "Fault"),
        Column("at", "At", "moment"),
    ),
    entity_call="GET /_sandbox/requests/{id}",
    is_paged=False,
    newest_last=True,
    blocks=(
        ("Request body", "body"),
        ("Answer body", "answer.body"),
        ("Request headers", "headers"),
        ("Answer headers", "answer.headers"),
    ),
    filters=(
        Field("method", "Method", "choice", "", (("", "All"), *named(METHODS[:-1]))),
        Field("path", "Path", "suggest", hint="* is any one segment."),
        Field("status", "Status", "number"),
    ),
    empty="No requests yet. Point your program at the address on the overview.",
    list_actions=(
        Action("clear", "Clear the list", "DELETE /_sandbox/requests", "Requests cleared."),
    ),
)

DOWNTIMES = Section(
    "downtimes",
    "Downtimes",
    "downtime",
    GROUP,
    "GET /v1/payments/downtimes",
    (
        ID,
        Column("method", "Method"),
        STATE,
        Column("severity", "Severity"),
        Column("begin", "Since", "moment"),
    ),
    prefixes=("down",),
    entity_call="GET /v1/payments/downtimes/{id}",
    is_paged=False,
    empty="Every method works. Start a downtime to see what your program does.",
    list_actions=(
        Action(
            "start",
            "Start a downtime",
            "POST /_sandbox/downtimes",
            "Downtime started.",
            (
                Field("method", "Method", "choice", "upi", named(DOWN_METHODS)),
                Field("severity", "Severity", "choice", "high", named(SEVERITIES)),
            ),
            leads="made",
        ),
    ),
    actions=(
        Action(
            "end",
            "End this downtime",
            "POST /_sandbox/downtimes/{id}",
            "Downtime ended.",
            when=lambda downtime: downtime["status"] not in OVER,
            fixed=lambda _: {"status": "resolved"},
        ),
    ),
)


TOOL_SECTIONS = (
    CLOCK,
    FAULTS,
    DOWNTIMES,
    REQUESTS,
    SNAPSHOTS,
)

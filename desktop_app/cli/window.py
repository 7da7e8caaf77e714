"""`pravesh` without a command: the window, or training in text where there is no display."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from desktop_app.cli.exits import Exit, complain
from desktop_app.cli.options import merged, opened, work_of
from desktop_app.cli.output import say
from desktop_app.cli.terminal_qr import draw
from desktop_app.domain.payment import AttemptState, Method
from desktop_app.services.output_paths import check_output

if TYPE_CHECKING:
    from pathlib import Path

    import click

    from desktop_app.bootstrap import OpenDesk, Options
    from desktop_app.services.views.payments import AttemptView

DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def has_display() -> bool:
    """Return whether a window can be shown: on Linux only with one of the display variables set."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in DISPLAY_VARIABLES)


def open_window(ctx: click.Context) -> int:
    """Open the desk's window; without a display, report it or run training as text."""
    options = merged(ctx, {})
    if has_display():
        from desktop_app.app import main  # imports Qt

        try:
            return main(_argv(options))
        except Exception as error:
            if not isinstance(error, ImportError):
                work_of(ctx).has_written = None
            raise
    if not options.training:
        complain(
            "There is no display here, so we can't open a window. `pravesh collect` works "
            "without one. `pravesh --training` shows a complete payment in the terminal."
        )
        return Exit.USAGE
    complain("There is no display here. Practice mode runs in the terminal.")
    return _rehearse(opened(ctx, {}))


def _argv(options: Options) -> list[str]:
    argv: list[str] = ["--training"] if options.training else []
    if options.data_dir is not None:
        argv += ["--data-dir", str(options.data_dir)]
    if options.gateway_url is not None:
        argv += ["--gateway-url", options.gateway_url]
    return argv


def _rehearse(training: OpenDesk) -> Exit:
    """Run one collection in training: sample enrolment, QR, simulated phone, receipt."""
    desk = training.desk
    attempt = _sample_enrolment(training)
    say(f"{attempt.student_name} · {attempt.course_label} · {attempt.amount}")
    shown = desk.payments.open(attempt.uid)
    if shown.state is AttemptState.AWAITING and shown.qr_text and desk.phone:
        draw(desk.qr_matrix(shown.qr_text), sys.stdout)
        seen = desk.phone.scan(shown.qr_text)
        say(f"The parent's phone pays {seen.amount} to {seen.payee}.")
        desk.phone.pay(shown.qr_text)
    paid = _wait(training, shown.uid)
    if paid.state is not AttemptState.PAID or paid.receipt_uid is None:
        complain("We couldn't confirm the payment.")
        return Exit.UNKNOWN
    path = _receipt(training, paid.receipt_uid, paid.receipt_no or "")
    say(f"PAID {paid.amount} · UTR {paid.rrn} · receipt {paid.receipt_no}")
    say(f"{path}")
    return Exit.DONE


def _sample_enrolment(training: OpenDesk) -> AttemptView:
    """Begin an attempt for the first sample student not enrolled in the first course."""
    desk = training.desk
    course = desk.courses.search("", 1)[0]
    page = 0
    while rows := desk.students.page("", offset=page, limit=50).rows:
        for hit in rows:
            bill = desk.payments.quote(hit.uid, course.uid)
            if not bill.obstacle:
                return desk.payments.begin(hit.uid, course.uid, Method.AUTO)
        page += 50
    raise RuntimeError("every sample student is enrolled")


def _wait(training: OpenDesk, uid: str) -> AttemptView:
    for _look in range(20):
        look = training.desk.polling.run(asked=True)
        view = training.desk.payments.view(uid)
        if view.state is not AttemptState.AWAITING:
            return view
        training.context.clock.sleep(look.next_in_s or 1.0)
    return training.desk.payments.expire(uid)


def _receipt(training: OpenDesk, uid: str, number: str) -> Path:
    """Save the receipt as PDF, or as HTML if Qt's libraries are missing."""
    folder = training.data_dir / "receipts"
    folder.mkdir(exist_ok=True)
    stem = number.replace("/", "-")
    try:
        return training.desk.receipts.save_pdf(uid, "a5", folder / f"{stem}.pdf")
    except ImportError:
        path = folder / f"{stem}.html"
        check_output(path, training.data_dir)
        path.write_text(training.desk.receipts.html(uid, "a5"), encoding="utf-8")
        return path

"""Wires the desk: adapters behind ports, use-cases behind the api. No Qt."""

from desktop_app.bootstrap.options import Options
from desktop_app.bootstrap.wiring import OpenDesk, open_desk, warm_up

__all__ = ["OpenDesk", "Options", "open_desk", "warm_up"]

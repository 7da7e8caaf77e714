"""Environments that hold one version of an SDK each, installed by the registries' own clients.

What cannot be installed is an error: a proof that skips itself proves nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import venv
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

INSTALL_S = 240
TRIES = 3
PROXIES = {"http_proxy", "https_proxy", "all_proxy"}
QUIET_NPM = ("--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", "--prefer-offline")


class NotInstalledError(Exception):
    """A program or a package that cannot be had here."""


def without_proxies() -> dict[str, str]:
    """Return this process's environment less its proxies, for calls to this machine."""
    return {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}


def python_environment(folder: Path, *packages: str) -> Path:
    """Install packages into a new environment; return its Python."""
    venv.create(folder, with_pip=False, symlinks=os.name == "posix")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    _run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "-q",
            "--no-compile",
            *packages,
        ],
        folder,
    )
    return python


def node_environment(folder: Path, *packages: str) -> Path:
    """Install packages into a new folder; return its `node_modules`."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise NotInstalledError("node and npm are not installed (Debian: nodejs npm)")
    folder.mkdir(parents=True)
    (folder / "package.json").write_text('{"private": true}')
    _run([npm, "install", *QUIET_NPM, *packages], folder)
    return folder / "node_modules"


def _run(command: list[str], folder: Path) -> None:
    """Run an installer, again where a registry did not answer the first time."""
    said = ""
    for _ in range(TRIES):
        ran = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_S, check=False
        )
        if ran.returncode == 0:
            return
        said = ran.stderr.strip()[-800:]
    raise NotInstalledError(f"{' '.join(command)}: {said}")

"""`python -m tests.sdks`: Razorpay's own SDKs and whole shops take the sandbox for Razorpay.

Each SDK comes from its registry into an environment that holds nothing else. What cannot be
installed fails, so that a green run means that everything ran.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from desktop_app.sandbox.server import SandboxServer

from .environments import node_environment, python_environment
from .flows import run_flows, shop_environment

HERE = Path(__file__).parent
RUN_S = 120
MIN_CALLS, MIN_SIGNATURES = 60, 4
# razorpay 1.4.2 imports pkg_resources, which later versions of setuptools lack.
PYTHONS = {
    "Python 2.0.1": ("razorpay==2.0.1", "django>=5.2,<6"),
    "Python 1.4.2": ("razorpay==1.4.2", "setuptools<81"),
}
NODES = {
    "Node 2.8.4": ("razorpay@2.8.4",),
    "Node 2.9.8": ("razorpay@2.9.8", "express@4", "react@18", "react-dom@18"),
}


def main() -> int:
    """Install, run and report; return the exit code."""
    results: dict[str, str | None] = {}
    with tempfile.TemporaryDirectory() as place, ThreadPoolExecutor(4) as pool:
        folder = Path(place)
        runs = {
            name: pool.submit(_python, folder / f"python{number}", name, packages)
            for number, (name, packages) in enumerate(PYTHONS.items())
        } | {
            name: pool.submit(_node, folder / f"node{number}", name, packages)
            for number, (name, packages) in enumerate(NODES.items())
        }
        made: dict[str, Path] = {}
        for name, run in runs.items():
            results[name] = _outcome(run, name, made)
        try:
            results |= run_flows(folder, made["Node 2.9.8"], made["Python 2.0.1"], HERE)
        except Exception as problem:  # noqa: BLE001 - reported like every other failure
            results["shops in Chromium"] = f"{type(problem).__name__}: {problem}"
    for name, trouble in results.items():
        _say(f"{name}: {trouble or 'as with Razorpay'}")
    failed = sum(trouble is not None for trouble in results.values())
    _say(f"{len(results) - failed} passed, {failed} failed")
    return int(failed > 0)


def _outcome(run: Future[Path], name: str, made: dict[str, Path]) -> str | None:
    try:
        made[name] = run.result()
    except Exception as problem:  # noqa: BLE001 - reported like every other failure
        return f"{type(problem).__name__}: {problem}"
    return None


def _python(folder: Path, name: str, packages: tuple[str, ...]) -> Path:
    began = time.monotonic()
    python = python_environment(folder, *packages)
    _say(f"{name}: installed in {time.monotonic() - began:.1f} s")
    _check([str(python), "-W", "ignore", str(HERE / "python_client.py"), name], name)
    return python


def _node(folder: Path, name: str, packages: tuple[str, ...]) -> Path:
    began = time.monotonic()
    modules = node_environment(folder, *packages)
    _say(f"{name}: installed in {time.monotonic() - began:.1f} s")
    _check(["node", str(HERE / "node_client.js")], name, NODE_PATH=str(modules))
    return modules


def _check(command: list[str], name: str, **more: str) -> None:
    """Run a client against a sandbox that nobody else uses."""
    began = time.monotonic()
    with SandboxServer() as server:
        ran = subprocess.run(
            command,
            env=shop_environment(server, **more),
            capture_output=True,
            text=True,
            timeout=RUN_S,
            check=False,
        )
    if ran.returncode != 0:
        raise AssertionError(ran.stderr.strip()[-1500:])
    done = json.loads(ran.stdout)
    calls, signatures = done["calls"], done["signatures"]
    spent = time.monotonic() - began
    _say(f"{name}: {calls} calls, {signatures} signatures in {spent:.1f} s")
    if calls < MIN_CALLS or signatures < MIN_SIGNATURES:
        raise AssertionError(f"{calls} calls and {signatures} signatures are too few")


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""`python -m tests.sandbox_wheel`: build the small distribution, install it alone, and use it.

Only the wheel and what it asks for is installed, in a new environment, with pytest for its plugin.
What cannot be built or installed fails.
"""

from __future__ import annotations

import base64
import json
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from tests.sdks.environments import python_environment, without_proxies

ROOT = Path(__file__).parents[1]
PROJECT = ROOT / "resources" / "sandbox"
STRANGERS = ("PySide6", "sqlalchemy", "keyring", "desktop_app")
TEST = """
def test_a_fee_is_paid(razorpay_sandbox):
    order = razorpay_sandbox.order(50000)
    assert razorpay_sandbox.pay(order)["status"] == "captured"
"""
BUILD_S, STOP_S = 120, 10


def main() -> int:
    """Build, install, start, create an order, stop."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        python = python_environment(folder / "alone", f"{build(folder)}[pytest]")
        found = _importable(python, STRANGERS)
        if found:
            raise AssertionError(f"the small distribution brings {', '.join(found)}")
        order = _use(python)
        _test_with_it(python, folder)
    _say(f"pravesh-sandbox: {order} in {time.monotonic() - began:.1f} s")
    return 0


def build(folder: Path) -> Path:
    """Build the wheel into a folder; return its path."""
    options = ("--no-deps", "--quiet", "--no-cache-dir", "--disable-pip-version-check")
    wheel = [sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", str(folder)]
    # setuptools would add what an earlier build left here and the sources no longer have.
    leftover = PROJECT / "build"
    if leftover.exists():
        raise AssertionError(f"remove {leftover} first")
    try:
        subprocess.run([*wheel, str(PROJECT)], check=True, timeout=BUILD_S)
    finally:
        _remove(leftover)
    (built,) = folder.glob("pravesh_sandbox-*.whl")
    return built


def _remove(folder: Path) -> None:
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    if folder.exists():
        folder.rmdir()


def _importable(python: Path, names: tuple[str, ...]) -> list[str]:
    code = f"from importlib.util import find_spec; print([n for n in {names} if find_spec(n)])"
    alone = [str(python), "-I", "-c", code]  # -I: not what lies in this folder
    ran = subprocess.run(alone, capture_output=True, text=True, check=True)
    found: list[str] = json.loads(ran.stdout.replace("'", '"'))
    return found


def _test_with_it(python: Path, folder: Path) -> None:
    """Run a test that asks for the plugin's fixture and for nothing else."""
    test = folder / "test_shop.py"
    test.write_text(TEST, encoding="utf-8")
    command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, env=without_proxies(), check=False
    )
    if ran.returncode != 0:
        raise AssertionError(f"the plugin: {ran.stdout[-1500:]}{ran.stderr[-500:]}")


def _use(python: Path) -> str:
    program = python.with_name("razorpay-sandbox")
    started = subprocess.Popen(
        [program, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=without_proxies(),
        cwd=python.parent,
    )
    try:
        line = started.stdout.readline() if started.stdout else ""
        opened = json.loads(line)
        order = _ask(opened, "/v1/orders", b"amount=50000&currency=INR")
        if (order["status"], order["amount"]) != ("created", 50000):
            raise AssertionError(f"an order came back as {order}")
        _page(opened["url"])
    finally:
        started.send_signal(signal.SIGTERM)
        code = started.wait(STOP_S)
    if code != 0:
        raise AssertionError(f"it ended with {code}")
    return str(order["id"])


def _ask(opened: dict[str, str], path: str, form: bytes) -> dict[str, object]:
    pair = f"{opened['key_id']}:{opened['key_secret']}".encode()
    headers = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    request = urllib.request.Request(opened["url"] + path, form, headers)
    answer: dict[str, object] = json.loads(_open(request))
    return answer


def _page(url: str) -> None:
    shown = _open(urllib.request.Request(url + "/"))
    if b"</html>" not in shown:
        raise AssertionError("the page at / is not whole")
    for name in ("page.css", "page.js", "board.css", "board.js", "board/orders"):
        _open(urllib.request.Request(f"{url}/_pages/{name}"))


def _open(request: urllib.request.Request) -> bytes:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=10) as answer:
        content: bytes = answer.read()
    return content


def _say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())

"""Razorpay's own Node SDK against the sandbox."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desktop_app.sandbox.server import SandboxServer

SDK = "razorpay@2.9.8"
SCRIPT = Path(__file__).with_name("node_client.js")
INSTALL_S = 40
RUN_S = 40
PROXIES = {"http_proxy", "https_proxy", "all_proxy"}


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the SDK into a separate folder; return its `node_modules`."""
    npm = shutil.which("npm")
    if shutil.which("node") is None or npm is None:
        pytest.skip("node and npm are not installed")
    folder = tmp_path_factory.mktemp("node")
    (folder / "package.json").write_text('{"private": true}')
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--prefer-offline", "--fetch-retries=0"]
    try:
        ran = subprocess.run(
            [npm, "install", *quiet, SDK],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=INSTALL_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"the npm registry did not answer within {INSTALL_S} s")
    if ran.returncode != 0:
        said = [line for line in ran.stderr.splitlines() if line.startswith("npm error")]
        pytest.skip(f"npm could not install {SDK}: {(said or ['no reason given'])[0][:200]}")
    return folder / "node_modules"


def test_the_node_sdk_takes_it_for_razorpay(server: SandboxServer, sdk: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if name.lower() not in PROXIES}
    sandbox_env = {
        "NODE_PATH": str(sdk),
        "RAZORPAY_URL": server.url,
        "RAZORPAY_KEY_ID": server.key_id,
        "RAZORPAY_KEY_SECRET": server.key_secret,
    }
    ran = subprocess.run(
        ["node", str(SCRIPT)],
        env={**kept, **sandbox_env},
        capture_output=True,
        text=True,
        timeout=RUN_S,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    done = json.loads(ran.stdout)
    assert done["calls"] >= 40
    assert done["signatures"] == 3
    assert {"orders", "payments", "refunds", "payment_links", "customers", "settlements"} <= set(
        done["resources"]
    )

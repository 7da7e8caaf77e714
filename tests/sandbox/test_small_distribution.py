"""The small distribution: what it installs and asks for, and the container made from it."""

from __future__ import annotations

import ast
import re
import shlex
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from desktop_app.sandbox.command_line import command
from desktop_app.sandbox.server import SandboxServer

from .sandbox_client import SandboxClient

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SANDBOX = ROOT / "desktop_app" / "sandbox"
PLACE = ROOT / "resources" / "sandbox"
PROJECT: dict[str, Any] = tomllib.loads((PLACE / "pyproject.toml").read_text("utf-8"))
WHOLE: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DOCKERFILE = (PLACE / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
EVERYWHERE = "0.0.0.0"  # noqa: S104 - in a container
# What a package is called that installs a module.
INSTALLED_BY = {"flask": "Flask", "werkzeug": "Werkzeug", "jinja2": "Jinja2", "png": "qrcode[png]"}
INSTALLED_BY |= {"click": "click", "qrcode": "qrcode[png]", "cryptography": "cryptography"}
INSTALLED_BY |= {"pytest": "pytest"}


def imported() -> Iterator[tuple[str, str]]:
    """Yield each module's absolute imports by their first name."""
    for path in SANDBOX.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                yield from ((path.name, alias.name.partition(".")[0]) for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                yield path.name, (node.module or "").partition(".")[0]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[<>=!;]", each)[0] for each in requirements}


def test_the_sandbox_runs_under_any_name_of_its_package() -> None:
    wrong = [path for path, module in imported() if module == "desktop_app"]
    assert not wrong, "import the sandbox's own modules relatively"


def test_it_asks_for_what_the_sandbox_imports_and_no_more() -> None:
    foreign = {module for _, module in imported() if module not in sys.stdlib_module_names}
    assert foreign <= set(INSTALLED_BY)
    project = PROJECT["project"]
    extras = project["optional-dependencies"].values()
    asked = names(project["dependencies"]) | {name for extra in extras for name in names(extra)}
    assert asked == {INSTALLED_BY[module] for module in foreign}
    assert names(project["dependencies"]).isdisjoint({"cryptography", "pytest"})


def test_it_installs_every_folder_and_kind_of_file_of_the_sandbox() -> None:
    packages = {
        ".".join(("razorpay_sandbox", *path.parent.relative_to(SANDBOX).parts))
        for path in SANDBOX.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == packages
    (place,) = PROJECT["tool"]["setuptools"]["package-dir"].values()
    assert (PLACE / place).resolve() == SANDBOX
    globs = PROJECT["tool"]["setuptools"]["package-data"]["*"]
    kinds = {path.suffix for path in SANDBOX.rglob("*.*") if path.is_file()}
    assert kinds - {".py", ".pyc"} <= {Path(each).suffix for each in globs}


def test_it_is_the_same_program_as_the_whole_one() -> None:
    assert PROJECT["project"]["version"] == WHOLE["project"]["version"]
    assert (PLACE / "LICENSE").read_text("utf-8") == (ROOT / "LICENSE").read_text("utf-8")
    asked = dict.fromkeys(WHOLE["project"]["dependencies"])
    for each in PROJECT["project"]["dependencies"]:
        if not each.startswith(("Jinja2", "Werkzeug")):  # Flask brings them
            assert each in asked
    module, _, function = PROJECT["project"]["scripts"]["razorpay-sandbox"].partition(":")
    source = SANDBOX / f"{module.partition('.')[2]}.py"
    assert f"def {function}(" in source.read_text("utf-8")


# The container


def steps(instruction: str) -> list[str]:
    return re.findall(rf"^{instruction} (.*)$", DOCKERFILE, re.MULTILINE)


def test_what_the_container_copies_exists() -> None:
    copied = [shlex.split(step) for step in steps("COPY") if not step.startswith("--from")]
    assert {source for source, _ in copied} == {"desktop_app/sandbox", "resources/sandbox"}
    for source, target in copied:
        assert (ROOT / source).is_dir()
        assert source == target, "the project finds its sources by their place"
    assert any("./resources/sandbox" in step for step in steps("RUN"))


def test_the_container_starts_the_program_with_options_that_it_has() -> None:
    (entry,), (more,) = steps("ENTRYPOINT"), steps("CMD")
    program, *arguments = ast.literal_eval(entry) + ast.literal_eval(more)
    assert program in PROJECT["project"]["scripts"]
    with command.make_context(program, list(arguments)) as context:
        given = context.params
    assert (given["listen"], str(given["port"])) == (EVERYWHERE, *steps("EXPOSE"))


def test_the_container_is_no_root_and_asks_for_its_health(client: SandboxClient) -> None:
    (user,) = steps("USER")
    assert any(f"useradd --create-home --uid 10001 {user}" in step for step in steps("RUN"))
    (check,) = re.findall(r"http://127\.0\.0\.1:(\d+)(/\S+?)'", DOCKERFILE)
    assert check[0] == steps("EXPOSE")[0]
    assert client.send("GET", check[1])[0] == 200


@pytest.mark.parametrize(("host", "status"), [("razorpay", 200), ("elsewhere", 403)])
def test_a_container_is_controlled_by_the_names_given_at_start(host: str, status: int) -> None:
    with SandboxServer(listen=EVERYWHERE, host_names=("razorpay",)) as server:
        port = server.url.rpartition(":")[2]
        sent = SandboxClient(server).send("GET", "/_sandbox/clock", Host=f"{host}:{port}")
    assert sent[0] == status


def test_a_taken_port_is_a_mistake_in_the_options(server: SandboxServer) -> None:
    port = server.url.rpartition(":")[2]
    with pytest.raises(click.UsageError, match=f"can't listen at 127.0.0.1, port {port}"):
        command.main(["--port", port], standalone_mode=False)

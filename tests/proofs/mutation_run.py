"""Runs tests against mutants: each in a fork of one warm process, by the tests of its lines.

The process collects the tests once. A first fork runs them all under coverage and notes which test
reaches which line and how long it takes; each mutant then meets the tests of its lines, the fastest
first, until one fails. A test that fails without the mutant too is no evidence and is left out.
"""

from __future__ import annotations

import importlib
import json
import os
import select
import signal
import sys
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Literal

import pytest

from . import mutants as catalogue
from .mutation_patch import NotAppliedError, applied, functions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from types import FunctionType

    from .mutants import Mutant

Verdict = Literal["killed", "survived", "no test", "not applied"]
LEAST_LIMIT_S = 20.0
LIMIT_FACTOR = 20


@dataclass(frozen=True, slots=True)
class Outcome:
    """The verdict on a mutant, and the test that decided."""

    mutant: Mutant
    verdict: Verdict
    test: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class _Reach:
    """Which test reaches which line of the code of money, and its seconds."""

    seconds: dict[str, float] = field(default_factory=dict)
    tests: dict[str, dict[int, set[str]]] = field(default_factory=dict)

    def tests_of(self, mutant: Mutant, items: Mapping[str, pytest.Item]) -> list[str]:
        """Return the tests of a mutant's lines, the fastest first.

        What runs at import has no test of its lines: the tests whose modules import something of
        the file are taken, then all of the file.
        """
        lines = self.tests.get(mutant.path, {})
        if mutant.in_function:
            wanted = range(mutant.first_line, mutant.last_line + 1)
            found = set().union(*(lines.get(line, set()) for line in wanted))
            return sorted(found, key=lambda name: self.seconds[name])
        found = set().union(*lines.values())
        near = {name for name in self.seconds if _imports(items[name], mutant.module)}
        return sorted(found | near, key=lambda name: (name not in near, self.seconds[name]))


def _imports(item: pytest.Item, module: str) -> bool:
    """Return whether a test's module has imported something that a module defines."""
    names, defined = vars(getattr(item, "module", object)), vars(sys.modules[module])
    return any(
        names.get(name) is value
        for name, value in defined.items()
        if getattr(value, "__module__", "") == module
        or (name.isupper() and name != "TYPE_CHECKING")
    )


class Runner:
    """A pytest plugin that runs mutants instead of the collected tests, in forks.

    Args:
        mutants: one at a time.
        report: called with the verdict on each.
        test_of: the test to run where it is known; otherwise the tests of its lines.
        most_tests: how many tests a mutant meets at most.

    Attributes:
        passed_without: how many tests killed a mutant and passed without it.
    """

    def __init__(
        self,
        mutants: Iterable[Mutant],
        report: Callable[[Outcome], None],
        *,
        test_of: Mapping[Mutant, str] | None = None,
        most_tests: int | None = None,
    ) -> None:
        self._mutants = mutants
        self._report = report
        self._test_of = test_of
        self._most_tests = most_tests
        self.passed_without = 0
        self._reach = _Reach()
        self._items: dict[str, pytest.Item] = {}
        self._functions: list[FunctionType] = []
        self._sound: set[str] = set()
        self._failed = False

    @staticmethod
    def pytest_configure(config: pytest.Config) -> None:
        """Write failures as Python does, since nobody reads them: pytest reads the sources."""
        config.option.tbstyle = "native"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a failure."""
        self._failed = self._failed or report.failed

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the mutants; the tests themselves run only in forks."""
        self._items = {item.nodeid: item for item in session.items}
        self._warm_up(session)
        if self._test_of is None:
            self._reach = self._recorded()
        else:
            self._sound = self._passing(self._tests_named(set(self._test_of.values())))
        program = str(catalogue.ROOT / "desktop_app")
        self._functions = [
            each for each in functions() if each.__code__.co_filename.startswith(program)
        ]
        for mutant in self._mutants:
            self._report(self._judged(mutant))
        return True

    def _warm_up(self, session: pytest.Session) -> None:
        """Do once what each fork would do again: the late imports, and the template database."""
        for path in {*catalogue.files(), *(each.path for each in self._test_of or ())}:
            importlib.import_module(path.removesuffix(".py").replace("/", "."))
        for item in session.items:
            if "template" not in getattr(item, "fixturenames", ()):
                continue
            item.ihook.pytest_runtest_protocol(item=item, nextitem=session.items[0])
            shared = item._fixtureinfo.name2fixturedefs.get("warm_database", ())  # type: ignore[attr-defined]
            for each in shared:  # each fork makes its own, and shares nothing open
                each.finish(SimpleNamespace(node=session))
            return

    # --- one mutant

    def _judged(self, mutant: Mutant) -> Outcome:
        begun = time.monotonic()
        if self._test_of is not None:
            tests = self._tests_named({self._test_of[mutant]})
        else:
            tests = self._reach.tests_of(mutant, self._items)[: self._most_tests]
        if not tests:
            return Outcome(mutant, "no test")
        while tests:
            killer = self._killer(mutant, tests)
            spent = time.monotonic() - begun
            if killer is None:
                return Outcome(mutant, "survived", f"{len(tests)} tests", spent)
            if killer == "":
                return Outcome(mutant, "not applied")
            if killer in self._sound or self._killer(None, [killer]) is None:
                self.passed_without += 1
                return Outcome(mutant, "killed", killer, spent)
            tests.remove(killer)  # it fails by itself
        return Outcome(mutant, "survived", "no sound test", time.monotonic() - begun)

    def _tests_named(self, names: set[str]) -> list[str]:
        """Return the collected tests of these names, with all of their parameters."""
        return [each for each in self._items if each in names or each.partition("[")[0] in names]

    def _passing(self, tests: Sequence[str]) -> set[str]:
        """Return the tests that pass without a mutant, as far as the first that does not."""
        killer = self._killer(None, tests)
        return set(tests if killer is None else tests[: tests.index(killer)])

    def _killer(self, mutant: Mutant | None, tests: Sequence[str]) -> str | None:
        """Return the first test that fails or does not end, in a fork; "" if nothing changed."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            os.setpgid(0, 0)
            self._run_in_child(mutant, tests, writing)
        os.close(writing)
        try:
            return self._watched(reading, tests)
        finally:
            os.close(reading)
            _end_group(child)

    def _watched(self, reading: int, tests: Sequence[str]) -> str | None:
        at, limit = 0, 60.0
        while True:
            ready, _, _ = select.select([reading], [], [], limit)
            said = os.read(reading, 1) if ready else b""
            if said == b"+":
                at += 1
                if at == len(tests):
                    return None
            elif said == b"0":
                return ""
            elif said != b".":
                return tests[at]  # it failed, took too long, or brought its process down
            limit = max(LEAST_LIMIT_S, LIMIT_FACTOR * self._reach.seconds.get(tests[at], 0.0))

    def _run_in_child(self, mutant: Mutant | None, tests: Sequence[str], writing: int) -> None:
        """Run tests until one fails; says `.` at the start, `+` for a pass. Never returns."""
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            if mutant is None:
                self._run_tests(tests, writing)
            else:
                with applied(mutant, self._functions):
                    self._run_tests(tests, writing)
        except NotAppliedError:
            os.write(writing, b"0")
        finally:
            os._exit(0)

    def _run_tests(self, tests: Sequence[str], writing: int) -> None:
        os.write(writing, b".")
        items = [self._items[name] for name in tests]
        items[0].session._setupstate.teardown_exact(items[0])  # of the test that warmed up
        for item, after in zip(items, [*items[1:], None], strict=True):
            self._failed = False
            # The last test keeps its fixtures: the process ends here.
            item.ihook.pytest_runtest_protocol(item=item, nextitem=after or item)
            os.write(writing, b"-" if self._failed else b"+")
            if self._failed:
                return

    # --- which test reaches which line

    def _recorded(self) -> _Reach:
        """Run every collected test in a fork, under coverage."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            os.setpgid(0, 0)
            try:
                with os.fdopen(writing, "w") as out:
                    json.dump(self._record(), out)
            finally:
                os._exit(0)
        os.close(writing)
        with os.fdopen(reading) as found:
            told = found.read()
        _end_group(child)
        data = json.loads(told)
        reach = _Reach(seconds=data["seconds"])
        sound = {name for name in self._items if name in data["seconds"]}
        for path, lines in data["lines"].items():
            reach.tests[path] = {int(line): set(names) & sound for line, names in lines.items()}
        return reach

    def _record(self) -> dict[str, Any]:
        import coverage

        paths = {str(catalogue.ROOT / path): path for path in catalogue.files()}
        tracing = coverage.Coverage(
            data_file=None, include=list(paths), config_file=False, concurrency=["thread"]
        )
        seconds: dict[str, float] = {}
        items = list(self._items.values())
        items[0].session._setupstate.teardown_exact(items[0])
        tracing.start()
        for item, after in zip(items, [*items[1:], None], strict=True):
            tracing.switch_context(item.nodeid)
            self._failed, begun = False, time.perf_counter()
            item.ihook.pytest_runtest_protocol(item=item, nextitem=after)
            if not self._failed:
                seconds[item.nodeid] = time.perf_counter() - begun
        tracing.stop()
        data = tracing.get_data()
        lines = {
            paths[path]: {
                line: [name for name in names if name]
                for line, names in data.contexts_by_lineno(path).items()
            }
            for path in data.measured_files()
        }
        return {"seconds": seconds, "lines": lines}


def _end_group(child: int) -> None:
    """End a fork and whatever it started."""
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def run(tests: Sequence[str], runner: Runner) -> int:
    """Collect tests, then hand over to the runner; returns pytest's exit code."""
    os.environ["CI"] = "1"  # hypothesis draws the same examples each time
    arguments = [
        *tests,
        *("-o", "addopts=", "-o", "tmp_path_retention_policy=failed"),
        *("-p", "no:randomly", "-p", "no:cacheprovider", "-p", "no:terminal"),
        *("-p", "no:schemathesis", "-p", "no:anyio"),  # loading them takes a second
        *("--import-mode=importlib", "-m", "not live and not soak and not between_sizes"),
    ]
    sys.path.insert(0, str(catalogue.ROOT))
    os.chdir(catalogue.ROOT)
    return int(pytest.main(arguments, plugins=[runner]))

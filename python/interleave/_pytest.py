"""`pytest --interleave DIR`: keeps a recording of each asynchronous test that fails."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Generator
from typing import Any

import pytest

from interleave import _format as f
from interleave import _session


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("interleave").addoption(
        "--interleave",
        metavar="DIR",
        help="record each test in which an event loop runs, and keep the recordings of those that fail in DIR",
    )


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Generator[None, Any, None]:
    outcome = yield
    if outcome.get_result().failed:
        item.stash[_FAILED] = True


_FAILED = pytest.StashKey[bool]()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> Generator[None, Any, None]:
    folder = item.config.getoption("--interleave")
    if folder is None or _session.current() is not None:
        yield
        return
    os.makedirs(folder, exist_ok=True)
    name = re.sub(r"[^\w.-]+", "-", item.nodeid).strip("-")[:150]
    path = os.path.join(folder, f"{name}.interleave")
    session = _session.Session(path, program=item.nodeid)
    try:
        yield
    finally:
        failed = item.stash.get(_FAILED, False)
        session.finish(f.FAILED_END if failed else f.FINISHED, "the test failed" if failed else "")
        if not failed or session.sink.tasks.count == 0:
            with contextlib.suppress(OSError):
                os.remove(path)

"""CPython's own tests of asyncio pass under the recorder exactly where they pass without."""

from __future__ import annotations

import importlib.util
import re
import sys

import tools

MODULES = ("test_tasks", "test_locks", "test_queues", "test_taskgroups", "test_timeouts")


def outcomes(text: str) -> dict[str, str]:
    """What became of each test, from what `unittest -v` prints."""
    # A test that prints or warns breaks its line: the outcome is the last word before the next test's name.
    found = {}
    for name, said in re.findall(
        r"^(\w+ \(test\.[\w.]+\)).*?(ok|FAIL|ERROR|skipped .*|expected failure)$", text, re.M | re.S
    ):
        found[name] = said
    return found


class CPython(tools.Case):
    def test_each_test_has_the_outcome_that_it_has_alone(self) -> None:
        if importlib.util.find_spec("test.test_asyncio") is None:
            self.fail(
                f"{sys.executable} comes without its tests: install them (libpython3-testsuite on Debian), "
                "or run with a Python that has them"
            )
        for module in MODULES:
            with self.subTest(module):
                name = f"test.test_asyncio.{module}"
                alone = self.alone("-m", "unittest", "-v", name)
                recorded = self.recorded("-m", "unittest", "-v", name)
                expected = outcomes(alone.err)
                self.assertGreater(len(expected), 10, alone.err)
                self.assertEqual(outcomes(recorded.err), expected)
                self.assertEqual(recorded.status, alone.status)
                self.assertGreater(len(recorded.recording.events), 100)

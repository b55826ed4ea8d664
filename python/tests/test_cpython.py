"""CPython's own tests of asyncio pass under the recorder exactly where they pass without."""

from __future__ import annotations

import importlib.util
import sys

import tools

MODULES = ("test_tasks", "test_locks", "test_queues", "test_taskgroups", "test_timeouts")


# Runs a module's tests and writes a line for each: its name and what became of it.
RUNNER = """
import sys, unittest

class Result(unittest.TextTestResult):
    def stopTest(self, test):
        super().stopTest(test)
        said.append(test.id())

    def addError(self, test, error):
        super().addError(test, error)
        said.append("error")

    def addFailure(self, test, error):
        super().addFailure(test, error)
        said.append("failure")

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        said.append("skipped")

said = []
suite = unittest.defaultTestLoader.loadTestsFromName(sys.argv[1])
unittest.TextTestRunner(resultclass=Result).run(suite)
with open(sys.argv[2], "w") as file:
    file.write("\\n".join(said))
"""


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
                program = str(self.write(RUNNER))
                alone = self.alone(program, name, "alone.txt")
                recorded = self.recorded(program, name, "recorded.txt")
                expected = (self.folder / "alone.txt").read_text().splitlines()
                self.assertGreater(len(expected), 10, alone.err)
                self.assertEqual(
                    (self.folder / "recorded.txt").read_text().splitlines(), expected, recorded.err[-5000:]
                )
                self.assertGreater(len(recorded.recording.events), 100)

"""Compares what several versions of Python record of one program.

    python3 python/tests/compare.py PYTHON PYTHON… [-- PROGRAM…]

runs every program (those of the demos by default) under each interpreter with `--instant` and compares the
recordings, event by event: spawns, polls, wakes with their source, timers, waits, resources, cancellations, output
and ends. What is left out is in `tools.story`: times, lines of libraries, numbers of tasks without a name.
"""

from __future__ import annotations

import difflib
import os
import pathlib
import subprocess
import sys
import tempfile

import tools

DEMOS = tools.PACKAGE.parent / "src" / "demos"


def recorded(python: str, program: pathlib.Path, folder: str) -> list[str]:
    """The story of one program under one interpreter."""
    file = pathlib.Path(folder) / "out.interleave"
    file.unlink(missing_ok=True)
    done = subprocess.run(
        [python, "-m", "interleave", "--instant", "-o", str(file), str(program)],
        env={**os.environ, "PYTHONPATH": str(tools.PACKAGE), "PYTHONDONTWRITEBYTECODE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    if not file.exists():
        sys.exit(f"{python} recorded nothing of {program.name}: {done.stderr}")
    return tools.story(tools.read(file.read_bytes()), turns=True)


def main() -> None:
    arguments = sys.argv[1:]
    programs = sorted(DEMOS.glob("*.py"))
    if "--" in arguments:
        at = arguments.index("--")
        programs = [pathlib.Path(name) for name in arguments[at + 1 :]]
        arguments = arguments[:at]
    if len(arguments) < 2 or not programs:
        sys.exit("usage: compare.py PYTHON PYTHON... [-- PROGRAM...]")
    differences = events = 0
    with tempfile.TemporaryDirectory() as folder:
        for program in programs:
            first, *others = (recorded(python, program, folder) for python in arguments)
            events += len(first)
            for python, other in zip(arguments[1:], others, strict=True):
                if other != first:
                    differences += 1
                    print(f"{program.name}: {arguments[0]} and {python} differ")
                    print("\n".join(difflib.unified_diff(first, other, arguments[0], python, lineterm="", n=2)))
    print(f"{len(programs)} programs, {events} events, {len(arguments)} interpreters: {differences} differences")
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()

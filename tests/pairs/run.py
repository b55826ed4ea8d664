"""Runs each program of a file under the oracle, and prints what it prints with the time of each line.

    python3 run.py ORACLE FILE

The programs are the file's coroutine functions without parameters, in their order; each is run by
`asyncio.run` in a process of its own. A line that asyncio itself writes to its log, and that the trace
knows of too, comes last, as `log: …`.
"""

import gc
import importlib.util
import logging
import os
import re
import sys
import tempfile
import time

EXIT_DEADLOCK = 3

# What asyncio says of a program, as far as it is compared.
LOGGED = ("Task exception was never retrieved", "Exception in callback")


class Stamped:
    """A stream that begins each line with the time, in seconds."""

    encoding = "utf-8"

    def __init__(self, stream):
        self._stream = stream
        self._line = ""

    def write(self, text):
        for piece in re.findall("[^\n]*\n|[^\n]+", text):
            if not self._line:
                self._time = time.monotonic_ns()
            self._line += piece
            if piece.endswith("\n"):
                seconds, ns = divmod(self._time, 1_000_000_000)
                stamp = "" if self._line.startswith("error: ") else f"{seconds}.{ns // 1_000_000:03} "
                self._stream.write(stamp + self._line)
                self._line = ""
        return len(text)

    def flush(self):
        self._stream.flush()


class Log(logging.Handler):
    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        message = record.getMessage()
        self.lines += [f"log: {logged}" for logged in LOGGED if message.startswith(logged)]


def run(oracle, source, name):
    with tempfile.TemporaryFile("w+") as out, tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(f"{source}\nasyncio.run({name}())\n")
        file.flush()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            # Below Python's own streams, as the oracle ends some runs with _exit.
            os.dup2(out.fileno(), 1)
            code = 1
            try:
                log = Log()
                logging.getLogger("asyncio").addHandler(log)
                logging.getLogger("asyncio").propagate = False
                stream = sys.stdout
                sys.stdout = Stamped(stream)
                oracle.run(file.name)
                gc.collect()
                for line in sorted(log.lines):
                    stream.write(line + "\n")
                stream.flush()
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        text = out.read()
    code = os.waitstatus_to_exitcode(status)
    if code == EXIT_DEADLOCK and "error: deadlock\n" not in text:
        text += "error: deadlock\n"
    elif code not in (0, EXIT_DEADLOCK):
        text += f"error: exit code {code}\n"
    return text


def main(oracle_path, path):
    spec = importlib.util.spec_from_file_location("oracle", oracle_path)
    oracle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracle)
    with open(path, encoding="utf-8") as file:
        source = file.read()
    for name in re.findall(r"^async def ([a-z]\w*)\(\):", source, re.MULTILINE):
        print(f"== {name}")
        print(run(oracle, source, name), end="")


main(*sys.argv[1:])

"""Runs many programs under the oracle: a line of JSON in, {"program": "…"}, and a line out, {"text": "…"}.

    python3 server.py ORACLE

Each program runs in a process of its own, forked after asyncio was imported, which takes most of the time.
"""

import importlib.util
import json
import os
import sys
import tempfile

EXIT_DEADLOCK = 3


def run(oracle, program):
    with tempfile.TemporaryFile("w+") as out, tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(program)
        file.flush()
        child = os.fork()
        if child == 0:
            # Everything below Python's own streams, as the oracle ends some runs with _exit.
            os.dup2(out.fileno(), 1)
            code = 1
            try:
                oracle.run(file.name)
                sys.stdout.flush()
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        text = out.read()
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, EXIT_DEADLOCK):
        text += f"error: exit code {code}\n"
    return text


def main(path):
    spec = importlib.util.spec_from_file_location("oracle", path)
    oracle = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(oracle)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        print(json.dumps({"text": run(oracle, json.loads(line)["program"])}), file=answers, flush=True)


main(sys.argv[1])

"""Measures what recording costs, as ratios to the unrecorded program in the same run.

    python3 python/bench.py [--rounds N]

Leaves with status 1 when a limit is exceeded. aiohttp and VizTracer are measured when they are installed. Each program
is run unrecorded and recorded in turn, and the least of each counts, since whatever else the machine does only adds.
The limits are on processor time, that of the thread that writes included: wall time, which is shown too, is less where a
processor is free for that thread, and means nothing on a machine that is busy with other things.

The last program has no limits, and is there to show where memory goes: not to events but to tasks that live at once,
some hundred bytes for each and for each function that it is suspended in.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
SLEEPS = """
import asyncio
async def work():
    for _ in range(20_000):
        await asyncio.sleep(0)
async def main():
    await asyncio.gather(*[work() for _ in range(10)])
asyncio.run(main())
"""

AIOHTTP = """
import asyncio
import aiohttp
from aiohttp import web

async def hello(request):
    return web.Response(text="hello")

async def main():
    app = web.Application()
    app.router.add_get("/", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    async with aiohttp.ClientSession() as session:
        async def worker(count):
            for _ in range(count):
                async with session.get(f"http://127.0.0.1:{port}/") as response:
                    await response.text()
        await asyncio.gather(*[worker(2_000 // WORKERS) for _ in range(WORKERS)])
    await runner.cleanup()

asyncio.run(main())
"""

NOTHING = """
import asyncio
asyncio.run(asyncio.sleep(0))
"""

# What a program may take, recorded, as a multiple of itself; bytes an event.
MAX_RATIO = {"200,000 sleep(0)": 4.0, "aiohttp, 2,000 requests": 1.3}
MAX_FILE_BYTES = 8.0
MAX_MEMORY_BYTES = 64.0


def environment(folder: str) -> dict[str, str]:
    """Compiled modules are kept from the first run on, as they are of anything that is installed."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(HERE), "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}


def once(command: list[str], folder: str) -> tuple[float, float, int]:
    """Wall time and processor time in seconds, and the most memory in bytes."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall_s = time.perf_counter() - start
    if status:
        sys.exit(f"{' '.join(command)} failed: {process.stderr.read().decode() if process.stderr else ''}")
    unit = 1 if sys.platform == "darwin" else 1024
    return wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit


def events_of(file: pathlib.Path) -> int:
    """How many events a recording has. Another process reads it: what this one holds in memory would
    count as its children's."""
    command = [sys.executable, "-m", "interleave", "--check", str(file)]
    said = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(HERE)}, check=True, capture_output=True, text=True
    )
    found = re.search(r", (\d+) events", said.stdout)
    assert found is not None, said.stdout
    return int(found[1])


def fixed_memory(rounds: int, folder: str) -> int:
    """What a recorder takes however little there is to record, in bytes."""
    program = pathlib.Path(folder) / "nothing.py"
    program.write_text(NOTHING)
    ways = ([], ["-m", "interleave", "-o", str(pathlib.Path(folder) / "nothing.interleave")])
    alone, recorded = (
        min(once([sys.executable, *way, str(program)], folder)[2] for _ in range(rounds)) for way in ways
    )
    return recorded - alone


def measure(name: str, source: str, rounds: int, folder: str, fixed: int) -> bool:
    """Prints a program's row; whether it keeps the limits."""
    program = pathlib.Path(folder) / "prog.py"
    program.write_text(source)
    file = pathlib.Path(folder) / "out.interleave"
    python = sys.executable
    ways = {
        "alone": [python, str(program)],
        "recorded": [python, "-m", "interleave", "-o", str(file), str(program)],
    }
    if importlib.util.find_spec("viztracer") is not None:
        trace = str(pathlib.Path(folder) / "trace.json")
        ways["viztracer"] = [python, "-m", "viztracer", "--log_async", "--quiet", "-o", trace, str(program)]
    best: dict[str, tuple[float, float, int]] = {}
    for _ in range(rounds):
        for way, command in ways.items():
            now = once(command, folder)
            was = best.get(way, now)
            best[way] = (min(now[0], was[0]), min(now[1], was[1]), min(now[2], was[2]))
    events, size = events_of(file), file.stat().st_size
    ratio = best["recorded"][1] / best["alone"][1]
    file_bytes = size / events
    memory_bytes = max(0, best["recorded"][2] - best["alone"][2] - fixed) / events
    limit = MAX_RATIO.get(name)
    row = (
        f"{name}: {best['alone'][1]:.2f} s alone, {best['recorded'][1]:.2f} s recorded: {ratio:.2f} times"
        f"{'' if limit is None else f' (at most {limit})'}; wall {best['recorded'][0] / best['alone'][0]:.2f}; "
        f"{events} events, {file_bytes:.1f} bytes an event in the file, {memory_bytes:.1f} in memory"
    )
    if "viztracer" in best:
        row += f"; VizTracer {best['viztracer'][1] / best['alone'][1]:.2f} times"
    print(row, flush=True)
    return limit is None or (ratio <= limit and file_bytes <= MAX_FILE_BYTES and memory_bytes <= MAX_MEMORY_BYTES)


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures what recording costs.")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each (default: %(default)s)")
    rounds = parser.parse_args().rounds
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    print(
        f"CPython {sys.version.split()[0]}, the least of {rounds}; at most {MAX_FILE_BYTES:.0f} bytes an event in the file "
        f"and {MAX_MEMORY_BYTES:.0f} in memory"
    )
    programs = [("200,000 sleep(0)", SLEEPS)]
    if importlib.util.find_spec("aiohttp") is not None:
        programs.append(("aiohttp, 2,000 requests", AIOHTTP.replace("WORKERS", "20")))
        programs.append(("aiohttp, 2,000 requests, each a task", AIOHTTP.replace("WORKERS", "2_000")))
    else:
        print("aiohttp is not installed, and so not measured")
    with tempfile.TemporaryDirectory() as folder:
        fixed = fixed_memory(rounds, folder)
        print(f"{fixed / 1e6:.1f} MB for the recorder itself, whatever is recorded")
        kept = [measure(name, source, rounds, folder, fixed) for name, source in programs]
    sys.exit(0 if all(kept) else 1)


if __name__ == "__main__":
    main()

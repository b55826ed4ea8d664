"""The events of small programs and their order, compared with what was kept in `stories/`.

    python3 python/tests/test_order.py --write

writes them anew, to be read before they are kept.
"""

from __future__ import annotations

import pathlib
import re
import sys

import tools

STORIES = pathlib.Path(__file__).parent / "stories"


def programs() -> list[pathlib.Path]:
    """The programs that this version of Python can run."""
    found = []
    for path in sorted(STORIES.glob("*.py")):
        needs = re.match(r"# From Python 3\.(\d+) on", path.read_text(encoding="utf-8"))
        if needs is None or sys.version_info >= (3, int(needs[1])):
            found.append(path)
    return found


def told(recording: tools.Recording) -> str:
    return "".join(line + "\n" for line in tools.story(recording, turns=True))


class Order(tools.Case):
    def test_each_program_is_recorded_as_it_was(self) -> None:
        for path in programs():
            with self.subTest(path.stem):
                run = self.recorded("--instant", str(path))
                self.assertEqual(run.status, 0, run.err)
                expected = path.with_suffix(".txt").read_text(encoding="utf-8")
                self.assertEqual(told(run.recording), expected)

    def test_a_chain_of_awaits_goes_through_generators_and_libraries(self) -> None:
        recording = self.record(
            """
            import asyncio, contextlib
            async def numbers(queue):
                while True:
                    yield await queue.get()
            class Source:
                def __init__(self, queue):
                    self.queue = queue
                def __await__(self):
                    return self.inner().__await__()
                async def inner(self):
                    async for number in numbers(self.queue):
                        return number
            async def main():
                queue = asyncio.Queue()
                task = asyncio.create_task(waiter(queue), name="waiter")
                await asyncio.sleep(1)
                queue.put_nowait(1)
                await task
            async def waiter(queue):
                return await Source(queue)
            asyncio.run(main())
            """
        )
        ends = [e for e in recording.events if e.kind == tools.f.POLL_END and recording.name(e.a) == "waiter"]
        frames = [
            (recording.texts[row.function], pathlib.Path(recording.files[row.file][0]).name)
            for row in recording.frames(ends[0].b)
        ]
        self.assertEqual(
            frames,
            [
                ("waiter", "prog.py"),
                ("Source.inner", "prog.py"),
                ("numbers", "prog.py"),
                ("Queue.get", "queues.py"),
            ],
        )

    def test_who_blocks_the_loop_is_named_with_the_line(self) -> None:
        recording = self.record(
            """
            import asyncio, time
            async def main():
                await asyncio.sleep(0)
                compute()
            def compute():
                end = time.monotonic() + 0.4
                while time.monotonic() < end:
                    pass
            asyncio.run(main())
            """,
            "--no-output",
        )
        blocks = [e for e in recording.events if e.kind == tools.f.BLOCKED]
        self.assertEqual(len(blocks), 1)
        self.assertGreater(blocks[0].more, 350_000_000)
        functions = [recording.texts[row.function] for row in recording.frames(blocks[0].b)]
        self.assertEqual(functions, ["main", "compute"])
        self.assertIn(recording.frames(blocks[0].b)[-1].line, (7, 8))

    def test_a_socket_that_wakes_is_named(self) -> None:
        recording = self.record(
            """
            import asyncio
            async def serve(reader, writer):
                writer.write(await reader.readline())
                await writer.drain()
                writer.close()
            async def main():
                server = await asyncio.start_server(serve, "127.0.0.1", 0)
                port = server.sockets[0].getsockname()[1]
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"hello\\n")
                print((await reader.readline()).decode().strip())
                writer.close()
                await writer.wait_closed()
                server.close()
            asyncio.run(main())
            """,
            "--no-source",
        )
        f = tools.f
        woken = [e for e in recording.events if e.kind == f.WAKE_IO and e.b]
        self.assertTrue(woken)
        names = {recording.texts[recording.resources[e.b - 1].name] for e in woken}
        self.assertTrue(all(name.startswith("127.0.0.1:") for name in names), names)
        waits = [e for e in recording.events if e.kind == f.WAIT_RESOURCE]
        self.assertIn(f.SOCKET, {recording.resources[e.b].kind for e in waits})
        self.assertEqual(recording.sources, {})
        closed = [e for e in recording.events if e.kind == f.RESOURCE_CLOSED]
        self.assertGreaterEqual(len(closed), 2)


def write() -> None:
    """Writes every story anew."""
    for path in programs():
        case = Order()
        case.setUp()
        try:
            run = case.recorded("--instant", str(path))
            if run.status:
                sys.exit(f"{path.name}: {run.err}")
            path.with_suffix(".txt").write_text(told(run.recording), encoding="utf-8")
        finally:
            case.doCleanups()


if __name__ == "__main__":
    if sys.argv[1:] != ["--write"]:
        sys.exit("usage: test_order.py --write")
    write()

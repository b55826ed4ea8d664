"""Real programs, installed from the package index, recorded on loopback.

    python3 python/tests/real_programs.py

Makes a virtual environment in the user's cache (`~/.cache/interleave`) the first time, which takes a minute.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import unittest
import venv

import tools
from tools import f

NEEDS = ("aiohttp", "fastapi", "uvicorn", "httpx", "websockets", "anyio", "pytest", "pytest-asyncio")
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "interleave"


def python() -> str:
    """The interpreter of an environment that has them all."""
    folder = CACHE / f"python-{sys.version_info[0]}.{sys.version_info[1]}"
    found = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    done = folder / "installed.txt"
    wanted = "\n".join(NEEDS)
    if not done.exists() or done.read_text() != wanted:
        print(f"installing {', '.join(NEEDS)} into {folder}; this takes about a minute", file=sys.stderr)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *NEEDS], check=True)
        done.write_text(wanted)
    return str(found)


class RealPrograms(tools.Case):
    @classmethod
    def setUpClass(cls) -> None:
        cls.python = python()

    def record_real(self, source: str, *options: str) -> tools.Run:
        """Runs a program alone and recorded: the same output and status."""
        path = str(self.write(source))
        alone = self._run([self.python, path])
        done = self._run([self.python, "-m", "interleave", "-o", "out.interleave", *options, path])
        self.assertEqual((done.returncode, done.stdout), (alone.returncode, alone.stdout), done.stderr)
        self.assertEqual(done.returncode, 0, done.stderr)
        return tools.Run(0, done.stdout, done.stderr, tools.read((self.folder / "out.interleave").read_bytes()))

    def sound(self, r: tools.Recording) -> None:
        """What holds of every recording: polls alternate with ends, and only tasks that were woken run."""
        ready, polled, done = set(), set(), set()
        for e in r.events:
            if e.kind == f.SPAWN and r.tasks[e.a].kind == 0:
                ready.add(e.a)
            elif f.WAKE_TASK <= e.kind <= f.WAKE_OUTSIDE:
                self.assertNotIn(e.a, done)
                ready.add(e.a)
            elif e.kind == f.POLL_START:
                self.assertIn(e.a, ready)
                ready.discard(e.a)
                polled.add(e.a)
            elif e.kind in (f.POLL_END, f.POLL_DONE):
                self.assertIn(e.a, polled)
                polled.discard(e.a)
                if e.kind == f.POLL_DONE:
                    done.add(e.a)
        self.assertFalse(polled)
        self.assertIsNotNone(r.end)

    def test_aiohttp_with_2000_requests(self) -> None:
        run = self.record_real(
            """
            import asyncio, aiohttp
            from aiohttp import web
            async def hello(request):
                await asyncio.sleep(0)
                return web.Response(text="hello")
            async def main():
                app = web.Application()
                app.router.add_get("/", hello)
                runner = web.AppRunner(app)
                await runner.setup()
                site = web.TCPSite(runner, "127.0.0.1", 0)
                await site.start()
                port = site._server.sockets[0].getsockname()[1]
                slots = asyncio.Semaphore(20)
                async with aiohttp.ClientSession() as session:
                    async def fetch():
                        async with slots, session.get(f"http://127.0.0.1:{port}/") as response:
                            return len(await response.text())
                    print(sum(await asyncio.gather(*[fetch() for _ in range(2_000)])))
                await runner.cleanup()
            asyncio.run(main())
            """
        )
        r = run.recording
        self.sound(r)
        fetches = [task for task in r.tasks if r.texts[task.coroutine].endswith("fetch")]
        self.assertEqual(len(fetches), 2_000)
        slots = [e for e in r.events if e.kind == f.ACQUIRE and r.texts[r.resources[e.b].name] == "slots"]
        self.assertEqual((len(slots), max(e.more[0] for e in slots)), (2_000, 20))
        self.assertGreaterEqual(sum(e.kind == f.WAKE_IO and e.b > 0 for e in r.events), 2_000)

    def test_fastapi_under_uvicorn_with_httpx(self) -> None:
        run = self.record_real(
            """
            import asyncio, socket, time, fastapi, httpx, uvicorn
            app = fastapi.FastAPI()
            @app.get("/slow")
            async def slow():
                time.sleep(0.12)
                return {"slow": True}
            @app.get("/thread")
            def thread():
                time.sleep(0.01)
                return {"thread": True}
            async def main():
                listening = socket.create_server(("127.0.0.1", 0))
                port = listening.getsockname()[1]
                server = uvicorn.Server(uvicorn.Config(app, loop="asyncio", log_level="warning"))
                serving = asyncio.create_task(server.serve([listening]), name="server")
                while not server.started:
                    await asyncio.sleep(0.01)
                async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
                    answers = await asyncio.gather(*[client.get(path) for path in ("/slow", "/thread", "/thread")])
                    print([answer.json() for answer in answers])
                server.should_exit = True
                await serving
            asyncio.run(main())
            """
        )
        r = run.recording
        self.sound(r)
        blocked = [
            [r.texts[row.function] for row in r.frames(e.b)]
            for e in r.events
            if e.kind == f.BLOCKED and e.more > 100_000_000
        ]
        self.assertIn("slow", [frames[-1] for frames in blocked if frames])
        self.assertIn("server", {r.name(number) for number in range(len(r.tasks))})

    def test_websockets(self) -> None:
        run = self.record_real(
            """
            import asyncio
            from websockets.asyncio.client import connect
            from websockets.asyncio.server import serve
            async def echo(connection):
                async for message in connection:
                    await connection.send(message)
            async def main():
                async with serve(echo, "127.0.0.1", 0) as server:
                    port = server.sockets[0].getsockname()[1]
                    async with connect(f"ws://127.0.0.1:{port}", proxy=None) as connection:
                        for number in range(50):
                            await connection.send(str(number))
                            assert await connection.recv() == str(number)
                print("done")
            asyncio.run(main())
            """
        )
        self.sound(run.recording)
        self.assertGreaterEqual(sum(e.kind == f.WAKE_IO for e in run.recording.events), 50)

    def test_anyio_task_groups_and_threads(self) -> None:
        run = self.record_real(
            """
            import anyio, time
            async def work(name, limiter, lock):
                async with limiter:
                    await anyio.sleep(0.01)
                    async with lock:
                        await anyio.to_thread.run_sync(time.sleep, 0.01)
            async def main():
                limiter, lock = anyio.CapacityLimiter(2), anyio.Lock()
                async with anyio.create_task_group() as group:
                    for number in range(5):
                        group.start_soon(work, number, limiter, lock, name=f"work {number}")
                with anyio.move_on_after(0.01) as scope:
                    await anyio.sleep(5)
                print(scope.cancelled_caught)
            anyio.run(main)
            """
        )
        r = run.recording
        self.sound(r)
        self.assertLessEqual({f"work {number}" for number in range(5)}, {r.name(at) for at in range(len(r.tasks))})
        self.assertTrue([e for e in r.events if e.kind == f.WAKE_THREAD])
        self.assertTrue([e for e in r.events if e.kind == f.CANCEL_TIMER])

    def test_pytest_keeps_recordings_of_failed_tests(self) -> None:
        self.write(
            """
            import asyncio, pytest
            @pytest.mark.asyncio
            async def test_good():
                await asyncio.sleep(0)
            @pytest.mark.asyncio
            async def test_bad():
                await asyncio.sleep(0)
                assert False
            def test_plain():
                assert False
            """,
            "test_some.py",
        )
        done = self._run(
            [self.python, "-m", "pytest", "-q", "-p", "interleave._pytest", "--interleave", "kept", "test_some.py"]
        )
        self.assertIn("2 failed, 1 passed", done.stdout, done.stderr)
        kept = sorted(path.name for path in (self.folder / "kept").iterdir())
        self.assertEqual(kept, ["test_some.py-test_bad.interleave"])
        recording = tools.read((self.folder / "kept" / kept[0]).read_bytes())
        self.assertEqual(recording.end.message, "the test failed")
        self.assertTrue([task for task in recording.tasks if "test_bad" in recording.texts[task.coroutine]])


if __name__ == "__main__":
    unittest.main()

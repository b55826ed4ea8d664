"""A program under the recorder is to anybody who looks the program alone: arguments, output, status, tracebacks."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import tools
from tools import f

FAILS = """
    import asyncio, sys
    async def inner():
        await asyncio.sleep(0)
        raise ValueError("no")
    async def main():
        await asyncio.gather(inner(), asyncio.sleep(0))
    asyncio.run(main())
    """


class Program(tools.Case):
    def same(self, source: str, *arguments: str, status: int = 0, **options: object) -> tools.Run:
        """Runs a program alone and recorded, and expects the same of both."""
        path = str(self.write(source))
        alone = self.alone(path, *arguments, **options)
        recorded = self.recorded(path, *arguments, **options)
        self.assertEqual(recorded.said(), alone.said())
        self.assertEqual(alone.status, status, alone.err)
        return recorded

    def test_arguments_names_and_paths(self) -> None:
        run = self.same(
            """
            import sys, pickle, os
            class Thing: pass
            print(sys.argv, __name__, __file__, __package__, __spec__, __doc__, type(__loader__).__name__)
            print(sys.path[0], sys.modules["__main__"].__dict__ is globals())
            print(type(pickle.loads(pickle.dumps(Thing()))) is Thing)
            print(sorted(globals()))
            import asyncio
            async def main():
                print(asyncio.current_task().get_name(), repr(asyncio.current_task()))
                print(asyncio.get_running_loop().get_task_factory(), type(asyncio.current_task()).__name__)
                print(asyncio.get_running_loop().call_soon(print))
            asyncio.run(main())
            """,
            "-o",
            "--for",
            "x y",
            "",
        )
        self.assertEqual(run.recording.argv[1:], ["-o", "--for", "x y", ""])
        self.assertEqual(run.recording.program, "prog.py")

    def test_a_module(self) -> None:
        (self.folder / "pkg").mkdir()
        (self.folder / "pkg" / "__init__.py").write_text("")
        (self.folder / "pkg" / "tool.py").write_text(
            "import sys\nfrom . import __name__ as parent\nprint(sys.argv, __name__, __package__, __spec__.name, parent, sys.path[0])\n"
        )
        (self.folder / "pkg" / "__main__.py").write_text("print('main of', __package__)\n")
        for module in ("pkg.tool", "pkg", "nosuch", "pkg.nosuch", "json.tool"):
            with self.subTest(module):
                alone = self.alone("-m", module, "--help")
                recorded = self.recorded("-m", module, "--help")
                err = "".join(line for line in recorded.err.splitlines(True) if not line.startswith("interleave: "))
                self.assertEqual((recorded.status, recorded.out, err), alone.said())

    def test_a_folder_and_an_archive(self) -> None:
        folder = self.folder / "app"
        folder.mkdir()
        (folder / "__main__.py").write_text(
            "import sys, other\nprint(sys.path[0], other.__file__, __package__ or '')\n"
        )
        (folder / "other.py").write_text("")
        subprocess.run([sys.executable, "-m", "zipapp", "app"], cwd=self.folder, check=True)
        for name in ("app", "app.pyz"):
            with self.subTest(name):
                self.assertEqual(self.recorded(name).said(), self.alone(name).said())

    def test_tracebacks_name_the_programs_lines_only(self) -> None:
        run = self.same(FAILS, status=1)
        self.assertNotIn(str(tools.PACKAGE / "interleave"), run.err)
        self.assertEqual(run.recording.end.reason, f.FAILED_END)
        self.assertEqual(run.recording.end.message, "ValueError: no")

    def test_a_chain_of_exceptions_and_a_hook_of_the_programs_own(self) -> None:
        self.same(
            """
            import asyncio, sys, traceback
            def hook(kind, error, trace):
                print("hook", kind, "".join(traceback.format_exception(error)), len(traceback.extract_tb(trace)))
            sys.excepthook = hook
            async def main():
                try:
                    1 / 0
                except ZeroDivisionError as error:
                    raise KeyError("k") from error
            asyncio.run(main())
            """,
            status=1,
        )

    def test_ways_to_leave(self) -> None:
        for last, status in (
            ("sys.exit(3)", 3),
            ("sys.exit('a message')", 1),
            ("sys.exit()", 0),
            ("raise SystemExit(True)", 1),
            ("os._exit(4)", 4),
            ("asyncio.run(leave())", 5),
            ("raise KeyboardInterrupt", -signal.SIGINT),
            ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(9)", -signal.SIGTERM),
            ("os.abort()", -signal.SIGABRT),
        ):
            with self.subTest(last):
                run = self.same(
                    f"""
                    import asyncio, os, signal, sys, time, atexit
                    async def leave():
                        sys.exit(5)
                    async def main():
                        await asyncio.sleep(0)
                    atexit.register(print, "atexit")
                    asyncio.run(main())
                    sys.stdout.flush()
                    {last}
                    """,
                    status=status,
                )
                polls = sum(e.kind == f.POLL_START for e in run.recording.events)
                if last == "os.abort()":
                    self.assertIsNone(run.recording.end)
                    continue
                self.assertGreaterEqual(polls, 4)
                reasons = {0: f.FINISHED, -signal.SIGINT: f.STOPPED, -signal.SIGTERM: f.STOPPED}
                self.assertEqual(run.recording.end.reason, reasons.get(status, f.FAILED_END))

    def test_ctrl_c_leaves_a_recording_of_a_program_that_hangs(self) -> None:
        path = self.write(
            """
            import asyncio
            async def one(a, b):
                async with a:
                    await asyncio.sleep(0.01)
                    async with b:
                        pass
            async def main():
                first, second = asyncio.Lock(), asyncio.Lock()
                tasks = [asyncio.create_task(one(first, second), name="left"),
                         asyncio.create_task(one(second, first), name="right")]
                await asyncio.sleep(0.1)
                print("hangs", flush=True)
                await asyncio.gather(*tasks)
            asyncio.run(main())
            """
        )
        command = [sys.executable, "-m", "interleave", "-o", "out.interleave", str(path)]
        with subprocess.Popen(
            command, cwd=self.folder, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            self.assertEqual(process.stdout.readline(), "hangs\n")
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=tools.PATIENCE_S)
        self.assertEqual(process.returncode, -signal.SIGINT, err)
        self.assertTrue(err.rstrip().endswith("KeyboardInterrupt"), err)
        recording = tools.read((self.folder / "out.interleave").read_bytes())
        self.assertEqual(recording.end.reason, f.STOPPED)
        waits = {
            recording.name(e.a): recording.texts[recording.resources[e.b].name]
            for e in recording.events
            if e.kind == f.WAIT_RESOURCE and recording.resources[e.b].kind == f.LOCK
        }
        self.assertEqual(waits, {"left": "second", "right": "first"} if "second" in waits.values() else waits)
        holders = {
            recording.texts[recording.resources[e.b].name]: recording.name(e.a)
            for e in recording.events
            if e.kind == f.ACQUIRE and recording.resources[e.b].kind == f.LOCK
        }
        self.assertEqual(set(holders.values()), {"left", "right"})

    def test_a_killed_program_leaves_what_was_written(self) -> None:
        path = self.write(
            """
            import asyncio, os, signal, sys
            async def main():
                for number in range(100_000_000):
                    await asyncio.sleep(0)
                    if number == 50_000:
                        print("far", flush=True)
            asyncio.run(main())
            """
        )
        command = [sys.executable, "-m", "interleave", "-o", "out.interleave", str(path)]
        file = self.folder / "out.interleave"
        with subprocess.Popen(
            command, cwd=self.folder, env=self.environment(), stdout=subprocess.PIPE, text=True
        ) as process:
            process.stdout.readline()
            size = file.stat().st_size
            until = time.monotonic() + tools.PATIENCE_S
            while file.stat().st_size <= size and time.monotonic() < until:
                pass
            process.kill()
            process.wait()
        recording = tools.read(file.read_bytes())
        self.assertIsNone(recording.end)
        self.assertTrue(recording.broken_off)
        self.assertGreater(len(recording.events), 10_000)

    def test_warnings_of_coroutines_that_are_never_awaited(self) -> None:
        path = str(
            self.write(
                """
                import warnings, sys
                async def never(): pass
                def f():
                    never()
                    coroutine = never()
                    del coroutine
                f()
                warnings.warn("mind this")
                print(sys.get_coroutine_origin_tracking_depth())
                sys.set_coroutine_origin_tracking_depth(3)
                f()
                """
            )
        )
        alone, recorded = self.alone(path), self.recorded(path)
        self.assertEqual(recorded.said(), alone.said())
        never = [e for e in recorded.recording.events if e.kind == f.NEVER_AWAITED]
        lines = [recorded.recording.locations[e.more[1]].line for e in never]
        self.assertEqual(lines, [4, 5, 4, 5])

    def test_the_library_functions(self) -> None:
        path = self.write(
            """
            import sys, asyncio, interleave
            async def main(value):
                interleave.watch("value", value)
                await asyncio.sleep(0)
                return value
            print(asyncio.run(main(0)))
            with interleave.record("one.interleave", only="main"):
                print(asyncio.run(main(1)))
            print(interleave.run(main(2)))
            try:
                with interleave.record("three.interleave"):
                    with interleave.record("four.interleave"):
                        pass
            except RuntimeError as error:
                print(error)
            try:
                with interleave.record("nowhere/five.interleave"):
                    pass
            except OSError as error:
                print(error.strerror)
            import os
            print(os._exit.__name__, asyncio.events.Handle._run.__module__, asyncio.Lock.__dict__.get("_locked"))
            """
        )
        run = self.alone(str(path))
        self.assertEqual(
            run.out.splitlines(),
            ["0", "1", "2", f"a recording goes on already, into {self.folder.resolve()}/three.interleave",
             "No such file or directory", "_exit asyncio.events None"],
        )  # fmt: skip
        one = tools.read((self.folder / "one.interleave").read_bytes())
        self.assertEqual([one.texts[task.coroutine] for task in one.tasks], ["main"])
        values = [one.texts[e.more[1]] for e in one.events if e.kind == f.VALUE]
        self.assertEqual(values, ["1"])
        two = tools.read((self.folder / "prog.interleave").read_bytes())
        self.assertEqual(two.end.reason, f.FINISHED)

    def test_options(self) -> None:
        source = """
            import asyncio
            async def tick(): await asyncio.sleep(0)
            async def tock(): await asyncio.sleep(0)
            async def main():
                for _ in range(200):
                    await asyncio.gather(tick(), tock())
                print("said")
            asyncio.run(main())
            """
        path = str(self.write(source))
        limited = self.recorded("--max-events", "100", path)
        self.assertEqual(len(limited.recording.events), 100)
        self.assertEqual(limited.recording.end.reason, f.LIMIT)
        self.assertIn("100 events", limited.recording.end.message)
        only = self.recorded("--only", "tick|main", "--no-output", path).recording
        self.assertEqual({only.texts[task.coroutine] for task in only.tasks}, {"tick", "main"})
        self.assertFalse([e for e in only.events if e.kind == f.OUTPUT])
        self.assertEqual(list(only.sources.values())[0], self.folder.joinpath("prog.py").read_text())
        self.assertEqual(self.recorded("--no-source", path).recording.sources, {})
        for options in (["--max-events", "0"], ["--only", "("], ["--for", "-1"], ["--nosuch"], []):
            with self.subTest(options):
                run = self.recorded(*options, *([path] if options else []))
                self.assertEqual(run.status, 2)
                self.assertIn("error: ", run.err)

    def test_check_prints_what_is_in_a_recording(self) -> None:
        good = self.alone("-m", "interleave", "--check", str(tools.RECORDINGS / "good-whole.interleave"))
        self.assertEqual((good.status, good.err), (0, ""))
        self.assertIn("1 tasks, 15 events", good.out)
        bad = self.alone("-m", "interleave", "--check", str(tools.RECORDINGS / "bad-newer.interleave"))
        self.assertEqual(bad.status, 1)
        self.assertIn("the recording has version 3", bad.err)
        self.assertEqual(self.alone("-m", "interleave", "--check", "nosuch").status, 2)


class Served(tools.Case):
    """`--open`, without a browser."""

    def test_the_file_is_given_once_and_only_to_the_page(self) -> None:
        import threading
        import urllib.error
        import urllib.request

        from interleave import _serve

        path = tools.RECORDINGS / "good-whole.interleave"
        server = _serve.Server("http://127.0.0.1:8080/page/?x#y", str(path))
        self.assertTrue(server.link.startswith("http://127.0.0.1:8080/page/?x#recording=http%3A%2F%2F127.0.0.1%3A"))
        thread = threading.Thread(target=server.serve)
        thread.start()

        def ask(origin: str | None, address: str = server.address, method: str = "GET") -> object:
            request = urllib.request.Request(address, method=method)
            if origin is not None:
                request.add_header("Origin", origin)
            try:
                with urllib.request.urlopen(request) as response:
                    return response.status, dict(response.headers), response.read()
            except urllib.error.HTTPError as error:
                return error.code

        self.assertEqual(ask(None), 404)
        self.assertEqual(ask("http://evil.example"), 404)
        self.assertEqual(ask("http://127.0.0.1:8080", server.address + "x"), 404)
        self.assertEqual(ask("http://127.0.0.1:8080", server.address.replace("127.0.0.1", "localhost")), 404)
        status, headers, _ = ask("http://127.0.0.1:8080", method="OPTIONS")
        self.assertEqual((status, headers["Access-Control-Allow-Private-Network"]), (204, "true"))
        status, headers, data = ask("http://127.0.0.1:8080")
        self.assertEqual((status, headers["Access-Control-Allow-Origin"]), (200, "http://127.0.0.1:8080"))
        self.assertEqual(data, path.read_bytes())
        thread.join()
        self.assertTrue(server.fetched)

    def test_a_page_that_is_no_address_is_refused(self) -> None:
        from interleave import _serve

        for page in ("file:///x", "javascript:alert(1)", "page", "http://", "http://x:99999/"):
            with self.subTest(page), self.assertRaises(ValueError):
                _serve.Server(page, "x")

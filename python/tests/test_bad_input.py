"""Programs and surroundings that are hard on a recorder: the program behaves as alone, and the recording
holds what was, or a sentence says why not."""

from __future__ import annotations

import os
import subprocess
import sys

import tools
from tools import f


def without_ours(err: str) -> str:
    return "".join(line for line in err.splitlines(True) if not line.startswith("interleave: "))


class BadInput(tools.Case):
    def both(self, source: str, *, status: int = 0, **options: object) -> tools.Run:
        """Runs a program alone and recorded: the same, but for our own sentences."""
        path = str(self.write(source))
        alone, recorded = self.alone(path, **options), self.recorded(path, **options)
        self.assertEqual((recorded.status, recorded.out, without_ours(recorded.err)), alone.said())
        self.assertEqual(recorded.status, status, recorded.err)
        return recorded

    def test_a_program_that_does_not_exist_or_is_no_file(self) -> None:
        for name in ("nosuch.py", "nosuch/prog.py", "."):
            with self.subTest(name):
                alone, recorded = self.alone(name), self.recorded(name)
                self.assertEqual((recorded.status, without_ours(recorded.err)), (alone.status, alone.err))
                self.assertFalse((self.folder / "out.interleave").exists())
        self.assertIn("interleave: nothing is recorded", self.recorded("nosuch.py").err)

    def test_a_program_that_does_not_compile(self) -> None:
        for name, source in (
            ("syntax", "print('x'\n"),
            ("indent", "def f():\nreturn 1\n"),
            ("nul", "print(1)\0"),
            ("coding", "# coding: nosuch\n"),
        ):
            with self.subTest(name):
                path = self.folder / f"{name}.py"
                path.write_text(source)
                alone, recorded = self.alone(str(path)), self.recorded(str(path))
                self.assertEqual(recorded.status, alone.status)
                self.assertEqual(
                    without_ours(recorded.err).splitlines()[-1].split(":")[0], alone.err.splitlines()[-1].split(":")[0]
                )
                self.assertIn("interleave: nothing is recorded: the program does not compile", recorded.err)

    def test_a_program_that_forks(self) -> None:
        run = self.both(
            """
            import asyncio, os, sys, warnings
            warnings.simplefilter("always")
            async def main():
                await asyncio.sleep(0)
                pid = os.fork()
                if pid == 0:
                    print("child", flush=True)
                    os._exit(7)
                print("parent", os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
                pid = os.fork()
                if pid == 0:
                    sys.exit(8)
                print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), flush=True)
                await asyncio.sleep(0.01)
            asyncio.run(main())
            """
        )
        printed = [run.recording.texts[e.b] for e in run.recording.events if e.kind == f.OUTPUT]
        self.assertEqual(printed, ["parent 7", "8"])
        self.assertEqual(run.recording.end.reason, f.FINISHED)

    def test_processes_of_a_pool(self) -> None:
        run = self.both(
            """
            import asyncio, concurrent.futures
            def double(number):
                return 2 * number
            async def main():
                loop = asyncio.get_running_loop()
                with concurrent.futures.ProcessPoolExecutor(2) as pool:
                    print(await asyncio.gather(*[loop.run_in_executor(pool, double, n) for n in range(3)]))
                print(await asyncio.to_thread(double, 4))
            if __name__ == "__main__":
                asyncio.run(main())
            """
        )
        r = run.recording
        pieces = [(r.texts[task.name], task.kind) for task in r.tasks if task.kind]
        self.assertEqual(pieces, [("double", 2)] * 3 + [("double", 1)])
        results = [r.texts[e.b] for e in r.events if e.kind == f.RETURNED and r.tasks[e.a].kind]
        self.assertEqual(sorted(results), ["0", "2", "4", "8"])

    def test_a_policy_of_the_programs_own_and_a_loop_of_its_own(self) -> None:
        run = self.both(
            """
            import asyncio, warnings
            warnings.simplefilter("ignore")
            class Loop(asyncio.SelectorEventLoop):
                def call_soon(self, callback, *args, context=None):
                    return super().call_soon(callback, *args, context=context)
            class Policy(asyncio.DefaultEventLoopPolicy):
                def new_event_loop(self):
                    return Loop()
            asyncio.set_event_loop_policy(Policy())
            async def main():
                await asyncio.sleep(0.001)
                print(type(asyncio.get_running_loop()).__name__)
            asyncio.run(main())
            """
        )
        self.assertEqual([run.recording.texts[loop.name] for loop in run.recording.loops], ["Loop"])

    def test_two_loops_in_two_threads(self) -> None:
        run = self.both(
            """
            import asyncio, threading
            async def work():
                queue = asyncio.Queue(1)
                async def take():
                    for _ in range(500):
                        await queue.get()
                task = asyncio.create_task(take())
                for number in range(500):
                    await queue.put(number)
                await task
            threads = [threading.Thread(target=asyncio.run, args=(work(),), name=f"t{n}") for n in range(2)]
            for thread in threads: thread.start()
            for thread in threads: thread.join()
            print("done")
            """
        )
        r = run.recording
        self.assertEqual(sorted(r.texts[r.threads[loop.thread]] for loop in r.loops), ["t0", "t1"])
        running: dict[int, int] = {}
        for e in r.events:
            if e.kind == f.POLL_START:
                loop = r.tasks[e.a].loop
                self.assertNotIn(loop, running)
                running[loop] = e.a
            elif e.kind in (f.POLL_END, f.POLL_DONE):
                self.assertEqual(running.pop(r.tasks[e.a].loop), e.a)
        self.assertEqual(sum(e.kind == f.ACQUIRE and r.resources[e.b].kind == f.QUEUE for e in r.events), 1000)

    def test_much_output(self) -> None:
        path = self.write(
            """
            import asyncio
            async def main():
                line = "x" * 99
                for _ in range(1_000):
                    print("\\n".join([line] * 1_000))
                    await asyncio.sleep(0)
            asyncio.run(main())
            """
        )
        run = self.recorded(str(path))
        self.assertEqual(run.status, 0, run.err)
        self.assertEqual(len(run.out), 100_000_000)
        self.assertLess((self.folder / "out.interleave").stat().st_size, 32 << 20)
        self.assertTrue(any("lines of output or results beyond" in cut for cut in run.recording.end.cuts))

    def test_a_million_tasks(self) -> None:
        path = self.write(
            """
            import asyncio
            async def nothing(): pass
            async def main():
                for _ in range(1_000):
                    await asyncio.gather(*[nothing() for _ in range(1_000)])
                print("done")
            asyncio.run(main())
            """
        )
        run = self.recorded(str(path))
        self.assertEqual(run.said(), (0, "done\n", ""))
        self.assertEqual(len(run.recording.tasks), f.MAX_TASKS)
        self.assertEqual(run.recording.end.reason, f.LIMIT)
        self.assertIn("100000 tasks", run.recording.end.message)

    def test_hostile_names_and_representations(self) -> None:
        run = self.both(
            r"""
            import asyncio
            class Evil:
                def __repr__(self): print("repr"); raise SystemExit(9)
                __str__ = __format__ = __hash__ = __bool__ = __eq__ = __len__ = __repr__
            class Text(str):
                def __str__(self): print("str"); return self
                __repr__ = __len__ = __hash__ = encode = __getitem__ = __str__
            class EvilError(Exception):
                def __str__(self): print("error"); raise SystemExit(9)
                __repr__ = __str__
                args = property(__str__)
            class Meta(type):
                __name__ = property(lambda cls: print("meta"))
            class Result(metaclass=Meta): pass
            class Awaitable:
                def __await__(self): return (yield from asyncio.sleep(0).__await__())
                def __getattr__(self, name): print("getattr", name); raise SystemExit(9)
            async def evil(): return Evil()
            async def error(): raise EvilError(Evil())
            async def result(): return Result()
            async def group(): raise ExceptionGroup("g\udc80", [ValueError(Evil())])
            async def awaits(): return await Awaitable()
            async def main():
                coroutine = evil()
                coroutine.__name__ = coroutine.__qualname__ = "x" * 1_000_000 + "\ud800"
                for one in (coroutine, error(), result(), group(), awaits()):
                    task = asyncio.create_task(one, name="\ud800 \x00 \n" * 10_000)
                    await asyncio.wait([task])
                    task.cancelled() or task.exception()
                task = asyncio.create_task(asyncio.sleep(0))
                task.set_name(7)
                await task
                print("a\udcffb".encode("ascii", "replace"))
            asyncio.run(main())
            """
        )
        names = [run.recording.texts[task.name] for task in run.recording.tasks]
        self.assertTrue(all(len(name) <= 200 for name in names))
        self.assertIn("7", names)
        failed = [run.recording.texts[e.b] for e in run.recording.events if e.kind == f.FAILED]
        self.assertEqual(failed, ["EvilError", "ExceptionGroup: g? (ValueError)"])

    def test_closed_and_missing_streams(self) -> None:
        source = """
            import asyncio, sys
            async def main():
                await asyncio.sleep(0)
                if sys.stdout is not None:
                    sys.stdout.close()
                try:
                    print("lost")
                except ValueError as error:
                    sys.stderr.write(f"{error}\\n")
            asyncio.run(main())
            """
        self.both(source)
        path = str(
            self.write(
                "import sys, asyncio\nasyncio.run(asyncio.sleep(0))\nprint(sys.stdout, file=sys.stderr)\n", "b.py"
            )
        )
        options = {"stdout": None, "preexec_fn": lambda: os.close(1)}
        alone, recorded = self.alone(path, **options), self.recorded(path, **options)
        self.assertEqual((recorded.status, recorded.err), (alone.status, alone.err))

    def test_a_pipe_that_nobody_reads(self) -> None:
        path = self.write(
            """
            import asyncio
            async def main():
                while True:
                    print("x" * 1000)
                    await asyncio.sleep(0)
            asyncio.run(main())
            """
        )
        for command in (
            [sys.executable, str(path)],
            [sys.executable, "-m", "interleave", "-o", "out.interleave", str(path)],
        ):
            with subprocess.Popen(
                command,
                cwd=self.folder,
                env=self.environment(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            ) as process:
                process.stdout.readline()
                process.stdout.close()
                err = process.stderr.read()
            self.assertIn("BrokenPipeError", err)
            self.assertNotIn("_output.py", err)
            self.assertEqual(process.returncode, 1)
        self.assertEqual(tools.read((self.folder / "out.interleave").read_bytes()).end.reason, f.FAILED_END)

    def test_a_place_that_cannot_be_written(self) -> None:
        path = str(self.write("import asyncio\nasyncio.run(asyncio.sleep(0))\nprint('ran')\n"))
        run = self.alone("-m", "interleave", "-o", "nowhere/out.interleave", path)
        self.assertEqual((run.status, run.out), (0, "ran\n"))
        self.assertIn("interleave: nothing is recorded: cannot write nowhere/out.interleave: No such file", run.err)

    def test_a_disk_that_fills(self) -> None:
        path = self.write(
            """
            import asyncio
            async def main():
                for _ in range(200_000):
                    await asyncio.sleep(0)
                print("ran")
            asyncio.run(main())
            """
        )
        # A limit on the size of files is to a program what a full disk is: a write fails.
        import resource

        def limit() -> None:
            import signal

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

        run = self.recorded(str(path), preexec_fn=limit)
        self.assertEqual((run.status, run.out), (0, "ran\n"))
        self.assertIn("out.interleave could not be written whole: File too large", run.err)
        self.assertLessEqual((self.folder / "out.interleave").stat().st_size, 20_000)
        self.assertIsNone(run.recording.end)

    def test_a_program_that_closes_every_descriptor(self) -> None:
        run = self.both(
            """
            import asyncio, os, time
            async def main():
                os.closerange(3, 200)
                files = [open(f"f{n}", "w") for n in range(8)]
                for _ in range(50_000):
                    time.sleep(0) if _ % 100 else time.sleep(0.002)
                for file in files: file.close()
                print(sum(os.path.getsize(f"f{n}") for n in range(8)))
                os._exit(0)
            loop = asyncio.new_event_loop()
            main().send(None)
            """
        )
        self.assertIn("could not be written whole: the program closed the file", run.err)
        self.assertEqual(run.out, "0\n")

    def test_a_program_that_uses_up_the_stack(self) -> None:
        self.both(
            """
            import asyncio
            async def deep(n):
                if n:
                    return await deep(n - 1)
                await asyncio.sleep(0)
            async def main():
                await deep(700)
                try:
                    await deep(100_000)
                except RecursionError as error:
                    print(type(error).__name__)
            asyncio.run(main())
            """
        )

    def test_wakes_from_a_signal_and_from_another_thread_without_leave(self) -> None:
        run = self.both(
            """
            import asyncio, os, signal, threading
            async def main():
                loop = asyncio.get_running_loop()
                event = asyncio.Event()
                loop.add_signal_handler(signal.SIGUSR1, event.set)
                os.kill(os.getpid(), signal.SIGUSR1)
                await event.wait()
                future = loop.create_future()
                thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, 5))
                thread.start()
                print(await future)
                thread.join()
            asyncio.run(main())
            """
        )
        kinds = {e.kind for e in run.recording.events}
        self.assertIn(f.WAKE_THREAD, kinds)
        self.assertIn(f.WAKE_IO, kinds)

"""Tests of oracle.py: programs in virtual time do what they would do in real time, without the waiting."""

import pathlib
import subprocess
import sys
import tempfile
import textwrap
import unittest

ORACLE = pathlib.Path(__file__).with_name("oracle.py")


def run(program, *options):
    """Runs a program under the oracle."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "program.py")
        path.write_text("import asyncio, time\n" + textwrap.dedent(program), encoding="utf-8")
        command = [sys.executable, "-I", "-X", "utf8", str(ORACLE), *options, str(path)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=60)


class OracleTest(unittest.TestCase):
    maxDiff = None

    def check(self, program, expected, *options):
        done = run(program, *options)
        self.assertEqual(done.stdout.split("\n")[:-1], expected.strip().split("\n"), done.stderr)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_equal_sleeps_wake_in_the_order_in_which_they_were_set(self):
        for count in (2, 3, 5, 50):
            self.check(
                f"""
                async def sleeper(index):
                    await asyncio.sleep(1)
                    print(index, time.monotonic())

                async def main():
                    await asyncio.gather(*(sleeper(index) for index in range({count})))

                asyncio.run(main())
                """,
                "\n".join(f"{index} 1.0" for index in range(count)),
            )

    def test_timers_due_together_are_ready_in_one_turn_in_the_order_in_which_they_were_set(self):
        # The turn is the same: what the first makes ready comes after the second.
        self.check(
            """
            async def once():
                await asyncio.sleep(2)
                print("once", time.monotonic())
                asyncio.get_running_loop().call_soon(print, "made ready")

            async def twice():
                await asyncio.sleep(1)
                await asyncio.sleep(1)
                print("twice", time.monotonic())

            async def main():
                await asyncio.gather(twice(), once())

            asyncio.run(main())
            """,
            "once 2.0\ntwice 2.0\nmade ready",
        )

    def test_fractions_of_a_second_add_up_exactly(self):
        self.check(
            """
            async def thrice():
                for _ in range(3):
                    await asyncio.sleep(0.1)
                print("thrice", time.monotonic())

            async def once():
                await asyncio.sleep(0.3)
                print("once", time.monotonic())

            async def main():
                await asyncio.gather(thrice(), once())

            asyncio.run(main())
            """,
            "once 0.3\nthrice 0.3",
        )

    def test_a_timer_a_nanosecond_later_is_later(self):
        self.check(
            """
            async def main():
                loop = asyncio.get_running_loop()
                loop.call_later(1.000000001, print, "later")
                loop.call_later(1, loop.call_soon, print, "first")
                await asyncio.sleep(2)

            asyncio.run(main())
            """,
            "first\nlater",
        )

    def test_blocking_sleep_moves_every_clock_and_lets_timers_be_late(self):
        self.check(
            """
            async def ticker():
                await asyncio.sleep(1)
                print("tick", time.monotonic())

            async def main():
                task = asyncio.create_task(ticker())
                await asyncio.sleep(0)
                clocks = time.monotonic, time.perf_counter, time.time, asyncio.get_running_loop().time
                before = [clock() for clock in clocks]
                time.sleep(2.5)
                print([clock() - start for clock, start in zip(clocks, before)])
                print(time.monotonic_ns(), time.perf_counter_ns())
                await task

            asyncio.run(main())
            """,
            "[2.5, 2.5, 2.5, 2.5]\n2500000000 2500000000\ntick 2.5",
        )

    def test_hours_pass_at_once(self):
        self.check(
            """
            async def main():
                for _ in range(3):
                    await asyncio.sleep(40 * 3600)
                print(time.monotonic() / 3600)

            asyncio.run(main())
            """,
            "120.0",
        )

    def test_times_are_exact_however_late(self):
        # In floats a thousand sleeps of 0.1 s were 10 ns off after 4 million seconds, and at 10 million the loop
        # never found its timer due.
        self.check(
            """
            async def main():
                for late in 4_000_000, 10_000_000, 1_000_000_000:
                    await asyncio.sleep(late)
                    begin = time.monotonic_ns()
                    loop = asyncio.get_running_loop()
                    loop.call_at(loop.time() + 100.000000001, print, "a nanosecond later")
                    loop.call_at(loop.time() + 100, print, "as late as a thousand sleeps")
                    for _ in range(1000):
                        await asyncio.sleep(0.1)
                    print(time.monotonic_ns() - begin)
                    await asyncio.sleep(1)

            asyncio.run(main())
            """,
            "\n".join(["as late as a thousand sleeps", "100000000000", "a nanosecond later"] * 3),
        )

    def test_a_time_is_the_float_that_programs_expect(self):
        self.check(
            """
            async def main():
                loop = asyncio.get_running_loop()
                begin = loop.time()
                await asyncio.sleep(1.5)
                took = loop.time() - begin
                print(took, f"{took:.2f}", took * 2, round(took), took == 1.5, 1.5 - took, isinstance(took, float))
                print(took < float("inf"), took == None, sorted([took, 1, 2]), {1.5: "found"}[took])

            asyncio.run(main())
            """,
            "1.5 1.50 3.0 2 True 0.0 True\nTrue False [1, 1.5, 2] found",
        )

    def test_with_times_each_line_says_when_it_was_begun(self):
        self.check(
            """
            def work():
                time.sleep(0.25)
                print("from a thread")

            async def main():
                print("two\\nlines")
                print("begun", end=", ", flush=True)
                await asyncio.sleep(0.5)
                print("and ended")
                await asyncio.to_thread(work)
                print("1.50 is no time")
                await asyncio.sleep(10)
                raise ValueError("no")

            asyncio.run(main())
            """,
            """
0 two
0 lines
0 begun, and ended
0.75 from a thread
0.75 1.50 is no time
10.75 error: ValueError: no
10.75 end
""",
            "--times",
        )
        done = run("async def main(): await asyncio.sleep(0.000000001); await asyncio.Event().wait()\nasyncio.run(main())", "--times")
        self.assertEqual(done.stdout, "0.000000001 error: deadlock\n0.000000001 end\n")

    def test_many_cancelled_timers_leave_the_order_alone(self):
        # asyncio rebuilds its heap when more than half of over a hundred timers are cancelled.
        self.check(
            """
            async def main():
                loop = asyncio.get_running_loop()
                seen = []
                for index in range(100):
                    loop.call_later(1, seen.append, index)
                for timer in [loop.call_later(1, print, "cancelled") for _ in range(150)]:
                    timer.cancel()
                await asyncio.sleep(1)
                print(seen == sorted(seen), len(seen))

            asyncio.run(main())
            """,
            "True 100",
        )

    def test_timeouts_run_on_virtual_time(self):
        self.check(
            """
            async def main():
                try:
                    async with asyncio.timeout(1):
                        await asyncio.sleep(5)
                except TimeoutError:
                    print("timeout", time.monotonic())
                try:
                    await asyncio.wait_for(asyncio.sleep(5), 0.5)
                except TimeoutError:
                    print("wait_for", time.monotonic())

            asyncio.run(main())
            """,
            "timeout 1.0\nwait_for 1.5",
        )

    def test_an_exception_that_leaves_the_program_is_the_last_line(self):
        self.check(
            """
            async def main():
                print("before")
                raise ValueError("task_done() called too many times")

            asyncio.run(main())
            """,
            "before\nerror: ValueError: task_done() called too many times",
        )
        self.check(
            """
            async def fail():
                raise ValueError("no")

            async def main():
                async with asyncio.TaskGroup() as group:
                    group.create_task(fail())

            asyncio.run(main())
            """,
            "error: ExceptionGroup: unhandled errors in a TaskGroup (1 sub-exception)",
        )

    def test_a_deadlock_ends_the_program_as_it_stands(self):
        done = run(
            """
            async def main():
                print("waiting")
                try:
                    await asyncio.Event().wait()
                finally:
                    print("a reader of the real program never sees this")

            asyncio.run(main())
            """
        )
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(done.stdout, "waiting\nerror: deadlock\n")

    def test_threads_wait_side_by_side_with_the_loop(self):
        self.check(
            """
            def work(name, seconds):
                print(name, "starts", time.monotonic())
                time.sleep(seconds)
                print(name, "ends", time.monotonic())
                return name

            async def ticker():
                for _ in range(3):
                    await asyncio.sleep(1)
                    print("tick", time.monotonic())

            async def main():
                results = await asyncio.gather(
                    asyncio.to_thread(work, "a", 2.5), asyncio.to_thread(work, "b", 1.5), ticker()
                )
                print(results, time.monotonic())

            asyncio.run(main())
            """,
            """
a starts 0.0
b starts 0.0
tick 1.0
b ends 1.5
tick 2.0
a ends 2.5
tick 3.0
['a', 'b', None] 3.0
""",
        )

    def test_a_pool_has_as_many_threads_as_it_was_made_with(self):
        self.check(
            """
            from concurrent.futures import ThreadPoolExecutor

            def work(index):
                time.sleep(1)
                return index, time.monotonic()

            async def main():
                loop = asyncio.get_running_loop()
                with ThreadPoolExecutor(2) as pool:
                    print(await asyncio.gather(*(loop.run_in_executor(pool, work, n) for n in range(3))))

            asyncio.run(main())
            """,
            "[(0, 1.0), (1, 1.0), (2, 2.0)]",
        )

    def test_a_thread_hands_over_its_error_and_its_calls_in_time(self):
        self.check(
            """
            def work(loop):
                time.sleep(1)
                loop.call_soon_threadsafe(lambda: print("called", time.monotonic()))
                time.sleep(1)
                raise OSError("gone")

            async def main():
                try:
                    await asyncio.to_thread(work, asyncio.get_running_loop())
                except OSError as error:
                    print(error, time.monotonic())

            asyncio.run(main())
            """,
            "called 1.0\ngone 2.0",
        )

    def test_the_program_ends_after_its_threads(self):
        self.check(
            """
            def work():
                time.sleep(2)
                print("work is done")

            async def main():
                asyncio.get_running_loop().run_in_executor(None, work)
                await asyncio.sleep(1)
                print("main is done")

            asyncio.run(main())
            print(time.monotonic())
            """,
            "main is done\nwork is done\n2.0",
        )


if __name__ == "__main__":
    # unittest would write to the standard error, where nobody counts.
    unittest.main(testRunner=unittest.TextTestRunner(stream=sys.stdout))

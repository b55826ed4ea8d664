import asyncio


# A task that awaits itself fails.
async def awaits_itself():
    async def me():
        try:
            await asyncio.current_task()
        except RuntimeError as error:
            print(str(error).split(":")[0])
        await asyncio.sleep(0.001)
        print("goes on")

    await asyncio.create_task(me())


async def awaits_itself_and_fails():
    async def me():
        await asyncio.current_task()

    task = asyncio.create_task(me())
    asyncio.get_running_loop().call_soon(print, "a turn")
    try:
        await task
    except RuntimeError as error:
        print(type(error).__name__)


async def a_cancellation_has_a_message():
    async def sleeps():
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError as error:
            print("caught", repr(str(error)))
            raise

    task = asyncio.create_task(sleeps())
    await asyncio.sleep(0)
    task.cancel("enough")
    for _ in range(2):
        try:
            await task
        except asyncio.CancelledError as error:
            # Only the first gets the message.
            print("waiter", repr(str(error)))


async def a_message_goes_down_the_chain():
    async def inner():
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError as error:
            print("inner", repr(str(error)))
            raise

    async def outer():
        try:
            await asyncio.create_task(inner())
        except asyncio.CancelledError as error:
            print("outer", repr(str(error)))
            raise

    task = asyncio.create_task(outer())
    await asyncio.sleep(0.001)
    task.cancel("all of you")
    await asyncio.wait([task])


async def a_message_for_what_has_not_begun():
    async def never():
        print("never")

    task = asyncio.create_task(never())
    task.cancel("too early")
    try:
        await task
    except asyncio.CancelledError as error:
        print(repr(str(error)))


async def the_last_message_of_two():
    async def sleeps():
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError as error:
            print(repr(str(error)), asyncio.current_task().cancelling())

    task = asyncio.create_task(sleeps())
    await asyncio.sleep(0)
    task.cancel("first")
    task.cancel("second")
    await task


async def a_message_to_a_lock():
    lock = asyncio.Lock()
    await lock.acquire()

    async def waits():
        try:
            await lock.acquire()
        except asyncio.CancelledError as error:
            print(repr(str(error)))

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel("no lock for you")
    await task


async def cancelling_and_uncancel():
    async def stubborn():
        me = asyncio.current_task()
        while True:
            try:
                await asyncio.sleep(0.001)
                return "done"
            except asyncio.CancelledError:
                print("asked", me.cancelling(), "left", me.uncancel())

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    print(task.cancelling(), await task)


async def uncancelled_before_it_feels_it():
    async def me():
        task = asyncio.current_task()
        task.cancel()
        print(task.cancelling(), task.uncancel())
        await asyncio.sleep(0.001)
        print("slept")

    await asyncio.create_task(me())


async def uncancelled_from_outside():
    async def sleeps():
        try:
            await asyncio.sleep(0.001)
            print("slept")
        except asyncio.CancelledError:
            print("cancelled all the same")

    sleeping = asyncio.create_task(sleeps())
    fresh = asyncio.create_task(sleeps())
    await asyncio.sleep(0)
    third = asyncio.create_task(sleeps())
    for task in (sleeping, third):
        task.cancel()
        print(task.uncancel(), task.cancelling())
    await asyncio.gather(sleeping, fresh, third)


async def uncancel_of_nothing():
    print(asyncio.current_task().uncancel(), asyncio.current_task().cancelling())


async def cancelled_and_returns():
    async def me():
        asyncio.current_task().cancel("on my way out")
        return 1

    task = asyncio.create_task(me())
    try:
        await task
    except asyncio.CancelledError as error:
        print(repr(str(error)))


async def cancelled_twice_in_a_sleep():
    async def sleeps():
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            print("once")
        await asyncio.sleep(0.001)
        print("slept")

    task = asyncio.create_task(sleeps())
    await asyncio.sleep(0)
    task.cancel()
    task.cancel()
    await task
    print(task.cancelling(), task.cancelled())


# Nobody hears of a failed task that was cancelled too late.
async def failed_and_cancelled_afterwards():
    async def fails():
        raise ValueError("no")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0.001)
    print(task.cancel())


async def failed_and_nobody_looked():
    async def fails():
        raise ValueError("no")

    task = asyncio.create_task(fails())
    await asyncio.sleep(0.001)
    print(task.done())


async def failed_and_waited_for():
    async def fails():
        raise ValueError("no")

    await asyncio.wait([asyncio.create_task(fails())])
    print("nobody looked")


async def failed_and_waited_for_as_the_first_exception():
    async def fails():
        raise ValueError("no")

    tasks = [asyncio.create_task(fails()), asyncio.create_task(asyncio.sleep(0.001))]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    print("the wait looked")


async def failed_under_a_gather_that_collects():
    async def fails():
        raise ValueError("no")

    print(await asyncio.gather(fails(), return_exceptions=True))


async def done_callbacks():
    def told(what):
        return lambda task: print(what, task.result())

    async def returns():
        return 1

    task = asyncio.create_task(returns())
    task.add_done_callback(told("first"))
    second = told("second")
    task.add_done_callback(second)
    task.add_done_callback(told("third"))
    print(task.remove_done_callback(second), task.remove_done_callback(second))
    await task
    print("awaited")
    task.add_done_callback(told("late"))
    print("added")
    await asyncio.sleep(0)


async def a_done_callback_before_who_awaits():
    async def sleeps():
        await asyncio.sleep(0.001)

    async def awaits(name, task):
        await task
        print(name)

    task = asyncio.create_task(sleeps())
    first = asyncio.create_task(awaits("first", task))
    await asyncio.sleep(0)
    task.add_done_callback(lambda task: print("callback"))
    second = asyncio.create_task(awaits("second", task))
    await asyncio.gather(first, second)


async def a_done_callback_of_a_cancelled_task():
    task = asyncio.create_task(asyncio.sleep(1))
    task.add_done_callback(lambda task: print("told", task.cancelled()))
    await asyncio.sleep(0)
    task.cancel()
    print("asked")
    await asyncio.wait([task])
    print("waited")

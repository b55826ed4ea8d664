import asyncio
import contextvars

_var = contextvars.ContextVar("var", default="default")
_bare = contextvars.ContextVar("bare")


async def call_soon_in_order():
    loop = asyncio.get_running_loop()
    for name in "abc":
        loop.call_soon(print, name)
    print("asked")
    await asyncio.sleep(0)
    print("a turn later")


async def call_soon_taken_back():
    loop = asyncio.get_running_loop()
    handle = loop.call_soon(print, "never")
    loop.call_soon(print, "the other")
    print(handle.cancelled())
    handle.cancel()
    print(handle.cancelled())
    await asyncio.sleep(0)


async def call_later_taken_back():
    loop = asyncio.get_running_loop()
    handle = loop.call_later(0.001, print, "never")
    print(handle.when(), handle.cancelled())
    handle.cancel()
    await asyncio.sleep(0.002)
    print(handle.cancelled())


async def call_at_a_time():
    loop = asyncio.get_running_loop()
    await asyncio.sleep(0.001)
    loop.call_at(0.003, print, "at 3")
    loop.call_at(0.002, print, "at 2")
    loop.call_at(0, print, "in the past")
    await asyncio.sleep(0.005)


async def taken_back_by_the_one_before():
    loop = asyncio.get_running_loop()
    handles = []
    loop.call_later(0.001, lambda: handles[0].cancel())
    handles.append(loop.call_later(0.001, print, "never"))
    await asyncio.sleep(0.002)
    print("slept")


async def a_callback_wakes_a_task():
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, 1)
    asyncio.get_running_loop().call_soon(print, "beside")
    print(await future)


async def callbacks_of_a_future():
    future = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda future: print("first", future.result()))

    async def awaits():
        print("awaited", await future)

    task = asyncio.create_task(awaits())
    await asyncio.sleep(0)
    future.add_done_callback(lambda future: print("second", future.result()))
    future.set_result(1)
    future.add_done_callback(lambda future: print("late", future.result()))
    print("set")
    await task


async def a_callback_of_a_cancelled_future():
    future = asyncio.get_running_loop().create_future()
    future.add_done_callback(lambda future: print("told", future.cancelled()))
    print(future.cancel("no"), future.cancel())
    try:
        await future
    except asyncio.CancelledError as error:
        print(repr(str(error)))
    await asyncio.sleep(0)


async def a_callback_of_a_future_taken_back():
    future = asyncio.get_running_loop().create_future()
    told = lambda future: print("never")
    future.add_done_callback(told)
    future.remove_done_callback(told)
    future.set_result(1)
    await asyncio.sleep(0)
    print(future.done())


async def each_task_has_its_own_value():
    async def sets(value):
        _var.set(value)
        await asyncio.sleep(0.001)
        print(value, _var.get())

    await asyncio.gather(sets("a"), sets("b"))
    print(_var.get())


async def a_task_sees_what_was_set_when_it_was_made():
    async def prints():
        print(_var.get())

    _var.set("before")
    task = asyncio.create_task(prints())
    _var.set("after")
    await task
    print(_var.get())


async def an_awaited_coroutine_shares_it():
    async def sets():
        _var.set("set inside")

    await sets()
    print(_var.get())


async def callbacks_keep_theirs():
    loop = asyncio.get_running_loop()
    _var.set("one")
    loop.call_soon(lambda: print("soon", _var.get()))
    loop.call_later(0.001, lambda: print("later", _var.get()))
    task = asyncio.create_task(asyncio.sleep(0.001))
    task.add_done_callback(lambda task: print("done", _var.get()))
    _var.set("two")
    await asyncio.sleep(0.002)
    print(_var.get())


async def a_callback_changes_nothing_outside():
    asyncio.get_running_loop().call_soon(_var.set, "in a callback")
    await asyncio.sleep(0)
    print(_var.get())


async def reset_by_its_token():
    token = _var.set("one")
    inner = _var.set("two")
    _var.reset(inner)
    print(_var.get())
    _var.reset(token)
    print(_var.get())


async def without_a_default():
    print(_bare.get(None))
    _bare.set(1)
    print(_bare.get(None))


class _Session:
    async def __aenter__(self):
        print("enters")
        await asyncio.sleep(0.001)
        return self

    async def __aexit__(self, kind, error, traceback):
        print("leaves", kind.__name__ if kind else None)
        await asyncio.sleep(0.001)
        print("left")
        return kind is ValueError


async def a_context_manager_whose_exit_waits():
    async with _Session():
        print("inside")
    print("after")


async def a_context_manager_that_forgets_an_error():
    async with _Session():
        raise ValueError("forgotten")
    print("after")


async def a_context_manager_that_passes_an_error_on():
    async with _Session():
        raise KeyError("passed")


async def a_context_manager_in_a_cancelled_task():
    async def works():
        async with _Session():
            await asyncio.sleep(1)

    task = asyncio.create_task(works())
    await asyncio.sleep(0.005)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled())


async def a_context_manager_cancelled_while_it_leaves():
    async def works():
        async with _Session():
            print("inside")

    task = asyncio.create_task(works())
    await asyncio.sleep(0.0015)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled())

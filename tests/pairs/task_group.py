import asyncio


async def _after(delay, name):
    try:
        await asyncio.sleep(delay)
        print(name)
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise


async def _fails(delay, name):
    await asyncio.sleep(delay)
    print(name, "fails")
    raise ValueError(name)


def _word(error):
    return type(error).__name__ + ": " + str(error).replace("<TaskGroup", "TaskGroup").split(" ")[0]


# While it aborts it takes no more tasks.
async def takes_no_tasks_while_it_aborts():
    async def adds(group):
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            try:
                group.create_task(_after(0, "never"))
            except RuntimeError as error:
                print(_word(error), "shutting down" in str(error))
            raise

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(adds(group))
            group.create_task(_fails(0.001, "one"))
    except* ValueError as errors:
        print(repr(errors.exceptions))


async def takes_no_tasks_after_its_end():
    async with asyncio.TaskGroup() as group:
        group.create_task(_after(0, "one"))
    try:
        group.create_task(_after(0, "never"))
    except RuntimeError as error:
        print(_word(error), "finished" in str(error))
    await asyncio.sleep(0.001)


async def takes_tasks_while_it_waits_for_others():
    async def adds(group):
        await asyncio.sleep(0.001)
        group.create_task(_after(0.001, "added"))

    async with asyncio.TaskGroup() as group:
        group.create_task(adds(group))
    print("left")


async def the_body_may_fail():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_after(1, "one"))
            await asyncio.sleep(0.001)
            raise ValueError("of the body")
    except* ValueError as errors:
        print(repr(errors.exceptions))


async def several_errors_at_once():
    try:
        async with asyncio.TaskGroup() as group:
            for name in "abc":
                group.create_task(_fails(0.001, name))
            group.create_task(_after(0.001, "d"))
    except ExceptionGroup as errors:
        print(errors)
        print(repr(errors.exceptions))


async def an_error_on_the_way_out():
    async def cleans_up():
        try:
            await asyncio.sleep(1)
        finally:
            await asyncio.sleep(0.001)
            raise KeyError("in clean-up")

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(cleans_up())
            group.create_task(_fails(0.001, "one"))
    except* (ValueError, KeyError) as errors:
        print([type(error).__name__ for error in errors.exceptions])


async def a_group_in_a_group():
    async def inner():
        async with asyncio.TaskGroup() as group:
            group.create_task(_fails(0.001, "deep"))

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(inner())
            group.create_task(_after(1, "beside"))
    except ExceptionGroup as errors:
        print(errors, "/", errors.exceptions[0], "/", repr(errors.exceptions[0].exceptions[0]))


async def cancelled_from_outside():
    async def grouped():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_after(1, "one"))
        except asyncio.CancelledError:
            print("the parent is cancelled", asyncio.current_task().cancelling())
            raise

    task = asyncio.create_task(grouped())
    await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled())


async def cancelled_while_it_fails():
    async def grouped():
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_fails(0.001, "one"))
                await asyncio.sleep(1)
        except* ValueError:
            print("caught", asyncio.current_task().cancelling())
        await asyncio.sleep(0.001)
        print("never")

    task = asyncio.create_task(grouped())
    await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled())


async def an_exception_group_is_split():
    try:
        raise ExceptionGroup("some", [ValueError(1), ExceptionGroup("inner", [KeyError(2), ValueError(3)])])
    except* ValueError as errors:
        print(errors, len(errors.exceptions))
        rest = errors.split(KeyError)
        print(rest[0])
    except* KeyError as errors:
        print(errors, "/", errors.exceptions[0])


async def leaves_main():
    async with asyncio.TaskGroup() as group:
        group.create_task(_fails(0.001, "one"))
        group.create_task(_fails(0.001, "two"))

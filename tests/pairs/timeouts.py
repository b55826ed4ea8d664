import asyncio


def _now():
    return asyncio.get_running_loop().time()


async def rescheduled_to_later():
    async with asyncio.timeout(0.002) as scope:
        scope.reschedule(_now() + 0.005)
        await asyncio.sleep(0.004)
        print("in time", scope.expired(), round(scope.when(), 3))
    print(scope.expired())


async def rescheduled_to_sooner():
    try:
        async with asyncio.timeout(1) as scope:
            scope.reschedule(_now() + 0.001)
            await asyncio.sleep(0.5)
    except TimeoutError:
        print("timed out", scope.expired())


async def without_limit_then_with_one():
    try:
        async with asyncio.timeout(None) as scope:
            print(scope.when())
            await asyncio.sleep(0.001)
            scope.reschedule(_now())
            print("rescheduled")
            await asyncio.sleep(0.001)
            print("never")
    except TimeoutError:
        print("timed out")


async def the_limit_taken_away():
    async with asyncio.timeout(0.001) as scope:
        scope.reschedule(None)
        await asyncio.sleep(0.002)
    print("in time", scope.expired(), scope.when())


async def rescheduled_when_it_is_over():
    try:
        async with asyncio.timeout(0.001) as scope:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                try:
                    scope.reschedule(None)
                except RuntimeError as error:
                    print(error)
                raise
    except TimeoutError:
        pass
    try:
        scope.reschedule(None)
    except RuntimeError as error:
        print(error)


async def rescheduled_after_a_good_end():
    async with asyncio.timeout(1) as scope:
        pass
    try:
        scope.reschedule(None)
    except RuntimeError as error:
        print(error)


async def at_a_time_in_the_past():
    await asyncio.sleep(0.002)
    try:
        async with asyncio.timeout_at(0.001):
            print("begins")
            await asyncio.sleep(1)
    except TimeoutError as error:
        print("timed out", repr(error.__cause__))


async def the_inner_one_is_over():
    try:
        async with asyncio.timeout(0.005):
            try:
                async with asyncio.timeout(0.001):
                    await asyncio.sleep(1)
            except TimeoutError:
                print("inner")
            await asyncio.sleep(1)
    except TimeoutError:
        print("outer")


async def the_outer_one_is_over():
    try:
        async with asyncio.timeout(0.001) as outer:
            try:
                async with asyncio.timeout(0.005) as inner:
                    await asyncio.sleep(1)
            except TimeoutError:
                print("never")
    except TimeoutError:
        print("outer", outer.expired(), inner.expired())


async def both_at_once():
    try:
        async with asyncio.timeout(0.001) as outer:
            try:
                async with asyncio.timeout(0.001) as inner:
                    await asyncio.sleep(1)
            except TimeoutError:
                print("inner")
            await asyncio.sleep(0)
            print("after")
    except TimeoutError:
        print("outer", outer.expired(), inner.expired())


async def cancelled_from_outside():
    async def waits():
        try:
            async with asyncio.timeout(0.005):
                await asyncio.sleep(1)
        except TimeoutError:
            print("never")

    task = asyncio.create_task(waits())
    await asyncio.sleep(0.001)
    task.cancel("from outside")
    try:
        await task
    except asyncio.CancelledError as error:
        print(repr(str(error)))


async def cancelled_in_the_same_turn():
    async def waits():
        try:
            async with asyncio.timeout(0.001):
                await asyncio.sleep(1)
        except TimeoutError:
            print("never")

    task = asyncio.create_task(waits())
    await asyncio.sleep(0.001)
    task.cancel()
    await asyncio.wait([task])
    print(task.cancelled(), task.cancelling())


async def a_body_that_catches_it():
    async with asyncio.timeout(0.001) as scope:
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            print("caught")
    print(scope.expired(), asyncio.current_task().cancelling())


async def a_body_that_fails_with_it():
    try:
        async with asyncio.timeout(0.001) as scope:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                raise ValueError("instead")
    except ValueError as error:
        print(error, scope.expired())


async def a_clean_up_that_takes_its_time():
    try:
        async with asyncio.timeout(0.001):
            try:
                await asyncio.sleep(1)
            finally:
                await asyncio.sleep(0.003)
                print("clean")
    except TimeoutError:
        print("timed out")


async def leaves_main():
    async with asyncio.timeout(0.001):
        await asyncio.sleep(1)

import asyncio

AFTER = 1
OUTCOME = "value"


async def wait_for(answer):
    print("waiter: awaits the future")
    try:
        value = await answer
    except ValueError as error:
        print(f"waiter: got an exception, {error}")
    else:
        print(f"waiter: got {value}")


async def fill(answer):
    await asyncio.sleep(AFTER)
    print("filler: fills the future")
    if OUTCOME == "value":
        answer.set_result(42)
    else:
        answer.set_exception(ValueError("no answer"))
    print("filler: has filled it, and goes on")


async def main():
    answer = asyncio.get_running_loop().create_future()
    await asyncio.gather(wait_for(answer), fill(answer))


asyncio.run(main())

import asyncio

AFTER = 1
OUTCOME = "value"


async def wait_for(answer):
    print("waiter: awaits the future")  #@ waits
    try:
        value = await answer  #@ await
    except ValueError as error:
        print(f"waiter: got an exception, {error}")  #@ got-error
    else:
        print(f"waiter: got {value}")  #@ got


async def fill(answer):
    await asyncio.sleep(AFTER)  #@ pause
    print("filler: fills the future")  #@ fills
    if OUTCOME == "value":
        answer.set_result(42)  #@ value
    else:
        answer.set_exception(ValueError("no answer"))  #@ exception
    print("filler: has filled it, and goes on")  #@ filled


async def main():
    answer = asyncio.get_running_loop().create_future()
    await asyncio.gather(wait_for(answer), fill(answer))  #@ gather


asyncio.run(main())

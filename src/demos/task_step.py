import asyncio

AWAITS = 3


async def work():
    for number in range(1, AWAITS + 1):
        print(f"coroutine: goes to await {number}")  #@ goes
        await asyncio.sleep(0)  #@ yield
    print("coroutine: returns")  #@ returns
    return "the result"


class Steps:
    """Drives a coroutine as a task does: one step each time the loop runs it."""

    def __init__(self, coroutine):
        self.coroutine = coroutine
        self.steps = 0

    def __await__(self):
        while True:
            self.steps += 1
            print(f"step {self.steps}: begins")  #@ begins
            try:
                awaited = self.coroutine.send(None)  #@ step
            except StopIteration as end:
                print(f"step {self.steps}: finished with {end.value}")  #@ finished
                return self.steps
            print(f"step {self.steps}: suspended")  #@ suspended
            yield awaited


async def drive():
    return await Steps(work())


async def main():
    steps = await asyncio.create_task(drive())  #@ task
    print(f"awaits: {AWAITS}, steps: {steps}")  #@ end


asyncio.run(main())

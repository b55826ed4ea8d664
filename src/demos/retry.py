import asyncio
import random

FAILURES = 3
ATTEMPTS = 5
BASE = 0.2
JITTER = 0.05
LATENCY = 0.1
SEED = 1


class Service:
    def __init__(self):
        self.failures_left = FAILURES

    async def ask(self):
        await asyncio.sleep(LATENCY)  #@ ask
        if self.failures_left > 0:
            self.failures_left -= 1
            raise ConnectionError("no answer")  #@ fails
        return "the answer"


async def main():
    service = Service()
    rng = random.Random(SEED)
    # In whole milliseconds.
    backoff, jitter = round(BASE * 1000), round(JITTER * 1000)

    for attempt in range(1, ATTEMPTS + 1):
        try:
            print(f"attempt {attempt}: {await service.ask()}")  #@ attempt
            return
        except ConnectionError as error:
            print(f"attempt {attempt}: ConnectionError: {error}")  #@ error
        if attempt < ATTEMPTS:
            pause = backoff + rng.randint(0, jitter)
            print(f"waits {pause} ms")  #@ waits
            await asyncio.sleep(pause / 1000)  #@ pause
            backoff *= 2
    print("gives up")  #@ gives-up


asyncio.run(main())

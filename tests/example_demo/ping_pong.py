import asyncio

ROUNDS = 3
PAUSE = 0.5


async def main():
    for _ in range(ROUNDS):
        print("ping")
        await asyncio.sleep(PAUSE)
        print("pong")


asyncio.run(main())

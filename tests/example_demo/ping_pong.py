import asyncio

ROUNDS = 3
PAUSE = 0.5


async def main():
    for _ in range(ROUNDS):
        print("ping")  #@ ping
        await asyncio.sleep(PAUSE)  #@ pause
        print("pong")  #@ pong


asyncio.run(main())

import asyncio

FAIL = False
DELAY = 0.5


class Session:
    async def __aenter__(self):
        print("session: opening")
        await asyncio.sleep(DELAY)
        print("session: open")
        return self

    async def __aexit__(self, *error):
        print("session: closing")
        await asyncio.sleep(DELAY)
        print("session: closed")

    async def request(self):
        print("body: sends a request")
        await asyncio.sleep(DELAY)
        if FAIL:
            raise ConnectionError("the server hung up")
        print("body: got the answer")


async def main():
    try:
        async with Session() as session:
            await session.request()
    except ConnectionError as error:
        print(f"main: caught ConnectionError: {error}")
    else:
        print("main: all went well")


asyncio.run(main())

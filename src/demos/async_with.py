import asyncio

FAIL = False
DELAY = 0.5


class Session:
    async def __aenter__(self):
        print("session: opening")  #@ opening
        await asyncio.sleep(DELAY)  #@ open-pause
        print("session: open")  #@ open
        return self

    async def __aexit__(self, *error):
        print("session: closing")  #@ closing
        await asyncio.sleep(DELAY)  #@ close-pause
        print("session: closed")  #@ closed

    async def request(self):
        print("body: sends a request")  #@ sends
        await asyncio.sleep(DELAY)  #@ answer-pause
        if FAIL:
            raise ConnectionError("the server hung up")  #@ fails
        print("body: got the answer")  #@ answer


async def main():
    try:
        async with Session() as session:  #@ with
            await session.request()  #@ body
    except ConnectionError as error:
        print(f"main: caught ConnectionError: {error}")  #@ caught
    else:
        print("main: all went well")  #@ well


asyncio.run(main())

import asyncio
import contextvars

REQUESTS = 3
PAUSE = 1
MODE = "context"

in_context = contextvars.ContextVar("in_context", default="nobody's request")
in_global = "nobody's request"


def enter(request):
    """Notes which request this is, for whoever asks later."""
    global in_global
    in_context.set(request)
    in_global = request


def current():
    return in_context.get() if MODE == "context" else in_global


async def query(number):
    await asyncio.sleep(PAUSE)  #@ query
    print(f"query {number}: is part of {current()}")  #@ queried


async def handle(number):
    enter(f"request {number}")
    print(f"handler {number}: begins {current()}")  #@ begins
    await asyncio.create_task(query(number), name=f"query {number}")  #@ ask
    print(f"handler {number}: ends {current()}")  #@ ends


async def main():
    handlers = []
    for number in range(1, REQUESTS + 1):
        name = f"handler {number}"
        handlers.append(asyncio.create_task(handle(number), name=name))  #@ task
    await asyncio.gather(*handlers)  #@ gather
    print(f"main: sees {current()}")  #@ main


asyncio.run(main())

import asyncio
from contextvars import ContextVar

MODE = "context"
REQUESTS = 3
GAP = 0.3
WORK = 0.8
QUERY = 0.4
CALL = "task"

variable = ContextVar("request", default=0)
everybodys = 0


def set_current(request):
    global everybodys
    if MODE == "global":
        everybodys = request
    else:
        variable.set(request)


def current():
    return everybodys if MODE == "global" else variable.get()


async def query(number):
    print(f"query {number}: for request {current()}")  #@ asks
    set_current(100 + number)
    await asyncio.sleep(QUERY)  #@ query
    print(f"query {number}: is now {current()}")  #@ is-now


async def handler(number):
    set_current(number)
    print(f"handler {number}: begins, request {current()}")  #@ begins
    await asyncio.sleep(WORK)  #@ work
    if CALL == "task":
        await asyncio.create_task(query(number), name=f"query {number}")  #@ task
    else:
        await query(number)  #@ inside
    print(f"handler {number}: ends, request {current()}")  #@ ends


async def main():
    tasks = []
    for number in range(1, REQUESTS + 1):
        tasks.append(asyncio.create_task(handler(number), name=f"handler {number}"))  #@ handler
        await asyncio.sleep(GAP)  #@ gap
    await asyncio.gather(*tasks)  #@ gather
    print(f"main: request {current()}")  #@ main


asyncio.run(main())

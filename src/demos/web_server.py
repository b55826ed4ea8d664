import asyncio

REQUESTS = 40
ARRIVALS = 10
HANDLER_WAIT = 0.5
WORKERS = 2
SOCKETS = 2
PATIENCE = 5
MODE = "async"

SOCKET, STOP = "socket", "stop"


async def handle(connection, closing):
    if connection is SOCKET:
        await closing.wait()
    elif not connection.done():
        await asyncio.sleep(HANDLER_WAIT)
        if not connection.done():
            connection.set_result("200 OK")


async def worker(connections, closing):
    while (connection := await connections.get()) is not STOP:
        await handle(connection, closing)


async def acceptor(connections, closing):
    handlers = []
    while (connection := await connections.get()) is not STOP:
        handlers.append(asyncio.create_task(handle(connection, closing)))
    await asyncio.gather(*handlers)


async def request(number, connections):
    reply = asyncio.get_running_loop().create_future()
    await connections.put(reply)
    try:
        async with asyncio.timeout(PATIENCE):
            status = await reply
    except TimeoutError:
        print(f"request {number}: gave up")
        return False
    print(f"request {number}: {status}")
    return True


async def main():
    connections = asyncio.Queue()
    closing = asyncio.Event()
    if MODE == "sync":
        servers = [worker(connections, closing) for _ in range(WORKERS)]
    else:
        servers = [acceptor(connections, closing)]
    servers = [asyncio.create_task(server) for server in servers]
    for _ in range(SOCKETS):
        await connections.put(SOCKET)

    clients = []
    longest = 0
    for number in range(1, REQUESTS + 1):
        clients.append(asyncio.create_task(request(number, connections)))
        await asyncio.sleep(1 / ARRIVALS)
        longest = max(longest, connections.qsize())
    answered = sum(await asyncio.gather(*clients))
    print(f"answered: {answered} of {REQUESTS}")
    print(f"longest queue: {longest}")

    closing.set()
    for _ in servers:
        await connections.put(STOP)
    await asyncio.gather(*servers)


asyncio.run(main())

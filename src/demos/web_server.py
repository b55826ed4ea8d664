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
        await closing.wait()  #@ socket
    elif not connection.done():
        await asyncio.sleep(HANDLER_WAIT)  #@ handler
        if not connection.done():
            connection.set_result("200 OK")  #@ reply


async def worker(connections, closing):
    while (connection := await connections.get()) is not STOP:  #@ worker-get
        await handle(connection, closing)  #@ handle


async def acceptor(connections, closing):
    handlers = []
    while (connection := await connections.get()) is not STOP:  #@ get
        handlers.append(asyncio.create_task(handle(connection, closing)))  #@ accept
    await asyncio.gather(*handlers)  #@ handlers


async def request(number, connections):
    reply = asyncio.get_running_loop().create_future()
    await connections.put(reply)  #@ request
    try:
        async with asyncio.timeout(PATIENCE):
            status = await reply  #@ wait
    except TimeoutError:
        print(f"request {number}: gave up")  #@ gave-up
        return False
    print(f"request {number}: {status}")  #@ answered
    return True


async def main():
    connections = asyncio.Queue()
    closing = asyncio.Event()
    if MODE == "sync":
        servers = [worker(connections, closing) for _ in range(WORKERS)]
    else:
        servers = [acceptor(connections, closing)]
    servers = [asyncio.create_task(server) for server in servers]  #@ servers
    for _ in range(SOCKETS):
        await connections.put(SOCKET)  #@ open

    clients = []
    longest = 0
    for number in range(1, REQUESTS + 1):
        clients.append(asyncio.create_task(request(number, connections)))  #@ client
        await asyncio.sleep(1 / ARRIVALS)  #@ gap
        longest = max(longest, connections.qsize())
    answered = sum(await asyncio.gather(*clients))  #@ clients
    print(f"answered: {answered} of {REQUESTS}")  #@ count
    print(f"longest queue: {longest}")  #@ longest

    closing.set()  #@ closing
    for _ in servers:
        await connections.put(STOP)  #@ stop
    await asyncio.gather(*servers)  #@ end


asyncio.run(main())

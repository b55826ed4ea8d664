import asyncio

MODE = "naive"
CLIENTS = 5
QUERY = 1


class Cache:
    def __init__(self):
        self.page = None
        self.lock = asyncio.Lock()
        self.pending = None
        self.queries = 0

    async def query(self):
        self.queries += 1
        print(f"database: query {self.queries}")  #@ query
        await asyncio.sleep(QUERY)  #@ database
        self.page = f"the page of query {self.queries}"

    async def get(self):
        if MODE == "shared":
            if self.pending is None:
                self.pending = asyncio.create_task(self.query(), name="query")  #@ pending
            await asyncio.shield(self.pending)  #@ shared
        elif MODE == "lock":
            async with self.lock:  #@ lock
                # Somebody else may have asked while this one waited.
                if self.page is None:
                    await self.query()
        elif self.page is None:
            await self.query()
        return self.page


async def client(number, cache):
    page = await cache.get()
    print(f"client {number}: has {page}")  #@ has


async def main():
    cache = Cache()
    clients = []
    for number in range(1, CLIENTS + 1):
        name = f"client {number}"
        clients.append(asyncio.create_task(client(number, cache), name=name))  #@ task
    await asyncio.gather(*clients)  #@ gather
    print(f"main: {cache.queries} queries for one page")  #@ sum


asyncio.run(main())

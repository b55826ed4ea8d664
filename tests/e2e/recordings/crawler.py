import asyncio

PAGES = {"start": ["news", "about"], "news": ["today"], "about": [], "today": []}

seen = set()


async def fetch(page):
    await asyncio.sleep(0.3)
    return PAGES[page]


async def visit(page, room):
    async with room:
        print(f"{page}: asked")
        links = await fetch(page)
    print(f"{page}: {len(links)} links")
    new = [link for link in links if link not in seen]
    seen.update(new)
    async with asyncio.TaskGroup() as group:
        for link in new:
            group.create_task(visit(link, room), name=link)


async def main():
    room = asyncio.Semaphore(1)
    seen.add("start")
    await visit("start", room)
    print("done")


asyncio.run(main())

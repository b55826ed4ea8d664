import asyncio

PAGES = 8
LATENCIES = [0.9, 0.4, 1.3, 0.7]
MEANWHILE = 0
WAIT_FOR_ALL = True


async def crawl(page, latency):
    print(f"page {page}: asked for")  #@ asked
    await asyncio.sleep(latency)  # in place of a request  #@ request
    print(f"page {page}: arrived")  #@ arrived
    return f"the text of page {page}"


async def main():
    tasks = []
    for page in range(1, PAGES + 1):
        latency = LATENCIES[(page - 1) % len(LATENCIES)]
        tasks.append(asyncio.create_task(crawl(page, latency), name=f"page {page}"))  #@ task
    print(f"tasks made: {len(tasks)}")  #@ made

    await asyncio.sleep(MEANWHILE)  #@ meanwhile
    print("main has done something else")  #@ something-else

    if WAIT_FOR_ALL:
        characters = 0
        for task in tasks:
            characters += len(await task)  #@ await
        print(f"all pages arrived: {characters} characters")  #@ all
    else:
        print("main ends")  #@ ends


asyncio.run(main())

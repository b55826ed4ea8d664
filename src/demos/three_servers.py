import asyncio

LATENCIES = [1, 10, 1]
MODE = "concurrent"


async def ask(server, latency):
    print(f"server {server}: asked")
    await asyncio.sleep(latency)
    print(f"server {server}: answered")
    return f"page {server}"


async def main():
    requests = [ask(server, latency) for server, latency in enumerate(LATENCIES, 1)]
    if MODE == "sequential":
        pages = [await request for request in requests]
    else:
        pages = await asyncio.gather(*requests)
    print("received:", ", ".join(pages))


asyncio.run(main())

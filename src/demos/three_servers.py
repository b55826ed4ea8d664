import asyncio

LATENCIES = [1, 10, 1]
MODE = "concurrent"


async def ask(server, latency):
    print(f"server {server}: asked")  #@ asked
    await asyncio.sleep(latency)  #@ wait
    print(f"server {server}: answered")  #@ answered
    return f"page {server}"


async def main():
    requests = [ask(server, latency) for server, latency in enumerate(LATENCIES, 1)]
    if MODE == "sequential":
        pages = [await request for request in requests]  #@ one-by-one
    else:
        pages = await asyncio.gather(*requests)  #@ gather
    print("received:", ", ".join(pages))  #@ received


asyncio.run(main())

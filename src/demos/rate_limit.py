import asyncio

MODE = "bucket"
REQUESTS = 8
BURST = 3
EVERY = 0.5
LATENCY = 0.8


async def refill(bucket):
    while True:
        await asyncio.sleep(EVERY)  #@ every
        if not bucket.full():
            bucket.put_nowait("token")  #@ refill


async def request(number, bucket):
    if MODE == "bucket":
        await bucket.get()  #@ token
    print(f"request {number}: sent")  #@ sent
    await asyncio.sleep(LATENCY)  # in place of the answer  #@ answer


async def main():
    bucket = asyncio.Queue(BURST)
    for _ in range(BURST):
        bucket.put_nowait("token")  #@ fill
    refilling = asyncio.create_task(refill(bucket), name="refill")  #@ refill-task

    requests = []
    for number in range(1, REQUESTS + 1):
        name = f"request {number}"
        requests.append(asyncio.create_task(request(number, bucket), name=name))  #@ task
    await asyncio.gather(*requests)  #@ gather
    refilling.cancel()  #@ stop
    print("main: all are answered")  #@ all


asyncio.run(main())

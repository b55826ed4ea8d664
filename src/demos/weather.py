import asyncio

CITIES = ["paris", "toulouse", "marseille"]
LATENCIES = [5.86, 1.7, 1.45]
MODE = "gathered"

TEMPERATURES = {
    "paris": 18,
    "toulouse": 24,
    "marseille": 25,
    "lyon": 21,
    "nice": 26,
    "nantes": 17,
    "lille": 15,
    "strasbourg": 19,
}


async def weather(city, latency):
    await asyncio.sleep(latency)  # in place of a request  #@ request
    if city in TEMPERATURES:
        print(f"Temperature at {city}: {TEMPERATURES[city]} C")  #@ answer
    else:
        print(f"{city}: the service knows no such city")  #@ unknown


async def main():
    requests = [
        weather(city, LATENCIES[n % len(LATENCIES)]) for n, city in enumerate(CITIES)
    ]
    if MODE == "gathered":
        await asyncio.gather(*requests)  #@ gather
    else:
        for request in requests:
            await request  #@ one-by-one


asyncio.run(main())

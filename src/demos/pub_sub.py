import asyncio

LISTENERS = 3
MESSAGES = 8
GAP = 0.2
PACE = 0.05
SLOW = 0.5
ROOM = 0

newest = 0


async def listener(name, inbox, pace):
    while (message := await inbox.get()) is not None:  #@ get
        await asyncio.sleep(pace)  #@ pace
        print(f"{name}: message {message}, {newest - message} behind")  #@ message
    print(f"{name}: the stream is over")  #@ over


async def main():
    global newest
    inboxes, listeners = {}, []
    for number in range(1, LISTENERS + 1):
        name = f"listener {number}"
        inboxes[name] = asyncio.Queue(ROOM)
        pace = SLOW if number == LISTENERS else PACE
        body = listener(name, inboxes[name], pace)
        listeners.append(asyncio.create_task(body, name=name))  #@ task

    for message in range(1, MESSAGES + 1):
        await asyncio.sleep(GAP)  #@ gap
        newest = message
        for name, inbox in inboxes.items():
            try:
                inbox.put_nowait(message)  #@ put
            except asyncio.QueueFull:
                print(f"{name}: misses message {message}")  #@ misses
    for inbox in inboxes.values():
        await inbox.put(None)  #@ end
    await asyncio.gather(*listeners)  #@ gather


asyncio.run(main())

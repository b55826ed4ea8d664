import asyncio
import time

FILM = 7
SLICES = 6
SLICE = 0.5
NOTIFICATIONS = [0.7, 2.2, 5.6]


async def watch():
    print("watching: the film begins")  #@ begins
    await asyncio.sleep(FILM)  #@ film
    print("watching: the film ends")  #@ ends


async def text():
    for part in range(1, SLICES + 1):
        time.sleep(SLICE)  #@ typing
        print(f"texting: part {part} of {SLICES}")  #@ part
        await asyncio.sleep(SLICE)  #@ pause


async def react(phone):
    for _ in NOTIFICATIONS:
        number = await phone.get()  #@ get
        print(f"reacting: notification {number}")  #@ reacts


async def main():
    phone = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for number, when in enumerate(NOTIFICATIONS, 1):
        loop.call_later(when, phone.put_nowait, number)  #@ notify
    await asyncio.gather(watch(), text(), react(phone))  #@ gather
    print("time for bed")  #@ bed


asyncio.run(main())

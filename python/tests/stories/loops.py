import asyncio
import threading


async def work(name):
    print(name)
    await asyncio.sleep(1)


async def ask_from_a_thread():
    loop = asyncio.get_running_loop()
    event = asyncio.Event()
    thread = threading.Thread(target=loop.call_soon_threadsafe, args=(event.set,))
    thread.start()
    await event.wait()
    thread.join()


first = asyncio.new_event_loop()
first.run_until_complete(work("first"))
first.close()
asyncio.run(ask_from_a_thread())

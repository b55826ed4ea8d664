import asyncio

MODE = "shield"
SAVE = 2
AFTER = 1
LINGER = 2


async def save():
    print("save: begins")  #@ begins
    try:
        await asyncio.sleep(SAVE)  #@ write
    except asyncio.CancelledError:
        print("save: stopped in the middle")  #@ stopped
        raise  #@ raise
    print("save: all is written")  #@ written


async def request():
    saving = asyncio.create_task(save(), name="save")  #@ task
    try:
        if MODE == "shield":
            await asyncio.shield(saving)  #@ shield
        else:
            await saving  #@ plain
    except asyncio.CancelledError:
        print("request: cancelled")  #@ cancelled
        raise  #@ pass-on
    print("request: saved")  #@ saved


async def main():
    task = asyncio.create_task(request(), name="request")  #@ request
    await asyncio.sleep(AFTER)  #@ after
    print("main: the client has gone, cancels its request")  #@ cancels
    task.cancel()  #@ cancel
    await asyncio.wait([task])  #@ wait
    await asyncio.sleep(LINGER)  #@ linger
    print("main: ends")  #@ ends


asyncio.run(main())

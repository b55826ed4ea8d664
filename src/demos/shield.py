import asyncio

MODE = "shield"
SAVE = 2
CANCEL = 0.8
LINGER = 1.7


async def save():
    print("save: begins")  #@ begins
    try:
        await asyncio.sleep(SAVE)  #@ save
    except asyncio.CancelledError:
        print("save: cut off, and half is written")  #@ cut-off
        raise  #@ raise
    print("save: all is written")  #@ written


async def handler():
    saving = asyncio.create_task(save(), name="save")  #@ task
    try:
        if MODE == "bare":
            await saving  #@ bare
        else:
            await asyncio.shield(saving)  #@ shield
        print("handler: answers that it is saved")  #@ answers
    except asyncio.CancelledError:
        print("handler: cancelled")  #@ cancelled
        if MODE == "wait":
            await saving  #@ wait
            print("handler: has waited for the save")  #@ waited
        raise  #@ pass-on


async def main():
    task = asyncio.create_task(handler(), name="handler")  #@ handler
    await asyncio.sleep(CANCEL)  #@ before
    print("main: cancels the handler")  #@ cancels
    task.cancel()  #@ cancel
    await asyncio.wait([task])  #@ over
    print("main: the handler is over")  #@ is-over
    await asyncio.sleep(LINGER)  #@ linger
    print("main: ends")  #@ ends


asyncio.run(main())

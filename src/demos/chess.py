import asyncio
import time

OPPONENTS = 10
MASTERS_MOVE = 5
OPPONENTS_MOVE = 55
MOVES = 30
MODE = "simultaneous"


async def game(board):
    for _ in range(MOVES):
        time.sleep(MASTERS_MOVE)  #@ master
        await asyncio.sleep(OPPONENTS_MOVE)  #@ opponent
    print(f"board {board}: over after {MOVES} moves")  #@ over


async def main():
    games = [game(board) for board in range(1, OPPONENTS + 1)]
    if MODE == "sequential":
        for each in games:
            await each  #@ one-by-one
    else:
        await asyncio.gather(*games)  #@ gather
    print(f"moves by the master: {OPPONENTS * MOVES}")  #@ moves


asyncio.run(main())

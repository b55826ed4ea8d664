"""Interleave records what asyncio does in a program: who ran when, who woke whom, what was waited for.

    python -m interleave prog.py ARGUMENTS

writes `prog.interleave`, which the page shows. For a part of a program:

    with interleave.record("out.interleave"):
        asyncio.run(main())

    interleave.run(main())

    interleave.watch("level", queue.qsize())
"""

from __future__ import annotations

from interleave._session import record, run, watch
from interleave._version import VERSION as __version__

__all__ = ["__version__", "record", "run", "watch"]

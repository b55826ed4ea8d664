"""Values and exceptions in words, without running any code of the program."""

from __future__ import annotations

import asyncio

from interleave._sink import MAX_LINE_CHARS

# `typing` takes a while to import, which a recorded program would pay for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


type_name = type.__dict__["__name__"].__get__

# Which `__str__` of an exception runs none of the program's code, given plain arguments.
_PLAIN_STR: Any = {
    BaseException.__str__, KeyError.__str__, OSError.__str__, ImportError.__str__, SyntaxError.__str__,
    UnicodeDecodeError.__str__, UnicodeEncodeError.__str__, UnicodeTranslateError.__str__,
    BaseExceptionGroup.__str__, asyncio.CancelledError.__str__,
}  # fmt: skip
# What a subclass calls `args` may be anything; this is what the exception was made with.
_arguments: Any = BaseException.__dict__["args"].__get__

_PLAIN = (str, int, float, bool, type(None), bytes)


def say_value(value: Any, depth: int = 0) -> str:
    """A result in words, without running any code of the program: other objects are their type."""
    kind = type(value)
    if value is None:
        return "None" if depth else ""
    if kind is str:
        text: str = value[:MAX_LINE_CHARS]
        return repr(text) if depth else text
    if kind is int:
        return str(value) if value.bit_length() < 1000 else "a large int"
    if kind in (float, bool, complex):
        return repr(value)
    if kind is bytes:
        return repr(value[:200])
    if kind in (list, tuple) and depth < 3:
        items = [say_value(item, depth + 1) for item in value[:20]]
        if len(value) > 20:
            items.append("…")
        inner = ", ".join(items) + ("," if kind is tuple and len(value) == 1 else "")
        return f"[{inner}]" if kind is list else f"({inner})"
    return f"<{type_name(kind)}>"


def say_error(error: Any) -> str:
    """An exception in words, with its message where that runs none of the program's code."""
    kind = type(error)
    name = type_name(kind)
    if kind.__str__ in _PLAIN_STR:
        arguments = _arguments(error)
        if isinstance(error, BaseExceptionGroup):
            inner = "; ".join(say_error(one) for one in error.exceptions[:5])
            return f"{name}: {str.__str__(error.message)} ({inner})"[:MAX_LINE_CHARS]
        if all(type(argument) in _PLAIN for argument in arguments):
            try:
                message = str(error)
            except Exception:
                message = ""
            if message:
                return f"{name}: {message[:MAX_LINE_CHARS]}"
    return str(name)

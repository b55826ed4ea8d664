"""The command line: runs a program as `python` would, and records it."""

from __future__ import annotations

import argparse
import atexit
import builtins
import importlib.machinery
import importlib.util
import os
import re
import runpy
import signal
import sys
import types

from interleave import _format as f
from interleave import _session
from interleave._session import warn
from interleave._sink import is_ours
from interleave._version import VERSION

# `typing` takes a while to import, which a recorded program would pay for.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


DEFAULT_PAGE = "http://127.0.0.1:8080/"

EPILOG = """\
examples:
  python -m interleave crawler.py --depth 3
  python -m interleave -m uvicorn app:app --port 8000
  python -m interleave --open -o slow.interleave bot.py
  python -m interleave --check slow.interleave
"""


def _at_least_one(text: str) -> int:
    number = int(text) if text.isdecimal() else 0
    if not 1 <= number <= f.MAX_EVENTS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {f.MAX_EVENTS}")
    return number


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return number


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a regular expression: {error}") from None
    return text


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m interleave",
        description="Runs a Python program as python would, and records what asyncio does in it.",
        usage="python -m interleave [OPTIONS] (PROGRAM | -m MODULE) [ARGUMENTS]",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add("-o", "--output", metavar="FILE", help="where to write (default: the program's name with .interleave)")
    add(
        "--max-events",
        metavar="N",
        type=_at_least_one,
        default=f.MAX_EVENTS,
        help="stop recording after so many events (default: %(default)s)",
    )
    add(
        "--for",
        metavar="SECONDS",
        type=_seconds,
        dest="seconds",
        help="stop recording after so long; the program goes on",
    )
    add("--only", metavar="REGEX", type=_pattern, help="record only tasks whose name or coroutine matches")
    add("--no-source", action="store_true", help="leave the program's source out of the recording")
    add("--no-output", action="store_true", help="leave what the program prints out of the recording")
    add(
        "--instant",
        action="store_true",
        help="run under a virtual clock that jumps from timer to timer, for programs that only sleep",
    )
    add("--keep-loop", action="store_true", help="leave uvloop in place, which cannot be recorded")
    add("--open", action="store_true", help="show the recording in the page when the program has ended")
    add("--page", metavar="URL", default=DEFAULT_PAGE, help="the page that --open opens (default: %(default)s)")
    add("--check", metavar="RECORDING", help="check a recording and print what is in it; nothing is run")
    add("--version", action="version", version=f"interleave {VERSION}")
    add("-m", dest="module", metavar="MODULE", help="run a module, as python -m does")
    add("program", nargs="?", help=argparse.SUPPRESS)
    return parser


def split_arguments(arguments: list[str]) -> tuple[list[str], list[str]]:
    """Our arguments, up to and with the program's name or module, and the program's own."""
    with_value = {"-o", "--output", "--max-events", "--for", "--only", "--page", "--check"}
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        if argument == "-m":
            return arguments[: at + 2], arguments[at + 2 :]
        if argument.startswith("-m") and not argument.startswith("--"):
            return ["-m", argument[2:]] if at == 0 else [*arguments[:at], "-m", argument[2:]], arguments[at + 1 :]
        if argument == "--":
            return [*arguments[:at], *arguments[at + 1 : at + 2]], arguments[at + 2 :]
        if argument in with_value:
            at += 2
        elif argument.startswith("-") and argument != "-":
            at += 1
        else:
            return arguments[: at + 1], arguments[at + 1 :]
    return arguments, []


def check_file(path: str) -> int:
    """`--check`: the exit status."""
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        warn(f"cannot read {path}: {error.strerror}")
        return 2
    from interleave import _read

    try:
        recording = _read.read(data)
    except _read.FormatError as error:
        warn(f"{path}: {error}")
        return 1
    print(_read.summary(recording, len(data)))
    return 0


def main() -> None:
    """Runs the command line; leaves as the program leaves."""
    ours, theirs = split_arguments(sys.argv[1:])
    options = _parser().parse_args(ours)
    if options.check is not None:
        sys.exit(check_file(options.check))
    if options.module is None and options.program is None:
        _parser().error("say which program to run")
    sys.excepthook = _excepthook
    code, main_module, argv0, name = (
        _module(options.module) if options.module is not None else _program(options.program)
    )
    sys.argv[:] = [argv0, *theirs]
    path = options.output or f"{name}.interleave"
    if not options.keep_loop:
        _replace_uvloop()
    # Imported only when they are asked for, and before the program changes where modules come from.
    if options.open:
        from interleave import _serve as _serve
    clock = None
    if options.instant:
        from interleave import _instant

        clock = _instant.install()
    try:
        session = _session.Session(
            path,
            program=os.path.basename(argv0) if options.module is None else options.module,
            argv=sys.argv,
            with_source=not options.no_source,
            with_output=not options.no_output,
            only=options.only,
            max_events=options.max_events,
            seconds=options.seconds,
            clock=clock.now_ns if clock is not None else None,
        )
    except OSError as error:
        warn(f"nothing is recorded: cannot write {path}: {error.strerror}")
        session = None
    if session is not None:
        if clock is not None:
            clock.attach(session)
        _catch_termination(session)
    # What is registered first runs last: after the program's own, and after its threads.
    ending = [f.FINISHED, ""]
    atexit.register(_at_exit, session, ending, options, path)
    sys.modules["__main__"] = main_module
    try:
        exec(code, main_module.__dict__)
    except BaseException as error:
        ending[:] = _session.ending_of(error)
        _hide_frames(error)
        if sys.excepthook is not _excepthook:
            # The program has a hook of its own, which is not to see our frames either.
            _wrap_hook(sys.excepthook)
        raise


def _program(path: str) -> tuple[types.CodeType, types.ModuleType, str, str]:
    """A script's code and its `__main__`, as python makes them: also of a folder or archive with a `__main__.py`."""
    full = os.path.abspath(path)
    name = os.path.splitext(os.path.basename(full))[0] or "recording"
    if os.path.isdir(full) or _is_archive(full):
        sys.path[0] = full
        try:
            _, spec, code = runpy._get_main_module_details()  # type: ignore[attr-defined]
        except ImportError as error:
            sys.exit(f"{sys.executable}: {error}")
        return code, _main_module(spec.origin or full, spec, spec.loader, spec.parent), path, name
    try:
        with open(full, "rb") as file:
            source = file.read()
    except OSError as error:
        # To the letter what python says.
        print(f"{sys.executable}: can't open file {full!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr)
        warn("nothing is recorded: there is no program to run")
        sys.exit(2)
    if not sys.flags.safe_path:
        sys.path[0] = os.path.dirname(os.path.realpath(full))
    try:
        code = compile(source, full, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        warn("nothing is recorded: the program does not compile")
        error.__traceback__ = None
        raise
    loader = importlib.machinery.SourceFileLoader("__main__", full)
    return code, _main_module(full, None, loader, None), path, name


def _is_archive(path: str) -> bool:
    try:
        import zipfile

        return os.path.isfile(path) and zipfile.is_zipfile(path)
    except OSError:
        return False


def _module(name: str) -> tuple[types.CodeType, types.ModuleType, str, str]:
    """A module's code and its `__main__`, as `python -m` makes them."""
    if not sys.flags.safe_path:
        sys.path[0] = os.getcwd()
    try:
        _, spec, code = runpy._get_module_details(name, _NoModule)  # type: ignore[attr-defined]
    except _NoModule as error:
        print(f"{sys.executable}: {error}", file=sys.stderr)
        warn("nothing is recorded: there is no program to run")
        sys.exit(1)
    return code, _main_module(spec.origin, spec, spec.loader, spec.parent), spec.origin, name


class _NoModule(Exception):
    """Raised by runpy when there is no such module."""


def _main_module(path: str, spec: Any, loader: Any, package: str | None) -> types.ModuleType:
    module = types.ModuleType("__main__")
    module.__dict__.update(
        __file__=path,
        __builtins__=builtins,
        __loader__=loader,
        __package__=package,
        __spec__=spec,
        __doc__=None,
        __annotations__={},
    )
    if sys.version_info < (3, 14):
        module.__dict__["__cached__"] = spec.cached if spec is not None else None
    else:
        del module.__dict__["__annotations__"]
    return module


# --- tracebacks -----------------------------------------------------------------------------------


def _hide_frames(error: BaseException, seen: set[int] | None = None) -> None:
    """Takes our frames, and what ran us, out of an exception's traceback and those of its causes."""
    seen = set() if seen is None else seen
    while id(error) not in seen:
        seen.add(id(error))
        error.__traceback__ = _without_ours(error.__traceback__)
        if isinstance(error, BaseExceptionGroup):
            for one in error.exceptions:
                _hide_frames(one, seen)
        for behind in (error.__cause__, error.__context__):
            if behind is not None and id(behind) not in seen:
                _hide_frames(behind, seen)


def _without_ours(trace: types.TracebackType | None) -> types.TracebackType | None:
    kept = []
    at_head = True
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        hidden = is_ours(path) or (at_head and (path == "<frozen runpy>" or path == runpy.__file__))
        at_head = at_head and hidden
        if not hidden:
            kept.append(trace)
        trace = trace.tb_next
    result = None
    for one in reversed(kept):
        result = types.TracebackType(result, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return result


def _excepthook(kind: type[BaseException], error: BaseException, trace: types.TracebackType | None) -> None:
    _hide_frames(error)
    sys.__excepthook__(kind, error, error.__traceback__)


def _wrap_hook(hook: Any) -> None:
    def wrapped(kind: Any, error: Any, trace: Any) -> None:
        _hide_frames(error)
        hook(kind, error, error.__traceback__)

    sys.excepthook = wrapped


# --- the end --------------------------------------------------------------------------------------


def _at_exit(session: _session.Session | None, ending: list[Any], options: argparse.Namespace, path: str) -> None:
    if session is None:
        return
    session.finish(*ending)
    if session.sink.pid != os.getpid() or session.sink.error is not None:
        return
    if options.open:
        from interleave import _serve

        _serve.open_page(options.page, session.sink.path)


def _catch_termination(session: _session.Session) -> None:
    """Where a signal would end the process at once, writes the recording before."""

    def on_signal(number: int, frame: Any) -> None:
        session.finish(f.STOPPED, f"the program was ended by {signal.Signals(number).name}")
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, on_signal)


# --- uvloop ---------------------------------------------------------------------------------------


def _replace_uvloop() -> None:
    """When the program imports uvloop, gives it asyncio's own loop under uvloop's names."""

    class Finder:
        busy = False

        def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
            if name != "uvloop" or self.busy:
                return None
            self.busy = True
            try:
                spec = importlib.util.find_spec(name)
            finally:
                self.busy = False
            if spec is None or spec.loader is None:
                return None
            load = spec.loader.exec_module

            def exec_module(module: Any) -> None:
                load(module)
                _tame_uvloop(module)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
            return spec

    sys.meta_path.insert(0, Finder())  # type: ignore[arg-type]


def _tame_uvloop(module: Any) -> None:
    import asyncio

    said: list[bool] = []

    def say() -> None:
        if not said:
            said.append(True)
            warn(
                "uvloop cannot be recorded, so the program runs on asyncio's own loop; "
                "--keep-loop leaves uvloop in place and records nothing of it"
            )

    def new_event_loop() -> Any:
        say()
        return asyncio.SelectorEventLoop()

    def install() -> None:
        say()

    def run(main: Any, *, loop_factory: Any = None, debug: Any = None, **_: Any) -> Any:
        say()
        return asyncio.run(main, debug=debug)

    module.new_event_loop = new_event_loop
    module.install = install
    module.run = run
    if hasattr(asyncio, "DefaultEventLoopPolicy") and sys.version_info < (3, 14):

        class EventLoopPolicy(asyncio.DefaultEventLoopPolicy):
            def __init__(self) -> None:
                super().__init__()
                say()

        module.EventLoopPolicy = EventLoopPolicy

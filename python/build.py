"""Builds `interleave.pyz`, the whole package as one file that Python runs.

    python3 python/build.py [FILE]

The same package gives the same bytes: the archive's times are fixed and its order is by name. A wheel is what
`pip wheel python/` makes.
"""

from __future__ import annotations

import io
import pathlib
import sys
import zipapp
import zipfile

HERE = pathlib.Path(__file__).resolve().parent

# The first moment that a zip archive can name.
MOMENT = (1980, 1, 1, 0, 0, 0)

MAIN = "from interleave._cli import main\n\nmain()\n"


def contents() -> list[tuple[str, bytes]]:
    """The archive's files."""
    package = HERE / "interleave"
    files = sorted([*package.glob("*.py"), package / "py.typed"])
    return [("__main__.py", MAIN.encode()), *((f"interleave/{path.name}", path.read_bytes()) for path in files)]


def build(target: pathlib.Path) -> int:
    """Writes the archive; its size in bytes."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as file:
        for name, data in contents():
            info = zipfile.ZipInfo(name, MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            file.writestr(info, data)
    archive.seek(0)
    zipapp.create_archive(archive, target, interpreter="/usr/bin/env python3")
    return target.stat().st_size


def main() -> None:
    if len(sys.argv) > 2:
        sys.exit("usage: build.py [FILE]")
    target = pathlib.Path(sys.argv[1]) if len(sys.argv) == 2 else HERE.parent / "dist" / "interleave.pyz"
    target.parent.mkdir(parents=True, exist_ok=True)
    print(f"{target}: {build(target)} bytes")


if __name__ == "__main__":
    main()

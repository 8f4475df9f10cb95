"""``python -m bench [hours …]``: every module of this folder that has a ``run()``, or those named."""

import platform
import sys
import traceback
from importlib import import_module
from pkgutil import iter_modules

from rich.console import Console
from rich.table import Table

import bench
from bench.figure import Figure

_NO_BENCH = ("__main__", "figure", "incident", "process")


def main(wanted: list[str]) -> int:
    known = sorted(module.name for module in iter_modules(bench.__path__) if module.name not in _NO_BENCH)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        print(f"no such bench: {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    console, failed = Console(), 0
    console.print(f"Python {platform.python_version()} of {sys.base_prefix}, {platform.python_compiler()}")
    table = Table("bench", "figure", "value", "target", "ratio to the floor")
    for name in wanted or known:
        module = import_module(f"bench.{name}")
        if not hasattr(module, "run"):
            continue
        figures: list[Figure] = []
        with console.status(f"measuring {name} …"):
            try:
                figures = module.run()
            except Exception:  # noqa: BLE001  (what else was measured is shown all the same)
                traceback.print_exc()
                table.add_row(name, "failed, see above", "", "", "")
                failed = 1
        for figure in figures:
            table.add_row(
                name, figure.name, f"{readable(figure.value)} {figure.unit}", figure.target, figure.ratio
            )
        table.add_section()
    console.print(table)
    return failed


def readable(value: float) -> str:
    """1234567.8 → ``1,234,568``; 0.0123 → ``0.0123``."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Finds the benches and fault runs by name, runs those asked for, and ends with one line of JSON for each."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from types import ModuleType
from typing import Any

from django.core.management.base import CommandError


def found(package: ModuleType) -> dict[str, ModuleType]:
    """Give each module of a package that has a `run`, by the name people type (`import_` is `import`)."""
    names = [entry.name for entry in pkgutil.iter_modules(package.__path__) if not entry.ispkg]
    modules = {name: importlib.import_module(f"{package.__name__}.{name}") for name in sorted(names)}
    return {name.rstrip("_"): module for name, module in modules.items() if hasattr(module, "run")}


def run(package: ModuleType, names: list[str], **options: Any) -> None:
    """Run the named ones, or all: progress on stderr, one line of JSON per name on stdout, at the end."""
    known = found(package)
    unknown = [name for name in names if name not in known]
    if unknown:
        raise CommandError(f"There is no {', '.join(unknown)}. There are: {', '.join(known)}.")
    lines = []
    for name in names or known:
        print(f"{name}: {(known[name].__doc__ or '').splitlines()[0]}", file=sys.stderr, flush=True)
        lines.append(json.dumps({"name": name, **known[name].run(**options)}))
    print("\n".join(lines), flush=True)

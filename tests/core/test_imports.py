"""Who may import whom: the core needs NumPy alone, and its layers only look down."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import rnn_core

ROOT = Path(rnn_core.__file__).parents[1]
CORE = ROOT / "rnn_core"

LAYERS: list[set[str]] = [
    {"config", "types", "presets"},
    {"numerics"},
    {"cells", "clipping", "losses", "optimizers", "initializers", "regularizers", "tasks"},
    {"batches", "bptt", "evaluation"},
    {"models"},
    {"divergence", "training"},
    {"recording", "checking"},
    {"diagnostics"},
    {"toy_models", "experiments", "interop"},
    {"commands"},
    {"__init__", "__main__"},
]
"""Folders and files directly below rnn_core, from the bottom to the top; each imports from its own layer and below."""

FOREIGN = {"streamlit", "plotly", "pandas", "torch", "jax", "scipy", "matplotlib"}

MODULES = sorted(CORE.rglob("*.py"))


def layer_of(module: str) -> int:
    return next((level for level, names in enumerate(LAYERS) if module in names), -1)


def name_of(path: Path) -> str:
    """The module's name below rnn_core; a file of the package tasks counts as tasks."""
    return path.relative_to(CORE).with_suffix("").parts[0]


def imports_of(path: Path) -> set[str]:
    """Absolute names of everything a file imports, anywhere in it."""
    package = ("rnn_core", *path.relative_to(CORE).parts[:-1])
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            names |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return names


def core_modules(names: set[str]) -> set[str]:
    """The modules of rnn_core, directly below it, among absolute names."""
    below = {name.split(".")[1] for name in names if name.startswith("rnn_core.")}
    return {module for module in below if (CORE / f"{module}.py").exists() or (CORE / module).is_dir()}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_a_module_imports_only_from_its_own_layer_and_below(path: Path) -> None:
    layer = layer_of(name_of(path))
    assert layer >= 0, f"{name_of(path)} is new: give it a layer"
    above = {module for module in core_modules(imports_of(path)) if layer_of(module) > layer}
    assert not above


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(CORE)))
def test_a_module_imports_nothing_from_outside_but_numpy_and_the_standard_library(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports_of(path)}
    assert roots <= {"numpy", "rnn_core", *sys.stdlib_module_names}


def test_no_two_modules_import_each_other() -> None:
    imports: dict[str, set[str]] = {}
    for path in MODULES:
        imports.setdefault(name_of(path), set()).update(core_modules(imports_of(path)) - {name_of(path)})
    while free := {module for module, needed in imports.items() if not needed & imports.keys()}:
        imports = {module: needed for module, needed in imports.items() if module not in free}
    assert not imports


def test_this_file_sees_relative_and_absolute_imports() -> None:
    seen = core_modules(imports_of(CORE / "tasks" / "agreement.py")) | core_modules(imports_of(CORE / "bptt.py"))
    assert {"config", "types", "cells", "losses"} <= seen


def test_the_whole_core_loads_in_a_fresh_process_without_any_foreign_library() -> None:
    names = [".".join(("rnn_core", *path.relative_to(CORE).with_suffix("").parts)) for path in MODULES]
    names = [name.removesuffix(".__init__") for name in names]
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *names], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert {"numpy", "rnn_core"} <= loaded
    assert not loaded & FOREIGN

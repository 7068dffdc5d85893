# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests in Python, with Debian's python3-coverage, and the programs that they start."""

from __future__ import annotations

import ast
import json
import os
import subprocess
from pathlib import Path

from . import TOP, Cover, Reached

SETTINGS = "[run]\nbranch = true\nparallel = true\ndata_file = {out}/data\nsource = {source}\n"
PYTHON = "/usr/bin/python3"         # Debian's, which has the package


def run(out: Path, source: str, words: list[str]) -> None:
    """Run tests; each Python program that they start is measured as well."""
    out.mkdir(parents=True, exist_ok=True)
    for old in out.glob("data*"):
        old.unlink()
    (out / "settings").write_text(SETTINGS.format(out=out, source=TOP / source))
    (out / "sitecustomize.py").write_text("import coverage\ncoverage.process_startup()\n")
    environment = {**os.environ, "COVERAGE_PROCESS_START": str(out / "settings"),
                   "PYTHONPATH": str(out), "PATH": f"/usr/bin:{os.environ['PATH']}"}
    done = subprocess.run(words, cwd=TOP, check=False, text=True, capture_output=True,
                          env=environment)
    for line in done.stdout.splitlines():
        if line.startswith("not ok"):
            print(f"# coverage: {line}", flush=True)


def collect(out: Path, patterns: tuple[str, ...]) -> Cover:
    """Return the coverage of the matching sources."""
    tool = [PYTHON, "-m", "coverage"]
    settings = f"--rcfile={out / 'settings'}"
    subprocess.run([*tool, "combine", "-q", settings], cwd=out, check=True)
    subprocess.run([*tool, "json", "-q", settings, "-o", str(out / "said")], cwd=out, check=True)
    said = {Path(name) if Path(name).is_absolute() else out / name: file
            for name, file in json.loads((out / "said").read_text())["files"].items()}
    cover: Cover = {}
    for path in sorted(path for pattern in patterns for path in TOP.glob(pattern)):
        if path in said:
            cover[path.relative_to(TOP)] = _reached(path, said[path])
    return cover


def _reached(path: Path, said: dict) -> Reached:
    reached = Reached()
    for line in said["missing_lines"]:
        reached.lines[line] = 0
    for line in said["executed_lines"]:
        reached.lines[line] = 1
    for arcs, count in (("executed_branches", 1), ("missing_branches", 0)):
        for line, _ in said[arcs]:
            reached.branches.setdefault(line, []).append(count)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and node.body[1:] else node.body
            reached.functions[node.name] = (body[0].lineno, node.end_lineno or body[0].lineno)
    return reached

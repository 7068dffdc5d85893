#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""Tests of jhctl on a host: check.py DIRECTORY-OF-TEST-BINARIES [MODULE...]; prints TAP.

Without a MODULE (test_life) all of them run, and the unit tests in C. What commands print in a
module is compared whole with a file of expected/, so that nothing of it changes unseen;
JHCTL_EXPECTED=write writes these files anew, to be read before they are committed.
"""
from __future__ import annotations

import importlib
import signal
import subprocess
import sys
import traceback
from pathlib import Path

from tap import Jhctl, Tap, as_expected


def unit_tests(tap: Tap, tools: Path) -> None:
    """Take over the results of the C unit tests."""
    done = subprocess.run([tools / "unit"], capture_output=True, text=True, check=False,
                          timeout=120)
    results = [line for line in done.stdout.splitlines() if " - " in line]
    for line in results:
        tap.ok(line.startswith("ok "), "unit: " + line.split(" - ", 1)[1])
    tap.ok(bool(results) and done.returncode in (0, 1), "unit: ran to its end", done.stderr)


MODULES = [importlib.import_module(path.stem)
           for path in sorted(Path(__file__).parent.glob("test_*.py"))]


def main() -> int:
    # In the background of a shell, or under nohup, they are ignored, and so they would be in jhctl.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    tools = Path(sys.argv[1]).resolve()
    wanted = sys.argv[2:]
    tap = Tap()
    if not wanted:
        unit_tests(tap, tools)
    for module in MODULES:
        if wanted and module.__name__ not in wanted:
            continue
        try:
            jhctl = Jhctl(tools)
            module.run(tap, jhctl)
            # test_whole compares each of its outputs by itself, and top prints what a second has.
            if module.__name__ not in ("test_whole", "test_top"):
                as_expected(tap, f"said-{module.__name__.removeprefix('test_')}",
                            jhctl.transcript())
        except Exception:  # pylint: disable=broad-except # the other modules are still to run
            tap.ok(False, f"{module.__name__} ran to its end", traceback.format_exc())
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())

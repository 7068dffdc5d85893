#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""All tests of jhctl on a host: check.py DIRECTORY-OF-TEST-BINARIES. Prints TAP."""
from __future__ import annotations

import subprocess
import sys
import traceback
from pathlib import Path

import test_collect
import test_errors
import test_life
import test_status
import test_terminal
import test_words
from tap import Jhctl, Tap


def unit_tests(tap: Tap, tools: Path) -> None:
    """Take over the results of the C unit tests."""
    done = subprocess.run([tools / "unit"], capture_output=True, text=True, check=False,
                          timeout=120)
    results = [line for line in done.stdout.splitlines() if " - " in line]
    for line in results:
        tap.ok(line.startswith("ok "), "unit: " + line.split(" - ", 1)[1])
    tap.ok(bool(results) and done.returncode in (0, 1), "unit: ran to its end", done.stderr)


def main() -> int:
    tools = Path(sys.argv[1]).resolve()
    tap = Tap()
    unit_tests(tap, tools)
    for module in (test_words, test_life, test_errors, test_status, test_collect, test_terminal):
        try:
            module.run(tap, Jhctl(tools))
        except Exception:  # pylint: disable=broad-except # the other modules are still to run
            tap.ok(False, f"{module.__name__} ran to its end", traceback.format_exc())
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())

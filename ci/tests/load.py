# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Loads programs that have no suffix, as modules."""

import sys
from pathlib import Path
from types import ModuleType

TOP = Path(__file__).resolve().parents[2]


def load(path: str) -> ModuleType:
    """Load a program of the tree anew."""
    module = ModuleType(f"{path.replace('/', '_').replace('-', '_')}_as_module")
    module.__file__ = str(TOP / path)
    sys.modules[module.__name__] = module       # where dataclasses look for it
    text = (TOP / path).read_text(encoding="utf-8")
    exec(compile(text, module.__file__, "exec"), module.__dict__)  # pylint: disable=exec-used
    return module

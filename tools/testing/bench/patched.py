# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""For tests: a folder for output and replaced objects, while a with statement lasts."""

import shutil
import tempfile
from pathlib import Path
from typing import Any, TypeVar
from unittest import mock

from jhbench.machine import BUILD

Self = TypeVar("Self", bound="Patched")


class Patched:
    """A base of worlds: @out is the folder; what is appended to @patches is replaced."""

    def __init__(self, *modules: object) -> None:
        """The modules have OUT for the folder."""
        BUILD.mkdir(parents=True, exist_ok=True)
        self.out = Path(tempfile.mkdtemp(dir=BUILD))
        self.patches: list[Any] = [mock.patch.object(module, "OUT", self.out)
                                   for module in modules]

    def __enter__(self: Self) -> Self:
        for patch in self.patches:
            patch.start()
        return self

    def __exit__(self, *_: object) -> None:
        for patch in self.patches:
            patch.stop()
        shutil.rmtree(self.out)

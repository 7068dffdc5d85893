# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""A machine for tests, as its devices and as an archive of jhctl config collect."""

from __future__ import annotations

import io
import tarfile
import tempfile
from pathlib import Path

from jhconf import facts
from jhconf.devices import Devices
from jhconf.tests.dtb import Props, dtb, machine

CELL = 'name = "{}"\ncpus = [{}]\nmemory = "1M"\n'
SYSTEM = ('name = "m"\npool = "64M"\nassignable = ["serial1", "timer@2000", '
          '{ address = 0x10005000, size = "4K" }]\n')


def devices(root: Props | None = None) -> Devices:
    return Devices(facts.from_tree(dtb(root or machine())))


def archive(root: Props, files: dict[str, str]) -> facts.Facts:
    """The facts of an archive with these files."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "collected.tar")
        with tarfile.open(path, "w") as tar:
            for name, data in [("sys/firmware/fdt", dtb(root)),
                               *((name, text.encode()) for name, text in files.items())]:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        return facts.load(str(path))

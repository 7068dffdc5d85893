# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl config collect over a hand-made /proc and /sys."""
from __future__ import annotations

import os
import tarfile

from tap import Jhctl, Tap

NEEDED = ("sys/firmware/fdt", "proc/iomem", "proc/interrupts", "proc/cmdline", "proc/cpuinfo",
          "proc/meminfo", "proc/version")


def link(jhctl: Jhctl, name: str, target: str) -> None:
    path = jhctl.home / "root" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, path)


def make_machine(jhctl: Jhctl) -> None:
    for name in NEEDED:
        jhctl.put(f"root/{name}", f"content of {name}\n".encode() * 40)
    root = jhctl.home / "root"
    node = "sys/firmware/devicetree/base/soc/serial@9000000"
    (root / node).mkdir(parents=True)
    jhctl.put("root/sys/bus/platform/devices/9000000.serial/uevent", b"")
    link(jhctl, "sys/bus/platform/devices/9000000.serial/driver", "../../drivers/uart-pl011")
    link(jhctl, "sys/bus/platform/devices/9000000.serial/of_node", str(root / node))
    jhctl.put("root/sys/bus/platform/drivers/uart-pl011/unbind", b"")
    jhctl.put("root/sys/bus/platform/devices/a.gpio/uevent", b"")
    link(jhctl, "sys/bus/platform/devices/a.gpio/driver", "../../drivers/gpio-mxc")
    jhctl.put("root/sys/bus/platform/devices/alarmtimer.0/uevent", b"")
    jhctl.put("root/sys/kernel/iommu_groups/10/devices/0000:00:02.0", b"")
    jhctl.put("root/sys/kernel/iommu_groups/2/devices/0000:00:01.0", b"")
    jhctl.put("root/sys/devices/system/cpu/cpu0/regs/identification/midr_el1",
              b"0x00000000411fd070\n")
    jhctl.put("root/sys/devices/system/cpu/cpufreq/x", b"")


def run(tap: Tap, jhctl: Jhctl) -> None:
    make_machine(jhctl)
    seen = jhctl("config", "collect", "c.tar")
    tap.equal((seen.code, seen.err), (0, ""), "config collect")
    with tarfile.open(jhctl.home / "c.tar") as archive:
        content = {member.name: archive.extractfile(member).read().decode()  # type: ignore
                   for member in archive.getmembers()}
    tap.ok(all(content[name] == f"content of {name}\n" * 40 for name in NEEDED),
           "files are packed as they are", content.keys())
    tap.equal(content["jh/drivers"],
              "platform\t9000000.serial\tuart-pl011\t/soc/serial@9000000\t-\n"
              "platform\ta.gpio\tgpio-mxc\t-\tfixed\n"
              "platform\talarmtimer.0\t-\t-\t-\n", "drivers, their nodes, which cannot let go")
    tap.equal(content["jh/streams"], "2\t0000:00:01.0\n10\t0000:00:02.0\n", "IOMMU groups")
    tap.equal(content["jh/cpus"], "0\t-\t0x00000000411fd070\n", "CPUs")
    tap.contains(content["jh/version"], "jhctl ", "its own version")

    # A file of whole blocks is followed by none that is empty: that would end the archive.
    for size in (511, 512, 513, 1024):
        jhctl.put("root/proc/cmdline", b"x" * size)
        jhctl("config", "collect", "e.tar")
        with tarfile.open(jhctl.home / "e.tar") as archive:
            members = {member.name: member.size for member in archive.getmembers()}
        tap.equal((members.get("proc/cmdline"), members.keys()), (size, content.keys()),
                  f"nothing is lost behind a file of {size} bytes")
    jhctl.put("root/proc/cmdline", b"content of proc/cmdline\n" * 40)

    first = (jhctl.home / "c.tar").read_bytes()
    jhctl("config", "collect")
    tap.equal((jhctl.home / "jh-collect.tar").read_bytes(), first, "the same bytes again")
    (jhctl.home / "root/proc/iomem").unlink()
    seen = jhctl("config", "collect", "d.tar")
    tap.equal(seen.code, 1, "a missing file is told")
    tap.contains(seen.err, "/proc/iomem: No such file", "by name")
    tap.ok(not (jhctl.home / "d.tar").exists(), "and no half archive is left")

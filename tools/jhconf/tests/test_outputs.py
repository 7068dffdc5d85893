# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Whole outputs: all that each command prints and writes, compared with a file of expected/.

JHCONF_EXPECTED=write writes these files anew, to be read before they are committed.
"""

from __future__ import annotations

import contextlib
import difflib
import io
import os
import re
import tarfile
import tempfile
import unittest
from pathlib import Path

from jhconf import checker, cli, guests
from jhconf.tests import oldblobs
from jhconf.tests.dtb import Props, dtb, machine

HERE = Path(__file__).resolve().parent
HEAD = "# SPDX-License-Identifier: GPL-2.0-only\n# Copyright (c) The jh authors\n"
CELL = 'name = "rtos"\ncpus = [3]\nmemory = "1M"\ndevices = ["serial1"]\nconsole = "serial1"\n'
OTHER = 'name = "second"\ncpus = [1, 2]\nmemory = ["2M", "4K"]\nconsole = "hypervisor"\n'
LOG = "".join(f"[  1.0] learn: root {access}\n" for access in (
    "read 0x9030018", "write 0xa000010", "read 0x7000000", "write 0x7001ff8", "fetch 0x7002000",
    "read 0x7004000", "read 0x40001000", "write 0x50001000", "fetch 0x1000c004", "read 0x9030000"))

COLLECTED = {
    "proc/cmdline": "console=ttyAMA0 root=/dev/vda1 isolcpus=3\n",
    "proc/version": "Linux version 6.12.0 (x)\n",
    "proc/iomem": "09000000-09000fff : uart-pl011\n09040000-09040fff : /uart@9040000\n"
                  "  09040000-09040fff : uart-pl011\n1000a000-1000afff : can@a000\n"
                  "40000000-7dffffff : System RAM\n  40210000-417fffff : Kernel code\n"
                  "7e000000-7e0fffff : reserved\n",
    "proc/interrupts": "           CPU0       CPU1\n 11:   5   0   GICv3  33 Level     uart-pl011\n"
                       " 12:   7   0   GICv3  94 Level     can0\n"
                       " 13:   1   0   GICv3  68 Edge      x-timer\n"
                       " 14:   1   0   GICv3  27 Level     arch_timer\nIPI0:  1  2  Resched\n",
    "proc/vmallocinfo": "0xffff800080000000-0xffff800080002000    8192 of_iomap+0x4c/0xc0 "
                        "phys=0x0000000010002000 ioremap\n",
    "sys/devices/system/cpu/online": "0-1,3\n",
    "jh/drivers": "platform\t1000a000.can\tflexcan\t/soc/can@a000\t-\n"
                  "amba\t9040000.uart\tuart-pl011\t/uart@9040000\tfixed\n"
                  "platform\tx\t-\t/soc/timer@2000\t-\nplatform\ty\tx-drv\t-\t-\n"
                  "platform\t10008000.spi\tspi-x\t/soc/spi@8000\tfixed\nshort\tline\n",
    "jh/streams": "3\t10007000.dma\n",
}
BASE = {"system": 'name = "m"\npool = "64M"\n', "cell": 'name = "c"\ncpus = [1, 3]\n'}
KEYS = {
    "system.hypervisor": ('{ size = "2M" }', '{ address = 0x50000000, size = "1M" }',
                          "{ units = [] }", '{ units = ["uart"] }', '{ units = ["x"] }', "1"),
    "system.root": ('{ memory = "all" }', '{ memory = "none" }', "{ x = 1 }"),
    "system.mitigations": ("true", "false", '"no"'),
    "system.firmware": ('"zynqmp"', '"imx8m"', '"other"', '"x"'),
    "system.max-address": ("0xffffffff", "0", "-1"),
    "system.console": ('"none"', '"tree"', '"serial0"', '"x"',
                       '{ type = "8250", address = 0x10005000, size = 256, divider = 13, '
                       'flags = ["mmio", "regdist-4"] }',
                       '{ type = "pl011", address = 0x9000000, size = 4096, gate = 3, '
                       'clock-reg = 0x10006000, flags = ["mmio"] }', '{ type = "x" }'),
    "system.assignable": ('["serial1", "timer@2000"]', '[{ address = 0x10002000, size = "4K" }]',
                          '["memory"]', '"serial1"'),
    "system.gic": ('"tree"', '{ version = 3, maintenance = 25, gicd = 0x8000000, gicr = 0x80a0000, '
                   'gicr-size = "128K" }', '{ version = 2 }', '"v3"'),
    "cell.memory": ('"1M"', '["1M", "2M"]', '["1M", { phys = 0x50000000, size = "4K" }]',
                    '["1M", { size = "64K", virt = 0x40000000, flags = ["read", "write"] }]',
                    '{ phys = 0x9040000, size = "4K", flags = ["read", "write", "io"] }',
                    '["1M", { phys = 0x60000000, size = "4K", shared = "root" }]', '"3"', '"0"',
                    '"1M@0x40000000"', "[]", "true"),
    'cell.memory = "1M"\nentry': ("0x1000", "0x200000", '"x"'),
    'cell.memory = "1M"\ncomm': ("0x70000000", '"active"', '"passive"', "3"),
    'cell.memory = "1M"\nputc': ('"permitted"', '"active"', "true", '"x"'),
    'cell.memory = "1M"\nwfi': ('"trap"', '"run"', '"x"'),
    'cell.memory = "1M"\npmu': ("true", "false", "1"),
    'cell.memory = "1M"\ntrusted': ("true", "false", '"x"'),
    'cell.memory = "1M"\ntrusted = true\ninterrupts': ('"direct"', '"virtual"', '"x"'),
    'cell.memory = "1M"\ninterrupts': ('"direct"',),
    'cell.memory = "1M"\non-failure': ('"stop"', '"restart"', '"x"'),
    'cell.memory = "1M"\non-failure = "restart"\nmax-restarts': ("1", "0", "-1", "4294967296"),
    'cell.memory = "1M"\nscrub': ('"restart"', '"destroy"', '"x"'),
    'cell.memory = "1M"\nreboot': ("true", "false", '"x"'),
    'cell.memory = "1M"\ncpu-ids': ('"physical"', '"virtual"', '"x"'),
    'cell.memory = "1M"\nvpci-irq-base': ("4", "987", "988"),
    'cell.memory = "1M"\ndevices': ('["serial1"]', '["can@a000"]', '["spi@8000", "twin@d000"]',
                                    '["x"]', '["serial"]', '"serial1"'),
    'cell.memory = "1M"\ndevices = ["serial1"]\nconsole': ('"serial1"', '"uart"', '"hypervisor"',
                                                         '"none"', '"timer@2000"', "3"),
    'cell.memory = "1M"\nconsole': ('{ type = "uart" }', '{ type = "uart", address = 0x9000000, '
                                    'irq = 40 }', '{ type = "x" }', '"uart"'),
    'cell.memory = "1M"\nirq': ('[{ intid = 40 }]', '[{ intid = 40, trigger = "edge" }]',
                                '[{ intid = 20 }]', '[{ spi = 3 }]'),
    'cell.memory = "1M"\nlink': (
        '[{ name = "net", peer = "b" }]',
        '[{ name = "net", peer = "b", address = 0x70000000, size = "64K", output = "8K", '
        'bells = 2, side = 1, irq = 100, registers = 0x71000000 }]', '[{ name = "net" }]'),
    'cell.memory = "1M"\nlink = [{ name = "disk", peer = "root", address = 0x70000000, '
    'size = "64K" }]\nvirtio': (
        '[{ link = "disk", kind = "block" }]', '[{ link = "disk", kind = "net" }]',
        '[{ link = "disk", kind = "block", queue-size = 12 }]',
        '[{ link = "disk", kind = "block", queues = 5 }]', '[{ link = "disk" }]',
        '[{ link = "disk", kind = "block" }, { link = "disk", kind = "entropy" }]',
        '[{ link = "disc", kind = "block" }]', '[{ link = "disk", kind = "gpu" }]'),
    'cell.memory = "1M"\nlink = [{ name = "samples", peer = "b", address = 0x70000000, '
    'size = "64K" }]\nivshmem': (
        '[{ link = "samples" }]', '[{ link = "samples", slot = 5, protocol = "net" }]\n'
        'pci = { ecam = 0x10000000, window = 0x20000000, window-size = "4K" }',
        '[{ link = "samples", protocol = 0x4001 }]\npci = { window = 0xfe000000 }',
        '[{ link = "sample" }]', '[{ slot = 1 }]', '[{ link = "samples", slot = 32 }]',
        '[{ link = "samples", protocol = "ether" }]', '[{ link = "samples", protocol = 65536 }]',
        '[{ link = "samples" }, { link = "samples" }]',
        '[{ link = "samples" }]\npci = { ecam = 0x10080000 }',
        '[{ link = "samples" }]\npci = { window = 0x70008000 }',
        '[{ link = "samples" }]\npci = { base = 0 }', '[]\npci = { ecam = 0x10000000 }'),
    'cell.memory = "1M"\nmemroy': ("1",), "system.cpus": ("[1]",), "cell.pool": ('"1M"',),
}


def board() -> Props:
    """Oddities of boards: users of a device, masters, IOMMUs, reserved memory."""
    root = machine()
    root |= {
        "model": "A board",
        "psci": {"compatible": b"arm,psci-1.0\0arm,psci-0.2\0", "method": "smc"},
        "reserved-memory": {
            "#address-cells": 2, "#size-cells": 2, "ranges": b"",
            "fw@7e000000": {"reg": [0, 0x7E000000, 0, 0x100000], "no-map": b""},
            "cma": {"size": [0, 0x1000000], "reusable": b""}},
        "timer": {"compatible": "arm,armv8-timer", "interrupts": [1, 13, 8, 1, 14, 8, 1, 11, 8]},
        "pmu": {"compatible": "arm,cortex-a57-pmu", "interrupts": [1, 7, 4]},
        "iommu@b000000": {"compatible": "arm,smmu-v3", "reg": [0, 0xB000000, 0, 0x20000],
                          "#iommu-cells": 1, "phandle": 20},
        "its@8080000": {"compatible": "arm,gic-v3-its", "reg": [0, 0x8080000, 0, 0x20000]},
        "watchdog@b100000": {"compatible": "arm,sp805", "reg": [0, 0xB100000, 0, 0x1000],
                             "clocks": [8, 1], "interrupts": [0, 50, 4]},
        "off@b200000": {"compatible": "x,off", "reg": [0, 0xB200000, 0, 0x1000],
                        "status": "disabled"}}
    root["soc"] |= {
        "clock@6000": {"compatible": "x,clk", "reg": [0x6000, 0x1000], "#clock-cells": 1,
                       "#reset-cells": 1, "phandle": 8},
        "dma@7000": {"compatible": "x,dma", "reg": [0x7000, 0x1000], "#dma-cells": 1,
                     "interrupts": [0, 60, 4], "iommus": [20, 3], "phandle": 9},
        "spi@8000": {"compatible": "x,spi", "reg": [0x8000, 0x1000], "interrupts": [0, 61, 4],
                     "clocks": [8, 4], "clock-names": "core", "resets": [8, 2], "dmas": [9, 1],
                     "pinctrl-0": [21]},
        "pinctrl@9000": {"compatible": "x,pinctrl", "reg": [0x9000, 0x1000],
                         "spi-pins": {"phandle": 21}},
        "can@a000": {"compatible": "x,flexcan", "reg": [0xA000, 0x1000],
                     "interrupts": [0, 62, 4], "clocks": [8, 5], "power-domains": [22]},
        "power@b000": {"compatible": "x,pd", "reg": [0xB000, 0x1000],
                       "#power-domain-cells": 0, "phandle": 22},
        "mmc@c000": {"compatible": "x,mmc", "reg": [0xC000, 0x1000], "interrupts": [0, 63, 4]},
        "twin@d000": {"compatible": "x,twin", "reg": [0xD000, 0x1000, 0x20000, 0x800, 0x21000, 8],
                      "interrupts": [0, 64, 4, 0, 65, 1, 0, 66, 8]}}
    root["uart@9040000"] |= {"clocks": [8, 7], "resets": [8, 9]}
    return root


MACHINES = {"gicv3": machine(3), "gicv2": machine(2), "board": board()}


class OutputsTest(unittest.TestCase):

    def setUp(self) -> None:
        if checker.find() is None:
            self.skipTest("jh-check is not built")
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        self.said = HEAD

    def put(self, name: str, data: bytes | str) -> None:
        Path(name).write_bytes(data.encode() if isinstance(data, str) else data)

    def say(self, *words: str, keep: str = "") -> None:
        """Run a command; record all its output, and a file that it writes."""
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            try:
                status: object = cli.main(list(words))
            except SystemExit as end:
                status = end.code
        written = Path(keep).read_text(encoding="utf-8") if keep else ""
        self.said += (f"$ jhconf {' '.join(words)}\n{out.getvalue()}--- stderr\n"
                      f"{errors.getvalue()}--- status {status}\n")
        if keep:
            self.said += f"--- {keep}\n{written}\n"

    def compare(self, name: str) -> None:
        """Compare the recorded output with the file of this name."""
        file, said = HERE / "expected" / name, re.sub("[ \t]+\n", "\n", self.said)
        if os.environ.get("JHCONF_EXPECTED") == "write":
            file.parent.mkdir(exist_ok=True)
            file.write_text(said, encoding="utf-8")
        wanted = file.read_text(encoding="utf-8") if file.exists() else ""
        if said != wanted:
            self.fail("\n".join(difflib.unified_diff(wanted.splitlines(), said.splitlines(),
                                                     "expected", "seen", lineterm="")))

    def sources(self, tree: Props) -> None:
        """A machine, its system, and two cells."""
        self.put("m.dtb", dtb(tree))
        self.assertEqual(cli.main(["create", "--tree", "m.dtb", "--pool", "64M", "--name", "m",
                                   "-o", "sys.toml"]), 0)
        self.put("rtos.toml", CELL)
        self.put("second.toml", OTHER)

    def test_create(self) -> None:
        for name, tree in MACHINES.items():
            self.put(f"{name}.dtb", dtb(tree))
            for options in ((), ("--fixed",), ("--name", "b", "--pool", "32M"),
                            ("--pool", "64K"), ("--pool", "80G"), ("--name", "7")):
                self.say("create", "--tree", f"{name}.dtb", *options)
        self.compare("create")

    def test_machines(self) -> None:
        """Sizes of RAM, kinds of firmware, and what of the tree a source has afterwards."""
        for name, change in (("16m", {"ram": 16 << 20}), ("200m", {"ram": 200 << 20}),
                             ("1g", {"ram": 1 << 30}), ("3g", {"ram": 3 << 30}),
                             ("64g", {"ram": 64 << 30}),
                             ("zynqmp", {"fw": {"compatible": "xlnx,zynqmp-firmware"}}),
                             ("imx8m", {"compatible": b"fsl,imx8mp-evk\0fsl,imx8mp\0"}),
                             ("none", {"chosen": {}}), ("uart", {"chosen": {
                                 "stdout-path": "/soc/serial@5000"}})):
            tree, size = machine(), int(change.pop("ram", 1 << 30))      # type: ignore
            tree["memory@40000000"]["reg"] = [0, 0x40000000, size >> 32, size & 0xFFFFFFFF]
            self.put("m.dtb", dtb(tree | change))
            for options in ((), ("--fixed",)):
                self.say("create", "--tree", "m.dtb", *options)
            self.put("sys.toml", 'name = "m"\npool = "16M"\nconsole = "serial0"\n')
            self.say("compile", "sys.toml", "--tree", "m.dtb")
            self.say("decode", "sys.cell")
        self.compare("machines")

    def test_archive(self) -> None:
        """A running machine: interrupt handlers, mappings, online CPUs."""
        with tarfile.open("m.tar", "w") as tar:
            for name, data in [("sys/firmware/fdt", dtb(board())),
                               *((name, text.encode()) for name, text in COLLECTED.items())]:
                member = tarfile.TarInfo(name)
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))
        self.say("create", "--from", "m.tar")
        self.say("create", "--from", "m.tar", "--fixed")
        self.put("sys.toml", 'name = "m"\npool = "64M"\n'
                 'assignable = ["serial1", "can@a000", "spi@8000", "timer@2000"]\n')
        self.put("rtos.toml", CELL)
        self.put("second.toml", OTHER)
        self.put("can.toml", 'name = "can"\ncpus = [3]\nmemory = "1M"\n'
                 'devices = ["can@a000", "timer@2000"]\n')
        for files in (("rtos.toml", "second.toml"), ("can.toml",)):
            self.say("check", "sys.toml", *files, "--from", "m.tar")
            self.say("explain", "sys.toml", *files, "0x1000a000", "--from", "m.tar")
        for device in ("serial1", "can@a000", "spi@8000", "timer@2000", "gpio@9030000",
                       "watchdog@b100000", "mmc@c000"):
            self.say("add-cell", "--from", "m.tar", "--name", "a", "--cpus", "3", "--memory", "1M",
                     "--device", device)
        self.put("cut.tar", Path("m.tar").read_bytes()[:1000])
        self.say("create", "--from", "cut.tar")
        self.compare("archive")

    def test_keys(self) -> None:
        """Each key, with each of its values, and an invalid one."""
        self.put("m.dtb", dtb(board()))
        for key, found in KEYS.items():
            kind, name = key.split(".", 1)
            for value in found:
                self.put("k.toml", BASE[kind] + f"{name} = {value}\n")
                self.said += f"=== {name} = {value}\n"
                self.say("compile", "k.toml", "--tree", "m.dtb", "-o", "k.cell")
                if Path("k.cell").exists():
                    self.say("decode", "k.cell")
                    self.say("show", "k.cell")
                    Path("k.cell").unlink()
        self.compare("keys")

    def test_add_cell(self) -> None:
        cell = ("add-cell", "--tree", "m.dtb", "--name", "a", "--cpus", "2-3")
        for name, tree in MACHINES.items():
            self.said += f"=== {name}\n"
            self.sources(tree)
            for guest in guests.GUESTS:
                self.say("add-cell", "--tree", "m.dtb", "--for", guest)
            for options in (("1M",), ("64M@0x40000000",), ("1M", "--console", "uart"),
                            ("1M", "--console", "hypervisor"), ("1M", "--console", "none"),
                            ("1M", "--device", "serial1", "--console", "serial1"),
                            ("1M", "--device", "timer@2000", "--system", "sys.toml"),
                            ("1M", "--device", "serial@5000"), ("1M", "--link", "net:b"),
                            ("1M", "--link", "net:b:64K@0x70000000", "--link", "x:b"),
                            ("1M", "--device", "can@a000"), ("1M", "--device", "spi@8000"),
                            ("1M", "--device", "spi@8000", "--force"),
                            ("1M", "--device", "dma@7000", "--force"),
                            ("1M", "--device", "mmc@c000"), ("1M", "--device", "off@b200000"),
                            ("1M", "--device", "twin@d000"),
                            ("0",), ("1M@3",), ("1T",), ("1M", "--device", "virtio@a000000"),
                            ("1M", "--device", "uart"), ("1M", "--link", "net"),
                            ("1M", "--device", "serial0"), ("1M", "--console", "timer@2000")):
                self.say(*cell, "--memory", *options)
            self.say("add-cell", "--tree", "m.dtb", "--for", "linux", "--virtio", "block",
                     "--virtio", "net")
            for cpus in ("0-3", "9", "3,3", "x", "1-", ""):
                self.say(*cell[:5], "--memory", "1M", "--cpus", cpus)
        self.compare("add-cell")

    def test_judges_and_views(self) -> None:
        for name, tree in MACHINES.items():
            self.said += f"=== {name}\n"
            self.sources(tree)
            files = ("sys.toml", "rtos.toml", "second.toml", "--tree", "m.dtb")
            self.say("check", *files)
            self.say("check", *files, "--json")
            self.say("check", *files, "--strict")
            self.say("show", *files)
            self.say("show", *files, "--json")
            for file in files[:3]:
                self.say("compile", file, "--tree", "m.dtb", "--system", "sys.toml")
                self.say("decode", file.replace(".toml", ".cell"))
            for what in ("0x9040010", "0x40000000", "0x8000000", "0x7000", "irq40", "irq27", "cpu2",
                         "cpu0", "cpu9", "rtos", "serial1", "timer@2000", "can@a000", "nothing",
                         "0x7e000000", "spi@8000", "irq93"):
                self.say("explain", *files, what)
            self.say("explain", *files[:3], "--tree", "m.dtb")
            self.say("diff", "rtos.toml", "second.toml", "--tree", "m.dtb")
            self.say("diff", "sys.toml", "rtos.toml", "--tree", "m.dtb")
            self.say("export", "--domains", *files)
        self.say("show", *files, "--svg", "set.svg", keep="set.svg")
        self.say("show", *files, "--html", "set.html", keep="set.html")
        self.compare("views")

    def test_sets_that_are_wrong(self) -> None:
        self.sources(board())
        self.put("third.toml", CELL.replace("rtos", "third").replace("[3]", "[0-3, 9]"))
        for name, text in {
                "all": 'name = "all"\ncpus = "0-3"\nmemory = "80M"\n',
                "beyond": 'name = "beyond"\ncpus = [7]\nmemory = "1M"\n',
                "same": CELL, "ram": 'name = "ram"\ncpus = [1]\n[[memory]]\nphys = 0x50000000\n'
                                     'size = "1M"\n',
                "device": 'name = "device"\ncpus = [1]\nmemory = ["1M", { phys = 0x9040000, '
                          'size = "4K", flags = ["read", "write", "io"] }]\n',
                "twin": 'name = "twin"\ncpus = [1]\nmemory = "1M"\ndevices = ["twin@d000"]\n',
                "irq": 'name = "irq"\ncpus = [1]\nmemory = "1M"\n[[irq]]\nintid = 40\n',
                "master": 'name = "master"\ncpus = [1]\nmemory = "1M"\ndevices = ["dma@7000"]\n',
                "spi": 'name = "spi"\ncpus = [1]\nmemory = "1M"\ndevices = ["spi@8000"]\n',
                "link": 'name = "link"\ncpus = [1]\nmemory = "1M"\n[[link]]\nname = "net"\n'
                        'peer = "rtos"\naddress = 0x70000000\nsize = "64K"\n',
                "trusted": 'name = "trusted"\ncpus = [1]\nmemory = "1M"\ntrusted = true\n'
                           'interrupts = "direct"\n'}.items():
            self.put(f"{name}.toml", text)
            self.say("check", "sys.toml", "rtos.toml", f"{name}.toml", "--tree", "m.dtb")
            self.say("compile", f"{name}.toml", "--tree", "m.dtb", "--system", "sys.toml")
            self.say("compile", f"{name}.toml", "--tree", "m.dtb")
            self.say("decode", f"{name}.cell")
        for root in ("listed", "learn"):
            self.put("root.toml", f'name = "m"\npool = "64M"\nroot = {{ memory = "{root}" }}\n'
                     '[[memory]]\nphys = 0x40000000\nsize = "64M"\n')
            self.say("check", "root.toml", "rtos.toml", "--tree", "m.dtb")
            self.say("show", "root.toml")
        self.compare("wrong-sets")

    def test_corpus(self) -> None:
        corpus = HERE / "corpus"
        self.put("m.dtb", dtb(machine()))
        self.put("sys.toml", (corpus / "sys.toml").read_bytes())
        for path in sorted([*corpus.glob("good/*.toml"), *corpus.glob("bad/*.toml")]):
            self.put(path.name, path.read_bytes())
            system = () if "sys" in path.name else ("--system", "sys.toml")
            self.say("compile", path.name, "-o", "out.cell", "--tree", "m.dtb", *system)
            self.say("check", path.name, "--tree", "m.dtb")
            if "good" in str(path):
                self.say("decode", "out.cell")
        self.compare("corpus")

    def test_import(self) -> None:
        self.put("m.dtb", dtb(machine()))
        for revision in oldblobs.CELLS:
            self.put("old.cell", oldblobs.cell(revision))
            self.say("import", "old.cell", "-o", "-")
            self.say("import", "old.cell", "--tree", "m.dtb", "-o", "-")
        for revision in oldblobs.SYSTEMS:
            self.put("board.cell", oldblobs.system(revision))
            self.say("import", "board.cell", "--tree", "m.dtb", "-o", "-")
        self.put("demo.cell", oldblobs.cell(14, b"demo", cpus=(3,)))
        self.say("import", "board.cell", "demo.cell", "-d", "out", "--tree", "m.dtb")
        for file in sorted(Path("out").iterdir()):
            self.said += f"--- {file}\n{file.read_text(encoding='utf-8')}"
        self.compare("import")

    def test_what_the_build_generates(self) -> None:
        """The two verbs for files of this tree write what is in it."""
        for verb, name in (("header", "hypervisor/uapi/jh/config.h"),
                           ("doc", "Documentation/reference/config-format.rst")):
            self.assertEqual(cli.main([verb, "-o", "generated"]), 0)
            self.assertEqual(Path("generated").read_bytes(), (HERE.parents[2] / name).read_bytes())

    def test_suggest(self) -> None:
        self.put("m.dtb", dtb(board()))
        self.put("log", LOG)
        self.put("sys.toml", 'name = "m"\npool = "64M"\nroot = { memory = "learn" }\n'
                 '[[memory]]\nphys = 0x40000000\nsize = "64M"\n')
        self.say("suggest", "sys.toml", "--log", "log", "--tree", "m.dtb")
        self.say("suggest", "sys.toml", "--log", "log")
        self.compare("suggest")

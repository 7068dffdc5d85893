# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""add-cell --for: the shape of each kind of guest on each machine."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from jhconf import addcell, blob, checker, cli, commands, create, facts, guests, source
from jhconf.devices import Devices
from jhconf.findings import ERROR, WARNING, Member
from jhconf.ownership import Ownership
from jhconf.tests.dtb import dtb, machine

TOP = Path(__file__).resolve().parents[3]
BOARDS = ("xilinx/zynqmp-zcu102-rev1.0.dtb", "freescale/imx8mp-evk.dtb")
QEMU = ("qemu-virt/gicv2.dtb", "qemu-virt/gicv3.dtb", "versal-virt/qemu.dtb")
PL011, VIRTUAL_UART, VIRTUAL_INTID = 3, 0x9000000, 33


def machines() -> dict[str, Devices]:
    """The machines that configs/ has, as far as their trees are here, and the two of the tests."""
    found = {f"GICv{version}": Devices(facts.from_tree(dtb(machine(version))))
             for version in (2, 3)}
    paths = [path for board in BOARDS
             for path in sorted(TOP.glob(f"build/kernels/6.12/usr/lib/linux-image-*/{board}"))[:1]]
    paths += [TOP / "build" / "configs" / "arm64" / tree for tree in QEMU]
    return found | {f"{path.parent.name}/{path.name}": Devices(facts.load(str(path)))
                    for path in paths if path.exists()}


def add(devices: Devices, name: str, memory: str = "", specs: tuple[str, ...] = (),
        **more: object) -> create.Created:
    return addcell.add_cell(devices, name, str(more.pop("cpus", "")), memory, list(specs),
                            guest=guests.GUESTS[name], **more)   # type: ignore[arg-type]


def member(name: str, text: str) -> Member:
    compiled = source.compile_text(text)
    return Member(f"{name}.toml", compiled.config, blob.pack(compiled.config), text,
                  compiled.origins)


class ShapeTest(unittest.TestCase):

    def test_each_kind_on_each_machine(self) -> None:
        for board, devices in machines().items():
            system = member("sys", create.create(devices.facts, pool="512M").text)
            for name in guests.GUESTS:
                with self.subTest(board=board, guest=name):
                    cell = member(name, add(devices, name).text)
                    if checker.find():
                        self.assertEqual(checker.verdicts([system.data, cell.data]), [None, None])
                    found = commands.judged(Ownership(system, [cell], devices))
                    self.assertEqual([str(f) for f in found if f.file == cell.file
                                      and f.severity in (ERROR, WARNING)], [])

    def test_a_guest_of_qemus_machine_finds_its_uart_there(self) -> None:
        for name, guest in guests.GUESTS.items():
            config = source.compile_text(add(machines()["GICv2"], name).text).config
            consoles = [(c["address"], c["type"]) for c in config.elements("console")]
            if guest.console == "uart":
                self.assertEqual(consoles, [(VIRTUAL_UART, PL011)], name)
                self.assertEqual(config.one("cell")["console_irq"], VIRTUAL_INTID)
            else:
                self.assertEqual(consoles, [], name)

    def test_words_of_the_table(self) -> None:
        for name, guest in guests.GUESTS.items():
            page = TOP / "Documentation" / "guests" / f"{guest.page}.rst"
            with self.subTest(name):
                self.assertTrue(page.exists())
                self.assertIn(guest.title.split()[0].rstrip(","), page.read_text(encoding="utf-8"))
                self.assertTrue(all("{file}" in line or "NAME" in line for line in guest.run))
                for line in add(machines()["GICv3"], name).text.splitlines():
                    self.assertLessEqual(len(line), 100, line)

    def test_memory(self) -> None:
        devices = machines()["GICv3"]
        for memory, spelled in (("", '"256M@0x40000000"'), ("512M", '"512M@0x40000000"'),
                                ("512M@0x50000000", '"512M@0x50000000"')):
            self.assertIn(f"\nmemory = {spelled}  #", add(devices, "linux", memory).text)
        text = add(devices, "u-boot", "128M").text
        self.assertIn('\nmemory = ["128M@0x40000000", "256K@0x4000000"]', text)
        self.assertEqual(source.compile_text(text).config.one("cell")["entry"], 0x40200000)
        text = add(devices, "linux", "2G").text     # reaches over the communication region
        self.assertIn("\ncomm = 0xc0000000", text)
        plain = addcell.add_cell(devices, "a", "3", "64M@0x50000000", []).text
        self.assertEqual(source.compile_text(plain).config.elements("memory")[0]["virt"],
                         0x50000000)

    def test_virtio(self) -> None:
        """The devices of a stock Linux find memory below its RAM."""
        text = add(machines()["GICv3"], "linux", virtio=["block", "entropy"]).text
        config = source.compile_text(text).config
        self.assertEqual([item["kind"] for item in config.elements("virtio")], [2, 4])
        self.assertEqual([link["address"] for link in config.elements("link")],
                         [0x3f000000, 0x3ef00000])

    def test_memory_over_the_interrupt_controller(self) -> None:
        for name, memory in (("linux", "256M@0x0"), ("freertos", "256M")):
            with self.assertRaisesRegex(Exception, "over the interrupt controller .GICD at 0x8000"):
                add(machines()["GICv3"], name, memory)

    def test_cpus(self) -> None:
        devices = machines()["GICv3"]
        for name, cpus, line in (("linux", "", "[2, 3]"), ("zephyr", "", "[3]"),
                                 ("linux", "1,3", "[1, 3]")):
            self.assertIn(f"\ncpus = {line}  #", add(devices, name, cpus=cpus).text)
        for count, line in ((1, ""), (2, "[1]")):
            root = machine()
            for n in range(count, 4):
                del root["cpus"][f"cpu@{n}"]
            small = Devices(facts.from_tree(dtb(root)))
            if line:
                self.assertIn(f"\ncpus = {line}  #", add(small, "linux").text)
            else:
                with self.assertRaisesRegex(Exception, "has 1 CPU, there is none to give away"):
                    add(small, "linux")

    def test_with_a_uart_of_the_board(self) -> None:
        text = add(machines()["GICv3"], "u-boot", specs=("serial1",)).text
        config = source.compile_text(text).config
        self.assertEqual(config.one("console")["address"], 0x9040000)
        self.assertEqual([m["virt"] for m in config.elements("memory")],
                         [0x40000000, 0x4000000, 0x9040000])
        self.assertEqual(config.one("cell")["console_irq"], 0)

    def test_registers_below_ram_are_moved(self) -> None:
        root = machine()
        root["uart@9040000"]["reg"] = [0, 0x40001000, 0, 0x1000]
        root["memory@40000000"]["reg"] = [0, 0x80000000, 0, 0x40000000]
        config = source.compile_text(add(Devices(facts.from_tree(dtb(root))), "linux",
                                         specs=("serial1",)).text).config
        self.assertEqual(config.one("console")["address"], 0x140001000)
        self.assertEqual(config.elements("memory")[1]["virt"], 0x140001000)

    def test_the_addresses_that_it_must_be_built_for(self) -> None:
        self.assertIn("GICv2, GICD 0x8000000, GICC 0x8010000.",
                      add(machines()["GICv2"], "nuttx").text)
        self.assertIn("GICv3, GICD 0x8000000, GICR 0x80a0000.",
                      add(machines()["GICv3"], "zephyr").text)
        self.assertNotIn("GICD", add(machines()["GICv3"], "linux").text)

    def test_a_pool_that_is_too_small_is_named(self) -> None:
        devices = machines()["GICv3"]
        system = source.compile_text('name = "m"\npool = "64M"\n', devices.tree).config
        self.assertEqual(add(devices, "linux", system=system).warnings,
                         ["it wants 256M of RAM, the pools of m have 64M: make one larger"])
        self.assertEqual(add(devices, "zephyr", system=system).warnings, [])


class CommandTest(unittest.TestCase):

    def run_it(self, *arguments: str) -> tuple[int, str, str]:
        out, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            try:
                status = cli.main(["add-cell", *arguments])
            except SystemExit as stop:
                status = int(stop.code or 0)
        return status, out.getvalue(), errors.getvalue()

    def test_words(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            tree = Path(folder, "m.dtb")
            tree.write_bytes(dtb(machine()))
            status, out, _ = self.run_it("--for", "zephyr", "--tree", str(tree))
            self.assertEqual((status, re.findall('^name = .*', out, re.M)),
                             (0, ['name = "zephyr"']))
            out = self.run_it("--for", "zephyr", "--name", "z", "--tree", str(tree))[1]
            self.assertIn("jhctl cell run z.cell zephyr.elf", out)
        for words, told in ((("--for", "zepyhr"), 'kind of guest "zepyhr"; did you mean "zephyr"?'),
                            (("--for", "windows"), "known are freertos, linux, nuttx"),
                            (("--name", "x"), "needs --cpus and --memory, or --for GUEST")):
            status, _, errors = self.run_it(*words)
            self.assertEqual(status, 2)
            self.assertIn(told, errors)

    def test_help_manual_and_completion_name_the_kinds(self) -> None:
        told = " ".join(self.run_it("--help")[1].split())
        manual = (TOP / "tools" / "jhconf" / "man" / "jhconf.1").read_text(encoding="utf-8")
        for name in guests.GUESTS:
            self.assertIn(name, told)
            self.assertIn(name, manual.replace("\\-", "-"))
        script = (f"source {TOP}/tools/jhctl/completion/jhctl.bash; COMP_CWORD=4; "
                  "COMP_WORDS=(jhctl config add-cell --for ''); _jhctl; echo \"${COMPREPLY[*]}\"")
        offered = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True,
                                 check=True).stdout
        self.assertEqual(sorted(offered.split()), sorted(guests.GUESTS))

# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Import of Jailhouse's binaries and of domain YAML; export of the latter."""

from __future__ import annotations

import unittest
from random import Random

from jhconf import blob, checker, decode, domains, facts, jailhouse, source
from jhconf.blob import Config
from jhconf.devices import Devices
from jhconf.errors import ConfigError
from jhconf.findings import Member
from jhconf.jailimport import Imported, Set, convert
from jhconf.names import free_name, valid_name
from jhconf.flags import CELL, IO_FLAGS, MEM
from jhconf.tests import oldblobs
from jhconf.tests.dtb import dtb, machine

class JailhouseTest(unittest.TestCase):

    def setUp(self) -> None:
        self.devices = Devices(facts.from_tree(dtb(machine())))

    def accepted(self, *configs: Config) -> None:
        if checker.find():
            found = checker.verdicts([blob.pack(config) for config in configs])
            self.assertEqual(found, [None] * len(configs))
        for config in configs:
            again = source.compile_text(decode.decode(config)).config
            self.assertEqual(blob.pack(again), blob.pack(config))

    def cell(self, data: bytes) -> jailhouse.OldCell:
        old = jailhouse.read(data)
        assert isinstance(old, jailhouse.OldCell)
        return old

    def system(self, data: bytes) -> jailhouse.OldSystem:
        old = jailhouse.read(data)
        assert isinstance(old, jailhouse.OldSystem)
        return old

    def together(self, system: bytes, *cells: bytes, tree: bool = False) -> list[Imported]:
        """A system and its cells, imported; the checker accepts all of it."""
        found = Set(self.system(system), [self.cell(data) for data in cells],
                    self.devices if tree else None)
        assert found.system is not None
        result = [convert(old, found) for old in [found.system, *found.cells]]
        self.accepted(*(imported.config for imported in result))
        return result

    def test_cells_of_all_revisions(self) -> None:
        for revision in oldblobs.CELLS:
            with self.subTest(revision):
                result = convert(self.cell(oldblobs.cell(revision)), Set(devices=self.devices))
                config = result.config
                self.accepted(config)
                cell = config.one("cell")
                self.assertEqual((cell["name"], cell["entry"], cell["comm_address"]),
                                 ("gic-demo", 0x1000, 0x80000000))
                self.assertEqual(cell["flags"], CELL["PASSIVE_COMM"] | CELL["PUTC"]
                                 | CELL["PUTC_ACTIVE"] | CELL["PHYSICAL_IDS"])
                self.assertEqual([c["cpu"] for c in config.elements("cpu")], [3])
                self.assertEqual([(m["phys"], m["virt"], m["flags"], m["device"])
                                  for m in config.elements("memory")],
                                 [(0x60000000, 0, 0xF | MEM["loadable"], 0),
                                  (0x9040000, 0x9040000, IO_FLAGS, 1),
                                  (0x10002000, 0x10002000, IO_FLAGS, 2)])
                self.assertEqual([(i["intid"], i["device"]) for i in config.elements("irq")],
                                 [(40, 1)])
                self.assertEqual(config.one("console")["type"], 3)
                text = "\n".join(result.missing)
                self.assertIn("interrupt 132 of a virtual PCI", text)
                self.assertEqual("0x870, 0x871" in text, revision > 10)

    def test_what_has_no_equivalent_is_listed(self) -> None:
        old = self.cell(oldblobs.cell(14, flags=0x4))
        text = "\n".join(convert(old, Set()).missing)
        for words in ("\"gic demo\" became \"gic-demo\"", "AARCH32", "ivshmem device 00:00.0",
                      "0x61001000-0x61001fff", "region 2 (0x10002000-0x100020ff) is smaller",
                      "region 2 (0x10002000-0x100020ff): limits on the width",
                      "interrupt 132 of a virtual PCI", "cache regions (1)", "0x870, 0x871",
                      "level is assumed"):
            self.assertIn(words, text)

    def test_systems_with_their_cells(self) -> None:
        for revision in oldblobs.SYSTEMS:
            with self.subTest(revision):
                result, _ = self.together(oldblobs.system(revision), oldblobs.cell(revision))
                config = result.config
                system = config.one("system")
                self.assertEqual((system["hv_address"], system["hv_size"]),
                                 (0x50000000, 0x400000))
                self.assertEqual([(u["kind"], u["address"], u["size"], u["argument"])
                                  for u in config.elements("unit")],
                                 [(1, 0x8000000, 0x10000, 25), (2, 0x80A0000, 0x80000, 0)])
                self.assertEqual([(p["address"], p["size"]) for p in config.elements("pool")],
                                 [(0x60000000, 0x200000)])
                text = "\n".join(result.missing)
                self.assertEqual("IOMMU at 0x9050000" in text, revision > 10)
                for words in ("configuration space at 0x8e00000", "cell gic demo owns this UART"):
                    self.assertIn(words, text)
                self.assertEqual(config.elements("console"), [])

    def test_revisions_of_development(self) -> None:
        """12 had smaller IOMMUs once, and 13 no padding: the counts tell."""
        data = oldblobs.system(12)
        shorter = data[:130 + 24] + bytes(7 * 24) + data[354:]
        self.assertEqual(self.system(shorter).iommus, [(3, 0x9050000, 0x20000)])
        data = oldblobs.system(13)
        self.assertEqual(self.system(data[:314] + data[316:]).gic["gicr"], 0x80A0000)

    def test_frames_of_gicv2_without_a_tree(self) -> None:
        """As on Jailhouse's boards: a page of GICD, and GICC begins after it."""
        for revision in oldblobs.SYSTEMS:
            frames = {"gicd": 0xF6801000, "gicc": 0xF6802000, "gich": 0xF6804000,
                      "gicv": 0xF6806000}
            result, = self.together(oldblobs.system(revision, version=2, frames=frames))
            self.assertIn("the usual ones were taken", str(result.missing))
            self.assertEqual(result.config.one("unit")["size"], 0x1000)

    def test_mirrored_frames_are_the_trees(self) -> None:
        """As Jailhouse's ZynqMP has it: the last mirror of GICC and GICV, with 0x1000 after it."""
        root = machine(2)
        root["intc@8000000"]["reg"][4:] = [0, 0x8020000, 0, 0x20000, 0, 0x8040000, 0, 0x20000,
                                           0, 0x8060000, 0, 0x20000]
        root["firmware"] = {"compatible": "xlnx,zynqmp-firmware"}
        self.devices = Devices(facts.from_tree(dtb(root)))
        frames = {"gicd": 0x8000000, "gicc": 0x802F000, "gich": 0x8040000, "gicv": 0x906F000}
        result, = self.together(oldblobs.system(14, version=2, frames=frames), tree=True)
        units = result.config.elements("unit")
        self.assertEqual([(u["kind"], u["address"]) for u in units],
                         [(1, 0x8000000), (3, 0x8020000), (4, 0x8040000), (5, 0x906F000)])
        self.assertEqual((units[1]["size"], result.config.one("system")["firmware"]), (0x20000, 1))
        self.assertIn("GICV at 0x906f000: the tree says 0x8060000", str(result.missing))

    def test_ram_that_root_shares_is_no_pool(self) -> None:
        shared = (0x70000000, 0x70000000, 0x2000, 0x83)
        near = (0x60140000, 0x60140000, 0x2000, 0x81)
        regions = [*oldblobs.REGIONS, shared, near]
        system, cell = self.together(oldblobs.system(12), oldblobs.cell(12, regions=regions))
        self.assertEqual([p["address"] for p in system.config.elements("pool")], [0x60000000])
        found = {m["phys"]: m["flags"] for m in cell.config.elements("memory")}
        self.assertEqual(found[0x70000000], MEM["read"] | MEM["write"] | MEM["shared-with-root"])
        self.assertNotIn(0x60140000, found)
        text = "\n".join(cell.missing)
        self.assertIn("(0x70000000-0x70001fff) is shared with root: Linux must know", text)
        self.assertIn("(0x60140000-0x60141fff) is shared with root, but within 2 MiB", text)

    def test_devices_that_leave_linux_are_not_shared(self) -> None:
        regions = [(0x60000000, 0, 0x100000, 0x4F), (0x9040000, 0x9040000, 0x1000, 0x93)]
        data = oldblobs.cell(14, regions=regions, ivshmem=False)
        for tree, flags in ((True, IO_FLAGS), (False, IO_FLAGS | MEM["shared-with-root"])):
            _, cell = self.together(oldblobs.system(14, uart=bytes(32)), data, tree=tree)
            self.assertEqual(cell.config.elements("memory")[1]["flags"], flags)
            self.assertEqual("root does not share it" in str(cell.missing), tree)

    def test_the_hypervisors_memory_within_that_of_a_cell(self) -> None:
        system, _ = self.together(oldblobs.system(14, memory=(0x60100000, 0x400000)),
                                  oldblobs.cell(14))
        self.assertEqual(system.config.one("system")["hv_address"], 0)
        self.assertIn("shares 2 MiB with the memory of a cell", str(system.missing))

    def test_names_have_a_length(self) -> None:
        name = "n" * 31
        self.assertEqual(free_name(name, {name}), "n" * 29 + "-2")
        self.assertEqual(free_name(name, {name, "n" * 29 + "-2"}), "n" * 29 + "-3")
        self.assertEqual(valid_name("9 " + name), "c-9-" + "n" * 27)

    def test_consoles_that_only_the_guest_drives(self) -> None:
        uart = oldblobs.console(0x9040000, kind=8, flags=0x1003)
        system, cell = self.together(oldblobs.system(14, uart=uart), oldblobs.cell(14, uart=uart))
        self.assertEqual((cell.config.one("console")["type"], cell.config.one("console")["flags"]),
                         (8, 0x1003))
        system, = self.together(oldblobs.system(14, uart=uart))
        self.assertEqual(system.config.elements("console"), [])
        self.assertIn("the hypervisor has no driver for imx", str(system.missing))

    def test_flags_of_a_console_are_not_lost_silently(self) -> None:
        uart = oldblobs.console(0x9041000, kind=2, flags=0x2003, size=0x1000)
        system, = self.together(oldblobs.system(14, uart=uart))
        self.assertEqual(system.config.one("console")["flags"], 3)
        self.assertIn("flags mdr-quirk: the hypervisor does not know them", str(system.missing))
        cell = convert(self.cell(oldblobs.cell(14, uart=oldblobs.console(0x9040000, flags=0x43))),
                       Set())
        self.assertEqual(cell.config.one("console")["flags"], 3)
        self.assertIn("flags 0x40: the guest does not know", str(cell.missing))

    def test_the_console_of_linux_stays_with_it(self) -> None:
        """Jailhouse's demos share it with root; jh would take it away."""
        regions = [(0x9000000, 0x9000000, 0x1000, 0x93), *oldblobs.REGIONS]
        uart = oldblobs.console(0x9000000, size=0x1000)
        for tree in (True, False):
            with self.subTest(tree=tree):
                _, cell = self.together(oldblobs.system(14, uart=uart), oldblobs.cell(
                    14, regions=regions, uart=uart, flags=1, ivshmem=False), tree=tree)
                config = cell.config
                self.assertNotIn(0x9000000, [m["phys"] for m in config.elements("memory")])
                self.assertEqual(config.elements("console"), [])
                self.assertTrue(int(config.one("cell")["flags"]) & CELL["PUTC_ACTIVE"])
                self.assertRegex(str(cell.missing), r"region 0 .*: (Linux prints to /uart@9000000|"
                                 "it is the debug console, and root shares it): it stays")
        system, = self.together(oldblobs.system(14, uart=uart), tree=True)
        self.assertEqual(system.config.elements("console"), [])

    def test_a_console_without_registers_is_left_out(self) -> None:
        regions = [(0x10002040, 0x10002040, 0x40, 0x93), *oldblobs.REGIONS]
        uart = oldblobs.console(0x10002040)
        old = self.cell(oldblobs.cell(14, regions=regions, uart=uart, flags=1))
        result = convert(old, Set())
        self.accepted(result.config)
        self.assertEqual(result.config.elements("console"), [])
        self.assertIn("console at 0x10002040: the cell does not get its registers",
                      str(result.missing))

    def test_assignable_ranges_that_overlap_partly_are_joined(self) -> None:
        other = [(0x62000000, 0, 0x100000, 0x4F), (0x9040000, 0x9040000, 0x3000, 0x13),
                 (0, 0x80000000, 0x1000, 0x23)]
        third = [(0x63000000, 0, 0x100000, 0x4F), (0x9042000, 0x9042000, 0x2000, 0x13),
                 (0, 0x80000000, 0x1000, 0x23)]
        system, *_ = self.together(
            oldblobs.system(14), oldblobs.cell(14),
            *(oldblobs.cell(14, name, regions=regions, ivshmem=False, cpus=(cpu,))
              for name, regions, cpu in ((b"b", other, 1), (b"c", third, 2))))
        self.assertEqual([(w["address"], w["size"]) for w in system.config.elements("assignable")],
                         [(0x9040000, 0x4000)])

        inside = [(0x62000000, 0, 0x100000, 0x4F), (0x9040000, 0x9040000, 0x5000, 0x13),
                  (0, 0x80000000, 0x1000, 0x23)]
        system, *_ = self.together(
            oldblobs.system(14), oldblobs.cell(14),
            oldblobs.cell(14, b"b", regions=inside, ivshmem=False, cpus=(1,)),
            oldblobs.cell(14, b"c", regions=third, ivshmem=False, cpus=(2,)))
        self.assertEqual([(w["address"], w["size"]) for w in system.config.elements("assignable")],
                         [(0x9040000, 0x5000)])

    def test_flags_of_regions_are_not_lost_silently(self) -> None:
        """8: of registers before revision 12, else pages of 4 KiB; 15: since revision 12."""
        for revision, flags, words in (
                (10, 0x113, "limits on the width"), (10, 0x10F, ""), (12, 0x8013, "limits on the"),
                (12, 0x113, ""), (14, 0x80013, "limits on the width"), (10, 0x8013, "flags 0x8000"),
                (14, 0x100013, "region 0 (0x9040000-0x9040fff): unknown flags 0x100000"),
                (15, 0x80000000013, "unknown flags 0x80000000000")):
            with self.subTest(revision=revision, flags=flags):
                data = oldblobs.cell(revision, ivshmem=False, flags=1, uart=bytes(32),
                                     regions=[(0x9040000, 0x9040000, 0x1000, flags)])
                told = [text for text in convert(self.cell(data), Set()).missing
                        if text.startswith("region 0") and "executed" not in text]
                self.assertEqual(len(told), int(bool(words)), told)
                self.assertIn(words, str(told))

    def test_hardware_numbers_of_cpus(self) -> None:
        data = oldblobs.cell(15, cpus=(0x100, 0x101))
        with self.assertRaisesRegex(ConfigError, "0x100, 0x101: import it with --tree"):
            convert(self.cell(data), Set())
        system = oldblobs.system(15, cpus=(0, 1, 0x100, 0x101))
        _, cell = self.together(system, data)
        self.assertEqual([c["cpu"] for c in cell.config.elements("cpu")], [2, 3])
        root = machine()
        for number, affinity in enumerate((0x100, 0x101, 0, 1)):
            root["cpus"][f"cpu@{number}"]["reg"] = affinity
        self.devices = Devices(facts.from_tree(dtb(root)))
        _, cell = self.together(system, data, tree=True)
        self.assertEqual([c["cpu"] for c in cell.config.elements("cpu")], [0, 1])

    def test_cut_damaged_or_foreign_is_refused(self) -> None:
        for data in (oldblobs.cell(10), oldblobs.cell(14), oldblobs.system(12),
                     oldblobs.system(15)):
            for length in range(len(data)):
                with self.assertRaises(ConfigError):
                    jailhouse.read(data[:length])
            rng = Random(1)
            for _ in range(300):
                damaged = bytearray(data)
                damaged[rng.randrange(len(data))] = rng.randrange(256)
                try:
                    old = jailhouse.read(bytes(damaged))
                    decode.decode(convert(old, Set()).config)
                except ConfigError:
                    pass
        for data in (b"", b"JHCELL\x0b\x00"):
            with self.assertRaises(ConfigError):
                jailhouse.read(data)
        with self.assertRaisesRegex(ConfigError, "for the architecture x86: jh runs on arm64"):
            jailhouse.read(b"JHCLL\x00\x0e\x00" + bytes(300))


YAML = """
reserved-memory:
  ranges: true
  vring@1: {reg: [{start: 0x1, size: 0x1}]}
domains:
  APU_Linux:
    compatible: openamp,domain-v1
    id: 0x1
    os,type: linux
    cpus:
      - {cluster: cpus_a53, cpumask: "0x3", mode: {secure: false, el: 0x3}}
    memory: [{dev: psu_ddr_0, start: "0x40000000", size: "512M"}]
    access: [{dev: serial0, flags: {requested: true}}, {}]
  rtos:
    compatible: openamp,domain-v1
    os,type: zephyr
    cpus: [{cluster: cpus_a53, cpumask: 0x8}]
    memory:
      - {start: 0x60000000, size: 4M, no-map: true}
    access:
      - {dev: serial1}
      - {dev: "timer@*"}
      - {dev: gpio@9030000, flags: {shared: true}}
      - {dev: nothing@1}
    domain-to-domain: {compatible: "openamp,domain-to-domain-v1"}
  RPU:
    compatible: openamp,domain-v1
    cpus: [{cluster: cpus_r5_0, cpumask: 0x1}]
"""

SHAPES = """
definitions:
  uarts: &uarts
    - dev: [serial1, ipi7]
      flags: 0
  more: &more
    - {dev: timer@2000, flags: [0]}
  ram: &ram
    - {start: 0x61000000, size: 2M}
  all: &all
    cpus: [{cluster: cpus_a53, cpumask: 0x8}]
    access: [{dev: "serial@5000"}]
domains:
  top:
    compatible: openamp,domain-v1
    os,type: linux
    cpus: [{cluster: cpus_a53, cpumask: 1, mode: }]
    access: [{dev: ["serial*", "uart*", "timer*"], flags: }]
    domains:
      rtos:
        compatible: ["openamp,domain-v1"]
        parent: /domains/top
        access:
          - <<+: *uarts
          - <<+: [*more]
          - {flags: 0}
        <<+: *all
        memory:
          - {start: 0x60000000, size: 4M}
          - <<+: *ram
          - {dev: PMC_OSPI_mem, start: 0xc0000000, size: 1M}
          - {start: 0x62000800, size: 0x800}
          - {start: 0x62001001, size: 0x1000}
        sram: [tcm]
        linker: {entry: main}
"""


class DomainTest(unittest.TestCase):

    def setUp(self) -> None:
        if __import__("importlib.util").util.find_spec("yaml") is None:
            self.skipTest("python3-yaml is not installed")
        self.devices = Devices(facts.from_tree(dtb(machine())))

    def test_import(self) -> None:
        result = domains.import_domains(YAML, self.devices)
        self.assertEqual(list(result.files), ["sys.toml", "rtos.toml"])
        system = source.compile_text(result.files["sys.toml"]).config
        cell = source.compile_text(result.files["rtos.toml"]).config
        if checker.find():
            self.assertEqual(checker.verdicts([blob.pack(system), blob.pack(cell)]), [None, None])
        self.assertEqual([c["cpu"] for c in cell.elements("cpu")], [3])
        self.assertEqual(cell.one("cell")["entry"], 0x60000000)
        self.assertEqual([d["path"] for d in cell.elements("device")],
                         ["/uart@9040000", "/soc/timer@2000"])
        self.assertEqual([p["address"] for p in system.elements("pool")], [0x60000000])
        text = "\n".join(result.missing)
        for words in ("cpus_r5_0 is no arm64 cluster", "\"nothing@1\": no such device",
                      "/gpio@9030000 is shared", "relations", "vring@1"):
            self.assertIn(words, text)

    def test_root_can_be_named(self) -> None:
        result = domains.import_domains(YAML, self.devices, "rtos")
        self.assertEqual(list(result.files), ["sys.toml", "APU_Linux.toml"])
        with self.assertRaisesRegex(ConfigError, "there are APU_Linux, rtos"):
            domains.import_domains(YAML, self.devices, "RPU")

    def test_bad_files_get_a_sentence(self) -> None:
        for text in ("", "[", "domains: 3", "domains: {a: {cpus: [{cluster: cpus_r5}]}}",
                     "domains: {a: {cpus: [{cluster: c, cpumask: x}]}}"):
            with self.subTest(text), self.assertRaises(ConfigError):
                domains.import_domains(text, self.devices)

    def test_lists_of_devices_and_merges(self) -> None:
        """As AMD's demos write it: dev is a list, <<+ appends what an anchor holds."""
        result = domains.import_domains(SHAPES, self.devices)
        cell = source.compile_text(result.files["rtos.toml"]).config
        self.assertEqual([d["path"] for d in cell.elements("device")],
                         ["/uart@9040000", "/soc/timer@2000", "/soc/serial@5000"])
        self.assertEqual([(m["phys"], m["size"]) for m in cell.elements("memory")
                          if not int(m["flags"]) & MEM["io"]],
                         [(0x60000000, 0x400000), (0x61000000, 0x200000)])
        text = "\n".join(result.missing)
        for words in ("rtos: access to \"ipi7\": no such device", "rtos: access without a dev",
                      "rtos: memory 0xc0000000-0xc00fffff was left out: the device tree has no "
                      "RAM there", "rtos: memory 0x62000800-0x62000fff was left out: it does not "
                      "consist of whole pages", "0x62001001-0x62002000 was left out: it does not",
                      "rtos: linker: nothing here reads it",
                      "rtos: sram \"tcm\" without a size"):
            self.assertIn(words, text)
        self.assertNotIn("is not among", text)

    def test_parents_by_path_and_what_they_share(self) -> None:
        text = SHAPES.replace('["serial*", "uart*", "timer*"]', '["serial*", "timer*"]')
        words = "rtos: /uart@9040000 is not among what its parent top accesses"
        self.assertIn(words, domains.import_domains(text, self.devices).missing)
        text = text.replace("flags: }]", "flags: }, {dev: serial1, flags: [shared]}]")
        self.assertNotIn(words, domains.import_domains(text, self.devices).missing)

    def test_a_mask_of_0(self) -> None:
        result = domains.import_domains(YAML.replace("cpumask: \"0x3\"", "cpumask: 0x0"),
                                        self.devices)
        self.assertEqual(list(result.files), ["sys.toml", "rtos.toml"])
        self.assertIn("APU_Linux: cluster cpus_a53: cpumask 0 names none", str(result.missing))
        result = domains.import_domains(YAML.replace("cpumask: 0x8", "cpumask: 0"), self.devices)
        self.assertEqual(list(result.files), ["sys.toml"])
        self.assertIn("rtos: without a CPU it becomes no cell", result.missing)

    def test_a_mask_without_a_cluster(self) -> None:
        result = domains.import_domains(YAML.replace("cluster: cpus_a53, cpumask: 0x8",
                                                     "cpumask: 0x8"), self.devices)
        cell = source.compile_text(result.files["rtos.toml"]).config
        self.assertEqual([c["cpu"] for c in cell.elements("cpu")], [3])
        self.assertIn("rtos: cpus: cpumask 0x8 without a cluster is taken for the machine's first "
                      "CPUs", result.missing)

    def test_the_mode_of_a_cluster(self) -> None:
        for mode, secure in (("{secure: true}", True), ("{secure: 'True'}", True), ("{}", False),
                             ("{secure: false}", False), ("{el: 2}", False), ("secure", False)):
            text = YAML.replace("cpumask: 0x8", f"cpumask: 0x8, mode: {mode}")
            result = domains.import_domains(text, self.devices)
            with self.subTest(mode):
                self.assertEqual("rtos: cluster cpus_a53: secure mode" in result.missing, secure)

    def test_flags_of_devices(self) -> None:
        for flags, shared, strange in (("0", False, ""), ("[0]", False, ""), ("", False, ""),
                                       ("3", False, "3"), ("[0, 5]", False, "5"),
                                       ("shared", True, ""), ("'shared,a'", True, ""),
                                       ("unshared", False, ""), ("[requested, shared]", True, ""),
                                       ("{shared: false}", False, ""), ("{shared: 1}", True, ""),
                                       ("[7, shared]", True, "7")):
            text = YAML.replace("{dev: serial1}", f"{{dev: serial1, flags: {flags}}}")
            result = domains.import_domains(text, self.devices)
            with self.subTest(flags):
                self.assertEqual("/uart@9040000" not in result.files["rtos.toml"], shared)
                words = f"rtos: access to \"serial1\": flag {strange} is no name"
                self.assertEqual(words in "\n".join(result.missing), bool(strange))

    def test_no_domain_is_lost_without_a_word(self) -> None:
        for cpus, words in (("", "rtos: without cpus it becomes no cell"),
                            ("cpus: 8", "rtos: cpus: \"8\" is neither a table nor a name"),
                            ("cpus: [[8.5]]", "rtos: cpus: \"8.5\" is neither"),
                            ("cpus: cpus_a53", "rtos: cluster cpus_a53: cpumask 0 names none")):
            text = YAML.replace("cpus: [{cluster: cpus_a53, cpumask: 0x8}]", cpus)
            self.assertNotEqual(text, YAML)
            result = domains.import_domains(text, self.devices)
            self.assertEqual(list(result.files), ["sys.toml"])
            self.assertIn(words, "\n".join(result.missing))
            self.assertRegex("\n".join(result.missing), "rtos: without (cpus|a CPU) it becomes no")

    def test_equal_keys_are_not_lost(self) -> None:
        """YAML takes the last one; but <<+ may be there several times."""
        text = YAML + "  rtos:\n    cpus: []\n"
        with self.assertRaisesRegex(ConfigError, 'has the key "rtos" a second time in line '
                                    f"{text.count(chr(10)) - 1}: one of them would be lost"):
            domains.import_domains(text, self.devices)
        text = YAML.replace("domains:\n", "x: &x\n  access: [{dev: serial0}]\ny: &y\n  access: "
                            "[{dev: serial@5000}]\ndomains:\n", 1)
        text = text.replace("  rtos:\n", "  rtos:\n    <<+: *x\n    <<+: *y\n")
        self.assertNotEqual(text, YAML)
        cell = source.compile_text(domains.import_domains(text, self.devices)
                                   .files["rtos.toml"]).config
        self.assertIn("/soc/serial@5000", [d["path"] for d in cell.elements("device")])

    def test_references_without_an_end(self) -> None:
        bomb = "a0: &a0 [1, 1]\n" + "".join(
            f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40))
        for text, words in (("a: &a [*a]\n", r"an anchor \(&\) within which"),
                            ("a: &a {b: [{c: *a}]}\n", "an anchor"),
                            (bomb, "more than 100000 values"), ("[" * 3000, "nested too deeply")):
            with self.subTest(words), self.assertRaisesRegex(ConfigError, words):
                domains.import_domains(text + YAML, self.devices)

    def test_cpus_that_are_not_there(self) -> None:
        result = domains.import_domains(YAML.replace("cpumask: 0x8", "cpumask: 0x38"), self.devices)
        self.assertIn("rtos: cluster cpus_a53: there is no CPU 4, 5, the machine has 4",
                      result.missing)
        self.assertIn("cpus = [3]", result.files["rtos.toml"])
        result = domains.import_domains(YAML.replace("cpumask: 0x8", "cpumask: 0xf0"), self.devices)
        self.assertEqual(list(result.files), ["sys.toml"])

    def test_what_is_missing_is_told_of_a_failure_too(self) -> None:
        for text, words in ((YAML.replace("cpus_a53", "cpus_r52"), "rtos: cluster cpus_r52"),
                            (YAML.replace("start: 0x60000000", "start: high"),
                             "APU_Linux: its relations")):
            text = text.replace("[{dev: serial0, flags: {requested: true}}, {}]\n",
                                "[]\n    domain-to-domain: {}\n")
            missing: list[str] = []
            with self.assertRaises(ConfigError):
                domains.import_domains(text, self.devices, "", missing)
            self.assertIn(words, "\n".join(missing))

    def test_names_of_domains_differ(self) -> None:
        text = YAML.replace("  RPU:\n", "  'r t':\n    cpus: [{cluster: cpus_a53, cpumask: 4}]\n"
                            "  r/t:\n    cpus: [{cluster: cpus_a53, cpumask: 2}]\n"
                            "  sys:\n    cpus: [{cluster: cpus_a53, cpumask: 1}]\n  RPU:\n")
        result = domains.import_domains(text, self.devices)
        self.assertEqual(list(result.files), ["sys.toml", "rtos.toml", "r-t.toml", "r-t-2.toml",
                                              "sys-2.toml"])
        self.assertIn("r/t: its name became r-t-2", result.missing)
        self.assertIn('name = "r-t-2"\n', result.files["r-t-2.toml"])

    def test_nested_domains_and_parents(self) -> None:
        text = YAML.replace("  rtos:\n", "    domains:\n      child:\n        compatible: "
                            "openamp,domain-v1\n        cpus: [{cluster: cpus_a53, cpumask: 4}]\n"
                            "        access: [{dev: serial1}]\n  rtos:\n")
        result = domains.import_domains(text, self.devices)
        self.assertIn("child.toml", result.files)
        self.assertIn("/uart@9040000 is not among what its parent APU_Linux accesses",
                      "\n".join(result.missing))

    def test_masks_count_from_the_cluster(self) -> None:
        root = machine()
        root["cpus"]["cpu-map"] = {f"cluster{n}": {f"core{i}": {"cpu": 20 + 2 * n + i}
                                                   for i in range(2)} for n in range(2)}
        text = YAML.replace("cpus_a53, cpumask: 0x8", "cpus_a78_1, cpumask: 2")
        result = domains.import_domains(text, Devices(facts.from_tree(dtb(root))))
        self.assertIn("cpus = [3]", result.files["rtos.toml"])
        with self.assertRaisesRegex(ConfigError, "more than 64 bits"):
            domains.import_domains(text.replace("cpumask: 2", f"cpumask: {1 << 70}"), self.devices)

    def test_export_comes_back(self) -> None:
        first = domains.import_domains(YAML, self.devices)
        members = []
        for name, text in first.files.items():
            config = source.compile_text(text).config
            members.append(Member(name, config, blob.pack(config)))
        text = domains.export_domains(members[0], members[1:], self.devices)
        second = domains.import_domains(text, self.devices)
        self.assertEqual(source.compile_text(second.files["rtos.toml"]).config, members[1].config)
        self.assertEqual(source.compile_text(second.files["sys.toml"]).config, members[0].config)

# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Import of Jailhouse's binaries and of domain YAML; export of the latter."""

from __future__ import annotations

import struct
import unittest
from random import Random

from jhconf import blob, checker, decode, domains, facts, jailhouse, source
from jhconf.blob import Config
from jhconf.devices import Devices
from jhconf.errors import ConfigError
from jhconf.findings import Member
from jhconf.source import CELL, IO_FLAGS, MEM
from jhconf.tests.dtb import dtb, machine

PL011 = struct.pack("<QIHHIIQ", 0x9040000, 0x1000, 3, 3, 0, 0, 0)
REGIONS = [
    (0x60000000, 0, 0x100000, 0x4F),                # RAM: rwx, DMA, loadable
    (0x9040000, 0x9040000, 0x1000, 0x13),           # UART
    (0x10002000, 0x10002000, 0x100, 0x40013),       # less than a page, 32-bit accesses only
    (0, 0x80000000, 0x1000, 0x23),                  # communication region
    (0x61000000, 0x61000000, 0x1000, 0x81),         # ivshmem: state table
    (0, 0, 0, 0),                                   # no common region
    (0x61001000, 0x61001000, 0x1000, 0x83),         # output of peer 0
    (0x61002000, 0x61002000, 0x1000, 0x81),         # output of peer 1
]


def old_cell(revision: int, name: bytes = b"gic demo", signature: bool = True,
             flags: int = 0xC0000001) -> bytes:
    """A cell in their layout: CPU 3, the regions above, SPIs 8 and 100, an ivshmem device."""
    head = b"JHCELL" if revision == 12 else b"JHCLL\x02"
    cpus = struct.pack("<Q", 8) if revision < 15 else struct.pack("<Q8x", 3)
    counts = (1 if revision == 15 else 8, len(REGIONS), 1, 1, 0, 1, 1, 2)
    desc = struct.pack("<32s11IQQ", name, 0, flags, *counts, 100, 0x1000, 0)
    irqchip = struct.pack("<QII4I", 0x8000000, 0, 32, 1 << 8, 0, 0, 1 << 4)
    pci = struct.pack("<BBHH6IHHBBHHQIBBH", 3, 1, 0, 0, 0xFFFFF000, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                      0, 0, 4, 0, 2, 1)
    return ((head + struct.pack("<H", revision) if signature else bytes(8)) + desc + PL011 + cpus
            + b"".join(struct.pack("<4Q", *r) for r in REGIONS) + bytes(12) + irqchip + pci
            + bytes(8) + struct.pack("<2I", 0x870, 0x871))


def old_system(revision: int) -> bytes:
    head = b"JHSYST" if revision == 12 else b"JHSYS\x02"
    gic = (0x8000000, 0, 0, 0, 0x80A0000)
    iommu = struct.pack("<IQI", 3, 0x9050000, 0x20000)
    if revision == 12:
        platform = struct.pack("<BB5Q", 25, 3, *gic) + iommu + bytes(8 + 7 * 24)
    else:
        platform = iommu + bytes(12 + 7 * 28) + struct.pack("<BB2x5Q", 25, 3, *gic)
    return (head + struct.pack("<HI", revision, 0) + struct.pack("<4Q", 0x50000000, 0, 0x400000, 0)
            + PL011 + struct.pack("<QBBH", 0x8E00000, 0, 1, 1) + platform
            + old_cell(revision, b"QEMU", False))


class JailhouseTest(unittest.TestCase):

    def setUp(self) -> None:
        self.devices = Devices(facts.from_tree(dtb(machine())))

    def accepted(self, *configs: Config) -> None:
        if checker.find():
            found = checker.verdicts([blob.pack(config) for config in configs])
            self.assertEqual(found, [None] * len(configs))

    def test_cells_of_all_revisions(self) -> None:
        for revision in jailhouse.REVISIONS:
            with self.subTest(revision):
                old = jailhouse.read(old_cell(revision))
                assert isinstance(old, jailhouse.OldCell)
                result = jailhouse.convert(old, [], self.devices)
                config = result.config
                self.accepted(config)
                cell = config.one("cell")
                self.assertEqual((cell["name"], cell["entry"], cell["comm_address"]),
                                 ("gic-demo", 0x1000, 0x80000000))
                self.assertEqual(cell["flags"], CELL["PASSIVE_COMM"] | CELL["PUTC"]
                                 | CELL["PUTC_ACTIVE"])
                self.assertEqual([c["cpu"] for c in config.elements("cpu")], [3])
                self.assertEqual([(m["phys"], m["virt"], m["flags"], m["device"])
                                  for m in config.elements("memory")],
                                 [(0x60000000, 0, 0xF | MEM["loadable"], 0),
                                  (0x9040000, 0x9040000, IO_FLAGS, 1)])
                self.assertEqual([(i["intid"], i["device"]) for i in config.elements("irq")],
                                 [(40, 1)])
                self.assertEqual(config.one("console")["type"], 3)

    def test_what_has_no_equivalent_is_listed(self) -> None:
        old = jailhouse.read(old_cell(14, flags=0x4))
        text = "\n".join(jailhouse.convert(old, []).missing)
        for words in ("\"gic demo\" became \"gic-demo\"", "AARCH32", "ivshmem device 00:00.0",
                      "0x61001000-0x61001fff", "region 2 (0x10002000-0x100020ff) is smaller",
                      "region 2 (0x10002000-0x100020ff): limits on the width",
                      "interrupt 132 of a virtual PCI", "cache regions (1)", "0x870, 0x871",
                      "level is assumed"):
            self.assertIn(words, text)

    def test_systems_with_their_cells(self) -> None:
        for revision in jailhouse.REVISIONS:
            with self.subTest(revision):
                old, cell = jailhouse.read(old_system(revision)), jailhouse.read(old_cell(revision))
                assert isinstance(cell, jailhouse.OldCell)
                result = jailhouse.convert(old, [cell], self.devices)
                config = result.config
                self.accepted(config, jailhouse.convert(cell, []).config)
                system = config.one("system")
                self.assertEqual((system["hv_address"], system["hv_size"], system["gic_version"],
                                  system["maintenance_irq"], system["gicd_base"],
                                  system["gicr_base"], system["gicr_size"]),
                                 (0x50000000, 0x400000, 3, 25, 0x8000000, 0x80A0000, 0xF60000))
                self.assertEqual([(p["address"], p["size"]) for p in config.elements("pool")],
                                 [(0x60000000, 0x200000)])
                self.assertIn("IOMMU at 0x9050000", "\n".join(result.missing))

    def test_mirrored_frames_are_the_trees(self) -> None:
        """As their ZynqMP does: the last mirror of GICC and GICV, so that 0x1000 is beside it."""
        root = machine(2)
        root["intc@8000000"]["reg"][4:] = [0, 0x8020000, 0, 0x20000, 0, 0x8040000, 0, 0x20000,
                                           0, 0x8060000, 0, 0x20000]
        root["firmware"] = {"compatible": "xlnx,zynqmp-firmware"}
        old = jailhouse.read(old_system(14))
        assert isinstance(old, jailhouse.OldSystem)
        old.gic_version = 2
        old.gic |= {"gicc": 0x802F000, "gich": 0x8040000, "gicv": 0x906F000}
        result = jailhouse.convert(old, [], Devices(facts.from_tree(dtb(root))))
        system = result.config.one("system")
        self.assertEqual([system[f"gic{x}_base"] for x in "dchv"],
                         [0x8000000, 0x8020000, 0x8040000, 0x906F000])
        self.assertEqual((system["gicc_size"], system["firmware"]), (0x20000, 1))
        self.assertIn("GICV at 0x906f000: the tree says 0x8060000", str(result.missing))
        self.accepted(result.config)

    def test_cut_damaged_or_foreign_is_refused(self) -> None:
        for data in (old_cell(12), old_cell(14), old_system(12), old_system(15)):
            for length in range(len(data)):
                with self.assertRaises(ConfigError):
                    jailhouse.read(data[:length])
            rng = Random(1)
            for _ in range(300):
                damaged = bytearray(data)
                damaged[rng.randrange(len(data))] = rng.randrange(256)
                try:
                    old = jailhouse.read(bytes(damaged))
                    decode.decode(jailhouse.convert(old, []).config)
                except ConfigError:
                    pass
        for data in (b"", b"JHCELL\x0d\x00", b"JHCLL\x00\x0e\x00" + bytes(300)):
            with self.assertRaises(ConfigError):
                jailhouse.read(data)


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

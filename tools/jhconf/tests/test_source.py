# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Sources: their configurations, and messages about mistakes in them."""

import unittest

from jhconf import blob, decode, schema, source
from jhconf.errors import ConfigError
from jhconf.flags import CELL, IO_FLAGS, MEM, RAM_FLAGS
from jhconf.tests.dtb import dtb, machine
from jhconf.tree import Tree

MINIMAL = 'name = "rtos"\ncpus = [3]\nmemory = "16M"\nconsole = "hypervisor"\n'
SYSTEM = 'name = "m"\nhypervisor = { size = "1M" }\npool = "64M"\n'


def compiled(text: str, tree: Tree | None = None) -> blob.Config:
    return source.compile_text(text, tree).config


class SourceTest(unittest.TestCase):

    def setUp(self) -> None:
        self.tree = Tree(dtb(machine()))

    def refused(self, text: str, pattern: str, tree: Tree | None = None) -> None:
        with self.assertRaises(ConfigError) as caught:
            blob.pack(source.compile_text(text, tree).config)
        self.assertRegex(caught.exception.text("f.toml", text), pattern)

    def test_minimal_cell(self) -> None:
        config = compiled(MINIMAL)
        self.assertEqual(config.one("memory"),
                         blob.element("memory", size=16 << 20, flags=RAM_FLAGS | MEM["auto"]))
        self.assertEqual(config.one("cell")["comm_address"], 0x80000000)
        self.assertEqual(config.one("cell")["flags"], CELL["PUTC"] | CELL["PUTC_ACTIVE"])
        self.assertEqual(config.elements("console"), [])

    def test_devices_from_the_tree(self) -> None:
        config = compiled(MINIMAL.replace('"hypervisor"', '"serial1"')
                          + 'devices = ["serial1", "timer@2000"]\n', self.tree)
        self.assertEqual([d["path"] for d in config.elements("device")],
                         ["/uart@9040000", "/soc/timer@2000"])
        self.assertEqual(config.elements("memory")[1:], [
            blob.element("memory", phys=0x9040000, virt=0x9040000, size=0x1000, flags=IO_FLAGS,
                         device=1),
            blob.element("memory", phys=0x10002000, virt=0x10002000, size=0x1000, flags=IO_FLAGS,
                         device=2)])
        self.assertEqual([(i["intid"], i["flags"], i["device"]) for i in config.elements("irq")],
                         [(40, 0, 1), (68, 0, 2), (69, 1, 2)])
        self.assertEqual(config.one("console"), blob.element(
            "console", address=0x9040000, size=0x1000, type=3, flags=3))

    def test_virtual_console(self) -> None:
        uart = MINIMAL.replace('"hypervisor"', '"uart"')
        config = compiled(uart)
        self.assertEqual(config.one("console"), blob.element(
            "console", address=0x9000000, size=0x1000, type=3, flags=0x4003))
        self.assertEqual(config.one("cell")["console_irq"], 33)
        self.assertEqual(config.one("cell")["flags"], 0)
        # Where the cell has something else, the next place is taken.
        config = compiled(uart.replace('"16M"', '"160M"')
                          + "[[irq]]\nintid = 33\n[[irq]]\nintid = 34\n")
        self.assertEqual(config.one("console")["address"], 0xA000000)
        self.assertEqual(config.one("cell")["console_irq"], 35)
        config = compiled(uart + "comm = 0x9000000\n")
        self.assertEqual(config.one("console")["address"], 0xA000000)
        # No list registers, no interrupt.
        direct = 'trusted = true\ninterrupts = "direct"\n'
        self.assertEqual(compiled(uart + direct).one("cell")["console_irq"], 0)
        table = MINIMAL.replace('console = "hypervisor"',
                                '[console]\ntype = "uart"\naddress = 0xff000000\nirq = 53')
        config = compiled(table)
        self.assertEqual((config.one("console")["address"], config.one("cell")["console_irq"]),
                         (0xFF000000, 53))
        again = source.compile_text(decode.decode(config)).config
        self.assertEqual(blob.pack(again), blob.pack(config))
        self.refused(table.replace("irq", "size"), 'f.toml:7: console.size: there is no key "size"')

    def test_interrupts_elsewhere_are_noted(self) -> None:
        result = source.compile_text(MINIMAL + 'devices = ["serial@5000"]\n', self.tree)
        self.assertEqual(len(result.notes), 1)
        self.assertIn("gpio@9030000", result.notes[0])

    def test_memory_defaults(self) -> None:
        config = compiled('name = "a"\ncpus = "1,3-5"\nmemory = ["1M", { size = "2M", '
                          'phys = 0x40000000 }, { phys = 0x9000000, size = "4K", '
                          'flags = ["read", "io"] }]\n')
        first, second, third = config.elements("memory")
        self.assertEqual((second["virt"], second["flags"]), (1 << 20, RAM_FLAGS))
        self.assertEqual(third["virt"], 0x9000000)
        self.assertEqual(first["virt"], 0)
        self.assertEqual([c["cpu"] for c in config.elements("cpu")], [1, 3, 4, 5])

    def test_memory_at_an_address(self) -> None:
        short = 'name = "a"\ncpus = [1]\nmemory = ["64M@0x40000000", "1M", "2M @ 0x60000000"]\n'
        long = ('name = "a"\ncpus = [1]\nentry = 0x40000000\nmemory = ['
                '{ size = "64M", virt = 0x40000000 }, { size = "1M", virt = 0x44000000 }, '
                '{ size = "2M", virt = 0x60000000 }]\n')
        self.assertEqual(blob.pack(compiled(short)), blob.pack(compiled(long)))
        one = compiled(MINIMAL.replace('"16M"', '"16M@0x8000000"'))
        self.assertEqual((one.one("memory")["virt"], one.one("cell")["entry"]),
                         (0x8000000, 0x8000000))
        again = compiled(decode.decode(one))
        self.assertEqual(blob.pack(again), blob.pack(one))
        self.assertEqual(compiled(MINIMAL + "entry = 0x1000\n").one("cell")["entry"], 0x1000)

    def test_entry_0_is_kept_beside_ram_elsewhere(self) -> None:
        config = compiled('name = "a"\ncpus = [1]\nentry = 0\n'
                          'memory = ["1M@0x40000000", "1M@0"]\n')
        self.assertEqual(blob.pack(compiled(decode.decode(config))), blob.pack(config))

    def test_a_device_at_an_address(self) -> None:
        config = compiled(MINIMAL.replace('"hypervisor"', '"serial1"') + 'devices = ['
                          '{ path = "serial1", at = 0x9000000 }, { path = "timer@2000" }]\n',
                          self.tree)
        uart, timer = config.elements("memory")[1:]
        self.assertEqual((uart["phys"], uart["virt"]), (0x9040000, 0x9000000))
        self.assertEqual((timer["phys"], timer["virt"]), (0x10002000, 0x10002000))
        self.assertEqual(config.one("console")["address"], 0x9000000)
        self.assertEqual([(i["intid"], i["device"]) for i in config.elements("irq")],
                         [(40, 1), (68, 2), (69, 2)])

    def test_only_the_first_registers_move(self) -> None:
        tree = machine()
        tree["pair@9080000"] = {"compatible": "x,pair", "interrupts": [0, 9, 4],
                                "reg": [0, 0x9080100, 0, 0x100, 0, 0x9090000, 0, 0x1000]}
        config = compiled(MINIMAL + 'devices = [{ path = "pair@9080000", at = 0x5000100 }]\n',
                          Tree(dtb(tree)))
        self.assertEqual([(m["phys"], m["virt"]) for m in config.elements("memory")[1:]],
                         [(0x9080000, 0x5000000), (0x9090000, 0x9090000)])

    def test_registers_before_the_first_ones_need_room(self) -> None:
        tree = machine()
        tree["pair@9081000"] = {"compatible": "x,pair", "interrupts": [0, 9, 4],
                                "reg": [0, 0x9081000, 0, 0x1000, 0, 0x9080000, 0, 0x1000]}
        text = 'devices = [{ path = "pair@9081000", at = %s }]\n'
        config = compiled(MINIMAL + text % "0x40001000", Tree(dtb(tree)))
        self.assertEqual([(m["phys"], m["virt"]) for m in config.elements("memory")[1:]],
                         [(0x9080000, 0x40000000)])
        self.refused(MINIMAL + text % "0", r"f.toml:5: devices\[0\].at: 0x0 leaves no room for its "
                     "registers at 0x9080000, which come before 0x9081000: 0x1000 or more",
                     Tree(dtb(tree)))

    def test_mistakes_in_short_forms(self) -> None:
        memory = {'"16M@"': '"" is no number', '"16M@here"': '"here" is no number',
                  '"@0x1000"': '"" is no size', '"16X@0"': '"16X" is no size',
                  '["1M", "1M@-1"]': "-1 is negative"}
        for text, pattern in memory.items():
            with self.subTest(text):
                self.refused(MINIMAL.replace('"16M"', text), "f.toml:3: memory.*" + pattern)
        devices = {'{ path = "serial1", at = 0x9000004 }':
                       r"devices\[0\].at: 0x9000004 is not where 0x9040000 is in its page",
                   '{ path = "serial1", to = 1 }': 'there is no key "to"',
                   '{ path = "serial1", att = 1 }': 'did you mean "at"',
                   "{ at = 0x9000000 }": 'has no path: add path = "serial1"',
                   '{ path = "hidden", at = 0 }': "no registers",
                   '{ path = "serial1", at = "up" }': '"up" is no number'}
        for text, pattern in devices.items():
            with self.subTest(text):
                self.refused(MINIMAL + f"devices = [{text}]\n", "f.toml:5: .*" + pattern,
                             self.tree)

    def test_sizes_are_numbers_too(self) -> None:
        for size in ("0x1000000", "16777216", '"16M"', '["16M"]', "[0x1000000]"):
            self.assertEqual(compiled(MINIMAL.replace('"16M"', size)), compiled(MINIMAL))
        text = SYSTEM + 'gic = "tree"\n'
        self.assertEqual(compiled(text.replace('"64M"', "0x4000000"), self.tree),
                         compiled(text, self.tree))

    def test_ram_at_address_0_is_not_automatic(self) -> None:
        config = compiled('name = "a"\ncpus = [1]\n[[memory]]\nphys = 0\nsize = "1M"\n')
        self.assertEqual(config.one("memory")["flags"], RAM_FLAGS)
        again = compiled(decode.decode(config))
        self.assertEqual(blob.pack(again), blob.pack(config))

    def test_system_from_the_tree(self) -> None:
        config = compiled(SYSTEM + 'console = "serial0"\nassignable = ["serial1", '
                          '{ address = 0x10002000, size = "4K" }]\n', self.tree)
        self.assertEqual([(u["kind"], u["index"], u["size"], u["argument"])
                          for u in config.elements("unit")],
                         [(1, 0, 0x10000, 25), (2, 0, 0xF60000, 0)])
        self.assertEqual(config.one("console")["address"], 0x9000000)
        self.assertEqual([w["address"] for w in config.elements("assignable")],
                         [0x9040000, 0x10002000])
        self.assertEqual(config.one("pool")["flags"], 1)

    def test_mistakes(self) -> None:
        cases = {
            'name = "a"\n': "f.toml: has no cpus",
            "cpus = [1]\n": "f.toml: has no name",
            MINIMAL + "memori = 1\n": 'f.toml:5: memori: there is no key "memori"; did you mean '
                                      '"memory"',
            MINIMAL.replace('"16M"', '"16X"'): 'f.toml:3: memory.*"16X" is no size',
            MINIMAL.replace("[3]", "[-3]"): r"f.toml:2: cpus\[0\]: -3 is negative: write 0 or more",
            MINIMAL.replace("[3]", '"3-"'): 'f.toml:2: cpus: "3-" is no list',
            MINIMAL.replace("[3]", "[true]"): "f.toml:2: .*true is no number: write one",
            MINIMAL + 'entry = "zero"\n': 'f.toml:5: entry: "zero" is no number: write',
            MINIMAL + 'trusted = "yes"\n': 'f.toml:5: trusted: "yes" is neither true nor false',
            MINIMAL.replace('"16M"', "true"): r"f.toml:3: memory: true is no memory: write a size "
                                              r'such as "16M", or tables: \[\[memory\]\]',
            MINIMAL.replace("[3]", "3"): r"f.toml:2: cpus: 3 is no list of CPUs: write \[2, 3\]",
            MINIMAL.replace('"rtos"', "[]"): "f.toml:1: name: a list is no text: put one in",
            MINIMAL + "[[memory]]\n": "f.toml: is not valid TOML",
            'name = "a"\ncpus = [1]\n[[memory]]\nsize = "1M"\nflags = "read"\n':
                r'f.toml:5: memory\[0\].flags: "read" is no list of words: write \["read", ...\]',
            SYSTEM + "root = 1\n": "f.toml:4: root: 1 is no table: write { memory = ... }",
            'name = "m"\npool = "1M"\nhypervisor = "1M"\n':
                'f.toml:3: hypervisor: "1M" is no table: write { address = ..., size = ... }',
            MINIMAL.replace("[3]", "[]"): r"f.toml:2: cpus: is empty: name a CPU, such as \[3\]",
            MINIMAL + 'name = "b"\n': "f.toml: is not valid TOML: a key is there for the second "
                                      "time .*line 5",
            MINIMAL + 'putc = "no"\n': "f.toml:5: putc: contradicts",
            MINIMAL + 'interrupts = "fast"\n': 'f.toml:5: interrupts: must be "virtual" or '
                                               '"direct"',
            MINIMAL + 'wfi = "tarp"\n': 'f.toml:5: wfi: "tarp" is none of its words; did you mean '
                                        '"trap"',
            MINIMAL.replace('"hypervisor"', '"hypervsior"'):
                'f.toml:4: console: "hypervsior" is no console; did you mean "hypervisor"',
            MINIMAL.replace('console = "hypervisor"', '[console]\naddress = 1\ntype = "pl011"'):
                "f.toml:4: console: has no size: add size = 0x1000",
            MINIMAL.replace('console = "hypervisor"', '[console]\nsize = 1\ntype = "pl011"'):
                "f.toml:4: console: has no address: add address = 0x",
            MINIMAL.replace('console = "hypervisor"', '[console]\nsize = 1\naddress = 1'):
                'f.toml:4: console: has no type: add type = "pl011"',
            MINIMAL + 'devices = "serial1"\n': r'f.toml:5: devices: must be a list: \["serial1"\]',
            MINIMAL + "irq = 3\n": r"f.toml:5: irq: must be tables: \[\[irq\]\], with two brackets",
            MINIMAL + '[[irq]]\ntrigger = "edge"\n': r"f.toml:5: irq\[0\]: has no intid: add intid",
            MINIMAL + "assignable = []\n": 'f.toml:2: cpus: there is no key "cpus" here: this file '
                                        "describes a system, because it has assignable",
            MINIMAL + "[gci]\n": 'f.toml:5: gci: there is no key "gci"',
            'name = "m"\npools = "1M"\n': 'f.toml:2: pools: there is no key "pools"; did you mean '
                                          '"pool"',
            SYSTEM + 'gic = "tre"\n': 'f.toml:4: gic: "tre" is none of its words; did you mean '
                                      '"tree"',
            SYSTEM + "gic = 3\n": 'f.toml:4: gic: must be "tree" or a table',
            SYSTEM.replace('pool = "64M"', "pool = true") + "[gic]\n":
                "f.toml:3: pool: must be tables",
            SYSTEM.replace('pool = "64M"\n', "[[pool]]\naddress = 0\n") + "[gic]\n":
                r'f.toml:3: pool\[0\]: has no size: add size = "64M"',
            MINIMAL + 'devices = ["serial1"]\n': r"f.toml:5: devices\[0\]: a device by name needs "
                                                 "a device tree",
            MINIMAL + "x = \n": "f.toml: is not valid TOML: .*line 5",
            MINIMAL + "[[irq]]\nintid = 40\n[[irq]]\nintid = 41\ntrigger = \"up\"\n":
                r'f.toml:9: irq\[1\].trigger: there is no choice "up"',
            MINIMAL + '[[irq]]\nintid = 40\ndevice = "/x"\n': 'f.toml:7: .*"/x" is no device of',
            SYSTEM + 'cpus = [1]\n': 'f.toml:4: cpus: there is no key "cpus"',
            SYSTEM: "f.toml: gic: gic = \"tree\" needs a device tree",
            SYSTEM + '[root]\nmemory = "some"\n': 'f.toml:5: root.memory: must be "all", "listed" '
                                                  'or "learn"',
            SYSTEM + 'root = { memory = "lsited" }\n': 'f.toml:4: root.memory: .* mean "listed"',
            SYSTEM + "[gic]\nversion = 3\ngicd = { adress = 1 }\n":
                'f.toml:6: gic.gicd.adress: .*did you mean "address"',
            SYSTEM + 'windows = ["serial1"]\n': 'f.toml:4: windows: there is no key "windows" any '
                                                'more: it is called "assignable" now',
            SYSTEM + "[gic]\nversion = 4\n": "f.toml:5: gic.version: 4 is no version that jh knows",
            SYSTEM + "[gic]\ngicr = {}\nversion = 2\n":
                "f.toml:6: gic.version: is 2, but these are frames of a GICv3: a GICv2 has gicd, "
                "gicc, gich, gicv",
            SYSTEM + "[gic]\ngicd = [{}]\n": "f.toml:5: gic.gicd: a list is no table",
            SYSTEM + "[gic]\nits = [{ size = 1 }, { sise = 1 }]\n":
                r'f.toml:5: gic.its\[1\].sise: .*did you mean "size"',
            f'name = "{"a" * 32}"\ncpus = [1]\n': "f.toml:1: name: .*too long: 31",
            'name = "a"\ncpus = [4294967296]\n': "does not fit into 32 bits",
        }
        for text, pattern in cases.items():
            with self.subTest(pattern):
                self.refused(text, pattern)

    def test_mistakes_with_a_tree(self) -> None:
        cases = {
            MINIMAL + 'devices = ["virtio@a000000"]\n': r"f.toml:5: devices\[0\]: .*shares the",
            MINIMAL + 'devices = ["uart"]\n': r"f.toml:5: devices\[0\]: .*fits several",
            MINIMAL.replace('"hypervisor"', '"serial1"'): "f.toml:4: console: .*no device of this",
            SYSTEM + 'console = "seral0"\n': 'f.toml:4: console: .*no device "seral0".*near it: '
                                             "serial0",
            SYSTEM + 'console = "timer@2000"\n': "f.toml:4: console: .*no UART that jh can drive",
            SYSTEM + 'assignable = ["sensor"]\n': r"f.toml:4: assignable\[0\]: .*no registers",
        }
        for text, pattern in cases.items():
            with self.subTest(pattern):
                self.refused(text, pattern, self.tree)

    def test_the_schema_is_consistent(self) -> None:
        for record in (*schema.RECORDS, schema.HEADER, schema.SECTION_ENTRY):
            record.offsets()
        self.assertEqual(schema.HEADER.size, schema.HEADER_SIZE)
        self.assertEqual(schema.SECTION_ENTRY.size, schema.SECTION_SIZE)

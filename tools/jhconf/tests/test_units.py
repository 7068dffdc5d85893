# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Units: a row of the schema's table takes effect everywhere, even one that is added today."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from jhconf import checker, create, decode, facts, schema, source
from jhconf.devices import Devices
from jhconf.tests.dtb import dtb, machine
from jhconf.values import Unspellable

TOP = Path(__file__).resolve().parents[3]
# The checker's objects, as every build takes them.
LIB = re.findall(r"(\w+)\.o", (TOP / "hypervisor/lib/lib.mk").read_text(encoding="utf-8"))
ROWS = '''
    Kind("JH_UNIT_SMMU", 40, "smmu", "system MMU", 0x10000, 0, 0x1000, 3, ("root",)),
    Kind("JH_UNIT_MAILBOX", 41, "mailbox", "mailbox of firmware", 0x1000, 0x2000, 0x1000, 1, ()),
)
'''
SYSTEM = '''
name = "m"
pool = "2M"
assignable = [{ address = 0x9040000, size = "4K" }]
smmu = [{ address = 0x9050000, size = "64K" }, { address = 0x9060000, size = "128K" }]
mailbox = { address = 0x9080000, size = "4K" }
[gic]
maintenance = 25
gicd = { address = 0x8000000, size = "64K" }
gicr = { address = 0x80a0000, size = 0xf60000 }
'''
CELL = '''
name = "a"
cpus = [1]
memory = ["1M", { phys = ADDR, size = "4K", flags = ["read", "io"] }]
'''


class FutureTest(unittest.TestCase):
    """A copy of jhconf and of the checker with two more rows in the table of kinds."""

    @classmethod
    def setUpClass(cls) -> None:
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = Path(folder.name)
        shutil.copytree(TOP / "tools/jhconf", cls.folder / "jhconf",
                        ignore=shutil.ignore_patterns("tests", "__pycache__", "check"))
        path = cls.folder / "jhconf/schema.py"
        text, count = re.subn(r"(?s)(^UNIT_KINDS = \(.*?)\n\)\n", lambda m: m[1] + ROWS,
                              path.read_text(encoding="utf-8"), count=1, flags=re.M)
        assert count == 1
        path.write_text(text, encoding="utf-8")
        (cls.folder / "jh").mkdir()
        (cls.folder / "jh/config.h").write_text(cls.jhconf("header").stdout, encoding="utf-8")
        subprocess.run([os.environ.get("HOSTCC", "gcc"), "-std=gnu11", "-Wall", "-Wextra",
                        "-Werror", f"-I{cls.folder}", f"-I{TOP}/hypervisor",
                        f"-I{TOP}/hypervisor/uapi", "-o", cls.folder / "jh-check",
                        TOP / "tools/jhconf/check/jh-check.c",
                        *(TOP / f"hypervisor/lib/{name}.c" for name in LIB)], check=True)

    @classmethod
    def jhconf(cls, *words: str, jh_check: str = "") -> subprocess.CompletedProcess[str]:
        env = os.environ | {"JH_CHECK": jh_check or str(cls.folder / "jh-check"),
                            "PYTHONPATH": str(cls.folder)}
        return subprocess.run([sys.executable, "-m", "jhconf", *words], cwd=cls.folder, text=True,
                              check=False, capture_output=True, env=env)

    def compile(self, text: str, name: str = "s", *words: str,
                jh_check: str = "") -> subprocess.CompletedProcess[str]:
        (self.folder / f"{name}.toml").write_text(text, encoding="utf-8")
        return self.jhconf("compile", f"{name}.toml", "-o", f"{name}.cell", *words,
                           jh_check=jh_check)

    def compiled(self, text: str, name: str = "s") -> bytes:
        run = self.compile(text, name)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return (self.folder / f"{name}.cell").read_bytes()

    def test_there_and_back(self) -> None:
        data = self.compiled(SYSTEM)
        again = self.jhconf("decode", "s.cell").stdout
        self.assertIn("mailbox = { address = 0x9080000, size = \"4K\" }", again)
        self.assertEqual(self.compiled(again, "again"), data)

    def test_no_cell_gets_them(self) -> None:
        self.compiled(SYSTEM)
        for address, name in ((0x9050000, r"smmu\[0\] \(0x9050000-0x905ffff\)"),
                              (0x907F000, r"smmu\[1\] \(0x9060000-0x907ffff\)"),
                              (0x9080000, r"mailbox \(0x9080000-0x9080fff\)")):
            run = self.compile(CELL.replace("ADDR", hex(address)), "c", "--system", "s.cell")
            self.assertRegex(run.stderr, rf"memory\[1\] .* reaches into {name}, which no cell")
        run = self.compile(CELL.replace("ADDR", "0x9040000"), "c", "--system", "s.cell")
        self.assertEqual((run.returncode, run.stderr), (0, ""))

    def test_the_rules_of_the_table(self) -> None:
        for wrong, pattern in {
                SYSTEM.replace("0x9040000", "0x9080000"):
                    r"s.toml:4: assignable\[0\] .* overlaps mailbox \(0x9080000-0x9080fff\)",
                SYSTEM.replace("0x9060000", "0x9058000"):
                    r"s.toml:5: smmu\[1\] .* overlaps smmu\[0\]",
                SYSTEM.replace("0x9080000", "0x9080800"): r"s.toml:6: mailbox .* cannot have",
                SYSTEM.replace('0x9080000, size = "4K"', '0x9080000, size = "12K"'):
                    r"s.toml:6: mailbox .* has 12 KiB, which is more than .*, 8 KiB",
                SYSTEM.replace("smmu = [", 'smmu = [{ address = 0xa000000, size = "64K" }, '
                               '{ address = 0xb000000, size = "64K" }, '):
                    r"s.toml:5: smmu\[3\] .*: there are 4 of them, at most 3",
                }.items():
            with self.subTest(pattern):
                self.assertRegex(self.compile(wrong).stderr, pattern)

    def test_they_are_shown(self) -> None:
        self.compiled(SYSTEM)
        self.assertRegex(self.jhconf("show", "s.cell").stdout, r"system MMU +0x0009060000-")
        said = self.jhconf("explain", "s.cell", "0x9080000").stdout
        self.assertRegex(said, "belongs to the hypervisor: mailbox of firmware")
        self.assertRegex(self.jhconf("explain", "s.cell", "0x9050000").stdout,
                         "belongs to root .* It is system MMU: no cell may have it")
        self.assertIn("``JH_UNIT_SMMU``", self.jhconf("doc").stdout)

    def test_the_jh_of_today_does_not_know_them(self) -> None:
        today = checker.find()
        if today is None:
            self.skipTest("jh-check is not built")
        self.assertIn("unit[2] (0x9050000-0x905ffff) is of kind 40, which this jh does not know",
                      self.compile(SYSTEM, jh_check=today).stderr)


class ItsTest(unittest.TestCase):
    """The ITS is the unit of today that root keeps."""

    def setUp(self) -> None:
        self.root = machine()
        self.root["intc@8000000"] |= {"#address-cells": 2, "#size-cells": 2, "ranges": b""}
        for at in (0x8080000, 0x9100000):
            self.root["intc@8000000"][f"its@{at:x}"] = {
                "compatible": "arm,gic-v3-its", "msi-controller": b"", "reg": [0, at, 0, 0x20000]}

    def test_from_the_tree(self) -> None:
        text = create.create(facts.from_tree(dtb(self.root))).text
        self.assertIn("its = [  # interrupt translation service: stays with Linux", text)
        tree = facts.from_tree(dtb(self.root)).tree
        for config in (source.compile_text(text).config,
                       source.compile_text('name = "m"\npool = "2M"\n', tree).config):
            units = config.elements("unit")
            self.assertEqual([(u["kind"], u["index"], u["address"]) for u in units[2:]],
                             [(6, 0, 0x8080000), (6, 1, 0x9100000)])
            again = source.compile_text(decode.decode(config)).config
            self.assertEqual(again.elements("unit"), units)

    def test_two_of_what_is_one(self) -> None:
        config = source.compile_text('name = "m"\npool = "2M"\n',
                                     Devices(facts.from_tree(dtb(machine()))).tree).config
        units = config.elements("unit")
        self.assertIn("gicd = {", decode.decode(config))
        units.insert(1, {**units[0], "index": 1, "address": 0x7000000})
        with self.assertRaisesRegex(Unspellable, "gicd is there 2 times"):
            decode.decode(config)

    def test_fields_are_aligned_as_c_has_them(self) -> None:
        fields = [schema.Field("a", ctype, "") for ctype in ("u16", "u32", "u64", "char[48]")]
        self.assertEqual([(field.size, field.align) for field in fields],
                         [(2, 2), (4, 4), (8, 8), (48, 1)])

    def test_the_schema_is_in_order(self) -> None:
        numbers = [kind.value for kind in schema.UNIT_KINDS]
        self.assertEqual(numbers, sorted(set(numbers)))
        self.assertEqual([schema.gic_version(kind.value for kind in schema.needed_kinds(version))
                          for version in (2, 3)], [2, 3])
        self.assertEqual(schema.gic_version([]), 0)
        flags = {flag.toml for flag in schema.KIND_FLAGS}
        for kind in schema.UNIT_KINDS:
            self.assertLessEqual(set(kind.flags), flags)
            self.assertEqual(bool(kind.argument), kind.has("argument"))

# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""What jh-service asks of jhctl, and the units and scripts that call it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]

# Writes down how it is called; a cell is a directory whose file "wait" has the code of cell wait.
JHCTL = """#!/bin/sh
echo "$*" >>$LOG
cells=$JH_SYS/devices/virtual/misc/jh/cells
case "$1 ${2-}" in
"cell wait") [ -e $cells/$3/wait ] && exit $(cat $cells/$3/wait); exit 1 ;;
"cell destroy") rm -r $cells/$3 ;;
"cell run" | "cell linux") mkdir -p $cells/${MADE-rtos}; echo 1 >$cells/${MADE-rtos}/id ;;
"cell shutdown") [ "${4-}" ] || exit ${DENIED-0} ;;
"config compile") [ ! "${BROKEN-}" ] || exit 1; while [ $1 != --output ]; do shift; done; : >$2 ;;
esac
"""


class Service(unittest.TestCase):
    """jh-service over a jhctl that only writes down."""

    def setUp(self) -> None:
        self.top = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.top)
        for name in ("bin", "etc/cells.d"):
            (self.top / name).mkdir(parents=True)
        self.put("bin/jhctl", JHCTL).chmod(0o755)

    def put(self, name: str, text: str = "") -> Path:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
        return path

    def cell(self, name: str, wait: int, number: int = 1) -> Path:
        self.put(f"sys/devices/virtual/misc/jh/cells/{name}/id", f"{number}\n")
        return self.put(f"sys/devices/virtual/misc/jh/cells/{name}/wait", f"{wait}\n").parent

    def enabled(self, value: int = 1) -> None:
        self.put("sys/devices/virtual/misc/jh/enabled", f"{value}\n")

    def run_it(self, *words: str, code: int = 0, **more: str) -> list[str]:
        """Run jh-service; return the calls of jhctl and, behind them, what was said."""
        (self.top / "log").unlink(missing_ok=True)
        env = {"PATH": f"{self.top}/bin:{os.environ['PATH']}", "LOG": f"{self.top}/log",
               "JH_ETC": f"{self.top}/etc", "JH_RUN": f"{self.top}/run",
               "JH_SYS": f"{self.top}/sys"}
        done = subprocess.run([HERE / "jh-service", *words], env=env | more, capture_output=True,
                              text=True, check=False, timeout=30)
        self.assertEqual(done.returncode, code, done.stderr)
        log = self.top / "log"
        calls = log.read_text(encoding="ascii").splitlines() if log.exists() else []
        return [line.replace(f"{self.top}/", "") for line in calls + done.stderr.splitlines()]

    def test_enable(self) -> None:
        seen = self.run_it("enable", code=1)
        self.assertEqual(seen, ["jh-service: there is neither etc/system.cell nor "
                                f"{self.top}/etc/system.toml".replace(f"{self.top}/", "")])
        self.put("etc/system.toml")
        self.assertEqual(self.run_it("enable"), [
            "config compile etc/system.toml --tree sys/firmware/fdt --output run/system.cell",
            "enable run/system.cell"])
        self.assertEqual(len(self.run_it("enable", code=1, BROKEN="1")), 1)
        self.put("etc/system.cell")
        self.assertEqual(self.run_it("enable"), ["enable etc/system.cell"])
        self.enabled()
        self.assertEqual(self.run_it("enable"), [])

    def test_disable(self) -> None:
        self.assertEqual(self.run_it("disable"), [])
        self.enabled()
        self.cell("board", 1, 0)
        self.cell("ended", 0)
        self.cell("failed", 5)
        self.cell("runs", 7)
        self.assertEqual(self.run_it("disable"), [
            "cell wait ended --timeout 0", "cell destroy ended", "cell wait failed --timeout 0",
            "cell destroy failed", "cell wait runs --timeout 0", "disable"])

    def test_start(self) -> None:
        self.assertIn("cells.d/rtos.conf, which says", self.run_it("start", "rtos", code=1)[0])
        self.put("etc/cells.d/rtos.conf", "ARGS='two words'\n")
        self.assertIn("neither etc/cells.d/rtos.cell", self.run_it("start", "rtos", code=1)[0])
        self.put("etc/cells.d/rtos.cell")
        self.assertIn("neither IMAGE=", self.run_it("start", "rtos", code=1)[0])
        self.put("etc/cells.d/rtos.conf", "IMAGE=/x.bin@0x1000\nARGS='two words'\nENTRY=0x2000\n")
        self.assertEqual(self.run_it("start", "rtos"), [
            "cell run etc/cells.d/rtos.cell /x.bin@0x1000 --entry 0x2000 --args two words"])

    def test_start_of_a_source(self) -> None:
        self.put("etc/system.toml")
        self.put("etc/cells.d/rtos.toml")
        self.put("etc/cells.d/rtos.conf", "IMAGE=/x.elf\nDTB=/x.dtb\n")
        compiled = ("config compile etc/cells.d/rtos.toml --tree sys/firmware/fdt --output "
                    "run/rtos.cell --system etc/system.toml")
        self.assertEqual(self.run_it("start", "rtos"), [
            compiled, "cell run run/rtos.cell /x.elf --dtb /x.dtb"])
        self.assertEqual(self.run_it("start", "rtos", code=1, BROKEN="1"), [compiled])

    def test_start_of_a_linux(self) -> None:
        self.put("etc/cells.d/rtos.cell")
        self.put("etc/cells.d/rtos.conf", "KERNEL=/vmlinuz\nINITRD='/my initrd'\nARGS='a b'\n")
        self.assertEqual(self.run_it("start", "rtos"), [
            "cell linux etc/cells.d/rtos.cell /vmlinuz --initrd /my initrd --args a b"])

    def test_start_over_what_is_left(self) -> None:
        self.put("etc/cells.d/rtos.cell")
        self.put("etc/cells.d/rtos.conf", "IMAGE=/x\n")
        self.cell("rtos", 5)
        self.assertEqual(self.run_it("start", "rtos"), [
            "cell wait rtos --timeout 0", "cell destroy rtos",
            "cell run etc/cells.d/rtos.cell /x"])
        self.cell("rtos", 7)
        self.assertIn("there is a cell rtos already", self.run_it("start", "rtos", code=1)[-1])

    def test_start_of_another_name(self) -> None:
        self.put("etc/cells.d/rtos.cell")
        self.put("etc/cells.d/rtos.conf", "IMAGE=/x\n")
        self.assertIn("another name", self.run_it("start", "rtos", code=1, MADE="other")[-1])

    def test_stop_and_end(self) -> None:
        self.cell("rtos", 7)
        self.assertEqual(self.run_it("stop", "rtos")[1:], ["cell shutdown rtos"])
        self.assertEqual(self.run_it("stop", "rtos", DENIED="1")[1:], [
            "cell shutdown rtos", "cell shutdown rtos --force"])
        self.cell("rtos", 5)
        self.assertEqual(self.run_it("stop", "rtos")[1:], [])
        self.assertEqual(self.run_it("end", "rtos")[1:], ["cell show rtos"])
        self.cell("rtos", 0)
        self.assertEqual(self.run_it("end", "rtos")[1:], ["cell destroy rtos"])
        self.assertEqual(self.run_it("end", "rtos"), [])

    def test_wrong_use(self) -> None:
        for words in ((), ("start",), ("enable", "x"), ("start", "../x"), ("stop", ""),
                      ("run", "rtos"), ("end", ".x")):
            self.assertIn("jh-service: ", self.run_it(*words, code=1)[0])


class Installed(unittest.TestCase):
    """What make install leaves."""

    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        subprocess.run(["make", "-s", "-C", HERE, f"O={self.root}/build", f"DESTDIR={self.root}",
                        "prefix=/opt/jh", "init=all", "install"], check=True, timeout=60,
                       stdout=subprocess.DEVNULL)

    def texts(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_file()]

    def test_prefix(self) -> None:
        self.assertGreaterEqual(len(self.texts()), 7)
        for path in self.texts():
            text = path.read_text(encoding="ascii")
            self.assertNotIn("@prefix@", text, path)
            self.assertNotIn("/usr/sbin", text, path)

    def test_scripts(self) -> None:
        for name in ("etc/init.d/jh", "etc/init.d/S30jh", "opt/jh/lib/jh/jh-service"):
            subprocess.run(["sh", "-n", self.root / name], check=True, timeout=30)
            self.assertTrue(os.access(self.root / name, os.X_OK), name)

    @unittest.skipUnless(shutil.which("systemd-analyze"), "there is no systemd-analyze here")
    def test_units(self) -> None:
        for name in ("jhctl", "true"):
            program = self.root / "opt/jh/sbin" / name
            program.parent.mkdir(exist_ok=True)
            program.write_text("#!/bin/sh\n", encoding="ascii")
            program.chmod(0o755)
        units = [self.root / "lib/systemd/system" / name
                 for name in ("jh.service", "jh-cell@rtos.service", "jh-console@rtos.service")]
        for unit in units[1:]:
            template = unit.with_name(unit.name.replace("rtos", ""))
            text = template.read_text(encoding="ascii").replace("/opt/jh", f"{self.root}/opt/jh")
            template.write_text(text, encoding="ascii")
        text = units[0].read_text(encoding="ascii").replace("/opt/jh", f"{self.root}/opt/jh")
        units[0].write_text(text, encoding="ascii")
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units],
                              capture_output=True, text=True, check=False, timeout=120,
                              env=os.environ | {"SYSTEMD_UNIT_PATH": f"{units[0].parent}:"})
        said = [line for line in done.stderr.splitlines() if str(self.root) in line or "jh" in line]
        self.assertEqual((done.returncode, said), (0, []), done.stderr)


if __name__ == "__main__":
    unittest.main()

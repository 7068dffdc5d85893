# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors
"""Tests of jh-service's calls of jhctl, and of the units and scripts that call it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]

# Logs its calls; a cell is a directory whose file "wait" has the exit code of cell wait.
JHCTL = """#!/bin/sh
PATH=/usr/bin:/bin
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

# Of what an initramfs of initramfs-tools without busybox has (klibc-utils), what could be used
KLIBC = "cat", "ln", "ls", "mkdir", "mv", "readlink", "sleep", "true", "uname"


class Service(unittest.TestCase):
    """jh-service over a jhctl that only logs its calls."""

    def setUp(self) -> None:
        self.top = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.top)
        for name in ("bin", "initramfs", "etc/cells.d"):
            (self.top / name).mkdir(parents=True)
        self.put("bin/jhctl", JHCTL).chmod(0o755)
        for name in KLIBC:
            (self.top / "initramfs" / name).symlink_to(str(shutil.which(name)))

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
        """Run jh-service; return the calls of jhctl, followed by its output."""
        (self.top / "log").unlink(missing_ok=True)
        others = f"{self.top}/initramfs" if words[:1] == ("early",) else os.environ["PATH"]
        env = {"PATH": f"{self.top}/bin:{others}", "LOG": f"{self.top}/log",
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

    def test_virtio(self) -> None:
        """jhctl is told who is at the other end, and under systemd that it is a unit."""
        self.put("etc/cells.d/rtos.cell")
        self.put("etc/cells.d/rtos.conf", "IMAGE=/x.bin\nVIRTIO='--disk a.img --rng'\n")
        self.put("bin/jhctl", JHCTL + 'echo "by ${JHVIRTIOD-}" >>$LOG\n').chmod(0o755)
        started = "cell run etc/cells.d/rtos.cell /x.bin --disk a.img --rng"
        self.assertEqual(self.run_it("start", "rtos", JH_UNITS="/nowhere"), [started, "by "])
        shutil.rmtree(self.top / "sys/devices/virtual/misc/jh/cells/rtos")
        (self.top / "units").mkdir()
        self.assertEqual(self.run_it("start", "rtos", JH_UNITS=f"{self.top}/units"),
                         [started, f"by {HERE}/jh-virtiod"])
        shutil.rmtree(self.top / "sys/devices/virtual/misc/jh/cells/rtos")
        self.put("etc/cells.d/rtos.conf", "KERNEL=/vmlinuz\nVIRTIO='--net tap0'\nARGS='a b'\n")
        self.assertEqual(self.run_it("start", "rtos", JH_UNITS="/nowhere")[0],
                         "cell linux etc/cells.d/rtos.cell /vmlinuz --args a b --net tap0")
        self.put("etc/cells.d/rtos.conf", "IMAGE=/x.bin\nVIRTIO=--rng\nEARLY=yes\n")
        self.assertIn("EARLY=yes and VIRTIO= exclude", self.run_it("start", "rtos", code=1)[0])

    def test_virtio_unit(self) -> None:
        """What the unit runs, and what jhctl runs in place of the daemon."""
        self.put("etc/cells.d/rtos.conf", "IMAGE=/x.bin\nVIRTIO='--disk a.img --rng'\n")
        for name in ("jhvirtiod", "systemctl"):
            self.put(f"bin/{name}", f'#!/bin/sh\necho "{name} $*" >>$LOG\n').chmod(0o755)
        self.assertEqual(self.run_it("virtio", "rtos"),
                         ["jhvirtiod rtos --background --disk a.img --rng"])
        env = {"PATH": f"{self.top}/bin:{os.environ['PATH']}", "LOG": f"{self.top}/log"}
        (self.top / "log").unlink()
        subprocess.run([HERE / "jh-virtiod", "--background", "--rng", "rtos"], env=env, check=True)
        self.assertEqual((self.top / "log").read_text(encoding="ascii"),
                         "systemctl start jh-virtio@rtos.service\n")
        unit = (HERE / "systemd/jh-virtio@.service.in").read_text(encoding="ascii")
        self.assertIn("Type=forking\nExecStart=@prefix@/lib/jh/jh-service virtio %i\n", unit)

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

    def early(self) -> None:
        """Two cells that start early, by a source and a compiled one, and one that does not."""
        self.put("etc/system.toml")
        for name, says in (("a", "EARLY=yes"), ("b", "EARLY=yes\nDTB=$JH_ETC/b.dtb@0x4000"),
                           ("late", "EARLY=no"), ("never", "")):
            self.put(f"etc/cells.d/{name}.conf", f"IMAGE=$JH_ETC/{name}.bin@0x1000\n{says}\n")
            self.put(f"etc/{name}.bin")
        self.put("etc/b.dtb")
        self.put("etc/cells.d/a.toml")
        for name in ("b", "late", "never"):
            self.put(f"etc/cells.d/{name}.cell")

    def test_early(self) -> None:
        self.assertEqual(self.run_it("early"), [])
        self.early()
        enable = ["config compile etc/system.toml --tree sys/firmware/fdt --output run/system.cell",
                  "enable run/system.cell"]
        start = ["config compile etc/cells.d/a.toml --tree sys/firmware/fdt --output run/a.cell "
                 "--system etc/system.toml", "cell run run/a.cell etc/a.bin@0x1000"]
        other = ["cell run etc/cells.d/b.cell etc/b.bin@0x1000 --dtb etc/b.dtb@0x4000"]
        self.assertEqual(self.run_it("early", MADE="a", code=1)[:-1], enable + start + other)
        self.enabled()
        self.put("etc/cells.d/a.conf", "EARLY=perhaps\n")
        self.assertIn("is yes or no, not 'perhaps'", self.run_it("early", code=1)[-1])

    def test_early_goes_on_behind_one_that_fails(self) -> None:
        self.early()
        self.enabled()
        (self.top / "etc/a.bin").unlink()
        self.put("etc/cells.d/a.conf", "EARLY=yes\n")
        self.assertEqual(self.run_it("early", MADE="b", code=1)[1:2], [
            "cell run etc/cells.d/b.cell etc/b.bin@0x1000 --dtb etc/b.dtb@0x4000"])

    def test_the_unit_takes_one_that_runs_early(self) -> None:
        self.early()
        self.cell("b", 7)
        self.assertEqual(self.run_it("start", "b"), ["cell wait b --timeout 0"])
        self.cell("late", 7)
        self.assertIn("there is a cell late already", self.run_it("start", "late", code=1)[-1])
        self.cell("b", 5)
        self.assertEqual(self.run_it("start", "b", MADE="b")[-1],
                         "cell run etc/cells.d/b.cell etc/b.bin@0x1000 --dtb etc/b.dtb@0x4000")

    def files(self, code: int = 0) -> list[str]:
        env = {"PATH": f"{self.top}/bin:{os.environ['PATH']}", "LOG": f"{self.top}/log",
               "JH_ETC": f"{self.top}/etc", "JH_SYS": f"{self.top}/sys"}
        (self.top / "made").mkdir(exist_ok=True)
        done = subprocess.run([HERE / "jh-service", "early-files", self.top / "made"], env=env,
                              capture_output=True, text=True, check=False, timeout=30)
        self.assertEqual(done.returncode, code, done.stderr)
        return (done.stdout + done.stderr).replace(f"{self.top}/", "").splitlines()

    def test_early_files(self) -> None:
        self.assertEqual(self.files(), [])
        self.early()
        self.assertEqual(self.files(), [
            "made/system.cell\tetc/system.cell",
            "made/a.cell\tetc/cells.d/a.cell", "etc/cells.d/a.conf\tetc/cells.d/a.conf",
            "etc/a.bin\tetc/a.bin",
            "etc/cells.d/b.cell\tetc/cells.d/b.cell", "etc/cells.d/b.conf\tetc/cells.d/b.conf",
            "etc/b.bin\tetc/b.bin", "etc/b.dtb\tetc/b.dtb"])
        (self.top / "etc/b.dtb").unlink()
        self.assertIn("etc/cells.d/b.conf: there is no file etc/b.dtb", self.files(code=1)[-1])

    def test_wrong_use(self) -> None:
        for words in ((), ("early", "x"), ("early-files",), ("start",), ("enable", "x"),
                      ("start", "../x"), ("stop", ""), ("run", "rtos"), ("end", ".x")):
            self.assertIn("jh-service: ", self.run_it(*words, code=1)[0])


class Installed(unittest.TestCase):
    """Checks of the files that make install makes."""

    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.root)
        subprocess.run(["make", "-s", "-C", HERE, f"O={self.root}/build", f"DESTDIR={self.root}",
                        "prefix=/opt/jh", "init=all", "install"], check=True, timeout=60,
                       stdout=subprocess.DEVNULL)

    def texts(self) -> list[Path]:
        return [path for path in self.root.rglob("*") if path.is_file()]

    def test_prefix(self) -> None:
        self.assertGreaterEqual(len(self.texts()), 11)
        for path in self.texts():
            text = path.read_text(encoding="ascii")
            self.assertNotIn("@prefix@", text, path)
            self.assertNotIn("/usr/sbin", text, path)

    def test_scripts(self) -> None:
        for name in ("etc/init.d/jh", "etc/init.d/S30jh", "opt/jh/lib/jh/jh-service",
                     "etc/initramfs-tools/hooks/jh",
                     "etc/initramfs-tools/scripts/init-premount/jh",
                     "opt/jh/lib/dracut/modules.d/90jh/jh-early.sh"):
            subprocess.run(["sh", "-n", self.root / name], check=True, timeout=30)
            self.assertTrue(os.access(self.root / name, os.X_OK), name)

    def service(self, text: str) -> None:
        """Put this script in jh-service's place."""
        (self.root / "jh-service").write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
        (self.root / "jh-service").chmod(0o755)

    def script(self, name: str, replaced: dict[str, str]) -> Path:
        """Return a script that calls test programs in place of the system's."""
        text = (self.root / name).read_text(encoding="ascii")
        for word, other in ({"/opt/jh/lib/jh": str(self.root)} | replaced).items():
            self.assertIn(word, text)
            text = text.replace(word, other)
        script = self.root / "script"
        script.write_text(text, encoding="ascii")
        return script

    def said(self, *command: str | Path) -> list[str]:
        env = os.environ | {"TMPDIR": str(self.root), "version": "6.0"}
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30,
                              env=env)
        self.assertEqual(list(self.root.glob("tmp.*")), [], "a directory is left")
        return (done.stdout + done.stderr).replace(str(self.root), "").splitlines()

    def test_hook_of_initramfs_tools(self) -> None:
        functions = self.root / "functions"
        functions.write_text("\n".join(
            f'{name}() {{ echo "{name} $*"; return ${{CODE-{code}}}; }}' for name, code in
            (("copy_file", 1), ("copy_exec", 0), ("manual_add_modules", 0), ("modinfo", 0))),
            encoding="ascii")
        hook = self.script("etc/initramfs-tools/hooks/jh",
                           {"/usr/share/initramfs-tools/hook-functions": str(functions)})
        self.assertEqual(self.said("sh", hook, "prereqs"), [])
        self.service("exit 0")
        self.assertEqual(self.said("sh", hook), [])
        self.service("exit 1")
        self.assertEqual(self.said("sh", hook), ["W: jh: no cell will start early"])
        self.service(r"printf '/a b\t/etc/a b\n/c\t/c\n'")
        self.assertEqual(self.said("sh", hook), [
            "manual_add_modules jh", "copy_exec /opt/jh/sbin/jhctl",
            "copy_file script /jh-service", "copy_file jh /a b /etc/a b", "copy_file jh /c /c"])
        functions.write_text(functions.read_text(encoding="ascii").replace("CODE-0", "CODE-2")
                             .replace("CODE-1", "CODE-2"), encoding="ascii")
        self.assertEqual([line for line in self.said("sh", hook) if line.startswith("W")], [
            "W: jh: kernel 6.0 has no module jh: no cell will start early",
            "W: jh: not all files of early cells were there"])

    def test_script_of_initramfs_tools(self) -> None:
        self.service('echo "$*"; exit 1')
        script = self.script("etc/initramfs-tools/scripts/init-premount/jh", {})
        self.assertEqual(self.said("sh", script), ["early"])
        self.assertEqual(self.said("sh", script, "prereqs"), [])
        (self.root / "jh-service").unlink()
        self.assertEqual(self.said("sh", script), [])

    def test_module_of_dracut(self) -> None:
        self.service(r"printf '/a b\t/etc/a b\n/c\t/c\n'")
        module = self.script("opt/jh/lib/dracut/modules.d/90jh/module-setup.sh",
                             {"/etc/jh/cells.d": f"{self.root}/cells.d"})
        names = "inst_simple inst_multiple inst_script inst_hook instmods dwarn"
        fakes = "; ".join(f'{name}() {{ echo "{name} $*"; }}' for name in names.split())

        def bash(what: str) -> list[str]:
            return self.said("bash", "-c", f"{fakes}; moddir=/m; . {module}; {what}")

        self.assertEqual(bash("check || echo no"), ["no"])
        (self.root / "cells.d").mkdir()
        (self.root / "cells.d/a.conf").write_text("EARLY=yes\n", encoding="ascii")
        self.assertEqual(bash("check && echo yes"), ["yes"])
        self.assertEqual(bash("installkernel"), ["instmods jh"])
        self.assertEqual(bash("install"), [
            "inst_simple /a b /etc/a b", "inst_simple /c /c",
            "inst_multiple /opt/jh/sbin/jhctl basename cat grep mkdir modprobe",
            "inst_script /jh-service", "inst_hook pre-mount 10 /m/jh-early.sh"])
        self.service("exit 1")
        self.assertEqual(bash("install"), ["dwarn jh: no cell will start early"])
        self.service('echo "$*"; exit 3')
        early = self.script("opt/jh/lib/dracut/modules.d/90jh/jh-early.sh", {})
        self.assertEqual(self.said("sh", "-e", early), ["early"])

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

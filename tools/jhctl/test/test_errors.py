# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""Bad input and missing things: one clear sentence, the right exit code, nothing changed."""
from __future__ import annotations

import subprocess

from tap import Jhctl, Tap

# words, exit code, part of the message
USAGE = (
    (("enable",), 2, "needs more arguments"),
    (("enable", "a", "b"), 2, "has no use for the argument 'b'"),
    (("enable", "--dry"), 2, "no option --dry: did you mean --dry-run?"),
    (("cell", "stats", "rtos", "--wacth"), 2, "did you mean --watch?"),
    (("cell", "list", "--frobnicate"), 2, "'cell list' has no option --frobnicate\n"),
    (("cell", "load", "rtos"), 2, "nothing to load"),
    (("cell", "load", "rtos", "--address", "0"), 2, "stands behind its image"),
    (("cell", "load", "rtos", "x", "--address"), 2, "needs a value"),
    (("cell", "load", "rtos", "x", "-a", "12z"), 2, "'12z' is no address"),
    (("cell", "load", "rtos", "x", "-a", "0", "-a", "4"), 2, "given twice"),
    (("cell", "stats", "rtos", "-w", "-j"), 2, "do not go together"),
    (("cell", "run", "c", "i", "--args", "x" * 256), 2, "no more than 255 characters"),
    (("cell", "list", "--json=1"), 2, "takes no value"),
    (("cell", "lsit"), 2, "did you mean 'cell list'?"),
    (("creat",), 2, "did you mean 'cell create'?"),
    (("statsu",), 2, "did you mean 'status'?"),
    (("cel", "list"), 2, "did you mean 'cell list'?"),
    (("frobnicate",), 2, "'jhctl --help' lists them"),
    (("enabel", "sys.cell"), 2, "no verb 'enabel': did you mean 'enable'?"),
    (("disabl", "x"), 2, "no verb 'disabl': did you mean 'disable'?"),
    (("cell", "crate", "rtos.cell"), 2, "no verb 'cell crate': did you mean 'cell create'?"),
    (("foo", "bar"), 2, "no verb 'foo': 'jhctl --help' lists them"),
    (("--hlep",), 2, "no option --hlep: did you mean --help or --version?"),
    (("cell",), 2, "wants one more word"),
    ((), 2, "usage: jhctl"),
)

# name, bytes, part of the message
IMAGES = (
    ("empty.bin", b"", "empty.bin: it is empty"),
    ("x86.elf", b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\0\x3e\0" + bytes(44),
     "x86.elf: it is an ELF file for another architecture; build it for aarch64"),
    ("arm32.elf", b"\x7fELF\x01\x01\x01" + bytes(60), "not a 64-bit one"),
    ("short.elf", b"\x7fELF\x02\x01\x01", "cut short"),
)


def bad_configurations(tap: Tap, jhctl: Jhctl) -> None:
    good = (jhctl.home / jhctl.blob("sys.cell", "system", "virt")).read_bytes()
    for length in range(0, len(good), 7):
        jhctl.put("cut.cell", good[:length])
        seen = jhctl("enable", "cut.cell")
        if seen.code != 1 or not seen.err.startswith("jh: cut.cell") or seen.err.count("\n") != 1:
            tap.ok(False, f"a configuration cut at {length}", seen)
            return
    tap.ok(True, "a configuration cut anywhere gets one sentence")

    for offset, what in ((0, "not a compiled jh configuration"), (8, "version"),
                         (10, "architecture"), (40, "")):
        bad = bytearray(good)
        bad[offset] ^= 0x55
        jhctl.put("bad.cell", bytes(bad))
        seen = jhctl("enable", "bad.cell")
        tap.equal((seen.code, seen.err.count("\n")), (1, 1), f"byte {offset} changed: refused")
        tap.contains(seen.err, what, "with the reason")
    jhctl.put("big.cell", bytes(2 << 20))
    tap.contains(jhctl("enable", "big.cell").err, "too big for a configuration", "a huge file")
    for verb in ("enable", "create"):
        words = (verb,) if verb == "enable" else ("cell", verb)
        tap.equal((seen := jhctl(*words, ".")).err, "jh: . is a directory: name a compiled "
                  "configuration (.cell)\n", f"{verb} of a directory")
        tap.equal(seen.code, 1, "and its exit code")
    tap.contains(jhctl("enable", "none.cell").err, "none.cell: No such file", "no file")
    tap.contains(jhctl("cell", "create", "sys.cell").err, "describes a system where a cell",
                 "a system instead of a cell")


LOCKDOWN = "sys/kernel/security/lockdown"

# What modprobe says, the file of the system that goes with it, and the word of the explanation.
MODPROBE = (
    ("ENOENT", "", "", "jh: the module jh cannot be loaded, since there is no modprobe"),
    ("modprobe: FATAL: Module jh not found in directory /lib/modules/6.1.0", "", "",
     "it is not installed for this kernel: build it"),
    ("modprobe: FATAL: Module jh not found in directory /lib/modules/6.1.0",
     "var/lib/dkms/jh/0.1/source", "", "for this kernel: install this kernel's headers"),
    ("modprobe: ERROR: could not insert 'jh': Exec format error", "", "", "for another kernel"),
    ("modprobe: ERROR: could not insert 'jh': Operation not permitted",
     LOCKDOWN, "none [integrity] confidentiality\n", "no hypervisor, nor unsigned modules: start"),
    ("modprobe: ERROR: could not insert 'jh': Operation not permitted",
     LOCKDOWN, "none integrity [confidentiality]\n", "is locked down"),
    ("modprobe: ERROR: could not insert 'jh': Key was rejected by service",
     "sys/module/module/parameters/sig_enforce", "Y\n", "(module.sig_enforce): sign jh.ko"),
    ("modprobe: ERROR: could not insert 'jh': Key was rejected by service",
     "sys/module/module/parameters/sig_enforce", "N\n", "does not know the key"),
    ("modprobe: ERROR: could not insert 'jh': Operation not permitted",
     "proc/sys/kernel/modules_disabled", "1\n", "(kernel.modules_disabled)"),
    ("modprobe: FATAL: Module jh not found in directory /lib/modules/6.1.0",
     "run/systemd/container", "lxc\n", "this is a container"),
    ("modprobe: ERROR: could not insert 'jh': Cannot allocate memory\nmore", "", "",
     "loaded: modprobe: ERROR: could not insert 'jh': Cannot allocate memory; 'dmesg'"),
)


def module(tap: Tap, jhctl: Jhctl) -> None:
    """The first verb loads the module, or says why it cannot."""
    jhctl.blob("sys.cell", "system", "virt")
    for said, name, text, part in MODPROBE:
        if name:
            jhctl.put("root/" + name, text.encode())
        seen = jhctl("enable", "sys.cell", JH_FAKE_STATE="", JH_FAKE_MODPROBE=said)
        tap.equal((seen.code, len(seen.err.splitlines())), (3, 1), f"no module: {part[:40]}")
        tap.contains(seen.err, part, "and why")
        if name:
            (jhctl.home / "root" / name).unlink()
    seen = jhctl("enable", "sys.cell", JH_FAKE_STATE="", JH_FAKE_MODPROBE="EPERM")
    tap.equal((seen.code, seen.err),
              (4, "jh: only root may load the module jh: try it with sudo\n"), "not root")
    seen = jhctl("enable", "sys.cell", JH_FAKE_STATE="", JH_FAKE_LATER=str(jhctl.home / "state"))
    tap.equal((seen.code, seen.err), (0, ""), "enable loads the module")
    tap.equal(jhctl("disable").code, 0, "and jh was enabled")


def missing_things(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    seen = jhctl("cell", "list", JH_FAKE_STATE="")
    tap.equal((seen.code, seen.err),
              (3, "jh: /dev/jh is missing, the module is not loaded: 'jhctl enable FILE' loads it, "
               "or 'modprobe jh'\n"), "no module")
    for name in ("run/.containerenv", "run/systemd/container", ".dockerenv"):
        jhctl.put("root/" + name, b"")
        seen = jhctl("cell", "list", JH_FAKE_STATE="")
        tap.equal((seen.code, seen.err),
                  (3, "jh: this is a container without /dev/jh: run jhctl on the machine itself, "
                   "or give it that device\n"), f"a container: {name}")
        seen = jhctl("status", JH_FAKE_STATE="")
        tap.ok(seen.out.startswith("jh: out of sight: this is a container without /dev/jh"),
               f"status there: {name}", seen)
        (jhctl.home / "root" / name).unlink()
    seen = jhctl("enable", "sys.cell", JH_FAKE_OPEN="13")
    tap.equal((seen.code, seen.err), (4, "jh: /dev/jh: only root may use it: try it with sudo\n"),
              "not root")
    seen = jhctl("cell", "list")
    tap.equal((seen.code, seen.err),
              (3, "jh: jh is not enabled: enable it with 'jhctl enable FILE'\n"), "not enabled")
    seen = jhctl("disable")
    tap.equal((seen.code, seen.err), (3, "jh: jh is not enabled: nothing is left to disable\n"),
              "disable while disabled")
    tap.equal(jhctl("status").code, 0, "status works all the same")
    seen = jhctl("config", "check", PATH="/nonexistent")
    tap.contains(seen.err, "jhconf is not installed here", "no jhconf")
    seen = jhctl("config", "show", "a b", "--x", JHCONF="echo")
    tap.equal((seen.code, seen.out), (0, "show a b --x\n"), "config hands its words over")


def overlaps(tap: Tap, jhctl: Jhctl) -> None:
    """No image may overwrite content of another."""
    jhctl.put("full.bin", b"\xff" * 0x2000)
    jhctl.put("high.bin", b"\xee" * 0x1000)
    seen = jhctl("cell", "load", "rtos", "full.bin", "--string", "a=1", "-a", "0x1000")
    tap.equal((seen.code, seen.err), (1, "jh: full.bin and --string overlap at 0x1000: give one "
                                      "of them another address\n"), "a string over an image")
    jhctl.blob("other.cell", "cell", "other", "2")
    seen = jhctl("cell", "run", "other.cell", "full.bin", "--args", "a=1")
    tap.equal((seen.code, seen.err), (1, "jh: full.bin and --args overlap at 0x1000: give one of "
                                      "them another address\n"), "a command line over an image")
    tap.ok("other" not in jhctl("cell", "list").out, "and no cell was created for it")
    seen = jhctl("cell", "load", "rtos", "high.bin", "-a", "0x1fff", "full.bin")
    tap.contains(seen.err, "high.bin and full.bin overlap at 0x1fff", "the last byte counts")


def refusals(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    jhctl("enable", "sys.cell")
    tap.contains(jhctl("cell", "start", "nobody").err, "there is no cell 'nobody'", "no such cell")
    tap.equal(jhctl("cell", "start", "17").code, 1, "no such number")
    # CELL_CREATE, EBUSY, CPU_TAKEN, of cpus[0], by cell 0
    seen = jhctl("cell", "create", "rtos.cell", JH_FAKE_ERROR="2:16:77:6:0:0")
    tap.contains(seen.err, "rtos.cell: cpus[0]: CPU 0 belongs to", "an owner is named")
    for number, code, what in ((16, 1, "another jhctl"), (1, 4, "only root"), (6, 3, "not enabled"),
                               (5, 1, "Input/output error"), (25, 1, "from one build")):
        seen = jhctl("cell", "create", "rtos.cell", JH_FAKE_ERROR=f"2:{number}:0:0:0:0")
        tap.equal(seen.code, code, f"errno {number} alone: exit code")
        tap.contains(seen.err, what, f"errno {number} alone: message")
    jhctl("cell", "create", "rtos.cell")
    for name, data, what in IMAGES:
        jhctl.put(name, data)
        seen = jhctl("cell", "load", "rtos", name)
        tap.equal((seen.code, seen.err.count("\n")), (1, 1), f"{name} is refused")
        tap.contains(seen.err, what, f"{name}: why")
    tap.contains(jhctl("cell", "load", "rtos", "nofile").err, "nofile: No such file", "no image")
    tap.equal(jhctl("cell", "load", "rtos", ".").err,
              "jh: . is a directory: name a file in it\n", "load of a directory")
    for name, what in (("x86.elf@zz", "x86.elf@zz: 'zz' is no address: give it like 0x1000"),
                       ("x86.elf@", "x86.elf@: '' is no address: give it like 0x1000"),
                       ("none@zz", "none@zz: No such file or directory"),
                       ("/dev/zero", "/dev/zero is a device: name a file")):
        tap.equal(jhctl("cell", "load", "rtos", name).err, f"jh: {what}\n", f"load of {name}")
    tap.equal(jhctl("cell", "load", "rtso", "x86.elf").code, 1, "a file that is none comes first")
    tap.equal(jhctl("cell", "start", "rtso").err,
              "jh: there is no cell 'rtso': did you mean 'rtos'?\n", "a name mistyped")
    overlaps(tap, jhctl)
    tap.contains(jhctl("cell", "list").out, "created", "nothing was loaded meanwhile")
    with open("/dev/full", "wb") as full:
        done = subprocess.run([jhctl.tools / "jhctl", "cell", "list"], stdout=full,
                              stderr=subprocess.PIPE, env=jhctl.environment({}), check=False)
    tap.equal(done.returncode, 1, "output that cannot be written is a failure")


def hardware(tap: Tap, jhctl: Jhctl) -> None:
    """A refusal because of Linux' use of a resource names the user."""
    jhctl.blob("assignable.cell", "assignable", "0x50000000")
    seen = jhctl("enable", "assignable.cell", JH_FAKE_ERROR="0:22:73:11:0:4294967295")
    tap.equal(seen.code, 1, "an assignable range over RAM is refused")
    tap.contains(seen.err, "assignable.cell: assignable[0] (0x50000000-0x50000fff) is RAM",
                 "and named")
    seen = jhctl("enable", "assignable.cell", JH_FAKE_ERROR="0:22:201:3:0:4294967295",
                 JH_FAKE_WHO="/pl011@9000000")
    tap.contains(seen.err, "that /pl011@9000000 uses", "what a listed root lacks is named")
    jhctl("enable", "assignable.cell")
    jhctl.blob("disk.cell", "disk", "disk", "3")
    seen = jhctl("cell", "create", "disk.cell", JH_FAKE_ERROR="2:16:111:9:0:4294967295",
                 JH_FAKE_WHO="/gpio-keys")
    tap.contains(seen.err, "disk.cell: device[0] (/soc/mmc@1000): /gpio-keys depends on it and "
                 "stays with Linux; leave it to Linux, or give /gpio-keys to the same cell",
                 "who depends on a device is named")
    seen = jhctl("cell", "create", "disk.cell", JH_FAKE_ERROR="2:16:116:9:0:4294967295")
    tap.contains(seen.err, "(Linux)", "without a name it is Linux")


def run(tap: Tap, jhctl: Jhctl) -> None:
    for words, code, part in USAGE:
        seen = jhctl(*words)
        tap.equal(seen.code, code, "usage: jhctl " + " ".join(words)[:60])
        tap.contains(seen.err, part, "and the message")
    bad_configurations(tap, jhctl)
    missing_things(tap, jhctl)
    module(tap, Jhctl(jhctl.tools))
    refusals(tap, jhctl)
    hardware(tap, Jhctl(jhctl.tools))

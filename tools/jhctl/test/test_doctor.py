# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl doctor over a hand-made machine: each possible fault is found, and no other."""
from __future__ import annotations

import json
import os
import subprocess
import tarfile
from typing import Callable

from tap import Jhctl, Tap

TREE = """/dts-v1/;
/ {
	model = "a board";
	psci { compatible = "arm,psci-1.0"; method = "smc"; };
	gic { compatible = "%s"; interrupt-controller; #interrupt-cells = <3>; };
};
"""
GOOD = {
    "proc/cpuinfo": "processor\t: 0\nCPU implementer\t: 0x41\n",
    "dev/kmsg": "6,1,0,-;CPU: All CPU(s) started at EL2\n6,2,0,-;kvm [1]: Hyp mode initialized\n",
    "sys/devices/system/cpu/present": "0-3\n",
    "sys/devices/system/cpu/online": "0-3\n",
    "sys/devices/system/cpu/hotplug/states": "",
    "proc/sys/kernel/osrelease": "6.12.0-arm64\n",
    "lib/modules/6.12.0-arm64/modules.dep": "kernel/a.ko:\nupdates/dkms/jh.ko.xz: kernel/a.ko\n",
    "lib/firmware/jh/jh-gicv3.bin": "",
    "proc/1/status": "",
    "etc/jh/system.toml": "",
}
# What is changed (None: removed), the check that finds it, its verdict, a part of text or advice
CASES: tuple[tuple[dict[str, str | None], str, str, str], ...] = (
    ({"proc/cpuinfo": "processor : 0\n"}, "processor", "bad", "no arm64 machine"),
    ({"proc/cpuinfo": None}, "processor", "unknown", "/proc/cpuinfo"),
    ({"run/systemd/container": "lxc\n"}, "container", "bad", "on the machine itself"),
    ({"dev/kmsg": "6,1,0,-;CPU: All CPU(s) started at EL1\n"}, "exception level", "bad", "booti"),
    ({"dev/kmsg": "6,1,0,-;CPU: All CPU(s) started at EL2\nkvm [1]: VHE mode initialized "
      "successfully\n"},
     "exception level", "bad", "kvm-arm.mode=nvhe"),
    ({"dev/kmsg": "CPU: All CPU(s) started at EL2\nkvm [1]: Protected nVHE mode initialized\n"},
     "exception level", "bad", "for good"),
    ({"dev/kmsg": "CPU: CPUs started in inconsistent modes\n"}, "exception level", "bad",
     "firmware"),
    ({"dev/kmsg": "much later\n"}, "exception level", "unknown", "no longer has it"),
    ({"dev/kmsg": None}, "exception level", "unknown", "cannot be read"),
    ({"sys/devices/system/cpu/online": "0-2\n"}, "CPUs", "bad", "only 0-2 online"),
    ({"sys/devices/system/cpu/present": "0\n", "sys/devices/system/cpu/online": "0\n"}, "CPUs",
     "bad", "maxcpus="),
    ({"sys/devices/system/cpu/hotplug/states": None}, "CPUs", "bad", "CONFIG_HOTPLUG_CPU"),
    ({"sys/devices/system/cpu/online": None}, "CPUs", "unknown", "/sys"),
    ({"proc/sys/kernel/osrelease": "6.13.0\n"}, "module", "bad", "uname -r"),
    ({"lib/modules/6.12.0-arm64/modules.dep": "extra/jh.komodo.ko:\nextra/xjh.ko:\n"}, "module",
     "bad", "not installed for this kernel"),
    ({"lib/modules/6.12.0-arm64/modules.dep": "extra/a.ko: extra/jh.ko\n"}, "module", "bad",
     "depmod"),
    ({"sys/module/jh/version": "0.0.1\n"}, "module", "warning", "version 0.0.1 is loaded"),
    ({"lib/modules/6.12.0-arm64/modules.dep": "", "var/lib/dkms/jh/0.1/source": ""}, "module",
     "bad", "apt install linux-headers-$(uname -r)"),
    ({"lib/modules/6.12.0-arm64/modules.dep": "", "var/lib/dkms/jh/0.1/source": "",
      "lib/modules/6.12.0-arm64/build/Makefile": ""}, "module", "bad", "'dkms autoinstall' builds"),
    ({"sys/kernel/security/lockdown": "none [integrity] confidentiality\n"}, "signed modules",
     "bad", "locked down, and so takes no hypervisor, nor unsigned modules start it without"),
    ({"sys/kernel/security/lockdown": "none integrity [confidentiality]\n",
      "sys/module/jh/parameters/x": ""}, "signed modules", "bad", "locked down"),
    ({"sys/module/module/parameters/sig_enforce": "Y\n"}, "signed modules", "warning",
     "(module.sig_enforce) sign jh.ko"),
    ({"sys/module/module/parameters/sig_enforce": "Y\n", "var/lib/dkms/mok.pub": ""},
     "signed modules", "warning", "mokutil --import /var/lib/dkms/mok.pub"),
    ({"proc/sys/kernel/modules_disabled": "1\n"}, "signed modules", "bad",
     "(kernel.modules_disabled) restart the machine"),
    ({"lib/firmware/jh/jh-gicv3.bin": None}, "hypervisor image", "bad", "jh/jh-gicv3.bin is not"),
    ({"etc/jh/system.toml": None}, "configuration", "warning", "config create --live"),
)
# The same, where nothing is wrong.
VARIANTS: tuple[tuple[dict[str, str | None], str, str], ...] = (
    ({"lib/firmware/jh/jh-gicv3.bin": None, "lib/firmware/updates/jh/jh-gicv3.bin": ""},
     "hypervisor image", "/updates/"),
    ({"lib/firmware/jh/jh-gicv3.bin": None, "fw/jh/jh-gicv3.bin": "",
      "sys/module/firmware_class/parameters/path": "/fw\n"}, "hypervisor image", "/fw/jh/"),
    ({"dev/kmsg": "CPU: All CPU(s) started at EL2\nkvm [1]: nVHE mode initialized successfully\n"},
     "exception level", "left it"),
    ({"dev/kmsg": "CPU: All CPU(s) started at EL2\nkvm [1]: Hyp nVHE mode initialized "
      "successfully\n"}, "exception level", "left it"),
    ({"sys/devices/system/cpu/hotplug/states": None, "sys/devices/system/cpu/cpu1/online": "1"},
     "CPUs", "0-3"),
    ({"sys/devices/system/cpu/online": "0-2\n", "sys/devices/virtual/misc/jh/hypervisor": ""},
     "CPUs", "0-3"),
    ({"sys/module/jh/parameters/x": "", "lib/modules/6.12.0-arm64/modules.dep": None}, "module",
     "loaded"),
    ({"sys/module/module/parameters/sig_enforce": "N\n"}, "signed modules", "takes modules"),
    ({"sys/module/module/parameters/sig_enforce": "Y\n", "sys/module/jh/parameters/x": ""},
     "signed modules", "takes modules"),
    ({"etc/jh/system.toml": None, "etc/jh/system.cell": ""}, "configuration", "system.cell"),
)


def put_tree(jhctl: Jhctl, source: str) -> None:
    blob = subprocess.run(["dtc", "-q", "-O", "dtb"], input=source.encode(), check=True,
                          capture_output=True).stdout
    jhctl.put("root/sys/firmware/fdt", blob)


def change(jhctl: Jhctl, files: dict[str, str | None]) -> Callable[[], None]:
    """Change files of the machine; returns a function that restores them."""
    before = {name: (jhctl.home / "root" / name).read_text()
              if (jhctl.home / "root" / name).exists() else None for name in files}

    def apply(wanted: dict[str, str | None]) -> None:
        for name, text in wanted.items():
            if text is None:
                path = jhctl.home / "root" / name
                path.unlink()
                while path.parent != jhctl.home / "root" and not any(path.parent.iterdir()):
                    path = path.parent
                    path.rmdir()
            else:
                jhctl.put(f"root/{name}", text.encode())

    apply(files)
    return lambda: apply(before)


def checks(jhctl: Jhctl, **env: str) -> tuple[int, dict[str, dict[str, str]]]:
    seen = jhctl("doctor", "--json", **env)
    value = json.loads(seen.out)
    assert value["good"] == (seen.code == 0), seen
    return seen.code, {check["name"]: check for check in value["checks"]}


def bad_ones(found: dict[str, dict[str, str]]) -> dict[str, str]:
    return {name: check["verdict"] for name, check in found.items()
            if check["verdict"] != "ok" and name != "user"}


def test_machine(tap: Tap, jhctl: Jhctl) -> None:
    code, found = checks(jhctl, JH_FAKE_STATE="")
    tap.equal((code, bad_ones(found)), (0, {}), "a machine on which nothing is wrong")
    tap.equal(found["user"]["verdict"], "warning" if os.geteuid() else "ok", "root or not")
    tap.contains(found["module"]["text"], "updates/dkms/jh.ko.xz", "where the module is")
    for files, name, verdict, words in CASES:
        undo = change(jhctl, files)
        code, found = checks(jhctl, JH_FAKE_STATE="")
        tap.equal((code, bad_ones(found)), (int(verdict == "bad"), {name: verdict}),
                  f"{name}: {words}: found, and nothing else")
        tap.contains(f"{found[name]['text']} {found[name]['advice']}", words, f"{name}: {words}")
        undo()
    for files, name, words in VARIANTS:
        undo = change(jhctl, files)
        code, found = checks(jhctl, JH_FAKE_STATE="")
        tap.equal((code, bad_ones(found)), (0, {}), f"{name}: {words}: nothing is wrong")
        tap.contains(found[name]["text"], words, f"{name}: {words}: as it is")
        undo()


def test_trees(tap: Tap, jhctl: Jhctl) -> None:
    put_tree(jhctl, TREE % "arm,gic-400")
    _, found = checks(jhctl, JH_FAKE_STATE="")
    tap.equal((found["interrupt controller"]["text"], bad_ones(found)),
              ("GICv2", {"hypervisor image": "bad"}), "a GICv2 needs the other image")
    put_tree(jhctl, TREE % "arm,pl390")
    _, found = checks(jhctl, JH_FAKE_STATE="")
    tap.equal(bad_ones(found), {"interrupt controller": "bad", "hypervisor image": "unknown"},
              "a controller that jh does not know")
    put_tree(jhctl, (TREE % "arm,gic-v3").replace("arm,psci-1.0", "none"))
    _, found = checks(jhctl, JH_FAKE_STATE="")
    tap.equal(bad_ones(found), {"firmware": "bad"}, "no PSCI")
    (jhctl.home / "root/sys/firmware/fdt").unlink()
    _, found = checks(jhctl, JH_FAKE_STATE="")
    tap.equal(found["device tree"]["verdict"], "bad", "no device tree")
    undo = change(jhctl, {"sys/firmware/acpi/tables/DSDT": ""})
    _, found = checks(jhctl, JH_FAKE_STATE="")
    tap.contains(found["device tree"]["advice"], "acpi=off", "because of ACPI")
    undo()
    put_tree(jhctl, TREE % "arm,gic-v3")


def test_state(tap: Tap, jhctl: Jhctl) -> None:
    (jhctl.home / "root/proc/77/fd").mkdir(parents=True)
    os.symlink("anon_inode:kvm-vm", jhctl.home / "root/proc/77/fd/5")
    _, found = checks(jhctl, JH_FAKE_STATE="")
    tap.equal((bad_ones(found), "77" in found["virtual machines"]["text"]),
              ({"virtual machines": "bad"}, True), "a virtual machine, by its process")
    (jhctl.home / "root/proc/77/fd/5").unlink()

    _, found = checks(jhctl)
    tap.equal(found["jh"]["text"], "loaded, disabled", "the module without the hypervisor")
    _, found = checks(jhctl, JH_FAKE_OPEN="13")
    tap.equal(found["jh"]["verdict"], "unknown", "a device that may not be opened")
    _, found = checks(jhctl, JH_FAKE_OPEN="16")
    tap.equal(found["jh"]["verdict"], "bad", "a device that cannot")
    jhctl("enable", jhctl.blob("sys.cell", "system", "fake"))
    _, found = checks(jhctl)
    tap.contains(found["jh"]["text"], "enabled", "the hypervisor")
    tap.equal(found["cells"]["text"], "0", "no cells")
    jhctl("cell", "create", jhctl.blob("rtos.cell", "cell", "rtos", "3"))
    jhctl.put("image.bin", b"x" * 64)
    jhctl("cell", "load", "rtos", "image.bin")
    jhctl("cell", "start", "rtos", JH_FAKE_CRASH="1")
    code, found = checks(jhctl)
    tap.equal((code, bad_ones(found)), (0, {"cells": "warning"}), "a cell that failed is told")
    tap.contains(found["cells"]["text"], "rtos", "by name")


def test_bundle(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl("doctor", "--bundle", "b.tar")
    tap.equal((seen.code, seen.err), (0, ""), "doctor --bundle")
    tap.ok(seen.out.startswith(("ok       user: root\n", "warning  user: not root")),
           "and the findings as text", seen.out)
    with tarfile.open(jhctl.home / "b.tar") as archive:
        content = {
            member.name: archive.extractfile(member).read().decode(  # type: ignore
                errors="replace") for member in archive.getmembers()}
    tap.equal(content.get("jh/doctor"), seen.out, "the findings are in it")
    tap.contains(content.get("jh/status", ""), "rtos", "the state of jh")
    tap.contains(content.get("jh/cells", ""), '"rtos"', "the cells")
    tap.contains(content.get("jh/log", ""), "hello from the fake hypervisor", "the log")
    tap.contains(content.get("proc/cpuinfo", ""), "CPU implementer", "what collect packs")
    tap.ok("proc/iomem" not in content, "what is not there is left out", content.keys())
    seen = jhctl("doctor", "-b", "no/where.tar")
    tap.equal(seen.code, 1, "a bundle that cannot be written is told")
    tap.contains(seen.err, "no/where.tar", "by name")


def run(tap: Tap, jhctl: Jhctl) -> None:
    put_tree(jhctl, TREE % "arm,gic-v3")
    for name, text in GOOD.items():
        jhctl.put(f"root/{name}", text.encode())
    test_machine(tap, jhctl)
    test_trees(tap, jhctl)
    test_state(tap, jhctl)
    test_bundle(tap, jhctl)

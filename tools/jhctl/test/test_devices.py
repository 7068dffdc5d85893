# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl cell linux with virtio devices: what the guest is told of them, and who serves them."""
from __future__ import annotations

import json

from tap import Jhctl, Tap
from test_linux import kernel, make_machine, printed

# Says what it was given, and what there is meanwhile, as jhvirtiod would be started.
DAEMON = """#!/bin/sh
printf '%s\\n' "$0" "$@" >daemon
exit ${DAEMON_STATUS:-0}
"""
RATIO = 'sysctl.vm.lowmem_reserve_ratio=\\"1 1 1 1\\"'


def nodes(tap: Tap, jhctl: Jhctl) -> None:
    """Memory of the links is RAM, and all that their bus reaches."""
    tree = printed(tap, jhctl, "virtio.cell")
    tap.equal(tree["memory@3f001000"],
              {"device_type": ["memory"], "reg": [0, 0x3f001000, 0, 0xfff000]},
              "the disk's memory, but for its states")
    tap.equal(tree["memory@3ef01000"]["reg"], [0, 0x3ef01000, 0, 0xff000], "and the other's")
    bus = tree["virtio-bus"]
    tap.equal((bus["compatible"], bus["ranges"], bus["dma-ranges"]),
              (["simple-bus"], True, [0, 0x3ef00000, 0, 0x3ef00000, 0, 0x1100000]),
              "their bus reaches that, up to 1 GiB")
    tap.equal(bus["virtio@a000000"],
              {"compatible": ["virtio,mmio"], "reg": [0, 0xa000000, 0, 0x1000],
               "interrupts": [0, 48, 1], "dma-coherent": True}, "the disk")
    tap.equal((bus["virtio@b000000"]["reg"], bus["virtio@b000000"]["interrupts"]),
              ([0, 0xb000000, 0, 0x1000], [0, 49, 1]), "and the other")
    tap.ok("virtio-bus" not in printed(tap, jhctl, "linux.cell"), "of those that have some")


def command_lines(tap: Tap, jhctl: Jhctl) -> None:
    """Bounce buffers are half of the largest memory, and nothing else gets there."""
    def line(*words: str) -> str:
        return printed(tap, jhctl, "virtio.cell", *words)["chosen"]["bootargs"][0]

    tap.equal(line(), f"swiotlb=4096 {RATIO}", "without a command line")
    tap.equal(line("-a", "quiet"), f"quiet swiotlb=4096 {RATIO}", "behind one")
    tap.equal(line("-a", "swiotlb=512 quiet"), f"swiotlb=512 quiet {RATIO}", "as the user says")
    tap.equal(line("-a", "sysctl.vm.lowmem_reserve_ratio=2"),
              "sysctl.vm.lowmem_reserve_ratio=2 swiotlb=4096", "likewise")
    tap.ok("bootargs" not in printed(tap, jhctl, "linux.cell")["chosen"], "nothing for others")


def elsewhere(tap: Tap, jhctl: Jhctl) -> None:
    """A kernel cannot keep its buffers where it has other RAM, too, or no zone of it ends."""
    for name, address in (("above.cell", "0x7f000000"), ("odd.cell", "0x3e000000")):
        jhctl.blob(name, "virtio", "virtio", "2", address)
        seen = jhctl("cell", "linux", name, "Image", "--print-dtb")
        tap.equal(seen.code, 0, f"{name}: a tree")
        tap.contains(seen.err, "warning: the memory of the virtio devices does not lie below",
                     "with a warning")
        tap.ok("virtio@a000000" in seen.out and "dma-ranges" not in seen.out and
               "swiotlb" not in seen.out and "memory@3" not in seen.out and
               "memory@7" not in seen.out, "and devices alone", seen.out)


def daemon(tap: Tap, jhctl: Jhctl) -> None:
    """It is started for the options that are its own, when the cell is there."""
    path = jhctl.home / jhctl.put("bin/jhvirtiod", DAEMON.encode())
    path.chmod(0o755)
    said = jhctl.home / "daemon"
    chosen = {"JHVIRTIOD": str(path), "JH_FAKE_BASE": "1"}
    words = ("cell", "linux", "virtio.cell", "Image")
    tap.equal(jhctl(*words, **chosen).code, 0, "without its options")
    tap.ok(not said.exists(), "it is not started")
    jhctl("cell", "destroy", "virtio")
    seen = jhctl(*words, "--disk", "root.img,ro", "-a", "quiet", "--rng", "--net=net=tap0",
                 "--console", "pty",
                 "--disk", "disk2=more.img", **chosen)
    tap.equal(seen.code, 0, "with them")
    tap.equal(said.read_text().split("\n")[1:-1],
              ["--background", "--disk=root.img,ro", "--rng", "--net=net=tap0", "--console=pty",
               "--disk=disk2=more.img", "virtio"], "it gets them in their order, and the cell")
    tap.contains(jhctl("cell", "list").out, "virtio", "the cell runs")
    jhctl("cell", "destroy", "virtio")
    seen = jhctl(*words, "--rng", DAEMON_STATUS="1", **chosen)
    tap.equal(seen.code, 1, "it cannot serve")
    tap.ok("virtio" not in jhctl("cell", "list").out, "and the cell is gone again")
    seen = jhctl(*words, "--rng", JHVIRTIOD="/nowhere", JH_FAKE_BASE="1")
    tap.contains(seen.err, "jhvirtiod is not here: it serves the devices of --disk", "no daemon")
    tap.ok("virtio" not in jhctl("cell", "list").out, "and no cell either")
    seen = jhctl(*words, "--rng", PATH=str(path.parent) + ":/bin:/usr/bin", JH_FAKE_BASE="1")
    tap.equal(seen.code, 0, "one that is in the PATH")
    jhctl("cell", "destroy", "virtio")
    jhctl.put("image.bin", b"image")
    seen = jhctl("cell", "run", "virtio.cell", "image.bin", "--disk", "log.img", **chosen)
    tap.equal((seen.code, said.read_text().split("\n")[1:-1]),
              (0, ["--background", "--disk=log.img", "virtio"]), "for any other guest, too")
    jhctl("cell", "destroy", "virtio")
    said.unlink()
    tap.equal(jhctl("cell", "run", "virtio.cell", "image.bin", **chosen).code, 0,
              "which can do without")
    tap.ok(not said.exists(), "as well")
    jhctl("cell", "destroy", "virtio")
    tap.equal(jhctl(*words, "--rng", "-p", **chosen).code, 0, "who prints the tree")
    tap.ok(not said.exists(), "starts nothing")


def both_ends(tap: Tap, jhctl: Jhctl) -> None:
    """Who is at which end of a device."""
    for fake, served, works, words in (
            ("0:0", False, False, "no driver, nobody at the other end"),
            ("0x300:1", True, False, "no driver, served"),
            ("0x30f:1", True, True, "driver ok, served"),
            ("0x34f:0", False, True, "driver ok, nobody at the other end")):
        jhctl("cell", "create", "virtio.cell", JH_FAKE_VIRTIO=fake)
        for verb in (("cell", "show", "virtio"), ("cell", "stats", "virtio")):
            tap.contains(jhctl(*verb).out, f"link disk: to root, virtio block, {words}, bells rung",
                         f"{' '.join(verb)}: {words}")
            seen = json.loads(jhctl(*verb, "--json").out)["links"]
            tap.equal(seen[0]["virtio"], {"kind": "block", "driver_ok": works, "served": served,
                                          "resets": int(fake.partition(":")[0], 0) >> 8},
                      "as JSON, too")
        tap.contains(jhctl("status").out, f"virtio: disk: virtio block, {words}\n",
                     f"status: {words}")
        jhctl("cell", "destroy", "virtio")
    jhctl("cell", "create", "virtio.cell", JH_FAKE_VIRTIO="0x30f:1:9")
    tap.contains(jhctl("status").out, "disk: virtio of an unknown kind, driver ok",
                 "a device that this jhctl does not know")
    jhctl("cell", "destroy", "virtio")
    tap.ok("disk" not in jhctl("status").out, "none when it is gone")


def no_vhost(tap: Tap, jhctl: Jhctl) -> None:
    """It is passed on with --net, and is no device by itself."""
    said = jhctl.home / "daemon"
    chosen = {"JHVIRTIOD": str(jhctl.home / "bin" / "jhvirtiod"), "JH_FAKE_BASE": "1"}
    words = ("cell", "linux", "virtio.cell", "Image", "--no-vhost")
    jhctl(*words, **chosen)
    tap.ok(not said.exists(), "a way to move packets is no device")
    jhctl("cell", "destroy", "virtio")
    jhctl(*words, "--net", "tap0", **chosen)
    tap.equal(said.read_text().split("\n")[1:-1],
              ["--background", "--no-vhost", "--net=tap0", "virtio"], "without vhost")
    jhctl("cell", "destroy", "virtio")


def run(tap: Tap, jhctl: Jhctl) -> None:
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("linux.cell", "linux", "linux", "2")
    jhctl.blob("virtio.cell", "virtio", "virtio", "2", "0x3f000000")
    make_machine(jhctl, 3)
    jhctl.put("Image", kernel())
    jhctl("enable", "sys.cell")
    nodes(tap, jhctl)
    command_lines(tap, jhctl)
    elsewhere(tap, jhctl)
    daemon(tap, jhctl)
    both_ends(tap, jhctl)
    no_vhost(tap, jhctl)

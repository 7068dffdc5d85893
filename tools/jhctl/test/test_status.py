# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl status: states, owners, and the trust model over hand-written device trees."""
from __future__ import annotations

import json
import subprocess

from tap import Jhctl, Tap

TREE = """
/dts-v1/;
/ {
    compatible = "test,board"; #address-cells = <2>; #size-cells = <2>;
    interrupt-controller@8000000 {
        compatible = "arm,gic-v3"; #address-cells = <2>; #size-cells = <2>; ranges;
        reg = <0 0x8000000 0 0x10000>;
        its@8080000 { compatible = "arm,gic-v3-its"; reg = <0 0x8080000 0 0x20000>; };
    };
    smmu: iommu@9050000 { compatible = "arm,smmu-v3"; reg = <0 0x9050000 0 0x20000>;
        #iommu-cells = <1>; };
    off: iommu@9060000 { compatible = "arm,smmu-v3"; reg = <0 0x9060000 0 0x20000>;
        #iommu-cells = <1>; status = "disabled"; };
    soc {
        compatible = "simple-bus"; #address-cells = <1>; #size-cells = <1>;
        ranges = <0 0x1 0x0 0x10000000>;
        ethernet@1000 { compatible = "test,net"; reg = <0x1000 0x1000>; iommus = <&smmu 1>; };
        mmc@2000 { compatible = "test,mmc"; reg = <0x2000 0x1000>; iommus = <&off 1>; };
        usb@3000 { compatible = "test,usb"; reg = <0x3000 0x1000>; status = "disabled"; };
        i2c@4000 { compatible = "test,i2c"; reg = <0x4000 0x1000>;
            #address-cells = <1>; #size-cells = <0>;
            hdmi@3d { compatible = "test,bridge"; reg = <0x3d>; };
        };
    };
    hidden {
        #address-cells = <2>; #size-cells = <2>;
        dma-controller@c0000 { compatible = "test,dma"; reg = <0 0xc0000 0 0x1000>;
            #dma-cells = <1>; };
    };
    psci { compatible = "arm,psci-1.0"; method = "smc"; };
    firmware { zynqmp-firmware { compatible = "xlnx,zynqmp-firmware"; }; };
    dma0@a0000 { compatible = "test,dma"; reg = <0 0xa0000 0 0x1000>; #dma-cells = <1>; };
    dma1@b0000 { compatible = "test,dma"; reg = <0 0xb0000 0 0x1000>; #dma-cells = <1>; };
};
"""


def trust(tap: Tap, jhctl: Jhctl) -> None:
    tree = subprocess.run(["dtc", "-q", "-O", "dtb"], input=TREE.encode(), capture_output=True,
                          check=True).stdout
    jhctl.put("root/sys/firmware/fdt", tree)
    items = json.loads(jhctl("status", "--json").out)["trust"]
    by = {(item["kind"], item["node"]): item for item in items}
    tap.equal(len(by), len(items), "every thing is named once")
    gic = by["interrupts", "/interrupt-controller@8000000"]
    tap.ok(not gic["open"] and "hypervisor" in gic["closed_by"], "the GIC is closed", gic)
    tap.ok(by["interrupts", "/interrupt-controller@8000000/its@8080000"]["open"], "the ITS is open")
    net = by["bus master", "/soc/ethernet@1000"]
    tap.equal((net["iommu"], net["address"]), ("/iommu@9050000", "0x100001000"),
              "a master behind an IOMMU, its address translated")
    tap.equal(by["bus master", "/soc/mmc@2000"]["iommu"], None, "an IOMMU that is off is none")
    tap.ok(("bus master", "/soc/usb@3000") not in by, "a disabled master does not count")
    tap.ok(not any("hidden" in str(item["node"]) for item in items), "nor one that no CPU reaches")
    tap.ok(not any("hdmi" in str(item["node"]) for item in items), "nor one on an I2C bus")
    tap.ok(("controller", "/iommu@9050000") in by, "the IOMMU itself is listed")
    tap.ok(not by["firmware", "/psci"]["open"], "PSCI is closed")
    tap.ok(by["firmware", "/firmware/zynqmp-firmware"]["open"], "EEMI is open")

    text = jhctl("status").out
    tap.contains(text, "/dma0@a0000 ... /dma1@b0000 (2): open", "like things together")
    tap.contains(text, "open to root, which programs /iommu@9050000 before it",
                 "the IOMMU in words")
    root = jhctl.home / "root/sys"
    node = root / "firmware/devicetree/base/dma1@b0000"
    stub = root / "bus/platform/drivers/jh-stub/b0000.dma1"
    node.mkdir(parents=True)
    stub.mkdir(parents=True)
    (stub / "of_node").symlink_to(node)
    text = jhctl("status").out
    tap.contains(text, "/dma0@a0000: open\n", "what a cell has stands apart")
    tap.contains(text, "/dma1@b0000: in the hands of a cell", "and is told")
    tap.contains(text, "which could reach root and all others, and nothing stops it when the cell "
                 "ends", "so is that it has no reset line")
    jhctl.put("root/sys/firmware/fdt", tree[:-40])
    tap.contains(jhctl("status").out, "trust model: unknown", "a tree that is cut is not believed")


def owners(tap: Tap, jhctl: Jhctl) -> None:
    seen = jhctl("status", JH_FAKE_STATE="")
    tap.ok(seen.out.startswith("jh: not loaded"), "not loaded", seen)
    seen = jhctl("status", JH_FAKE_OPEN="13")
    tap.ok(seen.out.startswith("jh: hidden"), "not root", seen)
    tap.ok(jhctl("status").out.startswith("jh: disabled"), "disabled")
    jhctl.blob("sys.cell", "system", "virt")
    jhctl.blob("rtos.cell", "cell", "rtos", "3")
    jhctl("enable", "sys.cell")
    jhctl("cell", "create", "rtos.cell")
    jhctl.put("root/sys/devices/virtual/misc/jh/hypervisor", b"0xbf000000 16777216\n")
    jhctl.put("root/sys/devices/virtual/misc/jh/pools", b"0xb0000000 67108864\n")
    seen = jhctl("status").out
    tap.ok(seen.startswith("jh: enabled"), "enabled", seen)
    tap.contains(seen, "  3  0x3    rtos  running    103\n", "who owns a CPU")
    tap.contains(seen, "hypervisor: 16M at 0xbf000000\npool: 64M at 0xb0000000\n", "its memory")
    whole = json.loads(jhctl("status", "--json").out)
    tap.equal((whole["enabled"], len(whole["cells"]), whole["pools"]),
              (True, 2, [{"address": "0xb0000000", "size": 64 << 20}]), "status --json")


def plain(tap: Tap, jhctl: Jhctl) -> None:
    """A hypervisor without optional units has no rows of links, and no place for them."""
    own = Jhctl(jhctl.tools)
    own("enable", own.blob("sys.cell", "system", "plain"), JH_FAKE_PLAIN="1")
    own("cell", "create", own.blob("rtos.cell", "cell", "rtos", "3"))
    for words in (("status",), ("cell", "list"), ("cell", "show", "rtos"), ("cell", "stats", "0")):
        seen = own(*words, "--json")
        tap.equal((seen.code, seen.err), (0, ""), f"{' '.join(words)} without links")


def run(tap: Tap, jhctl: Jhctl) -> None:
    plain(tap, jhctl)
    owners(tap, jhctl)
    trust(tap, jhctl)

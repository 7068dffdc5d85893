# SPDX-License-Identifier: GPL-2.0-only
#
# Copyright (c) The jh authors
"""jhctl status: each kind of hardware or firmware that could reach cells has its row."""
from __future__ import annotations

import json
import subprocess

from tap import Jhctl, Tap

DMA = "reads and writes any memory"
# kind, name of the node, its compatible, a property more, what the row says
NODES = (
    ("interrupts", "its", "arm,gic-v3-its", "", "reads and writes its tables"),
    ("interrupts", "v2m", "arm,gic-v2m-frame", "", "raises any of its interrupts"),
    ("interrupts", "gic3", "arm,gic-v3", "", "interrupt controller"),
    ("interrupts", "gic2", "arm,gic-400", "", "interrupt controller"),
    ("interrupts", "gic15", "arm,cortex-a15-gic", "", "interrupt controller"),
    ("bus master", "gicr", "arm,gic-v3", "", "redistributors keep LPI tables"),
    ("bus master", "tmc", "arm,coresight-tmc", "", "trace router"),
    ("bus master", "ecam", "pci-host-ecam-generic", "", "PCI host"),
    ("bus master", "pcie", "t,a", "", "PCI host"),
    ("bus master", "pci", "t,b", "", "PCI host"),
    ("bus master", "virtio", "virtio,mmio", "", "virtio device"),
    ("bus master", "fw-cfg", "qemu,fw-cfg-mmio", "", "fw_cfg"),
    ("bus master", "dwc", "snps,dwc3", "", "USB"),
    ("bus master", "hci", "generic-xhci", "", "USB"),
    ("bus master", "hci2", "t,x-ahci", "", "USB or SATA"),
    *(("bus master", name, "t,c", "", words) for name, words in (
        ("usb", "USB"), ("ethernet", "network"), ("mmc", "SD or MMC"), ("sdhci", "SD or MMC"),
        ("sata", "SATA"), ("ahci", "SATA"), ("ufs", "UFS"), ("nand-controller", "NAND"),
        ("gpu", "graphics"), ("npu", "neural"), ("display", "display"),
        ("display-controller", "display"), ("vop", "display"), ("hdmi", "display"),
        ("video-codec", "video"), ("vpu", "video"), ("csi", "camera"), ("isp", "camera"),
        ("crypto", "cryptography"))),
    ("bus master", "dmac", "t,d", "#dma-cells = <1>;", "DMA controller"),
    ("bus master", "behind", "t,e", "iommus = <&smmu 1>;", "device: " + DMA),
    ("bus master", "coherent", "t,f", "dma-coherent;", "device: " + DMA),
    ("controller", "smmu3", "arm,smmu-v3", "", "IOMMU"),
    ("controller", "mmu5", "arm,mmu-500", "", "IOMMU"),
    ("controller", "cs", "arm,coresight-cpu-debug", "", "debugging"),
    ("controller", "etm", "arm,embedded-trace-extension", "", "debugging"),
    ("controller", "ram", "xlnx,zynqmp-ddrc-2.40a", "", "memory controller"),
    ("controller", "memory-controller", "t,g", "", "memory controller"),
    ("controller", "watchdog", "t,h", "", "watchdog"),
    ("controller", "wdt", "arm,sbsa-gwdt", "", "watchdog"),
    ("controller", "gpc", "fsl,imx8mp-gpc", "", "power"),
    ("controller", "pd", "t,i", "#power-domain-cells = <1>;", "power"),
    ("controller", "rst", "t,j", "#reset-cells = <1>;", "resets"),
    ("controller", "clk", "t,k", "#clock-cells = <1>;", "clocks"),
    ("controller", "sys", "syscon", "", "registers shared"),
    ("processor", "r5", "xlnx,zynqmp-r5fss", "", "R5 cores"),
    ("processor", "m7", "fsl,imx8mn-cm7", "", "Cortex-M"),
    ("processor", "dsp", "fsl,imx8mp-dsp", "", "signal processor"),
    ("processor", "remoteproc", "t,l", "", "processor"),
    ("processor", "vc1", "brcm,bcm2835-vchiq", "", "VideoCore"),
    ("processor", "vc2", "brcm,bcm2711-vchiq", "", "VideoCore"),
    ("firmware", "psci", "arm,psci-1.0", "", "PSCI"),
    ("firmware", "eemi", "xlnx,zynqmp-firmware", "", "EEMI"),
    ("firmware", "tee", "linaro,optee-tz", "", "OP-TEE"),
    ("firmware", "scmi", "arm,scmi-smc", "", "SCMI"),
    ("firmware", "scpi", "arm,scpi", "", "SCPI"),
    ("firmware", "sdei", "arm,sdei-1.0", "", "SDEI"),
    ("firmware", "sm", "amlogic,meson-gxbb-sm", "", "secure monitor"),
    ("firmware", "scm", "qcom,scm", "", "secure monitor"),
    ("firmware", "vcfw", "raspberrypi,bcm2835-firmware", "", "VideoCore firmware"),
    ("firmware", "scu", "fsl,imx-scu", "", "system controller"),
)
# What a chip has that no node of its tree names: kind and address.
CHIPS = {
    "xlnx,zynqmp": {
        ("controller", address) for address in (0xfd5c0000, 0xfd1a0000, 0xff5e0000, 0xff180000,
                                                0xff410000, 0xfd610000, 0xfe800000)
    } | {("processor", 0xff9a0000), ("processor", 0xffd80000), ("bus master", 0xffca0000)},
    "xlnx,versal": {("controller", 0xfd5c0000), ("controller", 0xfd1a0000),
                    ("controller", 0xff5e0000)},
}


def trust(jhctl: Jhctl, compatible: str, nodes: str = "") -> list[dict[str, object]]:
    text = (f'/dts-v1/; / {{ compatible = "{compatible}"; #address-cells = <1>; '
            f"#size-cells = <1>; {nodes} }};")
    tree = subprocess.run(["dtc", "-q", "-O", "dtb"], input=text.encode(), capture_output=True,
                          check=True).stdout
    jhctl.put("root/sys/firmware/fdt", tree)
    return list(json.loads(jhctl("status", "--json").out)["trust"])


def run(tap: Tap, jhctl: Jhctl) -> None:
    nodes = 'smmu: iommu@fff0000 { compatible = "t,m"; reg = <0xfff0000 0x1000>; ' \
            "#iommu-cells = <1>; };\n"
    for number, (_, name, compatible, more, _) in enumerate(NODES, 1):
        at = f"{number << 12:x}"
        nodes += f'{name}@{at} {{ compatible = "{compatible}"; reg = <0x{at} 0x1000>; {more} }};\n'
    found = {(str(item["kind"]), str(item["node"])): str(item["what"])
             for item in trust(jhctl, "test,board", nodes)}
    for number, (kind, name, compatible, more, words) in enumerate(NODES, 1):
        seen = found.get((kind, f"/{name}@{number << 12:x}"), "no row")
        tap.contains(seen, words, f"trust: {kind}: {compatible if more == '' else more} ({name})")
    for chip, rows in CHIPS.items():
        seen = {(str(item["kind"]), int(str(item["address"]), 16)) for item in trust(jhctl, chip)}
        tap.equal(seen, rows, f"trust: what {chip} has without a node")
    resets(tap, jhctl)


# A PCI host's lines, those of another device, and whether the host can be reset by them.
LINES = (
    ("", "<&a 1>", False),
    ("<&a 1>", "", True),
    ("<&a 1>, <&b 2 3>", "<&a 2>, <&b 2 2>", True),
    ("<&a 1>, <&b 2 3>", "<&a 2>, <&b 2 3>", False),
    ("<&a 1>", "<&a 0>, <&a 1>", False),
    ("<&a 1>", "<&c 1>", True),
    ("<&a 1>", '<&a 1>; status = "disabled"', True),
)


def resets(tap: Tap, jhctl: Jhctl) -> None:
    for own, others, resettable in LINES:
        nodes = "".join(f"{name}: r{name}@{at} {{ reg = <0x{at} 0x1000>; "
                        f"#reset-cells = <{cells}>; }};"
                        for name, at, cells in (("a", 1000, 1), ("b", 2000, 2), ("c", 3000, 1)))
        nodes += "pcie@4000 { reg = <0x4000 0x1000>; " + (f"resets = {own};" if own else "") + " };"
        nodes += "uart@5000 { reg = <0x5000 0x1000>; " + (f"resets = {others};" if others else "")
        rows = trust(jhctl, "test,board", nodes + " };")
        found = [item["resettable"] for item in rows if item["node"] == "/pcie@4000"]
        tap.equal(found, [resettable],
                  f"trust: resets {own or 'none'}, another has {others or 'none'}")

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Inside a group specific rules come before general ones: the first match counts.
 */
#include "trust_rules.h"

#include <stddef.h>

#define FILTERED	"the hypervisor, which lets each cell reach its own interrupts only"
#define ANSWERED	"the hypervisor, which answers for every cell"

/* Sentences about more than one kind. */
#define DMA		"reads and writes any memory that its driver names"
#define CLOCKS		"clocks: can stop those of devices and CPUs that cells have"
#define RESETS		"resets: can reset devices and CPUs that cells have"
#define POWER		"power: can switch off devices and CPUs that cells have"
#define DEBUGGING	"debugging: can halt and read other CPUs"
#define DRAM		"memory controller: can change what addresses mean"
#define SHARED_REGISTERS "registers shared by several devices (clocks, resets, routing)"
#define WATCHDOG	"watchdog: can reset the whole machine"
#define MAILBOX		"acts for root with rights of its own, which nobody here can filter"

const struct trust_rule trust_rules[] = {
	/* Interrupts. */
	{ TRUST_INTERRUPT, MATCH_COMPATIBLE, "arm,gic-v3-its",
	  "reads and writes its tables at addresses that root chooses", NULL },
	{ TRUST_INTERRUPT, MATCH_COMPATIBLE, "arm,gic-v2m-frame",
	  "a write into it raises any of its interrupts, whoever owns them", NULL },
	{ TRUST_INTERRUPT, MATCH_COMPATIBLE, "arm,gic-v3", "interrupt controller", FILTERED },
	{ TRUST_INTERRUPT, MATCH_COMPATIBLE, "arm,gic-400", "interrupt controller", FILTERED },
	{ TRUST_INTERRUPT, MATCH_COMPATIBLE, "arm,cortex-a*-gic", "interrupt controller",
	  FILTERED },

	/* Bus masters. The redistributors of a GICv3 are ones if it has LPIs. */
	{ TRUST_MASTER, MATCH_COMPATIBLE, "arm,gic-v3",
	  "redistributors keep LPI tables at addresses that root chooses", NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "arm,gic-v3-its", NULL, NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "arm,smmu*", NULL, NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "arm,mmu-*", NULL, NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "rockchip,iommu", NULL, NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "rockchip,*-iommu", NULL, NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "arm,coresight-tmc",
	  "trace router: writes traces at any address", NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "pci-host-*", "PCI host: every device behind it", NULL },
	{ TRUST_MASTER, MATCH_NAME, "pcie", "PCI host: every device behind it", NULL },
	{ TRUST_MASTER, MATCH_NAME, "pci", "PCI host: every device behind it", NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "virtio,mmio", "virtio device: " DMA, NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "qemu,fw-cfg-mmio", "fw_cfg: " DMA, NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "snps,dwc3", "USB: " DMA, NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "generic-?hci", "USB: " DMA, NULL },
	{ TRUST_MASTER, MATCH_COMPATIBLE, "*-?hci", "USB or SATA: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "usb", "USB: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "ethernet", "network: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "mmc", "SD or MMC: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "sdhci", "SD or MMC: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "sata", "SATA: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "ahci", "SATA: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "ufs", "UFS: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "nand-controller", "NAND flash: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "gpu", "graphics: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "npu", "neural network: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "display", "display: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "display-controller", "display: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "vop", "display: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "hdmi", "display: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "video-codec", "video: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "vpu", "video: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "csi", "camera: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "isp", "camera: " DMA, NULL },
	{ TRUST_MASTER, MATCH_NAME, "crypto", "cryptography: " DMA, NULL },
	{ TRUST_MASTER, MATCH_PROPERTY, "#dma-cells", "DMA controller: " DMA, NULL },
	{ TRUST_MASTER, MATCH_PROPERTY, "iommus", "device: " DMA, NULL },
	{ TRUST_MASTER, MATCH_PROPERTY, "dma-coherent", "device: " DMA, NULL },

	/* Controllers. */
	{ TRUST_CONTROLLER, MATCH_COMPATIBLE, "arm,smmu*",
	  "IOMMU: root decides where its streams go", NULL },
	{ TRUST_CONTROLLER, MATCH_COMPATIBLE, "arm,mmu-*",
	  "IOMMU: root decides where its streams go", NULL },
	{ TRUST_CONTROLLER, MATCH_COMPATIBLE, "arm,coresight-*", DEBUGGING, NULL },
	{ TRUST_CONTROLLER, MATCH_COMPATIBLE, "arm,embedded-trace-*", DEBUGGING, NULL },
	{ TRUST_CONTROLLER, MATCH_COMPATIBLE, "*ddrc*", DRAM, NULL },
	{ TRUST_CONTROLLER, MATCH_NAME, "memory-controller", DRAM, NULL },
	{ TRUST_CONTROLLER, MATCH_NAME, "watchdog", WATCHDOG, NULL },
	{ TRUST_CONTROLLER, MATCH_COMPATIBLE, "*,sbsa-gwdt", WATCHDOG, NULL },
	{ TRUST_CONTROLLER, MATCH_COMPATIBLE, "fsl,imx*-gpc", POWER, NULL },
	{ TRUST_CONTROLLER, MATCH_PROPERTY, "#power-domain-cells", POWER, NULL },
	{ TRUST_CONTROLLER, MATCH_PROPERTY, "#reset-cells", RESETS, NULL },
	{ TRUST_CONTROLLER, MATCH_PROPERTY, "#clock-cells", CLOCKS, NULL },
	{ TRUST_CONTROLLER, MATCH_COMPATIBLE, "syscon", SHARED_REGISTERS, NULL },

	/* Other processors. */
	{ TRUST_PROCESSOR, MATCH_COMPATIBLE, "xlnx,*-r5f*", "R5 cores: " DMA, NULL },
	{ TRUST_PROCESSOR, MATCH_COMPATIBLE, "fsl,*-cm[47]", "Cortex-M core: " DMA, NULL },
	{ TRUST_PROCESSOR, MATCH_COMPATIBLE, "fsl,*-dsp", "signal processor: " DMA, NULL },
	{ TRUST_PROCESSOR, MATCH_NAME, "remoteproc", "processor: " DMA, NULL },
	{ TRUST_PROCESSOR, MATCH_COMPATIBLE, "brcm,bcm2835-vchiq", "VideoCore: " DMA, NULL },
	{ TRUST_PROCESSOR, MATCH_COMPATIBLE, "brcm,bcm2711-vchiq", "VideoCore: " DMA, NULL },

	/* Firmware. */
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "arm,psci*", "PSCI: starts, stops and resets CPUs",
	  ANSWERED },
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "xlnx,*-firmware",
	  "EEMI: clocks, resets, power and registers of any device", NULL },
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "linaro,optee-tz",
	  "OP-TEE: calls carry addresses of memory", NULL },
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "arm,scmi*",
	  "SCMI: clocks, resets and power of any device", NULL },
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "arm,scpi*", "SCPI: clocks and power of any device",
	  NULL },
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "arm,sdei*",
	  "SDEI: would call back at the hypervisor's level", NULL },
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "amlogic,*-sm", "secure monitor: " MAILBOX, NULL },
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "qcom,scm*", "secure monitor: " MAILBOX, NULL },
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "raspberrypi,*-firmware",
	  "VideoCore firmware: " MAILBOX, NULL },
	{ TRUST_FIRMWARE, MATCH_COMPATIBLE, "fsl,imx-scu", "system controller: " MAILBOX, NULL },
	{ TRUST_GROUPS, MATCH_NAME, NULL, NULL, NULL }
};

const struct trust_machine trust_machines[] = {
	{ "xlnx,zynqmp", TRUST_CONTROLLER, 0xfd5c0000, "APU: start addresses and power of A53s" },
	{ "xlnx,zynqmp", TRUST_CONTROLLER, 0xfd1a0000, "CRF_APB: " CLOCKS },
	{ "xlnx,zynqmp", TRUST_CONTROLLER, 0xff5e0000, "CRL_APB: " CLOCKS },
	{ "xlnx,zynqmp", TRUST_CONTROLLER, 0xff180000, "IOU_SLCR: " SHARED_REGISTERS },
	{ "xlnx,zynqmp", TRUST_CONTROLLER, 0xff410000, "LPD_SLCR: " SHARED_REGISTERS },
	{ "xlnx,zynqmp", TRUST_CONTROLLER, 0xfd610000, "FPD_SLCR: " SHARED_REGISTERS },
	{ "xlnx,zynqmp", TRUST_CONTROLLER, 0xfe800000, "CoreSight: " DEBUGGING },
	{ "xlnx,zynqmp", TRUST_PROCESSOR, 0xff9a0000, "RPU: starts the R5 cores" },
	{ "xlnx,zynqmp", TRUST_PROCESSOR, 0xffd80000, "PMU: " MAILBOX },
	{ "xlnx,zynqmp", TRUST_MASTER, 0xffca0000, "CSU: " DMA },
	{ "xlnx,versal", TRUST_CONTROLLER, 0xfd5c0000, "APU: start addresses and power of A72s" },
	{ "xlnx,versal", TRUST_CONTROLLER, 0xfd1a0000, "CRF: " CLOCKS },
	{ "xlnx,versal", TRUST_CONTROLLER, 0xff5e0000, "CRL: " CLOCKS },
	{ NULL, TRUST_GROUPS, 0, NULL }
};

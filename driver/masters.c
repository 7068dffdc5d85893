// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Bus masters: devices that may read and write memory by themselves, as far as a device tree tells.
 * A device that is not known to be a slave counts as a master.
 */
#include "jh.h"

#include <linux/ioport.h>
#include <linux/kernel.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/string.h>

/* Words of node names and compatible strings; tools/jhconf/devices.py has the same masters. */
static const char *const masters[] = {
	"ethernet", "gem", "macb", "fec", "gmac", "dwmac", "enetc", "mmc", "sdhci", "dwmmc", "usb",
	"dwc2", "dwc3", "xhci", "ehci", "ohci", "sata", "ahci", "ufs", "ufshc", "nvme", "pcie",
	"pci", "dma", "edma", "gpu", "npu", "display", "crypto", "codec", "vcu", "vpu", "isp",
	"nand", "qspi", "ospi", "remoteproc", "virtio",
};

/* A part of such a device that has no DMA. */
static const char *const parts[] = { "phy", "usbphy" };

static const char *const slaves[] = {
	"serial", "uart", "lpuart", "pl011", "timer", "ttc", "sp804", "gpt", "watchdog", "wdt",
	"sp805", "rtc", "pl031", "gpio", "pl061", "pinctrl", "i2c", "spi", "can", "flexcan",
	"pwm", "adc", "xadc", "mailbox", "mu", "hwspinlock", "thermal", "sram",
};

/* Properties that only a bus master has. */
static const char *const properties[] = {
	"iommus", "iommu-map", "dma-coherent", "dma-noncoherent", "#dma-cells", "memory-region",
};

static bool is_in(const char *word, size_t length, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strlen(list[i]) == length && !strncmp(list[i], word, length))
			return true;
	return false;
}

/* Has the text one of the words? Words end at punctuation, the text at its unit address. */
static bool has_word(const char *text, const char *const *list, size_t count)
{
	size_t length;

	for (;; text += length + 1) {
		length = strcspn(text, "-,_.@");
		if (is_in(text, length, list, count))
			return true;
		if (!text[length] || text[length] == '@')
			return false;
	}
}

static bool is_called(struct device_node *np, const char *const *list, size_t count)
{
	const char *compatible;
	int i;

	if (has_word(kbasename(np->full_name), list, count))
		return true;
	for (i = 0; !of_property_read_string_index(np, "compatible", i, &compatible); i++)
		if (has_word(compatible, list, count))
			return true;
	return false;
}

/* A device without registers in memory (on an I2C bus, say), or a bus, is no master. */
static bool has_registers(struct device_node *np)
{
	struct resource res;

	return !of_address_to_resource(np, 0, &res);
}

static bool is_pci(struct device_node *np)
{
	static const char *const words[] = { "pci", "pcie" };

	return of_node_is_type(np, "pci") ||
	       (is_called(np, words, ARRAY_SIZE(words)) &&
		!is_called(np, parts, ARRAY_SIZE(parts)));
}

static bool is_master(struct device_node *np)
{
	int i;

	if (!has_registers(np))
		return false;
	for (i = 0; i < ARRAY_SIZE(properties); i++)
		if (of_property_read_bool(np, properties[i]))
			return true;
	if (of_node_is_type(np, "pci"))
		return true;
	/* With "dmas" a DMA controller, another device, accesses memory for it. */
	if (of_property_read_bool(np, "dmas") || is_called(np, parts, ARRAY_SIZE(parts)))
		return false;
	return is_called(np, masters, ARRAY_SIZE(masters)) ||
	       !is_called(np, slaves, ARRAY_SIZE(slaves));
}

/* Is a device's node, or one below it, enabled or not? Those below go to the cell with it. */
static bool any(struct device_node *top, bool (*is)(struct device_node *np))
{
	struct device_node *child;
	bool found = is(top);

	for_each_child_of_node(top, child) {
		if (found)
			break;
		found = any(child, is);
	}
	of_node_put(child);
	return found;
}

/** jh_masters_has() - may the device, or one below it, read and write memory by itself? */
bool jh_masters_has(struct device_node *np)
{
	return any(np, is_master);
}

/** jh_masters_has_pci() - is the device, or one below it, a PCI host? */
bool jh_masters_has_pci(struct device_node *np)
{
	return any(np, is_pci);
}

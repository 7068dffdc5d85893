// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Devices of a guest, copied from the machine's tree. What Linux keeps, clocks, resets, pins,
 * power, is not there for the guest: a clock becomes a fixed one, all else that points elsewhere
 * goes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fnmatch.h>
#include <jh/config.h>
#include <lib/config.h>

#include "guest_parts.h"
#include "jhctl.h"
#include "text.h"
#include "tree.h"

#define REGS		16		/* register ranges of a device */
#define IRQS		64		/* interrupts */
#define CLOCK_REFS	16		/* and clocks */
#define UNKNOWN_RATE	100000000u	/* Hz, said with a warning */
#define DEEP		8		/* levels below a device */

/* Properties that name something which stays with Linux, or say where and how Linux sees it. */
static const char *const dropped[] = {
	"pinctrl-*", "resets", "reset-names", "*reset-gpio*", "power-domains", "power-domain-names",
	"iommus", "iommu-map*", "dmas", "dma-names", "interconnect*", "*-supply", "assigned-clock*",
	"operating-points*", "nvmem*", "memory-region*", "mboxes", "mbox-names", "msi-parent",
	"msi-map*", "*-gpios", "*-gpio", "thermal-*", "cooling-*", "access-controllers", "status",
	"interrupt-parent", "interrupts", "interrupts-extended", "reg", "clocks", "clock-ranges",
	"ranges", "dma-ranges", "xlnx,tz*",
};

static int device_node(const struct guest_writer *w, __u32 index)
{
	__u32 count;

	return fdt_path_offset(w->guest->machine,
			       config_devices(w->guest->config, &count)[index].path);
}

/* Where the cell finds registers that are at @address of the machine; false: it does not. */
static bool translate(const struct guest_writer *w, __u32 device, __u64 *address, __u64 size)
{
	const struct jh_config_memory *memory;
	__u32 count, i;

	memory = config_memories(w->guest->config, &count);
	for (i = 0; i < count; i++) {
		__u64 offset = *address - memory[i].phys;

		if (memory[i].device != device + 1 || offset >= memory[i].size ||
		    size > memory[i].size - offset)
			continue;
		*address = memory[i].virt + offset;
		return true;
	}
	return false;
}

char *guest_device_name(const struct guest_writer *w, __u32 index)
{
	int node = device_node(w, index);
	char base[TREE_PATH_LEN];
	__u64 address, size;

	if (node < 0 || !tree_reg(w->guest->machine, node, 0, &address, &size) ||
	    !translate(w, index, &address, size))
		return NULL;
	tree_base_name(w->guest->machine, node, base);
	return text_format("%s@%llx", base, address);
}

static void put_regs(struct guest_writer *w, __u32 index, int node, const char *path)
{
	fdt32_t cells[4 * REGS];
	__u64 address, size;
	int i, count = 0;

	for (i = 0; i < REGS && tree_reg(w->guest->machine, node, i, &address, &size); i++) {
		if (translate(w, index, &address, size))
			count = guest_put_range(cells, count, address, size);
		else
			complain("warning: %s: its registers at 0x%llx are not the cell's, and not "
				 "in its tree", path, address);
	}
	guest_raw(w, "reg", cells, count * (int)sizeof(*cells));
}

static bool owns_irq(const struct guest_writer *w, __u32 intid)
{
	const struct jh_config_irq *irq;
	__u32 count, i;

	irq = config_irqs(w->guest->config, &count);
	for (i = 0; i < count; i++) {
		if (irq[i].intid == intid)
			return true;
	}
	return false;
}

/* Is the node's interrupt parent the GIC, so that its interrupts can be taken as they are? */
static bool is_below_gic(const struct guest_writer *w, int node)
{
	const void *fdt = w->guest->machine;
	const fdt32_t *parent = NULL;
	int length;

	for (; node >= 0 && !parent; node = fdt_parent_offset(fdt, node))
		parent = fdt_getprop(fdt, node, "interrupt-parent", &length);
	return parent && fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(*parent)) == w->gic_node;
}

/* Of the machine's interrupt controller, 3 or more: behind those stands which CPUs a PPI is for. */
static int gic_cells(const struct guest_writer *w)
{
	int length;
	const fdt32_t *cells = fdt_getprop(w->guest->machine, w->gic_node, "#interrupt-cells",
					   &length);

	return cells && length == 4 ? (int)(fdt32_to_cpu(*cells) & 0xff) : 3;
}

/*
 * As the machine's tree has them, in its order, which interrupt-names tells. The guest's interrupt
 * controller has three cells.
 */
static bool copy_irqs(struct guest_writer *w, int node, const char *path)
{
	int length, i, used = 0, each = gic_cells(w);
	const fdt32_t *irq = fdt_getprop(w->guest->machine, node, "interrupts", &length);
	fdt32_t cells[3 * IRQS];

	if (!irq || each < 3 || length % (4 * each) || length / (4 * each) > IRQS ||
	    !is_below_gic(w, node))
		return false;
	for (i = 0; i < length / 4; i += each) {
		__u32 number = fdt32_to_cpu(irq[i + 1]);

		if (!irq[i] && !owns_irq(w, number + 32)) {
			complain("warning: %s: its interrupt %u is not the cell's", path,
				 number + 32);
			return false;
		}
		memcpy(&cells[used], &irq[i], 3 * sizeof(*cells));
		used += 3;
	}
	guest_raw(w, "interrupts", cells, used * (int)sizeof(*cells));
	return true;
}

/* As the configuration has them. */
static void put_irqs(struct guest_writer *w, __u32 device)
{
	const struct jh_config_irq *irq;
	fdt32_t cells[3 * REGS];
	int used = 0;
	__u32 count, i;

	irq = config_irqs(w->guest->config, &count);
	for (i = 0; i < count && used < 3 * REGS; i++) {
		if (irq[i].device != device + 1)
			continue;
		cells[used++] = 0;
		cells[used++] = cpu_to_fdt32(irq[i].intid - 32);
		cells[used++] = cpu_to_fdt32(irq[i].flags & JH_IRQ_EDGE ? 1 : 4);
	}
	if (used)
		guest_raw(w, "interrupts", cells, used * (int)sizeof(*cells));
}

/* The rate of a clock of the machine, as far as its tree tells it; 0 if not. */
static __u32 clock_rate(const void *fdt, int clock)
{
	const fdt32_t *rate;
	int length;

	if (clock < 0 || !tree_compatible(fdt, clock, "fixed-clock"))
		return 0;
	rate = fdt_getprop(fdt, clock, "clock-frequency", &length);
	return rate && length == 4 ? fdt32_to_cpu(*rate) : 0;
}

static __u32 clock_handle(struct guest_writer *w, __u32 rate)
{
	int i;

	for (i = 0; i < w->clocks; i++) {
		if (w->rate[i] == rate)
			return w->clock[i];
	}
	if (w->clocks == GUEST_CLOCKS)
		return w->clock[0];
	w->rate[w->clocks] = rate;
	w->clock[w->clocks] = ++w->phandle;
	return w->clock[w->clocks++];
}

/* Rates that the device's own node asks for (assigned-clock-rates) */
static __u32 own_rate(const void *fdt, int node, int index)
{
	const fdt32_t *rate;
	int length;

	rate = fdt_getprop(fdt, node, "assigned-clock-rates", &length);
	if (rate && length >= 4 * (index + 1) && rate[index])
		return fdt32_to_cpu(rate[index]);
	rate = fdt_getprop(fdt, node, "clock-frequency", &length);
	return rate && length == 4 ? fdt32_to_cpu(*rate) : 0;
}

/* Of each clock a fixed one: the machine's rate if its tree knows it. */
static void put_clocks(struct guest_writer *w, int node, const char *path)
{
	const void *fdt = w->guest->machine;
	int length, at = 0, used = 0, clock, cells;
	const fdt32_t *refs = fdt_getprop(fdt, node, "clocks", &length), *count;
	fdt32_t handles[CLOCK_REFS];
	__u32 rate;

	while (refs && at < length / 4 && used < CLOCK_REFS) {
		clock = fdt_node_offset_by_phandle(fdt, fdt32_to_cpu(refs[at]));
		count = clock < 0 ? NULL : fdt_getprop(fdt, clock, "#clock-cells", &cells);
		rate = clock_rate(fdt, clock);
		if (!rate)
			rate = own_rate(fdt, node, used);
		if (!rate) {
			rate = UNKNOWN_RATE;
			complain("warning: %s: the rate of its clock %d is not in the tree, 100 "
				 "MHz are taken for it: see --dtb-add", path, used);
		}
		handles[used++] = cpu_to_fdt32(clock_handle(w, rate));
		at += 1 + (int)(count ? fdt32_to_cpu(*count) & 0xf : 0);
	}
	if (used)
		guest_raw(w, "clocks", handles, used * 4);
}

void guest_clocks(struct guest_writer *w)
{
	char *name;
	int i;

	for (i = 0; i < w->clocks; i++) {
		name = text_format("clock-%u", w->rate[i]);
		guest_begin(w, name);
		guest_string(w, "compatible", "fixed-clock");
		guest_number(w, "#clock-cells", 0);
		guest_number(w, "clock-frequency", w->rate[i]);
		guest_number(w, "phandle", w->clock[i]);
		guest_end(w);
		free(name);
	}
}

static bool is_dropped(const char *name, bool inner)
{
	size_t i;

	/* Below a device reg counts on the device's own bus, an address of a PHY for example. */
	if (inner && !strcmp(name, "reg"))
		return false;
	for (i = 0; i < sizeof(dropped) / sizeof(dropped[0]); i++) {
		if (!fnmatch(dropped[i], name, 0))
			return true;
	}
	return false;
}

static void copy_properties(struct guest_writer *w, int node, bool inner)
{
	const void *fdt = w->guest->machine, *value;
	const char *name;
	int at, length;

	fdt_for_each_property_offset(at, fdt, node) {
		value = fdt_getprop_by_offset(fdt, at, &name, &length);
		if (value && !is_dropped(name, inner))
			guest_raw(w, name, value, length);
	}
}

static void copy_children(struct guest_writer *w, int node, int depth)
{
	const void *fdt = w->guest->machine;
	int child;

	if (depth == DEEP)
		return;
	fdt_for_each_subnode(child, fdt, node) {
		if (!tree_enabled(fdt, child))
			continue;
		guest_begin(w, fdt_get_name(fdt, child, NULL));
		copy_properties(w, child, true);
		copy_children(w, child, depth + 1);
		guest_end(w);
	}
}

/* A bus above it may say for all its devices that they snoop. */
static bool inherits_coherence(const void *fdt, int node)
{
	if (fdt_getprop(fdt, node, "dma-coherent", NULL))
		return false;
	while ((node = fdt_parent_offset(fdt, node)) >= 0) {
		if (fdt_getprop(fdt, node, "dma-coherent", NULL))
			return true;
	}
	return false;
}

void guest_device(struct guest_writer *w, __u32 index)
{
	const void *fdt = w->guest->machine;
	char *name = guest_device_name(w, index);
	int node = device_node(w, index);
	__u32 count;
	const char *path = config_devices(w->guest->config, &count)[index].path;

	if (!name) {
		complain("warning: %s: %s", path, node < 0 ?
			 "this machine's tree has no such node" :
			 "its registers are not the cell's");
		return;
	}
	guest_begin(w, name);
	put_regs(w, index, node, path);
	if (!copy_irqs(w, node, path))
		put_irqs(w, index);
	put_clocks(w, node, path);
	copy_properties(w, node, false);
	if (inherits_coherence(fdt, node))
		guest_flag(w, "dma-coherent");
	copy_children(w, node, 0);
	guest_end(w);
	free(name);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The board that a guest sees: memory, CPUs, interrupt controller, timer, firmware, console. Its
 * devices are in guest_device.c, guest_pci.c and guest_virtio.c.
 */
#include "guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jh/config.h>
#include <lib/config.h>

#include "guest_parts.h"
#include "jhctl.h"
#include "text.h"
#include "tree.h"

#define REGS		17		/* frames of an interrupt controller */
#define FIRST_TRIGGER	8u		/* of the timer's interrupts: level, active low */
#define TIMER_PPIS	4
#define IRQ_LEVEL_HIGH	4		/* as the tree calls it, which counts from INTID_SPI */

static const char *const gics[] = {
	"arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic",
};

void guest_begin(struct guest_writer *w, const char *name)
{
	if (!w->error)
		w->error = fdt_begin_node(w->fdt, name);
}

void guest_end(struct guest_writer *w)
{
	if (!w->error)
		w->error = fdt_end_node(w->fdt);
}

void guest_raw(struct guest_writer *w, const char *name, const void *data, int length)
{
	if (!w->error)
		w->error = fdt_property(w->fdt, name, data, length);
}

void guest_string(struct guest_writer *w, const char *name, const char *text)
{
	guest_raw(w, name, text, (int)strlen(text) + 1);
}

void guest_number(struct guest_writer *w, const char *name, __u32 value)
{
	fdt32_t cell = cpu_to_fdt32(value);

	guest_raw(w, name, &cell, sizeof(cell));
}

void guest_flag(struct guest_writer *w, const char *name)
{
	guest_raw(w, name, "", 0);
}

static void put_number64(struct guest_writer *w, const char *name, __u64 value)
{
	fdt64_t cells = cpu_to_fdt64(value);

	guest_raw(w, name, &cells, sizeof(cells));
}

int guest_put_range(fdt32_t *cells, int count, __u64 address, __u64 size)
{
	cells[count++] = cpu_to_fdt32((__u32)(address >> 32));
	cells[count++] = cpu_to_fdt32((__u32)address);
	cells[count++] = cpu_to_fdt32((__u32)(size >> 32));
	cells[count++] = cpu_to_fdt32((__u32)size);
	return count;
}

static void put_reg(struct guest_writer *w, __u64 address, __u64 size)
{
	fdt32_t cells[4];

	guest_put_range(cells, 0, address, size);
	guest_raw(w, "reg", cells, sizeof(cells));
}

void guest_begin_at(struct guest_writer *w, const char *name, __u64 address)
{
	char *full = text_format("%s@%llx", name, address);

	guest_begin(w, full);
	free(full);
}

/* The device whose registers the cell's console is in; false: it has none of its own. */
static bool console_device(const struct guest_writer *w, __u32 *index)
{
	const struct jh_console *console = config_console(w->guest->config);
	const struct jh_config_memory *memory;
	__u32 count, i;

	memory = config_memories(w->guest->config, &count);
	for (i = 0; console && i < count; i++) {
		if (!memory[i].device || console->address - memory[i].virt >= memory[i].size)
			continue;
		*index = memory[i].device - 1;
		return true;
	}
	return false;
}

/* The console that the hypervisor stands in for; NULL if the cell has none. */
static const struct jh_console *virtual_console(const struct guest_writer *w)
{
	const struct jh_console *console = config_console(w->guest->config);

	return console && console->flags & JH_CONSOLE_VIRTUAL ? console : NULL;
}

/* The node of the console, to be freed; NULL if the cell has none of its own. */
static char *console_name(struct guest_writer *w)
{
	const struct jh_console *console = virtual_console(w);
	__u32 index;

	if (console)
		return text_format("serial@%llx", console->address);
	return console_device(w, &index) ? guest_device_name(w, index) : NULL;
}

static void put_console(struct guest_writer *w, const char *property, const char *suffix)
{
	char *name = console_name(w), *path;

	if (!name)
		return;
	path = text_format("/%s%s", name, suffix);
	guest_string(w, property, path);
	free(path);
	free(name);
}

static void put_chosen(struct guest_writer *w)
{
	const struct guest *guest = w->guest;

	guest_begin(w, "chosen");
	if (*guest->arguments)
		guest_string(w, "bootargs", guest->arguments);
	put_console(w, "stdout-path", ":115200n8");
	if (guest->initrd_size) {
		put_number64(w, "linux,initrd-start", guest->initrd);
		put_number64(w, "linux,initrd-end", guest->initrd + guest->initrd_size);
	}
	guest_raw(w, "kaslr-seed", guest->seed, 8);
	guest_raw(w, "rng-seed", guest->seed + 8, GUEST_SEED);
	guest_end(w);
	guest_begin(w, "aliases");
	put_console(w, "serial0", "");
	guest_end(w);
}

static bool is_ram(const struct jh_config_memory *memory)
{
	const __u32 all = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE;

	return !(memory->flags & (JH_MEM_IO | JH_MEM_SHARED_ROOT)) && (memory->flags & all) == all;
}

/* Shared, or not good for everything that Linux does with RAM. */
static bool is_reserved(const struct jh_config_memory *memory)
{
	return !(memory->flags & JH_MEM_IO) && !is_ram(memory);
}

/* RAM of its own; what is another's as well stands beside it: its kernel leaves that alone. */
static void put_memory(struct guest_writer *w)
{
	const struct jh_config_memory *memory;
	__u32 count, i;

	memory = config_memories(w->guest->config, &count);
	for (i = 0; i < count; i++) {
		if (!is_ram(&memory[i]))
			continue;
		guest_begin_at(w, "memory", memory[i].virt);
		guest_string(w, "device_type", "memory");
		put_reg(w, memory[i].virt, memory[i].size);
		guest_end(w);
	}
	guest_begin(w, "reserved-memory");
	guest_number(w, "#address-cells", 2);
	guest_number(w, "#size-cells", 2);
	guest_flag(w, "ranges");
	for (i = 0; i < count; i++) {
		if (!is_reserved(&memory[i]))
			continue;
		guest_begin_at(w, "shared", memory[i].virt);
		put_reg(w, memory[i].virt, memory[i].size);
		guest_flag(w, "no-map");
		guest_end(w);
	}
	guest_end(w);
}

/* The machine's node of the CPU with these affinity fields; negative if there is none. */
static int cpu_node(const void *fdt, __u64 mpidr)
{
	int cpus = fdt_path_offset(fdt, "/cpus"), node, cells, length;
	const fdt32_t *reg;
	__u64 value;

	cells = fdt_address_cells(fdt, cpus);
	fdt_for_each_subnode(node, fdt, cpus) {
		reg = fdt_getprop(fdt, node, "reg", &length);
		if (!reg || length < 4 * cells || cells < 1 || cells > 2)
			continue;
		value = fdt32_to_cpu(reg[0]);
		if (cells == 2)
			value = value << 32 | fdt32_to_cpu(reg[1]);
		if (value == mpidr)
			return node;
	}
	return -FDT_ERR_NOTFOUND;
}

/* How the guest calls the CPU that is number @index of its configuration. */
static __u64 guest_cpu_id(const struct guest *guest, __u32 index, __u64 mpidr)
{
	if (config_cell(guest->config)->flags & JH_CELL_PHYSICAL_IDS)
		return mpidr;
	return index / 16 << 8 | index % 16;
}

static void put_cpu(struct guest_writer *w, __u32 index, __u64 mpidr)
{
	__u64 id = guest_cpu_id(w->guest, index, mpidr);
	int node = cpu_node(w->guest->machine, mpidr), length = 0;
	const void *compatible = NULL;
	fdt32_t reg[2];

	if (node >= 0)
		compatible = fdt_getprop(w->guest->machine, node, "compatible", &length);
	guest_begin_at(w, "cpu", id);
	guest_string(w, "device_type", "cpu");
	if (compatible)
		guest_raw(w, "compatible", compatible, length);
	else
		guest_string(w, "compatible", "arm,armv8");
	reg[0] = cpu_to_fdt32((__u32)(id >> 32));
	reg[1] = cpu_to_fdt32((__u32)id);
	guest_raw(w, "reg", reg, sizeof(reg));
	guest_string(w, "enable-method", "psci");
	guest_end(w);
}

static void put_cpus(struct guest_writer *w)
{
	const struct jh_config_cpu *cpus;
	__u32 count, i;

	cpus = config_cpus(w->guest->config, &count);
	guest_begin(w, "cpus");
	guest_number(w, "#address-cells", 2);
	guest_number(w, "#size-cells", 0);
	for (i = 0; i < count; i++)
		put_cpu(w, i, w->guest->mpidr[cpus[i].cpu]);
	guest_end(w);
	guest_begin(w, "psci");
	guest_raw(w, "compatible", "arm,psci-1.0\0arm,psci-0.2", 26);
	guest_string(w, "method", "smc");
	guest_end(w);
}

/* Distributor and redistributors, or distributor and CPU interface: as the machine has them. */
static void put_gic(struct guest_writer *w)
{
	const void *fdt = w->guest->machine;
	int frames = 0, count = 0, i, most, length;
	fdt32_t cells[4 * REGS];
	__u64 address, size;
	const char *kind = NULL;
	const fdt32_t *regions;

	for (i = 0; i < (int)(sizeof(gics) / sizeof(gics[0])) && !kind; i++) {
		if (tree_compatible(fdt, w->gic_node, gics[i]))
			kind = gics[i];
	}
	/* After the redistributors come frames of a GICv2, which no guest gets. */
	regions = fdt_getprop(fdt, w->gic_node, "#redistributor-regions", &length);
	most = 2;
	if (kind == gics[0] && regions && length == 4)
		most = 1 + (int)(fdt32_to_cpu(*regions) & 0xffff);
	if (most > REGS)
		most = REGS;
	while (frames < most && tree_reg(fdt, w->gic_node, frames, &address, &size)) {
		if (!frames)
			guest_begin_at(w, "interrupt-controller", address);
		count = guest_put_range(cells, count, address, size);
		frames++;
	}
	guest_string(w, "compatible", kind);
	guest_raw(w, "reg", cells, count * 4);
	if (most > 2)
		guest_number(w, "#redistributor-regions", (__u32)frames - 1);
	guest_flag(w, "interrupt-controller");
	guest_number(w, "#interrupt-cells", 3);
	guest_number(w, "phandle", w->gic);
	guest_end(w);
}

/* Secure, physical, virtual, hypervisor: Linux counts them so, and uses the virtual one. */
static void put_timer(struct guest_writer *w)
{
	static const __u32 ppis[TIMER_PPIS] = { 13, 14, 11, 10 };
	const void *fdt = w->guest->machine, *rate = NULL;
	int node = fdt_node_offset_by_compatible(fdt, -1, "arm,armv8-timer"), i, length;
	fdt32_t cells[3 * TIMER_PPIS];

	if (node >= 0)
		rate = fdt_getprop(fdt, node, "clock-frequency", &length);

	for (i = 0; i < TIMER_PPIS; i++) {
		cells[3 * i] = cpu_to_fdt32(1);
		cells[3 * i + 1] = cpu_to_fdt32(ppis[i]);
		cells[3 * i + 2] = cpu_to_fdt32(FIRST_TRIGGER);
	}
	guest_begin(w, "timer");
	guest_string(w, "compatible", "arm,armv8-timer");
	guest_raw(w, "interrupts", cells, sizeof(cells));
	guest_flag(w, "always-on");
	/* Only firmware that sets no CNTFRQ_EL0 needs it. */
	if (rate)
		guest_raw(w, "clock-frequency", rate, length);
	guest_end(w);
}

static void put_pmu(struct guest_writer *w)
{
	const fdt32_t cells[] = { cpu_to_fdt32(1), cpu_to_fdt32(7), cpu_to_fdt32(4) };

	if (!(config_cell(w->guest->config)->flags & JH_CELL_PMU))
		return;
	guest_begin(w, "pmu");
	guest_string(w, "compatible", "arm,armv8-pmuv3");
	guest_raw(w, "interrupts", cells, sizeof(cells));
	guest_end(w);
}

/*
 * As an SBSA UART it needs no clocks, and no driver tries to set a baud rate. Without an interrupt
 * Linux prints by earlycon alone.
 */
static void put_virtual_console(struct guest_writer *w)
{
	const struct jh_console *console = virtual_console(w);
	__u32 irq = config_cell(w->guest->config)->console_irq;
	fdt32_t cells[3];

	if (!console)
		return;
	guest_begin_at(w, "serial", console->address);
	guest_string(w, "compatible", "arm,sbsa-uart");
	put_reg(w, console->address, console->size);
	if (irq) {
		cells[0] = cpu_to_fdt32(0);
		cells[1] = cpu_to_fdt32(irq - INTID_SPI);
		cells[2] = cpu_to_fdt32(IRQ_LEVEL_HIGH);
		guest_raw(w, "interrupts", cells, sizeof(cells));
	} else {
		complain("warning: the console has no interrupt: Linux prints with earlycon only; "
			 "give its [console] an irq");
	}
	guest_number(w, "current-speed", 115200);
	guest_end(w);
}

static void put_board(struct guest_writer *w)
{
	__u32 count, i;

	config_devices(w->guest->config, &count);
	guest_begin(w, "");
	guest_number(w, "#address-cells", 2);
	guest_number(w, "#size-cells", 2);
	guest_string(w, "model", "a cell of jh");
	guest_string(w, "compatible", "linux,dummy-virt");
	guest_number(w, "interrupt-parent", w->gic);
	put_chosen(w);
	put_memory(w);
	put_cpus(w);
	put_gic(w);
	put_timer(w);
	put_pmu(w);
	put_virtual_console(w);
	for (i = 0; i < count; i++)
		guest_device(w, i);
	guest_virtio(w);
	guest_pci(w);
	guest_clocks(w);
	guest_end(w);
}

static int find_gic(struct guest_writer *w)
{
	const void *fdt = w->guest->machine;
	size_t i;

	w->gic_node = -1;
	for (i = 0; i < sizeof(gics) / sizeof(gics[0]) && w->gic_node < 0; i++)
		w->gic_node = fdt_node_offset_by_compatible(fdt, -1, gics[i]);
	if (w->gic_node < 0)
		return complain("this machine's device tree has no GICv2 or GICv3: load a tree of "
				"your own with 'jhctl cell load --dtb'");
	if (fdt_find_max_phandle(fdt, &w->phandle) || w->phandle > 0x7fffffff)
		return complain("this machine's device tree has phandles that make no sense: load "
				"a tree of your own with 'jhctl cell load --dtb'");
	w->gic = fdt_get_phandle(fdt, w->gic_node);
	if (!w->gic)
		w->gic = ++w->phandle;
	return EXIT_OK;
}

static int check_cpus(const struct guest *guest)
{
	const struct jh_config_cpu *cpus;
	__u32 count, i;

	cpus = config_cpus(guest->config, &count);
	for (i = 0; i < count; i++) {
		if (cpus[i].cpu >= guest->cpus)
			return complain("cpus[%u] of the cell is CPU %u, this machine has 0 to %u: "
					"correct cpus and compile it again", i, cpus[i].cpu,
					guest->cpus - 1);
	}
	return EXIT_OK;
}

void *guest_tree(const struct guest *guest)
{
	struct guest_writer w = { .guest = guest };

	if (check_cpus(guest) || find_gic(&w))
		return NULL;
	w.fdt = malloc(GUEST_LIMIT);
	if (!w.fdt) {
		complain("out of memory");
		return NULL;
	}
	w.error = fdt_create(w.fdt, GUEST_LIMIT);
	if (!w.error)
		w.error = fdt_finish_reservemap(w.fdt);
	put_board(&w);
	if (!w.error)
		w.error = fdt_finish(w.fdt);
	if (!w.error)
		return w.fdt;
	complain("the guest's device tree cannot be made: %s", fdt_strerror(w.error));
	free(w.fdt);
	return NULL;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Writes a small valid configuration for the tests: makeblob
 *
 *	system NAME		a system
 *	assignable ADDRESS	a system with one assignable range
 *	cell NAME CPU		a cell
 *	disk NAME CPU		a cell with a device, /soc/mmc@1000
 *	linux NAME CPU		a cell with two CPUs, RAM at 1 GiB, shared memory, and two devices
 *	virtual NAME CPU	the same, with a console that the hypervisor stands in for
 *	silent NAME CPU		and without an interrupt of that
 *	pci NAME CPU		and with two links as PCI devices
 *	physical NAME CPU	with the machine's numbers of CPUs, and a PMU
 *	direct NAME CPU		a cell that is trusted with its interrupts
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lib/checksum.h>
#include <lib/config.h>

#define MAX_SECTIONS	9

static struct {
	struct jh_config_header header;
	struct jh_config_section table[MAX_SECTIONS];
	__u8 data[2048];
} blob;

static size_t used;

/* Sections come in order of type; there are MAX_SECTIONS places, those not used are cut away. */
static void add_all(__u32 type, const void *records, size_t size, size_t count)
{
	struct jh_config_section *section = &blob.table[blob.header.num_sections++];

	*section = (struct jh_config_section){ type, (__u32)used, (__u32)count, (__u32)size };
	memcpy(blob.data + used, records, size * count);
	used += size * count;
}

static void add(__u32 type, const void *record, size_t size)
{
	add_all(type, record, size, 1);
}

static size_t finish(__u16 kind, __u8 *out)
{
	size_t table = sizeof(blob.header) + blob.header.num_sections * sizeof(blob.table[0]);
	int i;

	for (i = 0; i < blob.header.num_sections; i++)
		blob.table[i].offset += (__u32)table;
	memcpy(blob.header.magic, JH_CONFIG_MAGIC, 8);
	blob.header.version = JH_CONFIG_VERSION;
	blob.header.arch = JH_ARCH_ARM64;
	blob.header.kind = kind;
	blob.header.length = (__u32)(table + used);
	memcpy(out, &blob, table);
	memcpy(out + table, blob.data, used);
	((struct jh_config_header *)out)->checksum = checksum_add(0, out, table + used);
	return table + used;
}

static void add_system(const char *name, __u64 assignable)
{
	struct jh_config_assignable range = { .address = assignable, .size = 0x1000 };
	struct jh_config_system system = {
		.hv_size = 16 << 20,
	};
	struct jh_config_unit units[] = {
		{ JH_UNIT_GICD, 0, 0x8000000, 0x10000, 25 },
		{ JH_UNIT_GICR, 0, 0x80a0000, 0xf60000, 0 },
	};
	struct jh_console console = {
		.address = 0x9000000,
		.size = 0x1000,
		.type = JH_CONSOLE_PL011,
		.flags = JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4,
	};
	struct jh_config_pool pool = { .size = 64 << 20, .flags = JH_POOL_AUTO };

	snprintf(system.name, sizeof(system.name), "%s", name);
	add(JH_SECTION_SYSTEM, &system, sizeof(system));
	add(JH_SECTION_CONSOLE, &console, sizeof(console));
	add(JH_SECTION_POOL, &pool, sizeof(pool));
	if (assignable)
		add(JH_SECTION_ASSIGNABLE, &range, sizeof(range));
	add_all(JH_SECTION_UNIT, units, sizeof(units[0]), 2);
}

static void add_cell(const char *name, __u32 number, __u32 flags, const char *path)
{
	struct jh_config_device device = { 0 };
	struct jh_config_cell cell = { .comm_address = 0x80000000, .flags = JH_CELL_PUTC | flags };
	struct jh_config_cpu cpu = { .cpu = number };
	struct jh_config_memory memory = {
		.size = 1 << 20,
		.flags = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE | JH_MEM_DMA |
			 JH_MEM_LOADABLE | JH_MEM_AUTO,
	};

	snprintf(cell.name, sizeof(cell.name), "%s", name);
	add(JH_SECTION_CELL, &cell, sizeof(cell));
	add(JH_SECTION_CPU, &cpu, sizeof(cpu));
	add(JH_SECTION_MEMORY, &memory, sizeof(memory));
	if (path) {
		snprintf(device.path, sizeof(device.path), "%s", path);
		add(JH_SECTION_DEVICE, &device, sizeof(device));
	}
}

/* /uart@9040000 is seen at another address than the machine's. */
static void add_linux(const char *name, __u32 number, __u32 flags, bool virtual, __u32 console_irq)
{
	const __u32 ram = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE | JH_MEM_LOADABLE;
	struct jh_config_cell cell = {
		.entry = 0x40000000,
		.comm_address = 0x80000000,
		.flags = flags,
		.console_irq = console_irq,
	};
	struct jh_config_cpu cpus[] = { { .cpu = number }, { .cpu = number + 1 } };
	struct jh_config_memory memories[] = {
		{ 0, 0x40000000, 64 << 20, ram | JH_MEM_AUTO, 0 },
		{ 0x70000000, 0x50000000, 1 << 20,
		  JH_MEM_READ | JH_MEM_WRITE | JH_MEM_SHARED_ROOT, 0 },
		{ 0x9040000, 0x60000000, 0x1000, JH_MEM_READ | JH_MEM_WRITE | JH_MEM_IO, 1 },
		{ 0x10002000, 0x10002000, 0x1000, JH_MEM_READ | JH_MEM_WRITE | JH_MEM_IO, 2 },
	};
	struct jh_config_irq irqs[] = { { 40, 0, 1, 0 }, { 68, 0, 2, 0 },
					{ 69, JH_IRQ_EDGE, 2, 0 } };
	struct jh_config_device devices[] = { { "/uart@9040000", 0, 0 },
					      { "/soc/timer@2000", 0, 0 } };
	struct jh_console console = {
		.address = 0x60000000,
		.size = 0x1000,
		.type = JH_CONSOLE_PL011,
		.flags = JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4,
	};

	if (virtual) {
		console.address = 0x62000000;
		console.flags |= JH_CONSOLE_VIRTUAL;
	}
	snprintf(cell.name, sizeof(cell.name), "%s", name);
	add(JH_SECTION_CONSOLE, &console, sizeof(console));
	add(JH_SECTION_CELL, &cell, sizeof(cell));
	add_all(JH_SECTION_CPU, cpus, sizeof(cpus[0]), 2);
	add_all(JH_SECTION_MEMORY, memories, sizeof(memories[0]), 4);
	add_all(JH_SECTION_IRQ, irqs, sizeof(irqs[0]), 3);
	add_all(JH_SECTION_DEVICE, devices, sizeof(devices[0]), 2);
}

/* A disk, and 1 MiB below its memory that of a source of random numbers. */
static void add_virtio(__u64 address)
{
	struct jh_config_link links[] = {
		{ .name = "disk", .peer = "root", .address = address, .size = 16 << 20,
		  .registers = 0xa000000, .irq = 80, .bells = 2 },
		{ .name = "rng", .peer = "root", .address = address - (1 << 20), .size = 1 << 20,
		  .registers = 0xb000000, .irq = 81, .bells = 2 },
	};
	struct jh_config_virtio devices[] = { { 0, JH_VIRTIO_BLOCK, 1, 128 },
					      { 1, JH_VIRTIO_ENTROPY, 1, 128 } };

	add_all(JH_SECTION_LINK, links, sizeof(links[0]), 2);
	add_all(JH_SECTION_VIRTIO, devices, sizeof(devices[0]), 2);
}

static void add_pci(void)
{
	const struct jh_config_link links[] = {
		{ "one", "a", 0x70000000, 0x8000, 0x1000, 0xff001000, 100, 2, 0, 0 },
		{ "two", "b", 0x70010000, 0x8000, 0x1000, 0xff000000, 110, 2, 0, 0 },
	};
	const struct jh_config_pci pci = { 0x4010000000, 0xff000000, 0x10000 };
	const struct jh_config_ivshmem devices[] = { { 1, 0, 0 }, { 0, 6, JH_IVSHMEM_NET } };

	add_all(JH_SECTION_LINK, links, sizeof(links[0]), 2);
	add(JH_SECTION_PCI, &pci, sizeof(pci));
	add_all(JH_SECTION_IVSHMEM, devices, sizeof(devices[0]), 2);
}

int main(int argc, char **argv)
{
	static __u64 out[sizeof(blob) / 8];
	size_t length;

	if (argc == 3 && !strcmp(argv[1], "system"))
		add_system(argv[2], 0);
	else if (argc == 3 && !strcmp(argv[1], "assignable"))
		add_system("assignable", strtoull(argv[2], NULL, 0));
	else if (argc == 4 && !strcmp(argv[1], "cell"))
		add_cell(argv[2], (__u32)atoi(argv[3]), 0, NULL);
	else if (argc == 4 && !strcmp(argv[1], "linux"))
		add_linux(argv[2], (__u32)atoi(argv[3]), 0, false, 0);
	else if (argc == 5 && !strcmp(argv[1], "virtio")) {
		add_linux(argv[2], (__u32)atoi(argv[3]), 0, true, 53);
		add_virtio(strtoull(argv[4], NULL, 0));
	} else if (argc == 4 && !strcmp(argv[1], "virtual"))
		add_linux(argv[2], (__u32)atoi(argv[3]), 0, true, 53);
	else if (argc == 4 && !strcmp(argv[1], "silent"))
		add_linux(argv[2], (__u32)atoi(argv[3]), 0, true, 0);
	else if (argc == 4 && !strcmp(argv[1], "physical"))
		add_linux(argv[2], (__u32)atoi(argv[3]), JH_CELL_PHYSICAL_IDS | JH_CELL_PMU, false,
			  0);
	else if (argc == 4 && !strcmp(argv[1], "pci")) {
		add_linux(argv[2], (__u32)atoi(argv[3]), 0, true, 0);
		add_pci();
	} else if (argc == 4 && !strcmp(argv[1], "disk"))
		add_cell(argv[2], (__u32)atoi(argv[3]), 0, "/soc/mmc@1000");
	else if (argc == 4 && !strcmp(argv[1], "direct"))
		add_cell(argv[2], (__u32)atoi(argv[3]), JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT, NULL);
	else
		return 2;
	length = finish(argc == 3 ? JH_CONFIG_SYSTEM : JH_CONFIG_CELL, (__u8 *)out);
	return fwrite(out, 1, length, stdout) != length;
}

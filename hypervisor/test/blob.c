// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include <stdlib.h>
#include <string.h>

#include <lib/checksum.h>
#include "blob.h"

#define RAM	(JH_MEM_READ | JH_MEM_WRITE | JH_MEM_EXECUTE | JH_MEM_DMA | JH_MEM_LOADABLE)

static const struct jh_console uart = {
	.address = 0x09040000, .size = 0x1000, .type = JH_CONSOLE_PL011,
	.flags = JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4,
};

struct jh_config_unit *blob_add_unit(struct blob_parts *parts, __u32 kind, __u64 address,
				     __u64 size)
{
	struct jh_config_unit *unit = &parts->units[parts->num_units++];
	__u32 index = unit > parts->units && unit[-1].kind == kind ? unit[-1].index + 1 : 0;

	*unit = (struct jh_config_unit){ kind, index, address, size, 0 };
	return unit;
}

void blob_gic(struct blob_parts *parts, __u64 gicd, __u64 maintenance)
{
	parts->num_units = 0;
	blob_add_unit(parts, JH_UNIT_GICD, gicd, 0x10000)->argument = maintenance;
}

void blob_system(struct blob_parts *parts)
{
	memset(parts, 0, sizeof(*parts));
	parts->kind = JH_CONFIG_SYSTEM;
	parts->num_systems = 1;
	parts->num_pools = 1;
	parts->num_assignable = 1;
	parts->system = (struct jh_config_system){
		.name = "qemu-virt", .hv_size = 0x100000, .optional = JH_OPTIONAL_ALL,
	};
	blob_gic(parts, 0x08000000, 25);
	blob_add_unit(parts, JH_UNIT_GICR, 0x080a0000, 0xf60000);
	parts->console = uart;
	parts->pools[0] = (struct jh_config_pool){ .size = 64 << 20, .flags = JH_POOL_AUTO };
	parts->assignable[0] = (struct jh_config_assignable){ 0x09040000, 0x1000 };
}

void blob_cell(struct blob_parts *parts)
{
	memset(parts, 0, sizeof(*parts));
	parts->kind = JH_CONFIG_CELL;
	parts->num_cells = parts->num_cpus = parts->num_irqs = parts->num_devices = 1;
	parts->num_memories = 2;
	parts->num_consoles = 1;
	parts->cell = (struct jh_config_cell){ .name = "rtos", .comm_address = 0x80000000 };
	parts->cpus[0].cpu = 3;
	parts->memories[0] = (struct jh_config_memory){
		.size = 16 << 20, .flags = RAM | JH_MEM_AUTO,
	};
	parts->memories[1] = (struct jh_config_memory){
		.phys = 0x09040000, .virt = 0x09040000, .size = 0x1000,
		.flags = JH_MEM_READ | JH_MEM_WRITE | JH_MEM_IO, .device = 1,
	};
	parts->irqs[0] = (struct jh_config_irq){ .intid = 40, .device = 1 };
	strcpy(parts->devices[0].path, "/pl011@9040000");
	parts->console = uart;
}

struct jh_config_link *blob_add_link(struct blob_parts *parts, const char *name, const char *peer)
{
	__u32 index = parts->num_links++;
	struct jh_config_link *link = &parts->links[index];

	*link = (struct jh_config_link){
		.address = 0x70000000 + index * 0x10000, .size = 0x8000, .output = 0x2000,
		.registers = 0x0b000000 + index * 0x1000, .irq = 100 + index, .bells = 4,
		.side = strcmp(peer, parts->cell.name) < 0,
	};
	strncpy(link->name, name, sizeof(link->name) - 1);
	strncpy(link->peer, peer, sizeof(link->peer) - 1);
	return link;
}

struct jh_config_virtio *blob_add_virtio(struct blob_parts *parts, __u32 kind, __u32 link)
{
	struct jh_config_virtio *device = &parts->virtios[parts->num_virtios++];

	*device = (struct jh_config_virtio){
		.link = link, .kind = kind, .queues = 2, .queue_size = 8,
	};
	return device;
}

struct jh_config_ivshmem *blob_add_ivshmem(struct blob_parts *parts, __u16 slot, __u32 link)
{
	struct jh_config_ivshmem *device = &parts->ivshmems[parts->num_ivshmems++];

	parts->num_pcis = 1;
	parts->pci = (struct jh_config_pci){
		.ecam = 0x3f000000, .window = 0x0b000000, .window_size = 0x10000,
	};
	*device = (struct jh_config_ivshmem){ .link = link, .slot = slot };
	return device;
}

struct packer {
	char *blob;		/* NULL while the length is being found out */
	__u32 sections;
	__u32 table;		/* entries written */
	__u32 used;
};

static void pack_section(struct packer *packer, __u32 type, const void *elements, __u32 count,
			 __u32 size)
{
	if (!count)
		return;
	if (packer->blob) {
		struct jh_config_section *table = (void *)(packer->blob +
							   sizeof(struct jh_config_header));

		table[packer->table] = (struct jh_config_section){ type, packer->used, count,
								   size };
		memcpy(packer->blob + packer->used, elements, count * size);
	}
	packer->table++;
	packer->used += count * size;
}

static void pack_all(struct packer *packer, const struct blob_parts *p)
{
	packer->used = sizeof(struct jh_config_header) +
		       packer->sections * sizeof(struct jh_config_section);
	packer->table = 0;
	pack_section(packer, JH_SECTION_SYSTEM, &p->system, p->num_systems, sizeof(p->system));
	pack_section(packer, JH_SECTION_CONSOLE, &p->console, p->num_consoles,
		     sizeof(p->console));
	pack_section(packer, JH_SECTION_CELL, &p->cell, p->num_cells, sizeof(p->cell));
	pack_section(packer, JH_SECTION_CPU, p->cpus, p->num_cpus, sizeof(p->cpus[0]));
	pack_section(packer, JH_SECTION_MEMORY, p->memories, p->num_memories,
		     sizeof(p->memories[0]));
	pack_section(packer, JH_SECTION_IRQ, p->irqs, p->num_irqs, sizeof(p->irqs[0]));
	pack_section(packer, JH_SECTION_DEVICE, p->devices, p->num_devices,
		     sizeof(p->devices[0]));
	pack_section(packer, JH_SECTION_POOL, p->pools, p->num_pools, sizeof(p->pools[0]));
	pack_section(packer, JH_SECTION_ASSIGNABLE, p->assignable, p->num_assignable,
		     sizeof(p->assignable[0]));
	pack_section(packer, JH_SECTION_UNIT, p->units, p->num_units, sizeof(p->units[0]));
	pack_section(packer, JH_SECTION_LINK, p->links, p->num_links, sizeof(p->links[0]));
	pack_section(packer, JH_SECTION_VIRTIO, p->virtios, p->num_virtios, sizeof(p->virtios[0]));
	pack_section(packer, JH_SECTION_PCI, &p->pci, p->num_pcis, sizeof(p->pci));
	pack_section(packer, JH_SECTION_IVSHMEM, p->ivshmems, p->num_ivshmems,
		     sizeof(p->ivshmems[0]));
}

void blob_seal(void *blob, __u32 length)
{
	struct jh_config_header *header = blob;

	header->length = length;
	header->checksum = 0;
	header->checksum = checksum_add(0, blob, length);
}

void *blob_pack(const struct blob_parts *parts, __u32 *length)
{
	struct packer packer = { 0 };

	pack_all(&packer, parts);
	packer.sections = packer.table;
	pack_all(&packer, parts);
	packer.blob = calloc(1, packer.used);
	if (!packer.blob)
		abort();
	*(struct jh_config_header *)packer.blob = (struct jh_config_header){
		.magic = { 'J', 'H', 'C', 'O', 'N', 'F', 'I', 'G' },
		.version = JH_CONFIG_VERSION, .arch = JH_ARCH_ARM64, .kind = parts->kind,
		.num_sections = packer.table,
	};
	pack_all(&packer, parts);
	*length = packer.used;
	blob_seal(packer.blob, packer.used);
	return packer.blob;
}

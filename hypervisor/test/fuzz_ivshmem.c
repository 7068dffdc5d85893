// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Fuzzing of a PCI host with two devices on it: whatever a guest writes there, they stay what they
 * are, registers are reached where a BAR says alone, and an interrupt comes when it may.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <hv/cell.h>
#include <hv/ivshmem.h>
#include <hv/link.h>
#include <hv/pool.h>
#include <config.h>
#include <jh/comm.h>
#include <jh/ivshmem.h>
#include <jh/link.h>
#include <refuse.h>

#define DEVICES	2
#define WINDOW	0xff000000U
#define SIZE	0x4000U

static const struct jh_config_pci pci = { 0x10000000, WINDOW, SIZE };
static const struct jh_config_ivshmem configs[DEVICES] = { { 1, 0, 1 }, { 0, 7, 0x4000 } };
static const struct jh_config_link links[DEVICES] = {
	{ .registers = WINDOW + 0x1000, .address = 0x70000000, .size = 0x8000, .output = 0x1000 },
	{ .registers = WINDOW, .address = 0x80000000, .size = 0x4000 },
};

static struct link_port ports[DEVICES];
static struct cell cell = { .links = ports };
static struct jh_comm_region comm;
static u32 reached, raised, ignored;	/* by this step: a bit for each device; how often */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool right)
{
	if (!right)
		abort();
}

/* --- what the host needs of others --- */

const struct jh_config_pci *config_pci(const void *blob)
{
	(void)blob;
	return &pci;
}

const struct jh_config_ivshmem *config_ivshmems(const void *blob, __u32 *count)
{
	(void)blob;
	*count = DEVICES;
	return configs;
}

struct config_section config_link_section(const struct jh_config_link *link, __u32 index)
{
	return (struct config_section){ 0, index ? link->size : 0x1000, 0, 0 };
}

void *pool_alloc(u64 pages)
{
	check(pages == 1);
	return calloc(1, PAGE_SIZE);
}

void pool_free(void *memory, u64 pages)
{
	check(pages == 1);
	free(memory);
}

int pool_refuse(struct jh_error *error)
{
	(void)error;
	abort();
}

void *arch_map_uncached(pa_t pa)
{
	(void)pa;
	return &comm;
}

void arch_unmap_uncached(void)
{
}

void mmio_add_cell(struct cell *to, struct mmio_region *region)
{
	check(to == &cell && region->access);
}

void mmio_ignored(u64 address)
{
	check(address - WINDOW < SIZE);
	ignored++;
}

void arch_virq_raise(struct cell *to, u32 n)
{
	check(to == &cell && n - 1 < DEVICES);
	raised |= 1U << (n - 1);
}

u64 link_access(struct mmio_access a, void *context)
{
	struct link_port *port = context;

	check(a.offset <= JH_LINK_STATE);
	reached |= 1U << (port - ports);
	if (a.write && a.offset == JH_LINK_INT_CONTROL && a.size == 4)
		port->bells = a.value & 1 ? LINK_ENABLED : 0;
	return 0x1234;
}

/* --- accesses --- */

static u32 get(u32 slot, u32 offset)
{
	const struct mmio_region *ecam = &cell.ivshmem->ecam;

	return (u32)ecam->access((struct mmio_access){ 0, JH_PCI_SLOT(slot) + offset, 4, false },
				 ecam->context);
}

static void look(void)
{
	u32 i;

	for (i = 0; i < DEVICES; i++) {
		u32 slot = configs[i].slot;

		check(get(slot, JH_PCI_ID) == JH_IVSHMEM_ID);
		check(!(get(slot, JH_PCI_COMMAND) & ~0x00100406U));
		check(get(slot, JH_PCI_CLASS) == (0xff000000 | (u32)configs[i].protocol << 8));
		check(!(get(slot, JH_PCI_BAR_0) & 0xfff));
		check((get(slot, JH_IVSHMEM_HEAD) & ~JH_IVSHMEM_ONE_SHOT) == 0x00200009);
		check(get(slot, JH_IVSHMEM_ADDRESS) == links[configs[i].link].address);
		check(get(slot, JH_PCI_INTERRUPT) == (slot % 4 + 1) << 8);
	}
}

/* A device may answer if its BAR is there, and if none is, none does. */
static void window(u32 offset, u32 size, bool write, u32 value)
{
	const struct mmio_region *region = &cell.ivshmem->window;
	u32 may = 0, i, page = ALIGN_DOWN(WINDOW + offset, 0x1000);
	u64 result;

	for (i = 0; i < DEVICES; i++)
		if (get(configs[i].slot, JH_PCI_BAR_0) == page &&
		    get(configs[i].slot, JH_PCI_COMMAND) & JH_PCI_COMMAND_MEMORY)
			may |= 1U << configs[i].link;
	reached = ignored = 0;
	result = region->access((struct mmio_access){ value, offset, (u8)size, write },
				region->context);
	check(!(reached & ~may) && ignored == !may);
	check(may || result == mmio_low_bytes(~0ULL, size));
}

static void ecam(u32 offset, u32 size, bool write, u32 value)
{
	const struct mmio_region *region = &cell.ivshmem->ecam;
	u64 result = region->access((struct mmio_access){ mmio_low_bytes(value, size), offset,
							  (u8)size, write }, region->context);
	u32 function = offset / JH_PCI_FUNCTION_SIZE;

	check(result == mmio_low_bytes(result, size));
	if (size == 8 || (function != 0 && function != 56))
		check(result == mmio_low_bytes(~0ULL, size));
}

/* Somebody rings, as link.c does. */
static void ring(u32 i)
{
	struct ivshmem *device = ports[i].ivshmem;
	u32 off = device->words.command & JH_PCI_COMMAND_NO_INTX;
	u32 before = ports[i].bells & LINK_ENABLED;

	ports[i].bells |= 1;
	raised = 0;
	if (!before)
		return;
	ivshmem_raise(device);
	check(raised == (off ? 0 : 1U << i));
	check(ports[i].bells == (off || !device->words.head ? before : 0));
}

static void begin(void)
{
	u32 i;

	memset(ports, 0, sizeof(ports));
	check(!ivshmem_prepare(&cell, NULL));
	for (i = 0; i < DEVICES; i++) {
		ports[i] = (struct link_port){ .cell = &cell, .config = &links[i], .virq = i + 1,
					       .irq = 33 };
		check(ivshmem_take(&ports[i], i) && !ports[i].virq && !ports[i].irq);
	}
	check(!ivshmem_take(&ports[0], DEVICES));
	ivshmem_reset(&cell);
	check(comm.pci_mmconfig_base == pci.ecam);
}

/* Steps of eight bytes: what, where, a value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	u32 offset, value, width;

	begin();
	for (; size >= 8; data += 8, size -= 8) {
		width = 1U << data[3] % 4;
		offset = ALIGN_DOWN(data[1] | (u32)data[2] << 8, width);
		value = data[4] | (u32)data[5] << 8 | (u32)data[6] << 16 | (u32)data[7] << 24;
		switch (data[0] % 8) {
		case 0:
			ivshmem_reset(&cell);
			check(get(7, JH_PCI_BAR_0) == links[0].registers);
			break;
		case 1:
			ring(value % DEVICES);
			break;
		case 2:
			ecam((value * 8U + offset) % CONFIG_ECAM_SIZE / width * width, width,
			     data[3] & 4, value);
			break;
		case 3:
			/* Where BARs are likely to be. */
			ecam(JH_PCI_SLOT(configs[value & 1].slot) + JH_PCI_BAR_0, 4, true,
			     WINDOW + (value >> 8) % (SIZE + 0x2000));
			break;
		case 4:
			ecam(JH_PCI_SLOT(configs[value & 1].slot) + offset % 0x60 / width * width,
			     width, true, value >> 1);
			break;
		default:
			window(offset % SIZE, width, data[3] & 4, value);
		}
		look();
	}
	ivshmem_release(&cell);
	check(!cell.ivshmem);
	return 0;
}

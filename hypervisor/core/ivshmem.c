// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The PCI host of a cell: a bus in memory (ECAM), with links as ivshmem devices on it. They have
 * the memory, bells, life and death of link.c, and its registers, which the guest may move within a
 * window. Guests that know of ivshmem alone read no bells: they are cleared when the interrupt is
 * raised, so that each one that rings later raises it again.
 */
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/ivshmem.h>
#include <hv/link.h>
#include <hv/pool.h>
#include <config.h>
#include <jh/comm.h>
#include <jh/ivshmem.h>
#include <jh/link.h>

_Static_assert(sizeof(struct ivshmem_host) <= PAGE_SIZE, "a page");

#define PINS		4	/* A to D */

/* --- the interrupt --- */

/*
 * Whoever rang sees that the interrupt is enabled, and is the first to ring since it was raised;
 * or the guest enables it after a bell. Both may be true of one bell: of a one-shot interrupt one
 * of them takes it.
 */
void ivshmem_raise(struct ivshmem *device)
{
	struct link_port *port = device->port;
	bool off = load_acquire(&device->words.command) & JH_PCI_COMMAND_NO_INTX;

	if (!off && load_acquire(&device->words.head) & JH_IVSHMEM_ONE_SHOT &&
	    !(fetch_and(&port->bells, ~LINK_ENABLED) & LINK_ENABLED))
		return;
	/* What rings before this is of the interrupt below; what rings later raises another one. */
	fetch_and(&port->bells, ~LINK_BELLS);
	if (!off)
		arch_virq_raise(port->cell, device->virq);
}

/* --- the configuration space --- */

static u32 read_row(const struct ivshmem *device, u32 offset)
{
	const struct ivshmem_space space = {
		.link = device->port->config,
		.address = device->port->config->address,
		.protocol = device->config->protocol,
		.pin = (u8)(device->config->slot % PINS),
		.words = {
			.command = load_acquire(&device->words.command),
			.bar = load_acquire(&device->words.bar),
			.head = load_acquire(&device->words.head),
		},
	};

	return ivshmem_space_read(&space, offset);
}

/* @mask: the bytes that are written */
static void write_row(struct ivshmem *device, u32 offset, u32 value, u32 mask)
{
	u32 bits, *word = ivshmem_space_word(&device->words, offset, &bits);

	if (word)
		store_release(word, (load_acquire(word) & ~mask) | (value & mask & bits));
}

/* @function: of the bus, eight of a slot */
static struct ivshmem *in_slot(struct ivshmem_host *host, u32 function)
{
	u32 i;

	for (i = 0; i < host->count; i++)
		if (function == host->devices[i].config->slot * 8U)
			return &host->devices[i];
	return NULL;
}

static u64 ivshmem_access_ecam(struct mmio_access a, void *context)
{
	struct ivshmem *device = in_slot(context, a.offset / JH_PCI_FUNCTION_SIZE);
	u32 offset = a.offset % JH_PCI_FUNCTION_SIZE, shift = 8 * (offset % 4);

	if (!device || a.size > sizeof(u32))
		return mmio_low_bytes(~0ULL, a.size);
	offset = ALIGN_DOWN(offset, 4);
	if (!a.write)
		return mmio_low_bytes(read_row(device, offset) >> shift, a.size);
	write_row(device, offset, (u32)a.value << shift,
		  (u32)mmio_low_bytes(~0ULL, a.size) << shift);
	return 0;
}

/* --- the registers --- */

/* The others are jh's own. */
static u64 access_registers(struct mmio_access a, struct link_port *port)
{
	return a.offset > JH_LINK_STATE ? 0 : link_access(a, port);
}

static struct ivshmem *at(struct ivshmem_host *host, u64 page)
{
	u32 i;

	for (i = 0; i < host->count; i++)
		if (load_acquire(&host->devices[i].words.bar) == page &&
		    load_acquire(&host->devices[i].words.command) & JH_PCI_COMMAND_MEMORY)
			return &host->devices[i];
	return NULL;
}

static u64 ivshmem_access_window(struct mmio_access a, void *context)
{
	struct ivshmem_host *host = context;
	u64 address = host->window.start + a.offset;
	const struct ivshmem *device = at(host, ALIGN_DOWN(address, JH_LINK_SIZE));

	if (!device) {
		mmio_ignored(address);
		return mmio_low_bytes(~0ULL, a.size);
	}
	a.offset %= JH_LINK_SIZE;
	return access_registers(a, device->port);
}

/* --- with the cell --- */

int ivshmem_prepare(struct cell *cell, struct jh_error *error)
{
	const struct jh_config_pci *pci = config_pci(cell->config);
	u32 i, n;
	const struct jh_config_ivshmem *devices = config_ivshmems(cell->config, &n);
	struct ivshmem_host *host;

	if (!pci)
		return 0;
	host = pool_alloc(1);
	if (!host)
		return pool_refuse(error);
	cell->ivshmem = host;
	host->ecam = (struct mmio_region){
		pci->ecam, CONFIG_ECAM_SIZE, ivshmem_access_ecam, host, NULL, 0,
	};
	host->window = (struct mmio_region){
		pci->window, pci->window_size, ivshmem_access_window, host, NULL, 0,
	};
	host->count = n;
	for (i = 0; i < n; i++) {
		host->devices[i].port = &cell->links[devices[i].link];
		host->devices[i].config = &devices[i];
	}
	mmio_add_cell(cell, &host->ecam);
	mmio_add_cell(cell, &host->window);
	return 0;
}

bool ivshmem_take(struct link_port *port, u32 index)
{
	struct ivshmem_host *host = port->cell->ivshmem;
	u32 i;

	for (i = 0; host && i < host->count; i++) {
		if (host->devices[i].config->link != index)
			continue;
		host->devices[i].virq = port->virq;
		port->ivshmem = &host->devices[i];
		port->virq = 0;
		port->irq = 0;
		return true;
	}
	return false;
}

void ivshmem_reset(struct cell *cell)
{
	struct ivshmem_host *host = cell->ivshmem;
	struct jh_comm_region *comm;
	u32 i;

	if (!host)
		return;
	for (i = 0; i < host->count; i++) {
		struct ivshmem *device = &host->devices[i];

		store_release(&device->words.command, 0);
		store_release(&device->words.bar, (u32)device->port->config->registers);
		store_release(&device->words.head, 0);
	}
	comm = arch_map_uncached(PA(cell->comm));
	comm->pci_mmconfig_base = host->ecam.start;
	arch_unmap_uncached();
}

void ivshmem_release(struct cell *cell)
{
	if (cell->ivshmem)
		pool_free(cell->ivshmem, 1);
	cell->ivshmem = NULL;
}

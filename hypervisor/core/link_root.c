// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Root's side of links (link.c). Root creates the cell that names it as the peer, and consents by
 * doing so. Root sees the memory at its physical address from then on until the cell dies. Bells
 * raise an interrupt of root's own that no device has; root sets it up at the interrupt controller
 * as it does the others.
 */
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/enable.h>
#include <hv/errno.h>
#include <hv/link.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/virtio.h>
#include <config.h>
#include <jh/link.h>
#include <jh/reasons.h>
#include <range.h>
#include <refuse.h>
#include <string.h>

struct link_root link_root_sides[LINK_ROOT_SIDES];

/*
 * Root finds its registers at addresses that its tables never map: the start of the hypervisor's
 * own memory, well below the report area (image.lds.S). Drivers of PCI devices map what is no RAM
 * alone, so the same registers are at the loader's doors, too.
 */
struct mmio_region link_root_region;
static struct mmio_region root_doors;

_Static_assert(JH_BOOT_DOORS_SIZE == LINK_ROOT_SIDES * JH_LINK_SIZE, "a page for each side");

/* Who has a virtio device of the cell's in hand says so by the state of the side. */
static u64 access_side(struct mmio_access a, struct link_port *port, struct virtio *device)
{
	u64 value;

	if (!device)
		return link_access(a, port);
	value = a.offset < JH_VIRTIO_ROOT ? link_access(a, port) : virtio_access_root(a, device);
	if (!load_acquire(&port->state))
		virtio_lost(device);
	return value;
}

/* Root's CPUs are not stopped when a cell goes: link_root_part() waits for these steps instead. */
static u64 access_root(struct mmio_access a, void *context)
{
	struct link_port *port = &link_root_sides[a.offset / JH_LINK_SIZE].port;
	u16 *steps = &cpu_self()->accesses;
	const struct link_port *peer;
	u64 value = 0;

	(void)context;
	a.offset %= JH_LINK_SIZE;
	store_seq(steps, (u16)(*steps + 1));
	peer = load_seq(&port->peer);
	if (peer)
		value = access_side(a, port, peer->virtio);
	store_release(steps, (u16)(*steps + 1));
	return value;
}

bool link_root_other(const struct link_port *port, u32 value)
{
	u32 side = 0;

	while (port != &link_root_sides[side].port)
		side++;
	access_root((struct mmio_access){
		.value = value, .offset = side * JH_LINK_SIZE + JH_LINK_DOORBELL,
		.size = sizeof(u32), .write = true,
	}, NULL);
	return true;
}

/* What root has of the interrupt controller, and what a cell may be given */
static bool is_configured(u64 start, u64 size)
{
	const struct jh_config_assignable *ranges;
	u32 i, n;
	const struct jh_config_unit *units = config_units(system_config, &n);

	for (i = 0; i < n; i++)
		if (range_overlaps(start, size, units[i].address, units[i].size))
			return true;
	ranges = config_assignable(system_config, &n);
	for (i = 0; i < n; i++)
		if (range_overlaps(start, size, ranges[i].address, ranges[i].size))
			return true;
	return false;
}

int link_root_build(struct jh_error *error)
{
	u64 doors = system_info->doors;

	memset(link_root_sides, 0, sizeof(link_root_sides));
	root_doors = (struct mmio_region){
		doors, JH_BOOT_DOORS_SIZE, access_root, NULL, NULL, 0,
	};
	link_root_region = (struct mmio_region){
		system_info->hv_address, LINK_ROOT_SIDES * JH_LINK_SIZE, access_root, NULL, NULL,
		MMIO_BELLS,
	};
	if (doors) {
		if (!range_aligned(doors, PAGE_SIZE) ||
		    !owner_is_nobodys(doors, JH_BOOT_DOORS_SIZE) ||
		    is_configured(doors, JH_BOOT_DOORS_SIZE))
			return refuse_value(error, JH_ERR_LINK_DOORS, JH_OBJ_MACHINE, 0, doors, 0);
		mmio_add_cell(&root_cell, &root_doors);
	}
	/* Added last, so found first: programs ring there. */
	mmio_add_cell(&root_cell, &link_root_region);
	return 0;
}

/*
 * Accesses to the doors trap from now on. Before a link needs that, root's tables are not split for
 * them: what root has there is nobody's.
 */
static int open_doors(struct jh_error *error)
{
	u64 doors = system_info->doors;

	if (!doors)
		return 0;
	if (pgtable_prepare(&root_cell.pt, GPA(doors), PA(doors), JH_BOOT_DOORS_SIZE, 0))
		return pool_refuse(error);
	pgtable_unmap(&root_cell.pt, GPA(doors), JH_BOOT_DOORS_SIZE);
	return 0;
}

static struct link_root *free_root_side(void)
{
	u32 i;

	for (i = 0; i < LINK_ROOT_SIDES; i++)
		if (!link_root_sides[i].port.cell)
			return &link_root_sides[i];
	return NULL;
}

/* Root's configuration of the link is that of @port with the sides exchanged. */
int link_root_prepare(struct link_port *port, u32 index, struct jh_error *error)
{
	struct link_root *side = free_root_side();
	int err;

	if (!side)
		return refuse_value(error, JH_ERR_LINK_SPACE, JH_OBJ_LINK, index, 0,
				    LINK_ROOT_SIDES);
	side->config = *port->config;
	side->config.side = !port->config->side;
	side->config.address = port->table;
	side->config.registers = link_root_region.start +
				 (u64)(side - link_root_sides) * JH_LINK_SIZE;
	side->port = (struct link_port){
		.cell = &root_cell, .config = &side->config, .table = port->table,
		.bells = LINK_ALIVE,
	};
	link_ready(&side->port);
	port->root = &side->port;
	err = link_take_row(&side->port, index, error);
	if (!err && pgtable_prepare(&root_cell.pt, GPA(port->table), PA(port->table),
				    port->config->size, PAGE_SIZE))
		err = pool_refuse(error);
	if (!err && port->config->flags & JH_LINK_PCI)
		err = open_doors(error);
	return err;
}

/* The side of root's whose bells raise @irq; NULL: none does. */
static const struct link_port *root_rung_by(u64 irq)
{
	u32 i;

	for (i = 0; i < LINK_ROOT_SIDES; i++)
		if (link_root_sides[i].port.cell && irq && link_root_sides[i].port.irq == irq)
			return &link_root_sides[i].port;
	return NULL;
}

/* An interrupt that bells raise for root cannot be given to another cell. */
static int refuse_rung(struct jh_error *error, u32 object, u32 index, u64 irq,
		       const struct link_port *root)
{
	int err = refuse_other(error, JH_ERR_LINK_IRQ, object, index, JH_OBJ_LINK,
			       (u32)(root->peer - root->peer->cell->links));

	error->cell = root->peer->cell->id;
	error->value = irq;
	return err;
}

int link_root_check(const struct cell *cell, struct jh_error *error)
{
	u32 i, n;
	const struct jh_config_irq *irqs = config_irqs(cell->config, &n);
	const struct link_port *root;

	for (i = 0; i < n; i++) {
		root = root_rung_by(irqs[i].intid);
		if (root)
			return refuse_rung(error, JH_OBJ_IRQ, i, irqs[i].intid, root);
	}
	return 0;
}

/* Root may read every section and write those of its own side. */
void link_root_show(const struct link_port *root)
{
	struct config_section section;
	u64 start;
	u32 i;

	for (i = 0; i < CONFIG_LINK_SECTIONS; i++) {
		section = config_link_section(root->config, i);
		start = root->table + section.offset;
		if (section.size)
			pgtable_map(&root_cell.pt, GPA(start), PA(start), section.size,
				    MAP_READ | (section.mine ? MAP_WRITE : 0));
	}
}

void link_root_await(void)
{
	u64 left = root_cell.cpu_mask;

	while (left) {
		const struct cpu *cpu = &cpus[cpu_mask_next(&left)];

		link_await_step(&cpu->accesses);
		link_await_step(&cpu->rings);
	}
}

/* Unmapped before the scrub: the next owner would find anything that root stores later. */
void link_root_part(struct link_port *port)
{
	struct link_port *root = port->root;

	store_seq(&port->peer, NULL);
	store_seq(&root->peer, NULL);
	root->irq = 0;
	link_root_await();
	pgtable_unmap(&root_cell.pt, GPA(root->table), root->config->size);
}

static int refuse_taken(struct jh_error *error, u32 index, u32 irq)
{
	int err = refuse_other(error, JH_ERR_IRQ_TAKEN, JH_OBJ_LINK, index, JH_OBJ_CELL, 0);

	error->cell = owner_of_irq(irq)->id;
	error->value = irq;
	return err;
}

s64 link_root_open(struct cell *cell, u64 index, u64 irq, struct jh_error *error)
{
	struct link_port *root = index < link_count(cell) ? cell->links[index].root : NULL;
	const struct link_port *other;
	u32 reason;

	if (!root || irq >= CELL_IRQS || (root->irq && root->irq != irq))
		return -EINVAL;
	other = root_rung_by(irq);
	if (other && other != root)
		return refuse_rung(error, JH_OBJ_LINK, (u32)index, irq, other);
	reason = owner_of_irq((u32)irq) == &root_cell ? arch_irq_refusal((u32)irq) :
							 JH_ERR_IRQ_TAKEN;
	if (reason == JH_ERR_IRQ_TAKEN)
		return refuse_taken(error, (u32)index, (u32)irq);
	if (reason)
		return refuse_value(error, reason, JH_OBJ_LINK, (u32)index, irq, 0);
	root->irq = (u32)irq;
	return (s64)root->config->registers;
}

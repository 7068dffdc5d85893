// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Links: memory that two cells declare to share, and bells that each rings at the other. Both
 * configurations name the link and the other side; the second cell to be created connects them.
 * Root declares its side by creating the cell, and loses it before the cell's memory is scrubbed.
 *
 * A bell takes no lock. Whoever takes a side away first takes the pointer to it from the other
 * one, then waits until no CPU of that one uses it any more (struct cpu.rings).
 *
 * Optional: an image without this file has no links (hv/unit.h). The hypervisor never reads the
 * shared memory.
 */
#include <hv/atomic.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/ivshmem.h>
#include <hv/link.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/unit.h>
#include <hv/virtio.h>
#include <config.h>
#include <jh/link.h>
#include <jh/reasons.h>
#include <refuse.h>
#include <string.h>

_Static_assert(JH_CONFIG_MAX_LINKS * sizeof(struct link_port) <= PAGE_SIZE, "one page for all");
_Static_assert(VIRQ_EDGES + JH_CONFIG_MAX_LINKS <= VIRQ_MAX, "an interrupt for each");

u32 link_count(const struct cell *cell)
{
	u32 count;

	config_links(cell->config, &count);
	return cell->links ? count : 0;
}

/* --- bells --- */

/* Root's interrupt is one that no device has; root sets it up at the interrupt controller. */
static __noinline void raise_other(const struct link_port *port)
{
	if (port->irq)
		arch_irq_pend(port->irq);
	else if (port->ivshmem)
		ivshmem_raise(port->ivshmem);
}

static inline void raise(const struct link_port *port)
{
	if (likely(port->virq))
		arch_virq_raise(port->cell, port->virq);
	else
		raise_other(port);
}

/*
 * Ring bells of the other side. If that is not alive nobody hears them, and they are cleared before
 * it lives again.
 *
 * Bells that were there before have raised the interrupt already, or will when it is enabled: a
 * side is interrupted once until it has read its bells. Whoever is the second of this CPU and one
 * that enables the interrupt, or reads bells, sees what the first did: it is one word.
 */
static inline void ring_peer(const struct link_port *port, struct link_port *peer, u32 bells,
			     bool counted)
{
	u32 before = likely(peer) ? fetch_or(&peer->bells, bells) : 0;

	if (likely(before == (LINK_ALIVE | LINK_ENABLED))) {
		fetch_add(&port->report->rung, counted);
		raise(peer);
	} else if (counted) {
		fetch_add(before & LINK_ALIVE ? &port->report->rung : &port->report->dropped, 1);
	}
}

/*
 * The other side, for this CPU alone to use until end_ringing(): struct cpu.rings is odd from
 * before the pointer is read until its last use, see await_ringing().
 */
static inline struct link_port *begin_ringing(struct cpu *self, const struct link_port *port)
{
	store_seq(&self->rings, (u16)(self->rings + 1));
	return load_seq(&port->peer);
}

static inline void end_ringing(struct cpu *self)
{
	store_release(&self->rings, (u16)(self->rings + 1));
}

static inline void ring(const struct link_port *port, u32 bells, bool counted)
{
	struct cpu *self = cpu_self();

	ring_peer(port, begin_ringing(self, port), bells, counted);
	end_ringing(self);
}

void link_ring(const struct link_port *port, u32 bells)
{
	ring(port, bells, true);
}

void link_await_step(const u16 *steps)
{
	u16 now = load_seq(steps);

	while (now & 1 && load_seq(steps) == now)
		arch_relax();
}

/*
 * Wait until no CPU of the set uses the pointer that it read before. Each finishes one bell at
 * most.
 */
static void await_ringing(u64 mask)
{
	while (mask)
		link_await_step(&cpus[cpu_mask_next(&mask)].rings);
}

/* --- the state table --- */

/* Its guest did not ring it, so it is not counted. */
static void ring_state(const struct link_port *port)
{
	ring(port, 1U << JH_LINK_BELL_STATE, false);
}

/*
 * The word is also written back to memory, for a side whose caches are off. Another CPU may write
 * the word of the other side, in the same cache line, meanwhile.
 */
static void publish(const struct link_port *port, u32 state)
{
	u32 *table = arch_guest_map_rw(PA(port->table), PAGE_SIZE);

	store_seq(&table[port->config->side], state);
	arch_clean_to_memory(table, PAGE_SIZE);
	arch_guest_unmap_rw();
}

/*
 * A sibling may end the life of the cell meanwhile. It clears LINK_ALIVE before it writes its 0: if
 * this CPU has overwritten that 0, it sees that and writes the 0 again.
 */
void link_set_state(struct link_port *port, u32 state)
{
	/* A state that is written again is no news: drivers of ivshmem answer news with it. */
	if (!(load_seq(&port->bells) & LINK_ALIVE) || exchange(&port->state, state) == state)
		return;
	store_release(&port->report->state, state);
	publish(port, state);
	if (!(load_seq(&port->bells) & LINK_ALIVE)) {
		store_release(&port->report->state, 0);
		publish(port, 0);
	}
	ring_state(port);
}

/* --- registers --- */

static u32 peer_state(const struct link_port *port)
{
	struct cpu *self = cpu_self();
	const struct link_port *peer = begin_ringing(self, port);
	u32 state = peer ? load_acquire(&peer->report->state) : 0;

	end_ringing(self);
	return state;
}

static u32 read_register(struct link_port *port, u32 offset)
{
	const struct jh_config_link *config = port->config;

	switch (offset) {
	case JH_LINK_ID:
		return config->side;
	case JH_LINK_MAX_PEERS:
		return JH_LINK_SIDES;
	case JH_LINK_INT_CONTROL:
		return load_acquire(&port->bells) & LINK_ENABLED ? JH_LINK_INT_ENABLE : 0;
	case JH_LINK_STATE:
		return load_acquire(&port->state);
	case JH_LINK_BELLS:
		return fetch_and(&port->bells, ~LINK_BELLS) & LINK_BELLS;
	case JH_LINK_NUM_BELLS:
		return config->bells;
	case JH_LINK_TABLE_SIZE:
		return (u32)config_link_section(config, 0).size;
	case JH_LINK_COMMON_SIZE:
		return (u32)config_link_section(config, 1).size;
	case JH_LINK_OUTPUT_SIZE:
		return (u32)config->output;
	case JH_LINK_ADDRESS:
		return (u32)config->address;
	case JH_LINK_INTERRUPT:
		return port->irq;
	case JH_LINK_ADDRESS_HIGH:
		return (u32)(config->address >> 32);
	case JH_LINK_PEER_STATE:
		return peer_state(port);
	}
	return 0;
}

static void enable_interrupt(struct link_port *port, bool on)
{
	if (!on)
		fetch_and(&port->bells, ~LINK_ENABLED);
	else if (fetch_or(&port->bells, LINK_ENABLED) & LINK_BELLS)
		raise(port);
}

/* Only the other side can be addressed, and only the bells that it has: no other is below. */
bool link_bell(const struct link_port *port, u32 value)
{
	u32 bell = value - port->doorbell;

	if (likely(bell < port->num_bells))
		ring(port, 1U << bell, true);
	else
		fetch_add(&port->report->dropped, 1);
	return true;
}

/* What the side has is read after the pointer, which goes first with it. */
bool link_bell_of_root(const struct link_port *port, u32 value)
{
	struct cpu *self = cpu_self();
	struct link_port *peer = begin_ringing(self, port);
	u32 bell;

	if (likely(peer)) {
		bell = value - port->doorbell;
		if (likely(bell < port->num_bells && !peer->virtio)) {
			ring_peer(port, peer, 1U << bell, true);
			end_ringing(self);
			return true;
		}
	}
	end_ringing(self);
	return link_root_other(port, value);
}

static void write_register(struct link_port *port, u32 offset, u32 value)
{
	switch (offset) {
	case JH_LINK_INT_CONTROL:
		enable_interrupt(port, value & JH_LINK_INT_ENABLE);
		break;
	case JH_LINK_DOORBELL:
		link_bell(port, value);
		break;
	case JH_LINK_STATE:
		link_set_state(port, value);
		break;
	}
}

u64 link_access(struct mmio_access a, void *context)
{
	if (a.size != sizeof(u32))
		return 0;
	if (!a.write)
		return read_register(context, a.offset);
	write_register(context, a.offset, (u32)a.value);
	return 0;
}

/* --- both sides --- */

static int refuse_link(struct jh_error *error, u32 reason, u32 index, const struct link_port *other)
{
	int err = refuse_other(error, reason, JH_OBJ_LINK, index, JH_OBJ_LINK,
			       (u32)(other - other->cell->links));

	error->cell = other->cell->id;
	return err;
}

/* @other, of the cell that @link names, has the same name: does it match @link? */
static int compare(const struct cell *cell, const struct jh_config_link *link, u32 index,
		   const struct link_port *other, struct jh_error *error)
{
	const struct jh_config_link *theirs = other->config;
	u64 ours = 0, limit = 0;
	u32 reason = 0;
	int err;

	if (strncmp(theirs->peer, config_cell(cell->config)->name, JH_NAME_LEN))
		return refuse_link(error, JH_ERR_LINK_PEER, index, other);
	/* Memory that it has wiped already must stay wiped. */
	if (other->cell->state == JH_CELL_DYING)
		return refuse_link(error, JH_ERR_LINK_DYING, index, other);
	if (link->side == theirs->side) {
		reason = JH_ERR_LINK_SIDES;
		ours = link->side;
	} else if (link->size != theirs->size) {
		reason = JH_ERR_LINK_SIZES;
		ours = link->size;
		limit = theirs->size;
	} else if (link->output != theirs->output) {
		reason = JH_ERR_LINK_OUTPUTS;
		ours = link->output;
		limit = theirs->output;
	} else if (link->bells != theirs->bells) {
		reason = JH_ERR_LINK_BELL_NUMBERS;
		ours = link->bells;
		limit = theirs->bells;
	}
	if (!reason)
		return 0;
	err = refuse_link(error, reason, index, other);
	error->value = ours;
	error->limit = limit;
	return err;
}

/* The link of that name in the cell that @link names; NULL if there is none, or root is meant. */
static struct link_port *find_peer(const struct jh_config_link *link)
{
	u32 id, i;

	for (id = 1; id < JH_MAX_CELLS; id++) {
		struct cell *other = cell_get(id);

		if (!other || strncmp(config_cell(other->config)->name, link->peer, JH_NAME_LEN))
			continue;
		for (i = 0; i < link_count(other); i++)
			if (!strncmp(other->links[i].config->name, link->name, JH_NAME_LEN))
				return &other->links[i];
	}
	return NULL;
}

/* Each part is a region of the cell that names the other side; the parts are contiguous. */
static int add_memory(struct cell *cell, const struct jh_config_link *link, u32 index, u64 pa,
		      struct jh_error *error)
{
	struct config_section section;
	u32 i;
	int err = 0;

	for (i = 0; i < CONFIG_LINK_SECTIONS && !err; i++) {
		section = config_link_section(link, i);
		if (!section.size)
			continue;
		err = cell_memory_add(cell, &(struct cell_memory){
			.pa = pa + section.offset, .gpa = link->address + section.offset,
			.size = section.size,
			.flags = JH_MEM_READ | (section.mine ? JH_MEM_WRITE : 0),
			.peer = (u16)(link->peer - (const char *)cell->config),
			.goes = (u16)section.mine,
		}, index, error);
	}
	return err;
}

/* They follow the report area, where root may read them; an image without links has none. */
struct jh_link_report link_rows[JH_MAX_LINK_SIDES] __section(".report.links");

static int link_build(const void *config, struct jh_error *error)
{
	(void)config;
	/* All are free. */
	memset(link_rows, 0, sizeof(link_rows));
	report.head.num_links = JH_MAX_LINK_SIDES;
	report.head.links_offset = report_offset(link_rows);
	report.head.size = (u32)ALIGN_UP(sizeof(report) + sizeof(link_rows), PAGE_SIZE);
	return link_root_build(error);
}

static struct jh_link_report *free_report(void)
{
	u32 i;

	for (i = 0; i < JH_MAX_LINK_SIDES; i++)
		if (!link_rows[i].name[0])
			return &link_rows[i];
	return NULL;
}

int link_take_row(struct link_port *port, u32 index, struct jh_error *error)
{
	struct jh_link_report *row = free_report();

	if (!row)
		return refuse_value(error, JH_ERR_LINK_SPACE, JH_OBJ_LINK, index, 0,
				    JH_MAX_LINK_SIDES);
	memset(row, 0, sizeof(*row));
	memcpy(row->name, port->config->name, JH_NAME_LEN);
	row->cell = port->cell->id;
	row->peer = JH_LINK_NOBODY;
	port->report = row;
	return 0;
}

static bool is_with_root(const struct jh_config_link *link)
{
	return !strncmp(link->peer, JH_LINK_ROOT, JH_NAME_LEN);
}

void link_ready(struct link_port *port)
{
	port->doorbell = (u32)!port->config->side << 16;
	port->num_bells = port->config->bells;
}

static int prepare_port(struct cell *cell, u32 index, const struct jh_config_link *link,
			struct jh_error *error)
{
	struct link_port *port = &cell->links[index];
	const struct link_port *other = find_peer(link);
	u64 pa;
	int err = other ? compare(cell, link, index, other, error) : 0;

	if (err)
		return err;
	if (!arch_virq_exists(link->irq))
		return refuse_value(error, JH_ERR_IRQ_ABSENT, JH_OBJ_LINK, index, link->irq, 0);
	if (other)
		pa = other->table;
	else if (owner_find_ram(cell, link->size, &pa))
		return refuse_value(error, JH_ERR_MEM_SPACE, JH_OBJ_LINK, index, link->size, 0);
	*port = (struct link_port){
		.cell = cell, .config = link, .virq = VIRQ_EDGES + index, .irq = link->irq,
		.table = pa,
		.region = { link->registers, JH_LINK_SIZE, link_access, port, NULL, MMIO_BELL },
	};
	link_ready(port);
	err = add_memory(cell, link, index, pa, error);
	if (!err)
		err = link_take_row(port, index, error);
	if (!err && is_with_root(link))
		err = link_root_prepare(port, index, error);
	if (err)
		return err;
	virq_add(&cell->virqs, port->virq, link->irq);
	if (!ivshmem_take(port, index))
		mmio_add_cell(cell, &port->region);
	return 0;
}

static int link_prepare(struct cell *cell, struct jh_error *error)
{
	u32 i, n;
	const struct jh_config_link *links = config_links(cell->config, &n);
	int err = link_root_check(cell, error);

	if (err || !n)
		return err;
	cell->links = pool_alloc(1);
	if (!cell->links)
		return pool_refuse(error);
	/* First, so that the registers of other links are found without looking at its. */
	err = ivshmem_prepare(cell, error);
	for (i = 0; i < n && !err; i++)
		err = prepare_port(cell, i, &links[i], error);
	return err ? err : virtio_prepare(cell, error);
}

static void connect(struct link_port *port, struct link_port *peer)
{
	port->report->peer = peer->cell->id;
	peer->report->peer = port->cell->id;
	store_seq(&port->peer, peer);
	store_seq(&peer->peer, port);
}

static void link_commit(struct cell *cell)
{
	struct link_port *peer;
	u32 i;

	for (i = 0; i < link_count(cell); i++) {
		peer = cell->links[i].root;
		if (peer)
			link_root_show(peer);
		else
			peer = find_peer(cell->links[i].config);
		if (peer)
			connect(&cell->links[i], peer);
	}
}

/*
 * Whoever rang in the life before, and found the interrupt enabled, raises it before this returns.
 * Nobody finds it so any more: link_ended() has cleared LINK_ALIVE.
 */
static void await_raising(const struct link_port *port)
{
	if (port->root)
		link_root_await();
	else if (port->peer)
		await_ringing(port->peer->cell->cpu_mask);
}

static void link_reset(struct cell *cell)
{
	u32 i;

	for (i = 0; i < link_count(cell); i++) {
		struct link_port *port = &cell->links[i];

		await_raising(port);
		store_release(&port->state, 0);
		arch_virq_reset(cell, VIRQ_EDGES + i);
		store_seq(&port->bells, LINK_ALIVE);
	}
	virtio_reset(cell);
	ivshmem_reset(cell);
}

/*
 * Called on any CPU as soon as the life is over, because the peer may be waiting for this side.
 * CPUs of the cell may still be running.
 */
static void link_ended(struct cell *cell)
{
	u32 i;

	for (i = 0; i < link_count(cell); i++) {
		struct link_port *port = &cell->links[i];

		fetch_and(&port->bells, ~LINK_ALIVE);
		store_release(&port->report->state, 0);
		publish(port, 0);
		ring_state(port);
	}
}

static void link_dying(struct cell *cell)
{
	u32 i;

	for (i = 0; i < link_count(cell); i++)
		if (cell->links[i].root)
			link_root_part(&cell->links[i]);
}

static void link_revert(struct cell *cell)
{
	struct link_port *peer;
	u32 i;

	for (i = 0; i < link_count(cell); i++) {
		peer = cell->links[i].peer;
		if (!peer)
			continue;
		store_seq(&peer->peer, NULL);
		await_ringing(peer->cell->cpu_mask);
		peer->report->peer = JH_LINK_NOBODY;
	}
}

static void forget_port(struct link_port *port)
{
	if (port->report)
		memset(port->report, 0, sizeof(*port->report));
	port->cell = NULL;
}

static void link_release(struct cell *cell)
{
	u32 i;

	for (i = 0; i < link_count(cell); i++) {
		if (cell->links[i].root)
			forget_port(cell->links[i].root);
		forget_port(&cell->links[i]);
	}
	virtio_release(cell);
	ivshmem_release(cell);
	if (cell->links)
		pool_free(cell->links, 1);
	cell->links = NULL;
}

const struct unit unit_link = {
	.build = link_build,
	.cell_prepare = link_prepare,
	.cell_commit = link_commit,
	.cell_reset = link_reset,
	.cell_ended = link_ended,
	.cell_dying = link_dying,
	.cell_revert = link_revert,
	.cell_release = link_release,
};

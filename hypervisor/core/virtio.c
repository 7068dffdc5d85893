// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Virtio devices of cells: the registers of virtio over MMIO, version 2, in place of those of a
 * link to root (link.c), whose memory, bells, interrupt, life and death are the device's too. All
 * but the data is here, so that a guest never waits for root: it resets and sets up the device by
 * itself, and rings a bell when that is done, and for each queue with something new.
 *
 * A reset is over at once. Root, which learns of it afterwards, may still write to what were
 * buffers of the guest: that is the guest's own memory, and what it shares with root.
 */
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/link.h>
#include <hv/pool.h>
#include <hv/virtio.h>
#include <config.h>
#include <string.h>

_Static_assert(JH_CONFIG_MAX_VIRTIO * sizeof(struct virtio) <= PAGE_SIZE, "one page for all");
_Static_assert(VIRTIO_QUEUES == CONFIG_VIRTIO_QUEUES, "all that a configuration can have");
_Static_assert(sizeof(struct virtio_queue) == 32, "JH_VIRTIO_ROOT_QUEUE()");

/* What a guest can set; the rest of the status is the hypervisor's. */
#define DRIVER_STATUS	(JH_VIRTIO_S_ACKNOWLEDGE | JH_VIRTIO_S_DRIVER | JH_VIRTIO_S_DRIVER_OK | \
			 JH_VIRTIO_S_FEATURES_OK | JH_VIRTIO_S_FAILED)
#define VERSION_1	BIT(JH_VIRTIO_F_VERSION_1 - 32)	/* of the upper half */

static u32 virtio_count(const struct cell *cell)
{
	u32 count;

	config_virtios(cell->config, &count);
	return cell->virtio ? count : 0;
}

/* --- the interrupt --- */

/*
 * However often it is raised, the guest is interrupted once until it has acknowledged all: what is
 * left then raises it again.
 */
static void interrupt(struct virtio *device, u32 bits)
{
	struct cell *cell = device->port->cell;

	if (bits && load_acquire(&cell->state) == JH_CELL_RUNNING &&
	    !fetch_or(&device->interrupt, bits))
		arch_virq_raise(cell, device->port->virq);
}

static void acknowledge(struct virtio *device, u32 bits)
{
	if (fetch_and(&device->interrupt, ~bits) & ~bits)
		arch_virq_raise(device->port->cell, device->port->virq);
}

/* --- the status --- */

/* Each has another number than those before, but for one in 16 million; never 0. */
static void clear(struct virtio *device)
{
	u32 resets = (device->resets + 1) & JH_VIRTIO_RESETS_MASK, i;

	store_release(&device->status, 0);
	store_release(&device->resets, resets ? resets : 1);
	for (i = 0; i < VIRTIO_QUEUES; i++)
		memset(&device->queues[i], 0, sizeof(device->queues[i]));
	memset(device->accepted, 0, sizeof(device->accepted));
	device->offered_sel = 0;
	device->accepted_sel = 0;
	device->queue_sel = 0;
	store_release(&device->interrupt, 0);
}

static void tell_root(struct virtio *device)
{
	link_set_state(device->port, JH_VIRTIO_STATE(load_acquire(&device->resets),
						     load_acquire(&device->status)));
}

static void reset(struct virtio *device)
{
	clear(device);
	tell_root(device);
}

/* Nothing that root has not offered, and what no device of version 2 is without (6.1). */
static bool can_have(const struct virtio *device)
{
	return !(device->accepted[0] & ~device->offered[0]) &&
	       !(device->accepted[1] & ~device->offered[1]) && device->accepted[1] & VERSION_1;
}

static void write_status(struct virtio *device, u32 value)
{
	u32 before = load_acquire(&device->status), set = value & DRIVER_STATUS & ~before;

	if (!value) {
		reset(device);
		return;
	}
	if (set & JH_VIRTIO_S_FEATURES_OK && !can_have(device))
		set &= ~JH_VIRTIO_S_FEATURES_OK;
	if (set & JH_VIRTIO_S_DRIVER_OK && !((before | set) & JH_VIRTIO_S_FEATURES_OK))
		set &= ~JH_VIRTIO_S_DRIVER_OK;
	fetch_or(&device->status, set);
	if (set & JH_VIRTIO_S_DRIVER_OK)
		tell_root(device);
}

void virtio_lost(struct virtio *device)
{
	u32 status = load_acquire(&device->status);

	if (!(status & JH_VIRTIO_S_DRIVER_OK) || status & JH_VIRTIO_S_NEEDS_RESET)
		return;
	/* If the guest resets it meanwhile, then it needs another one: it will ask for the kind. */
	fetch_or(&device->status, JH_VIRTIO_S_NEEDS_RESET);
	interrupt(device, JH_VIRTIO_INT_CONFIG);
}

/* --- queues --- */

static struct virtio_queue *selected(struct virtio *device)
{
	u32 n = load_acquire(&device->queue_sel);

	return n < device->config->queues ? &device->queues[n] : NULL;
}

static bool is_length(const struct virtio *device, u32 num)
{
	return num && num <= device->config->queue_size && !(num & (num - 1));
}

/* What was there when it was made ready stays so, unless several CPUs write at a time. */
static void write_queue(struct virtio *device, u32 offset, u32 value)
{
	struct virtio_queue *queue = selected(device);
	u32 pair = (offset - JH_VIRTIO_QUEUE_ADDRESS) / 16, half = offset / 4 % 4;

	if (!queue)
		return;
	if (offset == JH_VIRTIO_QUEUE_READY)
		store_release(&queue->ready, value & 1 && is_length(device, queue->num));
	else if (queue->ready)
		return;
	else if (offset == JH_VIRTIO_QUEUE_NUM)
		queue->num = value;
	else if (half < 2)
		queue->address[2 * pair + half] = value;
}

static void notify(struct virtio *device, u32 n)
{
	if (n < device->config->queues && load_acquire(&device->queues[n].ready) &&
	    load_acquire(&device->status) & JH_VIRTIO_S_DRIVER_OK)
		link_ring(device->port, BIT(n + 1));
}

/* --- registers, as the guest sees them --- */

static u32 read_guest(struct virtio *device, u32 offset)
{
	const struct virtio_queue *queue = selected(device);
	u32 sel = load_acquire(&device->offered_sel);

	switch (offset) {
	case JH_VIRTIO_MAGIC:
		return JH_VIRTIO_MAGIC_VALUE;
	case JH_VIRTIO_VERSION:
		return 2;
	case JH_VIRTIO_DEVICE_ID:
		return load_acquire(&device->port->root->state) ? device->config->kind : 0;
	case JH_VIRTIO_VENDOR_ID:
		return JH_VIRTIO_VENDOR;
	case JH_VIRTIO_DEVICE_FEATURES:
		return sel < 2 ? load_acquire(&device->offered[sel]) : 0;
	case JH_VIRTIO_QUEUE_NUM_MAX:
		return queue ? device->config->queue_size : 0;
	case JH_VIRTIO_QUEUE_READY:
		return queue ? queue->ready : 0;
	case JH_VIRTIO_INTERRUPT_STATUS:
		return load_acquire(&device->interrupt);
	case JH_VIRTIO_STATUS:
		return load_acquire(&device->status);
	case JH_VIRTIO_GENERATION:
		return load_acquire(&device->generation);
	}
	return offset >= JH_VIRTIO_SHM && offset < JH_VIRTIO_SHM_END ? ~0U : 0;
}

/* Not any more once it was said that they are all. */
static void accept_features(struct virtio *device, u32 value)
{
	u32 sel = load_acquire(&device->accepted_sel);

	if (sel < 2 && !(load_acquire(&device->status) & JH_VIRTIO_S_FEATURES_OK))
		store_release(&device->accepted[sel], value);
}

static void write_guest(struct virtio *device, u32 offset, u32 value)
{
	switch (offset) {
	case JH_VIRTIO_DEVICE_FEATURES_SEL:
		store_release(&device->offered_sel, value);
		return;
	case JH_VIRTIO_DRIVER_FEATURES_SEL:
		store_release(&device->accepted_sel, value);
		return;
	case JH_VIRTIO_DRIVER_FEATURES:
		accept_features(device, value);
		return;
	case JH_VIRTIO_QUEUE_SEL:
		store_release(&device->queue_sel, value);
		return;
	case JH_VIRTIO_INTERRUPT_ACK:
		acknowledge(device, value);
		return;
	case JH_VIRTIO_STATUS:
		write_status(device, value);
		return;
	}
	if (offset == JH_VIRTIO_QUEUE_NUM || offset == JH_VIRTIO_QUEUE_READY ||
	    (offset >= JH_VIRTIO_QUEUE_ADDRESS && offset < JH_VIRTIO_QUEUE_ADDRESS + 3 * 16))
		write_queue(device, offset, value);
}

/* Any field of it, by itself. */
static u64 read_space(const struct virtio *device, struct mmio_access a)
{
	u32 word = (a.offset - JH_VIRTIO_CONFIG) / 4;
	u64 value;

	if (a.offset - JH_VIRTIO_CONFIG >= JH_VIRTIO_CONFIG_SIZE)
		return 0;
	value = (u64)load_acquire(&device->space[word]) >> 8 * (a.offset % 4);
	if (a.size == 8)
		value |= (u64)load_acquire(&device->space[word + 1]) << 32;
	return mmio_low_bytes(value, a.size);
}

static u64 virtio_access_guest(struct mmio_access a, void *context)
{
	struct virtio *device = context;

	if (a.offset >= JH_VIRTIO_CONFIG)
		return read_space(device, a);
	if (a.size != sizeof(u32))
		return 0;
	/* Before all others: it is what is written most. */
	if (likely(a.write && a.offset == JH_VIRTIO_QUEUE_NOTIFY))
		notify(device, (u32)a.value);
	else if (a.write)
		write_guest(device, a.offset, (u32)a.value);
	else
		return read_guest(device, a.offset);
	return 0;
}

/* --- as root sees them --- */

/* One of the words that root reads; NULL: there is none. */
static u32 *root_word(struct virtio *device, u32 offset)
{
	u32 queues = device->config->queues * (u32)sizeof(struct virtio_queue);

	switch (offset) {
	case JH_VIRTIO_ROOT_RESETS:
		return &device->resets;
	case JH_VIRTIO_ROOT_STATUS:
		return &device->status;
	case JH_VIRTIO_ROOT_OFFERED:
	case JH_VIRTIO_ROOT_OFFERED + 4:
		return &device->offered[(offset - JH_VIRTIO_ROOT_OFFERED) / 4];
	}
	if (offset - JH_VIRTIO_ROOT_QUEUE(0) < queues)
		return (u32 *)device->queues + (offset - JH_VIRTIO_ROOT_QUEUE(0)) / 4;
	if (offset - JH_VIRTIO_ROOT_CONFIG < JH_VIRTIO_CONFIG_SIZE)
		return &device->space[(offset - JH_VIRTIO_ROOT_CONFIG) / 4];
	return NULL;
}

static void write_root(struct virtio *device, u32 offset, u32 value)
{
	if (offset == JH_VIRTIO_ROOT_INTERRUPT)
		interrupt(device, value & (JH_VIRTIO_INT_USED | JH_VIRTIO_INT_CONFIG));
	else if (offset == JH_VIRTIO_ROOT_OFFERED || offset == JH_VIRTIO_ROOT_OFFERED + 4)
		store_release(root_word(device, offset), value);
	else if (offset - JH_VIRTIO_ROOT_CONFIG < JH_VIRTIO_CONFIG_SIZE) {
		store_release(root_word(device, offset), value);
		fetch_add(&device->generation, 1);
	}
}

/* A guest's CPUs may change what it accepts while another one says that it is all. */
static u32 agreed(const struct virtio *device, u32 half)
{
	return load_acquire(&device->accepted[half]) & load_acquire(&device->offered[half]);
}

u64 virtio_access_root(struct mmio_access a, struct virtio *device)
{
	const u32 *word;

	if (a.size != sizeof(u32))
		return 0;
	if (a.write) {
		write_root(device, a.offset, (u32)a.value);
		return 0;
	}
	switch (a.offset) {
	case JH_VIRTIO_ROOT_KIND:
		return device->config->kind;
	case JH_VIRTIO_ROOT_QUEUES:
		return device->config->queues;
	case JH_VIRTIO_ROOT_QUEUE_SIZE:
		return device->config->queue_size;
	case JH_VIRTIO_ROOT_ACCEPTED:
	case JH_VIRTIO_ROOT_ACCEPTED + 4:
		return agreed(device, (a.offset - JH_VIRTIO_ROOT_ACCEPTED) / 4);
	}
	word = root_word(device, a.offset);
	return word ? load_acquire(word) : 0;
}

/* --- with the cell --- */

int virtio_prepare(struct cell *cell, struct jh_error *error)
{
	u32 i, n;
	const struct jh_config_virtio *devices = config_virtios(cell->config, &n);

	if (!n)
		return 0;
	cell->virtio = pool_alloc(1);
	if (!cell->virtio)
		return pool_refuse(error);
	for (i = 0; i < n; i++) {
		struct link_port *port = &cell->links[devices[i].link];

		cell->virtio[i] = (struct virtio){ .port = port, .config = &devices[i] };
		port->virtio = &cell->virtio[i];
		port->report->virtio = devices[i].kind;
		/* The cell has not run yet, so nobody has found the link's registers. */
		port->region.access = virtio_access_guest;
		port->region.context = port->virtio;
		port->region.bell = 0;
	}
	return 0;
}

void virtio_reset(struct cell *cell)
{
	u32 i;

	for (i = 0; i < virtio_count(cell); i++)
		clear(&cell->virtio[i]);
}

void virtio_release(struct cell *cell)
{
	if (cell->virtio)
		pool_free(cell->virtio, 1);
	cell->virtio = NULL;
}

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A side of a link to another cell: its registers, its bells, and a stream of bytes each way. All
 * that one side writes for the stream lies in its own output, so that neither trusts the other:
 * an index that cannot be is an error, not an address.
 *
 * A side that starts anew is told from its last life by the upper half of its state, a number that
 * differs from life to life; the lower half is the number of the other side that it knows of. Both
 * know of each other: connected.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_LINK_H
#define INMATE_LINK_H

#include <inmate/io.h>
#include <inmate/mmu.h>
#include <inmate/string.h>
#include <inmate/timer.h>
#include <jh/link.h>

#define LINK_BELL_DATA		1	/* rung by whoever has sent or taken bytes */

/* The start of an output. Numbers of bytes wrap; byte n lies at data[n % size]. */
struct link_output {
	u32 sent;	/* bytes ever sent by this side, */
	u32 taken;	/* and ever taken of what the other side sent */
	u8 data[];
};

struct link {
	u64 registers;
	u64 memory;		/* the state table, */
	u64 common;		/* and the section that both write */
	u32 common_size;
	u32 output_size;
	u32 id;			/* which side this is */
	u32 life;		/* upper half of its state */
	u32 peer_life;		/* of the other side, as far as it is known; 0: not there */
	u32 size;		/* of data[], a power of two */
	struct link_output *output;
	const struct link_output *input;
};

static inline u32 link_get(const struct link *link, u32 offset)
{
	return mmio_read32(link->registers + offset);
}

static inline void link_put(const struct link *link, u32 offset, u32 value)
{
	mmio_write32(link->registers + offset, value);
}

/** link_state() - a side's word of the state table; 0: it is not there */
static inline u32 link_state(const struct link *link, u32 id)
{
	return __atomic_load_n((const u32 *)link->memory + id, __ATOMIC_ACQUIRE);
}

/** link_ring() - ring a bell of the other side; what was stored before is seen by who hears it */
static inline void link_ring(const struct link *link, u32 bell)
{
	dmb_ish();
	link_put(link, JH_LINK_DOORBELL, (u32)!link->id << 16 | bell);
}

/** link_bells() - those that rang since this was called last, a bit each */
static inline u32 link_bells(const struct link *link)
{
	u32 bells = link_get(link, JH_LINK_BELLS);

	dmb_ish();
	return bells;
}

static inline void link_announce(struct link *link)
{
	/* From the first byte on: the other side does not look before it sees its own number. */
	__atomic_store_n(&link->output->sent, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&link->output->taken, 0, __ATOMIC_RELEASE);
	dmb_ish();
	link_put(link, JH_LINK_STATE, link->life << 16 | link->peer_life);
}

/**
 * link_open() - the side whose registers are there; its memory gets mapped, the state announced
 *
 * Bells raise interrupts from then on, JH_LINK_INTERRUPT says which.
 */
static inline void link_open(struct link *link, u64 registers)
{
	u64 at, end;

	link->registers = registers;
	link->memory = link_get(link, JH_LINK_ADDRESS);
	link->common = link->memory + link_get(link, JH_LINK_TABLE_SIZE);
	link->common_size = link_get(link, JH_LINK_COMMON_SIZE);
	link->output_size = link_get(link, JH_LINK_OUTPUT_SIZE);
	link->id = link_get(link, JH_LINK_ID);
	at = link->common + link->common_size;
	link->output = (struct link_output *)(at + link->id * link->output_size);
	link->input = (const struct link_output *)(at + !link->id * link->output_size);
	for (link->size = 1; 2 * link->size <= link->output_size - sizeof(struct link_output);)
		link->size *= 2;
	end = at + 2 * link->output_size;
	for (at = link->memory & ~0x1fffffUL; at < end; at += 0x200000)
		mmu_set_block(at, MMU_DATA);
	link->life = (timer_now() >> 10 & 0x7fff) | 0x8000;
	link->peer_life = link_state(link, !link->id) >> 16;
	link_put(link, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	link_announce(link);
}

/** link_is_connected() - do both sides know of each other? To be asked after each bell. */
static inline bool link_is_connected(struct link *link)
{
	u32 state = link_state(link, !link->id);

	if (state >> 16 != link->peer_life) {
		link->peer_life = state >> 16;
		link_announce(link);
	}
	return state && (state & 0xffff) == link->life;
}

/** link_send() - how many of the bytes there was room for; ring LINK_BELL_DATA then */
static inline u32 link_send(struct link *link, const void *bytes, u32 count)
{
	u32 sent = link->output->sent, i;
	u32 used = sent - __atomic_load_n(&link->input->taken, __ATOMIC_ACQUIRE);
	u32 room = used <= link->size ? link->size - used : 0;

	for (i = 0; i < count && i < room; i++)
		link->output->data[(sent + i) % link->size] = ((const u8 *)bytes)[i];
	__atomic_store_n(&link->output->sent, sent + i, __ATOMIC_RELEASE);
	return i;
}

/** link_receive() - how many bytes there were; -1: what the other side says cannot be */
static inline s32 link_receive(struct link *link, void *bytes, u32 count)
{
	u32 taken = link->output->taken, i;
	u32 there = __atomic_load_n(&link->input->sent, __ATOMIC_ACQUIRE) - taken;

	if (there > link->size)
		return -1;
	for (i = 0; i < count && i < there; i++)
		((u8 *)bytes)[i] = link->input->data[(taken + i) % link->size];
	__atomic_store_n(&link->output->taken, taken + i, __ATOMIC_RELEASE);
	return (s32)i;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A side of a link, to another cell or to Linux: its registers, its bells, and a stream of bytes
 * each way (jh/stream.h).
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
#include <jh/stream.h>

#define LINK_BELL_DATA	JH_STREAM_BELL

struct link {
	u64 registers;
	u64 memory;		/* of the state table */
	u64 common;		/* of the section that both sides write */
	u32 common_size;
	u32 output_size;
	u32 id;			/* this side's number */
	u32 life;		/* upper half of its state */
	u32 peer_life;		/* the last one known of the other side; 0: not there */
	u32 size;		/* of data[], a power of two */
	struct jh_stream *output;
	const struct jh_stream *input;
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

/** link_ring() - ring a bell of the other side, whose handler sees all earlier stores */
static inline void link_ring(const struct link *link, u32 bell)
{
	dmb_ish();
	link_put(link, JH_LINK_DOORBELL, (u32)!link->id << 16 | bell);
}

/** link_bells() - bells that rang since the last call, a bit each */
static inline u32 link_bells(const struct link *link)
{
	u32 bells = link_get(link, JH_LINK_BELLS);

	dmb_ish();
	return bells;
}

static inline void link_announce(struct link *link)
{
	jh_stream_begin(link->output);
	dmb_ish();
	link_put(link, JH_LINK_STATE, link->life << 16 | link->peer_life);
}

/**
 * link_start() - map the memory of a side whose places are known, and announce the state
 *
 * Bells raise interrupts from then on.
 */
static inline void link_start(struct link *link)
{
	u64 at = link->common + link->common_size, end;

	link->id = link_get(link, JH_LINK_ID);
	link->output = (struct jh_stream *)(at + link->id * link->output_size);
	link->input = (const struct jh_stream *)(at + !link->id * link->output_size);
	link->size = jh_stream_size(link->output_size);
	end = at + 2 * link->output_size;
	for (at = link->memory & ~0x1fffffUL; at < end; at += 0x200000)
		mmu_set_block(at, MMU_DATA);
	link->life = (timer_now() >> 10 & 0x7fff) | 0x8000;
	link->peer_life = link_state(link, !link->id) >> 16;
	link_put(link, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	link_announce(link);
}

/** link_open() - link_start() for the side whose registers are there; JH_LINK_INTERRUPT is its */
static inline void link_open(struct link *link, u64 registers)
{
	link->registers = registers;
	link->memory = link_get(link, JH_LINK_ADDRESS);
	link->common = link->memory + link_get(link, JH_LINK_TABLE_SIZE);
	link->common_size = link_get(link, JH_LINK_COMMON_SIZE);
	link->output_size = link_get(link, JH_LINK_OUTPUT_SIZE);
	link_start(link);
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

/** link_send() - send bytes; ring LINK_BELL_DATA afterwards. Return: how many there was room for */
static inline u32 link_send(struct link *link, const void *bytes, u32 count)
{
	return jh_stream_send(link->output, link->input, link->size, bytes, count);
}

/** link_receive() - Return: bytes received; -1: the other side's positions are impossible */
static inline s32 link_receive(struct link *link, void *bytes, u32 count)
{
	return jh_stream_receive(link->output, link->input, link->size, bytes, count);
}

#endif

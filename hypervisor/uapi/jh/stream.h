/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * A stream of bytes in each direction over a link (jh/link.h), for guests and for programs of
 * Linux. Each side writes only to its own output, and neither trusts the other: an index that is
 * out of range is an error, never an address.
 *
 * The upper half of a side's state is a number that differs from life to life; the lower half is
 * the number of the other side as this side last saw it. The sides are connected if both are up to
 * date.
 */
#ifndef JH_STREAM_H
#define JH_STREAM_H

#include <linux/types.h>

#define JH_STREAM_BELL	1	/* rung by whoever has sent or taken bytes */

/* The start of an output. Numbers of bytes wrap; byte n lies at data[n & (size - 1)]. */
struct jh_stream {
	__u32 sent;	/* bytes ever sent by this side */
	__u32 taken;	/* bytes ever taken from the other side */
	__u8 data[];
};

/** jh_stream_size() - bytes of data[], a power of two, in an output of @output bytes */
static inline __u32 jh_stream_size(__u32 output)
{
	__u32 size;

	for (size = 1; 2 * size <= output - sizeof(struct jh_stream);)
		size *= 2;
	return size;
}

/**
 * jh_stream_begin() - reset an output
 *
 * To be called before the state is stored: the other side does not look before it sees its own
 * number there.
 */
static inline void jh_stream_begin(struct jh_stream *own)
{
	__atomic_store_n(&own->sent, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&own->taken, 0, __ATOMIC_RELEASE);
}

/** jh_stream_send() - send bytes. Return: how many there was room for; then ring JH_STREAM_BELL. */
static inline __u32 jh_stream_send(struct jh_stream *own, const struct jh_stream *other, __u32 size,
				   const void *bytes, __u32 count)
{
	__u32 sent = own->sent, i;
	__u32 used = sent - __atomic_load_n(&other->taken, __ATOMIC_ACQUIRE);
	__u32 room = used <= size ? size - used : 0;

	for (i = 0; i < count && i < room; i++)
		own->data[(sent + i) & (size - 1)] = ((const __u8 *)bytes)[i];
	__atomic_store_n(&own->sent, sent + i, __ATOMIC_RELEASE);
	return i;
}

/** jh_stream_receive() - receive bytes. Return: how many; -1 if the other side's index is wrong. */
static inline __s32 jh_stream_receive(struct jh_stream *own, const struct jh_stream *other,
				      __u32 size, void *bytes, __u32 count)
{
	__u32 taken = own->taken, i;
	__u32 there = __atomic_load_n(&other->sent, __ATOMIC_ACQUIRE) - taken;

	if (there > size)
		return -1;
	for (i = 0; i < count && i < there; i++)
		((__u8 *)bytes)[i] = other->data[(taken + i) & (size - 1)];
	__atomic_store_n(&own->taken, taken + i, __ATOMIC_RELEASE);
	return (__s32)i;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Root's side of a link, with a stream of bytes each way (jh/stream.h). Every function that returns
 * another exit code than EXIT_OK has printed why, unless a signal came.
 */
#ifndef SIDE_H
#define SIDE_H

#include <stdbool.h>

#include <jh/ioctl.h>
#include <jh/stream.h>

/** struct side - opened by side_open(), which fills it in; closed by side_close() */
struct side {
	int fd;
	struct jh_link_info info;
	const volatile __u32 *table;	/* states, one for each side */
	struct jh_stream *own;		/* to the other side */
	const struct jh_stream *other;	/* from the other side */
	__u32 size;			/* bytes that fit into a stream */
	__u32 life;			/* number of this side's life */
	__u32 peer_life;		/* of the other side's, 0: not known yet */
};

/** side_open - open the link @name of @cell, and tell the other side */
int side_open(struct side *side, const char *cell, const char *name);

/** side_connect - wait, two seconds at most, until both sides know each other */
int side_connect(struct side *side);

/** side_send - send bytes; returns how many there was room for. side_ring() must follow */
__u32 side_send(struct side *side, const void *bytes, __u32 count);

/** side_receive - receive at most *@count bytes; *@count becomes their number */
int side_receive(struct side *side, void *bytes, __u32 *count);

/** side_ring - tell the other side that bytes were sent or taken */
int side_ring(struct side *side);

/** side_wait - wait, two seconds at most, for a bell, and check that the peer is still the same */
int side_wait(struct side *side);

void side_close(struct side *side);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Root's side of a link, with a stream of bytes each way (jh/stream.h). Every function that returns
 * an exit code has said why if it is not EXIT_OK, unless a signal came.
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
	const volatile __u32 *table;	/* of states, one a side */
	struct jh_stream *own;
	const struct jh_stream *other;
	__u32 size;			/* bytes that fit into a stream */
	__u32 life, peer_life;		/* numbers of both, as far as they are known */
};

/** side_open - take the link @name of the cell of that name, and say that this side is there */
int side_open(struct side *side, const char *cell, const char *name);

/** side_connect - wait, a moment only, until both sides know of each other */
int side_connect(struct side *side);

/** side_send - how many of the bytes there was room for; ring then */
__u32 side_send(struct side *side, const void *bytes, __u32 count);

/** side_receive - at most *@count bytes; *@count becomes how many there were */
int side_receive(struct side *side, void *bytes, __u32 *count);

/** side_ring - tell the other side that bytes were sent or taken */
int side_ring(struct side *side);

/** side_wait - until the other side has rung, a moment only, and check that it is who it was */
int side_wait(struct side *side);

void side_close(struct side *side);

#endif

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Messages to and from Linux over a link (jh/rpmsg.h): the device's side of virtio-rpmsg, for a
 * cell that Linux starts as a remote processor.
 *
 * No function here waits. rpmsg_poll() must be called after each bell of the link.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_RPMSG_H
#define INMATE_RPMSG_H

#include <inmate/types.h>
#include <jh/link.h>
#include <jh/rpmsg.h>

#define RPMSG_BUFFER	512	/* bytes of a buffer of Linux' driver */
#define RPMSG_HEADER	16	/* bytes of them before a message */
#define RPMSG_MOST	(RPMSG_BUFFER - RPMSG_HEADER)	/* bytes of a message */
#define RPMSG_NAME_LEN	32
#define RPMSG_NAMES	0x35	/* Linux' address for announcements of endpoints */

/* Return values of rpmsg_send(). */
#define RPMSG_NOT_READY	(-1)	/* Linux' driver is not there */
#define RPMSG_FULL	(-2)	/* it has no free buffer; it rings when it has one */
#define RPMSG_TOO_LONG	(-3)	/* RPMSG_MOST, or longer than its buffer */
#define RPMSG_BROKEN	(-4)	/* the other side's vring has impossible values */

/*
 * The resource table, as Linux (linux/remoteproc.h) and OpenAMP lay it out. It may lie in the
 * section that both write or in the cell's own memory, where it does not change after the start.
 */
struct rpmsg_table_vring {
	u32 da;		/* its address, once status has RPMSG_DRIVER_OK */
	u32 align;
	u32 count;
	u32 notifyid;
	u32 pa;
};

struct rpmsg_table {
	u32 version;
	u32 entries;
	u32 reserved[2];
	u32 offset[2];
	struct {
		u32 type, da, length, reserved;
		char name[RPMSG_NAME_LEN];
	} trace;
	struct {
		u32 type, id, notifyid, features, accepted, config_length;
		u8 status;
		u8 vrings;
		u8 reserved[2];
		struct rpmsg_table_vring vring[2];
	} device;
};

#define RPMSG_DRIVER_OK		0x4		/* virtio 1.2, section 2.1 */
#define RPMSG_ANY		0xffffffffU	/* an address that Linux fills in */
#define RPMSG_TRACE_SIZE	0x1000
#define RPMSG_ALIGN		4096
#define RPMSG_MAX_COUNT		256

/**
 * RPMSG_TABLE() - define the resource table of a program
 * @table:	name of the variable
 * @trace_at:	address of RPMSG_TRACE_SIZE bytes of the section that both sides write, where
 *		nothing else of the program is
 * @buffers:	each way: a power of two, at most RPMSG_MAX_COUNT
 */
#define RPMSG_TABLE(table, trace_at, buffers) \
	struct rpmsg_table table __attribute__((section(".resource_table"), used)) = { \
		.version = 1, .entries = 2, \
		.offset = { offsetof(struct rpmsg_table, trace), \
			    offsetof(struct rpmsg_table, device) }, \
		.trace = { 2, (trace_at), RPMSG_TRACE_SIZE, 0, "trace" }, \
		.device = { 3, 7, 0, 1, 0, 0, 0, 2, { 0, 0 }, { \
			{ RPMSG_ANY, RPMSG_ALIGN, (buffers), 0, 0 }, \
			{ RPMSG_ANY, RPMSG_ALIGN, (buffers), 1, 0 } } }, \
	}

struct rpmsg;

/**
 * struct rpmsg_endpoint - receiver of the messages to an address
 * @address:	unique, not 0
 * @name:	announced to Linux, which looks for a driver of that name; NULL: not announced
 * @receive:	called for each message; the bytes are a copy, and gone when it returns
 */
struct rpmsg_endpoint {
	u32 address;
	const char *name;
	void (*receive)(struct rpmsg *rpmsg, struct rpmsg_endpoint *endpoint, u32 from,
			const void *bytes, u32 length);
	struct rpmsg_endpoint *next;
	bool announced;
};

struct rpmsg_ring {
	const struct rpmsg_desc *desc;
	const struct rpmsg_avail *avail;
	struct rpmsg_used *used;
	u16 next;	/* of both rings: buffers go back in the order in which they came */
	bool writes;	/* its buffers go to Linux */
};

/**
 * struct rpmsg - one device
 * @registers:	of the link
 * @id:		this side's number
 * @common:	the section that both write, and its @size
 * @address:	guest-physical address of that section
 * @count:	descriptors of a vring
 * @lost:	messages that no endpoint took, or that were longer than their buffer
 * @traced:	bytes in the trace buffer
 */
struct rpmsg {
	u64 registers;
	u32 id;
	struct rpmsg_table *table;
	u8 *common;
	u32 size;
	u32 address;
	u32 count;
	bool ready;
	bool broken;
	u32 lost;
	u32 traced;
	struct rpmsg_ring to_linux, from_linux;
	struct rpmsg_endpoint *endpoints;
	u8 bytes[RPMSG_MOST];
};

/**
 * rpmsg_begin() - set up messages over the link with these registers
 * @table:	defined by RPMSG_TABLE()
 * @buffers:	as told to RPMSG_TABLE()
 *
 * Maps the link's memory and enables its interrupt, whose handler reads JH_LINK_BELLS.
 */
void rpmsg_begin(struct rpmsg *rpmsg, u64 registers, struct rpmsg_table *table, u32 buffers);

/** rpmsg_add() - add an endpoint, which is announced once Linux has a free buffer */
void rpmsg_add(struct rpmsg *rpmsg, struct rpmsg_endpoint *endpoint);

/**
 * rpmsg_poll() - announce and receive
 *
 * Return: the number of messages; unless it is 0 there may be more. Or RPMSG_BROKEN.
 */
s32 rpmsg_poll(struct rpmsg *rpmsg);

/** rpmsg_send() - send a message. Return: 0, or RPMSG_* if nothing was sent */
s32 rpmsg_send(struct rpmsg *rpmsg, u32 from, u32 to, const void *bytes, u32 length);

/** rpmsg_trace() - append to the buffer that Linux shows as trace0; text beyond its end is lost */
void rpmsg_trace(struct rpmsg *rpmsg, const char *text);

#endif

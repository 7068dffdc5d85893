/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * A link that carries rpmsg between a cell and Linux's remoteproc. Everything lies in the section
 * that both sides write:
 *
 *	JH_RPMSG_PROGRAM bytes that belong to the cell's program: its ELF file has its resource
 *	table and its trace buffers there;
 *	buffers of messages, which Linux allocates;
 *	JH_RPMSG_TAIL bytes that start with two vrings. Linux's driver believes a message that
 *	claims to be longer than its buffer, and reads up to 64 KiB: the tail has that much memory.
 *
 * Addresses in descriptors are Linux's. A program that has to translate them puts a carveout with
 * the name JH_RPMSG_CARVEOUT into its resource table: it gets both addresses of the section's first
 * byte.
 */
#ifndef JH_RPMSG_H
#define JH_RPMSG_H

#define JH_RPMSG_PROGRAM	0x4000	/* bytes at the start of the section that both write */
#define JH_RPMSG_VRING		0x3000	/* bytes of each vring: 256 descriptors at most */
#define JH_RPMSG_TAIL		0x11000
#define JH_RPMSG_LEAST		0x19000	/* bytes of that section, of which 16 KiB are buffers */
#define JH_RPMSG_BELL		1	/* rung by whoever put something into a vring */
#define JH_RPMSG_CARVEOUT	"jh-link"

#endif

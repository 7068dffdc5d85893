/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * A link that carries rpmsg between a cell and Linux' remoteproc. All of it lies in the section
 * that both sides write:
 *
 *	JH_RPMSG_PROGRAM bytes that belong to the cell's program: its ELF file puts its resource
 *	table there, and its trace buffers;
 *	buffers of messages, which Linux allocates;
 *	JH_RPMSG_TAIL bytes, at whose start are two vrings. Linux' driver believes a message that
 *	says it is longer than its buffer, up to 64 KiB, and reads that much: there is memory.
 *
 * The resource table has a carveout of the name JH_RPMSG_CARVEOUT if the program wants to know what
 * the addresses in descriptors mean: they are those of Linux, and the carveout tells both addresses
 * of the section's first byte.
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

/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Copyright (c) The jh authors
 *
 * A link that carries rpmsg between a cell and Linux's remoteproc. Vrings and buffers lie in the
 * section that both sides write: where the program's resource table says, or else where Linux
 * chooses, beside all that the program has there. All addresses, in the table and in descriptors,
 * are the cell's.
 *
 * A carveout of the name JH_RPMSG_CARVEOUT in the table tells a program where that section is.
 */
#ifndef JH_RPMSG_H
#define JH_RPMSG_H

/* Bytes of that section at least: 60 KiB of buffers beside two vrings and 16 KiB of the program. */
#define JH_RPMSG_LEAST		0x19000
#define JH_RPMSG_BELL		1	/* rung by whoever put something into a vring */
#define JH_RPMSG_CARVEOUT	"jh-link"

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A cell of four memories, of which three can be loaded, and an image: for tests of loads.
 */
#ifndef TEST_LOAD_H
#define TEST_LOAD_H

#include "cells.h"

#define PIECE	0x10000u
#define SIZE	0x30000		/* of the cell's first memory; the second follows it */
#define GAP	0x80000		/* the third, alone */

extern struct blob_parts parts;		/* the cell's configuration */
extern struct jh_cell *cell;
extern struct jh_error err;
extern struct jh_segment segments[4];	/* the first is the image, at address 0 */
extern struct jh_ioctl_load arg;	/* of the first segment */
extern u8 image[SIZE];

/** load_create() - create the cell of @parts */
void load_create(void);

/* Of each test. */
int load_setup(void **state);
int load_teardown(void **state);

/** load_ram() - the cell's memory, from address 0 */
const u8 *load_ram(void);

/** load_state() - the cell's, as the hypervisor reports it */
u32 load_state(void);

/** load_refused() - assert that a load by @arg is refused for this reason */
void load_refused(u32 reason);

#endif

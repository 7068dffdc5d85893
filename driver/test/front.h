/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * What lies behind /dev/jh and behind the loading of the module, for tests of main.c.
 */
#ifndef TEST_FRONT_H
#define TEST_FRONT_H

#include "../jh.h"
#include "module.h"

extern bool may;			/* the caller is an administrator */
extern char config[100];		/* user space's */
extern int answer;			/* of what is called */
extern u32 reason;			/* and its refusal; 0: it does not refuse */
extern const char *called;		/* by the last call; NULL: nothing */
extern u32 length, flags;		/* what it was given */
extern u32 checks, ends, stops, rprocs_end;	/* how often that was called */
extern u32 obstacle;			/* the reason for which enable is refused here; 0: none */
extern u32 fails;			/* the n-th step of loading from now on; 0: none */
extern int devices, powers, miscs, ttys;	/* loaded, and not unloaded */
extern bool stays_enabled;		/* until the third attempt to disable */
extern void (*while_ending)(void);	/* the module goes; NULL: nobody does anything */

/* Of each test; afterwards no memory is left allocated, and the lock is free. */
int front_setup(void **state);
int front_teardown(void **state);

#endif

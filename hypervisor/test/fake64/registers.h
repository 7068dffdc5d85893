/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * System registers of one CPU by name, for tests of a unit that needs nothing else of the machine.
 */
#ifndef TEST_FAKE64_REGISTERS_H
#define TEST_FAKE64_REGISTERS_H

#include <hv/types.h>

/** fake64_register() - the value of the register @name, 0 before anybody has written it */
u64 *fake64_register(const char *name);

/** fake64_clear_registers() - set all of them to 0, without calling hooks */
void fake64_clear_registers(void);

/** fake64_wrote - if set: called when the code under test has written a register */
extern void (*fake64_wrote)(const char *name);

#endif

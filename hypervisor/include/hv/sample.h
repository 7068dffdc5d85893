/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The program counters of the guests of cells, which root may ask for.
 */
#ifndef HV_SAMPLE_H
#define HV_SAMPLE_H

#include <hv/types.h>

struct cell;
struct jh_error;

/** sample_note() - store the program counter of the executing CPU's guest */
void sample_note(void);

/** sample_forget() - the CPUs of the set begin a new life or have a new owner: forget theirs */
void sample_forget(u64 mask);

/**
 * sample_call() - JH_HC_CELL_SAMPLE: report.head.pc becomes the program counter of a CPU's guest
 * @args:	cell, the machine's number of a CPU
 * @error:	filled in if the CPU does not come, or the image does not look at guests
 *
 * It is an address as the guest sees it, now or when the CPU parked; JH_PC_UNKNOWN if the guest has
 * not run in this life, or runs with direct interrupts, where a kick would arrive in the guest
 * itself. A CPU that executes the guest is called out of it once, and gets a millisecond. The
 * answer is in the report because a result could not tell a 64-bit address from an errno. The
 * management lock is held.
 *
 * Return: 0 or a negative errno.
 */
s64 sample_call(struct cell *cell, const u64 args[4], struct jh_error *error);

#endif

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

/** sample_note() - store the program counter of the executing CPU's guest */
void sample_note(void);

/** sample_forget() - the CPUs of the set begin a new life or have a new owner: forget theirs */
void sample_forget(u64 mask);

/**
 * sample_take() - the program counter of the guest of a CPU, now or when the CPU parked
 * @cpu:	one of @cell's
 * @pc:		out: an address as the guest sees it; JH_PC_UNKNOWN if it has not run in this life,
 *		or runs with direct interrupts, where a kick would arrive in the guest itself
 *
 * A CPU that executes the guest is called out of it once. The management lock is held.
 *
 * Return: 0, or -EIO if it does not come within a millisecond.
 */
int sample_take(const struct cell *cell, u32 cpu, u64 *pc);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Where the guests of cells are: their program counters, which root may ask for.
 */
#ifndef HV_SAMPLE_H
#define HV_SAMPLE_H

#include <hv/types.h>

struct cell;

/** sample_note() - the guest of the executing CPU is where it would go on now */
void sample_note(void);

/** sample_forget() - nobody has seen the CPUs of the set: another owner's, or in a new life */
void sample_forget(u64 mask);

/**
 * sample_take() - where the guest of a CPU is, or was when the CPU parked
 * @cpu:	one of @cell's
 * @pc:		out: an address as the guest sees it; JH_PC_UNKNOWN if it has not run in this life,
 *		or runs with direct interrupts, where a kick would ring in the guest itself
 *
 * A CPU that executes the guest is called out of it once. The management lock is held.
 *
 * Return: 0, or -EIO if it does not come within a millisecond.
 */
int sample_take(const struct cell *cell, u32 cpu, u64 *pc);

#endif

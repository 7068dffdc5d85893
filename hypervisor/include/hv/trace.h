/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Records of exits, for root (jh/trace.h). What makes them is in the architecture's way into the
 * hypervisor, which is another one while a CPU is traced: a CPU that is not traced pays nothing.
 */
#ifndef HV_TRACE_H
#define HV_TRACE_H

#include <hv/types.h>

struct cell;
struct jh_error;

/**
 * trace_call() - JH_HC_CPU_TRACE: have the exits of a CPU recorded from now on, or no longer
 * @cell:	not used
 * @args:	CPU, whether: until it is called off, or the CPU gets another owner
 *
 * A CPU that executes a guest is called out of it once. With direct interrupts, where a kick would
 * ring in the guest itself, it hears of it when it is turned on the next time. The management lock
 * is held.
 *
 * Return: the offset of struct jh_trace_ring from the report area's start, or -errno with the error
 * filled in.
 */
s64 trace_call(struct cell *cell, const u64 args[4], struct jh_error *error);

/** trace_apply() - the executing CPU does what trace_call() said last, from its next exit on */
void trace_apply(void);

/**
 * trace_forget() - the CPUs of the set, which are parked, get another owner
 *
 * Its exits are not what was asked for. The management lock is held.
 */
void trace_forget(u64 mask);

#endif

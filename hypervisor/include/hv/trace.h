/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Records of exits, for root (jh/trace.h). The architecture makes them where guests enter the
 * hypervisor. A traced CPU has entry points of its own, so a CPU that is not traced pays nothing.
 */
#ifndef HV_TRACE_H
#define HV_TRACE_H

#include <hv/types.h>

struct cell;
struct jh_error;

/**
 * trace_call() - JH_HC_CPU_TRACE: start or stop to record the exits of a CPU
 * @cell:	not used
 * @args:	the CPU's number; 0 to stop, anything else to start
 *
 * Recording also stops when the CPU gets another owner. A CPU that executes a guest is called out
 * of it once. With direct interrupts, where a kick would arrive in the guest itself, the call has
 * its effect when the CPU is turned on the next time. The management lock is held.
 *
 * Return: the offset of struct jh_trace_ring from the report area's start, or -errno with the error
 * filled in.
 */
s64 trace_call(struct cell *cell, const u64 args[4], struct jh_error *error);

/** trace_apply() - do what the last trace_call() for the executing CPU said */
void trace_apply(void);

/**
 * trace_forget() - stop to record the exits of parked CPUs, which get another owner
 *
 * The management lock is held.
 */
void trace_forget(u64 mask);

#endif

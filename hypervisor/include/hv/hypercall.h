/* SPDX-License-Identifier: GPL-2.0-only */
/* Copyright (c) The jh authors */
#ifndef HV_HYPERCALL_H
#define HV_HYPERCALL_H

#include <hv/types.h>

/**
 * hypercall() - answer a call of the executing CPU's guest
 * @code:	from the first register, any value
 * @args:	from the following ones, any values
 *
 * Return: for the guest's first register. JH_HC_DISABLE does not return if it succeeds.
 */
s64 hypercall(u64 code, const u64 args[4]);

/**
 * hypercall_guest() - answer a call that any guest may make; the caller has counted it
 *
 * Return: as hypercall(); -ENOSYS for any other code.
 */
s64 hypercall_guest(u64 code, u64 arg1, u64 arg2);

#endif

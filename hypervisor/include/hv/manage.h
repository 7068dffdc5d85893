/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Management calls of the root cell, one at a time: a call that finds the lock taken for longer
 * than a millisecond gets -EBUSY. The calling CPU does everything; no CPUs are stopped but those of
 * the cell that the call is about.
 */
#ifndef HV_MANAGE_H
#define HV_MANAGE_H

#include <hv/types.h>

/**
 * manage_call() - do a management call
 * @code:	one for which manage_is_call() is true
 * @args:	any values
 *
 * Return: the result for the caller's first register: -errno, with the reason in the report area.
 */
s64 manage_call(u64 code, const u64 args[4]);

/** manage_begin() - take the management lock; false if it is not free within a millisecond */
bool manage_begin(void);

/** manage_try_begin() - take the management lock if it is free; false if it is not */
bool manage_try_begin(void);

/** manage_end() - release the lock that manage_begin() or manage_try_begin() took */
void manage_end(void);

/** manage_is_call() - is this a code that only root may use? */
bool manage_is_call(u64 code);

#endif

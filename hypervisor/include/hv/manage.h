/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Management calls of the root cell. One at a time: whoever finds the lock taken gets -EBUSY and
 * nobody waits. Everything is done by the asking CPU; no other is stopped but those of the cell
 * that the call is about.
 */
#ifndef HV_MANAGE_H
#define HV_MANAGE_H

#include <hv/types.h>

/** manage_call() - do management call @code with its arguments; result for the caller's x0 */
s64 manage_call(u64 code, const u64 args[4]);

/**
 * manage_begin() - become the one that manages, who gives way within a millisecond; false: not now
 */
bool manage_begin(void);

/** manage_try_begin() - become the one that manages, as a management call does; false: not now */
bool manage_try_begin(void);

/** manage_end() - after manage_begin() or manage_try_begin() */
void manage_end(void);

/** manage_is_call() - is this a code that only root may use? */
bool manage_is_call(u64 code);

#endif

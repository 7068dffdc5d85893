/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Exceptions that are not interrupts.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_EXCEPTION_H
#define INMATE_EXCEPTION_H

#include <inmate/types.h>

/** struct exception_frame - the interrupted registers; the layout is known to vectors.S */
struct exception_frame {
	u64 x[31];
	u64 elr;
	u64 spsr;
	u64 padding;
};

/**
 * exception_handler_t - a hook for synchronous exceptions and SErrors before they are reported
 * @frame: may be changed, for example elr, to resume elsewhere
 * @esr: ESR_EL1
 *
 * Return: true to resume, false to have it reported, which ends the inmate.
 */
typedef bool (*exception_handler_t)(struct exception_frame *frame, u64 esr);

/** exception_set_handler() - installs a handler for all CPUs; NULL removes it */
void exception_set_handler(exception_handler_t handler);

#endif

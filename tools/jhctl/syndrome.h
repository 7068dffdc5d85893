/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Words for the cause of an exit, from the syndrome of the architecture.
 */
#ifndef SYNDROME_H
#define SYNDROME_H

#include <jh/trace.h>

/** syndrome_name - one word for the exit: "irq", "hvc", "write", … */
const char *syndrome_name(const struct jh_trace_record *record);

/**
 * syndrome_detail - details of the exit, to be freed: "0x8000000, 4 bytes"; "" if there are none
 */
char *syndrome_detail(const struct jh_trace_record *record);

#endif

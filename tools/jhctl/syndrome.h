/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Why a guest left its CPU for the hypervisor, in words, by what the architecture says of it.
 */
#ifndef SYNDROME_H
#define SYNDROME_H

#include <jh/trace.h>

/** syndrome_name - one word for the exit: "irq", "hvc", "write", … */
const char *syndrome_name(const struct jh_trace_record *record);

/**
 * syndrome_detail - what more is to be said of it, to be freed: "0x8000000, 4 bytes"
 *
 * "" if that is nothing.
 */
char *syndrome_detail(const struct jh_trace_record *record);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The hypervisor's log: a ring that root can read at any time.
 */
#ifndef HV_LOG_H
#define HV_LOG_H

#include <hv/types.h>
#include <jh/report.h>

/**
 * log_printf() - append one message of at most 159 bytes; a longer one is cut
 *
 * It has the conversions of format_text() (lib/format.h), and never waits for a device.
 */
void log_printf(const char *format, ...) __printf(1, 2);

/** ring_put() - append to a ring; only one CPU at a time may */
void ring_put(struct jh_ring *ring, const char *text, u64 length);

#endif

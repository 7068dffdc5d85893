/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The hypervisor's log: a ring that root reads at any time. A CPU of root's that asks for it fills
 * the UART's FIFO from it; nobody ever waits for a UART.
 */
#ifndef HV_LOG_H
#define HV_LOG_H

#include <hv/types.h>
#include <jh/report.h>

/**
 * log_printf() - append one message of at most 159 bytes
 *
 * Conversions: %s %c %d %u %x %lu %lx %%, with width and zero padding. Takes no longer than
 * formatting does; never waits for a device.
 */
void log_printf(const char *format, ...) __printf(1, 2);

/**
 * log_flush() - give the UART what it has not seen yet and has room for, @bytes at most
 *
 * Never waits. Return: bytes that are left.
 */
u64 log_flush(u32 bytes);

/** ring_put() - append to a ring that one CPU at a time writes */
void ring_put(struct jh_ring *ring, const char *text, u64 length);

#endif

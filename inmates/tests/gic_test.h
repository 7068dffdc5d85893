/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of the test of the interrupt controller.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_GIC_TEST_H
#define INMATE_GIC_TEST_H

#include <inmate/types.h>

/** struct gic_test - options of the command line */
struct gic_test {
	u32 spi;	/* INTID of an SPI of this cell that no device raises; 0: there is none */
	u32 foreign;	/* INTID of an SPI of another cell; 0: all are this cell's */
};

/** gic_test_decode() - every form of load and store that a compiler makes of a register access */
void gic_test_decode(const struct gic_test *test);

/** gic_test_filter() - fields of other cells' interrupts read as zero and ignore writes */
void gic_test_filter(const struct gic_test *test);

/** gic_test_deliver() - one interrupt: enable, pending, active, masks, ways to end it */
void gic_test_deliver(const struct gic_test *test);

/** gic_test_many() - several interrupts: priorities, preemption, more than list registers */
void gic_test_many(const struct gic_test *test);

/** gic_test_smp() - interrupts between CPUs */
void gic_test_smp(const struct gic_test *test);

/*
 * A handler that notes each interrupt in gic_log, and how many there are. Only for interrupts of
 * one CPU.
 */
#define GIC_LOG_SIZE	64

extern u32 gic_log[GIC_LOG_SIZE];
extern u32 gic_logged;

void gic_log_handler(u32 intid, void *arg);

/** gic_log_wait() - lets interrupts in until @count are logged, and a little longer */
bool gic_log_wait(u32 count);

#endif

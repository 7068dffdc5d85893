/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A board support package for RTOSes in a cell of jh.
 *
 * The names of this library begin with bsp_, nothing else is visible, so that it can be linked to
 * any kernel and any C library. Start-up code and memory map are optional: an RTOS with its own
 * does not refer to bsp_start, and uses the rest. Documentation/guests/ describes the use for each
 * RTOS.
 *
 * Copyright (c) The jh authors
 */
#ifndef JH_BSP_H
#define JH_BSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* INTID of the virtual timer, which the tick comes from: a PPI. */
#define BSP_TICK_IRQ	27

/* The least urgent priority that a GIC of a cell tells apart from "masked" (5 bits of priority). */
#define BSP_LOWEST_PRIORITY	0xf0

/**
 * bsp_dtb - x0 at entry: the address of a device tree, or 0
 *
 * Valid if bsp_start was the entry point.
 */
extern uint64_t bsp_dtb;

/**
 * bsp_init() - check the communication region and set up the console
 *
 * Call it once on the first CPU, before anything else of this library. bsp_start does so.
 *
 * Return: false if there is no communication region of a known revision; then nothing works.
 */
bool bsp_init(void);

/* Console: the UART of the cell, or the console of the hypervisor */

/** bsp_putc() - print a character; "\n" becomes "\r\n" */
void bsp_putc(char c);

/** bsp_write() - print @size characters, for write() of a C library */
void bsp_write(const char *s, size_t size);

/** bsp_getc() - a received character, or -1 */
int bsp_getc(void);

/* Memory. */

/**
 * bsp_map_memory() - map memory that is not RAM of the cell, a link's for example, as Normal memory
 * @start: below @start + @size, which is at most 2^39; not in RAM or the communication region
 * @size: in bytes; all blocks of 2 MB that hold some of them are mapped
 *
 * With the map of bsp_start only, on the first CPU before others run, and while no interrupt
 * handler accesses a device in the same gigabyte.
 *
 * Return: false if there are not enough tables.
 */
bool bsp_map_memory(uint64_t start, uint64_t size);

/* Interrupts. */

/** bsp_gic_version() - 2 or 3 */
uint32_t bsp_gic_version(void);

/* Addresses of the registers; 0 for those that this version does not have. */
uint64_t bsp_gicd_base(void);
uint64_t bsp_gicc_base(void);
uint64_t bsp_gicr_base(void);

/**
 * bsp_irq_init() - CPU interface, and redistributor on GICv3, of the calling CPU
 *
 * TPIDR_EL1 has to hold the number of the CPU, below 8: 0 on the first one, where bsp_start put
 * it. Opens the priority mask.
 */
void bsp_irq_init(void);

/** bsp_irq_enable() - enable an interrupt with a priority, an SPI for the calling CPU */
void bsp_irq_enable(uint32_t intid, uint8_t priority);

/** bsp_irq_disable() - disable an interrupt and wait until this has taken effect */
void bsp_irq_disable(uint32_t intid);

/** bsp_irq_ack() - acknowledge; bits 9:0 are the INTID, 1020 and more mean "nothing" */
uint32_t bsp_irq_ack(void);

/** bsp_irq_end() - end what bsp_irq_ack() returned */
void bsp_irq_end(uint32_t ack);

/* The tick, from the virtual timer of the calling CPU. */

/**
 * bsp_tick_start() - start a periodic BSP_TICK_IRQ, @hz times a second
 *
 * Enables the interrupt with @priority. @hz: at least 1, at most the frequency of the counter. The
 * n-th tick comes n / @hz seconds after the call, however late an earlier one was handled.
 */
void bsp_tick_start(uint32_t hz, uint8_t priority);

/**
 * bsp_tick_next() - set the timer for the next tick; called by the handler
 *
 * If the next tick is due already, because the handler is late, the interrupt stays raised: a
 * handler that counts one tick a call loses none.
 */
void bsp_tick_next(void);

/** bsp_now_ns() - nanoseconds since the counter began; wraps after 584 years */
uint64_t bsp_now_ns(void);

/* Requests of the host, and the end. */

/**
 * bsp_shutdown_requested() - has the host asked for an end (`jhctl cell shutdown`)?
 *
 * It answers the host's messages. Call it periodically, from an idle task for example; once it has
 * returned true, clean up and call bsp_exit().
 */
bool bsp_shutdown_requested(void);

/**
 * bsp_exit() - end this cell: "shut down" if @ok, else "failed"
 *
 * Turns the calling CPU off by PSCI; other CPUs should be off before.
 */
void bsp_exit(bool ok) __attribute__((__noreturn__));

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Functions of fake_cpu.c for the fake's other files, not for tests.
 */
#ifndef FAKE_COROUTINE_H
#define FAKE_COROUTINE_H

#include "fake.h"

/** coroutine_start() - the CPU does @first, then runs its guest */
void coroutine_start(u32 cpu, void (*first)(u32 cpu));

void coroutine_reset(void);

/** coroutine_leave() - leave the hypervisor at once, at any point of its code */
void coroutine_leave(enum fake_mode mode) __attribute__((noreturn));

/** coroutine_ring() - a doorbell for @cpu */
void coroutine_ring(u32 cpu);

/** coroutine_wait() - the executing CPU sleeps until it is rung */
void coroutine_wait(void);

/* Resets of the other parts. */
void memory_reset(void);
void pool_reset(void);
void tlb_reset(void);

/** pool_page_written() - until it is published walkers may or may not see the store at @at */
void pool_page_written(const void *at);

/* The hypervisor's own memory behind the report area. */
#define FAKE_HV_CONFIG	(8 * 4096)
extern u8 fake_hv_config[FAKE_HV_CONFIG + FAKE_HV_PAGES * 4096];
#define fake_hv_pool	(fake_hv_config + FAKE_HV_CONFIG)

#endif

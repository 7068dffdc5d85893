/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The driver's contract with an architecture. driver/arch/<architecture> implements it; no other
 * file uses an instruction or a register of one. The definitions have the doc comments.
 */
#ifndef DRIVER_ARCH_H
#define DRIVER_ARCH_H

#include <linux/types.h>

struct device_node;
struct jh_error;
struct jh_system;

/*
 * To the hypervisor's exception level and back. enter and leave move all CPUs at once; if they
 * fail, every CPU is as it was.
 */
int jh_arch_probe(struct jh_error *err);
int jh_arch_enter(struct jh_system *system, struct jh_error *err);
int jh_arch_leave(struct jh_system *system, struct jh_error *err);
int jh_arch_enter_late(struct jh_system *system, unsigned int cpu);
/*
 * jh_arch_call() - make a hypercall (jh/hypercall.h); this CPU must run under the hypervisor
 *
 * Return: the hypervisor's answer.
 */
long jh_arch_call(u64 code, u64 a, u64 b, u64 c, u64 d);

/* The machine */
int jh_arch_machine_check(const struct jh_system *system, struct jh_error *err);
u64 jh_arch_last_address(void);
u32 jh_arch_page_sizes(void);
u64 jh_arch_uses(void);
u64 jh_arch_now(void);
u64 jh_arch_frequency(void);

/* Caches */
void jh_arch_clean(const void *start, size_t size);
void jh_arch_sync_code(void);

/* Interrupts, as configurations number them */
struct device_node *jh_arch_irqchip(void);
unsigned int jh_arch_virq(u32 irq);
int jh_arch_irq_of(struct device_node *np, int index);
u32 jh_arch_spare_irq(u32 below);
unsigned int jh_arch_make_virq(u32 irq);

#endif

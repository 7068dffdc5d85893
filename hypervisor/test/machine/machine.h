/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A machine of eight CPUs under the whole hypervisor: core/ and arch/arm64/ as they are, over CPUs
 * that are coroutines and an interrupt controller with all of its state, that of a GIC-400 (IHI
 * 0048, DDI 0471) or of a GICv3 (IHI 0069) with one security state. What guests do, and what must
 * be true when a CPU changes its owner, is the test's.
 */
#ifndef TEST_MACHINE_H
#define TEST_MACHINE_H

#include <asm/percpu.h>
#include <hv/cpu.h>
#include <hv/mmio.h>
#include <jh/image.h>
#include "machine_gic.h"

#define MACHINE_INTIDS		96

/* --- CPUs (machine_cpu.c) --- */

enum machine_mode {
	MACHINE_OFF,	/* in firmware's hands */
	MACHINE_EL2,	/* executes the hypervisor */
	MACHINE_GUEST,	/* executes its cell's guest */
	MACHINE_BARE,	/* executes root without a hypervisor */
};

extern enum machine_mode machine_mode[MACHINE_CPUS];

/** machine_firmware_hangs - a CPU that firmware is to turn off stays there, and is not off */
extern bool machine_firmware_hangs;

/** machine_firmware_refuses - it turns no CPU off */
extern bool machine_firmware_refuses;

/** machine_seed() - a sequence that a seed determines, and the schedule with it */
void machine_seed(u64 seed);
u32 machine_random(u32 below);

/** machine_boot() - switch it on and let all CPUs enter the hypervisor */
void machine_boot(u32 version, u64 seed);

/** machine_step() - one turn of a CPU by chance */
void machine_step(void);

/** machine_hand_over() - a CPU that root has bare enters the hypervisor again */
void machine_hand_over(void);

/** machine_handle() - the CPU's physical interrupts reach the hypervisor, as far as any is due */
void machine_handle(void);

/** machine_sleep() - the executing CPU's guest sleeps by WFI, which does not trap */
void machine_sleep(void);

/** machine_put() - into root's memory, for a hypercall: its physical address */
u64 machine_put(const void *data, u64 size);

/* A register by its name; those of the interrupt controller do what they do in hardware. */
u64 fake64_read_sysreg(const char *name);
void fake64_write_sysreg(const char *name, u64 value);

/** machine_find_sysreg() - the name of a register of this CPU that holds @value, or NULL */
const char *machine_find_sysreg(u64 value);

/* --- what the test defines --- */

/** test_guest() - a turn of the guest that the executing CPU runs, or of bare root */
void test_guest(u32 cpu);

/* When a CPU has a new owner: a guest of @cell, root without the hypervisor, firmware. */
void test_enters_guest(u32 cpu, const struct cell *cell);
void test_enters_bare(u32 cpu);
void test_enters_firmware(u32 cpu);

#endif

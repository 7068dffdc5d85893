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
#include <gic/irqchip.h>
#include <hv/cpu.h>
#include <hv/mmio.h>
#include <jh/image.h>

#define MACHINE_CPUS		FAKE64_CPUS
#define MACHINE_INTIDS		96
#define MACHINE_LRS		4
#define MACHINE_MAINTENANCE	25
#define MACHINE_NOTHING		1023	/* what is acknowledged when nothing is pending */

/* --- the interrupt controller (machine_gic.c) --- */

/**
 * struct machine_irq - one interrupt; those below 32 exist once for each CPU
 * @sources:	GICv2: which CPUs' SGI of this number is pending
 * @route:	of an SPI; GICv3: an MPIDR, GICv2: a bit for each CPU interface
 */
struct machine_irq {
	bool enabled, pending, active, edge, group1;
	u8 priority;
	u8 sources;
	u64 route;
};

/**
 * struct machine_interface - a CPU's physical interface
 * @active:	priorities acknowledged and not yet dropped, a bit for each value of the upper five
 * @split:	EOImode: the end drops the priority and does not deactivate
 */
struct machine_interface {
	bool enabled, split;
	u8 mask, binary_point;
	u32 active;
};

/** struct machine_virtual - its virtual one; list registers have the format of ICH_LR<n>_EL2 */
struct machine_virtual {
	u64 lr[MACHINE_LRS];
	u64 control;	/* ICH_VMCR_EL2 or GICH_VMCR */
	u32 hcr;
	u32 active;
};

struct machine_gic {
	u32 version;
	struct machine_irq local[MACHINE_CPUS][32], spi[MACHINE_INTIDS];
	struct machine_interface physical[MACHINE_CPUS];
	struct machine_virtual virtual[MACHINE_CPUS];
};

extern struct machine_gic machine_gic;

/** machine_gic_reset() - as Linux has set it up: its SGIs 0-7 are enabled, nothing else */
void machine_gic_reset(u32 version);

/** machine_irq() - the one of a number as a CPU sees it */
struct machine_irq *machine_irq(u32 cpu, u32 intid);

/** machine_signalled() - does the physical interface ask the CPU for an exception? */
bool machine_signalled(u32 cpu);

/* Of the physical interface: IAR, EOIR, DIR, RPR. */
u32 machine_ack(u32 cpu);
void machine_end(u32 cpu, u32 intid);
void machine_deactivate(u32 cpu, u32 intid);
u32 machine_running(u32 cpu);

/* Of the virtual one, for the guest: IAR and EOIR of the INTID that it gave. */
u32 machine_virtual_ack(u32 cpu);
void machine_virtual_end(u32 cpu, u32 intid);

/** machine_free_lrs() - ICH_ELRSR_EL2; the GICv2's is the same */
u32 machine_free_lrs(u32 cpu);

/** machine_send() - an SGI of the executing CPU arrives at the distributor */
void machine_send(u32 target, u32 intid);

/* --- its registers (machine_frames.c); addresses that device_va names --- */

#define MACHINE_GICD	0x10000000UL
#define MACHINE_GICR	0x20000000UL
#define MACHINE_GICC	0x30000000UL
#define MACHINE_GICH	0x31000000UL
#define MACHINE_GICV	0x32000000UL

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

/** machine_fail() - the test fails; may be called on any coroutine */
void machine_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

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

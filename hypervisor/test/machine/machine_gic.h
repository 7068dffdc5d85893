/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The interrupt controller of tests: all state of a GIC-400 (IHI 0048, DDI 0471) or of a GICv3 (IHI
 * 0069) with one security state, and its registers, to which the code under test has no other way.
 * An access that hardware might answer by an abort fails the test.
 */
#ifndef TEST_MACHINE_GIC_H
#define TEST_MACHINE_GIC_H

#include <asm/percpu.h>
#include <hv/types.h>

#define MACHINE_CPUS		FAKE64_CPUS
#define MACHINE_LRS		4
#define MACHINE_MAINTENANCE	25
#define MACHINE_NOTHING		1023	/* result of an acknowledge when nothing is pending */

/* --- its state (machine_gic.c) --- */

/**
 * struct machine_irq - one interrupt; those below 32 exist once for each CPU
 * @sources:	GICv2: which CPUs' SGI of this number is pending
 * @secure:	firmware's: its priority reads as zero and ignores writes
 * @route:	of an SPI; GICv3: an MPIDR, GICv2: a bit for each CPU interface
 */
struct machine_irq {
	bool enabled, pending, active, edge, group1, secure;
	u8 priority;
	u8 sources;
	u64 route;
};

/**
 * struct machine_interface - a CPU's physical interface
 * @active:	priorities acknowledged and not yet dropped, a bit for each value of the upper five
 * @split:	EOImode: the end drops the priority and does not deactivate
 * @rest:	GICv2: other bits of GICC_CTLR
 * @more_active: GICv2: GICC_APR1 to 3 and GICC_NSAPR0 to 3, which only say what is written there
 * @sticks:	@active ignores what is written (QEMU)
 */
struct machine_interface {
	bool enabled, split, sticks;
	u8 mask, binary_point;
	u32 active, rest;
	u32 more_active[7];
};

/** struct machine_virtual - its virtual one; list registers have the format of ICH_LR<n>_EL2 */
struct machine_virtual {
	u64 lr[MACHINE_LRS];
	u64 control;	/* ICH_VMCR_EL2 or GICH_VMCR */
	u32 hcr;
	u32 active;
};

/**
 * struct machine_gic - all of it, to be compared before and after
 * @intids:	those that it has
 * @iidr:	GICv2: GICC_IIDR, which names the implementation; a reset makes it a GIC-400
 * @sends:	writes to GICD_SGIR or ICC_SGI1R_EL1
 * @rd_writes:	to the frames that describe redistributors
 */
struct machine_gic {
	u32 version, intids, iidr, sends, rd_writes;
	struct machine_irq local[MACHINE_CPUS][32], spi[1024];
	struct machine_interface physical[MACHINE_CPUS];
	struct machine_virtual virtual[MACHINE_CPUS];
};

extern struct machine_gic machine_gic;

/** machine_gic_reset() - as Linux has set it up: its SGIs 0-7 are enabled, nothing else */
void machine_gic_reset(u32 version, u32 intids);

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

/** machine_before_send - if not NULL: what a CPU does just before it sends an SGI */
extern void (*machine_before_send)(void);

/** machine_after_send - if not NULL: told of each SGI that has arrived at the distributor */
extern void (*machine_after_send)(u32 target);

/** machine_send() - an SGI of the executing CPU arrives at the distributor */
void machine_send(u32 target, u32 intid);

/* --- its registers (machine_frames.c); addresses that device_va names --- */

#define MACHINE_GICD	0x10000000UL
#define MACHINE_GICR	0x20000000UL
#define MACHINE_GICC	0x30000000UL
#define MACHINE_GICH	0x31000000UL
#define MACHINE_GICV	0x32000000UL

/** machine_config() - the configuration of a system that has it: a blob, to be freed */
void *machine_config(u32 version, u32 *length);

/* The hypervisor's addresses of its units, for struct jh_boot_info. */
#define MACHINE_DEVICES(version)						\
{										\
	[JH_BOOT_UNIT(0)] = MACHINE_GICD,					\
	[JH_BOOT_UNIT(1)] = (version) == 3 ? MACHINE_GICR : MACHINE_GICC,	\
	[JH_BOOT_UNIT(2)] = MACHINE_GICH,					\
}

/* Those of GICv3's interfaces, by name; false: it is none. */
bool frames_read_sysreg(const char *name, u64 *value);
bool frames_write_sysreg(const char *name, u64 value);

/* --- what the surroundings define --- */

/** machine_fail() - the test fails; may be called on any coroutine */
void machine_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/** machine_preempt() - another CPU may come first here */
void machine_preempt(void);

/** machine_mpidr() - affinity of a CPU */
u64 machine_mpidr(u32 cpu);

/** frames_ack() - the interrupt acknowledge register */
u32 frames_ack(void);

#endif

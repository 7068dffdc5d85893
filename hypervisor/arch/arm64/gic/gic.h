/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The interrupt controller of the machine: what gicv2.c or gicv3.c does to hardware. An image links
 * one of the two (arch.mk). Nothing here knows guests; what those see and get is built on top, in
 * the files whose names begin with v.
 */
#ifndef GIC_GIC_H
#define GIC_GIC_H

#include <hv/types.h>
#include <config.h>

struct arch_cpu;
struct jh_comm_region;
struct jh_error;

/* The SGI by which CPUs wake each other at EL2. Linux uses 0-7 and 8-15 may be secure: shared. */
#define DOORBELL_SGI		7

/* Priorities are 8 bits, lower is more urgent; at least the upper four are implemented. */
#define PRIORITY_EL2		0x00	/* the doorbell and the maintenance interrupt */
#define PRIORITY_ONLY_EL2	0x10	/* as a mask: nothing else comes through */
#define PRIORITY_DEFAULT	0xa0
#define PRIORITY_ALL		0xff
#define PRIORITY_IDLE		0xff	/* the running one when nothing is being handled */

#define INTID_LPI		8192	/* those below are in lib/config.h */

/** gic_direct_hcr - bits of HCR_EL2 that are 0 for a cell whose interrupts go straight to EL1 */
extern const u64 gic_direct_hcr;

/* --- bring-up --- */

/** gic_check() - is it of the image's version, and there, where the configuration says? */
int gic_check(const void *config, struct jh_error *error) __cold;

/** gic_build() - what all CPUs share, as gic_check() found it; nothing changes in hardware */
void gic_build(void) __cold;

/** gic_describe() - addresses for a guest's communication region */
void gic_describe(struct jh_comm_region *comm) __cold;

/* --- the executing CPU's interface, physical and virtual --- */

/** gic_cpu_prepare() - find the CPU's registers, and how SGIs reach it; changes no hardware */
int gic_cpu_prepare(u32 cpu, struct jh_error *error) __cold;

/**
 * gic_cpu_commit() - a guest that runs has the virtual interface from now on
 *
 * It finds there the masks and modes that the physical interface had. All interrupts come to EL2.
 */
void gic_cpu_commit(void) __cold;

/** gic_cpu_release() - undo gic_cpu_commit(); list registers are empty */
void gic_cpu_release(void) __cold;

/**
 * gic_cpu_park() - no guest: the virtual interface is off and clear, only the doorbell gets through
 * @direct:	the guest had the physical interface
 */
void gic_cpu_park(bool direct);

/**
 * gic_cpu_reset() - both interfaces as a guest finds them after a reset
 * @direct:	the guest gets the physical interface
 *
 * After gic_cpu_park(), which left the virtual one clear.
 */
void gic_cpu_reset(bool direct);

/** gic_doorbell_wakes() - would the doorbell end a WFI, after what a direct guest may have set? */
bool gic_doorbell_wakes(void);

/** gic_ring() - ring the doorbell of a CPU */
void gic_ring(const struct arch_cpu *target);

/** gic_kick() - likewise of all CPUs of the set */
void gic_kick(u64 cpu_mask);

/** gic_wait() - WFI of a parked CPU. Return: true if the doorbell rang; it is ended then. */
bool gic_wait(void);

/** gic_fiq() - an interrupt of group 0 was taken: it has no owner and ends here */
void gic_fiq(void);

/** gic_mask_guests() - let nothing through but the doorbell and the maintenance interrupt */
void gic_mask_guests(bool on);

/** gic_deactivate() - a physical interrupt that this CPU acknowledged is not active any more */
void gic_deactivate(u32 intid);

/* --- list registers; formats are those of ICH_LR<n>_EL2 (gic/lr.h) --- */

/** gic_lr_read(), gic_lr_write() - list register @n of the executing CPU */
u64 gic_lr_read(u32 n);
void gic_lr_write(u32 n, u64 value);

/** gic_lr_put_first() - fill list register 0, which is free, with a value of lr_virtual() */
void gic_lr_put_first(u64 value);

/** gic_lr_clear() - make list register @n free */
void gic_lr_clear(u32 n);

/** gic_lr_empty() - one bit for each list register that is free (ICH_ELRSR_EL2) */
u64 gic_lr_empty(void);

/** gic_lr_underflow() - turn on or off the maintenance interrupt for empty list registers */
void gic_lr_underflow(bool on);

/** gic_await_end() - a list register with LR_EOI was written */
void gic_await_end(void);

/* --- SPIs --- */

/** gic_route() - an SPI goes to this CPU from now on */
void gic_route(u32 intid, u32 cpu);

/** gic_targets() - the CPUs that an SPI is routed to, as the hardware says: root may have set it */
u64 gic_targets(u32 intid);

#endif

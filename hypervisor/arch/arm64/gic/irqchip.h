/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The interrupt controller of the machine. The driver loads the image that has its driver
 * (gic/driver.h).
 */
#ifndef GIC_IRQCHIP_H
#define GIC_IRQCHIP_H

#include <hv/cell.h>
#include <hv/mmio.h>
#include <hv/types.h>
#include <jh/comm.h>

/* The SGI by which CPUs wake each other at EL2. Linux uses 0-7 and 8-15 may be secure: shared. */
#define DOORBELL_SGI		7

/* Priorities are 8 bits, lower is more urgent; at least the upper four are implemented. */
#define PRIORITY_EL2		0x00	/* the doorbell and the maintenance interrupt */
#define PRIORITY_ONLY_EL2	0x10	/* as a mask: nothing else comes through */
#define PRIORITY_DEFAULT	0xa0
#define PRIORITY_ALL		0xff
#define PRIORITY_IDLE		0xff	/* the running one when nothing is being handled */

#define INTID_SPI		32
#define INTID_SPECIAL		1020
#define INTID_LPI		8192

struct irqchip {
	/** @version: of the GIC architecture */
	u32 version;
	/** @direct: bits of HCR_EL2 that are 0 for a cell whose interrupts go straight to EL1 */
	u64 direct;
	/** @check: is the hardware there, at the addresses of the configuration? */
	int (*check)(const void *config, struct jh_error *error);
	/** @build: filters and tables that all CPUs share */
	int (*build)(const void *config, struct jh_error *error);
	/** @map_cell: what a guest sees in its memory (GICv2); NULL: nothing. 0 or -errno. */
	int (*map_cell)(struct cell *cell);
	/** @cpu_prepare: find what belongs to the executing CPU */
	int (*cpu_prepare)(u32 cpu, struct jh_error *error);
	/** @cpu_commit: interrupts of a running guest go through us from now on */
	void (*cpu_commit)(void);
	/** @cpu_release: and no longer; what was in flight is pending again */
	void (*cpu_release)(void);
	/** @cpu_park: the same without a guest to go on; only the doorbell gets through */
	void (*cpu_park)(void);
	/** @cpu_reset: the state in which a guest of @cell starts */
	void (*cpu_reset)(struct cell *cell);
	/** @standby: sleep until there is something for the guest or for us */
	void (*standby)(void);
	/** @hears: would the doorbell end a sleep, whatever a guest with direct interrupts did? */
	bool (*hears)(void);
	/** @fiq: one of group 0 was taken from the guest; the others: driver_irq() */
	void (*fiq)(void);
	/** @describe: addresses for the guest's communication region */
	void (*describe)(struct jh_comm_region *comm);
	/** @irq_route: an SPI goes to this CPU */
	void (*irq_route)(u32 intid, u32 cpu);
	/** @irq_cpus: the CPUs that it goes to now, as root may have set it */
	u64 (*irq_cpus)(u32 intid);

	/**
	 * @gicd_other: a guest's access to registers of the distributor that not every version
	 * has, or of interrupts that the cell does not own; NULL: those of GICv3
	 */
	u64 (*gicd_other)(struct mmio_access access);
	/** @put_sgi: a pending SGI goes to a list register; false: there is none free */
	bool (*put_sgi)(u32 intid, u32 priority);

	/* What vgic.c needs of the list registers; formats are those of ICH_LR<n>_EL2. */
	u64 (*lr_read)(u32 n);
	void (*lr_write)(u32 n, u64 value);
	/** @lr_empty: one bit for each list register that is free (ICH_ELRSR_EL2) */
	u64 (*lr_empty)(void);
	/** @lr_underflow: want a maintenance interrupt when list registers run empty */
	void (*lr_underflow)(bool on);
	/** @hold: let nothing through but what is EL2's, while the queue of LPIs is full */
	void (*hold)(bool on);
	/** @deactivate: GICD_ICACTIVER or the CPU interface's DIR for a physical interrupt */
	void (*deactivate)(u32 intid);
};

extern const struct irqchip *irqchip;
extern const struct irqchip irqchip_gicv2;
extern const struct irqchip irqchip_gicv3;

/** irqchip_cpu_reset() - @cpu_reset of the image's driver, without a branch to where it points */
void irqchip_cpu_reset(struct cell *cell);

/** irqchip_init() - set @irqchip; is it the one of the configuration, and is it there? */
int irqchip_init(const void *config, struct jh_error *error);

#endif

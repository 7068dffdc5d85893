/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Interrupts: GICv2 (Arm IHI 0048) and GICv3 (Arm IHI 0069), chosen at run time by the version in
 * the communication region.
 *
 * Interrupts are numbered by INTID: 0-15 SGIs, 16-31 PPIs, from 32 on SPIs. Groups and the
 * distributor's enable bit are the host's and are left alone.
 *
 * Copyright (c) The jh authors
 */
#ifndef INMATE_GIC_H
#define INMATE_GIC_H

#include <inmate/types.h>

#define GIC_NUM_IRQS		1020
/* An acknowledge from here on means that there is no interrupt to handle. */
#define GIC_SPECIAL		1020

/* A priority in the middle; the lower the number, the more urgent. */
#define GIC_PRIORITY_DEFAULT	0xa0

/* Registers of the distributor; those of SGIs and PPIs are elsewhere on GICv3, see gic_reg(). */
#define GICD_CTLR		0x000
#define GICD_TYPER		0x004
#define GICD_IGROUPR		0x080
#define GICD_ISENABLER		0x100
#define GICD_ICENABLER		0x180
#define GICD_ISPENDR		0x200
#define GICD_ICPENDR		0x280
#define GICD_ISACTIVER		0x300
#define GICD_ICACTIVER		0x380
#define GICD_IPRIORITYR		0x400
#define GICD_ITARGETSR		0x800
#define GICD_ICFGR		0xc00
#define GICD_SGIR		0xf00
#define GICD_IROUTER		0x6000
#define GICD_PIDR2		0xffe8

typedef void (*gic_handler_t)(u32 intid, void *arg);

/** gic_init() - finds out the version and sets up the CPU interface of the calling CPU */
void gic_init(void);

/**
 * gic_cpu_init() - sets up the CPU interface of the calling CPU
 *
 * Each further CPU does so before it enables an interrupt. Ends the inmate if the GIC is not one
 * that this library knows or, on GICv3, if no redistributor belongs to this CPU.
 */
void gic_cpu_init(void);

/** gic_version() - 2 or 3 */
u32 gic_version(void);

/**
 * gic_reg() - address of the word of a register class that holds an interrupt's field
 * @base: GICD_I*: offset of the class
 * @bits: bits per interrupt: 1, 2, 8
 *
 * Redistributor registers of the calling CPU for SGIs and PPIs on GICv3.
 */
u64 gic_reg(u32 base, u32 intid, u32 bits);

/** gic_handle() - installs a handler, for all CPUs; at most 32 interrupts have one */
void gic_handle(u32 intid, gic_handler_t handler, void *arg);

/** gic_handle_rest() - a handler for every interrupt that has none; else those are counted */
void gic_handle_rest(gic_handler_t handler, void *arg);

/** gic_is_own() - does this interrupt belong to the cell? Enables it for a moment. */
bool gic_is_own(u32 intid);

/** gic_spurious() - number of interrupts that had no handler, or a special INTID */
u64 gic_spurious(void);

void gic_enable(u32 intid);
/** gic_disable() - disables, and waits until this has taken effect in the GIC */
void gic_disable(u32 intid);
bool gic_is_enabled(u32 intid);
void gic_set_pending(u32 intid);
void gic_clear_pending(u32 intid);
bool gic_is_pending(u32 intid);
bool gic_is_active(u32 intid);
void gic_clear_active(u32 intid);
void gic_set_priority(u32 intid, u8 priority);
u8 gic_get_priority(u32 intid);
void gic_set_edge(u32 intid, bool edge);
/** gic_set_target_self() - has an SPI delivered to the calling CPU */
void gic_set_target_self(u32 intid);

/** gic_send_sgi() - to the CPU with this affinity (the form of cpu_mpidr()) */
void gic_send_sgi(u32 intid, u64 mpidr);
void gic_send_sgi_self(u32 intid);
/** gic_send_sgi_others() - to all CPUs of the inmate but the calling one */
void gic_send_sgi_others(u32 intid);

/* The CPU interface of the calling CPU. */
/** gic_ack() - acknowledge. Return: for gic_eoi(); the INTID is in the low bits, see gic_intid() */
u32 gic_ack(void);
u32 gic_intid(u32 ack);
void gic_eoi(u32 ack);
/** gic_deactivate() - the second half of the end, with split EOI */
void gic_deactivate(u32 ack);
/** gic_set_split_eoi() - EOImode 1: gic_eoi() only drops the priority */
void gic_set_split_eoi(bool split);
/** gic_set_mask() - only interrupts more urgent (lower) than this are signalled */
void gic_set_mask(u8 priority);
u8 gic_get_mask(void);
u8 gic_running_priority(void);

/** gic_dispatch() - handles one interrupt; called by the vectors */
void gic_dispatch(void);

#endif

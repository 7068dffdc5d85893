/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The interrupt controller's part of a CPU's life: enable, change of guest, disable.
 */
#ifndef GIC_VGIC_CPU_H
#define GIC_VGIC_CPU_H

#include <hv/cell.h>

struct jh_error;

/** vgic_cpu_prepare() - find what belongs to the executing CPU; changes nothing */
int vgic_cpu_prepare(u32 cpu, struct jh_error *error) __cold;

/** vgic_cpu_commit() - interrupts of root, which runs on this CPU, go through EL2 from now on */
void vgic_cpu_commit(void) __cold;

/** vgic_cpu_release() - undo vgic_cpu_commit(); interrupts in flight become pending again */
void vgic_cpu_release(void) __cold;

/** vgic_cpu_park() - take everything from the guest; only the doorbell gets through */
void vgic_cpu_park(void);

/**
 * vgic_cpu_see() - store how a guest of @cell names the executing CPU, and how its SGIs are sent
 *
 * Both depend only on the cell's flags and the CPU's place in it.
 */
void vgic_cpu_see(const struct cell *cell);

/** vgic_cpu_reset() - the state in which a guest of @cell starts; after vgic_cpu_see() */
void vgic_cpu_reset(struct cell *cell);

/** vgic_cpu_standby() - WFI for the guest: until there is an interrupt for it or for EL2 */
void vgic_cpu_standby(void);

#endif

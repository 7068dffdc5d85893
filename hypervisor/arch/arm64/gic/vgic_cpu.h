/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A CPU's way under the hypervisor, from guest to guest, and back, as far as interrupts go.
 */
#ifndef GIC_VGIC_CPU_H
#define GIC_VGIC_CPU_H

#include <hv/cell.h>

struct jh_error;

/** vgic_cpu_prepare() - find what belongs to the executing CPU; changes nothing */
int vgic_cpu_prepare(u32 cpu, struct jh_error *error) __cold;

/** vgic_cpu_commit() - interrupts of root, which runs on this CPU, go through EL2 from now on */
void vgic_cpu_commit(void) __cold;

/** vgic_cpu_release() - and no longer; what was in flight is pending again */
void vgic_cpu_release(void) __cold;

/** vgic_cpu_park() - the same without a guest to go on; only the doorbell gets through */
void vgic_cpu_park(void);

/**
 * vgic_cpu_see() - what a guest of @cell calls the executing CPU, and how its SGIs travel
 *
 * That depends on the cell's flags and the CPU's place in it alone.
 */
void vgic_cpu_see(const struct cell *cell);

/** vgic_cpu_reset() - the state in which a guest of @cell starts, which sees the CPU already */
void vgic_cpu_reset(struct cell *cell);

/** vgic_cpu_standby() - sleep until there is something for the guest or for EL2 */
void vgic_cpu_standby(void);

#endif

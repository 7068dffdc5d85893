/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Units: everything that is shared out among cells. CPUs, memory and interrupts are units as much
 * as an interrupt controller, firmware or a device that the hypervisor stands in for. core/unit.c
 * has the table of them; its order is the order in which they are asked.
 *
 * A cell comes in two steps. In the first one each unit checks and allocates, which may fail and
 * touches nothing of anybody else. In the second one each takes what it needs from root, which
 * cannot fail. A cell goes by the same two steps in the opposite order.
 */
#ifndef HV_UNIT_H
#define HV_UNIT_H

#include <hv/cell.h>

/**
 * struct unit - one of them; a hook that is NULL has nothing to do
 *
 * All hooks that name a cell, but for cell_ended, are called under the management lock. Those that
 * return int return 0 or -errno with the error filled in.
 */
struct unit {
	/** @check: can this machine, with this configuration, be taken over? First CPU only. */
	int (*check)(const void *config, struct jh_error *error);
	/** @build: state that all CPUs share, filters of devices. First CPU only, after checks. */
	int (*build)(const void *config, struct jh_error *error);
	/** @cell_map: add what guests, root too, see of it to cell->pt. 0 or -ENOMEM. */
	int (*cell_map)(struct cell *cell);
	/** @cell_prepare: check and allocate; of others it touches nothing but their claims */
	int (*cell_prepare)(struct cell *cell, struct jh_error *error);
	/** @cell_commit: what was root's becomes the cell's */
	void (*cell_commit)(struct cell *cell);
	/** @cell_reset: before each life, the cell's CPUs being parked: as after a reset */
	void (*cell_reset)(struct cell *cell);
	/**
	 * @cell_quiet: a life is over, all CPUs are parked and none of the memory was swept yet:
	 * nothing of the cell writes to it, or raises interrupts, any more
	 */
	void (*cell_quiet)(struct cell *cell);
	/**
	 * @cell_ended: a life is over; the cell's CPUs are still on their way to be parked. On
	 * whichever CPU ended it, without the management lock
	 */
	void (*cell_ended)(struct cell *cell);
	/** @cell_dying: after its last life, or without one, before its memory is scrubbed */
	void (*cell_dying)(struct cell *cell);
	/** @cell_revert: undo @cell_commit; the cell's CPUs are parked, its memory is scrubbed */
	void (*cell_revert)(struct cell *cell);
	/** @cell_release: undo @cell_prepare, as far as it came */
	void (*cell_release)(struct cell *cell);
};

/* core/cell_cpus.c, cell_memory.c, comm.c, console.c, cell_irqs.c */
extern const struct unit unit_cpus, unit_memory, unit_comm, unit_console, unit_irqs;

/*
 * Optional ones: their objects are in some images and not in others (Makefile), and the system's
 * configuration says which of them its cells may use (JH_OPTIONAL_*). core/cell_uart.c, link.c
 */
extern const struct unit unit_uart __weak, unit_link __weak;

/*
 * An architecture has three: its CPUs, with the architecture's part of a cell; the interrupt
 * controller and the registers of it that guests see; firmware and the calls of it that they make.
 */
extern const struct unit unit_arch, unit_irqchip, unit_firmware;

/** unit_check() - may the machine be taken over? Each unit is asked until one refuses. */
int unit_check(const void *config, struct jh_error *error);

/** unit_build() - build what all CPUs share. 0 or -errno. */
int unit_build(const void *config, struct jh_error *error);

/** unit_map_root() - what root sees of the units, after what they filter was hidden; or -ENOMEM */
int unit_map_root(void);

/**
 * unit_prepare() - prepare all units for a cell that has its configuration and its number
 *
 * Return: 0 or -errno; then everything is as before.
 */
int unit_prepare(struct cell *cell, struct jh_error *error);

/** unit_commit() - the cell, which all units are prepared for, gets its property */
void unit_commit(struct cell *cell);

/** unit_reset() - before a life of the cell */
void unit_reset(struct cell *cell);

/** unit_ended() - a life of the cell is over, whoever ended it; its CPUs may still execute it */
void unit_ended(struct cell *cell);

/** unit_quiet() - after a life of the cell */
void unit_quiet(struct cell *cell);

/** unit_dying() - the cell will be destroyed: nobody shares with it any more */
void unit_dying(struct cell *cell);

/** unit_revert() - the cell's property is root's again, or the pools' */
void unit_revert(struct cell *cell);

/** unit_release() - free what unit_prepare() allocated, once nobody can find the cell any more */
void unit_release(struct cell *cell);

#endif

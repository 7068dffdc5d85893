/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Units: everything that is divided among cells. CPUs, memory and interrupts are units as much as
 * an interrupt controller, firmware or a device that the hypervisor emulates. core/unit.c has the
 * table of them; its order is the order in which their hooks are called.
 *
 * A cell is created in two steps. In the first one each unit checks and allocates, which may fail
 * and affects no other cell. In the second one each unit takes what it needs from root, which
 * cannot fail. A cell is destroyed by the same two steps in reverse.
 */
#ifndef HV_UNIT_H
#define HV_UNIT_H

#include <hv/cell.h>

/**
 * struct unit - one of them; a hook that is NULL has nothing to do
 *
 * All hooks that take a cell, except @cell_ended, are called under the management lock. Hooks that
 * return int return 0 or -errno with the error filled in.
 */
struct unit {
	/** @check: can the machine be taken over with this configuration? First CPU only. */
	int (*check)(const void *config, struct jh_error *error);
	/** @build: set up state that all CPUs share and filters of devices. First CPU only. */
	int (*build)(const void *config, struct jh_error *error);
	/** @cell_map: map what a guest, root's too, sees of the unit. 0 or -ENOMEM, no error. */
	int (*cell_map)(struct cell *cell);
	/** @cell_prepare: check, allocate, and mark what is claimed from root; no more */
	int (*cell_prepare)(struct cell *cell, struct jh_error *error);
	/** @cell_commit: transfer what was claimed from root to the cell */
	void (*cell_commit)(struct cell *cell);
	/** @cell_reset: before each life, while the cell's CPUs are parked: as after a reset */
	void (*cell_reset)(struct cell *cell);
	/**
	 * @cell_quiet: after a life, when all CPUs are parked and before any memory is swept: stop
	 * everything of the cell that still writes to its memory or raises interrupts
	 */
	void (*cell_quiet)(struct cell *cell);
	/**
	 * @cell_ended: a life is over, but the cell's CPUs may still be on their way to be parked.
	 * Called on whichever CPU ended it, without the management lock
	 */
	void (*cell_ended)(struct cell *cell);
	/** @cell_dying: the cell has had its last life; its memory is not scrubbed yet */
	void (*cell_dying)(struct cell *cell);
	/** @cell_revert: undo @cell_commit; the CPUs are parked and the memory is scrubbed */
	void (*cell_revert)(struct cell *cell);
	/** @cell_release: undo @cell_prepare, however far it came */
	void (*cell_release)(struct cell *cell);
};

/* core/cell_cpus.c, cell_memory.c, comm.c, console.c, cell_irqs.c */
extern const struct unit unit_cpus, unit_memory, unit_comm, unit_console, unit_irqs;

/*
 * Optional ones, core/cell_uart.c and link.c: some images lack their objects (Makefile), and the
 * system's configuration says which of them its cells may use (JH_OPTIONAL_*).
 */
extern const struct unit unit_uart __weak, unit_link __weak;

/*
 * An architecture has three: its part of CPUs and cells; the interrupt controller with the
 * registers that guests see; firmware with the calls that guests make.
 */
extern const struct unit unit_arch, unit_irqchip, unit_firmware;

/*
 * Each of these calls the hook of the same name of all units, in the order of the table; quiet,
 * dying, revert and release go through it backwards.
 */

/** unit_check() - may the machine be taken over? Return: 0 or the -errno of the first refusal. */
int unit_check(const void *config, struct jh_error *error);

/** unit_build() - set up what all CPUs share. Return: 0 or -errno with the error filled in. */
int unit_build(const void *config, struct jh_error *error);

/** unit_map_root() - map what root sees of the units, after filtered ranges are hidden */
int unit_map_root(void);

/**
 * unit_prepare() - prepare all units for a cell that has its configuration and its number
 *
 * Return: 0, or -errno with the error filled in; then everything is as before.
 */
int unit_prepare(struct cell *cell, struct jh_error *error);

/** unit_commit() - transfer everything that unit_prepare() claimed to the cell */
void unit_commit(struct cell *cell);

/** unit_reset() - before a life of the cell */
void unit_reset(struct cell *cell);

/** unit_ended() - a life of the cell is over; its CPUs may still execute the guest */
void unit_ended(struct cell *cell);

/** unit_quiet() - after a life of the cell; its CPUs are parked */
void unit_quiet(struct cell *cell);

/** unit_dying() - the cell will be destroyed: it shares with nobody any more */
void unit_dying(struct cell *cell);

/** unit_revert() - give back to root, or to the pools, what the cell owns */
void unit_revert(struct cell *cell);

/** unit_release() - free what unit_prepare() allocated, once nobody can find the cell any more */
void unit_release(struct cell *cell);

#endif

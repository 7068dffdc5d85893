/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For cell.c, load.c, images.c, report.c, call.c and event.c: a hypervisor that enforces the states
 * of a cell's life and keeps the bytes of its memory, and fakes of the driver's files for devices
 * and sysfs.
 */
#ifndef FAKE_CELLS_H
#define FAKE_CELLS_H

#include <linux/types.h>
#include "blob.h"

#define FAKE_GUEST_RAM	(1 << 20)	/* bytes that are kept of each cell's memory, from 0 on */
#define FAKE_CODES	32

struct jh_cell;
struct jh_cell_report;
struct jh_error;
struct delayed_work;

/** struct fake_hv - calls that the hypervisor got, and its answers to come */
struct fake_hv {
	u32 calls[FAKE_CODES];		/* by JH_HC_* */
	u64 refused_code;		/* a JH_HC_* that is refused */
	u32 refused_after;		/* the n-th one from now on; 0: none */
	u32 refused_reason;
	u32 cpu_is_slow;		/* so many waits for a cell's CPU time out */
	u32 state_is_busy;		/* so many requests of a state are -EBUSY */
	u32 scrub_left;			/* pages; each call does one */
	bool is_clean[8];		/* by cell: no cache holds anything of its last life */
	u32 clean_done[8];		/* by cell: pieces of its cleaning */
	u32 clean_more;			/* pieces that a cleaning takes beyond two */
	s32 create_result;		/* of the next create, if it is not 0 */
	u32 comm[8];			/* by cell: JH_COMM_* of its communication region */
	u32 reply[8];			/* by cell: its reply to a message */
	u64 restarts;			/* argument of the last start */
	u32 generation;			/* argument of the last creation */
	u64 pc[64];			/* by CPU: its guest's */
	u32 log_left;			/* bytes; each flush writes one */
	u64 now;			/* 10 more at each read */
	u64 ticks[FAKE_CODES];		/* by JH_HC_*: as given to jh_ticks_add() */
	u32 signal_after;		/* writes until the caller gets a signal; 0: never */
	u8 ram[8][FAKE_GUEST_RAM];
};

/** struct fake_seen - calls that the driver's other files got */
struct fake_seen {
	int device_code;		/* of jh_device_take() */
	u32 devices;			/* cells whose devices are taken */
	u32 quiet;			/* jh_device_quiet() of cells that had run */
	u32 loud;			/* jh_device_warn_no_reset() */
	u32 links;			/* a set: cells whose links Linux has */
	u32 added;			/* jh_sysfs_added() */
	u32 events;			/* jh_sysfs_event() */
	u32 last_event;			/* JH_CELL_* */
	struct delayed_work *work;	/* the scheduled work */
	unsigned long period;		/* its delay in jiffies */
	bool sysfs_fails;
	char module[32];		/* of the last request_module_nowait() */
};

extern struct fake_hv fake_hv;
extern struct fake_seen fake_seen;

/** fake_cells_reset() - after fake_reset(): jh is enabled, without a cell, and jh_lock is held */
void fake_cells_reset(void);

/** fake_cells_end() - undo fake_cells_reset(); releases jh_lock */
void fake_cells_end(void);

struct jh_cell_report *fake_cell_report(u32 id);

/** fake_config() - make a configuration of the parts, for jh_cell_create() */
void *fake_config(const struct blob_parts *parts, u32 *length);

/** fake_create() - create a cell; its refusal goes to @err. Return: NULL if it was refused */
struct jh_cell *fake_create(const struct blob_parts *parts, struct jh_error *err, int *code);

/** fake_work() - run the scheduled work, with no lock held */
void fake_work(void);

/** fake_work_beside() - run it while locks are held: a wait for one ends the test */
void fake_work_beside(void);

struct work_struct {
	void (*act)(struct work_struct *work);	/* unless it is a delayed one's */
	bool queued;
};

struct delayed_work {
	void (*act)(struct work_struct *work);
	struct work_struct work;
};

#define DECLARE_DELAYED_WORK(name, function)	struct delayed_work name = { .act = function }
#define schedule_delayed_work(item, after)					\
	((void)(fake_seen.period = (after)), fake_seen.work = (item))
#define cancel_delayed_work_sync(item)						\
	((void)(fake_seen.work == (item) ? fake_seen.work = NULL : NULL))
#define request_module_nowait(name)						\
	((void)snprintf(fake_seen.module, sizeof(fake_seen.module), "%s", name))
#define __ratelimit(state)			((state)->left && (state)->left--)
#define local_irq_save(flags)			((flags) = 0)
#define local_irq_restore(flags)		((void)(flags))

/** fake_ttys - number of terminals of cells */
extern u32 fake_ttys;

#endif

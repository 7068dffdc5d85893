/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For cell.c, load.c, images.c, report.c, call.c and event.c: a hypervisor that keeps the rules of
 * a cell's life and the bytes of its memory, and those of the driver's files that know devices and
 * sysfs.
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

/** struct fake_hv - what the hypervisor was asked, and what it will answer */
struct fake_hv {
	u32 calls[FAKE_CODES];		/* by JH_HC_* */
	u64 refused_code;		/* a JH_HC_*, which is refused, */
	u32 refused_after;		/* the n-th time from now on; 0: never */
	u32 refused_reason;
	u32 cpu_is_slow;		/* so many times a cell's CPU is waited for in vain */
	u32 state_is_busy;		/* so many times a state is not to be had: -EBUSY */
	u32 scrub_left;			/* pages; each call does one */
	bool is_clean[8];		/* nothing of a life is in a cache */
	u32 clean_done[8], clean_more;	/* pieces; beyond two */
	s32 create_result;		/* other than 0: instead of a number */
	u32 comm[8];			/* by cell: JH_COMM_*, as it says when it is asked */
	u32 reply[8];			/* and its reply to a message */
	u64 restarts;			/* as the last start was told */
	u32 generation;			/* as the last creation was told */
	u64 pc[64];			/* by CPU: where its guest is */
	u32 log_left;			/* bytes; each flush lets one out */
	u64 now;			/* 10 more whenever somebody looks */
	u64 ticks[FAKE_CODES];		/* that calls took */
	u32 signal_after;		/* writes: then the caller is told to end; 0: never */
	u8 ram[8][FAKE_GUEST_RAM];
};

/** struct fake_seen - what the other files of the driver were told */
struct fake_seen {
	int device_code;		/* of jh_device_take() */
	u32 devices;			/* cells that have theirs */
	u32 quiet;			/* devices were stopped so often */
	u32 loud;			/* those that nothing stops were named so often */
	u32 links;			/* a set: cells whose links Linux has */
	u32 added;			/* cells that user space has heard of */
	u32 events;			/* to user space */
	u32 last_event;			/* JH_CELL_* */
	struct delayed_work *work;	/* scheduled, */
	unsigned long period;		/* for so many jiffies later */
	bool sysfs_fails;
	char module[32];		/* that was asked for */
};

extern struct fake_hv fake_hv;
extern struct fake_seen fake_seen;

/** fake_cells_reset() - after fake_reset(): jh is enabled, without a cell, and jh_lock is held */
void fake_cells_reset(void);

/** fake_cells_end() - frees what fake_cells_reset() allocated; jh_lock is not held any more */
void fake_cells_end(void);

struct jh_cell_report *fake_cell_report(u32 id);

/** fake_config() - the parts as user space's configuration, for jh_cell_create() */
void *fake_config(const struct blob_parts *parts, u32 *length);

/** fake_create() - create a cell; its refusal goes to @err. Return: NULL if it was refused */
struct jh_cell *fake_create(const struct blob_parts *parts, struct jh_error *err, int *code);

/** fake_work() - do what was scheduled, as Linux would with no lock held */
void fake_work(void);

/** fake_work_beside() - the same beside whoever holds locks: waiting for one ends the test */
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

/** fake_ttys - terminals of cells that there are */
extern u32 fake_ttys;

#endif

// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <config.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/create.h>
#include <hv/cpu.h>
#include <hv/destroy.h>
#include <hv/errno.h>
#include <hv/link.h>
#include <hv/log.h>
#include <hv/log_uart.h>
#include <hv/manage.h>
#include <hv/owner.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/sample.h>
#include <hv/spinlock.h>
#include <hv/sweep.h>
#include <hv/trace.h>
#include <hv/unit.h>
#include <jh/hypercall.h>
#include <range.h>
#include <refuse.h>
#include <string.h>

#define FLUSH_BYTES		4096	/* of log that one call may send to the UART */
#define LOOK_MICROSECONDS	1000	/* that a call waits for one that only looks at cells */

/* How a call treats the cell that its first argument names. */
#define NO_CELL		0
#define ANY_STATE	(~0U)
#define IN(state)	(1U << JH_CELL_##state)

struct manage_entry {
	s64 (*call)(struct cell *cell, const u64 args[4], struct jh_error *error);
	u32 states;	/* the cell must be in one of these; NO_CELL: the call names none */
	u32 code;	/* JH_HC_* */
};

static spinlock_t manage_lock;

static s64 call_create(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	(void)cell;
	return create_cell(args[0], args[1], (u32)args[2], error);
}

/* A guest starts with its caches off, so no line of its memory may be in a cache. */
static int check_clean(const struct cell *cell, struct jh_error *error)
{
	if (sweep_is_done(cell, SWEEP_CLEAN))
		return 0;
	return refuse(error, JH_ERR_NOT_CLEAN, JH_OBJ_CELL, cell->id);
}

static s64 call_start(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	int err = check_clean(cell, error);

	if (!err)
		err = cell_start(cell, (u32)args[1], error);
	if (!err)
		sweep_forget(cell, SWEEP_CLEAN);
	return err;
}

static s64 call_stop(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	(void)args;
	return cell_stop(cell, error);
}

static s64 call_destroy(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	(void)args;
	if (!sweep_is_done(cell, SWEEP_SCRUB))
		return refuse(error, JH_ERR_NOT_SCRUBBED, JH_OBJ_CELL, cell->id);
	destroy_cell(cell);
	return 0;
}

static s64 call_scrub(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	int err = 0;

	(void)args;
	if (cell->state != JH_CELL_DYING) {
		err = cell_stop(cell, error);
		if (err)
			return err;
		cell_set_state(cell, JH_CELL_DYING);
		unit_dying(cell);
	}
	return (s64)sweep_run(cell, SWEEP_SCRUB);
}

static s64 call_clean(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	int err;

	(void)args;
	/* A cell that ended or failed by itself may have CPUs that are not parked yet. */
	if (cell->pt.live) {
		err = cell_stop(cell, error);
		if (err)
			return err;
	}
	/* The first piece of this sweep wipes the loaded image. */
	if (cell->flags & JH_CELL_SCRUB_RESTART && !sweep_is_done(cell, SWEEP_CLEAN) &&
	    cell->state != JH_CELL_CREATED)
		cell_set_state(cell, JH_CELL_CREATED);
	return (s64)sweep_run(cell, SWEEP_CLEAN);
}

static const struct cell_memory *loadable_at(const struct cell *cell, u64 gpa, u64 size)
{
	u32 i;

	for (i = 0; i < cell->num_memories; i++) {
		const struct cell_memory *m = &cell->memories[i];

		if (m->flags & JH_MEM_LOADABLE && range_inside(gpa, size, m->gpa, m->size))
			return m;
	}
	return NULL;
}

/* args: cell, guest-physical address, physical address in root's memory, bytes. */
static s64 call_write(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	u64 gpa = args[1], from = args[2], size = args[3], done, piece, pa;
	const struct cell_memory *m;
	int err = check_clean(cell, error);
	void *to;

	if (err)
		return err;
	m = NULL;
	if (size && size <= JH_HC_CELL_WRITE_MAX && range_valid(gpa, size) &&
	    owner_is_root(from, size))
		m = loadable_at(cell, gpa, size);
	if (!m)
		return refuse_value(error, JH_ERR_IMAGE_ADDRESS, JH_OBJ_IMAGE, 0, gpa, 0);
	/* Set before the first byte: a partly written image cannot be started. */
	if (cell->state != JH_CELL_LOADING)
		cell_set_state(cell, JH_CELL_LOADING);
	pa = m->pa + (gpa - m->gpa);
	for (done = 0; done < size; done += piece) {
		piece = MIN(PAGE_SIZE - (pa + done) % PAGE_SIZE,
			    PAGE_SIZE - (from + done) % PAGE_SIZE);
		piece = MIN(piece, size - done);
		to = arch_guest_map_rw(PA(pa + done), piece);
		memcpy(to, arch_guest_map_ro(PA(from + done), piece), piece);
		arch_guest_unmap_ro();
		/*
		 * The cell starts with its caches off and may fill the rest of the page that way,
		 * so all of the page's lines go, not just those written here.
		 */
		arch_clean_to_memory((void *)((u64)to & PAGE_MASK), PAGE_SIZE);
		arch_guest_unmap_rw();
	}
	return 0;
}

/* args: cell, guest-physical address where it starts, what its first register holds then. */
static s64 call_loaded(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	int err = config_check_entry(cell->config, args[1], error);

	if (err)
		return err;
	cell->report->entry = args[1];
	cell->report->argument = args[2];
	cell_set_state(cell, JH_CELL_LOADED);
	return 0;
}

static s64 call_message(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	struct jh_comm_region *comm;
	s64 reply = 0;

	(void)error;
	if (args[1] != JH_HC_CELL_MSG_READ && args[1] > JH_MSG_RECONFIG_COMPLETED)
		return -EINVAL;
	comm = arch_map_uncached(PA(cell->comm));
	if (args[1] == JH_HC_CELL_MSG_READ) {
		cell->report->comm_state = comm->cell_state;
		reply = comm->reply_from_cell;
	} else {
		comm->reply_from_cell = JH_REPLY_NONE;
		/* The reply is cleared before the cell can see the message and answer it. */
		store_release(&comm->msg_to_cell, (u32)args[1]);
	}
	arch_unmap_uncached();
	return reply;
}

/* args: cell, index of the link, an interrupt of root */
static s64 call_link(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	return link_root_open(cell, args[1], args[2], error);
}

static s64 call_flush(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	(void)cell;
	(void)args;
	(void)error;
	return (s64)log_uart_flush(FLUSH_BYTES);
}

/* Searched from the start: the calls that root repeats for each MiB come first. */
static const struct manage_entry calls[] = {
	{ call_scrub, ANY_STATE, JH_HC_CELL_SCRUB },
	{ call_clean, IN(CREATED) | IN(LOADING) | IN(LOADED) | IN(STOPPED) | IN(FAILED),
	  JH_HC_CELL_CLEAN },
	{ call_create, NO_CELL, JH_HC_CELL_CREATE },
	{ call_start, IN(LOADED) | IN(STOPPED) | IN(FAILED), JH_HC_CELL_START },
	{ call_stop, ANY_STATE & ~IN(DYING), JH_HC_CELL_STOP },
	{ call_destroy, IN(DYING), JH_HC_CELL_DESTROY },
	{ call_write, IN(CREATED) | IN(LOADING) | IN(LOADED) | IN(STOPPED) | IN(FAILED),
	  JH_HC_CELL_WRITE },
	{ call_message, IN(RUNNING) | IN(STOPPED) | IN(FAILED), JH_HC_CELL_MSG },
	{ sample_call, IN(RUNNING) | IN(STOPPED) | IN(FAILED), JH_HC_CELL_SAMPLE },
	{ call_flush, NO_CELL, JH_HC_LOG_FLUSH },
	{ call_loaded, IN(LOADING), JH_HC_CELL_LOADED },
	{ call_link, ANY_STATE & ~IN(DYING), JH_HC_CELL_LINK },
	{ trace_call, NO_CELL, JH_HC_CPU_TRACE },
};

static const struct manage_entry *manage_find(u64 code)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].code == code)
			return &calls[i];
	return NULL;
}

/* Refuse a call because of the state that the cell is in. */
static int wrong_state(const struct cell *cell, struct jh_error *error)
{
	static const u8 why[JH_CELL_STATES] = {
		[JH_CELL_CREATED] = JH_ERR_NOT_LOADED,
		[JH_CELL_LOADED] = JH_ERR_CELL_NOT_RUNNING,
		[JH_CELL_RUNNING] = JH_ERR_CELL_RUNNING,
		[JH_CELL_STOPPED] = JH_ERR_NOT_SCRUBBED,
		[JH_CELL_FAILED] = JH_ERR_NOT_SCRUBBED,
		[JH_CELL_DYING] = JH_ERR_CELL_DYING,
		[JH_CELL_LOADING] = JH_ERR_HALF_LOADED,
	};

	return refuse(error, why[cell->state], JH_OBJ_CELL, cell->id);
}

static s64 call_locked(const struct manage_entry *entry, const u64 args[4])
{
	struct jh_error error = { 0 };
	struct cell *cell = NULL;
	s64 ret;

	if (entry->states != NO_CELL) {
		cell = args[0] == CELL_ROOT ? NULL : cell_get(args[0]);
		if (!cell) {
			ret = refuse(&error, JH_ERR_NO_CELL, JH_OBJ_CELL, (u32)args[0]);
			return report_error(&error, (int)ret);
		}
		if (!(entry->states >> cell->state & 1))
			return report_error(&error, wrong_state(cell, &error));
	}
	ret = entry->call(cell, args, &error);
	return ret < 0 ? report_error(&error, (int)ret) : ret;
}

/* A call that only looks at the cells holds the lock for microseconds, so it is waited for. */
bool manage_begin(void)
{
	u64 deadline;

	if (likely(spin_trylock(&manage_lock)))
		return true;
	deadline = arch_deadline(LOOK_MICROSECONDS);
	while (!spin_trylock(&manage_lock)) {
		if (arch_expired(deadline))
			return false;
		arch_relax();
	}
	return true;
}

bool manage_try_begin(void)
{
	return spin_trylock(&manage_lock);
}

void manage_end(void)
{
	spin_unlock(&manage_lock);
}

bool manage_is_call(u64 code)
{
	return code == JH_HC_DISABLE || code == JH_HC_CONSOLE_INPUT || manage_find(code);
}

s64 manage_call(u64 code, const u64 args[4])
{
	s64 ret;

	if (!manage_begin())
		return -EBUSY;
	ret = call_locked(manage_find(code), args);
	report.head.pool_used = pool_used();
	spin_unlock(&manage_lock);
	return ret;
}

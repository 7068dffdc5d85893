// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Asking a cell to end, by messages of its communication region.
 */
#include "jh.h"

#include <linux/jiffies.h>

#define SHUTDOWN_TIMEOUT	msecs_to_jiffies(3000)	/* for a cell to answer and to end */
#define SHUTDOWN_GRACE		msecs_to_jiffies(500)	/* for one that has agreed to end */
#define SHUTDOWN_POLL_MS	10

static long get_state(u32 id)
{
	return jh_call(JH_HC_CELL_GET_STATE, id, 0, 0, 0);
}

static bool has_ended(u32 id, long comm)
{
	return jh_report_state(id) != JH_CELL_RUNNING || comm == JH_COMM_SHUT_DOWN ||
	       comm == JH_COMM_FAILED || comm == JH_COMM_FAILED_REVISION;
}

/*
 * The hypervisor answers -EBUSY while another CPU's call holds its lock. That is no state: taken
 * for one, a cell in JH_COMM_RUNNING_LOCKED would be asked, which it must not be.
 */
static int await_state(struct jh_cell *cell, unsigned long end, long *comm, struct jh_error *err)
{
	int code = 0;

	while (!code && (*comm = get_state(cell->id)) == -EBUSY)
		code = time_after(jiffies, end) ?
		       refuse(err, JH_ERR_BUSY, JH_OBJ_CELL, cell->id) :
		       jh_turn_wait(cell, SHUTDOWN_POLL_MS, err);
	return code;
}

/*
 * Asks the cell to end, and waits for its answer. One that agrees gets some time to end by itself:
 * to print its last words, to leave its devices alone.
 */
static int ask(struct jh_cell *cell, struct jh_error *err)
{
	unsigned long end = jiffies + SHUTDOWN_TIMEOUT;
	bool approved = false;
	u32 id = cell->id;
	long comm, reply;
	int code = await_state(cell, end, &comm, err);

	if (code || has_ended(id, comm))
		return code;
	if (comm == JH_COMM_RUNNING_LOCKED)
		return refuse(err, JH_ERR_SHUTDOWN_DENIED, JH_OBJ_CELL, id);
	code = jh_call_checked(err, JH_HC_CELL_MSG, id, JH_MSG_SHUTDOWN_REQUEST, 0, 0);
	if (code)
		return code;
	while (!has_ended(id, get_state(id))) {
		reply = jh_call(JH_HC_CELL_MSG, id, JH_HC_CELL_MSG_READ, 0, 0);
		if (reply == JH_REPLY_DENIED)
			return refuse(err, JH_ERR_SHUTDOWN_DENIED, JH_OBJ_CELL, id);
		if (reply == JH_REPLY_APPROVED && !approved) {
			approved = true;
			end = jiffies + SHUTDOWN_GRACE;
		}
		if (time_after(jiffies, end))
			return approved ? 0 : refuse(err, JH_ERR_SHUTDOWN_TIMEOUT, JH_OBJ_CELL, id);
		code = jh_turn_wait(cell, SHUTDOWN_POLL_MS, err);
		if (code)
			return code;
	}
	return 0;
}

/**
 * jh_ask() - ask a cell to end, and wait until it has ended or agrees to
 *
 * jh_lock is released meanwhile, so a forced shutdown need not wait. A cell that fails while it is
 * asked has ended, and is not restarted.
 *
 * Return: 0, or -errno with the reason: it refuses, it does not answer, it is gone.
 */
int jh_ask(struct jh_cell *cell, struct jh_error *err)
{
	int code;

	cell->asking++;
	code = ask(cell, err);
	cell->asking--;
	return code ? code : jh_turn_check(cell, err);
}

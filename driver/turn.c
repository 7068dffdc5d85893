// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Work on a cell that takes long lets others manage now and then: jh_lock is let go between two
 * pieces, and the cell looked at again. Meanwhile it is marked, so that nobody else works on it;
 * but it may be gone afterwards, and jh disabled, if the machine went down.
 */
#include "jh.h"

#include <linux/delay.h>
#include <linux/sched.h>

#define RESTART_POLL_MS	10

static bool turn_is_last;	/* nobody else may manage any more; under jh_lock */

/** jh_turn_hold() - keep the struct while jh_lock is let go, until jh_turn_release() */
struct jh_cell *jh_turn_hold(struct jh_cell *cell)
{
	kobject_get(&cell->kobj);
	return cell;
}

void jh_turn_release(struct jh_cell *cell)
{
	kobject_put(&cell->kobj);
}

/** jh_turn_is_over() - was it destroyed while jh_lock was not held? Then jh may be disabled, too */
bool jh_turn_is_over(const struct jh_cell *cell)
{
	return list_empty(&cell->list);
}

/** jh_turn_begin() - somebody is at work on the cell, which is kept until jh_turn_end() */
void jh_turn_begin(struct jh_cell *cell)
{
	jh_turn_hold(cell);
	cell->busy++;
}

void jh_turn_end(struct jh_cell *cell)
{
	cell->busy--;
	jh_turn_release(cell);
}

/** jh_turn_check() - refuse if somebody is at work on the cell */
int jh_turn_check(const struct jh_cell *cell, struct jh_error *err)
{
	if (!cell->busy || turn_is_last)
		return 0;
	return refuse(err, JH_ERR_CELL_BUSY, JH_OBJ_CELL, cell->id);
}

/**
 * jh_turn_await() - jh_turn_check() for who ends the cell
 *
 * A start of Linux's own is waited for: nobody has asked for it, and a guest that resets, or fails,
 * over and over would keep its user from ending it. Return: also -EINTR.
 */
int jh_turn_await(struct jh_cell *cell, struct jh_error *err)
{
	int code = 0;

	if (turn_is_last)
		return 0;
	jh_turn_hold(cell);
	while (cell->restarting && !code)
		code = jh_turn_wait(cell, RESTART_POLL_MS, err);
	if (!code)
		code = jh_turn_check(cell, err);
	jh_turn_release(cell);
	return code;
}

/** jh_turn_last() - the machine goes down: jh_lock is kept, and the order of cells with it */
void jh_turn_last(bool last)
{
	turn_is_last = last;
}

/**
 * jh_turn_pause() - let others manage
 * @ms: for how long at least
 *
 * Return: 0, or the refusal of a cell that is gone. With an error jh_system may be another.
 */
int jh_turn_pause(const struct jh_cell *cell, unsigned int ms, struct jh_error *err)
{
	bool last = turn_is_last;

	if (!last)
		mutex_unlock(&jh_lock);
	if (ms)
		msleep(ms);
	else
		cond_resched();
	if (!last)
		mutex_lock(&jh_lock);
	return jh_turn_is_over(cell) ? refuse(err, JH_ERR_NO_CELL, JH_OBJ_CELL, cell->id) : 0;
}

/** jh_turn_wait() - jh_turn_pause() that a signal ends. Return: also -EINTR */
int jh_turn_wait(const struct jh_cell *cell, unsigned int ms, struct jh_error *err)
{
	bool interrupted;

	if (turn_is_last)
		return jh_turn_pause(cell, ms, err);
	mutex_unlock(&jh_lock);
	interrupted = msleep_interruptible(ms);
	mutex_lock(&jh_lock);
	if (jh_turn_is_over(cell))
		return refuse(err, JH_ERR_NO_CELL, JH_OBJ_CELL, cell->id);
	return interrupted ? -EINTR : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Long work on a cell releases jh_lock between two pieces, so that other tasks can manage. The cell
 * is marked meanwhile, so that no other task works on it. If the machine goes down it may be gone
 * afterwards, and jh disabled: the work checks for that each time.
 */
#include "jh.h"

#include <linux/delay.h>
#include <linux/sched.h>

#define RESTART_POLL_MS	10

static bool turn_is_last;	/* the machine goes down: jh_lock is not released; under jh_lock */

/** jh_turn_hold() - keep struct jh_cell while jh_lock is released, until jh_turn_release() */
struct jh_cell *jh_turn_hold(struct jh_cell *cell)
{
	kobject_get(&cell->kobj);
	return cell;
}

void jh_turn_release(struct jh_cell *cell)
{
	kobject_put(&cell->kobj);
}

/** jh_turn_is_over() - was the cell destroyed? Then jh may be disabled, too */
bool jh_turn_is_over(const struct jh_cell *cell)
{
	return list_empty(&cell->list);
}

/** jh_turn_begin() - mark the cell as worked on, and keep it, until jh_turn_end() */
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

/** jh_turn_check() - refuse if another task works on the cell; 0 or -errno */
int jh_turn_check(const struct jh_cell *cell, struct jh_error *err)
{
	if (!cell->busy || turn_is_last)
		return 0;
	return refuse(err, JH_ERR_CELL_BUSY, JH_OBJ_CELL, cell->id);
}

/**
 * jh_turn_await() - jh_turn_check() for callers that end the cell
 *
 * It waits for a restart by event.c: otherwise a guest that resets or fails over and over could
 * keep its user from ending it. Return: as jh_turn_check(), or -EINTR.
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

/** jh_turn_last() - while the machine goes down jh_lock is not released: the list stays as it is */
void jh_turn_last(bool last)
{
	turn_is_last = last;
}

/**
 * jh_turn_pause() - release jh_lock, so that other tasks can manage, and take it again
 * @ms: for this long at least
 *
 * Return: 0, or the refusal of a cell that is gone. In that case jh_system may have changed.
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

/** jh_turn_wait() - jh_turn_pause() that a signal interrupts. Return: also -EINTR */
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

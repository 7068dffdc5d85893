// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The functions of jh.ko that jh_remoteproc.ko (remoteproc.c) calls, to make cells remote
 * processors of Linux.
 *
 * Remoteproc calls them with locks of its own, which the removal of a remote processor takes, too.
 * So jh releases jh_lock while it removes one, and calls that come meanwhile do nothing.
 */
#include "jh.h"
#include "rproc.h"

#include <linux/delay.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/slab.h>

#define POLL_MS	10

static const struct jh_rproc_ops *rproc_ops;	/* under jh_lock */

static bool has_rpmsg(const struct jh_cell *cell)
{
	u32 i, count;
	const struct jh_config_link *links = config_links(cell->config, &count);

	for (i = 0; i < count; i++)
		if (links[i].flags & JH_LINK_RPMSG)
			return true;
	return false;
}

/** jh_rproc_add() - make a cell a remote processor if its configuration has a link with rpmsg */
void jh_rproc_add(struct jh_cell *cell)
{
	if (cell->rproc || !has_rpmsg(cell))
		return;
	if (rproc_ops)
		cell->rproc = rproc_ops->add(cell);
	else
		request_module_nowait("jh_remoteproc");
}

/* Releases jh_lock. The caller holds the cell. */
static void take_away(struct jh_cell *cell)
{
	const struct jh_rproc_ops *ops = rproc_ops;
	void *rproc = cell->rproc;

	cell->rproc = NULL;
	cell->rproc_goes = true;
	mutex_unlock(&jh_lock);
	ops->remove(rproc);
	mutex_lock(&jh_lock);
	cell->rproc_goes = false;
}

/**
 * jh_rproc_leave() - make remoteproc let go of a cell, before it is destroyed
 *
 * Releases jh_lock if there is something to do. Return: 0, or the refusal of a cell that is gone.
 */
int jh_rproc_leave(struct jh_cell *cell, struct jh_error *err)
{
	if (cell->rproc)
		take_away(cell);
	while (cell->rproc_goes) {
		mutex_unlock(&jh_lock);
		msleep(POLL_MS);
		mutex_lock(&jh_lock);
	}
	return jh_turn_is_over(cell) ? refuse(err, JH_ERR_NO_CELL, JH_OBJ_CELL, cell->id) : 0;
}

/** jh_rproc_told() - tell remoteproc a cell's new state (jh_report_shown()) */
void jh_rproc_told(struct jh_cell *cell, u32 state)
{
	if (cell->rproc)
		rproc_ops->told(cell->rproc, state);
}

/* A cell that remoteproc has or is letting go of, for jh_turn_release(); NULL: none. */
static struct jh_cell *next_cell(void)
{
	struct jh_cell *cell;

	list_for_each_entry(cell, &jh_cells, list)
		if (cell->rproc || cell->rproc_goes)
			return jh_turn_hold(cell);
	return NULL;
}

/* Under jh_lock, which is released in between. */
static void leave_all(bool stop)
{
	struct jh_error err;
	struct jh_cell *cell;

	while ((cell = next_cell())) {
		refuse_clear(&err);
		if (!jh_rproc_leave(cell, &err) && stop &&
		    jh_report_state(cell->id) == JH_CELL_RUNNING)
			jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err);
		jh_turn_release(cell);
	}
}

/** jh_rproc_end() - make remoteproc let go of all cells: machine or module go down */
void jh_rproc_end(void)
{
	mutex_lock(&jh_lock);
	leave_all(false);
	mutex_unlock(&jh_lock);
}

/** jh_rproc_register() - jh_remoteproc.ko is loaded: offer it all cells */
void jh_rproc_register(const struct jh_rproc_ops *ops)
{
	struct jh_cell *cell;

	mutex_lock(&jh_lock);
	rproc_ops = ops;
	list_for_each_entry(cell, &jh_cells, list)
		jh_rproc_add(cell);
	mutex_unlock(&jh_lock);
}
EXPORT_SYMBOL_GPL(jh_rproc_register);

/** jh_rproc_unregister() - jh_remoteproc.ko is unloaded: stop its cells, and call it no more */
void jh_rproc_unregister(void)
{
	mutex_lock(&jh_lock);
	leave_all(true);
	rproc_ops = NULL;
	mutex_unlock(&jh_lock);
}
EXPORT_SYMBOL_GPL(jh_rproc_unregister);

/** jh_rproc_hold() - keep struct jh_cell until jh_rproc_release() */
void jh_rproc_hold(struct jh_cell *cell)
{
	jh_turn_hold(cell);
}
EXPORT_SYMBOL_GPL(jh_rproc_hold);

void jh_rproc_release(struct jh_cell *cell)
{
	jh_turn_release(cell);
}
EXPORT_SYMBOL_GPL(jh_rproc_release);

/** jh_rproc_name() - the cell's name */
const char *jh_rproc_name(const struct jh_cell *cell)
{
	return kobject_name(&cell->kobj);
}
EXPORT_SYMBOL_GPL(jh_rproc_name);

/** jh_rproc_room() - bytes of the cell's loadable memory from the address on */
u64 jh_rproc_room(const struct jh_cell *cell, u64 address)
{
	return jh_images_memory_end(cell, address) - address;
}
EXPORT_SYMBOL_GPL(jh_rproc_room);

/* Takes jh_lock; -ENODEV, without it, if remoteproc is letting go of the cell. */
static int enter_cell(struct jh_cell *cell, struct jh_error *err)
{
	int code = 0;

	refuse_clear(err);
	mutex_lock(&jh_lock);
	if (!jh_system || cell->rproc_goes || jh_turn_is_over(cell))
		code = -ENODEV;
	if (code)
		mutex_unlock(&jh_lock);
	return code;
}

static int leave_cell(const char *what, int code, const struct jh_error *err)
{
	if (code)
		jh_log_refusal(what, err, code);
	jh_event_check();
	mutex_unlock(&jh_lock);
	return code;
}

/**
 * jh_rproc_prepare() - prepare a cell that does not run for a load
 *
 * This clears the link of what the cell's last life left. Return: 0 or a negative errno.
 */
int jh_rproc_prepare(struct jh_cell *cell)
{
	struct jh_error err;
	int code = enter_cell(cell, &err);

	if (code)
		return code;
	code = jh_load_check_idle(cell, &err);
	if (!code) {
		jh_turn_begin(cell);
		jh_device_quiet(cell);
		code = jh_cell_make_ready(cell, &err);
		jh_turn_end(cell);
	}
	return leave_cell("preparing a remote processor", code, &err);
}
EXPORT_SYMBOL_GPL(jh_rproc_prepare);

static int load(struct jh_cell *cell, struct list_head *images, u64 entry, struct jh_error *err)
{
	int code;

	jh_turn_begin(cell);
	jh_images_drop(&cell->images);
	jh_images_keep(cell, images);
	code = jh_images_load_program(cell, entry, err);
	if (!jh_images_are_kept(cell))
		jh_images_drop(&cell->images);
	memset(&cell->program, 0, sizeof(cell->program));
	jh_turn_end(cell);
	return code;
}

/**
 * jh_rproc_start() - load and start a cell that was prepared
 * @images: of struct jh_image, by kvmalloc(); the list loses those that jh keeps
 * @entry: guest-physical
 *
 * Return: 0 or a negative errno, and it does not run.
 */
int jh_rproc_start(struct jh_cell *cell, struct list_head *images, u64 entry)
{
	struct jh_error err;
	int code = enter_cell(cell, &err);

	if (code)
		return code;
	code = jh_load_check_idle(cell, &err);
	if (!code)
		code = load(cell, images, entry, &err);
	if (!code)
		code = jh_cell_start(cell, &err);
	return leave_cell("start of a remote processor", code, &err);
}
EXPORT_SYMBOL_GPL(jh_rproc_start);

/** jh_rproc_stop() - end a cell at once, unless it has ended or is being destroyed */
void jh_rproc_stop(struct jh_cell *cell)
{
	struct jh_error err;
	int code = 0;
	u32 state;

	if (enter_cell(cell, &err))
		return;
	state = jh_report_state(cell->id);
	if (state == JH_CELL_RUNNING || state == JH_CELL_FAILED)
		code = jh_cell_shutdown(cell, JH_SHUTDOWN_FORCE, &err);
	(void)leave_cell("stop of a remote processor", code, &err);
}
EXPORT_SYMBOL_GPL(jh_rproc_stop);

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * The interface of jh.ko and jh_remoteproc.ko; the latter is for kernels with remoteproc only.
 */
#ifndef DRIVER_RPROC_H
#define DRIVER_RPROC_H

#include <linux/types.h>

struct jh_cell;
struct link;
struct list_head;

/**
 * struct jh_rproc_link - a link that carries rpmsg, while remoteproc has it
 * @bell:	called for the other side's bells, in the interrupt
 * @link:	of link.c
 * @address:	guest-physical, of the section that both sides write
 * @physical:	its physical address
 * @size:	its bytes
 */
struct jh_rproc_link {
	void (*bell)(struct jh_rproc_link *link);
	struct link *link;
	u32 address;
	u64 physical;
	u32 size;
};

/**
 * struct jh_rproc_ops - the module that makes remote processors of cells
 * @add:	make a cell with rpmsg a remote processor; under jh_lock. Return: the argument of
 *		the others, or NULL
 * @remove:	end it, without jh_lock: Linux does not touch the cell's link afterwards
 * @told:	the cell has a new state (jh_report_shown()); under jh_lock
 */
struct jh_rproc_ops {
	void *(*add)(struct jh_cell *cell);
	void (*remove)(void *rproc);
	void (*told)(void *rproc, u32 state);
};

/* link.c */
int jh_link_take(const struct jh_cell *cell, struct jh_rproc_link *user);
void jh_link_let_go(struct jh_rproc_link *user);
void jh_link_say(struct jh_rproc_link *user, u32 state);
void jh_link_kick(struct jh_rproc_link *user, u32 bell);

/* rproc.c; all without jh_lock, but jh_rproc_name() */
void jh_rproc_register(const struct jh_rproc_ops *ops);
void jh_rproc_unregister(void);
void jh_rproc_hold(struct jh_cell *cell);
void jh_rproc_release(struct jh_cell *cell);
const char *jh_rproc_name(const struct jh_cell *cell);
u64 jh_rproc_room(const struct jh_cell *cell, u64 address);
int jh_rproc_prepare(struct jh_cell *cell);
int jh_rproc_start(struct jh_cell *cell, struct list_head *images, u64 entry);
void jh_rproc_stop(struct jh_cell *cell);

#endif

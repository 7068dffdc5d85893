/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For linkfd.c: eventfds, and those who wait for them, called with the lock of the queue held.
 */
#ifndef FAKE_EVENTFD_H
#define FAKE_EVENTFD_H

#include "link.h"

#define FAKE_EVENTFDS		4
#define FAKE_EVENTFD(n)		(100 + (n))	/* its number, as a program has it */
#define FAKE_NOT_EVENTFD	99		/* that of another file */

struct wait_queue_entry {
	int (*func)(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key);
	wait_queue_entry_t *next;
};

struct eventfd_ctx {
	u64 count;
	int references;			/* those of the program, by its file, are one */
	wait_queue_head_t queue;
};

extern struct eventfd_ctx fake_eventfds[FAKE_EVENTFDS];
extern int fake_eventfd_files;		/* references that eventfd_fget() gave and nobody put */

#define key_to_poll(key)	((__poll_t)(uintptr_t)(key))
#define init_waitqueue_func_entry(entry, call)	((void)((entry)->func = (call)))
#define init_poll_funcptr(table, call)		((void)((table)->found = (call)))
#define vfs_poll(file, table)			((file)->f_op->poll(file, table))

struct file *eventfd_fget(int fd);
struct eventfd_ctx *eventfd_ctx_fileget(struct file *file);
void eventfd_ctx_put(struct eventfd_ctx *context);
void eventfd_signal(struct eventfd_ctx *context);
void fput(struct file *file);
void add_wait_queue(wait_queue_head_t *queue, wait_queue_entry_t *entry);
void remove_wait_queue(wait_queue_head_t *queue, wait_queue_entry_t *entry);

/** fake_eventfd_reset() - all are open, and were never signalled */
void fake_eventfd_reset(void);

/** fake_eventfd_close() - the program closes it; whoever waits is told */
void fake_eventfd_close(struct eventfd_ctx *context);

#endif

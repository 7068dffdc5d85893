// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "../../jh.h"
#include "eventfd.h"

struct eventfd_ctx fake_eventfds[FAKE_EVENTFDS];
int fake_eventfd_files;

static __poll_t poll_eventfd(struct file *file, struct poll_table *table)
{
	struct eventfd_ctx *context = file->private_data;

	table->found(file, &context->queue, table);
	return context->count ? EPOLLIN | EPOLLOUT : EPOLLOUT;
}

static const struct file_operations eventfd_fops = { .poll = poll_eventfd };
static struct file files[FAKE_EVENTFDS];

void fake_eventfd_reset(void)
{
	u32 n;

	fake_eventfd_files = 0;
	memset(fake_eventfds, 0, sizeof(fake_eventfds));
	for (n = 0; n < FAKE_EVENTFDS; n++) {
		fake_eventfds[n].references = 1;
		files[n].f_op = &eventfd_fops;
		files[n].private_data = &fake_eventfds[n];
	}
}

static void wake(struct eventfd_ctx *context, __poll_t events)
{
	wait_queue_entry_t *entry;

	if (context->queue.locked)
		abort();
	context->queue.locked = true;
	for (entry = context->queue.entries; entry; entry = entry->next)
		entry->func(entry, 0, 0, (void *)(uintptr_t)events);
	context->queue.locked = false;
}

void eventfd_signal(struct eventfd_ctx *context)
{
	if (!context->references)
		abort();
	context->count++;
	wake(context, EPOLLIN);
}

void fake_eventfd_close(struct eventfd_ctx *context)
{
	wake(context, EPOLLHUP);
	eventfd_ctx_put(context);
}

struct file *eventfd_fget(int fd)
{
	u32 n = fd - FAKE_EVENTFD(0);

	if (fd == FAKE_NOT_EVENTFD)
		return ERR_PTR(-EINVAL);
	if (n >= FAKE_EVENTFDS)
		return ERR_PTR(-EBADF);
	fake_eventfd_files++;
	return &files[n];
}

void fput(struct file *file)
{
	if (file->f_op->release)
		file->f_op->release(NULL, file);
	else
		fake_eventfd_files--;
}

struct eventfd_ctx *eventfd_ctx_fileget(struct file *file)
{
	struct eventfd_ctx *context = file->private_data;

	if (!fake_eventfd_files)
		abort();
	context->references++;
	return context;
}

/* Nobody may wait for one that is freed. */
void eventfd_ctx_put(struct eventfd_ctx *context)
{
	if (!context->references-- || (!context->references && context->queue.entries))
		abort();
}

void add_wait_queue(wait_queue_head_t *queue, wait_queue_entry_t *entry)
{
	if (queue->locked)
		abort();
	entry->next = queue->entries;
	queue->entries = entry;
}

void remove_wait_queue(wait_queue_head_t *queue, wait_queue_entry_t *entry)
{
	wait_queue_entry_t **at = &queue->entries;

	if (queue->locked)
		abort();
	while (*at != entry)
		at = &(*at)->next;
	*at = entry->next;
}

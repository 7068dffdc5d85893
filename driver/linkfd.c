// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Eventfds of root's sides of links, for those who know nothing of jh and have their own thread,
 * as vhost-net has: a bell that rang signals one, and one that is signalled rings a bell, or
 * raises the interrupt of a virtio device. No program runs for either.
 *
 * An eventfd is held until it is let go, by another one in its place or with the link, and may be
 * closed meanwhile: who else holds it still signals it. It is waited for as KVM does, by an entry
 * of its queue, which is called with the queue's lock held, in any context. So the entry takes no
 * lock, and looks at nothing that changes: whoever ends the link takes it off the queue first,
 * which waits for that lock, and touches the registers for the last time afterwards.
 */
#include "link.h"
#include "compat.h"

#include <linux/err.h>
#include <linux/eventfd.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/nospec.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <jh/link.h>
#include <jh/virtio.h>

/**
 * struct linkfd - an eventfd that rings
 * @queue:	of the eventfd, which @context holds
 * @offset, @value:	what is written to the registers of @link
 */
struct linkfd {
	wait_queue_entry_t wait;
	poll_table table;
	wait_queue_head_t *queue;
	struct eventfd_ctx *context;
	const struct link *link;
	u32 offset, value;
};

/* --- bells that signal --- */

u32 jh_linkfd_hear(struct link *link, u32 bells)
{
	u32 bell;

	for (bell = 0; bell < link->bells; bell++) {
		if (!(bells & BIT(bell)) || !link->told[bell])
			continue;
		compat_eventfd_signal(link->told[bell]);
		bells &= ~(u32)BIT(bell);
	}
	return bells;
}

/* What rang before and was not read is told at once. */
static void set_bell(struct link *link, u32 bell, struct eventfd_ctx *context)
{
	struct eventfd_ctx *before;
	unsigned long flags;

	spin_lock_irqsave(&link->rung, flags);
	before = link->told[bell];
	link->told[bell] = context;
	link->heard &= ~(u32)BIT(bell) | jh_linkfd_hear(link, link->heard & (u32)BIT(bell));
	spin_unlock_irqrestore(&link->rung, flags);
	if (before)
		eventfd_ctx_put(before);
}

static int bind_bell(struct link *link, u32 bell, struct file *file)
{
	struct eventfd_ctx *context = file ? eventfd_ctx_fileget(file) : NULL;

	if (IS_ERR(context))
		return PTR_ERR(context);
	set_bell(link, bell, context);
	return 0;
}

/* --- eventfds that ring --- */

static void ring_by(const struct linkfd *fd)
{
	jh_link_put_register(fd->link, fd->offset, fd->value);
}

/* In any context, with the lock of the queue. That the last one closes it rings nothing. */
static int linkfd_wake(wait_queue_entry_t *wait, unsigned int mode, int sync, void *key)
{
	if (key_to_poll(key) & EPOLLIN)
		ring_by(container_of(wait, struct linkfd, wait));
	return 0;
}

static void linkfd_queue(struct file *file, wait_queue_head_t *queue, poll_table *table)
{
	struct linkfd *fd = container_of(table, struct linkfd, table);

	fd->queue = queue;
	add_wait_queue(queue, &fd->wait);
}

/* Nothing is rung by it any more. */
static void let_go(struct linkfd *fd)
{
	if (!fd)
		return;
	remove_wait_queue(fd->queue, &fd->wait);
	eventfd_ctx_put(fd->context);
	kfree(fd);
}

static struct linkfd *new_linkfd(const struct link *link, u32 bell, struct file *file)
{
	struct linkfd *fd = kzalloc(sizeof(*fd), GFP_KERNEL);

	if (!fd)
		return ERR_PTR(-ENOMEM);
	fd->context = eventfd_ctx_fileget(file);
	if (IS_ERR(fd->context)) {
		long code = PTR_ERR(fd->context);

		kfree(fd);
		return ERR_PTR(code);
	}
	fd->link = link;
	fd->offset = link->kind ? JH_VIRTIO_ROOT_INTERRUPT : JH_LINK_DOORBELL;
	fd->value = link->kind ? JH_VIRTIO_INT_USED : !link->side << 16 | bell;
	init_waitqueue_func_entry(&fd->wait, linkfd_wake);
	init_poll_funcptr(&fd->table, linkfd_queue);
	return fd;
}

/* The one before rings until the new one does: none is lost between them. */
static int bind_ring(struct link *link, u32 bell, struct file *file)
{
	struct linkfd *before = link->rings[bell], *fd = NULL;

	if (file) {
		fd = new_linkfd(link, bell, file);
		if (IS_ERR(fd))
			return PTR_ERR(fd);
		/* It was signalled before anybody waited for it. */
		if (vfs_poll(file, &fd->table) & EPOLLIN)
			ring_by(fd);
	}
	link->rings[bell] = fd;
	let_go(before);
	return 0;
}

/* --- calls --- */

static long bind(struct link *link, const struct jh_link_eventfd *call, struct file *file,
		 int (*binder)(struct link *link, u32 bell, struct file *file))
{
	long code = -EINVAL;

	mutex_lock(&link->lock);
	if (link->gone)
		code = -EPIPE;
	else if (call->bell < link->bells)
		code = binder(link, array_index_nospec(call->bell, CONFIG_LINK_BELLS), file);
	mutex_unlock(&link->lock);
	return code;
}

static long find_and_bind(struct link *link, const void __user *user,
			  int (*binder)(struct link *link, u32 bell, struct file *file))
{
	struct jh_link_eventfd call;
	struct file *file = NULL;
	long code;

	if (copy_from_user(&call, user, sizeof(call)))
		return -EFAULT;
	if (call.fd != JH_LINK_NO_EVENTFD) {
		file = eventfd_fget(call.fd);
		if (IS_ERR(file))
			return PTR_ERR(file);
	}
	code = bind(link, &call, file, binder);
	if (file)
		fput(file);
	return code;
}

long jh_linkfd_bind_bell(struct link *link, const void __user *user)
{
	return find_and_bind(link, user, bind_bell);
}

long jh_linkfd_bind_ring(struct link *link, const void __user *user)
{
	return find_and_bind(link, user, bind_ring);
}

void jh_linkfd_end(struct link *link)
{
	u32 bell;

	for (bell = 0; bell < CONFIG_LINK_BELLS; bell++) {
		set_bell(link, bell, NULL);
		let_go(link->rings[bell]);
		link->rings[bell] = NULL;
	}
}

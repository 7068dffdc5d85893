// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Root's sides of links: /dev/jh-link/CELL/LINK, for one program at a time. It maps the memory,
 * reads the bells that rang, and writes those that it rings. The hypervisor raises an interrupt
 * that no device has. The same link as a device of UIO is in linkuio.c, as one of PCI in linkpci.c,
 * eventfds are in linkfd.c, what is mapped at a touch in linkmem.c.
 *
 * A file outlives its link, which ends before the cell's memory is scrubbed: the pages are taken
 * out of all programs then, and all calls say that nobody is there. A page is mapped when it is
 * touched, under the lock that ends the link, so none can be mapped afterwards.
 */
#include "link.h"
#include "compat.h"
#include "rproc.h"

#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irqdomain.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <jh/link.h>
#include <jh/virtio.h>

static LIST_HEAD(link_all);
atomic_t jh_link_files = ATOMIC_INIT(0);

static void release_link(struct kref *kref)
{
	kfree(container_of(kref, struct link, kref));
}

static u32 get(const struct link *link, u32 offset)
{
	return readl(link->registers + offset);
}

static void put(const struct link *link, u32 offset, u32 value)
{
	writel(value, link->registers + offset);
}

u32 jh_link_get_register(const struct link *link, u32 offset)
{
	return get(link, offset);
}

void jh_link_put_register(const struct link *link, u32 offset, u32 value)
{
	put(link, offset, value);
}

void jh_link_get(struct link *link)
{
	kref_get(&link->kref);
}

void jh_link_release(struct link *link)
{
	kref_put(&link->kref, release_link);
}

static u64 size_of(const struct link *link)
{
	return (u64)link->table + link->common + 2ULL * link->output;
}

/* --- bells --- */

/* Is the other side there? */
static void look_at_peer(struct link *link)
{
	unsigned long flags;

	spin_lock_irqsave(&link->rung, flags);
	link->peer = get(link, JH_LINK_PEER_STATE);
	link->was_there |= link->peer != 0;
	spin_unlock_irqrestore(&link->rung, flags);
}

/* Return: the bells that are to be read. */
static u32 hear(struct link *link, u32 bells)
{
	unsigned long flags;

	if (bells & BIT(JH_LINK_BELL_STATE))
		look_at_peer(link);
	spin_lock_irqsave(&link->rung, flags);
	bells = jh_linkfd_hear(link, bells);
	link->heard |= bells;
	if (link->user)
		link->user->bell(link->user);
	spin_unlock_irqrestore(&link->rung, flags);
	return bells;
}

static irqreturn_t link_interrupt(int irq, void *data)
{
	struct link *link = data;
	u32 bells;

	if (READ_ONCE(link->pci))
		return jh_linkpci_interrupt(link);
	bells = get(link, JH_LINK_BELLS);
	if (!bells)
		return IRQ_NONE;
	/* Whoever waits is also told when the other side comes or goes. */
	if (hear(link, bells) | (bells & BIT(JH_LINK_BELL_STATE)))
		wake_up_interruptible(&link->wait);
	jh_linkuio_notify(link);
	return IRQ_HANDLED;
}

/* Nobody is on the other side, and somebody was. */
static bool is_over(struct link *link)
{
	return READ_ONCE(link->gone) || (READ_ONCE(link->was_there) && !READ_ONCE(link->peer));
}

static u32 take_bells(struct link *link)
{
	unsigned long flags;
	u32 bells;

	spin_lock_irqsave(&link->rung, flags);
	bells = link->heard;
	link->heard = 0;
	spin_unlock_irqrestore(&link->rung, flags);
	return bells;
}

static ssize_t link_read(struct file *file, char __user *to, size_t size, loff_t *position)
{
	struct link *link = file->private_data;
	u32 bells;

	if (size < sizeof(bells))
		return -EINVAL;
	for (;;) {
		bool over = is_over(link);

		/* In this order: the bell that says that it is over comes first. */
		bells = take_bells(link);
		if (bells)
			return copy_to_user(to, &bells, sizeof(bells)) ? -EFAULT : sizeof(bells);
		if (over)
			return -EPIPE;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		if (wait_event_interruptible(link->wait, READ_ONCE(link->heard) || is_over(link)))
			return -ERESTARTSYS;
	}
}

static ssize_t ring(struct link *link, u32 bells)
{
	u32 bell;

	if (bells & ~(u32)(BIT_ULL(link->bells) - 1))
		return -EINVAL;
	/* Its state is seen in memory before the interrupt that tells of it has come. */
	if (!link->gone && !READ_ONCE(link->peer))
		look_at_peer(link);
	if (link->gone || !READ_ONCE(link->peer))
		return -EPIPE;
	for (bell = 0; bell < link->bells; bell++)
		if (bells & BIT(bell))
			put(link, JH_LINK_DOORBELL, !link->side << 16 | bell);
	return sizeof(bells);
}

static ssize_t link_write(struct file *file, const char __user *from, size_t size,
			  loff_t *position)
{
	struct link *link = file->private_data;
	ssize_t code;
	u32 bells;

	if (size != sizeof(bells))
		return -EINVAL;
	if (copy_from_user(&bells, from, sizeof(bells)))
		return -EFAULT;
	mutex_lock(&link->lock);
	code = ring(link, bells);
	mutex_unlock(&link->lock);
	return code;
}

static __poll_t link_poll(struct file *file, poll_table *table)
{
	struct link *link = file->private_data;
	__poll_t events = 0;

	poll_wait(file, &link->wait, table);
	if (READ_ONCE(link->heard))
		events |= EPOLLIN | EPOLLRDNORM;
	if (is_over(link))
		events |= EPOLLHUP;
	else if (READ_ONCE(link->peer))
		events |= EPOLLOUT | EPOLLWRNORM;
	return events;
}

/* --- memory --- */

static vm_fault_t link_fault(struct vm_fault *fault)
{
	return jh_link_fault(fault->vma->vm_file->private_data, fault->vma);
}

static const struct vm_operations_struct link_vm_ops = { .fault = link_fault };

/* Bytes [start, end) of the memory: may root write all of them? */
static bool is_writable(const struct link *link, u64 start, u64 end)
{
	u64 outputs = (u64)link->table + link->common, own = outputs + link->side * link->output;

	if (start >= own)
		return end <= own + link->output;
	/* The common section and, where it follows, the own output. */
	return start >= link->table && end <= outputs + (link->side ? 0 : link->output);
}

static int check_mapping(const struct link *link, struct vm_area_struct *vma)
{
	u64 length = vma->vm_end - vma->vm_start, start = (u64)vma->vm_pgoff * HV_PAGE_SIZE;

	if (start == JH_LINK_MAP_REGISTERS)
		return length == HV_PAGE_SIZE ? 0 : -EINVAL;
	if (start < JH_LINK_MAP_MEMORY)
		return -EINVAL;
	start -= JH_LINK_MAP_MEMORY;
	if (start > size_of(link) || length > size_of(link) - start)
		return -EINVAL;
	if (is_writable(link, start, start + length))
		return 0;
	if (vma->vm_flags & VM_WRITE)
		return -EACCES;
	compat_vm_flags(vma, 0, VM_MAYWRITE);
	return 0;
}

static int link_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct link *link = file->private_data;
	int code;

	/* Of larger pages one would hold parts with different rights. */
	if (PAGE_SIZE != HV_PAGE_SIZE || READ_ONCE(link->gone))
		return -ENODEV;
	if (!(vma->vm_flags & VM_MAYSHARE) || vma->vm_flags & VM_EXEC)
		return -EINVAL;
	code = check_mapping(link, vma);
	if (code)
		return code;
	/* Each access to a register is one, as it is written. */
	if (vma->vm_pgoff == LINK_REGISTERS_PAGE)
		vma->vm_page_prot = pgprot_device(vma->vm_page_prot);
	compat_vm_flags(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	vma->vm_ops = &link_vm_ops;
	return 0;
}

/* --- what there is --- */

/* Why the other side is, or is not, there. */
static void say_why(struct link *link, char *text, size_t size)
{
	const struct jh_cell_report *cell;

	strscpy(text, "the cell was destroyed", size);
	down_read(&jh_report_lock);
	if (!READ_ONCE(link->gone) && jh_system && READ_ONCE(jh_system->active)) {
		cell = jh_report_cell(link->cell);
		if (READ_ONCE(cell->state) == JH_CELL_FAILED)
			snprintf(text, size, "the cell failed: it %s",
				 jh_report_cause_text(READ_ONCE(cell->crash.cause)));
		else
			snprintf(text, size, "the cell is %s",
				 jh_report_state_name(jh_report_shown(cell)));
	}
	up_read(&jh_report_lock);
}

static long tell_info(struct link *link, void __user *user)
{
	struct jh_link_info info = {
		.side = link->side, .bells = link->bells, .table = link->table,
		.common = link->common, .output = link->output, .peer = READ_ONCE(link->peer),
	};

	if (READ_ONCE(link->gone))
		info.peer = 0;
	say_why(link, info.reason, sizeof(info.reason));
	return copy_to_user(user, &info, sizeof(info)) ? -EFAULT : 0;
}

static long set_state(struct link *link, const void __user *user)
{
	long code = -EPIPE;
	u32 state;

	if (copy_from_user(&state, user, sizeof(state)))
		return -EFAULT;
	mutex_lock(&link->lock);
	if (!link->gone) {
		put(link, JH_LINK_STATE, state);
		code = 0;
	}
	mutex_unlock(&link->lock);
	return code;
}

/* The configuration goes with the cell. */
static long tell_address(struct link *link, void __user *user)
{
	u64 address = 0;
	bool gone;

	mutex_lock(&link->lock);
	gone = link->gone;
	if (!gone)
		address = link->config->address;
	mutex_unlock(&link->lock);
	if (gone)
		return -EPIPE;
	return copy_to_user(user, &address, sizeof(address)) ? -EFAULT : 0;
}

static long link_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	switch (command) {
	case JH_LINK_IOC_INFO:
		return tell_info(file->private_data, (void __user *)address);
	case JH_LINK_IOC_STATE:
		return set_state(file->private_data, (const void __user *)address);
	case JH_LINK_IOC_ADDRESS:
		return tell_address(file->private_data, (void __user *)address);
	case JH_LINK_IOC_BELL_EVENTFD:
		return jh_linkfd_bind_bell(file->private_data, (const void __user *)address);
	case JH_LINK_IOC_RING_EVENTFD:
		return jh_linkfd_bind_ring(file->private_data, (const void __user *)address);
	case JH_LINK_IOC_MEMORY:
		return jh_linkmem_open(file->private_data);
	}
	return -ENOTTY;
}

/* --- one at a time --- */

int jh_link_occupy(struct link *link, struct address_space *mapping)
{
	int code = -EBUSY;

	mutex_lock(&link->lock);
	if (!link->opened) {
		link->opened = true;
		link->mapping = mapping;
		take_bells(link);
		link->was_there = false;
		look_at_peer(link);
		code = 0;
	}
	mutex_unlock(&link->lock);
	return code;
}

void jh_link_leave(struct link *link)
{
	mutex_lock(&link->lock);
	jh_linkfd_end(link);
	jh_linkmem_end(link);
	if (!link->gone)
		put(link, JH_LINK_STATE, 0);
	link->opened = false;
	link->mapping = NULL;
	mutex_unlock(&link->lock);
}

/* Called under the lock of all such devices, so the link is there still. */
static int link_open(struct inode *inode, struct file *file)
{
	struct link *link = container_of(file->private_data, struct link, misc);
	int code = jh_link_occupy(link, file->f_mapping);

	if (code)
		return code;
	jh_link_get(link);
	atomic_inc(&jh_link_files);
	file->private_data = link;
	return 0;
}

static int link_release(struct inode *inode, struct file *file)
{
	struct link *link = file->private_data;

	jh_link_leave(link);
	jh_link_release(link);
	atomic_dec(&jh_link_files);
	return 0;
}

static const struct file_operations link_fops = {
	.owner = THIS_MODULE,
	.open = link_open,
	.release = link_release,
	.read = link_read,
	.write = link_write,
	.poll = link_poll,
	.mmap = link_mmap,
	.unlocked_ioctl = link_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

/* --- with the cell --- */

/* An interrupt that nobody has, neither in Linux nor in the hypervisor: where the registers are. */
static long find_interrupt(struct link *link, u32 index)
{
	u32 intid = U32_MAX;
	long place;

	for (;;) {
		intid = jh_arch_spare_irq(intid);
		if (!intid)
			return -ENOSPC;
		place = jh_call(JH_HC_CELL_LINK, link->cell, index, intid, 0);
		if (place > 0)
			break;
		if (place == -EINVAL && !jh_system->report->error.reason)
			return place;
	}
	link->irq = jh_arch_make_virq(intid);
	return link->irq ? place : -ENOSPC;
}

static void read_layout(struct link *link)
{
	link->memory = (u64)get(link, JH_LINK_ADDRESS_HIGH) << 32 | get(link, JH_LINK_ADDRESS);
	link->side = get(link, JH_LINK_ID);
	link->bells = get(link, JH_LINK_NUM_BELLS);
	link->table = get(link, JH_LINK_TABLE_SIZE);
	link->common = get(link, JH_LINK_COMMON_SIZE);
	link->output = get(link, JH_LINK_OUTPUT_SIZE);
	link->kind = get(link, JH_VIRTIO_ROOT_KIND);
}

/* As Linux sees it. Bells that rang before come with the first interrupt. */
static int show(struct link *link, const struct jh_cell *cell)
{
	int code;

	if (link->config->flags & JH_LINK_PCI)
		return jh_linkpci_add(link, cell);
	code = misc_register(&link->misc);
	if (code)
		return code;
	put(link, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	jh_linkuio_add(link);
	return 0;
}

static int connect(struct link *link, const struct jh_cell *cell, u32 index)
{
	const struct jh_memory *hv = &jh_system->hv;
	long place = find_interrupt(link, index);
	int code;

	if (place < 0)
		return place;
	link->place = place;
	link->registers = (void __iomem *)(jh_system->base + (link->place - hv->address));
	read_layout(link);
	code = request_irq(link->irq, link_interrupt, 0, link->name, link);
	if (code)
		goto out_mapping;
	code = show(link, cell);
	if (!code)
		return 0;
	free_irq(link->irq, link);
out_mapping:
	irq_dispose_mapping(link->irq);
	return code;
}

static struct link *new_link(const struct jh_cell *cell, const struct jh_config_link *config)
{
	const char *name = config->name;
	struct link *link = kzalloc(sizeof(*link), GFP_KERNEL);

	if (!link)
		return NULL;
	kref_init(&link->kref);
	mutex_init(&link->lock);
	spin_lock_init(&link->rung);
	init_waitqueue_head(&link->wait);
	INIT_LIST_HEAD(&link->memories);
	link->cell = cell->id;
	link->config = config;
	snprintf(link->name, sizeof(link->name), "jh-link-%s-%s", kobject_name(&cell->kobj), name);
	snprintf(link->node, sizeof(link->node), "jh-link/%s/%s", kobject_name(&cell->kobj), name);
	link->misc.minor = MISC_DYNAMIC_MINOR;
	link->misc.name = link->name;
	link->misc.nodename = link->node;
	link->misc.fops = &link_fops;
	link->misc.mode = 0600;
	return link;
}

static int add(const struct jh_cell *cell, u32 index, const struct jh_config_link *config)
{
	struct link *link = new_link(cell, config);
	int code = link ? connect(link, cell, index) : -ENOMEM;

	if (!code)
		list_add_tail(&link->list, &link_all);
	else if (link)
		jh_link_release(link);
	return code;
}

/** jh_link_add() - a device for each link that the cell, which was just created, has with root */
void jh_link_add(struct jh_cell *cell)
{
	u32 i, count;
	const struct jh_config_link *links = config_links(cell->config, &count);
	int code;

	for (i = 0; i < count; i++) {
		if (strcmp(links[i].peer, JH_LINK_ROOT))
			continue;
		code = add(cell, i, &links[i]);
		if (code)
			pr_err("cell %s: Linux cannot use the link %s: error %d\n",
			       kobject_name(&cell->kobj), links[i].name, code);
	}
}

/* No program touches the registers, or the memory, from here on. */
static void end(struct link *link)
{
	mutex_lock(&link->lock);
	jh_linkfd_end(link);
	jh_linkmem_end(link);
	put(link, JH_LINK_INT_CONTROL, 0);
	WRITE_ONCE(link->gone, true);
	if (link->mapping)
		unmap_mapping_range(link->mapping, 0, 0, 1);
	mutex_unlock(&link->lock);
	wake_up_interruptible(&link->wait);
}

/** jh_link_remove() - the cell will be destroyed, and has ended: so have its links */
void jh_link_remove(struct jh_cell *cell)
{
	struct link *link, *next;

	list_for_each_entry_safe(link, next, &link_all, list) {
		if (link->cell != cell->id)
			continue;
		list_del(&link->list);
		/* In this order: no program turns the interrupt on again, nobody is told by it. */
		if (link->pci)
			jh_linkpci_stop(link);
		else
			misc_deregister(&link->misc);
		end(link);
		free_irq(link->irq, link);
		irq_dispose_mapping(link->irq);
		jh_linkpci_remove(link);
		jh_linkuio_remove(link);
		jh_link_release(link);
	}
}

/* --- remoteproc has one --- */

static struct link *find_rpmsg(const struct jh_cell *cell)
{
	struct link *link;

	list_for_each_entry(link, &link_all, list)
		if (link->cell == cell->id && link->config->flags & JH_LINK_RPMSG)
			return link;
	return NULL;
}

static void lend(struct link *link, struct jh_rproc_link *user)
{
	unsigned long flags;

	link->opened = true;
	user->link = link;
	user->address = link->config->address + link->table;
	user->physical = link->memory + link->table;
	user->size = link->common;
	spin_lock_irqsave(&link->rung, flags);
	link->user = user;
	spin_unlock_irqrestore(&link->rung, flags);
}

/**
 * jh_link_take() - give the cell's link for rpmsg to @user, whose @bell the caller has filled in
 *
 * Under jh_lock. jh_link_let_go() comes before jh_link_remove(). Return: -ENODEV: Linux cannot use
 * it; -EBUSY: a program has it open.
 */
int jh_link_take(const struct jh_cell *cell, struct jh_rproc_link *user)
{
	struct link *link = find_rpmsg(cell);
	int code = 0;

	if (!link)
		return -ENODEV;
	mutex_lock(&link->lock);
	if (link->opened)
		code = -EBUSY;
	else
		lend(link, user);
	mutex_unlock(&link->lock);
	return code;
}
EXPORT_SYMBOL_GPL(jh_link_take);

/** jh_link_let_go() - no bell is heard any more, and the other side sees nobody */
void jh_link_let_go(struct jh_rproc_link *user)
{
	struct link *link = user->link;
	unsigned long flags;

	spin_lock_irqsave(&link->rung, flags);
	link->user = NULL;
	spin_unlock_irqrestore(&link->rung, flags);
	mutex_lock(&link->lock);
	put(link, JH_LINK_STATE, 0);
	link->opened = false;
	mutex_unlock(&link->lock);
}
EXPORT_SYMBOL_GPL(jh_link_let_go);

/** jh_link_say() - this side's state; in any context */
void jh_link_say(struct jh_rproc_link *user, u32 state)
{
	put(user->link, JH_LINK_STATE, state);
}
EXPORT_SYMBOL_GPL(jh_link_say);

/** jh_link_kick() - ring the other side; in any context */
void jh_link_kick(struct jh_rproc_link *user, u32 bell)
{
	put(user->link, JH_LINK_DOORBELL, !user->link->side << 16 | bell);
}
EXPORT_SYMBOL_GPL(jh_link_kick);

/** jh_link_exit() - the module goes, by force: wait until its files are closed, which are over */
void jh_link_exit(void)
{
	if (atomic_read(&jh_link_files))
		pr_warn("waiting for those who have /dev/jh-link open\n");
	while (atomic_read(&jh_link_files))
		msleep(100);
}

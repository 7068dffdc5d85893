/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Root's sides of links: what link.c, linkfd.c, linkmem.c, linkuio.c and linkpci.c share.
 */
#ifndef DRIVER_LINK_H
#define DRIVER_LINK_H

#include "jh.h"

#include <linux/atomic.h>
#include <linux/interrupt.h>
#include <linux/kref.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>

/* Of the file of a link, as vm_pgoff counts */
#define LINK_REGISTERS_PAGE	(JH_LINK_MAP_REGISTERS / HV_PAGE_SIZE)
#define LINK_MEMORY_PAGE	(JH_LINK_MAP_MEMORY / HV_PAGE_SIZE)

#define LINK_NODE_LEN	(sizeof("jh-link/") + 2 * JH_NAME_LEN)

struct eventfd_ctx;
struct linkfd;
struct linkuio;
struct pci_host_bridge;

/**
 * struct link - root's side of a link
 * @list:	in link_all; under jh_lock
 * @cell:	number of its cell
 * @misc:	its device, with the names behind it
 * @irq:	Linux' number of its interrupt
 * @registers:	mapped; not to be touched once it is @gone
 * @place:	physical address of the registers, @memory: and of the memory
 * @side:	which one root is, and how large the parts of the memory are
 * @kind:	of the virtio device that stands on it; 0: none
 * @lock:	guards @opened, @gone, @mapping, @rings, @memories and all accesses but the
 *	interrupt's
 * @mapping:	of the file that is open, of either device
 * @rings:	eventfds that ring the other side (linkfd.c)
 * @memories:	files with the common section that were given out (linkmem.c)
 * @rung:	guards what follows
 * @heard:	bells that rang and were not read
 * @told:	eventfds that are signalled by a bell, in place of @heard
 * @peer:	the other side's state, as of the last bell 0
 * @was_there:	it was another one than 0 since the file was opened
 * @user:	remoteproc, which has it for itself as if it had opened the file
 * @uio:	its other device (linkuio.c); NULL: it has none
 * @pci:	the bridge to it (linkpci.c), in place of @misc and @uio; NULL: it is no PCI device
 */
struct link {
	struct kref kref;
	struct list_head list;
	u32 cell;
	const struct jh_config_link *config;
	struct miscdevice misc;
	char name[LINK_NODE_LEN];
	char node[LINK_NODE_LEN];
	unsigned int irq;
	void __iomem *registers;
	u64 place, memory;
	u32 side, bells, table, common, output, kind;
	struct mutex lock;
	bool opened, gone;
	struct address_space *mapping;
	struct linkfd *rings[CONFIG_LINK_BELLS];
	struct list_head memories;
	spinlock_t rung;
	u32 heard;
	struct eventfd_ctx *told[CONFIG_LINK_BELLS];
	u32 peer;
	bool was_there;
	struct jh_rproc_link *user;
	wait_queue_head_t wait;
	struct linkuio *uio;
	struct pci_host_bridge *pci;
};

/** jh_link_get_register() - as jh_link_put_register() */
u32 jh_link_get_register(const struct link *link, u32 offset);

/** jh_link_put_register() - under @lock unless @gone, or until jh_linkfd_end() */
void jh_link_put_register(const struct link *link, u32 offset, u32 value);

/** jh_link_occupy() - for one program: 0, or -EBUSY. @mapping is that of its file. */
int jh_link_occupy(struct link *link, struct address_space *mapping);

/** jh_link_leave() - the program has gone, and this side with it */
void jh_link_leave(struct link *link);

/** jh_link_get() - @link stays, also when the cell has gone, until jh_link_release() */
void jh_link_get(struct link *link);
void jh_link_release(struct link *link);

/** jh_link_files - how many are open; none may be left when the module goes */
extern atomic_t jh_link_files;

/* linkfd.c */

/** jh_linkfd_bind_bell(), jh_linkfd_bind_ring() - JH_LINK_IOC_BELL_EVENTFD and _RING_EVENTFD */
long jh_linkfd_bind_bell(struct link *link, const void __user *user);
long jh_linkfd_bind_ring(struct link *link, const void __user *user);

/** jh_linkfd_hear() - signal the eventfds of these bells, under @rung: those that have none */
u32 jh_linkfd_hear(struct link *link, u32 bells);

/** jh_linkfd_end() - let go of all, under @lock: none rings afterwards, none is signalled */
void jh_linkfd_end(struct link *link);

/* linkmem.c */

/** jh_link_fault() - all of a mapping whose pages are numbered as those of JH_LINK_MAP_* */
vm_fault_t jh_link_fault(struct link *link, struct vm_area_struct *vma);

/** jh_linkmem_open() - JH_LINK_IOC_MEMORY: a descriptor, or -errno */
long jh_linkmem_open(struct link *link);

/** jh_linkmem_end() - take back what was given out, under @lock */
void jh_linkmem_end(struct link *link);

/* linkpci.c */

#ifdef CONFIG_PCI
/**
 * jh_linkpci_add() - make the link, of @cell, a PCI device, and have drivers look at it
 *
 * Return: 0 or -errno. -ENXIO: the machine has no place for its registers; -EBUSY: something else
 * is there now.
 */
int jh_linkpci_add(struct link *link, const struct jh_cell *cell);

/** jh_linkpci_stop() - it is no device any more, and has no driver; interrupts may still come */
void jh_linkpci_stop(struct link *link);

/** jh_linkpci_remove() - after the last interrupt; nothing if it was no PCI device */
void jh_linkpci_remove(struct link *link);

/** jh_linkpci_interrupt() - the link's: bells have rung, or may have */
irqreturn_t jh_linkpci_interrupt(struct link *link);
#else
static inline int jh_linkpci_add(struct link *link, const struct jh_cell *cell)
{
	return -EOPNOTSUPP;
}

static inline void jh_linkpci_stop(struct link *link) {}
static inline void jh_linkpci_remove(struct link *link) {}
static inline irqreturn_t jh_linkpci_interrupt(struct link *link)
{
	return IRQ_NONE;
}
#endif

/* linkuio.c */

/** jh_linkuio_add() - the link has a device of UIO as well, if Linux has loaded that */
void jh_linkuio_add(struct link *link);

/** jh_linkuio_remove() - after the last interrupt */
void jh_linkuio_remove(struct link *link);

/** jh_linkuio_notify() - a bell has rung: for the interrupt */
void jh_linkuio_notify(struct link *link);

#endif

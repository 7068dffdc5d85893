// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Root's sides of links as devices of UIO, for programs that know nothing of jh (libmetal): maps of
 * the memory's parts and of the registers, and a file that counts the moments at which bells rang.
 * The program of /dev/uioN and that of /dev/jh-link exclude each other.
 *
 * UIO is a module of its own in most distributions. It is used if it is there when a cell is
 * created, and neither loaded nor needed for that: its functions are looked up by name. A second
 * module of jh's would do as well, but would have to be built, signed, installed and loaded in its
 * turn, for nothing else than to have a dependency.
 */
#include "link.h"
#include "compat.h"

#include <linux/fs.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uio_driver.h>
#include <jh/link.h>

/**
 * struct linkuio - a device of UIO
 * @add, @remove, @notify:	UIO's functions, which hold its module
 * @first:	number of the first page of each of @info's maps, as of /dev/jh-link
 * @writable:	a bit for each map that root may write
 */
struct linkuio {
	struct uio_info info;
	typeof(&__uio_register_device) add;
	typeof(&uio_unregister_device) remove;
	typeof(&uio_event_notify) notify;
	unsigned long first[MAX_UIO_MAPS];
	u32 writable;
};

static void lose_uio(struct linkuio *uio)
{
	if (uio->add)
		symbol_put(__uio_register_device);
	if (uio->remove)
		symbol_put(uio_unregister_device);
	if (uio->notify)
		symbol_put(uio_event_notify);
}

static bool find_uio(struct linkuio *uio)
{
	uio->add = symbol_get(__uio_register_device);
	uio->remove = symbol_get(uio_unregister_device);
	uio->notify = symbol_get(uio_event_notify);
	return uio->add && uio->remove && uio->notify;
}

/* --- what UIO calls --- */

static int linkuio_open(struct uio_info *info, struct inode *inode)
{
	return jh_link_occupy(info->priv, inode->i_mapping);
}

static int linkuio_release(struct uio_info *info, struct inode *inode)
{
	struct link *link = info->priv;

	jh_link_leave(link);
	/* The next program finds the interrupt as it should be. */
	mutex_lock(&link->lock);
	if (!link->gone)
		jh_link_put_register(link, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	mutex_unlock(&link->lock);
	return 0;
}

/* As of all such devices: 0 turns the interrupt off, 1 turns it on. Bells that ring are kept. */
static int linkuio_irqcontrol(struct uio_info *info, s32 on)
{
	struct link *link = info->priv;
	int code = -EPIPE;

	mutex_lock(&link->lock);
	if (!link->gone) {
		jh_link_put_register(link, JH_LINK_INT_CONTROL, on ? JH_LINK_INT_ENABLE : 0);
		code = 0;
	}
	mutex_unlock(&link->lock);
	return code;
}

static vm_fault_t linkuio_fault(struct vm_fault *fault)
{
	return jh_link_fault(fault->vma->vm_private_data, fault->vma);
}

/* A mapping may outlive the device: UIO says nothing when the last one goes. */
static void linkuio_vm_open(struct vm_area_struct *vma)
{
	jh_link_get(vma->vm_private_data);
}

static void linkuio_vm_close(struct vm_area_struct *vma)
{
	jh_link_release(vma->vm_private_data);
}

static const struct vm_operations_struct linkuio_vm_ops = {
	.open = linkuio_vm_open,
	.close = linkuio_vm_close,
	.fault = linkuio_fault,
};

/*
 * UIO has checked that the map is there, and how long it is. libmetal maps everything for writing:
 * what root may only read becomes a mapping that cannot be written instead of none.
 */
static int linkuio_mmap(struct uio_info *info, struct vm_area_struct *vma)
{
	struct link *link = info->priv;
	unsigned long map = vma->vm_pgoff;

	if (!(vma->vm_flags & VM_MAYSHARE) || vma->vm_flags & VM_EXEC)
		return -EINVAL;
	if (!(link->uio->writable & BIT(map))) {
		compat_vm_flags(vma, 0, VM_WRITE | VM_MAYWRITE);
		vma->vm_page_prot = vm_get_page_prot(vma->vm_flags);
	}
	vma->vm_pgoff = link->uio->first[map];
	if (vma->vm_pgoff == JH_LINK_MAP_REGISTERS / HV_PAGE_SIZE)
		vma->vm_page_prot = pgprot_device(vma->vm_page_prot);
	compat_vm_flags(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	vma->vm_private_data = link;
	vma->vm_ops = &linkuio_vm_ops;
	linkuio_vm_open(vma);
	return 0;
}

/* --- the device --- */

/* UIO's list of maps ends with the first that is empty. */
static void add_map(struct linkuio *uio, const char *name, u64 start, u64 size, u64 offset,
		    bool writable)
{
	u32 map;

	for (map = 0; uio->info.mem[map].size; map++)
		;
	if (!size)
		return;
	uio->info.mem[map] = (struct uio_mem){
		.name = name, .addr = start, .size = size, .memtype = UIO_MEM_PHYS,
	};
	uio->first[map] = offset / HV_PAGE_SIZE;
	if (writable)
		uio->writable |= BIT(map);
}

static void add_maps(struct linkuio *uio, const struct link *link)
{
	u64 outputs = (u64)link->table + link->common;
	u64 mine = outputs + link->side * link->output;
	u64 theirs = outputs + !link->side * link->output;

	add_map(uio, "registers", link->place, HV_PAGE_SIZE, JH_LINK_MAP_REGISTERS, true);
	add_map(uio, "states", link->memory, link->table, JH_LINK_MAP_MEMORY, false);
	add_map(uio, "output", link->memory + mine, link->output, JH_LINK_MAP_MEMORY + mine, true);
	add_map(uio, "input", link->memory + theirs, link->output, JH_LINK_MAP_MEMORY + theirs,
		false);
	add_map(uio, "common", link->memory + link->table, link->common,
		JH_LINK_MAP_MEMORY + link->table, true);
}

static void free_uio(struct linkuio *uio)
{
	lose_uio(uio);
	kfree(uio);
}

static int register_uio(struct linkuio *uio, struct link *link)
{
	uio->info.name = link->name;
	uio->info.version = JH_VERSION;
	uio->info.irq = UIO_IRQ_CUSTOM;
	uio->info.priv = link;
	uio->info.open = linkuio_open;
	uio->info.release = linkuio_release;
	uio->info.mmap = linkuio_mmap;
	uio->info.irqcontrol = linkuio_irqcontrol;
	add_maps(uio, link);
	/* Its file may be opened, and mapped, at once. */
	WRITE_ONCE(link->uio, uio);
	/*
	 * Not below the link's own device, which goes first: kernels before 6.12 complain of what
	 * has gone with it.
	 */
	return uio->add(THIS_MODULE, jh_misc.this_device, &uio->info);
}

void jh_linkuio_add(struct link *link)
{
	struct linkuio *uio;
	int code;

	/* Of larger pages one would hold parts with different rights. */
	if (PAGE_SIZE != HV_PAGE_SIZE)
		return;
	uio = kzalloc(sizeof(*uio), GFP_KERNEL);
	if (!uio)
		return;
	if (!find_uio(uio)) {
		free_uio(uio);
		return;
	}
	code = register_uio(uio, link);
	if (!code)
		return;
	pr_err("%s: no device of UIO: error %d\n", link->name, code);
	WRITE_ONCE(link->uio, NULL);
	free_uio(uio);
}

void jh_linkuio_remove(struct link *link)
{
	struct linkuio *uio = link->uio;

	if (!uio)
		return;
	uio->remove(&uio->info);
	link->uio = NULL;
	free_uio(uio);
}

void jh_linkuio_notify(struct link *link)
{
	struct linkuio *uio = READ_ONCE(link->uio);

	if (uio && uio->info.uio_dev)
		uio->notify(&uio->info);
}

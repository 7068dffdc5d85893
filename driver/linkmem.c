// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The memory of links in programs: by the file of the link, and by files with the common section
 * alone, for back ends of virtio devices that know nothing of jh (vhost-user). Those map a file
 * from its first byte on, ask how long it is, and serve others as well: so the memory that is taken
 * back becomes a page of their own that tells them nothing, where the program which holds the link
 * gets SIGBUS.
 *
 * Such a file has an inode of its own, that of a shmem file, which tells its length and lets the
 * mappings of this file alone be taken away. None of shmem's memory is mapped by it: who opens the
 * inode anew, or changes its length, has a shmem file of no consequence.
 */
#include "link.h"
#include "compat.h"

#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>

/**
 * struct linkmem - a file with the common section of a link
 * @list:	in @memories of the link while it is not @over; both under the link's lock
 * @link:	which it holds
 * @mapping:	of the file
 * @instead:	the page that programs find in place of each one of the link's, once it is over
 */
struct linkmem {
	struct list_head list;
	struct link *link;
	struct address_space *mapping;
	void *instead;
	bool over;
};

/* --- mappings --- */

/* All of it at the first touch: whoever is in a hurry touches it once before. */
static vm_fault_t map_pages(struct vm_area_struct *vma, unsigned long pfn, unsigned long step)
{
	vm_fault_t result = VM_FAULT_NOPAGE;
	unsigned long address;

	for (address = vma->vm_start; address < vma->vm_end && result == VM_FAULT_NOPAGE;
	     address += PAGE_SIZE, pfn += step)
		result = vmf_insert_pfn(vma, address, pfn);
	return result;
}

static unsigned long first_pfn(const struct link *link, unsigned long page)
{
	if (page == LINK_REGISTERS_PAGE)
		return PHYS_PFN(link->place);
	return PHYS_PFN(link->memory) + (page - LINK_MEMORY_PAGE);
}

vm_fault_t jh_link_fault(struct link *link, struct vm_area_struct *vma)
{
	vm_fault_t result = VM_FAULT_SIGBUS;

	mutex_lock(&link->lock);
	if (!link->gone)
		result = map_pages(vma, first_pfn(link, vma->vm_pgoff), 1);
	mutex_unlock(&link->lock);
	return result;
}

static vm_fault_t linkmem_fault(struct vm_fault *fault)
{
	struct vm_area_struct *vma = fault->vma;
	const struct linkmem *memory = vma->vm_file->private_data;
	struct link *link = memory->link;
	vm_fault_t result;

	mutex_lock(&link->lock);
	if (memory->over)
		result = map_pages(vma, PHYS_PFN(virt_to_phys(memory->instead)), 0);
	else
		result = map_pages(vma, PHYS_PFN(link->memory + link->table) + vma->vm_pgoff, 1);
	mutex_unlock(&link->lock);
	return result;
}

static const struct vm_operations_struct linkmem_vm_ops = { .fault = linkmem_fault };

static int linkmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	const struct linkmem *memory = file->private_data;
	u64 length = vma->vm_end - vma->vm_start, start = (u64)vma->vm_pgoff * HV_PAGE_SIZE;
	u64 size = memory->link->common;

	if (!(vma->vm_flags & VM_MAYSHARE) || vma->vm_flags & VM_EXEC)
		return -EINVAL;
	if (start > size || length > size - start)
		return -EINVAL;
	compat_vm_flags(vma, VM_PFNMAP | VM_IO | VM_DONTEXPAND | VM_DONTDUMP, VM_MAYEXEC);
	vma->vm_ops = &linkmem_vm_ops;
	return 0;
}

/* --- files --- */

/* Under the link's lock. Nobody reaches the link by it any more. */
static void revoke(struct linkmem *memory)
{
	if (memory->over)
		return;
	list_del(&memory->list);
	memory->over = true;
	unmap_mapping_range(memory->mapping, 0, 0, 1);
}

static long linkmem_ioctl(struct file *file, unsigned int command, unsigned long address)
{
	struct linkmem *memory = file->private_data;

	if (command != JH_LINK_IOC_REVOKE)
		return -ENOTTY;
	mutex_lock(&memory->link->lock);
	revoke(memory);
	mutex_unlock(&memory->link->lock);
	return 0;
}

static loff_t linkmem_llseek(struct file *file, loff_t offset, int whence)
{
	const struct linkmem *memory = file->private_data;

	return fixed_size_llseek(file, offset, whence, memory->link->common);
}

static void free_linkmem(struct linkmem *memory)
{
	free_pages_exact(memory->instead, PAGE_SIZE);
	jh_link_release(memory->link);
	kfree(memory);
}

/* Mappings hold the file: there is none any more. */
static int linkmem_release(struct inode *inode, struct file *file)
{
	struct linkmem *memory = file->private_data;

	mutex_lock(&memory->link->lock);
	revoke(memory);
	mutex_unlock(&memory->link->lock);
	free_linkmem(memory);
	atomic_dec(&jh_link_files);
	return 0;
}

static const struct file_operations linkmem_fops = {
	.owner = THIS_MODULE,
	.release = linkmem_release,
	.mmap = linkmem_mmap,
	.unlocked_ioctl = linkmem_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = linkmem_llseek,
};

static struct linkmem *new_linkmem(struct link *link)
{
	struct linkmem *memory = kzalloc(sizeof(*memory), GFP_KERNEL);

	if (!memory)
		return NULL;
	memory->instead = alloc_pages_exact(PAGE_SIZE, GFP_KERNEL | __GFP_ZERO);
	if (!memory->instead) {
		kfree(memory);
		return NULL;
	}
	jh_link_get(link);
	memory->link = link;
	memory->over = true;
	return memory;
}

/* The caller has a file of this module, which therefore does not go. */
static struct file *new_file(struct link *link)
{
	struct linkmem *memory = new_linkmem(link);
	struct file *file;

	if (!memory)
		return ERR_PTR(-ENOMEM);
	file = shmem_file_setup(link->name, link->common, VM_NORESERVE);
	if (IS_ERR(file)) {
		free_linkmem(memory);
		return file;
	}
	__module_get(THIS_MODULE);
	atomic_inc(&jh_link_files);
	memory->mapping = file->f_mapping;
	file->private_data = memory;
	/* Of shmem's operations, which are gone: readv() and writev() would call them. */
	file->f_mode &= ~(FMODE_CAN_READ | FMODE_CAN_WRITE);
	file->f_op = &linkmem_fops;
	return file;
}

static int give(struct link *link, struct linkmem *memory)
{
	int code = -EPIPE;

	mutex_lock(&link->lock);
	if (!link->gone) {
		memory->over = false;
		list_add_tail(&memory->list, &link->memories);
		code = 0;
	}
	mutex_unlock(&link->lock);
	return code;
}

long jh_linkmem_open(struct link *link)
{
	struct file *file;
	int fd, code;

	if (PAGE_SIZE != HV_PAGE_SIZE || !link->common)
		return -ENODEV;
	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0)
		return fd;
	file = new_file(link);
	code = PTR_ERR_OR_ZERO(file);
	if (!code) {
		code = give(link, file->private_data);
		if (code)
			fput(file);
	}
	if (code) {
		put_unused_fd(fd);
		return code;
	}
	fd_install(fd, file);
	return fd;
}

void jh_linkmem_end(struct link *link)
{
	struct linkmem *memory, *next;

	list_for_each_entry_safe(memory, next, &link->memories, list)
		revoke(memory);
}

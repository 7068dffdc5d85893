/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For link.c: registers, an interrupt, files that are mapped, and those who wait.
 */
#ifndef FAKE_LINK_H
#define FAKE_LINK_H

#include "tty.h"

#ifndef O_NONBLOCK
#define O_NONBLOCK		04000
#endif
#define mutex_init(mutex)	((void)((mutex)->held = 0))
#define ATOMIC_INIT(n)		{ n }
#define atomic_dec(a)		((void)(a)->counter--)
#define kref_init(kref)		((void)((kref)->count = 1))
#define kref_get(kref)		((void)(kref)->count++)
#define kref_put(kref, release)	(--(kref)->count ? (void)0 : release(kref))

u32 fake_readl(const void *address);
void fake_writel(u32 value, void *address);

#define readl(address)		fake_readl(address)
#define writel(value, address)	fake_writel(value, address)

/* --- interrupts --- */

#define IRQ_TYPE_EDGE_RISING	1
#define __be32			u32
#define be32_to_cpu(x)		(x)

typedef enum { IRQ_NONE, IRQ_HANDLED } irqreturn_t;

int request_irq(unsigned int irq, irqreturn_t (*handler)(int irq, void *data), unsigned long flags,
		const char *name, void *data);
void free_irq(unsigned int irq, void *data);
void irq_dispose_mapping(unsigned int irq);
unsigned int irq_create_fwspec_mapping(struct irq_fwspec *fwspec);
void *of_iomap(struct device_node *np, int index);
const u32 *of_get_property(const struct device_node *np, const char *name, int *length);
bool of_device_is_compatible(const struct device_node *np, const char *compatible);

/* --- who waits --- */

typedef struct wait_queue_entry wait_queue_entry_t;

typedef struct {
	int woken;
	bool locked;			/* those who wait are called */
	wait_queue_entry_t *entries;
} wait_queue_head_t;

typedef struct poll_table {
	int queues;
	void (*found)(struct file *file, wait_queue_head_t *queue, struct poll_table *table);
} poll_table;

#define EPOLLIN			0x1
#define EPOLLOUT		0x4
#define EPOLLHUP		0x10
#define EPOLLRDNORM		0x40
#define EPOLLWRNORM		0x100

#define init_waitqueue_head(queue)		((void)((queue)->woken = 0))
#define wake_up_interruptible(queue)		((void)(queue)->woken++)
#define poll_wait(file, queue, table)		((void)(table)->queues++)
/* What others do meanwhile has to wake it up. */
#define wait_event_interruptible(queue, condition)				\
({										\
	int code_ = 0, woken_;							\
										\
	while (!(condition) && !code_) {					\
		woken_ = (queue).woken;						\
		fake_wait(1);							\
		if (fake_signal)						\
			code_ = -ERESTARTSYS;					\
		else if ((queue).woken == woken_)				\
			abort();						\
	}									\
	code_;									\
})

/* --- mappings --- */

#define VM_READ			0x1UL
#define VM_WRITE		0x2UL
#define VM_EXEC			0x4UL
#define VM_MAYREAD		0x10UL
#define VM_MAYWRITE		0x20UL
#define VM_MAYEXEC		0x40UL
#define VM_MAYSHARE		0x80UL
#define VM_PFNMAP		0x400UL
#define VM_IO			0x4000UL
#define VM_DONTEXPAND		0x40000UL
#define VM_DONTDUMP		0x4000000UL
#define VM_FAULT_SIGBUS		2
#define VM_FAULT_NOPAGE		0x100
#define FAKE_DEVICE_MEMORY	0x80
#define FAKE_WRITABLE		0x100
#define pgprot_device(prot)	((prot) | FAKE_DEVICE_MEMORY)
#define vm_flags_mod(vma, set, clear) \
	((void)((vma)->vm_flags = ((vma)->vm_flags | (set)) & ~(unsigned long)(clear)))

typedef unsigned int vm_fault_t;

struct address_space {
	int zapped;
};

struct inode {
	struct address_space *i_mapping;
};

struct vm_area_struct {
	unsigned long vm_start, vm_end, vm_pgoff, vm_flags;
	unsigned int vm_page_prot;
	struct file *vm_file;
	void *vm_private_data;
	const struct vm_operations_struct *vm_ops;
};

struct vm_fault {
	struct vm_area_struct *vma;
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);
	void (*close)(struct vm_area_struct *vma);
	vm_fault_t (*fault)(struct vm_fault *fault);
};

#define VM_NORESERVE		0x200000UL

struct file *shmem_file_setup(const char *name, loff_t size, unsigned long flags);
loff_t fixed_size_llseek(struct file *file, loff_t offset, int whence, loff_t size);
int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);
void fd_install(unsigned int fd, struct file *file);

vm_fault_t vmf_insert_pfn(struct vm_area_struct *vma, unsigned long address, unsigned long pfn);
void unmap_mapping_range(struct address_space *mapping, u64 start, u64 length, int all);

#endif

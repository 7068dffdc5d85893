/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For linkuio.c: devices of UIO, in a module that may be there or not.
 */
#ifndef FAKE_UIO_H
#define FAKE_UIO_H

#include "link.h"

#define MAX_UIO_MAPS	5
#define UIO_IRQ_CUSTOM	-1
#define UIO_MEM_PHYS	1

struct uio_mem {
	const char *name;
	u64 addr;
	u64 size;
	int memtype;
};

struct uio_info {
	void *uio_dev;
	const char *name;
	const char *version;
	struct uio_mem mem[MAX_UIO_MAPS];
	long irq;
	void *priv;
	int (*mmap)(struct uio_info *info, struct vm_area_struct *vma);
	int (*open)(struct uio_info *info, struct inode *inode);
	int (*release)(struct uio_info *info, struct inode *inode);
	int (*irqcontrol)(struct uio_info *info, s32 on);
};

int __uio_register_device(void *owner, struct device *parent, struct uio_info *info);
void uio_unregister_device(struct uio_info *info);
void uio_event_notify(struct uio_info *info);

/* NULL: there is no such symbol; each that was found holds its module until it is put. */
void *fake_symbol_get(const char *name);
void fake_symbol_put(const char *name);

#define symbol_get(name)	((__typeof__(&name))fake_symbol_get(#name))
#define symbol_put(name)	fake_symbol_put(#name)

#define vm_get_page_prot(flags)	((flags) & VM_WRITE ? FAKE_WRITABLE : 0)

#endif

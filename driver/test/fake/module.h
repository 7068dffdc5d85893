/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For main.c and enable.c: what a module and its device are made of.
 */
#ifndef FAKE_MODULE_H
#define FAKE_MODULE_H

#include <linux/types.h>

#define CAP_SYS_ADMIN			21
#define THIS_MODULE			NULL
#define MISC_DYNAMIC_MINOR		255
#define module_init(call)		int (*const fake_module_init)(void) = (call)
#define module_exit(call)		void (*const fake_module_exit)(void) = (call)
#define MODULE_DESCRIPTION(text)
#define MODULE_AUTHOR(text)
#define MODULE_LICENSE(text)
#define MODULE_VERSION(text)

#define LOCKDOWN_KEXEC			4

struct attribute_group;
#define O_RDONLY	0
#define O_CLOEXEC	02000000

struct inode;
struct vfsmount;
struct dentry;
struct module;
struct address_space;
struct poll_table;
struct vm_area_struct;

#define FMODE_WRITE	0x2u
#define FMODE_CAN_READ	0x20000u
#define FMODE_CAN_WRITE	0x40000u

struct file {
	const struct file_operations *f_op;
	void *private_data;
	unsigned int f_flags, f_mode;
	struct address_space *f_mapping;
	struct {
		struct vfsmount *mnt;
		struct dentry *dentry;
	} f_path;
};

struct file_operations {
	void *owner;
	int (*open)(struct inode *inode, struct file *file);
	int (*release)(struct inode *inode, struct file *file);
	long (*unlocked_ioctl)(struct file *file, unsigned int command, unsigned long address);
	long (*compat_ioctl)(struct file *file, unsigned int command, unsigned long address);
	loff_t (*llseek)(struct file *file, loff_t offset, int whence);
	ssize_t (*read)(struct file *file, char *to, size_t size, loff_t *position);
	ssize_t (*write)(struct file *file, const char *from, size_t size, loff_t *position);
	__poll_t (*poll)(struct file *file, struct poll_table *table);
	int (*mmap)(struct file *file, struct vm_area_struct *vma);
};

extern int (*const fake_module_init)(void);
extern void (*const fake_module_exit)(void);

int anon_inode_getfd(const char *name, const struct file_operations *operations, void *data,
		     int flags);
bool capable(int capability);
long compat_ptr_ioctl(struct file *file, unsigned int command, unsigned long address);
loff_t noop_llseek(struct file *file, loff_t offset, int whence);
int security_locked_down(int what);
void __module_get(struct module *module);
void module_put(struct module *module);
int misc_register(struct miscdevice *misc);
void misc_deregister(struct miscdevice *misc);

#endif

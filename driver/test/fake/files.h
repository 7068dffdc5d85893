/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For kvm.c: directories and files, the misc class, and processes with what they have open.
 */
#ifndef FAKE_FILES_H
#define FAKE_FILES_H

#include "devices.h"
#include "module.h"

#define MISC_MAJOR		10
#define KVM_MINOR		232
#define MKDEV(major, minor)	((u32)(major) << 20 | (minor))
#define ANON_INODE_FS_MAGIC	0x09041934
#define IS_ERR_OR_NULL(p)	(!(p) || IS_ERR(p))

typedef struct {
	int held;
} spinlock_t;

static inline void spin_lock(spinlock_t *lock)
{
	if (lock->held++)
		abort();
}

static inline void spin_unlock(spinlock_t *lock)
{
	if (lock->held-- != 1)
		abort();
}

#define spin_is_locked(lock)	((lock)->held != 0)

struct hlist_head {
	struct dentry *first;
};

struct hlist_node {
	struct dentry *next;
};

/* A directory, or what lies in one */
struct dentry {
	struct {
		const char *name;
	} d_name;
	spinlock_t d_lock;
	struct hlist_head d_children;
	struct hlist_node d_sib;
	bool negative, is_dir;
	int references;
};

/* Whoever walks the list must have its lock, but where nobody else runs. */
extern bool fake_alone;

static inline struct dentry *fake_children(struct dentry *parent)
{
	if (!parent->d_lock.held && !fake_alone)
		abort();
	return parent->d_children.first;
}

#define hlist_for_each_entry(at, head, member)					\
	for ((at) = fake_children(container_of(head, struct dentry, d_children)); (at);	\
	     (at) = (at)->member.next)
#define d_really_is_positive(dentry)	(!(dentry)->negative)
#define d_is_dir(dentry)		((dentry)->is_dir)

struct super_block {
	unsigned long s_magic;
};

struct vfsmount {
	struct super_block *mnt_sb;
};

/* Of each process, and of threads that have files of their own */
struct files_struct {
	struct file *open[3];
};

struct task_struct {
	struct files_struct *files;
	struct task_struct *leader;	/* itself, of a process */
	int locked;
};

#define FAKE_TASKS	6
extern struct task_struct fake_tasks[FAKE_TASKS];	/* until one without a leader */

static inline struct task_struct *fake_task(int i)
{
	if (!fake_rcu_held)
		abort();
	return i < FAKE_TASKS && fake_tasks[i].leader ? &fake_tasks[i] : NULL;
}

/* Two loops, as Linux' are. */
#define for_each_process_thread(process, thread)				\
	for (int task_ = 0; ((process) = fake_task(task_)); task_++)		\
		if ((process)->leader != (process)) { } else			\
			for (int thread_ = 0; ((thread) = fake_task(thread_)); thread_++)	\
				if ((thread)->leader != (process)) { } else

#define task_lock(task)		((void)(task)->locked++)
#define task_unlock(task)	((void)(task)->locked--)

int iterate_fd(struct files_struct *files, unsigned int first,
	       int (*call)(const void *argument, struct file *file, unsigned int fd),
	       const void *argument);
struct device *class_find_device_by_devt(const struct class *class, u32 number);
struct dentry *debugfs_lookup(const char *name, struct dentry *parent);
void dput(struct dentry *dentry);
void synchronize_rcu(void);

#endif

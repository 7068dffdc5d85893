// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Records of exits (jh/trace.h) for user space. The CPUs of a cell, or Linux' own, are traced while
 * a file is open. A read never waits, and records that are not read in time are overwritten.
 */
#include "jh.h"

#include <linux/anon_inodes.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/barrier.h>
#include <jh/trace.h>

#define PIECE	(SZ_4K / sizeof(struct jh_trace_entry))		/* entries of one read */

/**
 * struct recorder - an open file; there is one at a time
 * @cell:	number of the cell
 * @generation:	of the number
 * @cpus:	mask of the CPUs that are traced
 * @over:	jh was disabled; under jh_report_lock
 * @lock:	guards the members below: two tasks may read one file
 * @rings:	offsets from the report area, by CPU
 * @next:	first record that was not read, by CPU
 * @lost:	records overwritten since the last one that was read, by CPU
 * @piece:	entries of one read, on their way to user space
 */
struct recorder {
	u32 cell, generation;
	u64 cpus;
	bool over;
	struct mutex lock;
	u32 rings[JH_MAX_CPUS];
	u64 next[JH_MAX_CPUS];
	u32 lost[JH_MAX_CPUS];
	struct jh_trace_entry piece[PIECE];
};

static struct recorder *recorder_now;	/* under jh_lock */

/* --- reading; jh_report_lock is held --- */

/* A CPU's ring, which lies behind the report area; NULL if it does not fit there. */
static const struct jh_trace_ring *recorder_ring(u32 offset)
{
	u64 bytes = sizeof(struct jh_trace_ring);

	return jh_report_at(offset, &bytes);
}

/* The oldest complete record: the one before it may be being overwritten. */
static u64 oldest(u64 head)
{
	return head < JH_TRACE_RECORDS ? 0 : head - JH_TRACE_RECORDS + 1;
}

static void skip(struct recorder *recorder, u32 cpu, u64 first)
{
	if (recorder->next[cpu] >= first)
		return;
	recorder->lost[cpu] += first - recorder->next[cpu];
	recorder->next[cpu] = first;
}

/* Copies at most @room entries of a CPU, and drops those that were overwritten meanwhile. */
static u32 copy_cpu(struct recorder *recorder, u32 cpu, struct jh_trace_entry *entry, u32 room)
{
	const struct jh_trace_ring *ring = recorder_ring(recorder->rings[cpu]);
	u64 head, first;
	u32 count, i, gone;

	if (!ring)
		return 0;
	head = smp_load_acquire(&ring->head);
	skip(recorder, cpu, oldest(head));
	first = recorder->next[cpu];
	count = min_t(u64, head - first, room);
	for (i = 0; i < count; i++) {
		entry[i].record = ring->records[(first + i) % JH_TRACE_RECORDS];
		entry[i].cpu = cpu;
		entry[i].lost = 0;
	}
	smp_rmb();
	skip(recorder, cpu, oldest(READ_ONCE(ring->head)));
	gone = min_t(u64, recorder->next[cpu] - first, count);
	if (gone == count)
		return 0;
	memmove(entry, entry + gone, (count - gone) * sizeof(*entry));
	entry->lost = recorder->lost[cpu];
	recorder->lost[cpu] = 0;
	recorder->next[cpu] = first + count;
	return count - gone;
}

/* Does the cell still exist, in the generation that the caller named? */
static bool is_there(const struct recorder *recorder)
{
	const struct jh_cell_report *cell;

	if (recorder->over)
		return false;
	cell = jh_report_cell(recorder->cell);
	return READ_ONCE(cell->state) != JH_CELL_NONE &&
	       READ_ONCE(cell->generation) == recorder->generation;
}

/* Does the CPU still belong to the cell? Root may have given it to another. */
static bool has_cpu(const struct recorder *recorder, u32 cpu)
{
	const struct jh_cpu_report *cpus = jh_cpu_reports(jh_system->report);

	return recorder->cpus >> cpu & 1 && READ_ONCE(cpus[cpu].cell) == recorder->cell;
}

static int copy_all(struct recorder *recorder, u32 room)
{
	u32 cpu, count = 0;

	if (!is_there(recorder))
		return 0;
	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++)
		if (has_cpu(recorder, cpu))
			count += copy_cpu(recorder, cpu, &recorder->piece[count], room - count);
	return count ?: -EAGAIN;
}

static ssize_t recorder_read(struct file *file, char __user *to, size_t size, loff_t *position)
{
	struct recorder *recorder = file->private_data;
	u32 room = min_t(size_t, size / sizeof(recorder->piece[0]), PIECE);
	ssize_t result;

	if (!room)
		return -EINVAL;
	mutex_lock(&recorder->lock);
	down_read(&jh_report_lock);
	result = copy_all(recorder, room);
	up_read(&jh_report_lock);
	if (result > 0) {
		result *= sizeof(recorder->piece[0]);
		if (copy_to_user(to, recorder->piece, result))
			result = -EFAULT;
	}
	mutex_unlock(&recorder->lock);
	return result;
}

/* --- beginning and end; under jh_lock --- */

static void call_off(const struct recorder *recorder)
{
	u32 cpu;

	for (cpu = 0; cpu < JH_MAX_CPUS; cpu++)
		if (recorder->cpus >> cpu & 1)
			jh_call(JH_HC_CPU_TRACE, cpu, 0, 0, 0);
}

/* Starts the records of a CPU; the ones that it made before are skipped. */
static int trace_cpu(struct recorder *recorder, u32 cpu, struct jh_error *err)
{
	const struct jh_trace_ring *ring;
	long offset = jh_call(JH_HC_CPU_TRACE, cpu, 1, 0, 0);

	if (offset < 0) {
		*err = jh_system->report->error;
		return offset;
	}
	recorder->cpus |= BIT_ULL(cpu);
	recorder->rings[cpu] = offset;
	ring = recorder_ring(offset);
	if (!ring)
		return -EIO;
	recorder->next[cpu] = READ_ONCE(ring->head);
	return 0;
}

/* Traces all CPUs of the cell. Root's CPUs that are offline are not under the hypervisor. */
static int trace_cpus(struct recorder *recorder, struct jh_error *err)
{
	const struct jh_report *report = jh_system->report;
	const struct jh_cpu_report *cpus = jh_cpu_reports(report);
	u64 mask = jh_report_cell(recorder->cell)->cpu_mask;
	int code = 0;
	u32 cpu;

	for (cpu = 0; !code && cpu < report->num_cpus; cpu++)
		if (mask >> cpu & 1 && READ_ONCE(cpus[cpu].state) != JH_CPUREP_ABSENT)
			code = trace_cpu(recorder, cpu, err);
	if (code)
		call_off(recorder);
	return code;
}

static void recorder_end(struct recorder *recorder)
{
	if (!recorder->over)
		call_off(recorder);
	recorder_now = NULL;
	kfree(recorder);
}

static int recorder_release(struct inode *inode, struct file *file)
{
	mutex_lock(&jh_lock);
	recorder_end(file->private_data);
	mutex_unlock(&jh_lock);
	return 0;
}

static const struct file_operations recorder_fops = {
	.owner = THIS_MODULE,
	.read = recorder_read,
	.release = recorder_release,
	.llseek = noop_llseek,
};

static int check_target(struct jh_ioctl_trace *arg)
{
	if (!jh_system)
		return refuse(&arg->error, JH_ERR_NOT_ENABLED, JH_OBJ_NONE, 0);
	if (recorder_now)
		return refuse(&arg->error, JH_ERR_TRACE_BUSY, JH_OBJ_HYPERVISOR, 0);
	if (!arg->cell)
		return arg->generation ? -EINVAL : 0;
	return jh_cell_find(arg->cell, arg->generation, &arg->error) ? 0 :
	       -refuse_errno(arg->error.reason);
}

/**
 * jh_recorder_start() - JH_IOC_TRACE: have the exits of a cell, or of Linux, recorded
 *
 * Under jh_lock. @arg->file becomes a file descriptor of the caller, even if the copy of @arg to
 * user space fails.
 *
 * Return: 0, or a negative errno, with @arg->error filled in where there is a reason.
 */
int jh_recorder_start(struct jh_ioctl_trace *arg)
{
	int code = check_target(arg);
	struct recorder *recorder;

	if (code)
		return code;
	recorder = kzalloc(sizeof(*recorder), GFP_KERNEL);
	if (!recorder)
		return -ENOMEM;
	mutex_init(&recorder->lock);
	recorder->cell = arg->cell;
	recorder->generation = arg->generation;
	code = trace_cpus(recorder, &arg->error);
	if (code) {
		kfree(recorder);
		return code;
	}
	recorder_now = recorder;
	arg->frequency = jh_arch_frequency();
	arg->file = anon_inode_getfd("[jh-trace]", &recorder_fops, recorder, O_RDONLY | O_CLOEXEC);
	if (arg->file >= 0)
		return 0;
	code = arg->file;
	recorder_end(recorder);
	return code;
}

/**
 * jh_recorder_stop() - end recording: the report area goes away
 *
 * Under jh_lock, and jh_report_lock for writing.
 */
void jh_recorder_stop(void)
{
	if (recorder_now)
		recorder_now->over = true;
}

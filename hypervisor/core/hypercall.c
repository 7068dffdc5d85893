// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/enable.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/log.h>
#include <hv/manage.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <jh/hypercall.h>

static s64 get_info(const struct cell *cell, const u64 args[4])
{
	(void)cell;
	switch (args[0]) {
	case JH_INFO_MEM_POOL_SIZE:
		return (s64)pool_size();
	case JH_INFO_MEM_POOL_USED:
		return (s64)pool_used();
	case JH_INFO_REMAP_POOL_SIZE:
	case JH_INFO_REMAP_POOL_USED:
		/* EL2's devices are mapped once, by the boot tables: nothing is ever remapped. */
		return 0;
	case JH_INFO_NUM_CELLS:
		return cell_count();
	}
	return -EINVAL;
}

static s64 get_cell_state(const struct cell *cell, const u64 args[4])
{
	const struct cell *other = cell_get(args[0]);

	if (cell->id != CELL_ROOT && args[0] != cell->id)
		return -EPERM;
	if (!other)
		return -ENOENT;
	if (other->id == CELL_ROOT)
		return JH_COMM_RUNNING;
	if (other->state == JH_CELL_FAILED)
		return JH_COMM_FAILED;
	if (other->state != JH_CELL_RUNNING)
		return JH_COMM_SHUT_DOWN;
	return MIN(other->comm->cell_state, (u32)JH_COMM_FAILED_REVISION);
}

static s64 cpu_get_info(const struct cell *cell, const u64 args[4])
{
	const struct cpu *cpu;
	u64 type = args[1];

	if (args[0] >= JH_MAX_CPUS || !cpus[args[0]].cell)
		return -EINVAL;
	cpu = &cpus[args[0]];
	if (cell->id != CELL_ROOT && cpu->cell != cell)
		return -EPERM;
	if (type == JH_CPU_INFO_STATE)
		return cpu->report->state == JH_CPUREP_FAILED ? JH_CPU_STATE_FAILED :
								 JH_CPU_STATE_RUNNING;
	if (type - JH_CPU_INFO_STAT_BASE < JH_NUM_STATS)
		return (s64)(cpu->report->stats[type - JH_CPU_INFO_STAT_BASE] & 0x7fffffff);
	return -EINVAL;
}

static s64 putc(const struct cell *cell, const u64 args[4])
{
	char c = (char)args[0];

	if (!cell->console)
		return -EPERM;
	/* One writer at a time: CPUs of the same cell may lose a byte to each other, no more. */
	ring_put(cell->console, &c, 1);
	return 0;
}

static s64 (*const calls[])(const struct cell *cell, const u64 args[4]) = {
	[JH_HC_HYPERVISOR_GET_INFO] = get_info,
	[JH_HC_CELL_GET_STATE] = get_cell_state,
	[JH_HC_CPU_GET_INFO] = cpu_get_info,
	[JH_HC_DEBUG_CONSOLE_PUTC] = putc,
};

s64 hypercall_guest(u64 code, const u64 args[4])
{
	return calls[code](this_cell(), args);
}

s64 hypercall(u64 code, const u64 args[4])
{
	const struct cell *cell = this_cell();

	if (code < ARRAY_SIZE(calls) && calls[code]) {
		cpu_count(JH_STAT_HYPERCALL);
		return calls[code](cell, args);
	}
	if (!manage_is_call(code))
		return -ENOSYS;
	if (cell->id != CELL_ROOT)
		return -EPERM;
	cpu_count(JH_STAT_MANAGEMENT);
	return code == JH_HC_DISABLE ? enable_undo() : manage_call(code, args);
}

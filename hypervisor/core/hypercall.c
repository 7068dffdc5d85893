// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/cell.h>
#include <hv/cell_uart.h>
#include <hv/comm.h>
#include <hv/cpu.h>
#include <hv/disable.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/log.h>
#include <hv/manage.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <jh/hypercall.h>

#define STAT_MASK	0x7fffffff	/* so that no count looks like an error */

/* Each of these is out of line, so that the cheapest call pays nothing for the others. */
static __noinline s64 get_info(u64 arg1)
{
	switch (arg1) {
	case JH_INFO_MEM_POOL_SIZE:
		return (s64)pool_size();
	case JH_INFO_MEM_POOL_USED:
		return (s64)pool_used();
	case JH_INFO_REMAP_POOL_SIZE:
	case JH_INFO_REMAP_POOL_USED:
		/* The hypervisor's devices are mapped once, at enable: nothing is ever remapped. */
		return 0;
	case JH_INFO_NUM_CELLS:
		return cell_count();
	}
	return -EINVAL;
}

static s64 state_of(const struct cell *cell)
{
	u32 state;

	if (cell->id == CELL_ROOT)
		return JH_COMM_RUNNING;
	if (cell->state == JH_CELL_FAILED)
		return JH_COMM_FAILED;
	if (cell->state != JH_CELL_RUNNING)
		return JH_COMM_SHUT_DOWN;
	state = MIN(comm_state(cell), (u32)JH_COMM_FAILED_REVISION);
	cell->report->comm_state = state;
	return state;
}

/* The caller's own cell cannot go away while its CPU is here; any other needs the lock. */
static __noinline s64 get_cell_state(u64 arg1)
{
	const struct cell *cell = this_cell();
	s64 state;

	if (arg1 == cell->id)
		return state_of(cell);
	if (cell->id != CELL_ROOT)
		return -EPERM;
	if (!manage_begin())
		return -EBUSY;
	cell = cell_get(arg1);
	state = cell ? state_of(cell) : -ENOENT;
	manage_end();
	return state;
}

static __noinline s64 cpu_get_info(u64 arg1, u64 arg2)
{
	const struct cell *cell = this_cell();
	const struct cpu *cpu;
	u64 type = arg2;

	if (arg1 >= (cell_numbers_cpus(cell) ? cell->num_cpus : JH_MAX_CPUS))
		return -EINVAL;
	cpu = &cpus[cell_numbers_cpus(cell) ? cell->order[arg1] : arg1];
	if (!cpu->cell)
		return -EINVAL;
	if (cell->id != CELL_ROOT && cpu->cell != cell)
		return -EPERM;
	if (type == JH_CPU_INFO_STATE)
		return cpu->report->state == JH_CPUREP_FAILED ? JH_CPU_STATE_FAILED :
								 JH_CPU_STATE_RUNNING;
	type -= JH_CPU_INFO_STAT_BASE;
	if (type < JH_NUM_STATS)
		return (s64)(jh_cpu_stat(cpu->report, (u32)type) & STAT_MASK);
	return -EINVAL;
}

static __noinline s64 putc(char c)
{
	const struct cell *cell = this_cell();

	if (!cell->console)
		return -EPERM;
	/* One writer at a time: CPUs of the same cell may lose a byte to each other, no more. */
	ring_put(cell->console, &c, 1);
	return 0;
}

/*
 * This is no table because no branch here may be indirect: guests' calls come in without any
 * mitigation against trained branch predictors (arm64: vectors.S).
 */
s64 hypercall_guest(u64 code, u64 arg1, u64 arg2)
{
	if (code == JH_HC_HYPERVISOR_GET_INFO)
		return get_info(arg1);
	if (code == JH_HC_CELL_GET_STATE)
		return get_cell_state(arg1);
	if (code == JH_HC_CPU_GET_INFO)
		return cpu_get_info(arg1, arg2);
	if (code == JH_HC_DEBUG_CONSOLE_PUTC)
		return putc((char)arg1);
	return -ENOSYS;
}

s64 hypercall(u64 code, const u64 args[4])
{
	const struct cell *cell = this_cell();

	if (!manage_is_call(code)) {
		cpu_count(JH_STAT_HYPERCALL);
		return hypercall_guest(code, args[0], args[1]);
	}
	cpu_count(JH_STAT_MANAGEMENT);
	if (cell->id != CELL_ROOT)
		return -EPERM;
	if (code == JH_HC_CONSOLE_INPUT)
		return cell_uart_input(args);
	return code == JH_HC_DISABLE ? disable_cpu() : manage_call(code, args);
}

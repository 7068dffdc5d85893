// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/report.h>
#include <hv/sample.h>
#include <refuse.h>

#define SAMPLE_MICROSECONDS	1000

/*
 * Where the guest of each CPU was when the hypervisor last looked. It is not in struct cpu, whose
 * two cache lines are full. The CPU itself writes it, and the holder of the management lock does:
 * while the CPU is parked, or to JH_PC_UNKNOWN and back while it waits for an answer. It lies in
 * the last page of the report area, which has room: root may ask for it, so root may read it.
 */
static u64 sampled_pc[JH_MAX_CPUS] __section(".report.more");

void sample_note(void)
{
	store_release(&sampled_pc[this_cpu()], arch_guest_pc());
}

void sample_forget(u64 mask)
{
	while (mask)
		store_release(&sampled_pc[cpu_mask_next(&mask)], JH_PC_UNKNOWN);
}

static bool executes(u32 cpu)
{
	return load_acquire(&cpus[cpu].state) == CPU_RUNNING;
}

/* Wait until the CPU has answered, or has parked, which is an answer too. */
static void ask_cpu(u32 cpu)
{
	u64 deadline = arch_deadline(SAMPLE_MICROSECONDS);

	cpu_request(BIT(cpu), CPU_REQ_SAMPLE);
	while (load_acquire(&sampled_pc[cpu]) == JH_PC_UNKNOWN && executes(cpu) &&
	       !arch_expired(deadline))
		arch_relax();
}

/*
 * The program counter of the guest of a CPU, now or when it parked; JH_PC_UNKNOWN where there is
 * none. Returns 0, or -EIO if the CPU does not answer within a millisecond.
 */
static int sample_take(const struct cell *cell, u32 cpu, u64 *pc)
{
	u64 last = load_acquire(&sampled_pc[cpu]);
	bool asked = false;

	if (executes(cpu) && cell_is_direct(cell)) {
		*pc = JH_PC_UNKNOWN;
		return 0;
	}
	if (executes(cpu) && compare_exchange(&sampled_pc[cpu], last, JH_PC_UNKNOWN)) {
		ask_cpu(cpu);
		asked = true;
	}
	*pc = load_acquire(&sampled_pc[cpu]);
	if (*pc != JH_PC_UNKNOWN || !asked)
		return 0;
	/* The CPU may have parked just before it was asked: then its last place holds. */
	if (compare_exchange(&sampled_pc[cpu], JH_PC_UNKNOWN, last) && executes(cpu))
		return -EIO;
	*pc = load_acquire(&sampled_pc[cpu]);
	return 0;
}

s64 sample_call(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	if (!cpu_mask_has(cell->cpu_mask, args[1]))
		return -EINVAL;
	if (sample_take(cell, (u32)args[1], &report.head.pc))
		return refuse_value(error, JH_ERR_CPU_LOST, JH_OBJ_CELL, cell->id, args[1], 0);
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <hv/trace.h>
#include <jh/trace.h>
#include <refuse.h>

#define RING_PAGES	(ALIGN_UP(sizeof(struct jh_trace_ring), PAGE_SIZE) / PAGE_SIZE)

/* The ring of each CPU. It is never freed: root may be reading while the CPU changes its owner. */
static struct jh_trace_ring *rings[JH_MAX_CPUS];

/* The CPUs that are to be traced; written under the management lock, read by the CPUs. */
static u64 traced;

s64 trace_call(struct cell *cell, const u64 args[4], struct jh_error *error)
{
	u64 cpu = args[0];
	bool on = args[1];

	(void)cell;
	if (cpu >= JH_MAX_CPUS || load_acquire(&cpus[cpu].state) == CPU_UNMANAGED)
		return refuse_value(error, JH_ERR_TRACE_CPU, JH_OBJ_HYPERVISOR, 0, cpu, 0);
	if (!rings[cpu])
		rings[cpu] = report_alloc(RING_PAGES);
	if (!rings[cpu])
		return pool_refuse(error);
	rings[cpu]->size = sizeof(rings[cpu]->records);
	/* Release: the CPU finds the ring complete; pairs with trace_apply(). */
	store_release(&traced, (traced & ~BIT(cpu)) | (u64)on << cpu);
	if (cell_is_direct(cpus[cpu].cell))
		cpu_note(BIT(cpu), CPU_REQ_TRACE);
	else
		cpu_request_one((u32)cpu, CPU_REQ_TRACE);
	return (s64)report_offset(rings[cpu]);
}

void trace_apply(void)
{
	u32 cpu = this_cpu();

	arch_trace(load_acquire(&traced) & BIT(cpu) ? rings[cpu] : NULL);
}

void trace_forget(u64 mask)
{
	store_release(&traced, traced & ~mask);
	/* No kick: parked CPUs look at their requests before they start. */
	cpu_note(mask, CPU_REQ_TRACE);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/zynqmp.h>
#include <asm/psci.h>
#include <asm/smccc.h>
#include <hv/atomic.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/manage.h>

#define SMCCC_VERSION_1_1	0x10001

static u32 firmware;	/* JH_FIRMWARE_*: with that of ZynqMP SiP calls are EEMI's */

/* Hand the guest's x0-x7 to firmware and its results back: SMCCC 1.1 leaves the others alone. */
static void forward(struct regs *regs)
{
	register u64 x0 asm("x0") = regs->x[0];
	register u64 x1 asm("x1") = regs->x[1];
	register u64 x2 asm("x2") = regs->x[2];
	register u64 x3 asm("x3") = regs->x[3];
	register u64 x4 asm("x4") = regs->x[4];
	register u64 x5 asm("x5") = regs->x[5];
	register u64 x6 asm("x6") = regs->x[6];
	register u64 x7 asm("x7") = regs->x[7];

	asm volatile("smc #0"
		     : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3), "+r" (x4), "+r" (x5),
		       "+r" (x6), "+r" (x7) :
		     : "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
		       "memory");
	regs->x[0] = x0;
	regs->x[1] = x1;
	regs->x[2] = x2;
	regs->x[3] = x3;
	regs->x[4] = x4;
	regs->x[5] = x5;
	regs->x[6] = x6;
	regs->x[7] = x7;
}

/*
 * Without a lock: the ranges of a cell whose CPU runs here do not change, and root's tables say
 * whether root has a page at every moment.
 */
static u32 registers_owner(u64 pa)
{
	const struct cell *cell = this_cell();
	u32 i;

	if (cell->id == CELL_ROOT)
		return pgtable_is_mapped(&root_cell.pt, GPA(pa), 1) ? CELL_ROOT : JH_MAX_CELLS;
	for (i = 0; i < cell->num_memories; i++)
		if (pa - cell->memories[i].pa < cell->memories[i].size)
			return cell->id;
	return CELL_ROOT;
}

/* Are they a cell's that does not run? Asked for root alone, which starts cells by itself. */
static bool registers_rest(u64 pa)
{
	const struct cell *cell;
	bool rest = false;
	u32 id, i;

	if (!manage_try_begin())
		return false;
	for (id = CELL_ROOT + 1; id < JH_MAX_CELLS; id++) {
		cell = cell_get(id);
		for (i = 0; cell && i < cell->num_memories; i++)
			if (pa - cell->memories[i].pa < cell->memories[i].size)
				rest = load_acquire(&cell->state) != JH_CELL_RUNNING;
	}
	manage_end();
	return rest;
}

static enum smccc_verdict decide(const struct regs *regs, bool by_hvc)
{
	static const enum smccc_verdict meaning[] = {
		[EEMI_REFUSE] = SMCCC_NO_ACCESS,
		[EEMI_UNKNOWN] = SMCCC_REFUSE,
		[EEMI_DONE] = SMCCC_ANSWER_ZERO,
		[EEMI_FORWARD] = SMCCC_FORWARD,
	};
	u32 id = (u32)regs->x[0], cell = this_cell()->id;
	struct eemi_caller caller;

	if (smccc_stops_cpus(firmware, id, regs->x[1]) && cell_count() > 1)
		return SMCCC_REFUSE;
	if (firmware != JH_FIRMWARE_ZYNQMP || by_hvc || SMCCC_OWNER(id) != SMCCC_OWNER_SIP ||
	    !(id & SMCCC_FAST))
		return smccc_decide(id, cell == CELL_ROOT, by_hvc);
	caller = (struct eemi_caller){ cell, cell_count() == 1, registers_owner,
					registers_rest };
	return meaning[eemi_decide(SMCCC_FUNCTION(id), regs->x[1], regs->x[2], &caller)];
}

void smccc_init(const struct jh_config_system *system)
{
	firmware = system->firmware;
}

void smccc_call(struct regs *regs, bool by_hvc)
{
	u32 id = (u32)regs->x[0];

	switch (decide(regs, by_hvc)) {
	case SMCCC_PSCI:
		cpu_count(JH_STAT_PSCI);
		regs->x[0] = (u64)psci_call(id, &regs->x[1]);
		break;
	case SMCCC_FORWARD:
		cpu_count(JH_STAT_SMCCC);
		forward(regs);
		break;
	case SMCCC_ANSWER_FEATURES:
		cpu_count(JH_STAT_SMCCC);
		if ((u32)regs->x[1] == SMCCC_VERSION || (u32)regs->x[1] == SMCCC_ARCH_FEATURES)
			regs->x[0] = SMCCC_SUCCESS;
		else
			forward(regs);
		break;
	case SMCCC_ANSWER_VERSION:
		cpu_count(JH_STAT_SMCCC);
		regs->x[0] = SMCCC_VERSION_1_1;
		break;
	case SMCCC_ANSWER_ZERO:
		cpu_count(JH_STAT_SMCCC);
		regs->x[0] = SMCCC_SUCCESS;
		regs->x[1] = 0;
		break;
	case SMCCC_NO_ACCESS:
		cpu_count(JH_STAT_SMCCC);
		cpu_count(JH_STAT_DENIED);
		regs->x[0] = EEMI_NO_ACCESS;
		regs->x[1] = 0;
		break;
	case SMCCC_REFUSE:
		cpu_count(JH_STAT_SMCCC);
		cpu_count(JH_STAT_DENIED);
		regs->x[0] = (u64)(s64)SMCCC_NOT_SUPPORTED;
		break;
	}
}

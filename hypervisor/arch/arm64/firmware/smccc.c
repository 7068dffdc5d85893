// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/psci.h>
#include <asm/sip.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <firmware/smccc_table.h>
#include <hv/cell.h>
#include <hv/cpu.h>

#define SMCCC_VERSION_1_1	0x10001

/* Hand the guest's x0-x7 to firmware and its results back: SMCCC 1.1 leaves the others alone. */
static __noinline void forward(struct regs *regs)
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

/* Firmware listens to SMC alone. */
static bool is_sip(u32 id, bool by_hvc)
{
	return SMCCC_OWNER(id) == SMCCC_OWNER_SIP && id & SMCCC_FAST && !by_hvc;
}

static enum smccc_verdict decide(const struct regs *regs, bool by_hvc)
{
	static const enum smccc_verdict meaning[] = {
		[SIP_NO_ACCESS] = SMCCC_NO_ACCESS,
		[SIP_NOT_SUPPORTED] = SMCCC_REFUSE,
		[SIP_DONE] = SMCCC_ANSWER_ZERO,
		[SIP_FORWARD] = SMCCC_FORWARD,
	};
	u32 id = (u32)regs->x[0];
	struct sip_call call;

	if (!is_sip(id, by_hvc))
		return smccc_decide(id, this_cell()->id == CELL_ROOT, by_hvc);
	call = (struct sip_call){ SMCCC_FUNCTION(id), regs->x[1], regs->x[2] };
	return meaning[sip_decide(&call)];
}

/* All but PSCI. */
static void answer(struct regs *regs, enum smccc_verdict verdict)
{
	switch (verdict) {
	case SMCCC_ANSWER_VERSION:
		regs->x[0] = SMCCC_VERSION_1_1;
		break;
	case SMCCC_ANSWER_FEATURES:
		if ((u32)regs->x[1] == SMCCC_VERSION || (u32)regs->x[1] == SMCCC_ARCH_FEATURES)
			regs->x[0] = SMCCC_SUCCESS;
		else
			forward(regs);
		break;
	case SMCCC_ANSWER_ZERO:
		regs->x[0] = SMCCC_SUCCESS;
		regs->x[1] = 0;
		break;
	case SMCCC_NO_ACCESS:
		cpu_count(JH_STAT_DENIED);
		regs->x[0] = sip_no_access();
		regs->x[1] = 0;
		break;
	case SMCCC_FORWARD:
		forward(regs);
		break;
	case SMCCC_PSCI:
	case SMCCC_REFUSE:
		cpu_count(JH_STAT_DENIED);
		regs->x[0] = (u64)(s64)SMCCC_NOT_SUPPORTED;
		break;
	}
}

void smccc_call(struct regs *regs, bool by_hvc)
{
	enum smccc_verdict verdict = decide(regs, by_hvc);

	if (verdict == SMCCC_PSCI) {
		cpu_count(JH_STAT_POWER);
		regs->x[0] = (u64)psci_call((u32)regs->x[0], &regs->x[1]);
		return;
	}
	cpu_count(JH_STAT_FIRMWARE);
	answer(regs, verdict);
}

static __noinline u32 simple_rest(struct regs *regs)
{
	enum smccc_verdict verdict;

	/* Yielding calls, and those of root to the hyp stub that it left behind. */
	if (!((u32)regs->x[0] & SMCCC_FAST))
		return 0;
	verdict = decide(regs, ESR_EC(read_sysreg(esr_el2)) == EC_HVC64);
	if (verdict == SMCCC_PSCI)
		return 0;
	answer(regs, verdict);
	return JH_STAT_FIRMWARE;
}

u32 smccc_simple(struct regs *regs)
{
	u32 id = (u32)regs->x[0], key = psci_key(id);

	/* In two steps, which take fewer instructions than one. */
	if (!(id & ~SMCCC_FAST) && id & SMCCC_FAST &&
	    smccc_always(SMCCC_VERSION, SMCCC_ANSWER_VERSION)) {
		regs->x[0] = SMCCC_VERSION_1_1;
		return JH_STAT_FIRMWARE;
	}
	if (key < PSCI_KEYS && smccc_always(PSCI_VERSION, SMCCC_PSCI))
		return psci_simple(regs->x, key);
	return simple_rest(regs);
}

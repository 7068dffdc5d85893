// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every system register that an instruction can name is read or written, and every system
 * instruction executed: op0, op1, CRn, CRm and op2 in all combinations.
 *
 * Command line: mode=dump|read|write|sys; val=V is written. dump prints what is not 0, for a
 * comparison of two owners of a CPU.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/exception.h>
#include <inmate/print.h>
#include <inmate/start.h>
#include <inmate/sysreg.h>

#define SWEEP_CODE		((volatile u32 *)0x80000)	/* in the cell's memory, free */
#define SWEEP_MRS		0xd5300000
#define SWEEP_MSR		0xd5100000
#define SWEEP_SYS		0xd5000000
#define SWEEP_SYSL		0xd5200000
#define SWEEP_XZR		31
#define SWEEP_RET		0xd65f03c0
#define SWEEP_FIELDS		0xfffff
#define SWEEP_PER_LINE		4

#define ENC(op0, op1, n, m, op2) \
	((op0) << 19 | (op1) << 16 | (n) << 12 | (m) << 8 | (op2) << 5)
#define OP0(e)			((e) >> 19)
#define OP1(e)			((e) >> 16 & 7)
#define CRN(e)			((e) >> 12 & 15)
#define CRM(e)			((e) >> 8 & 15)
#define OP2(e)			((e) >> 5 & 7)

/* Registers that change by themselves, or that the sweep itself uses. */
static const u32 sweep_volatile[] = {
	ENC(3, 3, 14, 0, 1), ENC(3, 3, 14, 0, 2), ENC(3, 3, 14, 0, 5), ENC(3, 3, 14, 0, 6),
	ENC(3, 3, 14, 2, 0), ENC(3, 3, 14, 3, 0), ENC(3, 3, 9, 13, 0), ENC(3, 3, 2, 4, 0),
	ENC(3, 3, 2, 4, 1), ENC(3, 0, 4, 0, 0), ENC(3, 0, 4, 0, 1), ENC(3, 0, 5, 2, 0),
	ENC(3, 3, 4, 2, 0),
};

/* Interrupts that an acknowledge would take. */
static const u32 sweep_acknowledge[] = { ENC(3, 0, 12, 12, 0), ENC(3, 0, 12, 8, 0) };

/* Translation, vectors and the state of the processor: the sweep would end itself. */
static const u32 sweep_needed[] = {
	ENC(3, 0, 1, 0, 0), ENC(3, 0, 1, 0, 3), ENC(3, 0, 2, 0, 0), ENC(3, 0, 2, 0, 1),
	ENC(3, 0, 2, 0, 2), ENC(3, 0, 2, 0, 3), ENC(3, 0, 10, 2, 0), ENC(3, 0, 12, 0, 0),
	ENC(3, 0, 4, 2, 0), ENC(3, 3, 4, 2, 1), ENC(3, 0, 13, 0, 4), ENC(3, 0, 10, 2, 2),
	ENC(3, 0, 10, 2, 3), ENC(3, 3, 4, 2, 2),
};

static volatile bool sweep_faulted;
static u64 sweep_undefined;
static u64 sweep_done;
static u64 sweep_higher;	/* registers of EL2 and EL3 that answered */
static u64 sweep_printed;
static u64 sweep_value;

static bool sweep_skip(struct exception_frame *frame, u64 esr)
{
	(void)esr;
	sweep_faulted = true;
	sweep_undefined++;
	frame->elr += 4;
	return true;
}

static bool sweep_is_in(const u32 *list, u32 count, u32 reg)
{
	for (u32 n = 0; n < count; n++) {
		if (list[n] == reg)
			return true;
	}
	return false;
}

#define IS_IN(list, reg)	sweep_is_in(list, ARRAY_SIZE(list), reg)

/* Execute one instruction with its operand in x0. */
static bool sweep_run(u32 instruction, u64 *value)
{
	register u64 x0 asm("x0") = *value;

	SWEEP_CODE[0] = instruction;
	SWEEP_CODE[1] = SWEEP_RET;
	sweep_faulted = false;
	asm volatile("dc cvau, %1\n\tdsb ish\n\tic ivau, %1\n\tdsb ish\n\tisb\n\t"
		     "mov x30, %1\n\tblr x30"
		     : "+r"(x0) : "r"(SWEEP_CODE)
		     : "x1", "x16", "x17", "x30", "memory", "cc");
	*value = x0;
	if (!sweep_faulted)
		sweep_done++;
	return !sweep_faulted;
}

/* CRn 11 and 15 are the implementation's, whatever op1 says. */
static void sweep_account(const char *what, u32 reg)
{
	if (OP0(reg) == 2 || OP0(reg) == 0 || OP1(reg) < 4 || CRN(reg) == 11 || CRN(reg) == 15)
		return;
	sweep_higher++;
	printf("sweep: NOT CONTAINED %s of %u,%u,%u,%u,%u\n", what, OP0(reg), OP1(reg), CRN(reg),
	       CRM(reg), OP2(reg));
}

static void sweep_read(u32 reg)
{
	u64 value = 0x5a5a;

	if (IS_IN(sweep_acknowledge, reg) || !sweep_run(SWEEP_MRS | (reg & SWEEP_FIELDS), &value))
		return;
	sweep_account("read", reg);
}

static void sweep_dump(u32 reg)
{
	u64 value = 0;

	if (IS_IN(sweep_acknowledge, reg) || IS_IN(sweep_volatile, reg) ||
	    !sweep_run(SWEEP_MRS | (reg & SWEEP_FIELDS), &value) || !value)
		return;
	printf("%u%u%x%x%u=%lx%c", OP0(reg), OP1(reg), CRN(reg), CRM(reg), OP2(reg), value,
	       ++sweep_printed % SWEEP_PER_LINE ? ' ' : '\n');
}

static void sweep_write(u32 reg)
{
	u64 value = sweep_value;

	if (IS_IN(sweep_needed, reg) || !sweep_run(SWEEP_MSR | (reg & SWEEP_FIELDS), &value))
		return;
	sweep_account("write", reg);
}

static void sweep_sys(u32 reg)
{
	u64 value = sweep_value;

	/* Hints but WFE and WFI, and what writes PSTATE. */
	if (OP0(reg) == 0) {
		if (CRN(reg) != 4 && !(OP1(reg) == 3 && CRN(reg) == 2 && CRM(reg) == 0 &&
				       (OP2(reg) == 2 || OP2(reg) == 3)))
			sweep_run(SWEEP_SYS | (reg & SWEEP_FIELDS) | SWEEP_XZR, &value);
		return;
	}
	if (sweep_run(SWEEP_SYS | (reg & SWEEP_FIELDS), &value))
		sweep_account("instruction", reg);
	sweep_run(SWEEP_SYSL | (reg & SWEEP_FIELDS), &value);
}

static void sweep_each(u32 first_op0, void (*visit)(u32 reg))
{
	for (u32 reg = ENC(first_op0, 0, 0, 0, 0); reg < ENC(first_op0 + 2, 0, 0, 0, 0);
	     reg += ENC(0, 0, 0, 0, 1))
		visit(reg);
}

void inmate_main(void)
{
	sweep_value = cmdline_int("val", -1);
	sysreg_write(daif, 0x3c0);
	exception_set_handler(sweep_skip);
	if (cmdline_is("mode", "dump"))
		sweep_each(2, sweep_dump);
	else if (cmdline_is("mode", "read"))
		sweep_each(2, sweep_read);
	else if (cmdline_is("mode", "write"))
		sweep_each(2, sweep_write);
	else
		sweep_each(0, sweep_sys);
	exception_set_handler(NULL);
	printf("\nsweep: %lu done, %lu undefined, higher %lu\nsweep: done\n", sweep_done,
	       sweep_undefined, sweep_higher);
}

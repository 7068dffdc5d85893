// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * arm64's pure parts, exhaustively: decoding of trapped accesses, firmware calls that pass, errata
 * of a CPU, trapped system registers, encoding of descriptors.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <asm/decode.h>
#include <hv/arch.h>
#include <hv/mmio.h>
#include <asm/errata.h>
#include <asm/smccc.h>
#include <asm/trap.h>
#include <hv/pgtable.h>
#include "fake64/fake64.h"

/* --- loads and stores --- */

/* What the architecture says a load of @size bytes leaves in the register. */
static u64 expected_load(u32 size, bool sign, bool wide, u64 bus)
{
	u64 value;

	switch (size) {
	case 1:
		value = sign ? (u64)(s64)(signed char)bus : (u8)bus;
		break;
	case 2:
		value = sign ? (u64)(s64)(short)bus : (u16)bus;
		break;
	case 4:
		value = sign ? (u64)(s64)(s32)bus : (u32)bus;
		break;
	default:
		value = bus;
	}
	return wide ? value : (u32)value;
}

static const u64 patterns[] = {
	0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
	0x7fffffffffffffff, 0x8000000000000000, ~0ULL, 0x123456789abcdef0, 0xfedcba9876543210,
};

static void syndromes_of_all_accesses(void **state)
{
	u32 sas, sign, wide, write, rt, i;
	struct decode_access a;
	u64 esr;

	(void)state;
	for (sas = 0; sas < 4; sas++)
	for (sign = 0; sign < 2; sign++)
	for (wide = 0; wide < 2; wide++)
	for (write = 0; write < 2; write++)
	for (rt = 0; rt < 32; rt++) {
		esr = 0x93000007 | (u64)sas << 22 | (u64)sign << 21 | rt << 16 | wide << 15 |
		      write << 6;
		assert_true(decode_syndrome(esr, &a));
		assert_int_equal(a.size, 1 << sas);
		assert_int_equal(a.write, write);
		assert_int_equal(a.sign, sign);
		assert_int_equal(a.wide, wide);
		assert_int_equal(a.rt, rt);
		assert_false(a.writeback);
		assert_false(decode_syndrome(esr & ~(1UL << 24), &a));
		decode_syndrome(esr, &a);
		for (i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++) {
			assert_int_equal(decode_load_result(&a, patterns[i]),
					 expected_load(a.size, sign, wide, patterns[i]));
			assert_int_equal(mmio_low_bytes(patterns[i], a.size),
					 expected_load(a.size, false, true, patterns[i]));
		}
	}
}

/* Encodings from their parts, as the manual's tables name them. */
struct form {
	u32 size, opc;
	bool exists, write, sign, wide;
};

static const struct form forms[] = {
	{ 0, 0, true, true, false, false },	/* strb */
	{ 0, 1, true, false, false, false },	/* ldrb */
	{ 0, 2, true, false, true, true },	/* ldrsb x */
	{ 0, 3, true, false, true, false },	/* ldrsb w */
	{ 1, 0, true, true, false, false },	/* strh */
	{ 1, 1, true, false, false, false },	/* ldrh */
	{ 1, 2, true, false, true, true },	/* ldrsh x */
	{ 1, 3, true, false, true, false },	/* ldrsh w */
	{ 2, 0, true, true, false, false },	/* str w */
	{ 2, 1, true, false, false, false },	/* ldr w */
	{ 2, 2, true, false, true, true },	/* ldrsw */
	{ 2, 3, false, false, false, false },
	{ 3, 0, true, true, false, true },	/* str x */
	{ 3, 1, true, false, false, true },	/* ldr x */
	{ 3, 2, false, false, false, false },	/* prfm */
	{ 3, 3, false, false, false, false },
};

static u32 encode(const struct form *f, s32 imm9, u32 index, u32 rn, u32 rt)
{
	return f->size << 30 | 0x38000000 | f->opc << 22 | ((u32)imm9 & 0x1ff) << 12 |
	       index << 10 | rn << 5 | rt;
}

static void check_form(const struct form *f, s32 imm9, u32 index, u32 rn, u32 rt)
{
	u32 instruction = encode(f, imm9, index, rn, rt);
	struct decode_access a;
	bool written_back = index == 1 || index == 3;
	bool found = decode_instruction(instruction, &a);

	if (found != (f->exists && written_back && (rn == 31 || rn != rt)))
		fail_msg("%08x: %s", instruction, found ? "decoded" : "not decoded");
	if (!found)
		return;
	assert_int_equal(a.size, 1 << f->size);
	assert_int_equal(a.write, f->write);
	assert_int_equal(a.sign, f->sign);
	assert_int_equal(a.wide, f->wide);
	assert_int_equal(a.rt, rt);
	assert_int_equal(a.rn, rn);
	assert_int_equal(a.offset, imm9);
	assert_true(a.writeback);
	/* With a SIMD register or a register offset it is another instruction. */
	assert_false(decode_instruction(instruction | 1U << 26, &a));
	assert_false(decode_instruction(instruction | 1U << 21, &a));
	assert_false(decode_instruction(instruction | 1U << 24, &a));
}

static void instructions_with_write_back(void **state)
{
	u32 f, index, rn, rt;
	s32 imm9;

	(void)state;
	for (f = 0; f < sizeof(forms) / sizeof(forms[0]); f++)
	for (index = 0; index < 4; index++)
	for (rn = 0; rn < 32; rn++)
	for (rt = 0; rt < 32; rt++)
	for (imm9 = -256; imm9 < 256; imm9 += imm9 == -256 || imm9 == 254 ? 1 : 17)
		check_form(&forms[f], imm9, index, rn, rt);
	check_form(&forms[8], 255, 1, 0, 1);
}

/* From the assembler: aarch64-linux-gnu-as. */
static void instructions_as_assembled(void **state)
{
	static const struct {
		u32 instruction;
		struct decode_access access;
	} known[] = {
		{ 0xb8004420, { 4, true, false, false, 0, true, 1, 4 } },  /* str w0, [x1], #4 */
		{ 0xb85fcc20, { 4, false, false, false, 0, true, 1, -4 } }, /* ldr w0, [x1, #-4]! */
		{ 0xf8408fe2, { 8, false, false, true, 2, true, 31, 8 } }, /* ldr x2, [sp, #8]! */
		{ 0x38801443, { 1, false, true, true, 3, true, 2, 1 } },   /* ldrsb x3, [x2], #1 */
		{ 0x78c02443, { 2, false, true, false, 3, true, 2, 2 } },  /* ldrsh w3, [x2], #2 */
		{ 0xb8804443, { 4, false, true, true, 3, true, 2, 4 } },   /* ldrsw x3, [x2], #4 */
	};
	static const u32 others[] = {
		0xb9000020,	/* str w0, [x1] */
		0xb8626820,	/* ldr w0, [x1, x2] */
		0xb8004020,	/* stur w0, [x1, #4] */
		0xb8004820,	/* sttr w0, [x1, #4] */
		0x28c10801,	/* ldp w1, w2, [x0], #8 */
		0x885f7c20,	/* ldxr w0, [x1] */
		0xbc404420,	/* ldr s0, [x1], #4 */
		0xd503201f,	/* nop */
		0, 0xffffffff,
	};
	struct decode_access a;
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		memset(&a, 0, sizeof(a));
		assert_true(decode_instruction(known[i].instruction, &a));
		assert_int_equal(a.size, known[i].access.size);
		assert_int_equal(a.write, known[i].access.write);
		assert_int_equal(a.sign, known[i].access.sign);
		assert_int_equal(a.wide, known[i].access.wide);
		assert_int_equal(a.rt, known[i].access.rt);
		assert_int_equal(a.rn, known[i].access.rn);
		assert_int_equal(a.offset, known[i].access.offset);
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(decode_instruction(others[i], &a));
}

/* --- firmware calls --- */

enum who { ROOT_SMC, ROOT_HVC, CELL_SMC, CELL_HVC };

static void each_firmware_call_is_filtered(void **state)
{
	static const struct {
		u32 id;
		enum smccc_verdict verdict[4];	/* by enum who */
	} calls[] = {
#define F SMCCC_FORWARD
#define R SMCCC_REFUSE
#define P SMCCC_PSCI
#define Z SMCCC_ANSWER_ZERO
		{ 0x80008000, { F, F, F, F } },	/* work-arounds */
		{ 0x80007fff, { F, F, F, F } },
		{ 0x80003fff, { F, F, F, F } },
		{ 0x80000002, { F, F, F, F } },	/* SOC_ID */
		{ 0x84000000, { P, P, P, P } },	/* PSCI */
		{ 0xc4000003, { P, P, P, P } },
		{ 0x8400001f, { P, P, P, P } },
		{ 0xc4000020, { R, R, R, R } },	/* SDEI */
		{ 0xc400003f, { R, R, R, R } },
		{ 0x84000050, { F, R, F, R } },	/* TRNG */
		{ 0xc4000053, { F, R, F, R } },
		{ 0x84000040, { R, R, R, R } },	/* nobody's */
		{ 0x84000060, { F, R, R, R } },
		{ 0xc4000061, { F, R, R, R } },	/* SPM, FF-A and others */
		{ 0x81000000, { F, R, R, R } },	/* CPU and OEM services */
		{ 0xc2000001, { R, R, R, R } },	/* the chip's: see asm/sip.h */
		{ 0x83000000, { F, R, R, R } },
		{ 0x85000000, { R, R, R, R } },	/* reserved */
		{ 0x86000000, { R, Z, R, R } },	/* vendor hypervisor: what KVM asks its own EL2 */
		{ 0xc6000001, { R, Z, R, R } },
		{ 0x06000000, { F, R, R, R } },	/* not a fast call */
		{ 0xb0000000, { F, R, R, R } },	/* trusted applications */
		{ 0xb2000001, { F, R, R, R } },	/* trusted OS */
		{ 0xbf00ff01, { F, R, R, R } },
		{ 0x32000000, { F, R, R, R } },
		{ 0x00000000, { F, R, R, R } },
		{ 0xffffffff, { F, R, R, R } },
#undef F
#undef R
#undef P
#undef Z
	};
	u32 i, who;

	(void)state;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		for (who = ROOT_SMC; who <= CELL_HVC; who++) {
			enum smccc_verdict v = smccc_decide(calls[i].id, who <= ROOT_HVC, who & 1);

			if (v != calls[i].verdict[who])
				fail_msg("%08x by %u: %d", calls[i].id, who, v);
		}
	}
}

/* Whatever the number: a cell reaches firmware only with calls of two kinds. */
static void cells_reach_little_of_firmware(void **state)
{
	u32 high, function, id;

	(void)state;
	for (high = 0; high < 256; high++) {
		for (function = 0; function < 0x10000; function += function < 0x100 ? 1 : 0x7f) {
			id = high << 24 | function;
			if (smccc_decide(id, false, false) != SMCCC_FORWARD)
				continue;
			if (SMCCC_OWNER(id) != SMCCC_OWNER_ARCH &&
			    !(SMCCC_OWNER(id) == SMCCC_OWNER_STANDARD && function >= 0x50 &&
			      function <= 0x5f))
				fail_msg("%08x passes", id);
			assert_true(id & SMCCC_FAST);
		}
	}
}

/* --- errata --- */

static u64 midr(u32 part, u32 variant, u32 revision)
{
	return 0x41UL << 24 | variant << 20 | 0xfUL << 16 | part << 4 | revision;
}

static void errata_by_cpu(void **state)
{
	static const struct {
		u32 part, variant, revision, csv2, errata;
	} known[] = {
		{ 0xd03, 0, 4, 0, ERRATUM_SPECULATIVE_AT },		/* A53 */
		{ 0xd04, 0, 4, 0, 0 },					/* A35 */
		{ 0xd05, 0, 0, 1, ERRATUM_SPECULATIVE_AT | ERRATUM_REPEAT_TLBI }, /* A55 r0p0 */
		{ 0xd05, 2, 0, 1, ERRATUM_SPECULATIVE_AT | ERRATUM_REPEAT_TLBI },
		{ 0xd05, 2, 1, 1, ERRATUM_REPEAT_TLBI },
		{ 0xd07, 1, 2, 0, ERRATUM_SPECULATIVE_AT | ERRATUM_STAGE2_FIRST |
				  ERRATUM_BRANCH_TARGET },		/* A57 r1p2 */
		{ 0xd07, 1, 3, 0, ERRATUM_SPECULATIVE_AT | ERRATUM_BRANCH_TARGET },
		{ 0xd08, 0, 3, 0, ERRATUM_SPECULATIVE_AT | ERRATUM_BRANCH_TARGET }, /* A72 */
		{ 0xd08, 1, 0, 1, ERRATUM_SPECULATIVE_AT },
		{ 0xd09, 0, 2, 0, ERRATUM_BRANCH_TARGET },		/* A73 */
		{ 0xd0a, 2, 0, 0, ERRATUM_BRANCH_TARGET },		/* A75 */
		{ 0xd0b, 2, 0, 1, ERRATUM_SPECULATIVE_AT | ERRATUM_REPEAT_TLBI }, /* A76 r2p0 */
		{ 0xd0b, 3, 0, 1, ERRATUM_REPEAT_TLBI },
		{ 0xd0b, 3, 1, 1, 0 },
		{ 0xd0b, 4, 1, 1, 0 },
		{ 0xd46, 1, 1, 1, ERRATUM_REPEAT_TLBI },		/* A510 r1p1 */
		{ 0xd46, 1, 2, 1, 0 },
		{ 0xd41, 0, 0, 1, 0 },					/* A78 */
	};
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		u64 id = midr(known[i].part, known[i].variant, known[i].revision);

		if (errata_of(id, known[i].csv2) != known[i].errata)
			fail_msg("part %x r%up%u: %x", known[i].part, known[i].variant,
				 known[i].revision, errata_of(id, known[i].csv2));
		/* Another implementer's part of the same number. */
		assert_int_equal(errata_of((id & 0xffffff) | 0x51UL << 24, known[i].csv2), 0);
	}
}

extern const char vectors[], vectors_mitigating[];
extern const char vectors_tracing[], vectors_tracing_mitigating[];

static bool has_1, has_3;	/* SMCCC_ARCH_WORKAROUND_1, _3 */

static bool firmware_has(u32 id)
{
	return (id == 0x80008000 && has_1) || (id == 0x80003fff && has_3);
}

/* What is done against trained predictors: by CPU, revision of its ID registers, firmware. */
static void mitigations_by_cpu(void **state)
{
	static const struct {
		u32 implementer, part, csv2, ecbhb, clrbhb;
		u32 none, wa1, wa3;	/* expected, by what firmware has; wa3: both */
	} known[] = {
		{ 0x41, 0xd03, 0, 0, 0, 0, 0, 0 },			/* A53 */
		{ 0x41, 0xd05, 1, 0, 0, 0, 0, 0 },			/* A55 */
		{ 0x41, 0xd07, 0, 0, 0, 8, 0x80008000, 0x80008000 },	/* A57 */
		{ 0x41, 0xd08, 0, 0, 0, 8, 0x80008000, 0x80008000 },	/* A72 */
		{ 0x41, 0xd08, 1, 0, 0, 8, 8, 8 },			/* A72 r1 */
		{ 0x41, 0xd09, 0, 0, 0, 0, 0x80008000, 0x80003fff },	/* A73 */
		{ 0x41, 0xd09, 1, 0, 0, 0, 0, 0x80003fff },
		{ 0x41, 0xd0a, 0, 0, 0, 0, 0x80008000, 0x80003fff },	/* A75 */
		{ 0x41, 0xd0b, 1, 0, 0, 24, 24, 24 },			/* A76 */
		{ 0x41, 0xd0c, 1, 0, 0, 24, 24, 24 },			/* N1 */
		{ 0x41, 0xd41, 1, 0, 0, 32, 32, 32 },			/* A78 */
		{ 0x41, 0xd44, 1, 0, 0, 32, 32, 32 },			/* X1 */
		{ 0x41, 0xd4e, 1, 0, 0, 132, 132, 132 },		/* X3 */
		{ 0x41, 0xd49, 2, 0, 1, 0x100, 0x100, 0x100 },		/* N2 with CLRBHB */
		{ 0x41, 0xd81, 2, 1, 0, 0, 0, 0 },			/* ECBHB */
		{ 0x41, 0xd41, 3, 0, 0, 0, 0, 0 },			/* CSV2_3 */
		{ 0x41, 0xd0a, 0, 1, 0, 0, 0x80008000, 0x80008000 },
		{ 0x41, 0xd85, 3, 1, 1, 0, 0, 0 },			/* X925 */
		{ 0xc0, 0xac3, 1, 0, 0, 11, 11, 11 },			/* Ampere-1 */
		{ 0x51, 0xd08, 0, 0, 0, 0, 0, 0 },
		{ 0xc0, 0xd07, 0, 0, 0, 0, 0, 0 },
		{ 0x41, 0xac3, 0, 0, 0, 0, 0, 0 },
	};
	u32 i, firmware, expected, got;

	(void)state;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		struct errata_ids ids = {
			.midr = (u64)known[i].implementer << 24 | 0xf0000 | known[i].part << 4,
			.pfr0 = (u64)known[i].csv2 << 56, .mmfr1 = (u64)known[i].ecbhb << 60,
			.isar2 = (u64)known[i].clrbhb << 28,
		};

		ids.errata = errata_of(ids.midr, known[i].csv2);
		for (firmware = 0; firmware < 3; firmware++) {
			has_1 = firmware >= 1;
			has_3 = firmware >= 2;
			expected = !has_1 ? known[i].none : !has_3 ? known[i].wa1 : known[i].wa3;
			got = errata_mitigation(&ids, firmware_has);
			if (got != expected)
				fail_msg("part %x, CSV2 %u, firmware %u: %x", known[i].part,
					 known[i].csv2, firmware, got);
		}
	}
}

/* Those of all its CPUs: of one kind, of another, and of the same with a mended predictor. */
static void errata_of_a_machine(void **state)
{
	static const struct {
		u32 part;
		u64 csv2;
		u32 errata;
	} known[] = {
		{ 0xd05, 0, ERRATUM_SPECULATIVE_AT | ERRATUM_REPEAT_TLBI },
		{ 0xd05, 0, ERRATUM_SPECULATIVE_AT | ERRATUM_REPEAT_TLBI },
		{ 0xd08, 1, ERRATUM_SPECULATIVE_AT },
		{ 0xd08, 0, ERRATUM_SPECULATIVE_AT | ERRATUM_BRANCH_TARGET },
		{ 0xd08, 1, ERRATUM_SPECULATIVE_AT },
	};
	u32 before = errata_machine, i;

	(void)state;
	fake64_reset();
	for (i = 0; i < ARRAY_SIZE(known); i++) {
		fake64_set_sysreg("midr_el1", midr(known[i].part, 0, 0));
		fake64_set_sysreg("id_aa64pfr0_el1", known[i].csv2 << 56);
		errata_machine = 0;
		errata_detect();
		assert_int_equal(errata_machine, known[i].errata);
	}
	errata_machine = before;
}

static void errata_are_applied(void **state)
{
	(void)state;
	fake64_reset();
	fake64_set_sysreg("midr_el1", midr(0xd04, 0, 4));
	errata_detect();
	assert_false(errata_has(ERRATUM_SPECULATIVE_AT));
	assert_int_equal(errata_vectors(), vectors);
	/* One CPU of the machine is enough for all; vectors are each CPU's own. */
	fake64_become(1);
	fake64_set_sysreg("midr_el1", midr(0xd08, 0, 3));
	errata_detect();
	assert_int_equal(errata_vectors(), vectors_mitigating);
	assert_int_equal(this_percpu->firmware_call, SMCCC_ARCH_WORKAROUND_1);
	assert_int_equal(this_percpu->mitigation, 0);
	assert_int_equal(fake64_asked.firmware_id, SMCCC_ARCH_FEATURES);
	assert_int_equal(fake64_asked.firmware_args[0], SMCCC_ARCH_WORKAROUND_1);
	fake64_firmware_answer = (u32)SMCCC_NOT_SUPPORTED;
	assert_int_equal(errata_vectors(), vectors);
	assert_int_equal(this_percpu->firmware_call, 0);
	assert_int_equal(this_percpu->mitigation, 8);
	errata_init(true);
	assert_int_equal(errata_vectors(), vectors);
	assert_int_equal(this_percpu->mitigation, 0);
	errata_init(false);
	fake64_become(0);
	fake64_firmware_answer = 0;
	assert_true(errata_has(ERRATUM_SPECULATIVE_AT));
	assert_int_equal(errata_vectors(), vectors);
	/* The registers are those that the table means. */
	fake64_set_sysreg("midr_el1", midr(0xd41, 1, 0));
	errata_vectors();
	assert_int_equal(this_percpu->mitigation, 32);
	fake64_set_sysreg("s3_0_c0_c6_2", 1UL << 28);
	errata_vectors();
	assert_int_equal(this_percpu->mitigation, MITIGATION_CLRBHB);
	fake64_set_sysreg("id_aa64mmfr1_el1", 1UL << 60);
	assert_int_equal(errata_vectors(), vectors);
}

/* A CPU that is traced does what its firmware has to do as well. */
static void vectors_while_traced(void **state)
{
	struct jh_trace_ring *ring = (struct jh_trace_ring *)0x1000;

	(void)state;
	fake64_reset();
	this_percpu->firmware_call = 0;
	arch_trace(ring);
	assert_int_equal(fake64_sysreg("vbar_el2"), vectors_tracing);
	assert_ptr_equal(this_percpu->trace, ring);
	arch_trace(NULL);
	assert_int_equal(fake64_sysreg("vbar_el2"), vectors);
	this_percpu->firmware_call = SMCCC_ARCH_WORKAROUND_1;
	arch_trace(ring);
	assert_int_equal(fake64_sysreg("vbar_el2"), vectors_tracing_mitigating);
	arch_trace(NULL);
	assert_int_equal(fake64_sysreg("vbar_el2"), vectors_mitigating);
	this_percpu->firmware_call = 0;
}

/* --- system registers --- */

#define SYSREG(op0, op1, crn, crm, op2) \
	((op0) << 20 | (op2) << 17 | (op1) << 14 | (crn) << 10 | (crm) << 1)

static void expect_sysreg(u32 encoding, bool there)
{
	struct regs regs;
	u32 rt, read;

	for (rt = 0; rt < 32; rt++) {
		for (read = 0; read < 2; read++) {
			enum trap_verdict v;
			u32 i;

			memset(&regs, 0x5a, sizeof(regs));
			v = sysreg_trap(&regs, (u64)EC_SYSREG << 26 | encoding | rt << 5 | read);
			assert_int_equal(v, there ? TRAP_SKIP : TRAP_UNDEFINED);
			for (i = 0; i < 31; i++)
				assert_int_equal(regs.x[i], there && read && i == rt ? 0 :
						 0x5a5a5a5a5a5a5a5a);
		}
	}
}

static void registers_that_trap(void **state)
{
	(void)state;
	fake64_reset();
	expect_sysreg(SYSREG(3U, 0U, 12U, 11U, 6U), true);	/* ICC_ASGI1R_EL1 */
	expect_sysreg(SYSREG(3U, 0U, 12U, 11U, 7U), true);	/* ICC_SGI0R_EL1 */
	expect_sysreg(SYSREG(3U, 3U, 9U, 12U, 0U), true);	/* PMCR_EL0 */
	expect_sysreg(SYSREG(3U, 3U, 9U, 14U, 0U), true);	/* PMUSERENR_EL0 */
	expect_sysreg(SYSREG(3U, 0U, 9U, 14U, 1U), true);	/* PMINTENSET_EL1 */
	expect_sysreg(SYSREG(3U, 3U, 14U, 8U, 0U), true);	/* PMEVCNTR0_EL0 */
	expect_sysreg(SYSREG(3U, 3U, 14U, 15U, 7U), true);	/* PMCCFILTR_EL0 */
	expect_sysreg(SYSREG(3U, 0U, 15U, 2U, 0U), true);	/* implementation-defined */
	expect_sysreg(SYSREG(3U, 1U, 11U, 0U, 3U), true);
	expect_sysreg(SYSREG(3U, 0U, 1U, 0U, 1U), true);	/* ACTLR_EL1 */
	expect_sysreg(SYSREG(3U, 0U, 1U, 0U, 2U), false);	/* CPACR_EL1 */
	expect_sysreg(SYSREG(3U, 0U, 10U, 4U, 3U), true);	/* LORC_EL1 */
	expect_sysreg(SYSREG(3U, 0U, 10U, 4U, 7U), true);	/* LORID_EL1 */
	expect_sysreg(SYSREG(3U, 0U, 10U, 5U, 0U), true);	/* MPAM1_EL1 */
	expect_sysreg(SYSREG(3U, 0U, 10U, 2U, 0U), false);	/* MAIR_EL1 */
	expect_sysreg(SYSREG(2U, 0U, 1U, 0U, 4U), true);	/* OSLAR_EL1 */
	expect_sysreg(SYSREG(2U, 0U, 1U, 3U, 4U), true);	/* OSDLR_EL1 */
	expect_sysreg(SYSREG(2U, 0U, 1U, 0U, 0U), true);	/* MDRAR_EL1 */
	expect_sysreg(SYSREG(2U, 3U, 0U, 1U, 0U), true);	/* MDCCSR_EL0 */
	expect_sysreg(SYSREG(2U, 0U, 0U, 2U, 0U), true);	/* MDCCINT_EL1 */
	expect_sysreg(SYSREG(2U, 1U, 0U, 1U, 0U), false);	/* TRCPRGCTLR */
	expect_sysreg(SYSREG(3U, 3U, 13U, 2U, 0U), false);	/* AMCR_EL0 */
	expect_sysreg(SYSREG(3U, 0U, 9U, 9U, 0U), false);	/* PMSCR_EL1 */
	expect_sysreg(SYSREG(3U, 0U, 12U, 12U, 0U), false);	/* ICC_IAR1_EL1 */
	expect_sysreg(SYSREG(3U, 3U, 14U, 0U, 0U), false);	/* CNTFRQ_EL0 */
	expect_sysreg(SYSREG(3U, 3U, 9U, 11U, 0U), false);
	expect_sysreg(SYSREG(3U, 4U, 1U, 1U, 0U), false);	/* HCR_EL2 */
	expect_sysreg(0, false);
}

/* --- descriptors of stage 2 (Arm ARM D8.3) --- */

static void stage_2_descriptors(void **state)
{
	u32 flags, level;
	u64 pte;

	(void)state;
	for (flags = 0; flags < 32; flags++) {
		for (level = 1; level <= 3; level++) {
			pte = arch_pte_leaf(PA(0x123400000000), flags, level);
			assert_true(arch_pte_valid(pte));
			assert_false(arch_pte_is_table(pte, level));
			assert_int_equal(pte & 3, level == 3 ? 3 : 1);
			assert_int_equal(arch_pte_address(pte).a, 0x123400000000);
			assert_int_equal(pte >> 6 & 1, !!(flags & MAP_READ));
			assert_int_equal(pte >> 7 & 1, !!(flags & MAP_WRITE));
			assert_int_equal(pte >> 53 & 3, flags & MAP_EXECUTE ? 0 : 2);
			assert_int_equal(pte >> 2 & 0xf, flags & MAP_DEVICE   ? 1 :
							  flags & MAP_UNCACHED ? 5 : 0xf);
			assert_int_equal(pte >> 8 & 3, 3);	/* inner shareable */
			assert_int_equal(pte >> 10 & 1, 1);	/* accessed */
			assert_int_equal(pte >> 55, 0);
			/* A piece of it translates alike, and so does what lies behind. */
			if (level < 3)
				assert_int_equal(arch_pte_advance(arch_pte_child(pte, level + 1),
								  0x3000),
						 arch_pte_leaf(PA(0x123400003000), flags,
							       level + 1));
		}
	}
	assert_false(arch_pte_valid(arch_pte_advance(0, 0)));
	pte = arch_pte_table(PA(0x40001000));
	for (level = 0; level < 3; level++)
		assert_true(arch_pte_is_table(pte, level));
	assert_false(arch_pte_is_table(pte, 3));
	assert_false(arch_pte_is_table(pte & ~1UL, 1));
	assert_false(arch_pte_valid(0));
	assert_int_equal(pte, 0x40001003);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syndromes_of_all_accesses),
		cmocka_unit_test(instructions_with_write_back),
		cmocka_unit_test(instructions_as_assembled),
		cmocka_unit_test(each_firmware_call_is_filtered),
		cmocka_unit_test(cells_reach_little_of_firmware),
		cmocka_unit_test(errata_by_cpu),
		cmocka_unit_test(errata_of_a_machine),
		cmocka_unit_test(mitigations_by_cpu),
		cmocka_unit_test(errata_are_applied),
		cmocka_unit_test(vectors_while_traced),
		cmocka_unit_test(registers_that_trap),
		cmocka_unit_test(stage_2_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

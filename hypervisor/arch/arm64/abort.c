// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/abort.h>

#define ISS_ISV		BIT(24)
#define ISS_SAS(esr)	((esr) >> 22 & 3)
#define ISS_SSE		BIT(21)
#define ISS_SRT(esr)	((u32)((esr) >> 16 & 0x1f))
#define ISS_SF		BIT(15)
#define ISS_WNR		BIT(6)

bool abort_decode_syndrome(u64 esr, struct abort_access *access)
{
	if (!(esr & ISS_ISV))
		return false;
	*access = (struct abort_access){
		.size = 1U << ISS_SAS(esr),
		.write = esr & ISS_WNR,
		.sign = esr & ISS_SSE,
		.wide = esr & ISS_SF,
		.rt = ISS_SRT(esr),
	};
	return true;
}

/* size:2 111 V:1 00 opc:2 0 imm9 idx:2 Rn Rt, idx 01 post- and 11 pre-indexed */
#define LDST_IMM_MASK	0x3f200400U
#define LDST_IMM_VALUE	0x38000400U
#define LDST_VECTOR	BIT(26)

bool abort_decode_instruction(u32 instruction, struct abort_access *access)
{
	u32 size = instruction >> 30, opc = instruction >> 22 & 3;
	s32 imm9 = (s32)(instruction >> 12 & 0x1ff);

	if ((instruction & LDST_IMM_MASK) != LDST_IMM_VALUE || instruction & LDST_VECTOR)
		return false;
	/* opc 2: sign-extending to X, 3: to W; a doubleword has neither, a word only the first. */
	if (opc >= 2 && (size == 3 || (size == 2 && opc == 3)))
		return false;
	*access = (struct abort_access){
		.size = 1U << size,
		.write = opc == 0,
		.sign = opc >= 2,
		.wide = opc == 2 || size == 3,
		.rt = instruction & 0x1f,
		.writeback = true,
		.rn = instruction >> 5 & 0x1f,
		.offset = imm9 >= 0x100 ? imm9 - 0x200 : imm9,
	};
	/* Write-back into the register that is transferred is CONSTRAINED UNPREDICTABLE. */
	return access->rn == 31 || access->rn != access->rt;
}

static u64 mask_of(u32 size)
{
	return ~0UL >> (64 - 8 * size);
}

u64 abort_load_result(const struct abort_access *access, u64 value)
{
	u64 mask = mask_of(access->size);

	value &= mask;
	if (access->sign && value & (mask ^ mask >> 1))
		value |= ~mask;
	return access->wide ? value : (u32)value;
}

u64 abort_store_value(const struct abort_access *access, u64 value)
{
	return value & mask_of(access->size);
}

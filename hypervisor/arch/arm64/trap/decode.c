// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/decode.h>

/* size:2 111 V:1 00 opc:2 0 imm9 idx:2 Rn Rt, idx 01 post- and 11 pre-indexed */
#define LDST_IMM_MASK	0x3f200400U
#define LDST_IMM_VALUE	0x38000400U
#define LDST_VECTOR	BIT(26)

bool decode_instruction(u32 instruction, struct decode_access *access)
{
	u32 size = instruction >> 30, opc = instruction >> 22 & 3;
	s32 imm9 = (s32)(instruction >> 12 & 0x1ff);

	if ((instruction & LDST_IMM_MASK) != LDST_IMM_VALUE || instruction & LDST_VECTOR)
		return false;
	/* opc 2: sign-extending to X, 3: to W; a doubleword has neither, a word only the first. */
	if (opc >= 2 && (size == 3 || (size == 2 && opc == 3)))
		return false;
	*access = (struct decode_access){
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

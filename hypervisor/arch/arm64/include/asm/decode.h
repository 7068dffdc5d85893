/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Decoding of trapped loads and stores. Pure: syndrome or instruction in, description out.
 */
#ifndef ASM_DECODE_H
#define ASM_DECODE_H

#include <hv/types.h>

/**
 * struct decode_access - one load or store of a general register
 * @size:	bytes: 1, 2, 4, 8
 * @write:	a store
 * @sign:	a load that sign-extends
 * @wide:	the register is an X register (otherwise W: the upper half becomes zero)
 * @rt:		the register, 31: XZR
 * @writeback:	@rn changes by @offset (31: the stack pointer)
 */
struct decode_access {
	u32 size;
	bool write;
	bool sign;
	bool wide;
	u32 rt;
	bool writeback;
	u32 rn;
	s32 offset;
};

#define ISS_WNR			BIT(6)
#define ISS_S1PTW		BIT(7)
#define ISS_CM			BIT(8)
#define ISS_SF			BIT(15)
#define ISS_SRT(esr)		((u32)((esr) >> 16 & 0x1f))
#define ISS_SSE			BIT(21)
#define ISS_SAS(esr)		((u32)((esr) >> 22 & 3))
#define ISS_ISV			BIT(24)

/**
 * decode_syndrome() - from ESR_EL2 of a data abort (Arm ARM D19.2.37)
 *
 * Return: false if the syndrome does not describe the access (ISV = 0).
 */
static inline bool decode_syndrome(u64 esr, struct decode_access *access)
{
	*access = (struct decode_access){
		.size = 1U << ISS_SAS(esr),
		.write = esr & ISS_WNR,
		.sign = esr & ISS_SSE,
		.wide = esr & ISS_SF,
		.rt = ISS_SRT(esr),
	};
	return esr & ISS_ISV;
}

/**
 * decode_instruction() - from the instruction: loads and stores of one register with an
 * immediate that is written back, which have no valid syndrome (Arm ARM C4.1.94)
 *
 * Return: false if it is any other instruction.
 */
bool decode_instruction(u32 instruction, struct decode_access *access);

/** decode_load_result() - what the register holds after a load of @value */
static inline u64 decode_load_result(const struct decode_access *access, u64 value)
{
	u64 mask = ~0UL >> (64 - 8 * access->size);

	value &= mask;
	if (access->sign && value & (mask ^ mask >> 1))
		value |= ~mask;
	return access->wide ? value : (u32)value;
}

#endif

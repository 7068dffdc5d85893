// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * ESR_EL2, Arm ARM D17.2.37: EC is in bits 31-26, the ISS in bits 24-0.
 */
#include "syndrome.h"

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

#define EC(syndrome)		((syndrome) >> 26)
#define EC_WFX			0x01
#define EC_SYSREG		0x18
#define EC_HVC64		0x16
#define EC_SMC64		0x17
#define EC_FETCH		0x20	/* an instruction abort of a lower exception level */
#define EC_DATA			0x24	/* a data abort, likewise */

#define BITS(value, high, low)	((value) >> (low) & ((2u << ((high) - (low))) - 1))

/* Exception classes that a hypervisor can get; any other one is "trap". */
static const char *const classes[64] = {
	[0x00] = "unknown", [EC_WFX] = "wfi", [0x07] = "fp", [0x09] = "pauth", [0x0d] = "bti",
	[0x0e] = "illegal", [0x12] = "hvc32", [0x13] = "smc32", [EC_HVC64] = "hvc",
	[EC_SMC64] = "smc", [EC_SYSREG] = "msr", [0x19] = "sve", [EC_FETCH] = "fetch",
	[0x22] = "pc", [EC_DATA] = "read",
};

static bool is_write(__u32 syndrome)
{
	return BITS(syndrome, 6, 6);
}

static bool is_read_of_register(__u32 syndrome)
{
	return BITS(syndrome, 0, 0);
}

static const char *name_of(__u32 syndrome)
{
	const char *name = classes[EC(syndrome)];

	switch (EC(syndrome)) {
	case EC_WFX:
		return BITS(syndrome, 1, 0) ? "wfe" : name;
	case EC_SYSREG:
		return is_read_of_register(syndrome) ? "mrs" : name;
	case EC_DATA:
		return is_write(syndrome) ? "write" : name;
	}
	return name ? name : "trap";
}

const char *syndrome_name(const struct jh_trace_record *record)
{
	switch (record->kind) {
	case JH_TRACE_SYNC:
		return name_of(record->syndrome);
	case JH_TRACE_IRQ:
		return "irq";
	case JH_TRACE_FIQ:
		return "fiq";
	case JH_TRACE_ERROR:
		return "serror";
	}
	return "unknown";
}

/* Generic register name of an assembler: Op0, Op1, CRn, CRm, Op2. */
static char *register_name(__u32 syndrome)
{
	return text_format("S%u_%u_C%u_C%u_%u", BITS(syndrome, 21, 20), BITS(syndrome, 16, 14),
			   BITS(syndrome, 13, 10), BITS(syndrome, 4, 1), BITS(syndrome, 19, 17));
}

static char *access_detail(const struct jh_trace_record *record)
{
	unsigned int bytes = 1u << BITS(record->syndrome, 23, 22);

	/* The size is valid only with ISV. */
	if (!BITS(record->syndrome, 24, 24))
		return text_format("0x%llx", record->detail);
	return text_format("0x%llx, %u byte%s", record->detail, bytes, bytes == 1 ? "" : "s");
}

char *syndrome_detail(const struct jh_trace_record *record)
{
	if (record->kind != JH_TRACE_SYNC)
		return text_format("%s", "");
	switch (EC(record->syndrome)) {
	case EC_HVC64:
	case EC_SMC64:
		return text_format("0x%llx", record->detail);
	case EC_SYSREG:
		return register_name(record->syndrome);
	case EC_DATA:
		return access_detail(record);
	case EC_FETCH:
		return text_format("0x%llx", record->detail);
	case EC_WFX:
		return text_format("%s", "");
	}
	return text_format("syndrome 0x%x", record->syndrome);
}

// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/boot.h>
#include <asm/errata.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <hv/atomic.h>

u32 errata_machine;
static bool guests_trusted;

#define ERRATA_BITS	28

/*
 * A cache, because CPUs are mostly alike: MIDR_EL1 and CSV2 of the last CPU, below them its errata.
 */
static u64 last;

static u32 own_errata(void)
{
	u64 midr = read_sysreg(midr_el1), csv2 = FIELD(read_sysreg(id_aa64pfr0_el1), 59, 56);
	u64 kind = midr << 4 | csv2, known = READ_ONCE(last);

	if (known >> ERRATA_BITS != kind) {
		known = kind << ERRATA_BITS | errata_of(midr, (u32)csv2);
		WRITE_ONCE(last, known);
	}
	return (u32)known & ((1U << ERRATA_BITS) - 1);
}

void errata_detect(void)
{
	fetch_or(&errata_machine, own_errata());
}

void errata_init(bool trust_guests)
{
	guests_trusted = trust_guests;
}

/* Firmware without the call needs no work-around, or cannot help. */
static bool firmware_has(u32 id)
{
	return (s32)smccc_firmware(SMCCC_ARCH_FEATURES, id, 0, 0) >= 0;
}

u64 errata_vectors(void)
{
	struct errata_ids ids = {
		.midr = read_sysreg(midr_el1),
		.pfr0 = read_sysreg(id_aa64pfr0_el1),
		.isar2 = read_sysreg(s3_0_c0_c6_2),
		.mmfr1 = read_sysreg(id_aa64mmfr1_el1),
		.errata = own_errata(),
	};
	u32 mitigation = guests_trusted ? 0 : errata_mitigation(&ids, firmware_has);
	bool by_firmware = mitigation & MITIGATION_FIRMWARE;

	this_percpu->firmware_call = by_firmware ? mitigation : 0;
	this_percpu->mitigation = by_firmware ? 0 : mitigation;
	return (u64)(by_firmware ? vectors_mitigating : vectors);
}

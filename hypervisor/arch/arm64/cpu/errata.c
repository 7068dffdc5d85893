// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <asm/boot.h>
#include <asm/errata.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <hv/atomic.h>

u32 errata_machine;
static bool guests_trusted;

static u32 own_errata(void)
{
	return errata_of(read_sysreg(midr_el1),
			 (u32)FIELD(read_sysreg(id_aa64pfr0_el1), 59, 56));
}

void errata_detect(void)
{
	fetch_or(&errata_machine, own_errata());
}

void errata_init(bool trust_guests)
{
	guests_trusted = trust_guests;
}

/* Firmware that lacks the call tells that it needs none, or cannot help. */
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
	};
	u32 mitigation = guests_trusted ? 0 : errata_mitigation(&ids, firmware_has);
	bool by_firmware = mitigation & MITIGATION_FIRMWARE;

	this_percpu->firmware_call = by_firmware ? mitigation : 0;
	this_percpu->mitigation = by_firmware ? 0 : mitigation;
	return (u64)(by_firmware ? vectors_mitigating : vectors);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Memory, system registers, and the parts of arch/arm64 that are only instructions. Guests' memory
 * is not kept: writes to it are dropped.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <asm/boot.h>
#include <asm/context.h>
#include <asm/smccc.h>
#include <asm/sysreg.h>
#include <hv/report.h>
#include <hv/unit.h>
#include "../fake/state.h"
#include "machine_inside.h"

#define HV		0x7e000000UL
#define RAM		0x40000000UL
#define POOL		0x50000000UL
#define POOL_SIZE	0x400000UL
#define RAM_SIZE	0x4000UL
#define CONFIG_SIZE	0x3000UL
#define INFO_OFFSET	CONFIG_SIZE
#define POOL_OFFSET	(INFO_OFFSET + PAGE_SIZE)
#define POOL_PAGES	200UL
#define SYSREGS		256	/* a power of two */

/* In one section with the report area, which comes first: the hypervisor's memory in a row. */
static u8 hv_memory[POOL_OFFSET + POOL_PAGES * PAGE_SIZE] __section(".report") __aligned(PAGE_SIZE);

struct jh_boot_info *const board_info = (void *)(hv_memory + INFO_OFFSET);

const char vectors_tracing[1] = "", vectors_tracing_mitigating[1] = "";
const char vectors[1] = "", vectors_mitigating[1] = "", image_start[1] = "", exit_unmanaged[1] = "";

static u8 ram[RAM_SIZE], guests[PRIVATE_SLOT_PAGES * PAGE_SIZE];

static struct {
	const char *name;
	u64 value[MACHINE_CPUS];
} sysregs[SYSREGS];

/* --- memory --- */

static u64 hv_size(void)
{
	return (u64)(hv_memory + sizeof(hv_memory) - (u8 *)&report);
}

void *machine_va(u64 pa)
{
	if (pa - HV >= hv_size())
		machine_fail("%llx is not in the hypervisor's memory", (unsigned long long)pa);
	return (u8 *)&report + (pa - HV);
}

u64 machine_pa(const void *va)
{
	return HV + (u64)((const u8 *)va - (const u8 *)&report);
}

u64 machine_put(const void *data, u64 size)
{
	if (size > RAM_SIZE)
		abort();
	memcpy(ram, data, size);
	return RAM;
}

const void *arch_guest_map_ro(pa_t pa, u64 size)
{
	return pa.a - RAM < RAM_SIZE && size <= RAM_SIZE ? ram + (pa.a - RAM) : guests;
}

void *arch_guest_map_rw(pa_t pa, u64 size)
{
	(void)pa, (void)size;
	return guests;
}

void arch_guest_unmap_ro(void)
{
}

void arch_guest_unmap_rw(void)
{
}

void *arch_map_uncached(pa_t pa)
{
	return machine_va(pa.a);
}

void arch_unmap_uncached(void)
{
}

void arch_clean_to_memory(void *address, u64 size)
{
	(void)address, (void)size;
}

void arch_zero(void *address, u64 size)
{
	memset(address, 0, size);
}

void arch_sync_instructions(void)
{
}

/* --- system registers --- */

static u32 slot_of(const char *name)
{
	u32 hash = 5381, i;
	const char *c;

	for (c = name; *c; c++)
		hash = hash * 33 ^ (u8)*c;
	for (i = hash % SYSREGS; sysregs[i].name; i = (i + 1) % SYSREGS) {
		if (sysregs[i].name == name || !strcmp(sysregs[i].name, name))
			break;
	}
	sysregs[i].name = name;
	return i;
}

u64 fake64_read_sysreg(const char *name)
{
	u64 value;

	return frames_read_sysreg(name, &value) ? value : sysregs[slot_of(name)].value[fake64_cpu];
}

void fake64_write_sysreg(const char *name, u64 value)
{
	machine_preempt();
	if (!frames_write_sysreg(name, value))
		sysregs[slot_of(name)].value[fake64_cpu] = value;
}

const char *machine_find_sysreg(u64 value)
{
	u32 i;

	for (i = 0; i < SYSREGS; i++) {
		if (sysregs[i].name && sysregs[i].value[fake64_cpu] == value)
			return sysregs[i].name;
	}
	return NULL;
}

void context_zero_simd(void)
{
}

void context_zero_sve(void)
{
}

void context_zero_keys(void)
{
}

void context_zero_debug(u64 breakpoints, u64 watchpoints)
{
	(void)breakpoints, (void)watchpoints;
}

void context_zero_pmu(u64 counters)
{
	(void)counters;
}

const struct unit unit_firmware = { };

/* --- what the loader leaves --- */

static u32 place_config(u32 version)
{
	u32 length;
	u8 *blob = machine_config(version, &length);

	if (length > CONFIG_SIZE)
		abort();
	memcpy(hv_memory, blob, length);
	free(blob);
	return length;
}

void board_reset(u32 version)
{
	state_reset();
	memset(&report, 0, sizeof(report));
	memset(hv_memory, 0, sizeof(hv_memory));
	memset(sysregs, 0, sizeof(sysregs));
	memset(fake64_percpu, 0, sizeof(fake64_percpu));
	*board_info = (struct jh_boot_info){
		.hv_address = HV, .hv_size = hv_size(), .max_address = 0x7fffffff,
		.cpu_mask = BIT(MACHINE_CPUS) - 1, .num_pools = 1, .pools = { { POOL, POOL_SIZE } },
		.config_size = place_config(version),
		.config_offset = machine_pa(hv_memory) - HV,
		.pool_offset = machine_pa(hv_memory + POOL_OFFSET) - HV,
		.device_va = MACHINE_DEVICES(version),
	};
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Fuzzing of all hypercalls, by a hostile root and by hostile cells: nothing crashes, and every
 * rule of world_check() holds after each sequence of calls.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <checksum.h>
#include <hv/cpu.h>
#include "world.h"

#define CPUS	5

struct input {
	const uint8_t *at;
	size_t left;
};

static u32 byte(struct input *in)
{
	if (!in->left)
		return 0;
	in->left--;
	return *in->at++;
}

static u64 number(struct input *in)
{
	u64 value = 0;
	u32 i;

	for (i = 0; i < 8; i++)
		value |= (u64)byte(in) << 8 * i;
	return value;
}

/* Arguments that mean something, mostly. */
static u64 argument(struct input *in)
{
	static const u64 places[] = {
		0, AT_CONFIG, AT_IMAGE, FAKE_POOL0, FAKE_POOL1, FAKE_HV, FAKE_DEVICE, FAKE_DEVICE2,
		FAKE_MAX_ADDRESS, 0x80000000, 0x08000000, ~0UL,
	};
	u32 kind = byte(in);

	if (kind < 128)
		return kind % 20;
	if (kind < 160)
		return number(in);
	return places[kind % ARRAY_SIZE(places)] + byte(in) * (kind & 1 ? PAGE_SIZE : 1);
}

/* A configuration that is valid but for what the input changes. */
static void put_config(struct input *in)
{
	struct blob_parts parts;
	u32 edits = byte(in) % 8, length, at;
	u8 blob[2048];

	world_cell(&parts, "fuzzed", 1 + byte(in) % CPUS);
	parts.cell.flags = byte(in) & (JH_CELL_PUTC | JH_CELL_WFI_TRAP);
	world_add_memory(&parts, argument(in) & PAGE_MASK, 0x1000000, PAGE_SIZE * (byte(in) + 1),
			 byte(in));
	world_add_irq(&parts, 32 + byte(in), byte(in) & 1);
	length = world_put(AT_CONFIG, &parts);
	fake_peek(AT_CONFIG, blob, length);
	while (edits--) {
		at = (byte(in) | byte(in) << 8) % length;
		blob[at] = (u8)byte(in);
	}
	blob_seal(blob, length);
	fake_poke(AT_CONFIG, blob, length);
	fake_hypercall(0, JH_HC_CELL_CREATE, AT_CONFIG, length, 0, 0);
}

static void one_step(struct input *in)
{
	u32 what = byte(in), cpu = what % CPUS;
	u64 code, args[4];
	u32 i;

	if (what < 50) {
		put_config(in);
		return;
	}
	code = byte(in) % 24;
	if (code == 23)
		code = number(in);
	for (i = 0; i < 4; i++)
		args[i] = argument(in);
	/* Its CPUs would have to come all at once; test_enable.c does that. */
	if (code == JH_HC_DISABLE || fake_cpus[cpu].mode != FAKE_GUEST)
		return;
	fake_hypercall(cpu, code, args[0], args[1], args[2], args[3]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fake_options options = fake_defaults;
	struct input in = { data, size };
	u32 cpu;

	options.cpus = CPUS;
	options.pool_pages = 64;
	options.holes = true;
	if (fake_boot(&options))
		abort();
	for (cpu = 2; cpu < CPUS; cpu++)
		fake_park(cpu);
	while (in.left)
		one_step(&in);
	world_check();
	return 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Hypercalls of guests, permitted and not; the log; filtered devices.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/log.h>
#include <hv/manage.h>
#include <hv/mmio.h>
#include <hv/pool.h>
#include <hv/report.h>
#include <jh/reasons.h>
#include "world.h"

#define CELL_CPU	3

/* Cell 1 runs on CPU 3, cell 2 on CPU 2; both may print but the second. */
static void begin(void)
{
	struct blob_parts parts;

	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "talker", CELL_CPU);
	parts.cell.flags = JH_CELL_PUTC;
	assert_int_equal(world_run(&parts), 1);
	world_cell(&parts, "silent", 2);
	assert_int_equal(world_run(&parts), 2);
}

static s64 call(u32 cpu, u64 code, u64 a, u64 b)
{
	return fake_hypercall(cpu, code, a, b, 0, 0);
}

static void cells_may_not_manage(void **state)
{
	static const u64 codes[] = {
		JH_HC_DISABLE, JH_HC_CELL_CREATE, JH_HC_CELL_START, JH_HC_CELL_STOP,
		JH_HC_CELL_DESTROY, JH_HC_CELL_WRITE, JH_HC_CELL_SCRUB, JH_HC_CELL_MSG,
		JH_HC_LOG_FLUSH, JH_HC_CELL_LOADED, JH_HC_CELL_CLEAN, JH_HC_CONSOLE_INPUT,
		JH_HC_CELL_SAMPLE, JH_HC_CELL_LINK, JH_HC_CPU_TRACE,
	};
	u32 i, id;

	(void)state;
	begin();
	world_remember();
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		for (id = 0; id < 4; id++)
			assert_int_equal(call(CELL_CPU, codes[i], id, 0), -EPERM);
	}
	world_unchanged();
}

static void unknown_calls_are_answered(void **state)
{
	static const u64 codes[] = {
		9, 10, 15, 26, 27, 255, 256, 1UL << 31, 1UL << 32, (1UL << 32) + 5, 1UL << 63,
		~0UL,
	};
	u32 i;

	(void)state;
	begin();
	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		assert_int_equal(call(0, codes[i], 1, 1), -ENOSYS);
		assert_int_equal(call(CELL_CPU, codes[i], 1, 1), -ENOSYS);
	}
}

static void info_calls_describe_the_hypervisor(void **state)
{
	(void)state;
	begin();
	assert_int_equal(call(CELL_CPU, JH_HC_HYPERVISOR_GET_INFO, JH_INFO_MEM_POOL_SIZE, 0),
			 pool_size());
	assert_int_equal(call(CELL_CPU, JH_HC_HYPERVISOR_GET_INFO, JH_INFO_MEM_POOL_USED, 0),
			 pool_used());
	assert_int_equal(call(CELL_CPU, JH_HC_HYPERVISOR_GET_INFO, JH_INFO_NUM_CELLS, 0), 3);
	assert_int_equal(call(CELL_CPU, JH_HC_HYPERVISOR_GET_INFO, JH_INFO_REMAP_POOL_SIZE, 0), 0);
	assert_int_equal(call(CELL_CPU, JH_HC_HYPERVISOR_GET_INFO, 5, 0), -EINVAL);
	assert_int_equal(call(CELL_CPU, JH_HC_HYPERVISOR_GET_INFO, ~0UL, 0), -EINVAL);
}

static void cells_are_asked_about_themselves(void **state)
{
	(void)state;
	begin();
	assert_int_equal(call(CELL_CPU, JH_HC_CELL_GET_STATE, 1, 0), JH_COMM_RUNNING);
	assert_int_equal(call(CELL_CPU, JH_HC_CELL_GET_STATE, 2, 0), -EPERM);
	assert_int_equal(call(CELL_CPU, JH_HC_CELL_GET_STATE, 0, 0), -EPERM);
	assert_int_equal(call(CELL_CPU, JH_HC_CELL_GET_STATE, (1UL << 32) + 1, 0), -EPERM);
	assert_int_equal(call(0, JH_HC_CELL_GET_STATE, 0, 0), JH_COMM_RUNNING);
	assert_int_equal(call(0, JH_HC_CELL_GET_STATE, 3, 0), -ENOENT);
	assert_int_equal(call(0, JH_HC_CELL_GET_STATE, 17, 0), -ENOENT);
	assert_int_equal(call(0, JH_HC_CELL_GET_STATE, ~0UL, 0), -ENOENT);
	/* A state that a guest invents does not look like an error or one of ours. */
	world_comm(1)->cell_state = 0xfffffff0;
	assert_int_equal(call(0, JH_HC_CELL_GET_STATE, 1, 0), JH_COMM_FAILED_REVISION);
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	assert_int_equal(call(0, JH_HC_CELL_GET_STATE, 1, 0), JH_COMM_SHUT_DOWN);
}

static void cpus_are_asked_about_by_their_owner(void **state)
{
	static const u64 bad[] = { 4, 63, 64, 65, 1UL << 32, (1UL << 32) + 3, ~0UL };
	u32 i;

	(void)state;
	begin();
	/* By its own numbers, */
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 0, 0), JH_CPU_STATE_RUNNING);
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 1, 0), -EINVAL);
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 3, 0), -EINVAL);
	assert_true(call(CELL_CPU, JH_HC_CPU_GET_INFO, 0, 1000 + JH_STAT_HYPERCALL) > 0);
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 0, 1), -EINVAL);
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 0, 999), -EINVAL);
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 0, 1000 + JH_NUM_STATS), -EINVAL);
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 0, ~0UL), -EINVAL);
	/* or by the machine's. */
	cell_get(1)->flags |= JH_CELL_PHYSICAL_IDS;
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 3, 0), JH_CPU_STATE_RUNNING);
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 2, 0), -EPERM);
	assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, 0, 0), -EPERM);
	assert_true(call(0, JH_HC_CPU_GET_INFO, 3, 1000) >= 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_equal(call(0, JH_HC_CPU_GET_INFO, bad[i], 0), -EINVAL);
		assert_int_equal(call(CELL_CPU, JH_HC_CPU_GET_INFO, bad[i], 0), -EINVAL);
	}
}

static void printing_needs_permission_and_wraps_around(void **state)
{
	struct jh_ring *ring;
	u32 i;

	(void)state;
	begin();
	ring = cell_get(1)->console;
	assert_int_equal(report_offset(ring), report.cells[1].console_offset);
	for (i = 0; i < 3 * ring->size + 5; i++)
		assert_int_equal(call(CELL_CPU, JH_HC_DEBUG_CONSOLE_PUTC, 'a' + i % 26, 0), 0);
	assert_int_equal(ring->head, 3 * ring->size + 5);
	for (i = (u32)ring->head - ring->size; i < ring->head; i++)
		assert_int_equal(ring->data[i % ring->size], 'a' + i % 26);
	assert_int_equal(call(2, JH_HC_DEBUG_CONSOLE_PUTC, 'x', 0), -EPERM);
	assert_int_equal(call(0, JH_HC_DEBUG_CONSOLE_PUTC, 'x', 0), -EPERM);
	world_check();
}

static void a_cell_does_not_see_its_predecessors_console(void **state)
{
	struct blob_parts parts;

	(void)state;
	begin();
	call(CELL_CPU, JH_HC_DEBUG_CONSOLE_PUTC, 's', 0);
	assert_int_equal(world_destroy(1), 0);
	world_cell(&parts, "heir", CELL_CPU);
	parts.cell.flags = JH_CELL_PUTC;
	assert_int_equal(world_run(&parts), 1);
	assert_int_equal(cell_get(1)->console->head, 0);
	assert_int_equal(cell_get(1)->console->data[0], 0);
}

/* --- the virtual UART --- */

#define UART		0xa000000UL
#define UARTDR		0x00
#define UARTFR		0x18
#define UARTIMSC	0x38
#define UARTCR		0x30
#define UARTPERIPHID	0xfe0
#define GENERATION	77

/* Cell 1 has one, of which it takes notice by interrupt 33; cell 2 has no console at all. */
static void begin_uart(void)
{
	struct blob_parts parts;
	u32 length;

	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "talker", CELL_CPU);
	parts.num_consoles = 1;
	parts.console = (struct jh_console){
		UART, JH_CONSOLE_VIRTUAL_SIZE, JH_CONSOLE_PL011,
		JH_CONSOLE_VIRTUAL | JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4, 0, 0, 0,
	};
	parts.cell.console_irq = 33;
	length = world_put(AT_CONFIG, &parts);
	assert_int_equal(fake_hypercall(0, JH_HC_CELL_CREATE, AT_CONFIG, length, GENERATION, 0),
			 1);
	assert_int_equal(world_load(1, 0, 4096), 0);
	world_cell(&parts, "silent", 2);
	assert_int_equal(world_run(&parts), 2);
	memset(fake_virqs, 0, sizeof(fake_virqs));
}

static u64 uart(u32 cpu, u32 offset, u32 size, bool write, u64 value)
{
	const struct mmio_region *region;

	fake_self = cpu;
	region = mmio_find(UART + offset);
	assert_non_null(region);
	return region->access((struct mmio_access){ value, offset, (u8)size, write },
			      region->context);
}

static s64 input(u64 cell, u64 generation, u64 count, const char *text)
{
	char bytes[16] = { 0 };
	u64 words[2];

	strncpy(bytes, text, sizeof(bytes));
	memcpy(words, bytes, sizeof(words));
	return fake_hypercall(0, JH_HC_CONSOLE_INPUT, cell, generation << 32 | count, words[0],
			      words[1]);
}

static void input_of_root_reaches_the_cell(void **state)
{
	const struct jh_input *in;
	u32 i;

	(void)state;
	begin_uart();
	in = (const void *)((u64)&report + report.cells[1].input_offset);
	assert_int_equal(world_start(1), 0);
	assert_int_equal(uart(CELL_CPU, UARTFR, 4, false, 0) & 0x10, 0x10);
	assert_int_equal(input(1, GENERATION, 16, "0123456789abcdef"), 16);
	assert_int_equal(fake_virqs[1], 1);
	assert_int_equal(in->head - in->tail, 16);
	for (i = 0; i < 16; i++)
		assert_int_equal(uart(CELL_CPU, UARTDR, 1 << i % 4, false, 0),
				 "0123456789abcdef"[i]);
	assert_int_equal(in->head - in->tail, 0);
	/* Only what there is room for. */
	for (i = 0; i < JH_INPUT_SIZE / 16; i++)
		assert_int_equal(input(1, GENERATION, 16, "0123456789abcdef"), 16);
	assert_int_equal(input(1, GENERATION, 1, "x"), 0);
	uart(CELL_CPU, UARTDR, 4, false, 0);
	assert_int_equal(input(1, GENERATION, 16, "xxxxxxxxxxxxxxxx"), 1);
	world_check();
}

static void input_for_a_stale_generation_is_refused(void **state)
{
	u32 count;

	(void)state;
	begin_uart();
	assert_int_equal(input(1, GENERATION, 1, "a"), -EAGAIN);
	assert_int_equal(world_start(1), 0);
	assert_int_equal(input(1, GENERATION - 1, 1, "a"), -ENOENT);
	assert_int_equal(input(0, 0, 1, "a"), -ENOENT);
	assert_int_equal(input(2, 0, 1, "a"), -ENOENT);
	assert_int_equal(input(3, 0, 1, "a"), -ENOENT);
	assert_int_equal(input(1UL << 32 | 1, GENERATION, 1, "a"), -ENOENT);
	assert_int_equal(input(~0UL, GENERATION, 1, "a"), -ENOENT);
	assert_int_equal(input(1, GENERATION, 0, ""), -EINVAL);
	assert_int_equal(input(1, GENERATION, 17, "a"), -EINVAL);
	assert_int_equal(input(1, GENERATION, 0xffffffff, "a"), -EINVAL);
	assert_int_equal(uart(CELL_CPU, UARTDR, 4, false, 0), 0);
	assert_int_equal(fake_virqs[1], 0);
	for (count = 1; count <= 16; count++)
		assert_int_equal(input(1, GENERATION, count, "0123456789abcdef"), count);
	/* Nobody waits for a lock. */
	assert_true(manage_try_begin());
	assert_int_equal(input(1, GENERATION, 1, "a"), -EBUSY);
	manage_end();
	/* A reason that another call left is not this one's to overwrite. */
	report.head.error.reason = 99;
	input(1, GENERATION - 1, 1, "a");
	assert_int_equal(report.head.error.reason, 99);
}

static void a_life_does_not_get_input_of_the_last(void **state)
{
	(void)state;
	begin_uart();
	assert_int_equal(world_start(1), 0);
	uart(CELL_CPU, UARTIMSC, 4, true, 0x10);
	uart(CELL_CPU, UARTCR, 4, true, 0);
	assert_int_equal(input(1, GENERATION, 6, "secret"), 6);
	assert_int_equal(world_call(JH_HC_CELL_STOP, 1), 0);
	assert_int_equal(input(1, GENERATION, 6, "secret"), -EAGAIN);
	assert_int_equal(world_start(1), 0);
	assert_int_equal(uart(CELL_CPU, UARTDR, 4, false, 0), 0);
	assert_int_equal(uart(CELL_CPU, UARTIMSC, 4, false, 0), 0);
	assert_int_equal(uart(CELL_CPU, UARTCR, 4, false, 0), 0x300);
}

static void the_uart_is_the_cells_alone(void **state)
{
	static const char text[] = "hello";
	const struct jh_ring *out;
	u32 i, cpu;

	(void)state;
	begin_uart();
	assert_int_equal(world_start(1), 0);
	out = (const void *)((u64)&report + report.cells[1].console_offset);
	for (i = 0; i < 5; i++)
		uart(CELL_CPU, UARTDR, 1 << i % 4, true, (u8)text[i]);
	assert_int_equal(out->head, 5);
	assert_memory_equal(out->data, text, 5);
	/* The hypercall is another permission. */
	assert_int_equal(call(CELL_CPU, JH_HC_DEBUG_CONSOLE_PUTC, 'x', 0), -EPERM);
	for (cpu = 0; cpu < 3; cpu++) {
		fake_self = cpu;
		assert_null(mmio_find(UART));
	}
	fake_self = CELL_CPU;
	assert_null(mmio_find(UART - 1));
	assert_null(mmio_find(UART + JH_CONSOLE_VIRTUAL_SIZE));
	/* What the guest is told looks like any PL011. */
	assert_int_equal(world_comm(1)->console.address, UART);
	assert_int_equal(world_comm(1)->console.type, JH_CONSOLE_PL011);
	assert_int_equal(world_comm(1)->console.flags, JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4);
	/* Gone with the cell. */
	assert_int_equal(world_destroy(1), 0);
	fake_self = 0;
	assert_int_equal(input(1, GENERATION, 1, "a"), -ENOENT);
	world_check();
}

/* What begins within a register reaches none; nothing at any width leaves the frame. */
static void odd_accesses_do_nothing(void **state)
{
	u32 offset, size;

	(void)state;
	begin_uart();
	assert_int_equal(world_start(1), 0);
	assert_int_equal(input(1, GENERATION, 2, "ab"), 2);
	assert_int_equal(uart(CELL_CPU, 1, 1, false, 0), 0);
	assert_int_equal(uart(CELL_CPU, 2, 2, false, 0), 0);
	assert_int_equal(uart(CELL_CPU, UARTFR, 1, false, 0), 0x87);
	uart(CELL_CPU, UARTIMSC + 1, 1, true, 0xff);
	assert_int_equal(uart(CELL_CPU, UARTIMSC, 4, false, 0), 0);
	assert_int_equal(uart(CELL_CPU, UARTDR, 8, false, 0), 'a');
	assert_int_equal(fake_virqs[1], 1);
	uart(CELL_CPU, UARTIMSC, 4, true, 0x10);
	assert_int_equal(fake_virqs[1], 2);
	uart(CELL_CPU, UARTCR, 4, true, 0xffffffff);
	assert_int_equal(uart(CELL_CPU, UARTCR, 1, false, 0), 0x87);
	assert_int_equal(uart(CELL_CPU, UARTCR, 2, false, 0), 0xff87);
	/* Nor do those that only keep what is written, and those that name the UART. */
	assert_int_equal(uart(CELL_CPU, UARTCR + 1, 1, false, 0), 0);
	assert_int_equal(uart(CELL_CPU, UARTCR + 2, 2, false, 0), 0);
	uart(CELL_CPU, UARTCR + 2, 2, true, 0);
	assert_int_equal(uart(CELL_CPU, UARTCR, 2, false, 0), 0xff87);
	assert_int_equal(uart(CELL_CPU, UARTPERIPHID, 1, false, 0), 0x11);
	assert_int_equal(uart(CELL_CPU, UARTPERIPHID + 2, 2, false, 0), 0);
	for (offset = 0; offset < JH_CONSOLE_VIRTUAL_SIZE; offset++) {
		for (size = 1; size <= 8; size *= 2) {
			if (offset % size)
				continue;
			uart(CELL_CPU, offset, size, true, size == 8 ? ~0UL : BIT(8 * size) - 1);
			assert_true(size == 8 ||
				    !(uart(CELL_CPU, offset, size, false, 0) >> 8 * size));
		}
	}
	world_check();
}

static void an_interrupt_that_is_not_there_is_refused(void **state)
{
	struct blob_parts parts;

	(void)state;
	world_boot(&fake_defaults, 0xc);
	world_cell(&parts, "talker", CELL_CPU);
	parts.num_consoles = 1;
	parts.console = (struct jh_console){
		UART, JH_CONSOLE_VIRTUAL_SIZE, JH_CONSOLE_PL011,
		JH_CONSOLE_VIRTUAL | JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4, 0, 0, 0,
	};
	parts.cell.console_irq = FAKE_IRQS;
	world_refused(world_create(&parts), -EINVAL, JH_ERR_IRQ_ABSENT, JH_OBJ_CONSOLE, 0);
	world_check();
	parts.cell.console_irq = FAKE_IRQS - 1;
	assert_int_equal(world_create(&parts), 1);
}

static void the_log_keeps_the_newest(void **state)
{
	u64 i, n, before;
	char line[32];

	(void)state;
	begin();
	before = report.log.head;
	for (i = 0; i < 2000; i++)
		log_printf("message %u\n", (u32)i);
	assert_true(report.log.head - before > report.log.size);
	n = report.log.head - 13;
	for (i = 0; i < 13; i++)
		line[i] = report.log.data[(n + i) % report.log.size];
	assert_memory_equal(line, "message 1999\n", 13);
	/* Longer than a message may be: cut, not spilt. */
	before = report.log.head;
	log_printf("%300s", "x");
	assert_true(report.log.head - before < 160);
}

static void flushing_is_bounded_and_ends(void **state)
{
	s64 left, before = 1 << 30;
	u32 i;

	(void)state;
	begin();
	for (i = 0; i < 2000; i++)
		log_printf("message %u\n", i);
	do {
		left = call(0, JH_HC_LOG_FLUSH, 0, 0);
		assert_true(left >= 0 && (left < before || !left));
		assert_true(before == 1 << 30 || before - left <= 4096);
		before = left;
	} while (left);
}

/* --- filtered devices --- */

static u64 tell_context(struct mmio_access access, void *context)
{
	(void)access;
	return (u64)context;
}

static u32 visits;

static int visit(u64 start, u64 size)
{
	(void)start;
	(void)size;
	return ++visits == 2 ? -EIO : 0;
}

static int count(u64 start, u64 size)
{
	(void)start;
	visits += size == 0x1000;
	return 0;
}

/* Which of them an access would be for; 0: none. */
static u64 found(u64 gpa)
{
	const struct mmio_region *region = mmio_find(gpa);

	return region ? region->access((struct mmio_access){ 0 }, region->context) : 0;
}

/* Any number of them, the first ones on the short way. */
static void filtered_ranges_end_where_they_end(void **state)
{
	static struct mmio_region first = {
		0x8000000, 0x10000, tell_context, (void *)1, NULL, 0,
	};
	static struct mmio_region second = {
		0x80a0000, 0xf60000, tell_context, (void *)2, NULL, 0,
	};
	static struct mmio_region regions[MMIO_FAST + 3];
	u32 i;

	(void)state;
	fake_reset();
	fake_self = 0;
	fake_cpus[0].cell = &root_cell;
	assert_int_equal(found(0), 0);
	mmio_add(&first);
	mmio_add(&second);
	assert_int_equal(found(0x7ffffff), 0);
	assert_int_equal(found(0x8000000), 1);
	assert_int_equal(found(0x800ffff), 1);
	assert_int_equal(found(0x8010000), 0);
	assert_int_equal(found(0x80a0000), 2);
	assert_int_equal(found(0x8ffffff), 2);
	assert_int_equal(found(0x9000000), 0);
	assert_int_equal(found(~0UL), 0);
	visits = 0;
	assert_int_equal(mmio_each(visit), -EIO);
	assert_int_equal(visits, 2);
	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		regions[i] = (struct mmio_region){
			0x10000000 + i * 0x2000, 0x1000, tell_context, (void *)(10UL + i),
			NULL, 0,
		};
		mmio_add(&regions[i]);
	}
	for (i = 0; i < ARRAY_SIZE(regions); i++) {
		assert_int_equal(found(0x10000fff + i * 0x2000), 10 + i);
		assert_int_equal(found(0x10001000 + i * 0x2000), 0);
	}
	visits = 0;
	assert_int_equal(mmio_each(count), 0);
	assert_int_equal(visits, ARRAY_SIZE(regions));
}

static void a_cell_has_ranges_of_its_own(void **state)
{
	static struct mmio_region shared = {
		0x8000000, 0x1000, tell_context, (void *)1, NULL, 0,
	};
	static struct mmio_region own[] = {
		{ 0x9000000, 0x1000, tell_context, (void *)2, NULL, 0 },
		{ 0xa000000, 0x1000, tell_context, (void *)3, NULL, 0 },
	};
	static struct cell cells[2];

	(void)state;
	fake_reset();
	mmio_add(&shared);
	mmio_add_cell(&cells[0], &own[0]);
	mmio_add_cell(&cells[0], &own[1]);
	fake_self = 0;
	fake_cpus[0].cell = &cells[0];
	assert_int_equal(found(0x8000fff), 1);
	assert_int_equal(found(0x9000000), 2);
	assert_int_equal(found(0xa000fff), 3);
	assert_int_equal(found(0xa001000), 0);
	fake_cpus[0].cell = &cells[1];
	assert_int_equal(found(0x8000fff), 1);
	assert_int_equal(found(0x9000000), 0);
	assert_int_equal(found(0xa000fff), 0);
	/* Nobody else's view, root's map included, changes by them. */
	visits = 0;
	assert_int_equal(mmio_each(count), 0);
	assert_int_equal(visits, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_may_not_manage),
		cmocka_unit_test(unknown_calls_are_answered),
		cmocka_unit_test(info_calls_describe_the_hypervisor),
		cmocka_unit_test(cells_are_asked_about_themselves),
		cmocka_unit_test(cpus_are_asked_about_by_their_owner),
		cmocka_unit_test(printing_needs_permission_and_wraps_around),
		cmocka_unit_test(a_cell_does_not_see_its_predecessors_console),
		cmocka_unit_test(input_of_root_reaches_the_cell),
		cmocka_unit_test(input_for_a_stale_generation_is_refused),
		cmocka_unit_test(a_life_does_not_get_input_of_the_last),
		cmocka_unit_test(the_uart_is_the_cells_alone),
		cmocka_unit_test(odd_accesses_do_nothing),
		cmocka_unit_test(an_interrupt_that_is_not_there_is_refused),
		cmocka_unit_test(the_log_keeps_the_newest),
		cmocka_unit_test(flushing_is_bounded_and_ends),
		cmocka_unit_test(filtered_ranges_end_where_they_end),
		cmocka_unit_test(a_cell_has_ranges_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

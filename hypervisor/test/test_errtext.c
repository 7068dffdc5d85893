// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Sentences of errors.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <lib/config.h>
#include <lib/errtext.h>
#include <lib/refuse.h>
#include "blob.h"

extern const char refusals_made_up;
const char refusals_made_up = 1;		/* see refusals.c */

static void overlap_names_both_with_their_ranges(void **state)
{
	struct errtext_context context = { .file = "rtos.cell" };
	struct blob_parts parts;
	struct jh_error err;
	char text[ERRTEXT_SIZE];
	__u32 length;

	(void)state;
	blob_cell(&parts);
	parts.num_memories = 3;
	parts.memories[2] = parts.memories[1];
	parts.memories[2].virt = 0x0a000000;
	context.blob = blob_pack(&parts, &length);
	context.length = length;
	assert_int_equal(config_check(context.blob, length, JH_CONFIG_CELL, &err), -JH_EINVAL);
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "rtos.cell: memory[2] (0x9040000-0x9040fff) overlaps "
			    "memory[1] (0x9040000-0x9040fff) in physical memory");
	errtext_next(text, sizeof(text), &context, &err);
	assert_string_equal(text, "move or shrink one of them");
	free((void *)context.blob);
}

static void ranges_are_those_of_the_guest_if_that_is_meant(void **state)
{
	struct errtext_context context = { .file = "rtos.cell" };
	struct blob_parts parts;
	struct jh_error err;
	char text[ERRTEXT_SIZE];
	__u32 length;

	(void)state;
	blob_cell(&parts);
	parts.memories[1].virt = 0x00fff000;
	context.blob = blob_pack(&parts, &length);
	context.length = length;
	config_check(context.blob, length, JH_CONFIG_CELL, &err);
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "rtos.cell: memory[1] (0xfff000-0xffffff) overlaps memory[0] "
			    "(0x0-0xffffff) in the cell's address space");
	free((void *)context.blob);
}

static void the_system_is_looked_up_for_a_cell(void **state)
{
	struct errtext_context context = { .file = "rtos.cell" };
	struct blob_parts system, cell;
	struct jh_error err;
	char text[ERRTEXT_SIZE];
	__u32 length;

	(void)state;
	blob_system(&system);
	blob_cell(&cell);
	cell.memories[1].phys = 0x080a0000;
	context.blob = blob_pack(&cell, &length);
	context.length = length;
	context.system = blob_pack(&system, &length);
	context.system_length = length;
	assert_int_equal(config_check_against(context.system, context.blob, &err), -JH_EPERM);
	errtext_format(text, sizeof(text), &context, &err);
	assert_string_equal(text, "rtos.cell: memory[1] (0x80a0000-0x80a0fff) reaches into "
			    "gic.gicr (0x80a0000-0x8ffffff), which no cell may have; leave it out: "
			    "cells get their interrupt controller without asking");
	free((void *)context.blob);
	free((void *)context.system);
}

static void expect_sentence(const struct errtext_context *context, const struct jh_error *err,
			    const char *sentence)
{
	char text[ERRTEXT_SIZE];

	errtext_sentence(text, sizeof(text), context, err);
	assert_string_equal(text, sentence);
}

static void units_are_named_by_their_kind(void **state)
{
	struct errtext_context context = { 0 };
	struct blob_parts system;
	struct jh_error err;
	__u32 length;

	(void)state;
	/* Which one it is needs no configuration. */
	refuse_other(&err, JH_ERR_OVERLAP_PHYS, JH_OBJ_UNIT, JH_ERROR_UNIT(JH_UNIT_ITS, 1),
		     JH_OBJ_UNIT, JH_ERROR_UNIT(JH_UNIT_GICD, 0));
	expect_sentence(NULL, &err, "gic.its[1] overlaps gic.gicd in physical memory");
	refuse(&err, JH_ERR_UNIT_FRAME, JH_OBJ_UNIT, JH_ERROR_UNIT(JH_UNIT_TYPES + 40, 3));
	expect_sentence(NULL, &err, "unit 47[3] has an address or size that it cannot have");
	refuse_value(&err, JH_ERR_UNIT_MISSING, JH_OBJ_SYSTEM, 0, JH_UNIT_GICR, 3);
	expect_sentence(NULL, &err, "system has a GICv3 without gic.gicr");
	/* A row whose kind and index are of no use is called by its place. */
	blob_system(&system);
	blob_add_unit(&system, 40, 0x09100000, 0x1000)->index = 7;
	context.blob = blob_pack(&system, &length);
	context.length = length;
	assert_true(config_check(context.blob, length, JH_CONFIG_SYSTEM, &err) < 0);
	expect_sentence(&context, &err, "unit[2] (0x9100000-0x9100fff) is of kind 40, which this "
			"jh does not know");
	free((void *)context.blob);
}

/* Not by numbers that only the sources know. */
static void values_are_spelled_as_in_the_source(void **state)
{
	struct jh_error err;

	(void)state;
	refuse_value(&err, JH_ERR_IMAGE_UNITS, JH_OBJ_IMAGE, 0, JH_OPTIONAL_ALL, 0);
	expect_sentence(NULL, &err, "the image of the hypervisor lacks uart, link of "
			"hypervisor.units");
	refuse_value(&err, JH_ERR_IMAGE_UNITS, JH_OBJ_IMAGE, 0, JH_OPTIONAL_LINK | 0x40, 0);
	expect_sentence(NULL, &err, "the image of the hypervisor lacks link, 0x40 of "
			"hypervisor.units");
	refuse_value(&err, JH_ERR_CONSOLE_ABSENT, JH_OBJ_CONSOLE, 0, 0x9040000,
		     JH_CONSOLE_PL011);
	expect_sentence(NULL, &err, "console: the device tree has no pl011 UART at 0x9040000");
	refuse_value(&err, JH_ERR_CONSOLE_ABSENT, JH_OBJ_CONSOLE, 0, 0x9040000, 77);
	expect_sentence(NULL, &err, "console: the device tree has no 77 UART at 0x9040000");
	refuse(&err, JH_ERR_MISSING, JH_OBJ_POOL, 0);
	expect_sentence(NULL, &err, "pool is missing");
	refuse(&err, JH_ERR_SIZE, JH_OBJ_POOL, 0);
	expect_sentence(NULL, &err, "pool[0]: its size is 0");
}

/* What an error of an unknown reason says of the thing at fault. */
static void expect_object(const struct errtext_context *context, __u32 object, __u32 index,
			  const char *name)
{
	char wanted[ERRTEXT_SIZE];
	struct jh_error err;

	refuse(&err, 9999, object, index);
	snprintf(wanted, sizeof(wanted), "%s: refused for an unknown reason, number 9999", name);
	expect_sentence(context, &err, wanted);
}

/* Their names in the source, their numbers, and where they are. */
static void elements_are_named_with_their_place(void **state)
{
	struct errtext_context context = { 0 }, both = { 0 }, none = { 0 };
	struct blob_parts system, cell;
	__u32 length;

	(void)state;
	blob_system(&system);
	system.num_consoles = 1;
	system.system.hv_address = 0x50000000;
	system.num_pools = 2;
	system.pools[1] = (struct jh_config_pool){ 0x60000000, 0x200000, 0, 0 };
	context.blob = both.system = blob_pack(&system, &length);
	context.length = both.system_length = length;
	blob_cell(&cell);
	blob_add_link(&cell, "samples", "first");
	cell.memories[1].size = 0;
	both.blob = blob_pack(&cell, &length);
	both.length = length;

	expect_object(&context, JH_OBJ_NONE, 0, "jh");
	expect_object(&context, JH_OBJ_KINDS, 0, "jh");
	expect_object(&context, JH_OBJ_FILE, 0, "the configuration");
	expect_object(&context, JH_OBJ_SECTION, 2, "section[2]");
	expect_object(&context, JH_OBJ_SYSTEM, 0, "system");
	expect_object(&context, JH_OBJ_CONSOLE, 0, "console (0x9040000-0x9040fff)");
	expect_object(&context, JH_OBJ_POOL, 0, "pool[0] (64 MiB, automatic)");
	expect_object(&context, JH_OBJ_POOL, 1, "pool[1] (0x60000000-0x601fffff)");
	expect_object(&context, JH_OBJ_ASSIGNABLE, 0, "assignable[0] (0x9040000-0x9040fff)");
	expect_object(&context, JH_OBJ_UNIT, JH_ERROR_UNIT(0, 1), "unit[1] (0x80a0000-0x8ffffff)");
	expect_object(&context, JH_OBJ_UNIT, JH_ERROR_UNIT(JH_UNIT_TYPES, 1),
		      "unit 7[1]");
	expect_object(&context, JH_OBJ_IMAGE, 3, "the image");
	expect_object(&context, JH_OBJ_MACHINE, 3, "this machine");
	expect_object(&context, JH_OBJ_HYPERVISOR, 0,
		      "the hypervisor's memory (0x50000000-0x500fffff)");
	expect_object(&none, JH_OBJ_HYPERVISOR, 0, "the hypervisor's memory");

	expect_object(&both, JH_OBJ_CELL, 0, "cell rtos");
	expect_object(&both, JH_OBJ_CPU, 0, "cpus[0]");
	expect_object(&both, JH_OBJ_MEMORY, 0, "memory[0]");
	expect_object(&both, JH_OBJ_MEMORY, 1, "memory[1] (0x9040000)");
	expect_object(&both, JH_OBJ_IRQ, 0, "irq[0] (INTID 40)");
	expect_object(&both, JH_OBJ_DEVICE, 0, "device[0] (/pl011@9040000)");
	expect_object(&both, JH_OBJ_LINK, 0, "link[0] samples");
	expect_object(&both, JH_OBJ_VIRTIO, 1, "virtio[1]");
	expect_object(&both, JH_OBJ_PCI, 0, "pci");
	expect_object(&both, JH_OBJ_IVSHMEM, 1, "ivshmem[1]");
	/* The system has it where the cell does not. */
	expect_object(&both, JH_OBJ_POOL, 0, "pool[0] (64 MiB, automatic)");
	expect_object(&both, JH_OBJ_MEMORY, 9, "memory[9]");
	expect_object(&context, JH_OBJ_CELL, 0, "cell");
	expect_object(NULL, JH_OBJ_MEMORY, 0, "memory[0]");
	none.system = both.system;
	none.system_length = both.system_length;
	expect_object(&none, JH_OBJ_POOL, 0, "pool[0] (64 MiB, automatic)");
	expect_object(&none, JH_OBJ_CPU, 0, "cpus[0]");
	free((void *)context.blob);
	free((void *)both.blob);
}

/* Where the guest's addresses are what matters, they are shown. */
static void addresses_of_the_guest(void **state)
{
	struct errtext_context context = { 0 };
	struct blob_parts cell;
	struct jh_error err;
	__u32 length;

	(void)state;
	blob_cell(&cell);
	cell.memories[1].virt = 0x0a000000;
	context.blob = blob_pack(&cell, &length);
	context.length = length;
	refuse_value(&err, JH_ERR_OVERLAP_COMM, JH_OBJ_MEMORY, 1, 0x80000000, 0);
	expect_sentence(&context, &err, "memory[1] (0xa000000-0xa000fff) lies over the "
			"communication region at 0x80000000");
	refuse_other(&err, JH_ERR_VIRT_UNIT, JH_OBJ_MEMORY, 1, JH_OBJ_UNIT,
		     JH_ERROR_UNIT(JH_UNIT_GICD, 0));
	expect_sentence(&context, &err, "memory[1] (0xa000000-0xa000fff) lies over gic.gicd in the "
			"cell's address space");
	refuse(&err, JH_ERR_MEM_POOL, JH_OBJ_MEMORY, 1);
	expect_sentence(&context, &err, "memory[1] (0x9040000-0x9040fff) lies in no pool of the "
			"system");
	free((void *)context.blob);
}

static void files_are_named_once(void **state)
{
	struct errtext_context context = { .file = "x.cell" };
	struct jh_error err;
	char text[ERRTEXT_SIZE];

	(void)state;
	refuse(&err, JH_ERR_MAGIC, JH_OBJ_FILE, 0);
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "x.cell is not a compiled jh configuration");
	errtext_sentence(text, sizeof(text), NULL, &err);
	assert_string_equal(text, "the configuration is not a compiled jh configuration");
}

static void other_cells_are_named(void **state)
{
	struct errtext_context context = { .file = "b.cell" };
	struct jh_error err;
	char text[ERRTEXT_SIZE];

	(void)state;
	refuse_other(&err, JH_ERR_CPU_TAKEN, JH_OBJ_CPU, 1, JH_OBJ_CELL, 0);
	err.cell = 2;
	err.value = 3;
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "b.cell: cpus[1]: CPU 3 belongs to cell 2");
	err.cell = 19;
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "b.cell: cpus[1]: CPU 3 belongs to cell 19");
	context.other_name = "rtos";
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "b.cell: cpus[1]: CPU 3 belongs to cell rtos");
	refuse_other(&err, JH_ERR_MEM_TAKEN, JH_OBJ_MEMORY, 0, JH_OBJ_MEMORY, 4);
	err.cell = 2;
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "b.cell: memory[0] overlaps memory[4] of cell rtos");
	err.cell = 0;
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "b.cell: memory[0] overlaps memory[4] of the root cell");
}

static void users_in_linux_are_named(void **state)
{
	struct errtext_context context = { .file = "b.cell", .who = "" };
	struct jh_error err;
	char text[ERRTEXT_SIZE];

	(void)state;
	refuse_value(&err, JH_ERR_IRQ_LINUX, JH_OBJ_IRQ, 1, 33, 0);
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "b.cell: irq[1]: Linux handles INTID 33 (Linux)");
	context.who = "uart-pl011\033[31m";
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_string_equal(text, "b.cell: irq[1]: Linux handles INTID 33 (uart-pl011?[31m)");
}

static void sizes_and_numbers(void **state)
{
	struct jh_error err;
	char text[ERRTEXT_SIZE];

	(void)state;
	refuse_value(&err, JH_ERR_HV_TOO_SMALL, JH_OBJ_HYPERVISOR, 0, 1 << 20, 1100 << 10);
	errtext_sentence(text, sizeof(text), NULL, &err);
	assert_string_equal(text, "the hypervisor's memory: 1 MiB are too small for this machine, "
			    "1100 KiB are needed");
	refuse_value(&err, JH_ERR_HV_TOO_SMALL, JH_OBJ_HYPERVISOR, 0, 0, ~0ULL);
	errtext_sentence(text, sizeof(text), NULL, &err);
	assert_string_equal(text, "the hypervisor's memory: 0 bytes are too small for this "
			    "machine, 18446744073709551615 bytes are needed");
}

static void hostile_text_does_not_reach_the_terminal(void **state)
{
	struct errtext_context context = { .file = "x.cell" };
	struct blob_parts parts;
	struct jh_error err;
	char text[ERRTEXT_SIZE];
	__u32 length;

	(void)state;
	blob_cell(&parts);
	strcpy(parts.cell.name, "a\33[2Jb");
	context.blob = blob_pack(&parts, &length);
	context.length = length;
	config_check(context.blob, length, JH_CONFIG_CELL, &err);
	errtext_sentence(text, sizeof(text), &context, &err);
	assert_non_null(strstr(text, "cell a?[2Jb"));
	assert_null(strchr(text, '\33'));
	free((void *)context.blob);
}

/* Each template is complete: no brace is left, and it is never cut at ERRTEXT_SIZE. */
static void every_reason_has_words(void **state)
{
	struct errtext_context context = { .file = "a-rather-long-file-name-of-a-user.cell" };
	__u32 reason, object, words = 0;
	struct jh_error err;

	(void)state;
	for (reason = 1; reason < 256; reason++) {
		if (!*errtext_reason(reason))
			continue;
		words++;
		for (object = 0; object <= JH_OBJ_KINDS; object++) {
			char text[ERRTEXT_SIZE], small[24];
			__u32 length;

			refuse_other(&err, reason, object, ~0U, object, ~0U);
			err.value = err.limit = ~0ULL;
			length = errtext_format(text, sizeof(text), &context, &err);
			assert_int_equal(length, strlen(text));
			assert_true(length < ERRTEXT_SIZE - 64);
			assert_null(strpbrk(text, "{}"));
			assert_null(strpbrk(text, "\n"));
			errtext_format(small, sizeof(small), &context, &err);
			assert_int_equal(strncmp(small, text, sizeof(small) - 1), 0);
		}
	}
	assert_true(words > 80);
	err.reason = 9999;
	assert_string_equal(errtext_reason(9999), "");
}

struct row {
	__u32 reason;
	const char *name;
	const char *sentence;
	const char *next;
};

#define ROW(name, number, errno_, sentence, next) { number, #name, sentence, next },
static const struct row rows[] = { JH_REASONS(ROW) };

static bool is_placeholder(const char *at)
{
	static const char *const known[] = {
		"{object}", "{other}", "{value}", "{limit}", "{number}", "{max}", "{size}",
		"{need}", "{who}", "{kind}", "{units}", "{type}",
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (!strncmp(at, known[i], strlen(known[i])))
			return true;
	}
	return false;
}

/* Why @text is no part of a sentence that others put together; NULL if it is one. */
static const char *fault_of(const char *text)
{
	size_t length = strlen(text), i;

	if (length < 6)
		return "is empty, or nearly so";
	if (strchr(".;:!,? ", text[length - 1]))
		return "ends as a whole sentence does, or in a blank";
	if (text[0] >= 'A' && text[0] <= 'Z')
		return "begins with a capital";
	if (strstr(text, "  "))
		return "has two blanks in a row";
	for (i = 0; i < length; i++) {
		if (text[i] == '{' && !is_placeholder(text + i))
			return "has a placeholder that nothing replaces";
	}
	return NULL;
}

/* What is wrong with which thing, and then what to do: each row can be read by a stranger. */
static void every_reason_reads_as_a_sentence(void **state)
{
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *fault = fault_of(rows[i].sentence);

		if (!fault && strncmp(rows[i].sentence, "{object}", 8))
			fault = "does not begin with the thing at fault";
		if (!fault && strstr(rows[i].sentence + 8, "{object}"))
			fault = "names the thing at fault twice";
		if (fault)
			fail_msg("%s: the sentence %s", rows[i].name, fault);
		fault = fault_of(rows[i].next);
		if (!fault && strstr(rows[i].next, "{object}"))
			fault = "names the thing at fault again";
		if (fault)
			fail_msg("%s: the next step %s", rows[i].name, fault);
		for (j = 0; j < i; j++) {
			if (!strcmp(rows[i].sentence, rows[j].sentence) &&
			    !strcmp(rows[i].next, rows[j].next))
				fail_msg("%s and %s cannot be told apart", rows[i].name,
					 rows[j].name);
		}
	}
}

/* Texts that were wrong once: what they say is true of the error that they stand for. */
static void sentences_that_misled(void **state)
{
	static const struct {
		__u32 reason, object;
		__u64 value, limit;
		const char *text;
	} cases[] = {
		{ JH_ERR_IRQ_ABSENT, JH_OBJ_IRQ, 700, 0,
		  "irq[0]: this machine has no interrupt with INTID 700; "
		  "correct the interrupt of this device" },
		{ JH_ERR_ENABLED, JH_OBJ_NONE, 0, 0,
		  "jh is enabled already; disable it first: jhctl disable" },
		{ JH_ERR_DISABLED, JH_OBJ_NONE, 0, 0,
		  "jh is not enabled; nothing is left to disable" },
		{ JH_ERR_HV_POOL, JH_OBJ_HYPERVISOR, 12, 0,
		  "the hypervisor's memory is used up: its pool has 12 pages; "
		  "increase hypervisor.size in the system's configuration" },
		{ JH_ERR_IMAGE_ABSENT, JH_OBJ_IMAGE, 3, 0,
		  "the image of the hypervisor, jh-gicv3.bin, is not there; "
		  "install it in /lib/firmware/jh" },
		{ JH_ERR_IMAGE_BASE_ABSENT, JH_OBJ_IMAGE, 2, 0,
		  "the image jh-gicv2-base.bin is not there; "
		  "install it in /lib/firmware/jh, or remove hypervisor.units = []" },
		{ JH_ERR_CPU_OFFLINE, JH_OBJ_CPU, 5, 0,
		  "cpus[0]: CPU 5 is offline; "
		  "bring it online: echo 1 > /sys/devices/system/cpu/cpu5/online" },
	};
	char text[ERRTEXT_SIZE];
	struct jh_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		refuse_value(&err, cases[i].reason, cases[i].object, 0, cases[i].value,
			     cases[i].limit);
		errtext_format(text, sizeof(text), NULL, &err);
		assert_string_equal(text, cases[i].text);
	}
}

/* Each number of an error, in each way in which a sentence may tell it, as the test has it. */
static const struct {
	const char *name, *text;
} told[] = {
	{ "{object}", "pool[7]" }, { "{other}", "assignable[11]" }, { "{who}", "Linux" },
	{ "{value}", "0x1400" }, { "{limit}", "0xa00000" }, { "{number}", "5120" },
	{ "{max}", "10485760" }, { "{size}", "5 KiB" }, { "{need}", "10 MiB" },
	{ "{kind}", "unit 5120" }, { "{units}", "0x1400" }, { "{type}", "10485760" },
};

static void tell(char *text, const char *format, __u32 reason)
{
	size_t i;

	while (*format) {
		for (i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
			if (!strncmp(format, told[i].name, strlen(told[i].name)))
				break;
		}
		if (i == sizeof(told) / sizeof(told[0])) {
			*text++ = *format++;
			continue;
		}
		/* What is missing has no number. */
		text = stpcpy(text, !i && reason == JH_ERR_MISSING ? "pool" : told[i].text);
		format += strlen(told[i].name);
	}
	*text = '\0';
}

static void each_number_is_told(void **state)
{
	char wanted[2 * ERRTEXT_SIZE], text[2 * ERRTEXT_SIZE];
	struct jh_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		refuse_other(&err, rows[i].reason, JH_OBJ_POOL, 7, JH_OBJ_ASSIGNABLE, 11);
		err.value = 5120;
		err.limit = 10 << 20;
		tell(wanted, rows[i].sentence, rows[i].reason);
		assert_int_equal(errtext_sentence(text, sizeof(text), NULL, &err), strlen(wanted));
		assert_string_equal(text, wanted);
		tell(wanted, rows[i].next, rows[i].reason);
		assert_int_equal(errtext_next(text, sizeof(text), NULL, &err), strlen(wanted));
		assert_string_equal(text, wanted);
		assert_string_equal(errtext_reason(rows[i].reason), rows[i].name);
	}
}

/* Whatever the room, the text ends in it. */
static void texts_end_in_their_room(void **state)
{
	char whole[ERRTEXT_SIZE], part[ERRTEXT_SIZE];
	struct jh_error err;
	__u32 size, length;

	(void)state;
	refuse(&err, JH_ERR_MAGIC, JH_OBJ_FILE, 0);
	length = errtext_format(whole, sizeof(whole), NULL, &err);
	for (size = 1; size <= length + 2; size++) {
		memset(part, '#', sizeof(part));
		assert_int_equal(errtext_format(part, size, NULL, &err),
				 size <= length ? size - 1 : length);
		assert_int_equal(strncmp(part, whole, size - 1), 0);
		assert_int_equal(part[size <= length ? size - 1 : length], 0);
		assert_int_equal(part[size], '#');
	}
}

static void sizes_have_units(void **state)
{
	static const struct {
		__u64 size;
		const char *text;
	} sizes[] = {
		{ 1023, "1023 bytes" }, { 1024, "1 KiB" }, { 1536, "1536 bytes" },
		{ 1 << 20, "1 MiB" }, { 3ULL << 30, "3 GiB" }, { 5ULL << 40, "5 TiB" },
		{ 1ULL << 50, "1024 TiB" },
	};
	struct errtext_context context = { 0 };
	struct blob_parts system;
	char wanted[64];
	__u32 length;
	size_t i;

	(void)state;
	blob_system(&system);
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		system.pools[0].size = sizes[i].size;
		context.blob = blob_pack(&system, &length);
		context.length = length;
		snprintf(wanted, sizeof(wanted), "pool[0] (%s, automatic)", sizes[i].text);
		expect_object(&context, JH_OBJ_POOL, 0, wanted);
		free((void *)context.blob);
	}
}

static void unknown_reasons_are_named_by_number(void **state)
{
	char text[ERRTEXT_SIZE];
	struct jh_error err;

	(void)state;
	assert_int_equal(refuse(&err, 9999, JH_OBJ_MACHINE, 0), -JH_EIO);
	errtext_format(text, sizeof(text), NULL, &err);
	assert_string_equal(text, "this machine: refused for an unknown reason, number 9999; "
			    "use the image, jh.ko and jhctl of one build");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(overlap_names_both_with_their_ranges),
		cmocka_unit_test(ranges_are_those_of_the_guest_if_that_is_meant),
		cmocka_unit_test(the_system_is_looked_up_for_a_cell),
		cmocka_unit_test(units_are_named_by_their_kind),
		cmocka_unit_test(values_are_spelled_as_in_the_source),
		cmocka_unit_test(elements_are_named_with_their_place),
		cmocka_unit_test(addresses_of_the_guest),
		cmocka_unit_test(files_are_named_once),
		cmocka_unit_test(other_cells_are_named),
		cmocka_unit_test(users_in_linux_are_named),
		cmocka_unit_test(sizes_and_numbers),
		cmocka_unit_test(hostile_text_does_not_reach_the_terminal),
		cmocka_unit_test(every_reason_has_words),
		cmocka_unit_test(every_reason_reads_as_a_sentence),
		cmocka_unit_test(sentences_that_misled),
		cmocka_unit_test(each_number_is_told),
		cmocka_unit_test(texts_end_in_their_room),
		cmocka_unit_test(sizes_have_units),
		cmocka_unit_test(unknown_reasons_are_named_by_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The virtual UART: each register, every state of its interrupt, and attempts to misuse it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "vuart_model.h"

static struct vuart_model m;

static u32 get(u32 offset)
{
	return vuart_read(&m.uart, offset);
}

static void put(u32 offset, u32 value)
{
	vuart_write(&m.uart, offset, value);
}

static void feed(const char *text)
{
	assert_int_equal(vuart_feed(&m.uart, (const u8 *)text, (u32)strlen(text)), strlen(text));
}

/* As the manual has them (DDI 0183, table 3-1): offset, after a reset, bits that can be set. */
static void each_register_is_the_manuals(void **state)
{
	static const struct {
		u32 offset, reset, bits;
	} rows[] = {
		{ 0x00, 0, 0 }, { 0x04, 0, 0 }, { 0x08, 0, 0 }, { 0x14, 0, 0 }, { 0x18, 0x97, 0 },
		{ 0x1c, 0, 0 }, { 0x20, 0, 0xff }, { 0x24, 0, 0xffff }, { 0x28, 0, 0x3f },
		{ 0x2c, 0, 0xff }, { 0x30, 0x300, 0xff87 }, { 0x34, 0x12, 0x3f },
		{ 0x38, 0, 0x7ff },
		{ 0x3c, 0, 0 }, { 0x40, 0, 0 }, { 0x44, 0, 0 }, { 0x48, 0, 7 }, { 0x4c, 0, 0 },
		{ 0x80, 0, 0 }, { 0xfdc, 0, 0 }, { 0xfe0, 0x11, 0 }, { 0xfe4, 0x10, 0 },
		{ 0xfe8, 0x34, 0 }, { 0xfec, 0, 0 }, { 0xff0, 0x0d, 0 }, { 0xff4, 0xf0, 0 },
		{ 0xff8, 0x05, 0 }, { 0xffc, 0xb1, 0 },
	};
	u32 i, offset;

	(void)state;
	model_reset(&m, 0);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(get(rows[i].offset), rows[i].reset);
		if (!rows[i].bits)
			continue;
		put(rows[i].offset, ~0U);
		assert_int_equal(get(rows[i].offset), rows[i].bits);
		put(rows[i].offset, 0);
		assert_int_equal(get(rows[i].offset), 0);
	}
	/* What the table does not name is not there. */
	for (offset = 0; offset < 0x1000; offset += 4) {
		model_reset(&m, 0);
		model_write(&m, offset, 0xdeadbeef);
		for (i = 0; i < 0x1000; i += 4)
			model_read(&m, i);
	}
}

/* All masks with all states of what raises it. */
static void its_interrupt_is_raw_and_mask(void **state)
{
	u32 mask, waits, sent, raw;

	(void)state;
	for (mask = 0; mask < 0x800; mask++) {
		for (waits = 0; waits < 2; waits++) {
			for (sent = 0; sent < 2; sent++) {
				model_reset(&m, 0);
				put(0x38, mask);
				if (waits)
					feed("x");
				if (sent)
					put(0, 'y');
				raw = (waits ? 0x50 : 0) | (sent ? 0x20 : 0);
				assert_int_equal(get(0x3c), raw);
				assert_int_equal(get(0x40), raw & mask);
				assert_int_equal(vuart_is_raised(&m.uart), !!(raw & mask));
			}
		}
	}
}

/* A driver clears, then reads until nothing is left; one that reads too little is told again. */
static void what_waits_cannot_be_cleared_away(void **state)
{
	(void)state;
	model_reset(&m, 0);
	put(0x38, 0x50);
	feed("ab");
	put(0x44, 0x7ff);
	assert_true(vuart_is_raised(&m.uart));
	assert_int_equal(get(0x18) & 0x10, 0);
	assert_int_equal(get(0), 'a');
	assert_true(vuart_is_raised(&m.uart));
	assert_int_equal(get(0), 'b');
	assert_false(vuart_is_raised(&m.uart));
	assert_int_equal(get(0), 0);
	assert_int_equal(get(0x18) & 0x10, 0x10);
	/* What was sent can. */
	put(0x38, 0x20);
	put(0, 'z');
	assert_true(vuart_is_raised(&m.uart));
	put(0x44, 0x50);
	assert_true(vuart_is_raised(&m.uart));
	put(0x44, 0x20);
	assert_false(vuart_is_raised(&m.uart));
}

static void it_takes_no_more_than_there_is_room_for(void **state)
{
	u8 bytes[JH_INPUT_SIZE];
	u32 i, first;

	(void)state;
	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = (u8)(i * 7);
	/* Wherever the indices are, also where they wrap. */
	for (first = ~0U - JH_INPUT_SIZE; first != 9; first++) {
		model_reset(&m, first);
		model_feed(&m, bytes, sizeof(bytes) - 1);
		model_read(&m, 0x18);
		model_feed(&m, bytes, 2);
		model_read(&m, 0x18);
		model_feed(&m, bytes, 16);
		for (i = 0; i < 20; i++)
			model_read(&m, 0);
		model_feed(&m, bytes, 16);
		if (first % 64 == 0 || first == ~0U)
			while (m.num_waiting)
				model_read(&m, 0);
	}
}

static void a_life_leaves_nothing_to_the_next(void **state)
{
	u32 i;

	(void)state;
	model_reset(&m, 5);
	feed("secret");
	for (i = 0; i < 0x1000; i += 4)
		put(i, ~0U);
	assert_true(vuart_is_raised(&m.uart));
	/* The one model knows of it, the other is as new. */
	model_reset(&m, m.input.head);
	for (i = 0; i < 0x1000; i += 4)
		model_read(&m, i);
	feed("secret");
	model_life(&m);
	assert_int_equal(get(0), 0);
	assert_false(vuart_is_raised(&m.uart));
	assert_int_equal(m.input.tail, m.input.head);
}

/* Indices that cannot be, if two CPUs of a guest could ever make them: nothing is overwritten. */
static void more_than_there_can_be_is_full(void **state)
{
	u8 byte = 1;

	(void)state;
	model_reset(&m, 0);
	m.input.head = JH_INPUT_SIZE + 3;
	assert_int_equal(vuart_feed(&m.uart, &byte, 1), 0);
	assert_int_equal(get(0x18) & 0x40, 0x40);
}

static void random_accesses_agree_with_the_model(void **state)
{
	static const u32 offsets[] = { 0, 0x18, 0x38, 0x3c, 0x40, 0x44, 0x30, 0x2c, 0xfe0, 0x4 };
	u8 bytes[16];
	u32 i, k, offset;

	(void)state;
	srand(1);
	model_reset(&m, 0xfffffff0);
	for (i = 0; i < 200000; i++) {
		offset = rand() % 4 ? offsets[(u32)rand() % ARRAY_SIZE(offsets)] :
				      (u32)rand() % 0x400 * 4;
		for (k = 0; k < sizeof(bytes); k++)
			bytes[k] = (u8)rand();
		switch (rand() % 8) {
		case 0:
			model_feed(&m, bytes, 1 + (u32)rand() % 16);
			break;
		case 1:
			if (rand() % 100 == 0)
				model_life(&m);
			break;
		case 2: case 3: case 4:
			model_write(&m, offset, (u32)rand());
			break;
		default:
			model_read(&m, offset);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_register_is_the_manuals),
		cmocka_unit_test(its_interrupt_is_raw_and_mask),
		cmocka_unit_test(what_waits_cannot_be_cleared_away),
		cmocka_unit_test(it_takes_no_more_than_there_is_room_for),
		cmocka_unit_test(a_life_leaves_nothing_to_the_next),
		cmocka_unit_test(more_than_there_can_be_is_full),
		cmocka_unit_test(random_accesses_agree_with_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

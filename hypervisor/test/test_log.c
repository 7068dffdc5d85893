// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The log: content of the ring, and its output to a UART with little room at a time.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <hv/log.h>
#include <hv/log_uart.h>
#include <hv/report.h>
#include <hv/uart.h>

struct report_area report;

static char sent[4 * REPORT_LOG_SIZE];
static size_t num_sent;
static size_t room;		/* bytes that the UART still takes */
static bool within;		/* somebody else asks while a byte is sent */

static bool interrupts;		/* another CPU has a message while the next one is stored */
static jmp_buf other;

void fake_preempt(void)
{
	if (interrupts) {
		interrupts = false;
		if (setjmp(other))
			return;
		log_printf("other");
		fail_msg("two messages at a time");
	}
}

/* A lock is waited for: that is enough to know. */
void fake_relax(void)
{
	longjmp(other, 1);
}

void uart_init(void *base, const struct jh_console *console)
{
	(void)base;
	(void)console;
}

bool uart_try_put(char c)
{
	if (within)
		assert_int_equal(log_uart_flush(1), 0);
	if (!room)
		return false;
	room--;
	sent[num_sent++] = c;
	return true;
}

static void expect(const char *text)
{
	assert_int_equal(num_sent, strlen(text));
	assert_memory_equal(sent, text, num_sent);
	num_sent = 0;
}

static int setup(void **state)
{
	(void)state;
	report.log.size = REPORT_LOG_SIZE;
	room = SIZE_MAX;
	assert_int_equal(log_uart_flush(UINT32_MAX), 0);
	num_sent = 0;
	return 0;
}

static void a_message_lies_in_the_ring(void **state)
{
	u64 head = report.log.head, i;
	const char *text = "CPU 3: 0xff\n";

	(void)state;
	log_printf("CPU %u: 0x%x\n", 3, 0xff);
	assert_int_equal(report.log.head, head + strlen(text));
	for (i = 0; text[i]; i++)
		assert_int_equal(report.log.data[(head + i) % REPORT_LOG_SIZE], text[i]);
	/* Of a longer one the beginning. */
	head = report.log.head;
	log_printf("%s", "0123456789012345678901234567890123456789012345678901234567890123456789"
		   "0123456789012345678901234567890123456789012345678901234567890123456789"
		   "0123456789012345678901234567890123456789");
	assert_int_equal(report.log.head, head + 159);
}

static void a_newline_has_a_carriage_return_before_it(void **state)
{
	(void)state;
	log_printf("a\n\nbc\n");
	assert_int_equal(log_uart_flush(100), 0);
	expect("a\r\n\r\nbc\r\n");
	assert_int_equal(log_uart_flush(100), 0);
	expect("");
}

/* At each place where it may be: nothing is sent twice, or not at all. */
static void the_uart_is_full(void **state)
{
	static const u64 left[] = { 6, 6, 5, 5, 4, 3, 2, 2, 1 };
	u32 i;

	(void)state;
	log_printf("a\n\nbc\nd");
	room = 0;
	assert_int_equal(log_uart_flush(100), 7);
	for (i = 0; i < 9; i++) {
		room = 1;
		assert_int_equal(log_uart_flush(100), left[i]);
	}
	expect("a\r\n\r\nbc\r\n");
	room = 1;
	assert_int_equal(log_uart_flush(100), 0);
	expect("d");
}

static void no_more_than_is_asked_for(void **state)
{
	(void)state;
	log_printf("ab\nc");
	assert_int_equal(log_uart_flush(0), 4);
	expect("");
	assert_int_equal(log_uart_flush(2), 2);
	expect("ab");
	assert_int_equal(log_uart_flush(1), 2);	/* the carriage return */
	assert_int_equal(log_uart_flush(1), 1);
	expect("\r\n");
	assert_int_equal(log_uart_flush(1), 0);
	expect("c");
}

/* The newest messages are the ones that count. */
static void the_ring_wraps_before_the_uart_is_ready(void **state)
{
	char byte[2] = "";
	u32 i;

	(void)state;
	for (i = 0; i < REPORT_LOG_SIZE; i++) {
		byte[0] = (char)('a' + i % 26);
		ring_put(&report.log, byte, 1);
	}
	assert_int_equal(log_uart_flush(0), REPORT_LOG_SIZE);
	ring_put(&report.log, "!!", 2);
	assert_int_equal(log_uart_flush(0), REPORT_LOG_SIZE);
	assert_int_equal(log_uart_flush(UINT32_MAX), 0);
	assert_int_equal(num_sent, REPORT_LOG_SIZE);
	for (i = 0; i < REPORT_LOG_SIZE - 2; i++)
		assert_int_equal(sent[i], 'a' + (i + 2) % 26);
	assert_memory_equal(sent + i, "!!", 2);
}

/* Who comes second goes on with other things: the first one sends all. */
static void one_cpu_at_a_time(void **state)
{
	(void)state;
	log_printf("ab");
	within = true;
	assert_int_equal(log_uart_flush(100), 0);
	within = false;
	expect("ab");
	log_printf("c");
	assert_int_equal(log_uart_flush(100), 0);
	expect("c");
	interrupts = true;
	log_printf("d");
	assert_false(interrupts);
	assert_int_equal(log_uart_flush(100), 0);
	expect("d");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_message_lies_in_the_ring, setup),
		cmocka_unit_test_setup(a_newline_has_a_carriage_return_before_it, setup),
		cmocka_unit_test_setup(the_uart_is_full, setup),
		cmocka_unit_test_setup(no_more_than_is_asked_for, setup),
		cmocka_unit_test_setup(the_ring_wraps_before_the_uart_is_ready, setup),
		cmocka_unit_test_setup(one_cpu_at_a_time, setup),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}

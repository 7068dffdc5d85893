// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The UARTs: the order of their register accesses, and when a byte must not be sent.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <hv/mmio_access.h>
#include <hv/uart.h>

#define BASE	((void *)0x1000)

static char trace[512];			/* all accesses since begin() */
static u32 status;			/* of the register that says whether there is room */
static u64 status_at;
static u64 control;			/* what UARTCR of a PL011 holds */

u64 fake64_read(const void *base, u64 offset, u32 size)
{
	size_t used = strlen(trace);

	assert_ptr_equal(base, BASE);
	snprintf(trace + used, sizeof(trace) - used, "r%u %llx; ", size, offset);
	return offset == status_at ? status : control;
}

void fake64_write(void *base, u64 offset, u32 size, u64 value)
{
	size_t used = strlen(trace);

	assert_ptr_equal(base, BASE);
	snprintf(trace + used, sizeof(trace) - used, "w%u %llx=%llx; ", size, offset, value);
}

static void begin(void)
{
	trace[0] = 0;
}

static void use(u32 type, u32 flags, u32 divider)
{
	const struct jh_console console = { .type = type, .flags = flags, .divider = divider };

	begin();
	uart_init(BASE, &console);
}

/* Put a byte while there is room, and while there is none. */
static void expect_byte(u32 ready, u32 full, u64 at, const char *test, const char *put)
{
	char both[64];

	status_at = at;
	status = ready;
	begin();
	assert_true(uart_try_put((char)0xc1));
	snprintf(both, sizeof(both), "%s%s", test, put);
	assert_string_equal(trace, both);
	status = full;
	begin();
	assert_false(uart_try_put('x'));
	assert_string_equal(trace, test);
}

static void pl011(void **state)
{
	(void)state;
	control = 0x200;
	status_at = ~0UL;
	use(JH_CONSOLE_PL011, 0, 0);
	assert_string_equal(trace, "w4 38=0; r4 30; w4 30=301; ");
	use(JH_CONSOLE_PL011, 0, 13);
	assert_string_equal(trace, "w4 38=0; w4 30=0; w4 24=d; w4 2c=70; r4 30; w4 30=301; ");
	expect_byte(~(1U << 5), 1U << 5, 0x18, "r4 18; ", "w4 0=c1; ");
}

static void xuartps(void **state)
{
	(void)state;
	use(JH_CONSOLE_XUARTPS, 0, 0);
	assert_string_equal(trace, "w4 c=ffffffff; w4 0=14; ");
	use(JH_CONSOLE_XUARTPS, 0, 62);
	assert_string_equal(trace, "w4 c=ffffffff; w4 18=3e; w4 0=14; ");
	expect_byte(~(1U << 4), 1U << 4, 0x2c, "r4 2c; ", "w4 30=c1; ");
}

static void bytes_8250(void **state)
{
	(void)state;
	use(JH_CONSOLE_8250, 0, 0);
	assert_string_equal(trace, "w1 1=0; ");
	use(JH_CONSOLE_8250, 0, 0x1234);
	assert_string_equal(trace, "w1 1=0; w1 3=83; w1 0=34; w1 1=12; w1 3=3; ");
	expect_byte(1U << 5, 0xdf, 5, "r1 5; ", "w1 0=c1; ");
}

static void words_8250(void **state)
{
	(void)state;
	use(JH_CONSOLE_8250, JH_CONSOLE_REGDIST_4, 0);
	assert_string_equal(trace, "w4 4=0; ");
	use(JH_CONSOLE_8250, JH_CONSOLE_REGDIST_4, 0x1234);
	assert_string_equal(trace, "w4 4=0; w4 c=83; w4 0=34; w4 4=12; w4 c=3; ");
	expect_byte(1U << 5, 0xdf, 0x14, "r4 14; ", "w4 0=c1; ");
}

static void no_uart_takes_everything(void **state)
{
	static const struct jh_console none = { .type = JH_CONSOLE_NONE };
	static const struct jh_console unknown = { .type = JH_CONSOLE_TYPES };

	(void)state;
	use(JH_CONSOLE_PL011, 0, 0);
	begin();
	uart_init(BASE, &none);
	assert_true(uart_try_put('x'));
	uart_init(BASE, &unknown);
	assert_true(uart_try_put('x'));
	uart_init(BASE, NULL);
	assert_true(uart_try_put('x'));
	uart_init(NULL, &(const struct jh_console){ .type = JH_CONSOLE_PL011 });
	assert_true(uart_try_put('x'));
	assert_string_equal(trace, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pl011),
		cmocka_unit_test(xuartps),
		cmocka_unit_test(bytes_8250),
		cmocka_unit_test(words_8250),
		cmocka_unit_test(no_uart_takes_everything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

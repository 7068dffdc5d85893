// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Consoles: the choice of an inmate's console, and each access to a UART in its order. QEMU's
 * machine has only one of the three kinds.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/console.h>

#include "fake/fake.h"
#include "layout.h"

struct jh_comm_region fake_comm;
char command_line[CMDLINE_SIZE] __asm__("__cmdline");

#define MMIO4	(JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4)

static struct jh_console *con(u32 type, u32 flags, u32 divider)
{
	fake_reset();
	memset(&fake_comm, 0, sizeof(fake_comm));
	fake_comm.console = (struct jh_console){
		.address = 0x1000, .size = 0x1000, .type = type, .flags = flags,
		.divider = divider,
	};
	return &fake_comm.console;
}

/* The register says twice that there is no room, then that there is. */
static u64 busy_register, busy_value;
static int busy_reads;

static void becomes_ready(u64 address)
{
	if (address == busy_register && busy_reads++ == 2)
		fake_set(address, busy_value);
}

static void busy(u64 address, u64 first, u64 then)
{
	fake_set(address, first);
	busy_register = address;
	busy_value = then;
	busy_reads = 0;
	fake_at_read = becomes_ready;
}

static void pl011(void **state)
{
	struct jh_console *c = con(JH_CONSOLE_PL011, MMIO4, 0);

	(void)state;
	fake_set(0x1030, 0x301);
	uart_pl011.init(c);
	fake_expect("write32 1038 0\nread32 1030\n");
	fake_set(0x1030, 0x101);
	uart_pl011.init(c);
	fake_expect("write32 1038 0\nread32 1030\nwrite32 102c 70\nwrite32 1030 301\n");
	c->divider = 13;
	uart_pl011.init(c);
	fake_expect("write32 1038 0\nwrite32 1030 0\nwrite32 1024 d\nwrite32 1028 0\nread32 1030\n"
		    "write32 102c 70\nwrite32 1030 301\n");
	busy(0x1018, 0x20, 0x10);
	uart_pl011.write(c, (char)0xe4);
	fake_expect("read32 1018\nrelax\nread32 1018\nrelax\nread32 1018\nwrite32 1000 e4\n");
	assert_int_equal(uart_pl011.read(c), -1);
	fake_expect("read32 1018\n");
	fake_set(0x1018, 0xef);
	fake_set(0x1000, 0xfe4);
	assert_int_equal(uart_pl011.read(c), 0xe4);
	fake_expect("read32 1018\nread32 1000\n");
	uart_pl011.irq_enable(c);
	fake_expect("write32 1034 0\nwrite32 1044 7ff\nwrite32 1038 50\n");
	uart_pl011.irq_clear(c);
	fake_expect("write32 1044 50\n");
}

static void xuartps(void **state)
{
	struct jh_console *c = con(JH_CONSOLE_XUARTPS, MMIO4, 0);

	(void)state;
	uart_xuartps.init(c);
	fake_expect("write32 100c ffffffff\nwrite32 1000 14\n");
	c->divider = 62;
	uart_xuartps.init(c);
	fake_expect("write32 100c ffffffff\nwrite32 1000 3\nwrite32 1004 20\nwrite32 1018 3e\n"
		    "write32 1034 f\nwrite32 1000 14\n");
	busy(0x102c, 0x10, 2);
	uart_xuartps.write(c, (char)0xe4);
	fake_expect("read32 102c\nrelax\nread32 102c\nrelax\nread32 102c\nwrite32 1030 e4\n");
	assert_int_equal(uart_xuartps.read(c), -1);
	fake_expect("read32 102c\n");
	fake_set(0x102c, 0x1d);
	fake_set(0x1030, 0xfe4);
	assert_int_equal(uart_xuartps.read(c), 0xe4);
	fake_expect("read32 102c\nread32 1030\n");
	uart_xuartps.irq_enable(c);
	fake_expect("write32 1020 1\nwrite32 101c a\nwrite32 1014 ffffffff\nwrite32 1008 101\n");
	fake_set(0x1014, 0x123);
	uart_xuartps.irq_clear(c);
	fake_expect("read32 1014\nwrite32 1014 123\n");
}

static void ns8250(void **state)
{
	struct jh_console *c = con(JH_CONSOLE_8250, MMIO4, 0);

	(void)state;
	uart_8250.init(c);
	fake_expect("write32 100c 3\nwrite32 1004 0\n");
	c->divider = 0x1234;
	uart_8250.init(c);
	fake_expect("write32 100c 3\nwrite32 1004 0\nwrite32 100c 83\nwrite32 1000 34\n"
		    "write32 1004 12\nwrite32 100c 3\nwrite32 1008 7\nwrite32 1010 b\n");
	busy(0x1014, 0xdf, 0x20);
	uart_8250.write(c, (char)0xe4);
	fake_expect("read32 1014\nrelax\nread32 1014\nrelax\nread32 1014\nwrite32 1000 e4\n");
	fake_set(0x1014, 0xfe);
	assert_int_equal(uart_8250.read(c), -1);
	fake_expect("read32 1014\n");
	fake_set(0x1014, 1);
	fake_set(0x1000, 0xfe4);
	assert_int_equal(uart_8250.read(c), 0xe4);
	fake_expect("read32 1014\nread32 1000\n");
	uart_8250.irq_enable(c);
	fake_expect("write32 1010 b\nwrite32 1004 1\n");
	uart_8250.irq_clear(c);
	fake_expect("read32 1008\n");
}

/* Registers side by side are bytes. */
static void ns8250_bytes(void **state)
{
	struct jh_console *c = con(JH_CONSOLE_8250, JH_CONSOLE_MMIO, 0x1234);

	(void)state;
	uart_8250.init(c);
	fake_expect("write8 1003 3\nwrite8 1001 0\nwrite8 1003 83\nwrite8 1000 34\n"
		    "write8 1001 12\nwrite8 1003 3\nwrite8 1002 7\nwrite8 1004 b\n");
	fake_set(0x1005, 0x21);
	fake_set(0x1000, 0xe4);
	uart_8250.write(c, (char)0xe4);
	assert_int_equal(uart_8250.read(c), 0xe4);
	fake_expect("read8 1005\nwrite8 1000 e4\nread8 1005\nread8 1000\n");
}

/* Expects the accesses of one character: by no console, a UART, the hypervisor's, or both. */
static void expect_output(const char *text)
{
	fake_set(0x1018, 0);
	console_init();
	fake_expect(fake_comm.console.type == JH_CONSOLE_PL011 && strchr(text, 'w') ?
		    "write32 1038 0\nread32 1030\nwrite32 102c 70\nwrite32 1030 301\n" : "");
	console_putc('\xe4');
	fake_expect(text);
}

#define BY_UART	"read32 1018\nwrite32 1000 e4\n"
#define BY_CALL	"hvc 8 e4 0 0\n"

static void each_output_gets_each_character(void **state)
{
	static const struct {
		const char *line;
		u32 flags, type, console_flags;
		const char *output;
	} rows[] = {
		{ "", 0, JH_CONSOLE_PL011, MMIO4, BY_UART },
		{ "", 3, JH_CONSOLE_PL011, MMIO4, BY_UART BY_CALL },
		{ "", 1, JH_CONSOLE_PL011, MMIO4, BY_UART },
		{ "", 2, JH_CONSOLE_PL011, MMIO4, BY_UART },
		{ "", 3, JH_CONSOLE_NONE, MMIO4, BY_CALL },
		{ "", 3, JH_CONSOLE_PL011, JH_CONSOLE_REGDIST_4, BY_CALL },
		{ "", 1, JH_CONSOLE_IMX, MMIO4, "" },
		{ "console=uart", 3, JH_CONSOLE_PL011, MMIO4, BY_UART },
		{ "console=putc", 3, JH_CONSOLE_PL011, MMIO4, BY_CALL },
		{ "console=putc", 1, JH_CONSOLE_PL011, MMIO4, BY_CALL },
		{ "console=putc", 2, JH_CONSOLE_PL011, MMIO4, "" },
		{ "console=none", 3, JH_CONSOLE_PL011, MMIO4, "" },
	};
	u32 i;

	(void)state;
	assert_int_equal(JH_COMM_PUTC_PERMITTED | JH_COMM_PUTC_ACTIVE, 3);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		con(rows[i].type, rows[i].console_flags, 0);
		strcpy(command_line, rows[i].line);
		fake_comm.flags = rows[i].flags;
		expect_output(rows[i].output);
	}
	con(JH_CONSOLE_PL011, MMIO4, 0)->address = 0;
	command_line[0] = '\0';
	expect_output("");
}

static void each_type_has_its_driver(void **state)
{
	(void)state;
	command_line[0] = '\0';
	con(JH_CONSOLE_8250, MMIO4, 0);
	console_init();
	fake_expect("write32 100c 3\nwrite32 1004 0\n");
	con(JH_CONSOLE_XUARTPS, MMIO4, 0);
	console_init();
	fake_expect("write32 100c ffffffff\nwrite32 1000 14\n");
}

static void the_clock_is_opened_first(void **state)
{
	struct jh_console *c = con(JH_CONSOLE_8250, MMIO4, 0);

	(void)state;
	command_line[0] = '\0';
	c->clock_reg = 0x2000;
	c->gate_nr = 33;
	fake_set(0x2000, 0x10);
	console_init();
	fake_expect("read32 2000\nwrite32 2000 12\nwrite32 100c 3\nwrite32 1004 0\n");
	c->gate_nr = 31;
	console_init();
	fake_expect("read32 2000\nwrite32 2000 80000010\nwrite32 100c 3\nwrite32 1004 0\n");
}

static void lines_end_with_two_characters(void **state)
{
	con(JH_CONSOLE_NONE, 0, 0);
	(void)state;
	command_line[0] = '\0';
	fake_comm.flags = 3;
	console_init();
	console_putc('\n');
	fake_expect("hvc 8 d 0 0\nhvc 8 a 0 0\n");
}

static void input(void **state)
{
	(void)state;
	command_line[0] = '\0';
	con(JH_CONSOLE_NONE, 0, 0);
	console_init();
	assert_int_equal(console_getc(), -1);
	assert_false(console_rx_irq_enable());
	console_rx_irq_clear();
	fake_expect("");
	con(JH_CONSOLE_PL011, MMIO4, 0);
	console_init();
	fake_set(0x1000, 'x');
	fake_expect("write32 1038 0\nread32 1030\nwrite32 102c 70\nwrite32 1030 301\n");
	assert_int_equal(console_getc(), 'x');
	assert_true(console_rx_irq_enable());
	console_rx_irq_clear();
	fake_expect("read32 1018\nread32 1000\nwrite32 1034 0\nwrite32 1044 7ff\nwrite32 1038 50\n"
		    "write32 1044 50\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pl011),
		cmocka_unit_test(xuartps),
		cmocka_unit_test(ns8250),
		cmocka_unit_test(ns8250_bytes),
		cmocka_unit_test(each_output_gets_each_character),
		cmocka_unit_test(each_type_has_its_driver),
		cmocka_unit_test(the_clock_is_opened_first),
		cmocka_unit_test(lines_end_with_two_characters),
		cmocka_unit_test(input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

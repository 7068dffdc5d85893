// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Terminals of cells: output and input arrive once and in order, a cell that does not read delays
 * nobody, and a terminal is removed with its cell.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../jh.h"
#include "tty.h"

#define SOON		10
#define LATER		40
#define QUEUE		4096u

struct miscdevice jh_misc;
struct fake_seen fake_seen;

static struct device misc_device;
static struct jh_cell_report reports[JH_MAX_CELLS];
static struct jh_cell cells[2];
static struct tty_struct tty;
static struct file file;

/* Of cell 1: what it has printed, and what it has taken. */
static char printed[0x10000];
static u64 head, first;			/* from where on it is still there */
static u8 taken[0x10000];
static u32 num_taken, reads;		/* bytes that it still takes */
static long send_code;			/* other than 0: instead */
static u32 most_at_once;

const struct jh_cell_report *jh_report_cell(u32 id)
{
	return &reports[id];
}

int jh_ring_piece(char *piece, struct jh_ioctl_read_ring *arg)
{
	u32 count;

	assert_int_equal(arg->copied, 0);
	assert_true(arg->length > 0 && arg->length <= 512);
	if (arg->cell != 1 || arg->generation != cells[0].generation)
		return -ENOENT;
	if (arg->position < first) {
		arg->lost += first - arg->position;
		arg->position = first;
	}
	count = min_t(u64, head - arg->position, arg->length);
	memcpy(piece, printed + arg->position, count);
	arg->position += count;
	return count;
}

long jh_input_send(u32 cell, u32 generation, const u8 *bytes, u32 count)
{
	if (send_code)
		return send_code;
	assert_int_equal(cell, 1);
	assert_int_equal(generation, cells[0].generation);
	assert_true(count > 0);
	count = min(count, min(reads, most_at_once));
	memcpy(taken + num_taken, bytes, count);
	num_taken += count;
	reads -= count;
	return count;
}

int sysfs_emit(char *buffer, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(buffer, PAGE_SIZE, format, args);
	va_end(args);
	return length;
}

static void prints(const char *text)
{
	memcpy(printed + head, text, strlen(text));
	head += strlen(text);
}

static struct tty_port *port(void)
{
	return fake_tty.ports[0];
}

/* Asserts what the terminal has got since the last call. */
static void assert_came(const char *text)
{
	assert_int_equal(port()->num_came, port()->num_pushed);
	assert_int_equal(port()->num_came, strlen(text));
	assert_memory_equal(port()->came, text, strlen(text));
	port()->num_came = port()->num_pushed = 0;
	port()->room = sizeof(port()->came);
}

static void assert_taken(const void *bytes, u32 count)
{
	assert_int_equal(num_taken, count);
	assert_memory_equal(taken, bytes, count);
	num_taken = 0;
}

/* The work looks, as it was told to. */
static void look(void)
{
	struct delayed_work *work = fake_seen.work;

	assert_non_null(work);
	fake_seen.work = NULL;
	jiffies += fake_seen.period;
	work->act(&work->work);
	assert_non_null(fake_seen.work);
}

static int open_it(void)
{
	return fake_tty.driver->ops->open(&tty, &file);
}

static void close_it(void)
{
	fake_tty.driver->ops->close(&tty, &file);
}

static size_t write_it(const void *bytes, size_t count)
{
	return fake_tty.driver->ops->write(&tty, bytes, count);
}

static unsigned int waiting(void)
{
	const struct tty_operations *ops = fake_tty.driver->ops;

	assert_int_equal(ops->write_room(&tty) + ops->chars_in_buffer(&tty), QUEUE);
	return ops->chars_in_buffer(&tty);
}

static int setup(void **state)
{
	u32 i;

	fake_reset();
	memset(&fake_tty, 0, sizeof(fake_tty));
	memset(&fake_seen, 0, sizeof(fake_seen));
	memset(reports, 0, sizeof(reports));
	memset(&tty, 0, sizeof(tty));
	jiffies = 5000;
	jh_misc.this_device = &misc_device;
	for (i = 0; i < 2; i++)
		cells[i] = (struct jh_cell){ .id = i + 1, .generation = 7 + i,
					     .kobj.name = i ? "two" : "one" };
	reports[1].console_offset = 0x9000;
	head = first = num_taken = send_code = 0;
	reads = most_at_once = ~0u;
	assert_int_equal(jh_tty_init(), 0);
	tty.driver = fake_tty.driver;
	tty.termios.c_lflag = 0x8a3b;
	return 0;
}

static int teardown(void **state)
{
	fake_meanwhile = NULL;
	/* A failed test leaves the terminal open, and jh_tty_exit() would wait for it. */
	while (fake_tty.driver->ttys[0])
		close_it();
	fake_tty_work();
	jh_tty_exit();
	assert_null(fake_tty.driver);
	assert_int_equal(fake_tty.destroyed, JH_MAX_CELLS - 1);
	assert_int_equal(fake_allocated(), 0);
	assert_null(fake_seen.work);
	return 0;
}

/* --- lines and cells --- */

static void lines_are_raw(void **state)
{
	const struct tty_driver *driver = fake_tty.driver;
	const struct ktermios *termios = &driver->init_termios;

	assert_string_equal(driver->name, "ttyJH");
	assert_string_equal(driver->driver_name, "jh");
	assert_int_equal(driver->lines, JH_MAX_CELLS - 1);
	assert_int_equal(driver->flags, TTY_DRIVER_REAL_RAW | TTY_DRIVER_DYNAMIC_DEV);
	assert_int_equal(driver->type, TTY_DRIVER_TYPE_SERIAL);
	assert_int_equal(driver->subtype, SERIAL_TYPE_NORMAL);
	/* An echo would come back to the cell as its input. */
	assert_int_equal(termios->c_iflag | termios->c_oflag | termios->c_lflag, 0);
	assert_int_equal(termios->c_cflag, B115200 | CS8 | CREAD | HUPCL | CLOCAL);
	assert_int_equal(termios->c_ispeed, 115200);
	assert_int_equal(termios->c_ospeed, 115200);
}

static void a_cell_with_a_console_has_one(void **state)
{
	char page[PAGE_SIZE];

	jh_tty_add(&cells[1]);
	assert_null(fake_tty.ports[1]);
	reports[2].console_offset = 0xa000;
	jh_tty_add(&cells[1]);
	jh_tty_add(&cells[0]);
	assert_ptr_equal(fake_tty.driver->devices[0].parent, &misc_device);
	assert_string_equal(fake_tty.attribute->attr.name, "cell");
	assert_int_equal(fake_tty.attribute->attr.mode, 0444);
	fake_tty.attribute->show(&fake_tty.driver->devices[1], fake_tty.attribute, page);
	assert_string_equal(page, "two\n");
	fake_tty.attribute->show(&fake_tty.driver->devices[0], fake_tty.attribute, page);
	assert_string_equal(page, "one\n");
	/* close() does not wait for output. */
	assert_int_equal(port()->closing_wait, ASYNC_CLOSING_WAIT_NONE);
	assert_int_equal(port()->close_delay, 0);
	/* Another generation's end is none of this cell. */
	cells[0].generation++;
	jh_tty_remove(&cells[0]);
	assert_non_null(fake_tty.driver->devices[0].data);
	cells[0].generation--;
	jh_tty_remove(&cells[0]);
	assert_null(fake_tty.driver->devices[0].data);
	assert_non_null(fake_tty.driver->devices[1].data);
	jh_tty_remove(&cells[1]);
	assert_int_equal(jiffies, 5000);
}

static void a_failed_registration_is_logged(void **state)
{
	fake_tty.device_code = -ENOMEM;
	jh_tty_add(&cells[0]);
	assert_non_null(strstr(fake_printed, "cell one has no terminal (-12)"));
	jh_tty_remove(&cells[0]);
	fake_printed[0] = 0;
	fake_tty.device_code = 0;
	jh_tty_add(&cells[0]);
	assert_non_null(fake_tty.driver->devices[0].data);
	assert_string_equal(fake_printed, "");
	jh_tty_remove(&cells[0]);
}

/* --- from the cell --- */

/* There is nothing to hand its last words to. */
static void nobody_has_opened_it(void **state)
{
	jh_tty_add(&cells[0]);
	prints("boot\n");
	jh_tty_remove(&cells[0]);
	assert_came("");
}

static void output_is_read_once(void **state)
{
	jh_tty_add(&cells[0]);
	prints("boot\n");
	assert_int_equal(open_it(), 0);
	assert_int_equal(fake_seen.period, 0);
	look();
	assert_came("boot\n");
	look();
	assert_came("");
	prints("login: ");
	look();
	assert_came("login: ");
	/* Who opens it next goes on where the last one ended. */
	close_it();
	assert_null(fake_seen.work);
	prints("more");
	assert_int_equal(open_it(), 0);
	look();
	assert_came("more");
	close_it();
	jh_tty_remove(&cells[0]);
}

static void polling_follows_the_traffic(void **state)
{
	u32 i;

	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	look();
	for (i = 0; i < 99; i++) {
		assert_int_equal(fake_seen.period, SOON);
		look();
	}
	look();
	assert_int_equal(fake_seen.period, LATER);
	prints("x");
	look();
	assert_int_equal(fake_seen.period, SOON);
	for (i = 0; i < 101; i++)
		look();
	assert_int_equal(fake_seen.period, LATER);
	assert_int_equal(write_it("y", 1), 1);
	assert_int_equal(fake_seen.period, 0);
	look();
	assert_int_equal(fake_seen.period, SOON);
	close_it();
	jh_tty_remove(&cells[0]);
}

/* Lost output is an overrun; output from before the first open is no loss. */
static void what_is_lost_is_told(void **state)
{
	jh_tty_add(&cells[0]);
	prints("gone and here");
	first = 9;
	assert_int_equal(open_it(), 0);
	look();
	assert_came("here");
	prints("lost and found");
	first = head - 5;
	look();
	assert_came("!found");
	close_it();
	jh_tty_remove(&cells[0]);
}

static void one_poll_is_bounded(void **state)
{
	char text[512 * 20 + 1];

	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = 0;
	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	prints(text);
	port()->room = ~0u >> 1;
	look();
	assert_int_equal(port()->num_pushed, 16 * 512);
	port()->num_came = 0;
	look();
	assert_int_equal(port()->num_pushed, 4 * 512);
	/* Nobody is woken for nothing. */
	assert_int_equal(port()->pushes, 2);
	look();
	assert_int_equal(port()->pushes, 2);
	port()->num_came = port()->num_pushed = 0;
	/* Whoever reads has room for less, or wants none. */
	prints("0123456789");
	port()->room = 4;
	look();
	assert_came("0123");
	fake_tty.driver->ops->throttle(&tty);
	look();
	assert_came("");
	fake_tty.driver->ops->unthrottle(&tty);
	look();
	assert_came("456789");
	fake_tty.driver->ops->throttle(&tty);
	close_it();
	/* The next one to open it has not asked for that. */
	prints("z");
	assert_int_equal(open_it(), 0);
	look();
	assert_came("z");
	close_it();
	jh_tty_remove(&cells[0]);
}

/* --- to the cell --- */

static void input_arrives_once(void **state)
{
	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	look();
	assert_int_equal(port()->wakeups, 0);
	assert_int_equal(write_it("ls\n", 3), 3);
	assert_int_equal(write_it("ps\n", 3), 3);
	assert_int_equal(waiting(), 6);
	assert_int_equal(fake_seen.period, 0);
	look();
	assert_taken("ls\nps\n", 6);
	assert_int_equal(port()->wakeups, 1);
	assert_int_equal(waiting(), 0);
	look();
	assert_taken("", 0);
	assert_int_equal(port()->wakeups, 1);
	close_it();
	jh_tty_remove(&cells[0]);
}

/* Around the end of the queue, by whatever the cell takes at once. */
static void the_queue_wraps_at_each_place(void **state)
{
	u8 text[QUEUE];
	u32 i, round;

	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	for (i = 0; i < sizeof(text); i++)
		text[i] = i * 7 + (i >> 8);
	for (round = 1; round < 40; round++) {
		most_at_once = round * 11;
		assert_int_equal(write_it(text, 301), 301);
		assert_int_equal(write_it(text + 301, 3000), 3000);
		look();
		assert_taken(text, 3301);
	}
	/* Full, to the last byte, and not beyond it. */
	reads = 0;
	assert_int_equal(write_it(text, QUEUE - 1), QUEUE - 1);
	assert_int_equal(write_it(text + QUEUE - 1, 5), 1);
	assert_int_equal(write_it(text, 5), 0);
	assert_int_equal(waiting(), QUEUE);
	reads = 100;
	look();
	assert_taken(text, 100);
	assert_int_equal(waiting(), QUEUE - 100);
	assert_int_equal(write_it(text, 200), 100);
	fake_tty.driver->ops->flush_buffer(&tty);
	assert_int_equal(waiting(), 0);
	assert_int_equal(tty.wakeups, 1);
	reads = ~0u;
	look();
	assert_taken("", 0);
	close_it();
	jh_tty_remove(&cells[0]);
}

static void a_cell_that_does_not_read(void **state)
{
	unsigned long began;

	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	look();
	jiffies += 10000;
	reads = 0;
	began = jiffies;
	assert_int_equal(write_it("hello", 5), 5);
	while (waiting()) {
		look();
		assert_true(jiffies - began <= HZ + LATER + 1);
	}
	assert_true(jiffies - began > HZ);
	assert_int_equal(port()->wakeups, 1);
	/* One that reads a little is waited for: a second from then on. */
	assert_int_equal(write_it("abcdef", 6), 6);
	jiffies += HZ - 100;
	reads = 2;
	look();
	jiffies += HZ - 100;
	look();
	assert_taken("ab", 2);
	assert_int_equal(waiting(), 4);
	reads = 10;
	look();
	assert_taken("cdef", 4);
	/* Nobody is there at all. */
	assert_int_equal(write_it("abc", 3), 3);
	send_code = -ENOENT;
	look();
	assert_int_equal(waiting(), 0);
	close_it();
	jh_tty_remove(&cells[0]);
}

static void close_sends_the_last_bytes(void **state)
{
	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	look();
	assert_int_equal(write_it("poweroff\n", 9), 9);
	close_it();
	assert_taken("poweroff\n", 9);
	assert_null(fake_seen.work);
	/* What does not go is not for who comes next. */
	assert_int_equal(open_it(), 0);
	reads = 2;
	assert_int_equal(write_it("rm", 2), 2);
	assert_int_equal(write_it(" -r", 3), 3);
	close_it();
	assert_taken("rm", 2);
	reads = ~0u;
	assert_int_equal(open_it(), 0);
	assert_int_equal(waiting(), 0);
	look();
	assert_taken("", 0);
	/* A write that comes after the hang-up wakes nobody. */
	fake_tty.driver->ops->hangup(&tty);
	assert_null(fake_seen.work);
	assert_int_equal(write_it("x", 1), 1);
	assert_null(fake_seen.work);
	close_it();
	/* Nor does it reach the cell by who opens it next. */
	assert_int_equal(open_it(), 0);
	assert_int_equal(waiting(), 0);
	look();
	assert_taken("", 0);
	close_it();
	jh_tty_remove(&cells[0]);
}

/* --- its end --- */

static void a_cells_end_is_a_hang_up_after_its_output(void **state)
{
	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	look();
	prints("Power down\n");
	jh_tty_remove(&cells[0]);
	assert_came("Power down\n");
	assert_false(port()->initialized);
	assert_null(fake_seen.work);
	assert_null(fake_tty.driver->devices[0].data);
	assert_int_equal(jiffies, 5000);
	close_it();
	/* Nobody opens it any more. */
	assert_int_equal(open_it(), -ENODEV);
	close_it();
	assert_null(fake_seen.work);
	/* Who is removed twice is gone. */
	jh_tty_remove(&cells[0]);
}

static void a_new_cell_gets_fresh_settings(void **state)
{
	jh_tty_add(&cells[0]);
	prints("old");
	assert_int_equal(open_it(), 0);
	assert_int_equal(tty.termios.c_lflag, 0);
	tty.termios.c_lflag = 0xa;
	look();
	close_it();
	port()->num_came = port()->num_pushed = 0;
	/* To the same cell's next user the settings stay. */
	assert_int_equal(open_it(), 0);
	assert_int_equal(tty.termios.c_lflag, 0xa);
	close_it();
	jh_tty_remove(&cells[0]);
	cells[0].generation = 9;
	head = 0;
	jh_tty_add(&cells[0]);
	prints("new");
	assert_int_equal(open_it(), 0);
	assert_int_equal(tty.termios.c_lflag, 0);
	look();
	assert_came("new");
	close_it();
	jh_tty_remove(&cells[0]);
}

static void leaves(void)
{
	if (jiffies < 5100)
		return;
	fake_meanwhile = NULL;
	fake_tty.holds = false;
	fake_tty.driver->ops->hangup(&tty);
}

/* A read that takes a page fault: the hang-up waits for it, and the caller not for long. */
static void a_reader_in_a_page_fault_delays_the_hang_up(void **state)
{
	unsigned long began;

	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	fake_tty.holds = true;
	fake_meanwhile = leaves;
	jh_tty_remove(&cells[0]);
	assert_int_equal(jiffies, 5100);
	close_it();
	/* One that never does. */
	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	fake_tty.holds = true;
	began = jiffies;
	jh_tty_remove(&cells[0]);
	assert_int_equal(jiffies - began, 500);
	assert_null(fake_tty.driver->devices[0].data);
	/* The next cell of the number has none, until that is over. */
	cells[0].generation = 9;
	jh_tty_add(&cells[0]);
	assert_non_null(strstr(fake_printed,
			       "cell one has no terminal: /dev/ttyJH0 is still open: "));
	assert_null(fake_tty.driver->devices[0].data);
	assert_int_equal(port()->mutex.held, 0);
	jh_tty_remove(&cells[0]);
	fake_tty.holds = false;
	fake_tty.driver->ops->hangup(&tty);
	close_it();
	jh_tty_add(&cells[0]);
	assert_non_null(fake_tty.driver->devices[0].data);
	jh_tty_remove(&cells[0]);
}

/* --- the module --- */

static void a_start_that_fails_leaves_nothing(void **state)
{
	fake_reset();
	memset(&fake_tty, 0, sizeof(fake_tty));
	fake_fail_alloc = 1;
	assert_int_equal(jh_tty_init(), -ENOMEM);
	fake_tty.alloc_code = -ENOSPC;
	assert_int_equal(jh_tty_init(), -ENOSPC);
	assert_int_equal(fake_tty.destroyed, JH_MAX_CELLS - 1);
	fake_tty.alloc_code = 0;
	fake_tty.register_code = -EBUSY;
	assert_int_equal(jh_tty_init(), -EBUSY);
	assert_int_equal(fake_tty.destroyed, 2 * (JH_MAX_CELLS - 1));
	assert_null(fake_tty.driver);
	assert_int_equal(fake_allocated(), 0);
}

static void closes(void)
{
	if (jiffies == 5300)
		close_it();
	if (jiffies == 5600)
		fake_tty_work();
}

static void by_force_the_module_waits_for_the_last_close(void **state)
{
	jh_tty_add(&cells[0]);
	assert_int_equal(open_it(), 0);
	jh_tty_remove(&cells[0]);
	fake_meanwhile = closes;
	fake_tty.references = 1;
	fake_rcu_waits = 0;
	jh_tty_exit();
	fake_meanwhile = NULL;
	/* And for the work after it, which has a reference to the module until its end. */
	assert_int_equal(jiffies, 5600);
	assert_int_equal(fake_rcu_waits, 1);
	assert_string_equal(fake_printed, "waiting until all terminals of cells are closed: "
			    "fuser /dev/ttyJH* finds the processes\n");
	fake_tty.references = 0;
	assert_int_equal(jh_tty_init(), 0);
	jh_tty_exit();
	assert_int_equal(fake_rcu_waits, 1);
	assert_int_equal(jh_tty_init(), 0);
	fake_tty.destroyed = 0;
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(lines_are_raw),
		test(a_cell_with_a_console_has_one),
		test(a_failed_registration_is_logged),
		test(nobody_has_opened_it),
		test(output_is_read_once),
		test(polling_follows_the_traffic),
		test(what_is_lost_is_told),
		test(one_poll_is_bounded),
		test(input_arrives_once),
		test(the_queue_wraps_at_each_place),
		test(a_cell_that_does_not_read),
		test(close_sends_the_last_bytes),
		test(a_cells_end_is_a_hang_up_after_its_output),
		test(a_new_cell_gets_fresh_settings),
		test(a_reader_in_a_page_fault_delays_the_hang_up),
		cmocka_unit_test(a_start_that_fails_leaves_nothing),
		test(by_force_the_module_waits_for_the_last_close),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * CPUs that start, park and end each other at the same time: every schedule with a few
 * interruptions, and many random ones.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/errno.h>
#include <hv/hypercall.h>
#include <hv/mmio.h>
#include <hv/manage.h>
#include <hv/report.h>
#include "orders.h"
#include "world.h"

#define CELL_CPUS	0xcUL	/* 2 and 3 */

/* --- what CPUs do --- */

struct turn_on {
	u32 target;
	u32 request;
	int ret;
};

static void do_turn_on(void *arg)
{
	struct turn_on *t = arg;

	t->ret = cpu_turn_on(&cpus[t->target], 0x1000 + t->target, 7, t->request);
}

struct call {
	u64 code;
	u64 arg;
	s64 ret;
};

static void do_call(void *arg)
{
	struct call *call = arg;
	const u64 args[4] = { call->arg };

	call->ret = hypercall(call->code, args);
}

static void do_park(void *arg)
{
	(void)arg;
	cpu_park();
}

static void do_end(void *arg)
{
	(void)arg;
	cell_end(false);
}

static void do_reset(void *arg)
{
	(void)arg;
	cell_end(true);
}

static void do_fail(void *arg)
{
	struct jh_crash crash = { .cause = JH_CRASH_ACCESS, .cpu = this_cpu() };

	(void)arg;
	cell_fail(&crash);
}

/* --- scenes --- */

static u64 id;
static bool direct;	/* the cell's interrupts */

/* A cell runs on CPU 2; CPU 3 is its second one, parked or @both running. */
static void begin(bool both)
{
	struct turn_on t = { .target = 3, .request = CPU_REQ_START };
	struct blob_parts parts;

	world_boot(&fake_defaults, CELL_CPUS);
	world_cell(&parts, "pair", 2);
	parts.num_cpus = 2;
	parts.cpus[1].cpu = 3;
	if (direct)
		parts.cell.flags = JH_CELL_TRUSTED | JH_CELL_IRQ_DIRECT;
	id = (u64)world_run(&parts);
	assert_int_equal(fake_cpus[2].mode, FAKE_GUEST);
	if (both) {
		fake_post(2, do_turn_on, &t);
		fake_run();
		assert_int_equal(t.ret, 0);
		assert_int_equal(fake_cpus[3].mode, FAKE_GUEST);
		assert_int_equal(fake_cpus[3].entry, 0x1003);
		assert_int_equal(fake_cpus[3].argument, 7);
	}
}

static void expect_parked(void)
{
	u32 cpu;

	for (cpu = 2; cpu <= 3; cpu++) {
		assert_int_equal(cpus[cpu].state, CPU_PARKED);
		assert_int_equal(fake_cpus[cpu].mode, FAKE_WAITING);
		assert_ptr_equal(fake_cpus[cpu].pt, &root_cell.pt);
	}
}

/* After a stop nothing of the cell runs, and it can be taken apart and made anew. */
static void end_of_life(void)
{
	expect_parked();
	world_check();
	assert_int_equal(world_destroy(id), 0);
	expect_parked();
	world_check();
}

static struct call stop;
static struct turn_on on2, on3;

static void post_stop(void)
{
	stop = (struct call){ JH_HC_CELL_STOP, id, -ENXIO };
	fake_post(0, do_call, &stop);
}

static void stop_while_a_sibling_is_turned_on(void)
{
	begin(false);
	on3 = (struct turn_on){ .target = 3, .request = CPU_REQ_START };
	orders_begin();
	post_stop();
	fake_post(2, do_turn_on, &on3);
	orders_end();
	assert_int_equal(stop.ret, 0);
	end_of_life();
}

/* CPU 2 turns itself off, CPU 3 turns it on again, root stops both. */
static void do_ping(void *arg)
{
	fake_post(3, do_turn_on, &on2);
	do_park(arg);
}

static void stop_while_siblings_take_turns(void)
{
	begin(true);
	on2 = (struct turn_on){ .target = 2, .request = CPU_REQ_START };
	orders_begin();
	post_stop();
	fake_post(2, do_ping, NULL);
	orders_end();
	assert_int_equal(stop.ret, 0);
	end_of_life();
}

/* Scrub, which stops, and destroy without a pause: no CPU may still be on its way in. */
static void do_destroy(void *arg)
{
	const u64 args[4] = { id };
	struct call *call = arg;

	do
		call->ret = hypercall(JH_HC_CELL_SCRUB, args);
	while (call->ret > 0);
	if (!call->ret)
		call->ret = hypercall(JH_HC_CELL_DESTROY, args);
}

static void destroy_while_a_sibling_is_turned_on(void)
{
	static struct call destroy;

	begin(false);
	on3 = (struct turn_on){ .target = 3, .request = CPU_REQ_START };
	orders_begin();
	fake_post(0, do_destroy, &destroy);
	fake_post(2, do_turn_on, &on3);
	orders_end();
	assert_int_equal(destroy.ret, 0);
	assert_null(cell_get(id));
	expect_parked();
	world_check();
}

static void do_ask(void *arg)
{
	const u64 args[4] = { id };
	s64 *said = arg;

	*said = hypercall(JH_HC_CELL_GET_STATE, args);
}

/* Root looks at a cell beside its own destroy: it sees one that is there, or none. */
static void destroy_while_root_looks(void)
{
	static struct call destroy;
	static s64 said;

	begin(false);
	orders_begin();
	fake_post(0, do_destroy, &destroy);
	fake_post(1, do_ask, &said);
	orders_end();
	assert_int_equal(destroy.ret, 0);
	assert_true(said == JH_COMM_RUNNING || said == JH_COMM_SHUT_DOWN || said == -ENOENT ||
		    said == -EBUSY);
	world_check();
}

static void end_while_a_sibling_is_turned_on(void)
{
	begin(true);
	fake_post(3, do_park, NULL);
	fake_run();
	on3 = (struct turn_on){ .target = 3, .request = CPU_REQ_START };
	orders_begin();
	fake_post(2, do_turn_on, &on3);
	fake_run();
	fake_post(2, do_end, NULL);
	orders_end();
	assert_int_equal(report.cells[id].state, JH_CELL_STOPPED);
	end_of_life();
}

static void stop_and_start_again(void)
{
	struct call start;

	begin(false);
	on3 = (struct turn_on){ .target = 3, .request = CPU_REQ_START };
	start = (struct call){ JH_HC_CELL_START, id, -ENXIO };
	orders_begin();
	post_stop();
	fake_post(2, do_turn_on, &on3);
	fake_run();
	assert_int_equal(world_clean(id), 0);
	fake_post(0, do_call, &start);
	orders_end();
	assert_int_equal(stop.ret, 0);
	assert_int_equal(start.ret, 0);
	/* Only the first CPU runs after a start. */
	assert_int_equal(fake_cpus[2].mode, FAKE_GUEST);
	assert_int_equal(fake_cpus[3].mode, FAKE_WAITING);
	world_check();
}

static void both_fail(void)
{
	u32 seen;

	begin(true);
	orders_begin();
	fake_post(2, do_fail, NULL);
	fake_post(3, do_fail, NULL);
	orders_end();
	assert_int_equal(report.cells[id].state, JH_CELL_FAILED);
	seen = report.cells[id].crash.cpu;
	assert_true(seen == 2 || seen == 3);
	assert_int_equal(report.cells[id].crash.cause, JH_CRASH_ACCESS);
	end_of_life();
}

/* A reset is told of a cell that stopped for it, not of one that has failed meanwhile. */
static void reset_while_a_sibling_fails(void)
{
	begin(true);
	orders_begin();
	fake_post(2, do_reset, NULL);
	fake_post(3, do_fail, NULL);
	orders_end();
	assert_int_equal(report.cells[id].reset, report.cells[id].state == JH_CELL_STOPPED);
	end_of_life();
}

/* Nor of one that was stopped before it asked. */
static void do_reset_late(void *arg)
{
	do
		arch_relax();
	while (report.cells[id].state == JH_CELL_RUNNING);
	do_reset(arg);
}

static void reset_while_stopped(void)
{
	begin(true);
	orders_begin();
	post_stop();
	fake_post(2, do_reset_late, NULL);
	orders_end();
	assert_int_equal(stop.ret, 0);
	assert_int_equal(report.cells[id].reset, 0);
	end_of_life();
}

static void fail_while_stopped(void)
{
	begin(true);
	orders_begin();
	post_stop();
	fake_post(3, do_fail, NULL);
	orders_end();
	assert_int_equal(stop.ret, 0);
	assert_true(report.cells[id].state == JH_CELL_STOPPED ||
		    report.cells[id].state == JH_CELL_FAILED);
	end_of_life();
}

static void one_target_two_callers(void)
{
	static struct turn_on a, b;
	u32 before;

	world_boot(&fake_defaults, 0x8);
	a = b = (struct turn_on){ .target = 3, .request = CPU_REQ_START };
	before = fake_cpus[3].starts;
	orders_begin();
	fake_post(0, do_turn_on, &a);
	fake_post(1, do_turn_on, &b);
	orders_end();
	assert_true((a.ret == 0) != (b.ret == 0));
	assert_true(a.ret == 0 || a.ret == -EBUSY || a.ret == -EEXIST);
	assert_true(b.ret == 0 || b.ret == -EBUSY || b.ret == -EEXIST);
	assert_int_equal(fake_cpus[3].starts, before + 1);
	assert_int_equal(cpus[3].state, CPU_RUNNING);
	world_check();
}

static void do_request(void *arg)
{
	(void)arg;
	cpu_request(root_cell.cpu_mask & ~BIT(this_cpu()), CPU_REQ_RESYNC);
}

static void do_virq_request(void *arg)
{
	(void)arg;
	cpu_request_one(1, CPU_REQ_VIRQ);
}

/* Each request has its answer, once, and no other. */
static void requests_are_answered(void **state)
{
	(void)state;
	world_boot(&fake_defaults, 0);
	fake_post(0, do_request, NULL);
	fake_run();
	assert_int_equal(fake_cpus[0].resyncs, 0);
	assert_int_equal(fake_cpus[1].resyncs, 1);
	assert_int_equal(fake_cpus[3].resyncs, 1);
	assert_int_equal(fake_cpus[1].virq_syncs, 0);
	fake_post(0, do_virq_request, NULL);
	fake_run();
	assert_int_equal(fake_cpus[1].virq_syncs, 1);
	assert_int_equal(fake_cpus[1].resyncs, 1);
	assert_int_equal(fake_cpus[2].virq_syncs, 0);
	/* A parked one answers no request that is about a guest. */
	world_boot(&fake_defaults, 0x2);
	fake_post(0, do_virq_request, NULL);
	fake_run();
	assert_int_equal(fake_cpus[1].virq_syncs, 0);
}

/* A CPU leaves the hypervisor while another wakes all of root's: it is not rung for afterwards. */
static void kick_while_a_cpu_leaves(void)
{
	world_boot(&fake_defaults, 0x8);
	on3 = (struct turn_on){ .target = 3, .request = CPU_REQ_START_UNMANAGED };
	orders_begin();
	fake_post(0, do_request, NULL);
	fake_post(1, do_turn_on, &on3);
	fake_post(2, do_request, NULL);
	orders_end();
	assert_int_equal(on3.ret, 0);
	assert_int_equal(fake_cpus[3].mode, FAKE_BARE);
	assert_int_equal(cpus[3].state, CPU_UNMANAGED);
	assert_true(fake_cpus[1].resyncs == 1 || fake_cpus[1].resyncs == 2);
}

/* Root turns a CPU on while it gives it to a cell: one of both happens, never a mixture. */
static void create_while_root_turns_the_cpu_on(void)
{
	static struct call create;
	struct blob_parts parts;

	world_boot(&fake_defaults, 0x8);
	world_cell(&parts, "a", 3);
	create = (struct call){ JH_HC_CELL_CREATE, AT_CONFIG, -ENXIO };
	on3 = (struct turn_on){ .target = 3, .request = CPU_REQ_START };
	create.ret = (s64)world_put(AT_CONFIG, &parts);
	orders_begin();
	fake_post(1, do_turn_on, &on3);
	create.ret = fake_hypercall(0, JH_HC_CELL_CREATE, AT_CONFIG, (u64)create.ret, 0, 0);
	orders_end();
	assert_int_equal(fake_cpus[3].mode, create.ret > 0 ? FAKE_WAITING : FAKE_GUEST);
	world_check();
}

static void do_look(void *arg)
{
	u32 turns;

	(void)arg;
	if (!manage_try_begin())
		return;
	for (turns = 0; turns < 10; turns++)
		arch_relax();
	manage_end();
}

/* A call of firmware's that asks whether a cell runs does not make root's calls fail. */
static void manage_while_somebody_looks(void)
{
	static struct call stop_it;
	struct blob_parts parts;

	world_boot(&fake_defaults, 0x8);
	world_cell(&parts, "a", 3);
	id = (u64)world_run(&parts);
	stop_it = (struct call){ JH_HC_CELL_STOP, id, -ENXIO };
	orders_begin();
	fake_post(1, do_look, NULL);
	fake_post(0, do_call, &stop_it);
	orders_end();
	assert_int_equal(stop_it.ret, 0);
	world_check();
}

/* Two CPUs of root manage at once: one is refused, nothing is half done. */
static void two_managers(void)
{
	static struct call a, b;
	struct blob_parts parts;

	world_boot(&fake_defaults, 0x8);
	world_cell(&parts, "a", 3);
	id = (u64)world_run(&parts);
	a = (struct call){ JH_HC_CELL_STOP, id, -ENXIO };
	b = (struct call){ JH_HC_CELL_SCRUB, id, -ENXIO };
	orders_begin();
	fake_post(0, do_call, &a);
	fake_post(1, do_call, &b);
	orders_end();
	assert_true(a.ret == 0 || a.ret == -EBUSY);
	assert_true(b.ret == 0 || b.ret == -EBUSY);
	assert_true(a.ret == 0 || b.ret == 0);
	world_check();
}

/* --- a UART with two writers --- */

#define UART		0x9000000UL
#define UARTDR		0x00
#define UARTIMSC	0x38
#define UARTICR		0x44
#define INT_TX		0x20

struct uart_write {
	u32 offset, value;
};

static void write_uart(void *arg)
{
	const struct uart_write *w = arg;
	const struct mmio_region *region = mmio_find(UART + w->offset);

	region->access((struct mmio_access){ w->value, w->offset, 4, true }, region->context);
}

static void begin_uart(u32 mask, bool sent)
{
	struct turn_on t = { .target = 3, .request = CPU_REQ_START };
	struct uart_write w = { UARTIMSC, mask };
	struct blob_parts parts;

	world_boot(&fake_defaults, CELL_CPUS);
	world_cell(&parts, "pair", 2);
	parts.num_cpus = 2;
	parts.cpus[1].cpu = 3;
	parts.num_consoles = 1;
	parts.console = (struct jh_console){
		UART, JH_CONSOLE_VIRTUAL_SIZE, JH_CONSOLE_PL011,
		JH_CONSOLE_VIRTUAL | JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4, 0, 0, 0,
	};
	parts.cell.console_irq = 33;
	id = (u64)world_run(&parts);
	fake_post(2, do_turn_on, &t);
	fake_run();
	fake_post(2, write_uart, &w);
	fake_run();
	w = (struct uart_write){ UARTDR, 'a' };
	if (sent)
		fake_post(2, write_uart, &w);
	fake_run();
}

/* Whatever order they come in: who looks last finds the level as it is. */
static void two_write(struct uart_write a, struct uart_write b)
{
	orders_begin();
	fake_post(2, write_uart, &a);
	fake_post(3, write_uart, &b);
	orders_end();
	assert_int_equal(fake_virq_raised[id], vuart_is_raised(&cell_get(id)->vuart));
}

static void one_sends_one_clears(void)
{
	begin_uart(INT_TX, true);
	two_write((struct uart_write){ UARTDR, 'b' }, (struct uart_write){ UARTICR, INT_TX });
}

static void one_sends_one_unmasks(void)
{
	begin_uart(0, false);
	two_write((struct uart_write){ UARTDR, 'b' }, (struct uart_write){ UARTIMSC, INT_TX });
}

static void one_clears_one_unmasks(void)
{
	begin_uart(0, true);
	two_write((struct uart_write){ UARTICR, INT_TX }, (struct uart_write){ UARTIMSC, INT_TX });
}

/* --- the tests --- */

#define INTERRUPTIONS	2
#define SCHEDULES	200

#define all_schedules(scene)	many_schedules(scene, INTERRUPTIONS, SCHEDULES)

#define many_schedules(scene, interruptions, limit)				\
	static void test_##scene(void **state)					\
	{									\
		u64 n;								\
		u32 seed;							\
										\
		(void)state;							\
		direct = orders_by_chance = false;					\
		n = fake_explore(scene, interruptions, limit);			\
		assert_true(n > 10);						\
		orders_by_chance = true;						\
		for (seed = 0; seed < 150; seed++) {				\
			direct = seed & 1;					\
			fake_seed(seed);					\
			scene();						\
		}								\
	}

all_schedules(stop_while_a_sibling_is_turned_on)
all_schedules(stop_while_siblings_take_turns)
all_schedules(destroy_while_a_sibling_is_turned_on)
/* One CPU is interrupted, early, and another one is not until it has done all of its work. */
many_schedules(destroy_while_root_looks, 1, 2000)
all_schedules(end_while_a_sibling_is_turned_on)
all_schedules(stop_and_start_again)
all_schedules(both_fail)
all_schedules(reset_while_a_sibling_fails)
all_schedules(reset_while_stopped)
all_schedules(fail_while_stopped)
all_schedules(one_target_two_callers)
all_schedules(kick_while_a_cpu_leaves)
all_schedules(create_while_root_turns_the_cpu_on)
all_schedules(manage_while_somebody_looks)
all_schedules(two_managers)
all_schedules(one_sends_one_clears)
all_schedules(one_sends_one_unmasks)
all_schedules(one_clears_one_unmasks)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stop_while_a_sibling_is_turned_on),
		cmocka_unit_test(test_stop_while_siblings_take_turns),
		cmocka_unit_test(test_destroy_while_a_sibling_is_turned_on),
		cmocka_unit_test(test_destroy_while_root_looks),
		cmocka_unit_test(test_end_while_a_sibling_is_turned_on),
		cmocka_unit_test(test_stop_and_start_again),
		cmocka_unit_test(test_both_fail),
		cmocka_unit_test(test_reset_while_a_sibling_fails),
		cmocka_unit_test(test_reset_while_stopped),
		cmocka_unit_test(test_fail_while_stopped),
		cmocka_unit_test(test_one_target_two_callers),
		cmocka_unit_test(requests_are_answered),
		cmocka_unit_test(test_kick_while_a_cpu_leaves),
		cmocka_unit_test(test_create_while_root_turns_the_cpu_on),
		cmocka_unit_test(test_manage_while_somebody_looks),
		cmocka_unit_test(test_two_managers),
		cmocka_unit_test(test_one_sends_one_clears),
		cmocka_unit_test(test_one_sends_one_unmasks),
		cmocka_unit_test(test_one_clears_one_unmasks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

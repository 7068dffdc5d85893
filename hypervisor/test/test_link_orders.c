// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Links, in every order of what CPUs do at once: bells beside the end of a side, beside its
 * next life and beside its first look, a state beside the end of its cell.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include <hv/cpu.h>
#include <hv/hypercall.h>
#include <hv/link.h>
#include <jh/link.h>
#include "orders.h"
#include "sides.h"
#include "world.h"

static void do_end(void *arg)
{
	(void)arg;
	cell_end(false);
}

/* What a guest of the executing CPU does: it finds its registers wherever it runs. */
static void do_write(u32 offset, u32 value)
{
	const struct mmio_region *region = mmio_find(REGISTERS + offset);

	mmio_write(offset, value, region, 4);
}

static void do_ring(void *arg)
{
	(void)arg;
	do_write(JH_LINK_DOORBELL, 1 << 16 | 1);
}

static void do_state(void *arg)
{
	(void)arg;
	do_write(JH_LINK_STATE, 5);
}

static void do_enable(void *arg)
{
	(void)arg;
	do_write(JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
}

static u32 heard;

static void do_hear(void *arg)
{
	(void)arg;
	heard |= (u32)mmio_read(JH_LINK_BELLS, 4, mmio_find(REGISTERS + JH_LINK_BELLS));
}

static void do_destroy_right(void *arg)
{
	const u64 args[4] = { sides_right };

	(void)arg;
	while (hypercall(JH_HC_CELL_SCRUB, args) > 0)
		;
	assert_int_equal(hypercall(JH_HC_CELL_DESTROY, args), 0);
}

/* Whoever rings uses nothing of a side that is gone: its page is zeroed. */
static void ring_while_the_other_side_goes(void)
{
	sides_begin_both();
	orders_begin();
	fake_post(0, do_destroy_right, NULL);
	fake_post(LEFT_CPU, do_ring, NULL);
	orders_end();
	assert_null(cell_get(sides_right));
	assert_null(cell_get(sides_left)->links[0].peer);
	assert_int_equal(sides_row(sides_left)->rung + sides_row(sides_left)->dropped, 1);
	world_check();
}

static void do_restart(void *arg)
{
	const u64 args[4] = { *(const u64 *)arg };

	assert_int_equal(hypercall(JH_HC_CELL_STOP, args), 0);
	while (hypercall(JH_HC_CELL_CLEAN, args) > 0)
		;
	assert_int_equal(hypercall(JH_HC_CELL_START, args), 0);
}

/* A bell of one life interrupts no other one, which has not enabled the interrupt. */
static void ring_while_the_other_side_restarts(void)
{
	sides_begin_both();
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	orders_begin();
	fake_post(0, do_restart, &sides_right);
	fake_post(LEFT_CPU, do_ring, NULL);
	orders_end();
	assert_int_equal(cell_get(sides_right)->state, JH_CELL_RUNNING);
	assert_false(PENDING(sides_right));
	world_check();
}

static void do_ring_by_root(void *arg)
{
	const struct mmio_region *region = mmio_find(FAKE_HV_START);

	(void)arg;
	mmio_write(JH_LINK_DOORBELL, 0 << 16 | 1, region, 4);
}

static void root_rings_while_its_cell_restarts(void)
{
	struct jh_config_link *link;
	struct blob_parts parts;

	sides_begin();
	link = sides_describe(&parts, "left", LEFT_CPU);
	strcpy(link->peer, JH_LINK_ROOT);
	sides_left = (u64)world_create(&parts);
	sides_run(sides_left);
	sides_put(LEFT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	orders_begin();
	/* While CPU 1 waits for the cell's, the next one is that, and not CPU 0. */
	fake_post(1, do_restart, &sides_left);
	fake_post(0, do_ring_by_root, NULL);
	orders_end();
	assert_int_equal(cell_get(sides_left)->state, JH_CELL_RUNNING);
	assert_int_equal(cell_get(sides_left)->links[0].root->report->rung +
			 cell_get(sides_left)->links[0].root->report->dropped, 1);
	assert_false(PENDING(sides_left));
	world_check();
}

/* The word stays 0 once its side has ended, whatever a sibling was about to write. */
static void a_state_while_the_cell_ends(void)
{
	sides_begin_both();
	assert_int_equal(cpu_turn_on(&cpus[5], 0, 0, CPU_REQ_START), 0);
	fake_run();
	orders_begin();
	fake_post(LEFT_CPU, do_end, NULL);
	fake_post(5, do_state, NULL);
	orders_end();
	assert_int_equal(cell_get(sides_left)->state, JH_CELL_STOPPED);
	assert_int_equal(sides_table(sides_right, 0), 0);
	assert_int_equal(sides_row(sides_left)->state, 0);
	world_check();
}

/* A bell is heard: it is read, or the interrupt waits. */
static void ring_while_it_is_enabled(void)
{
	sides_begin_both();
	orders_begin();
	fake_post(LEFT_CPU, do_ring, NULL);
	fake_post(RIGHT_CPU, do_enable, NULL);
	orders_end();
	assert_true(PENDING(sides_right));
	world_check();
}

static void ring_while_it_is_read(void)
{
	sides_begin_both();
	sides_put(RIGHT_CPU, JH_LINK_INT_CONTROL, JH_LINK_INT_ENABLE);
	sides_ring(LEFT_CPU, 1, 0);
	cell_get(sides_right)->virqs.state = 0;
	heard = 0;
	orders_begin();
	fake_post(LEFT_CPU, do_ring, NULL);
	fake_post(RIGHT_CPU, do_hear, NULL);
	orders_end();
	assert_true(heard & 1);
	assert_true(heard & 2 ||
		    (PENDING(sides_right) && sides_get(RIGHT_CPU, JH_LINK_BELLS) == 2));
}

ORDERS_TEST(ring_while_the_other_side_goes, 150)
ORDERS_TEST(ring_while_the_other_side_restarts, 150)
ORDERS_TEST(root_rings_while_its_cell_restarts, 150)
ORDERS_TEST(a_state_while_the_cell_ends, 150)
ORDERS_TEST(ring_while_it_is_enabled, 150)
ORDERS_TEST(ring_while_it_is_read, 150)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ring_while_the_other_side_goes),
		cmocka_unit_test(test_ring_while_the_other_side_restarts),
		cmocka_unit_test(test_root_rings_while_its_cell_restarts),
		cmocka_unit_test(test_a_state_while_the_cell_ends),
		cmocka_unit_test(test_ring_while_it_is_enabled),
		cmocka_unit_test(test_ring_while_it_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

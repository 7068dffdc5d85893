// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Virtio devices of cells, in every order of what CPUs do at once: interrupts beside their
 * acknowledgement, and an end of one side beside what the other does.
 */
#include "orders.h"
#include "virtio_guest.h"

static void write_here(u64 address, u32 value)
{
	const struct mmio_region *region = mmio_find(address);

	mmio_write((u32)(address - region->start), value, region, 4);
}

static void do_interrupt(void *arg)
{
	(void)arg;
	write_here(doors + JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED);
}

static void do_leave(void *arg)
{
	(void)arg;
	write_here(doors + JH_LINK_STATE, 0);
}

static void do_acknowledge(void *arg)
{
	(void)arg;
	write_here(REGISTERS + JH_VIRTIO_INTERRUPT_ACK, JH_VIRTIO_INT_USED);
}

static void do_reset(void *arg)
{
	(void)arg;
	write_here(REGISTERS + JH_VIRTIO_STATUS, 0);
}

static void do_destroy(void *arg)
{
	const u64 args[4] = { cell };

	(void)arg;
	while (hypercall(JH_HC_CELL_SCRUB, args) > 0)
		;
	assert_int_equal(hypercall(JH_HC_CELL_DESTROY, args), 0);
}

/* Nothing is lost: either the guest finds no status, or it is interrupted once more. */
static void interrupt_while_it_is_acknowledged(void)
{
	begin();
	set_up();
	root_put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED);
	assert_true(take_interrupt());
	orders_begin();
	fake_post(CELL_CPU, do_acknowledge, NULL);
	fake_post(1, do_interrupt, NULL);
	orders_end();
	assert_int_equal(take_interrupt(), guest_get(JH_VIRTIO_INTERRUPT_STATUS) != 0);
}

/* Another bit than the one that is acknowledged. */
static void leave_while_it_is_acknowledged(void)
{
	begin();
	set_up();
	root_put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED);
	assert_true(take_interrupt());
	orders_begin();
	fake_post(CELL_CPU, do_acknowledge, NULL);
	fake_post(1, do_leave, NULL);
	orders_end();
	assert_true(take_interrupt());
	assert_int_equal(guest_get(JH_VIRTIO_INTERRUPT_STATUS), JH_VIRTIO_INT_CONFIG);
}

/* A device that was reset is one, or needs another reset and says so. */
static void leave_while_it_is_reset(void)
{
	u32 status;

	begin();
	set_up();
	root_get(JH_LINK_BELLS);
	orders_begin();
	fake_post(CELL_CPU, do_reset, NULL);
	fake_post(1, do_leave, NULL);
	orders_end();
	status = guest_get(JH_VIRTIO_STATUS);
	assert_true(status == 0 || status == JH_VIRTIO_S_NEEDS_RESET);
	assert_int_equal(guest_get(JH_VIRTIO_DEVICE_ID), 0);
	assert_int_equal(root_get(JH_LINK_PEER_STATE) >> 8, 3);
	assert_int_equal(root_get(JH_LINK_BELLS), 1);
}

/* Nothing is raised for a cell that is no more, and nobody touches what was its memory. */
static void interrupt_while_the_cell_goes(void)
{
	begin();
	set_up();
	orders_begin();
	fake_post(0, do_destroy, NULL);
	fake_post(1, do_interrupt, NULL);
	fake_post(4, do_leave, NULL);
	orders_end();
	assert_null(cell_get(cell));
	world_unchanged();
}

ORDERS_TEST(interrupt_while_it_is_acknowledged, 100)
ORDERS_TEST(leave_while_it_is_acknowledged, 100)
ORDERS_TEST(leave_while_it_is_reset, 100)
ORDERS_TEST(interrupt_while_the_cell_goes, 100)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_interrupt_while_it_is_acknowledged),
		cmocka_unit_test(test_leave_while_it_is_acknowledged),
		cmocka_unit_test(test_leave_while_it_is_reset),
		cmocka_unit_test(test_interrupt_while_the_cell_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

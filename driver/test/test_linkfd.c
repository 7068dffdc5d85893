// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Eventfds of links: bells that signal them, those that ring, and that none of it is left when the
 * program, the eventfd or the cell goes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "../link.h"
#include "eventfd.h"
#include "linked.h"

static struct inode inode;
static struct file file;

static void do_open(void)
{
	file = (struct file){ .f_op = misc->fops, .private_data = misc, .f_mapping = &space };
	assert_int_equal(file.f_op->open(&inode, &file), 0);
	file.f_flags = O_NONBLOCK;
}

static void do_close(void)
{
	assert_int_equal(file.f_op->release(&inode, &file), 0);
}

static long bind(unsigned int command, u32 bell, int fd)
{
	struct jh_link_eventfd call = { bell, fd };
	long code = file.f_op->unlocked_ioctl(&file, command, (unsigned long)&call);

	assert_int_equal(fake_eventfd_files, 0);
	return code;
}

static long bind_bell(u32 bell, int fd)
{
	return bind(JH_LINK_IOC_BELL_EVENTFD, bell, fd);
}

static long bind_ring(u32 bell, int fd)
{
	return bind(JH_LINK_IOC_RING_EVENTFD, bell, fd);
}

static ssize_t do_read(u32 *bells)
{
	*bells = 0;
	return file.f_op->read(&file, (char *)bells, sizeof(*bells), NULL);
}

static void up(u32 kind)
{
	virtio_kind = kind;
	linked_add();
	do_open();
}

/* Only the program has it, and nobody waits for it. */
static bool is_free(u32 n)
{
	return fake_eventfds[n].references == 1 && !fake_eventfds[n].queue.entries;
}

static void all_are_free(void)
{
	u32 n;

	for (n = 0; n < FAKE_EVENTFDS; n++)
		assert_true(is_free(n));
}

/* --- tests --- */

static void a_bell_signals(void **state)
{
	struct link *link;
	int woken;
	u32 got;

	up(0);
	link = file.private_data;
	assert_int_equal(bind_bell(2, FAKE_EVENTFD(0)), 0);
	woken = link->wait.woken;
	linked_rings(4);
	assert_int_equal(fake_eventfds[0].count, 1);
	/* Nobody is woken up for nothing. */
	assert_int_equal(link->wait.woken, woken);
	assert_int_equal(do_read(&got), -EAGAIN);
	linked_rings(0xe);
	assert_int_equal(fake_eventfds[0].count, 2);
	assert_int_equal(link->wait.woken, woken + 1);
	assert_int_equal(do_read(&got), 4);
	assert_int_equal(got, 0xa);
	assert_int_equal(bind_bell(2, JH_LINK_NO_EVENTFD), 0);
	assert_true(is_free(0));
	linked_rings(4);
	assert_int_equal(fake_eventfds[0].count, 2);
	assert_int_equal(do_read(&got), 4);
	assert_int_equal(got, 4);
	assert_int_equal(bind_bell(2, JH_LINK_NO_EVENTFD), 0);
	do_close();
}

static void what_rang_before_is_told(void **state)
{
	u32 got;

	up(0);
	linked_rings(6);
	assert_int_equal(bind_bell(3, FAKE_EVENTFD(1)), 0);
	assert_int_equal(fake_eventfds[1].count, 0);
	assert_int_equal(bind_bell(1, FAKE_EVENTFD(0)), 0);
	assert_int_equal(fake_eventfds[0].count, 1);
	assert_int_equal(do_read(&got), 4);
	assert_int_equal(got, 4);
	do_close();
}

/* The file knows of the other side's life all the same. */
static void the_bell_of_states_signals(void **state)
{
	struct link *link;
	poll_table table = { 0 };
	int woken;

	up(0);
	link = file.private_data;
	assert_int_equal(bind_bell(0, FAKE_EVENTFD(0)), 0);
	linked_peer_is(7);
	woken = link->wait.woken;
	linked_peer_is(0);
	assert_int_equal(fake_eventfds[0].count, 2);
	assert_int_equal(link->wait.woken, woken + 1);
	assert_int_equal(file.f_op->poll(&file, &table), EPOLLHUP);
	do_close();
}

static void one_in_place_of_another(void **state)
{
	up(0);
	assert_int_equal(bind_bell(1, FAKE_EVENTFD(0)), 0);
	assert_int_equal(bind_bell(1, FAKE_EVENTFD(1)), 0);
	assert_true(is_free(0));
	linked_rings(2);
	assert_int_equal(fake_eventfds[0].count, 0);
	assert_int_equal(fake_eventfds[1].count, 1);
	assert_int_equal(bind_ring(1, FAKE_EVENTFD(2)), 0);
	assert_int_equal(bind_ring(1, FAKE_EVENTFD(3)), 0);
	assert_true(is_free(2));
	eventfd_signal(&fake_eventfds[2]);
	assert_int_equal(hw.rung[1], 0);
	eventfd_signal(&fake_eventfds[3]);
	assert_int_equal(hw.rung[1], 1);
	/* The same one for several bells, and again for the same */
	assert_int_equal(bind_ring(1, FAKE_EVENTFD(0)), 0);
	assert_int_equal(bind_ring(1, FAKE_EVENTFD(0)), 0);
	assert_int_equal(bind_ring(2, FAKE_EVENTFD(0)), 0);
	eventfd_signal(&fake_eventfds[0]);
	assert_int_equal(hw.rung[1], 2);
	assert_int_equal(hw.rung[2], 1);
	do_close();
}

static void it_rings(void **state)
{
	struct link *link;

	side = 1;
	up(0);
	link = file.private_data;
	assert_int_equal(bind_ring(3, FAKE_EVENTFD(0)), 0);
	assert_int_equal(hw.rung[3], 0);
	/* Whatever others hold. */
	mutex_lock(&link->lock);
	spin_lock(&link->rung);
	eventfd_signal(&fake_eventfds[0]);
	spin_unlock(&link->rung);
	mutex_unlock(&link->lock);
	assert_int_equal(hw.rung[3], 1);
	eventfd_signal(&fake_eventfds[0]);
	assert_int_equal(hw.rung[3], 2);
	assert_int_equal(bind_ring(3, JH_LINK_NO_EVENTFD), 0);
	assert_true(is_free(0));
	eventfd_signal(&fake_eventfds[0]);
	assert_int_equal(hw.rung[3], 2);
	/* It was signalled before. */
	assert_int_equal(bind_ring(0, FAKE_EVENTFD(0)), 0);
	assert_int_equal(hw.rung[0], 1);
	assert_int_equal(hw.interrupts, 0);
	do_close();
}

static void it_interrupts_for_a_virtio_device(void **state)
{
	up(JH_VIRTIO_NET);
	assert_int_equal(bind_ring(1, FAKE_EVENTFD(0)), 0);
	assert_int_equal(bind_ring(2, FAKE_EVENTFD(1)), 0);
	assert_int_equal(hw.interrupts, 0);
	eventfd_signal(&fake_eventfds[0]);
	eventfd_signal(&fake_eventfds[1]);
	assert_int_equal(hw.interrupts, 2);
	assert_int_equal(hw.rung[1] + hw.rung[2], 0);
	do_close();
}

static void what_is_refused(void **state)
{
	struct jh_link_eventfd call = { 0, FAKE_EVENTFD(0) };
	static const unsigned int commands[] = {
		JH_LINK_IOC_BELL_EVENTFD, JH_LINK_IOC_RING_EVENTFD,
	};
	u32 i;

	up(0);
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		/* The link has four. */
		assert_int_equal(bind(commands[i], 4, FAKE_EVENTFD(0)), -EINVAL);
		assert_int_equal(bind(commands[i], U32_MAX, FAKE_EVENTFD(0)), -EINVAL);
		assert_int_equal(bind(commands[i], 4, JH_LINK_NO_EVENTFD), -EINVAL);
		assert_int_equal(bind(commands[i], 0, FAKE_NOT_EVENTFD), -EINVAL);
		assert_int_equal(bind(commands[i], 0, 5), -EBADF);
		assert_int_equal(bind(commands[i], 0, -2), -EBADF);
		fake_no_user = &call;
		assert_int_equal(file.f_op->unlocked_ioctl(&file, commands[i],
							   (unsigned long)&call), -EFAULT);
		fake_no_user = NULL;
		all_are_free();
	}
	fake_fail_alloc = 1;
	assert_int_equal(bind_ring(0, FAKE_EVENTFD(0)), -ENOMEM);
	all_are_free();
	/* The index of the arrays, also of those that a CPU only guesses. */
	assert_int_equal(bind_ring(3, FAKE_EVENTFD(0)), 0);
	assert_int_equal(fake_nospec.index, 3);
	assert_int_equal(fake_nospec.size, 16);
	do_close();
}

/* A thread of the kernel that holds it goes on without the program's number for it. */
static void the_eventfd_is_closed(void **state)
{
	up(JH_VIRTIO_NET);
	fake_eventfds[0].references++;
	assert_int_equal(bind_ring(1, FAKE_EVENTFD(0)), 0);
	assert_int_equal(bind_bell(1, FAKE_EVENTFD(0)), 0);
	assert_int_equal(bind_bell(2, FAKE_EVENTFD(1)), 0);
	fake_eventfd_close(&fake_eventfds[0]);
	fake_eventfd_close(&fake_eventfds[1]);
	assert_int_equal(hw.interrupts, 0);
	eventfd_signal(&fake_eventfds[0]);
	assert_int_equal(hw.interrupts, 1);
	linked_rings(4);
	assert_int_equal(fake_eventfds[1].count, 1);
	do_close();
	assert_int_equal(fake_eventfds[1].references, 0);
	assert_true(is_free(0));
}

static void bind_all(void)
{
	u32 bell;

	for (bell = 0; bell < 4; bell++) {
		assert_int_equal(bind_bell(bell, FAKE_EVENTFD(bell / 2)), 0);
		assert_int_equal(bind_ring(bell, FAKE_EVENTFD(2 + bell / 2)), 0);
	}
}

static void the_file_is_closed(void **state)
{
	u32 touched;

	up(0);
	bind_all();
	do_close();
	all_are_free();
	touched = hw.touched;
	eventfd_signal(&fake_eventfds[2]);
	assert_int_equal(hw.touched, touched);
	linked_rings(0xf);
	assert_int_equal(fake_eventfds[0].count, 0);
	/* The next program finds none of it. */
	do_open();
	linked_rings(0xf);
	assert_int_equal(fake_eventfds[0].count, 0);
	do_close();
}

static void the_cell_is_destroyed(void **state)
{
	u32 touched;

	up(0);
	bind_all();
	jh_link_remove(&cell);
	all_are_free();
	touched = hw.touched;
	eventfd_signal(&fake_eventfds[2]);
	assert_int_equal(bind_bell(1, FAKE_EVENTFD(0)), -EPIPE);
	assert_int_equal(bind_ring(1, FAKE_EVENTFD(0)), -EPIPE);
	assert_int_equal(bind_ring(1, JH_LINK_NO_EVENTFD), -EPIPE);
	all_are_free();
	do_close();
	assert_int_equal(hw.touched, touched);
}

#define test(name) cmocka_unit_test_setup_teardown(name, linked_setup, linked_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_bell_signals),
		test(what_rang_before_is_told),
		test(the_bell_of_states_signals),
		test(one_in_place_of_another),
		test(it_rings),
		test(it_interrupts_for_a_virtio_device),
		test(what_is_refused),
		test(the_eventfd_is_closed),
		test(the_file_is_closed),
		test(the_cell_is_destroyed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A process for each device: none waits for another one, and all end with each other, however one
 * of them ends. Sockets stand for the links.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include <jh/virtio.h>

#include "../apart.h"
#include "../jhvirtiod.h"
#include "../loop.h"
#include "guest.h"

#define NUM	8
#define DEVICES	3
#define NONE	DEVICES

static struct device devices[DEVICES];
static int ends[DEVICES][2];	/* of the links: the device's, and the guest's */
static int hold[2];		/* a slow device reads a byte of it */
static int alive[2];		/* all processes hold it: its end is that of the last one */
static unsigned int slow, fails;
static pid_t program;

/* What all processes see. */
static volatile struct shared {
	pid_t process[DEVICES];
	unsigned int served[DEVICES];
	bool holds, ready;
} *shared;

uint32_t port_bells(struct port *port)
{
	uint32_t bells = 0, one;

	while (read(port->fd, &one, sizeof(one)) == sizeof(one))
		bells |= one;
	return bells;
}

bool port_is_gone(struct port *port)
{
	return guest_gone;
}

static enum outcome serve(struct device *device, unsigned int n, struct chain *chain,
			  uint32_t *written)
{
	unsigned int i = (unsigned int)(device - devices);
	char byte;

	if (i == slow) {
		shared->holds = true;
		if (read(hold[0], &byte, 1) != 1)
			return OUTCOME_BROKEN;
	}
	shared->served[i]++;
	return OUTCOME_DONE;
}

static const struct kind kind = {
	.number = 2, .word = "test", .queues = 1, .input = 1, .output = 1, .serve = serve,
};

/* Without what a test runner does at an end. */
static void leave(int code)
{
	syscall(SYS_exit_group, code);
}

/* As main.c does it. */
static void serve_apart(void)
{
	unsigned int mine, i;
	int ret = apart_begin(DEVICES, &mine);

	shared->process[mine] = getpid();
	if (!ret)
		ret = loop_prepare(&devices[mine], 1);
	for (i = 0; !ret && apart_watched(i) >= 0; i++)
		ret = loop_end_with(apart_watched(i));
	if (ret || mine == fails)
		leave(EXIT_REFUSED);
	if (!apart_ready())
		leave(EXIT_REFUSED);
	if (!mine)
		shared->ready = true;
	loop_run();
	leave(10 * (int)apart_end());
}

static int set_up(void **state)
{
	int i;

	guest_reset(state);
	slow = fails = NONE;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		      -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	assert_int_equal(pipe(hold), 0);
	assert_int_equal(pipe(alive), 0);
	guest_queue(0, NUM);
	guest_desc(0, 0, GUEST_ROOM, 16, 0, 0);
	guest_avail(0, NUM, 0);
	for (i = 0; i < DEVICES; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends[i]), 0);
		devices[i] = (struct device){ .port = guest_port(), .kind = &kind,
					      .input = -1, .output = -1 };
		devices[i].port.fd = ends[i][0];
		assert_true(device_offer(&devices[i], &guest_windows));
	}
	guest_word = JH_VIRTIO_STATE(1, 0xf);
	return 0;
}

static int tear_down(void **state)
{
	int i;

	for (i = 0; i < DEVICES; i++) {
		close(ends[i][0]);
		close(ends[i][1]);
	}
	for (i = 0; i < 2; i++)
		close(hold[i]);
	close(alive[0]);
	munmap((void *)shared, sizeof(*shared));
	return 0;
}

static void begin(void)
{
	program = fork();
	assert_true(program >= 0);
	if (!program)
		serve_apart();
	close(alive[1]);
}

static bool await(const volatile bool *what)
{
	int i;

	for (i = 0; i < 2000 && !*what; i++)
		usleep(10000);
	return *what;
}

static bool await_served(unsigned int device)
{
	int i;

	for (i = 0; i < 2000 && !shared->served[device]; i++)
		usleep(10000);
	return shared->served[device];
}

static void ring(unsigned int device)
{
	uint32_t bells = 3;

	assert_int_equal(write(ends[device][1], &bells, sizeof(bells)), sizeof(bells));
}

/* All processes are gone; returns the status of the first one. */
static int all_gone(void)
{
	int status = -1;
	char byte;

	alarm(60);
	assert_int_equal(waitpid(program, &status, 0), program);
	assert_int_equal(read(alive[0], &byte, 1), 0);
	alarm(0);
	return status;
}

static void others_go_on(unsigned int device)
{
	unsigned int i;

	slow = device;
	begin();
	assert_true(await(&shared->ready));
	ring(slow);
	assert_true(await(&shared->holds));
	for (i = 0; i < DEVICES; i++) {
		if (i == slow)
			continue;
		ring(i);
		assert_true(await_served(i));
	}
	assert_int_equal(shared->served[slow], 0);
	assert_int_equal(write(hold[1], "", 1), 1);
	assert_true(await_served(slow));
	kill(program, SIGTERM);
	assert_int_equal(all_gone(), 0);
}

static void a_slow_first_device_delays_no_other(void **state)
{
	others_go_on(0);
}

static void a_slow_last_device_delays_no_other(void **state)
{
	others_go_on(DEVICES - 1);
}

static void each_has_a_process(void **state)
{
	begin();
	assert_true(await(&shared->ready));
	assert_int_equal(shared->process[0], program);
	assert_int_not_equal(shared->process[1], program);
	assert_int_not_equal(shared->process[2], program);
	assert_int_not_equal(shared->process[2], shared->process[1]);
	kill(program, SIGTERM);
	assert_int_equal(all_gone(), 0);
}

static void all_end_with_the_first(void **state)
{
	begin();
	assert_true(await(&shared->ready));
	kill(program, SIGKILL);
	assert_true(WIFSIGNALED(all_gone()));
}

static void the_first_ends_with_another(unsigned int device)
{
	begin();
	assert_true(await(&shared->ready));
	assert_true(shared->process[device] > 0 && shared->process[device] != program);
	kill(shared->process[device], SIGKILL);
	assert_int_equal(WEXITSTATUS(all_gone()), 10 * device);
}

static void all_end_with_the_second(void **state)
{
	the_first_ends_with_another(1);
}

static void all_end_with_the_last(void **state)
{
	the_first_ends_with_another(DEVICES - 1);
}

/* It was told to, so that it is no mistake. */
static void all_end_with_one_that_ends(void **state)
{
	begin();
	assert_true(await(&shared->ready));
	kill(shared->process[1], SIGTERM);
	assert_int_equal(all_gone(), 0);
}

static void one_that_cannot_begin(void **state)
{
	fails = 1;
	begin();
	assert_int_equal(WEXITSTATUS(all_gone()), EXIT_REFUSED);
	assert_false(shared->ready);
}

static void a_single_device(void **state)
{
	unsigned int mine = 7;

	assert_int_equal(apart_begin(1, &mine), EXIT_OK);
	assert_int_equal(mine, 0);
	assert_true(apart_ready());
	assert_int_equal(apart_watched(0), -1);
	assert_int_equal(apart_end(), 0);
	close(alive[1]);
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_single_device),
		test(each_has_a_process),
		test(a_slow_first_device_delays_no_other),
		test(a_slow_last_device_delays_no_other),
		test(all_end_with_the_first),
		test(all_end_with_the_second),
		test(all_end_with_the_last),
		test(all_end_with_one_that_ends),
		test(one_that_cannot_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

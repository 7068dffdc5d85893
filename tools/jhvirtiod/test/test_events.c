// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The loop over a Linux whose events and time are a script: what is watched, how long it waits, and
 * which queues an event is about. test-loop has the same with real descriptors.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include "../jhvirtiod.h"
#include "../loop.h"
#include "guest.h"
#include "script.h"

#define POLLER	50

static struct device devices[3];
static struct {
	const char *fails;
	int error;
	uint64_t time;			/* milliseconds */
	unsigned int gone;		/* devices whose cell is destroyed, a bit each */
	unsigned int busy;		/* devices with more to do, for one turn */
} with;
static struct step {
	struct epoll_event event[2];
	int count;
	uint64_t takes;			/* milliseconds */
	int signal;
} script[8];
static unsigned int steps;

#define note(...)	script_note(with.fails, with.error, __VA_ARGS__)

/* --- Linux --- */

int __wrap_epoll_create1(int flags);
int __wrap_epoll_ctl(int poller, int operation, int fd, struct epoll_event *event);
int __wrap_epoll_pwait(int poller, struct epoll_event *to, int most, int wait,
		       const sigset_t *mask);
int __wrap_clock_gettime(clockid_t clock, struct timespec *time);

int __wrap_epoll_create1(int flags)
{
	assert_int_equal(flags, EPOLL_CLOEXEC);
	return note("create") ? -1 : POLLER;
}

int __wrap_epoll_ctl(int poller, int operation, int fd, struct epoll_event *event)
{
	assert_int_equal(poller, POLLER);
	assert_int_equal(operation, EPOLL_CTL_ADD);
	assert_true(event->events & EPOLLET);
	return note("%d:%s%s=%u", fd, event->events & EPOLLIN ? "in" : "",
		    event->events & EPOLLOUT ? "out" : "", event->data.u32);
}

int __wrap_epoll_pwait(int poller, struct epoll_event *to, int most, int wait,
		       const sigset_t *mask)
{
	const struct step *step = &script[steps];
	sigset_t old;

	assert_int_equal(poller, POLLER);
	assert_int_equal(most, 24);
	assert_false(sigismember(mask, SIGTERM) || sigismember(mask, SIGINT));
	assert_true(steps++ < 8);
	note("wait %d", wait);
	with.time += step->takes;
	if (step->signal) {
		raise(step->signal);
		sigprocmask(SIG_SETMASK, mask, &old);
		sigprocmask(SIG_SETMASK, &old, NULL);
		return -1;
	}
	memcpy(to, step->event, sizeof(step->event));
	return step->count;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *time)
{
	assert_int_equal(clock, CLOCK_MONOTONIC);
	time->tv_sec = (time_t)(with.time / 1000);
	time->tv_nsec = (long)(with.time % 1000 * 1000000 + 999999);
	return 0;
}

/* --- devices --- */

bool device_run(struct device *device)
{
	unsigned int bit = 1u << (device - devices);
	bool busy = with.busy & bit;

	with.busy &= ~bit;
	return busy;
}

void device_bells(struct device *device, uint32_t bells)
{
	note("bells of %d: %u", (int)(device - devices), bells);
}

uint32_t port_bells(struct port *port)
{
	return 100 + (uint32_t)port->fd;
}

bool port_is_gone(struct port *port)
{
	return with.gone & 1u << (port->fd - 10);
}

static void look(struct device *device)
{
	note("look at %d", (int)(device - devices));
	device->patience = 0;
}

static const struct kind kind = { .input = 1, .output = 2, .look = look };

static int set_up(void **state)
{
	sigset_t none;
	int i;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	guest_reset(state);
	memset(&with, 0, sizeof(with));
	memset(script, 0, sizeof(script));
	steps = 0;
	events[0] = '\0';
	with.error = EIO;
	with.time = 5000;
	for (i = 0; i < 3; i++)
		devices[i] = (struct device){ .kind = &kind, .port = { .fd = 10 + i },
					      .input = -1, .output = -1 };
	return 0;
}

/* --- what is watched --- */

static void what_is_watched(void **state)
{
	devices[0].input = devices[0].output = 20;
	devices[1].input = 21;
	devices[1].output = 0;
	devices[2].input = 0;
	devices[2].output = -1;
	assert_int_equal(loop_prepare(devices, 3), EXIT_OK);
	assert_string_equal(events, "create;10:in=0;20:inout=1;11:in=3;21:in=4;0:out=5;12:in=6;"
			    "0:in=7;");
	events[0] = '\0';
	devices[0].input = devices[0].output = 0;
	assert_int_equal(loop_prepare(devices, 1), EXIT_OK);
	assert_string_equal(events, "create;10:in=0;0:inout=1;");
}

static void what_cannot_be_watched(void **state)
{
	static const struct {
		const char *fails;
		int error, ret;
		const char *last;
	} rows[] = {
		{ "create", EMFILE, EXIT_REFUSED, "create;" },
		{ "10:in=0", ENOMEM, EXIT_REFUSED, "10:in=0;" },
		{ "20:in=1", EIO, EXIT_REFUSED, "20:in=1;" },
		{ "21:out=2", EIO, EXIT_REFUSED, "21:out=2;" },
		{ "22:inout=4", EPERM, EXIT_REFUSED, "22:inout=4;" },
		/* A plain file is always ready. */
		{ "20:in=1", EPERM, EXIT_OK, "22:inout=4;" },
		{ "21:out=2", EPERM, EXIT_OK, "22:inout=4;" },
	};
	char text[80];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up(state);
		devices[0].input = 20;
		devices[0].output = 21;
		devices[1].input = devices[1].output = 22;
		with.fails = rows[i].fails;
		with.error = rows[i].error;
		assert_int_equal(loop_prepare(devices, 2), rows[i].ret);
		assert_string_equal(events + strlen(events) - strlen(rows[i].last), rows[i].last);
		snprintf(text, sizeof(text), "epoll: %s", strerror(rows[i].error));
		assert_string_equal(guest_said, rows[i].ret ? text : "");
	}
}

static void signals(void **state)
{
	struct sigaction action;
	sigset_t blocked;

	assert_int_equal(loop_prepare(devices, 1), EXIT_OK);
	sigprocmask(SIG_SETMASK, NULL, &blocked);
	assert_true(sigismember(&blocked, SIGTERM) && sigismember(&blocked, SIGINT));
	assert_false(sigismember(&blocked, SIGBUS) || sigismember(&blocked, SIGPIPE));
	sigaction(SIGPIPE, NULL, &action);
	assert_true(action.sa_handler == SIG_IGN);
	sigaction(SIGBUS, NULL, &action);
	assert_true(action.sa_handler != SIG_DFL && action.sa_handler != SIG_IGN);
}

/* --- time --- */

static void turn(struct epoll_event event)
{
	script[0] = (struct step){ .event = { event }, .count = 1 };
}

/* The cell of device 2 is gone in the last step: that ends each script. */
static void last(unsigned int step)
{
	script[step] = (struct step){ .event = { { EPOLLHUP, { .u32 = 6 } } }, .count = 1 };
	with.gone |= 4;
}

static void run(unsigned int count)
{
	assert_int_equal(loop_prepare(devices, count), EXIT_OK);
	events[0] = '\0';
	loop_run();
}

static void waiting(void **state)
{
	last(0);
	run(3);
	assert_string_equal(events, "wait -1;bells of 2: 112;");
	assert_int_equal(steps, 1);
	set_up(state);
	last(1);
	with.busy = 2;
	run(3);
	assert_string_equal(events, "wait 0;wait -1;bells of 2: 112;");
}

static void patience(void **state)
{
	/* The one whose time ends first; time goes on while it waits. */
	devices[0].patience = 200;
	devices[1].patience = 150;
	script[0].takes = 100;
	script[1].takes = 50;
	script[3].takes = 50;
	last(4);
	run(3);
	assert_string_equal(events, "wait 150;wait 50;look at 1;wait 0;wait 50;look at 0;wait 0;"
			    "bells of 2: 112;");
	/* The first of them, the second. */
	set_up(state);
	devices[0].patience = 100;
	devices[1].patience = 200;
	devices[2].patience = 100;
	last(0);
	run(3);
	assert_string_equal(events, "wait 100;bells of 2: 112;");
	/* One who has time again begins anew. */
	set_up(state);
	devices[0].patience = 200;
	script[0].takes = 199;
	last(2);
	assert_int_equal(loop_prepare(devices, 3), EXIT_OK);
	events[0] = '\0';
	loop_run();
	assert_string_equal(events, "wait 200;wait 1;wait 1;bells of 2: 112;");
	assert_int_equal(devices[0].deadline, 5200);
	devices[0].patience = 0;
	steps = 0;
	last(0);
	loop_run();
	assert_int_equal(devices[0].deadline, 0);
	/* A second has a thousand milliseconds. */
	set_up(state);
	with.time = 5999;
	devices[0].patience = 2;
	script[0].takes = 2;
	last(1);
	run(3);
	assert_string_equal(events, "wait 2;look at 0;wait 0;bells of 2: 112;");
	assert_int_equal(devices[0].deadline, 0);
}

/* --- events --- */

static void queues(void **state)
{
	static const struct {
		uint32_t events, data, pending[2];
	} rows[] = {
		{ EPOLLIN, 1, { 1, 0 } }, { EPOLLHUP, 1, { 1, 0 } }, { EPOLLERR, 1, { 1, 0 } },
		{ EPOLLOUT, 1, { 2, 0 } }, { EPOLLIN | EPOLLOUT, 4, { 0, 3 } },
		{ EPOLLOUT, 5, { 0, 2 } }, { EPOLLIN, 3, { 0, 0 } }, { EPOLLPRI, 1, { 0, 0 } },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up(state);
		turn((struct epoll_event){ rows[i].events, { .u32 = rows[i].data } });
		last(1);
		run(3);
		assert_int_equal(devices[0].pending, rows[i].pending[0]);
		assert_int_equal(devices[1].pending, rows[i].pending[1]);
		assert_int_equal(strstr(events, "bells of 1: 111;") != NULL, rows[i].data == 3);
	}
	/* Two at once. */
	set_up(state);
	turn((struct epoll_event){ EPOLLIN, { .u32 = 1 } });
	script[0].event[1] = (struct epoll_event){ EPOLLOUT, { .u32 = 4 } };
	script[0].count = 2;
	last(1);
	run(3);
	assert_int_equal(devices[0].pending, 1);
	assert_int_equal(devices[1].pending, 2);
}

static void who_is_gone(void **state)
{
	/* A cell that is not there may come back; one that is destroyed tells so by both. */
	turn((struct epoll_event){ EPOLLHUP, { .u32 = 0 } });
	script[1] = (struct step){ .event = { { EPOLLIN, { .u32 = 3 } } }, .count = 1 };
	with.gone = 2;
	last(2);
	run(3);
	assert_string_equal(events, "wait -1;bells of 0: 110;wait -1;bells of 1: 111;wait -1;"
			    "bells of 2: 112;");
}

/* It is told once, and stays told. */
static void told_to_end(void **state)
{
	script[0].signal = SIGINT;
	run(1);
	assert_int_equal(steps, 1);
	loop_run();
	assert_int_equal(steps, 1);
}

#define test(name)	cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_is_watched),
		test(what_cannot_be_watched),
		test(signals),
		test(waiting),
		test(patience),
		test(queues),
		test(who_is_gone),
		test(told_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

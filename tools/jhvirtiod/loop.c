// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Each descriptor tells once that there is something (EPOLLET): a link whose cell does not run says
 * all the time that nobody is there, as does a terminal that nobody has open. Who was told goes on
 * until nothing is left.
 */
#include "loop.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "jhvirtiod.h"

#define EVENTS	(3 * WINDOWS)

/* What an event is about: a number of a device, and one of these */
enum source { SOURCE_LINK, SOURCE_INPUT, SOURCE_OUTPUT, SOURCES };

/* In place of such a number: when that descriptor says something, the loop ends. */
#define END	UINT32_MAX

static struct device *all;
static unsigned int num_devices;
static int poller;
static sigset_t usual;
static volatile sig_atomic_t told_to_end;
static sigjmp_buf gone;
static volatile sig_atomic_t runs;	/* @gone is set */

static void end(int number)
{
	told_to_end = 1;
}

/* The cell was destroyed: its memory and the registers are out of this program. */
static void memory_gone(int number)
{
	if (!runs)
		_exit(complain("the cell was destroyed"));
	siglongjmp(gone, 1);
}

static int watch(int fd, unsigned int device, enum source source)
{
	struct epoll_event event = {
		.events = EPOLLET | (source == SOURCE_OUTPUT ? EPOLLOUT : EPOLLIN),
		.data.u32 = device * SOURCES + source,
	};

	if (fd < 0 || !epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event))
		return EXIT_OK;
	/* A plain file is always ready. */
	return errno == EPERM ? EXIT_OK : complain("epoll: %s", strerror(errno));
}

/* A descriptor can be watched once. */
static int watch_files(const struct device *device, unsigned int n)
{
	struct epoll_event event = {
		.events = EPOLLET | EPOLLIN | EPOLLOUT, .data.u32 = n * SOURCES + SOURCE_INPUT,
	};
	int ret;

	if (device->input >= 0 && device->input == device->output)
		return epoll_ctl(poller, EPOLL_CTL_ADD, device->input, &event) ?
		       complain("epoll: %s", strerror(errno)) : EXIT_OK;
	ret = watch(device->input, n, SOURCE_INPUT);
	return ret ? ret : watch(device->output, n, SOURCE_OUTPUT);
}

static void catch(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	sigaction(number, &action, NULL);
}

int loop_prepare(struct device *devices, unsigned int count)
{
	sigset_t blocked;
	unsigned int i;
	int ret = EXIT_OK;

	all = devices;
	num_devices = count;
	poller = epoll_create1(EPOLL_CLOEXEC);
	if (poller < 0)
		return complain("epoll: %s", strerror(errno));
	for (i = 0; !ret && i < count; i++) {
		ret = watch(devices[i].port.fd, i, SOURCE_LINK);
		if (!ret)
			ret = watch_files(&devices[i], i);
	}
	/* They come while this program waits, and at no other time. */
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGINT);
	sigprocmask(SIG_BLOCK, &blocked, &usual);
	catch(SIGTERM, end);
	catch(SIGINT, end);
	catch(SIGPIPE, SIG_IGN);
	catch(SIGBUS, memory_gone);
	return ret;
}

int loop_end_with(int fd)
{
	struct epoll_event event = { .events = EPOLLHUP, .data.u32 = END };

	return epoll_ctl(poller, EPOLL_CTL_ADD, fd, &event) ?
	       complain("epoll: %s", strerror(errno)) : EXIT_OK;
}

/* --- time --- */

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

/* Whose patience ends; returns the milliseconds until somebody has something to do, -1: nobody. */
static int look_at_clock(void)
{
	uint64_t next = UINT64_MAX, time = 0;
	unsigned int i;

	for (i = 0; i < num_devices; i++) {
		struct device *device = &all[i];

		if (!device->patience) {
			device->deadline = 0;
			continue;
		}
		time = time ? time : now();
		if (!device->deadline)
			device->deadline = time + device->patience;
		if (device->deadline <= time) {
			device->deadline = 0;
			device->kind->look(device);
			next = 0;
		} else if (device->deadline - time < next) {
			next = device->deadline - time;
		}
	}
	return next == UINT64_MAX ? -1 : (int)next;
}

/* --- events --- */

/* Returns false if there is no cell any more. */
static bool handle(const struct epoll_event *event)
{
	struct device *device;

	if (event->data.u32 == END)
		return false;
	device = &all[event->data.u32 / SOURCES];
	if (event->data.u32 % SOURCES == SOURCE_LINK) {
		device_bells(device, port_bells(&device->port));
		return !(event->events & EPOLLHUP) || !port_is_gone(&device->port);
	}
	if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR)) {
		device->pending |= device->kind->input;
		if (device->kind->hear)
			device->kind->hear(device);
	}
	if (event->events & EPOLLOUT)
		device->pending |= device->kind->output;
	return true;
}

static void serve_all(void)
{
	struct epoll_event events[EVENTS];
	bool more = false;
	int count, i, wait;
	unsigned int n;

	while (!told_to_end) {
		for (n = 0, more = false; n < num_devices; n++)
			more |= device_run(&all[n]);
		wait = look_at_clock();
		count = epoll_pwait(poller, events, EVENTS, more ? 0 : wait, &usual);
		for (i = 0; i < count; i++)
			if (!handle(&events[i]))
				return;
	}
}

void loop_run(void)
{
	if (!sigsetjmp(gone, 1)) {
		runs = 1;
		serve_all();
	}
	runs = 0;
}

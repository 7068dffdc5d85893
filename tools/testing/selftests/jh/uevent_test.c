// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * User space hears of each state that a cell gets into, and poll() on its file "state" returns.
 */
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include "jh_test.h"
#include "kselftest_harness.h"

#define PATIENCE_MS	10000

FIXTURE(uevent) {
	int fd;
	int socket;
};

FIXTURE_SETUP(uevent)
{
	struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	struct jh_file sys = jh_read(JH_CELLS "sys.cell");

	self->fd = jh_open();
	ASSERT_LE(0, self->fd);
	jh_tidy(self->fd);
	ASSERT_EQ(0, jh_enable(self->fd, sys.data, sys.size, 0, NULL));
	self->socket = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC, NETLINK_KOBJECT_UEVENT);
	ASSERT_LE(0, self->socket);
	ASSERT_EQ(0, bind(self->socket, (void *)&address, sizeof(address)));
}

FIXTURE_TEARDOWN(uevent)
{
	close(self->socket);
	jh_tidy(self->fd);
	close(self->fd);
}

static const char *value_of(const char *message, size_t length, const char *key)
{
	for (const char *line = message; line < message + length; line += strlen(line) + 1)
		if (!strncmp(line, key, strlen(key)) && line[strlen(key)] == '=')
			return line + strlen(key) + 1;
	return "";
}

/*
 * Wait for an event of jh's cell @cell with STATE=@state; what else comes is passed over.
 * Return: its RESTARTS, or -1.
 */
static int await_state(int socket, const char *cell, const char *state)
{
	struct pollfd pollfd = { .fd = socket, .events = POLLIN };
	char message[4096];
	ssize_t length;

	while (poll(&pollfd, 1, PATIENCE_MS) == 1) {
		length = recv(socket, message, sizeof(message) - 1, 0);
		if (length <= 0)
			return -1;
		message[length] = 0;
		if (!strcmp(value_of(message, (size_t)length, "SUBSYSTEM"), "jh") &&
		    !strcmp(value_of(message, (size_t)length, "CELL"), cell) &&
		    !strcmp(value_of(message, (size_t)length, "STATE"), state))
			return atoi(value_of(message, (size_t)length, "RESTARTS"));
	}
	return -1;
}

static int create(FIXTURE_DATA(uevent) *self, const char *config, const char *image,
		  const char *arguments)
{
	struct jh_file cell = jh_read(config), inmate = jh_read(image);
	int id = jh_create(self->fd, cell.data, cell.size, NULL);

	if (id > 0 && (jh_load(self->fd, (uint32_t)id, 0, inmate.data, inmate.size) ||
		       jh_load(self->fd, (uint32_t)id, 0x1000, arguments, strlen(arguments) + 1)))
		return -1;
	return id;
}

TEST_F(uevent, life_of_a_cell)
{
	int id = create(self, JH_CELLS "rtos.cell", JH_INMATES "hello.bin", "");

	ASSERT_LT(0, id);
	EXPECT_EQ(0, await_state(self->socket, "rtos", "created"));
	EXPECT_EQ(0, await_state(self->socket, "rtos", "loaded"));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_START, (uint32_t)id, 0));
	EXPECT_EQ(0, await_state(self->socket, "rtos", "running"));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_SHUTDOWN, (uint32_t)id, JH_SHUTDOWN_FORCE));
	EXPECT_EQ(0, await_state(self->socket, "rtos", "stopped"));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_DESTROY, (uint32_t)id, 0));
}

TEST_F(uevent, a_cell_that_ends_by_itself)
{
	int id = create(self, JH_CELLS "rtos.cell", JH_INMATES "hello.bin", "ticks=1");

	ASSERT_LT(0, id);
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_START, (uint32_t)id, 0));
	EXPECT_EQ(0, await_state(self->socket, "rtos", "shut down"));
}

TEST_F(uevent, a_cell_that_turns_itself_off)
{
	int id = create(self, JH_CELLS "rtos.cell", JH_INMATES "hello.bin", "ticks=1 exit=psci");

	ASSERT_LT(0, id);
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_START, (uint32_t)id, 0));
	EXPECT_EQ(0, await_state(self->socket, "rtos", "stopped"));
}

TEST_F(uevent, a_cell_that_fails)
{
	int id = create(self, JH_CELLS "attack.cell", JH_INMATES "attack.bin", "mode=read");
	struct pollfd pollfd = { .events = POLLPRI };
	char state[16] = "";

	ASSERT_LT(0, id);
	pollfd.fd = open(JH_SYSFS "cells/attack/state", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, pollfd.fd);
	ASSERT_LT(0, read(pollfd.fd, state, sizeof(state)));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_START, (uint32_t)id, 0));
	/* First "running", then "failed". */
	for (int tries = 0; tries < 10 && strcmp(state, "failed\n"); tries++) {
		EXPECT_EQ(1, poll(&pollfd, 1, PATIENCE_MS));
		memset(state, 0, sizeof(state));
		ASSERT_LT(0, pread(pollfd.fd, state, sizeof(state) - 1, 0));
	}
	EXPECT_STREQ("failed\n", state);
	EXPECT_EQ(0, await_state(self->socket, "attack", "failed"));
	close(pollfd.fd);
}

TEST_F(uevent, a_cell_that_is_restarted)
{
	int id = create(self, JH_CELLS "restart.cell", JH_INMATES "attack.bin", "mode=ruin");

	ASSERT_LT(0, id);
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_START, (uint32_t)id, 0));
	/* It may have failed before anybody saw it run; a restart is always told. */
	EXPECT_EQ(0, await_state(self->socket, "restart", "failed"));
	for (int restarts = 1; restarts <= 3; restarts++) {
		EXPECT_EQ(restarts, await_state(self->socket, "restart", "running"));
		EXPECT_EQ(restarts, await_state(self->socket, "restart", "failed"));
	}
}

/*
 * Says that it has shut down, that it has not, and so on: every eighth of a second or so; and asks
 * the hypervisor for its state, which has it look.
 */
static const uint32_t fickle[] = {
	0xd53be041,	/* mrs x1, cntvct_el0 */
	0xd3575c21,	/* ubfx x1, x1, #23, #1 */
	0x531f7821,	/* lsl w1, w1, #1: JH_COMM_RUNNING or JH_COMM_SHUT_DOWN */
	0xd2b00002,	/* mov x2, #0x80000000: the communication region */
	0xb9000841,	/* str w1, [x2, #8]: its cell_state */
	0xd28000c0,	/* mov x0, #JH_HC_CELL_GET_STATE */
	0xd2800021,	/* mov x1, #1: of itself */
	0xd4094902,	/* hvc #JH_HVC_IMM */
	0x17fffff8,	/* b . - 32 */
};

static unsigned int events_within(int socket, int milliseconds)
{
	struct pollfd pollfd = { .fd = socket, .events = POLLIN };
	struct timespec begin, now;
	unsigned int count = 0;
	char message[4096];
	int left = milliseconds;

	clock_gettime(CLOCK_MONOTONIC, &begin);
	while (left > 0) {
		if (poll(&pollfd, 1, left) == 1 && recv(socket, message, sizeof(message), 0) > 0)
			count++;
		clock_gettime(CLOCK_MONOTONIC, &now);
		left = milliseconds - (int)((now.tv_sec - begin.tv_sec) * 1000 +
					    (now.tv_nsec - begin.tv_nsec) / 1000000);
	}
	return count;
}

TEST_F(uevent, a_cell_that_keeps_changing_its_mind)
{
	struct jh_file cell = jh_read(JH_CELLS "rtos.cell");
	int id = jh_create(self->fd, cell.data, cell.size, NULL);

	ASSERT_LT(0, id);
	ASSERT_EQ(0, jh_load(self->fd, (uint32_t)id, 0, fickle, sizeof(fickle)));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_START, (uint32_t)id, 0));
	EXPECT_EQ(0, await_state(self->socket, "rtos", "shut down"));
	EXPECT_GE(20, events_within(self->socket, 8000));
	/* What the hypervisor says is told all the same. */
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_SHUTDOWN, (uint32_t)id, JH_SHUTDOWN_FORCE));
	EXPECT_EQ(0, await_state(self->socket, "rtos", "stopped"));
}

TEST_HARNESS_MAIN

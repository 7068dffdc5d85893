// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * /dev/jh itself, without jhctl's own checks before it: the driver refuses any bad argument with an
 * error, and changes nothing.
 */
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

#include "jh_test.h"
#include "kselftest_harness.h"

FIXTURE(ioctl) {
	int fd;
	struct jh_file sys;
	struct jh_file rtos;
	struct jh_file rtos2;
};

FIXTURE_SETUP(ioctl)
{
	self->fd = jh_open();
	ASSERT_LE(0, self->fd);
	jh_tidy(self->fd);
	self->sys = jh_read(JH_CELLS "sys.cell");
	self->rtos = jh_read(JH_CELLS "rtos.cell");
	self->rtos2 = jh_read(JH_CELLS "rtos2.cell");
	ASSERT_NE(0, self->sys.size);
	ASSERT_NE(0, self->rtos.size);
}

FIXTURE_TEARDOWN(ioctl)
{
	jh_tidy(self->fd);
	close(self->fd);
}

static void enable(struct __test_metadata *_metadata, FIXTURE_DATA(ioctl) *self)
{
	ASSERT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
}

TEST_F(ioctl, unknown_requests)
{
	for (unsigned int number = 0; number < 256; number++) {
		EXPECT_EQ(-1, ioctl(self->fd, _IO('J', number), 0));
		EXPECT_EQ(-1, ioctl(self->fd, _IOWR('K', number, struct jh_ioctl_enable), 0));
		EXPECT_EQ(-1, ioctl(self->fd, _IOC(_IOC_READ | _IOC_WRITE, 'J', number, 16383), 0));
	}
}

TEST_F(ioctl, bad_pointers)
{
	static const unsigned long requests[] = {
		JH_IOC_ENABLE, JH_IOC_DISABLE, JH_IOC_CELL_CREATE, JH_IOC_CELL_LOAD,
		JH_IOC_CELL_START, JH_IOC_CELL_SHUTDOWN, JH_IOC_CELL_DESTROY, JH_IOC_READ_RING,
		JH_IOC_REPORT
	};

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		EXPECT_EQ(-1, ioctl(self->fd, requests[i], NULL));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(-1, ioctl(self->fd, requests[i], ~0UL));
		EXPECT_EQ(EFAULT, errno);
		EXPECT_EQ(-1, ioctl(self->fd, requests[i], 0xffff000000000000UL));
		EXPECT_EQ(EFAULT, errno);
	}
	EXPECT_EQ(-EFAULT, jh_enable(self->fd, NULL, self->sys.size, 0, NULL));
	EXPECT_EQ(-EFAULT, jh_enable(self->fd, (void *)0xffff000000000000UL, 4096, 0, NULL));
}

TEST_F(ioctl, bad_lengths)
{
	struct jh_error error;

	EXPECT_EQ(-EINVAL, jh_enable(self->fd, self->sys.data, 0, 0, &error));
	EXPECT_EQ(JH_ERR_TRUNCATED, error.reason);
	EXPECT_EQ(-E2BIG, jh_enable(self->fd, self->sys.data, ~0U, 0, &error));
	EXPECT_EQ(JH_ERR_FILE_SIZE, error.reason);
}

TEST_F(ioctl, unknown_flags)
{
	struct jh_ioctl_load load = { .cell = 1, .count = 1, .flags = 2 };
	struct jh_ioctl_create create = { .reserved = 1 };
	struct jh_ioctl_cell cell = { .cell = 1, .reserved = 1 };
	struct jh_ioctl_report report = { .reserved = 1 };

	for (unsigned int bit = 1; bit < 32; bit++)
		EXPECT_EQ(-EINVAL, jh_enable(self->fd, self->sys.data, self->sys.size, 1U << bit,
					     NULL));
	EXPECT_EQ(-EINVAL, jh_cell(self->fd, JH_IOC_CELL_START, 1, 1));
	EXPECT_EQ(-EINVAL, jh_cell(self->fd, JH_IOC_CELL_SHUTDOWN, 1, 2));
	EXPECT_EQ(-1, ioctl(self->fd, JH_IOC_CELL_LOAD, &load));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, JH_IOC_REPORT, &report));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, JH_IOC_CELL_CREATE, &create));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-1, ioctl(self->fd, JH_IOC_CELL_START, &cell));
	EXPECT_EQ(EINVAL, errno);
	EXPECT_EQ(-EINVAL, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 1, 1));
}

TEST_F(ioctl, everything_while_disabled)
{
	struct jh_ioctl_report report = { .buffer = (uintptr_t)self, .length = 8 };
	struct jh_ioctl_read_ring ring = { .buffer = (uintptr_t)self, .length = 8 };
	struct jh_error error;

	EXPECT_EQ(-ENODEV, jh_create(self->fd, self->rtos.data, self->rtos.size, &error));
	EXPECT_EQ(JH_ERR_NOT_ENABLED, error.reason);
	EXPECT_EQ(-ENODEV, jh_load(self->fd, 1, 0, self->rtos.data, 8));
	EXPECT_EQ(-ENODEV, jh_cell(self->fd, JH_IOC_CELL_START, 1, 0));
	EXPECT_EQ(-ENODEV, jh_cell(self->fd, JH_IOC_CELL_SHUTDOWN, 1, 0));
	EXPECT_EQ(-ENODEV, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 1, 0));
	EXPECT_EQ(-ENODEV, jh_disable(self->fd));
	EXPECT_EQ(-1, ioctl(self->fd, JH_IOC_REPORT, &report));
	EXPECT_EQ(ENXIO, errno);
	EXPECT_EQ(-1, ioctl(self->fd, JH_IOC_READ_RING, &ring));
}

TEST_F(ioctl, system_cut_at_any_length)
{
	struct jh_error error;

	for (uint32_t length = 0; length < self->sys.size; length++) {
		EXPECT_EQ(-EINVAL, jh_enable(self->fd, self->sys.data, length, 0, &error));
		EXPECT_NE(0, error.reason);
	}
}

TEST_F(ioctl, system_with_any_byte_changed)
{
	struct jh_error error;

	for (uint32_t at = 0; at < self->sys.size; at++) {
		self->sys.data[at] ^= 0x55;
		EXPECT_GT(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, &error));
		EXPECT_NE(0, error.reason);
		self->sys.data[at] ^= 0x55;
	}
}

TEST_F(ioctl, cell_cut_or_changed)
{
	struct jh_error error;

	enable(_metadata, self);
	for (uint32_t length = 0; length < self->rtos.size; length++) {
		EXPECT_EQ(-EINVAL, jh_create(self->fd, self->rtos.data, length, &error));
		EXPECT_NE(0, error.reason);
	}
	for (uint32_t at = 0; at < self->rtos.size; at++) {
		self->rtos.data[at] ^= 0x55;
		EXPECT_GT(0, jh_create(self->fd, self->rtos.data, self->rtos.size, &error));
		EXPECT_NE(0, error.reason);
		self->rtos.data[at] ^= 0x55;
	}
	EXPECT_EQ(0, jh_disable(self->fd));
}

TEST_F(ioctl, load_of_odd_ranges)
{
	static const struct {
		uint64_t address;
		uint64_t length;
		int code;
	} cases[] = {
		{ 0, 1, 0 },
		{ 1, 4095, 0 },
		{ 0xfff, 0x2001, 0 },
		{ 0xffffff, 1, 0 },
		{ 0xffffff, 2, -1 },
		{ 0x1000000, 1, -1 },
		{ 0x80000000, 8, -1 },
		{ ~0ULL, 1, -1 },
		{ ~0ULL - 4096, 8192, -1 },
		{ 0, ~0ULL, -1 },
		{ 0x8000000000000000ULL, 16, -1 },
	};
	static uint8_t data[0x3000];
	int cell;

	enable(_metadata, self);
	cell = jh_create(self->fd, self->rtos.data, self->rtos.size, NULL);
	ASSERT_EQ(1, cell);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int code = jh_load(self->fd, 1, cases[i].address, data, cases[i].length);

		EXPECT_EQ(cases[i].code, code < 0 ? -1 : 0) {
			TH_LOG("0x%llx bytes at 0x%llx: %d", (unsigned long long)cases[i].length,
			       (unsigned long long)cases[i].address, code);
		}
	}
	EXPECT_EQ(-EFAULT, jh_load(self->fd, 1, 0, (void *)0xffff000000000000UL, 8));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 1, 0));
}

TEST_F(ioctl, unprivileged)
{
	struct jh_ioctl_disable arg = { 0 };
	int status;
	pid_t child;

	enable(_metadata, self);
	child = fork();
	if (!child) {
		/* The descriptor was opened by root; the caller's capability counts. */
		if (setresuid(65534, 65534, 65534))
			_exit(2);
		_exit(ioctl(self->fd, JH_IOC_DISABLE, &arg) == -1 && errno == EPERM ? 0 : 1);
	}
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
	EXPECT_EQ(-EBUSY, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
}

/* A number that was read before its cell went is not the next one's. */
TEST_F(ioctl, a_number_used_again)
{
	struct jh_ioctl_read_ring ring = { .buffer = (uintptr_t)self, .length = 8, .cell = 1 };
	struct jh_segment segment = { .length = 8 };
	struct jh_ioctl_load load = { .segments = (uintptr_t)&segment, .count = 1, .cell = 1 };
	static const unsigned long requests[] = {
		JH_IOC_CELL_START, JH_IOC_CELL_SHUTDOWN, JH_IOC_CELL_DESTROY
	};
	struct jh_error error;
	uint32_t old;

	enable(_metadata, self);
	ASSERT_EQ(1, jh_create(self->fd, self->rtos.data, self->rtos.size, NULL));
	old = jh_generation(self->fd, 1);
	ASSERT_NE(0, old);
	ASSERT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 1, 0));
	EXPECT_EQ(-ENOENT, jh_cell_of(self->fd, JH_IOC_CELL_DESTROY, 1, old, 0, &error));
	EXPECT_EQ(JH_ERR_NO_CELL, error.reason);
	ASSERT_EQ(1, jh_create(self->fd, self->rtos.data, self->rtos.size, NULL));
	EXPECT_NE(old, jh_generation(self->fd, 1));
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		EXPECT_EQ(-ENOENT, jh_cell_of(self->fd, requests[i], 1, old, 0, &error));
		EXPECT_EQ(JH_ERR_CELL_REPLACED, error.reason);
	}
	load.generation = old;
	EXPECT_EQ(-1, ioctl(self->fd, JH_IOC_CELL_LOAD, &load));
	EXPECT_EQ(JH_ERR_CELL_REPLACED, load.error.reason);
	ring.generation = old;
	EXPECT_EQ(-1, ioctl(self->fd, JH_IOC_READ_RING, &ring));
	EXPECT_EQ(ENOENT, errno);
	ring.generation = jh_generation(self->fd, 1);
	EXPECT_EQ(0, ioctl(self->fd, JH_IOC_READ_RING, &ring));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 1, 0));
}

/* Of a load that ends early nothing can be started, whatever was loaded before or comes after. */
TEST_F(ioctl, a_load_is_whole_or_not_there)
{
	static uint8_t data[0x30000];
	struct jh_segment segments[] = {
		{ (uintptr_t)data, sizeof(data), 0 },
		{ 0xffff000000000000UL, 16, 0x100000 },
	};
	struct jh_error error;

	enable(_metadata, self);
	ASSERT_EQ(1, jh_create(self->fd, self->rtos.data, self->rtos.size, NULL));
	/* No byte is written before all segments are checked. */
	segments[1].address = 0x1000000;
	EXPECT_EQ(-EFAULT, jh_load_all(self->fd, 1, segments, 2, &error));
	EXPECT_EQ(JH_ERR_IMAGE_ADDRESS, error.reason);
	EXPECT_EQ(1, error.index);
	EXPECT_EQ(-EINVAL, jh_cell_of(self->fd, JH_IOC_CELL_START, 1, jh_generation(self->fd, 1),
				      0, &error));
	EXPECT_EQ(JH_ERR_NOT_LOADED, error.reason);

	ASSERT_EQ(0, jh_load_all(self->fd, 1, segments, 1, NULL));
	segments[1].address = 0x100000;
	EXPECT_EQ(-EFAULT, jh_load_all(self->fd, 1, segments, 2, &error));
	EXPECT_EQ(-EINVAL, jh_cell_of(self->fd, JH_IOC_CELL_START, 1, jh_generation(self->fd, 1),
				      0, &error));
	EXPECT_EQ(JH_ERR_HALF_LOADED, error.reason);
	/* A part of it does not make it whole. */
	EXPECT_EQ(-EINVAL, jh_load_all(self->fd, 1, segments, 1, &error));
	EXPECT_EQ(JH_ERR_LOAD_PART, error.reason);
	EXPECT_EQ(0x100000, error.value);
	EXPECT_EQ(0x10000f, error.limit);
	segments[1].source = 0;
	EXPECT_EQ(0, jh_load_all(self->fd, 1, segments, 2, NULL));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_START, 1, 0));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_SHUTDOWN, 1, JH_SHUTDOWN_FORCE));
	segments[0].length = 0;
	EXPECT_EQ(-EINVAL, jh_load_all(self->fd, 1, segments, 1, &error));
	EXPECT_EQ(JH_ERR_LOAD_EMPTY, error.reason);
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 1, 0));

	EXPECT_EQ(-EINVAL, jh_load_all(self->fd, 1, segments, 0, NULL));
	EXPECT_EQ(-E2BIG, jh_load_all(self->fd, 1, segments, JH_LOAD_SEGMENTS + 1, NULL));
}

/* Zeroes, again and again: for seconds. */
static int load_for_long(int fd, uint32_t cell)
{
	static struct jh_segment segments[JH_LOAD_SEGMENTS];

	for (size_t i = 0; i < JH_LOAD_SEGMENTS; i++)
		segments[i].length = 0x1000000;
	return jh_load_all(fd, cell, segments, JH_LOAD_SEGMENTS, NULL);
}

TEST_F(ioctl, a_load_that_is_killed)
{
	struct jh_segment whole = { .length = 0x1000000 };
	struct jh_error error;
	int status = 1;
	pid_t child;

	enable(_metadata, self);
	ASSERT_EQ(1, jh_create(self->fd, self->rtos.data, self->rtos.size, NULL));
	ASSERT_EQ(0, jh_load(self->fd, 1, 0, &error, sizeof(error)));
	child = fork();
	if (!child)
		_exit(load_for_long(self->fd, 1) ? 1 : 0);
	usleep(300000);
	EXPECT_EQ(-EBUSY, jh_load_all(self->fd, 1, &whole, 1, &error));
	EXPECT_EQ(JH_ERR_CELL_BUSY, error.reason);
	EXPECT_EQ(-EBUSY, jh_cell_of(self->fd, JH_IOC_CELL_START, 1, jh_generation(self->fd, 1), 0,
				     &error));
	kill(child, SIGKILL);
	ASSERT_EQ(child, waitpid(child, NULL, 0));
	EXPECT_EQ(-EINVAL, jh_cell_of(self->fd, JH_IOC_CELL_START, 1, jh_generation(self->fd, 1),
				      0, &error));
	EXPECT_EQ(JH_ERR_HALF_LOADED, error.reason);
	EXPECT_EQ(0, jh_load_all(self->fd, 1, &whole, 1, NULL));
	/* The cell may go while it is loaded, and be on its way when the load hears of it. */
	child = fork();
	if (!child) {
		status = load_for_long(self->fd, 1);
		_exit(status == -ENOENT || status == -EBUSY ? 0 : 1);
	}
	usleep(300000);
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 1, 0));
	EXPECT_EQ(0, jh_disable(self->fd));
	ASSERT_EQ(child, waitpid(child, &status, 0));
	EXPECT_EQ(0, status);
}

static void *shut_down(void *argument)
{
	FIXTURE_DATA(ioctl) *self = argument;

	return (void *)(intptr_t)jh_cell(self->fd, JH_IOC_CELL_SHUTDOWN, 1, 0);
}

/* A cell that never looks at its messages. */
static int start_deaf(FIXTURE_DATA(ioctl) *self)
{
	static const uint32_t loop = 0x14000000;	/* b . */

	if (jh_create(self->fd, self->rtos.data, self->rtos.size, NULL) != 1)
		return -1;
	return jh_load(self->fd, 1, 0, &loop, sizeof(loop)) ||
	       jh_cell(self->fd, JH_IOC_CELL_START, 1, 0);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

TEST_F(ioctl, a_deaf_cell_keeps_nobody_waiting)
{
	pthread_t thread;
	double began;
	void *code;

	enable(_metadata, self);
	ASSERT_EQ(0, start_deaf(self));
	began = now();
	ASSERT_EQ(0, pthread_create(&thread, NULL, shut_down, self));
	usleep(200000);
	ASSERT_EQ(2, jh_create(self->fd, self->rtos2.data, self->rtos2.size, NULL));
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 2, 0));
	EXPECT_GT(2.5, now() - began);
	pthread_join(thread, &code);
	EXPECT_EQ(-ETIMEDOUT, (intptr_t)code);
	EXPECT_LT(2.9, now() - began);
	/* It may be destroyed while it is asked. */
	ASSERT_EQ(0, pthread_create(&thread, NULL, shut_down, self));
	usleep(200000);
	EXPECT_EQ(0, jh_cell(self->fd, JH_IOC_CELL_DESTROY, 1, 0));
	EXPECT_EQ(0, jh_disable(self->fd));
	pthread_join(thread, &code);
	/* On a slow machine it looks while the memory is still being wiped. */
	EXPECT_TRUE((intptr_t)code == -ENOENT || (intptr_t)code == -EBUSY);
}

struct race {
	int fd;
	const struct jh_file *rtos;
	unsigned int created;
};

static void *race_for_cell(void *argument)
{
	struct race *race = argument;

	for (int round = 0; round < 8; round++) {
		int cell = jh_create(race->fd, race->rtos->data, race->rtos->size, NULL);

		if (cell <= 0)
			continue;
		race->created++;
		jh_load(race->fd, (uint32_t)cell, 0, race->rtos->data, 64);
		jh_cell(race->fd, JH_IOC_CELL_DESTROY, (uint32_t)cell, 0);
	}
	return NULL;
}

#define PAGE		4096
#define RING_BYTES	8192	/* of a cell's output */

static int read_output(int fd, void *buffer, uint32_t length, uint64_t position,
		       struct jh_ioctl_read_ring *ring)
{
	*ring = (struct jh_ioctl_read_ring){ .buffer = (uintptr_t)buffer, .length = length,
					     .position = position, .cell = 1,
					     .generation = jh_generation(fd, 1) };
	return ioctl(fd, JH_IOC_READ_RING, ring) ? -errno : 0;
}

/* A cell that has filled its ring, and prints no more. */
static int fill_ring(FIXTURE_DATA(ioctl) *self)
{
	static const char arguments[] = "period_us=1000 report=1";
	struct jh_file image = jh_read(JH_INMATES "timer.bin");
	struct jh_ioctl_read_ring ring = { 0 };
	int id = jh_create(self->fd, self->rtos.data, self->rtos.size, NULL), tries = 300;
	char byte;

	if (id != 1 || jh_load(self->fd, 1, 0, image.data, image.size) ||
	    jh_load(self->fd, 1, 0x1000, arguments, sizeof(arguments)) ||
	    jh_cell(self->fd, JH_IOC_CELL_START, 1, 0))
		return -1;
	while (ring.position < RING_BYTES + 1 && --tries) {
		usleep(100000);
		if (read_output(self->fd, &byte, 1, ~0ULL, &ring))
			return -1;
	}
	return tries ? jh_cell(self->fd, JH_IOC_CELL_SHUTDOWN, 1, JH_SHUTDOWN_FORCE) : -1;
}

TEST_F(ioctl, no_byte_is_lost_where_the_buffer_ends_early)
{
	char whole[2 * RING_BYTES], rest[2 * RING_BYTES], *end;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct jh_ioctl_read_ring all, ring;
	uint64_t position;

	ASSERT_EQ(0, jh_enable(self->fd, self->sys.data, self->sys.size, 0, NULL));
	ASSERT_EQ(0, fill_ring(self));
	ASSERT_EQ(0, read_output(self->fd, whole, sizeof(whole), 0, &all));
	ASSERT_EQ(RING_BYTES, all.copied);

	end = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, end);
	end += page;
	ASSERT_EQ(0, mprotect(end, page, PROT_NONE));
	/* The first half arrives; that the second cannot is the next call's business. */
	ASSERT_EQ(0, read_output(self->fd, end - PAGE, 2 * PAGE, 0, &ring));
	EXPECT_EQ(PAGE, ring.copied);
	EXPECT_EQ(all.lost, ring.lost);
	EXPECT_EQ(all.position - RING_BYTES + PAGE, ring.position);
	EXPECT_EQ(0, memcmp(whole, end - PAGE, PAGE));
	position = ring.position;
	/* None of it arrives, or some: the position stays. */
	EXPECT_EQ(-EFAULT, read_output(self->fd, end, PAGE, position, &ring));
	EXPECT_EQ(position, ring.position);
	EXPECT_EQ(-EFAULT, read_output(self->fd, end - 100, PAGE, position, &ring));
	EXPECT_EQ(position, ring.position);
	EXPECT_EQ(0, ring.copied);
	ASSERT_EQ(0, read_output(self->fd, rest, sizeof(rest), position, &ring));
	EXPECT_EQ(RING_BYTES - PAGE, ring.copied);
	EXPECT_EQ(0, ring.lost);
	EXPECT_EQ(0, memcmp(whole + PAGE, rest, RING_BYTES - PAGE));
}

TEST_F(ioctl, several_at_once)
{
	struct race races[4];
	pthread_t threads[4];
	unsigned int created = 0;

	enable(_metadata, self);
	for (int i = 0; i < 4; i++) {
		races[i] = (struct race){ self->fd, &self->rtos, 0 };
		ASSERT_EQ(0, pthread_create(&threads[i], NULL, race_for_cell, &races[i]));
	}
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], NULL);
		created += races[i].created;
	}
	EXPECT_LT(0, created);
	EXPECT_EQ(0, jh_disable(self->fd));
}

TEST_HARNESS_MAIN

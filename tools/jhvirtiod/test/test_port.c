// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Root's side of a link, over a module that answers as driver/uapi/jh/ioctl.h says: what is mapped,
 * from where, with which rights; and each call that fails.
 */
#undef open
#undef ioctl
#undef mmap
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../port.h"

#define LINK	70			/* the descriptor */
#define PAGE	4096
#define COMMON	(3 * PAGE)
#define ADDRESS	0x123450000ULL

static uint32_t registers[PAGE / 4];
static uint32_t table[PAGE / 4];
static uint8_t window[COMMON];
static struct jh_link_info info;
static unsigned int calls, fails_at, announced;
static int error, link_fd;
static unsigned long asked;		/* the last call of ioctl() */
static char opened[256];

/* --- Linux --- */

int fake_open(const char *path, int flags, ...);
int fake_ioctl(int fd, unsigned long request, ...);
void *fake_mmap(void *at, size_t size, int rights, int flags, int fd, off_t offset);

static bool fails(void)
{
	if (++calls != fails_at)
		return false;
	errno = error;
	return true;
}

int fake_open(const char *path, int flags, ...)
{
	strcpy(opened, path);
	assert_int_equal(flags, O_RDWR | O_CLOEXEC | O_NONBLOCK);
	return fails() ? -1 : link_fd;
}

int fake_ioctl(int fd, unsigned long request, ...)
{
	void *argument;
	va_list list;

	va_start(list, request);
	argument = va_arg(list, void *);
	va_end(list);
	assert_int_equal(fd, link_fd);
	asked = request;
	if (fails())
		return -1;
	switch (request) {
	case JH_LINK_IOC_INFO:
		memcpy(argument, &info, sizeof(info));
		return 0;
	case JH_LINK_IOC_ADDRESS:
		*(__u64 *)argument = ADDRESS;
		return 0;
	}
	assert_int_equal(request, JH_LINK_IOC_STATE);
	announced = *(__u32 *)argument;
	return 0;
}

void *fake_mmap(void *at, size_t size, int rights, int flags, int fd, off_t offset)
{
	assert_null(at);
	assert_int_equal(flags, MAP_SHARED);
	assert_int_equal(fd, link_fd);
	if (fails())
		return MAP_FAILED;
	if (offset == JH_LINK_MAP_REGISTERS) {
		assert_int_equal(size, 4096);
		assert_int_equal(rights, PROT_READ | PROT_WRITE);
		return registers;
	}
	if (offset == JH_LINK_MAP_MEMORY) {
		assert_int_equal(size, info.table);
		assert_int_equal(rights, PROT_READ);
		return table;
	}
	assert_int_equal(offset, JH_LINK_MAP_MEMORY + info.table);
	assert_int_equal(size, COMMON);
	assert_int_equal(rights, PROT_READ | PROT_WRITE);
	return window;
}

/* --- the tests --- */

static int set_up(void **state)
{
	calls = fails_at = announced = 0;
	error = EIO;
	link_fd = LINK;
	info = (struct jh_link_info){ .side = 0, .table = PAGE, .common = COMMON };
	return 0;
}

static void a_link(void **state)
{
	struct port port = { .peer = (void *)1, .fd = 9 };
	uint32_t side;

	for (side = 0; side < 2; side++) {
		info.side = side;
		assert_int_equal(port_open(&port, "linux", "disk"), 0);
		assert_string_equal(opened, "/dev/jh-link/linux/disk");
		assert_string_equal(port.name, "disk");
		assert_int_equal(port.fd, LINK);
		assert_ptr_equal(port.registers, registers);
		/* The other side's word. */
		assert_ptr_equal(port.peer, &table[!side]);
		assert_int_equal(port.window.guest, ADDRESS + PAGE);
		assert_int_equal(port.window.size, COMMON);
		assert_ptr_equal(port.window.at, window);
		assert_int_equal(port.window.link, LINK);
	}
	assert_int_equal(calls, 2 * 6);
	link_fd = 0;
	assert_int_equal(port_open(&port, "linux", "disk"), 0);
	assert_int_equal(port.fd, 0);
}

static void without_memory(void **state)
{
	struct port port;

	info.common = 0;
	assert_int_equal(port_open(&port, "linux", "disk"), 0);
	assert_int_equal(calls, 5);
	assert_null(port.window.at);
	assert_int_equal(port.window.size, 0);
}

static void each_call_fails(void **state)
{
	struct port port;
	unsigned int n;

	for (n = 1; n <= 6; n++) {
		calls = 0;
		fails_at = n;
		error = 60 + (int)n;
		assert_int_equal(port_open(&port, "linux", "disk"), -1);
		assert_int_equal(errno, error);
		assert_null(port.window.at);
	}
}

/* A name of any length that a cell and a link can have. */
static void a_long_name(void **state)
{
	char name[32], path[80];
	struct port port;

	memset(name, 'n', 31);
	name[31] = '\0';
	assert_int_equal(port_open(&port, name, name), 0);
	strcpy(path, "/dev/jh-link/");
	strcat(path, name);
	strcat(path, "/");
	strcat(path, name);
	assert_string_equal(opened, path);
}

static void bells(void **state)
{
	struct port port = { .fd = -1 };
	uint32_t rang = 0x80000005;
	int ends[2];

	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	port.fd = ends[0];
	assert_int_equal(port_bells(&port), 0);
	assert_int_equal(write(ends[1], &rang, 4), 4);
	assert_int_equal(port_bells(&port), rang);
	assert_int_equal(port_bells(&port), 0);
	assert_int_equal(write(ends[1], &rang, 3), 3);
	assert_int_equal(port_bells(&port), 0);
	close(ends[0]);
	close(ends[1]);
}

static void announced_and_gone(void **state)
{
	struct port port = { .fd = LINK };

	assert_true(port_announce(&port));
	assert_int_equal(announced, 1);
	assert_int_equal(asked, JH_LINK_IOC_STATE);
	port_withdraw(&port);
	assert_int_equal(announced, 0);
	assert_int_equal(asked, JH_LINK_IOC_STATE);
	assert_false(port_is_gone(&port));
	assert_int_equal(asked, JH_LINK_IOC_ADDRESS);
	fails_at = calls + 1;
	assert_false(port_announce(&port));
	fails_at = calls + 1;
	assert_false(port_is_gone(&port));
	fails_at = calls + 1;
	error = EPIPE;
	assert_true(port_is_gone(&port));
	/* An error of before is none. */
	errno = EPIPE;
	assert_false(port_is_gone(&port));
}

static void registers_of_a_link(void **state)
{
	uint32_t word = 7;
	struct port port = { .registers = registers, .peer = &word };

	memset(registers, 0, sizeof(registers));
	port_put(&port, 0x20, 0x1234);
	assert_int_equal(registers[8], 0x1234);
	assert_int_equal(port_get(&port, 0x20), 0x1234);
	port_put(&port, 0x24, 0x80000001);
	assert_true(port_get64(&port, 0x20) == 0x8000000100001234);
	assert_int_equal(port_state(&port), 7);
}

#define test(name)	cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_link),
		test(without_memory),
		test(each_call_fails),
		test(a_long_name),
		test(bells),
		test(announced_and_gone),
		test(registers_of_a_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

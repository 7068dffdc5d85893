// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Where consoles and network cards are, over a Linux that answers as is wanted: how they are
 * opened, what each refusal says, and what is left behind.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <jh/config.h>

#include "../console.h"
#include "../jhvirtiod.h"
#include "../net.h"
#include "../netvhost.h"
#include "guest.h"
#include "script.h"

/* Descriptors: of the pseudo terminal, of its other end, of the tap */
static int master, slave, tap_fd;
static struct device device;
static struct {
	const char *fails;	/* the event that fails, and how */
	int error;
	mode_t there;
	bool no_terminal, no_vhost, no_memory;
} with;
static struct termios set_to;
static int flags_of[2];

#define event(...)	script_note(with.fails, with.error, __VA_ARGS__)

/* --- Linux --- */

int __wrap_posix_openpt(int flags);
int __wrap_grantpt(int fd);
int __wrap_unlockpt(int fd);
char *__wrap_ptsname(int fd);
int __wrap_open(const char *path, int flags, ...);
int __wrap_close(int fd);
int __wrap_tcgetattr(int fd, struct termios *terminal);
int __wrap_tcsetattr(int fd, int when, const struct termios *terminal);
int __wrap_fcntl(int fd, int command, ...);
int __wrap_lstat(const char *path, struct stat *stat);
int __wrap_unlink(const char *path);
int __wrap_symlink(const char *target, const char *path);
int __wrap_ioctl(int fd, unsigned long request, ...);

void *__wrap_calloc(size_t count, size_t size);
void *__real_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
	if (!with.no_memory)
		return __real_calloc(count, size);
	errno = ENOMEM;
	return NULL;
}

int __wrap_posix_openpt(int flags)
{
	assert_int_equal(flags, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	return event("pty") ? -1 : master;
}

int __wrap_grantpt(int fd)
{
	assert_int_equal(fd, master);
	return event("grant");
}

int __wrap_unlockpt(int fd)
{
	assert_int_equal(fd, master);
	return event("unlock");
}

char *__wrap_ptsname(int fd)
{
	static char name[] = "/dev/pts/7";

	assert_int_equal(fd, master);
	return event("name") ? NULL : name;
}

int __wrap_open(const char *path, int flags, ...)
{
	if (!strcmp(path, "/dev/net/tun")) {
		assert_int_equal(flags, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		return event("tun") ? -1 : tap_fd;
	}
	assert_string_equal(path, "/dev/pts/7");
	assert_int_equal(flags, O_RDWR | O_NOCTTY | O_CLOEXEC);
	return event("spare") ? -1 : slave;
}

int __wrap_close(int fd)
{
	return event("close %d", fd);
}

int __wrap_tcgetattr(int fd, struct termios *terminal)
{
	memset(terminal, 0, sizeof(*terminal));
	terminal->c_lflag = ISIG | ICANON | ECHO;
	terminal->c_oflag = OPOST;
	terminal->c_cc[VINTR] = 3;
	return event("get %d", fd) || with.no_terminal ? -1 : 0;
}

int __wrap_tcsetattr(int fd, int when, const struct termios *terminal)
{
	assert_int_equal(when, TCSANOW);
	set_to = *terminal;
	return event("set %d", fd);
}

int __wrap_fcntl(int fd, int command, ...)
{
	va_list list;

	assert_true(fd == 0 || fd == 1);
	if (command == F_GETFL)
		return event("flags %d", fd) ? -1 : flags_of[fd];
	assert_int_equal(command, F_SETFL);
	va_start(list, command);
	flags_of[fd] = va_arg(list, int);
	va_end(list);
	return event("set flags %d", fd);
}

int __wrap_lstat(const char *path, struct stat *stat)
{
	assert_string_equal(path, "/run/it");
	stat->st_mode = with.there ? with.there : S_IFLNK;
	return event("look") || !with.there ? -1 : 0;
}

int __wrap_unlink(const char *path)
{
	assert_string_equal(path, "/run/it");
	return event("unlink");
}

int __wrap_symlink(const char *target, const char *path)
{
	assert_string_equal(target, "/dev/pts/7");
	assert_string_equal(path, "/run/it");
	return event("link");
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	const struct ifreq *name;
	va_list list;
	void *argument;

	assert_int_equal(fd, tap_fd);
	va_start(list, request);
	argument = va_arg(list, void *);
	va_end(list);
	switch (request) {
	case TUNSETIFF:
		name = argument;
		assert_int_equal(name->ifr_flags, IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
		return event("name %s", name->ifr_name);
	case TUNSETVNETHDRSZ:
		return event("header %d", *(int *)argument);
	}
	assert_int_equal(request, TUNSETOFFLOAD);
	return event("offload %lu", (unsigned long)argument);
}

bool netvhost_open(struct device *of, int tap)
{
	event("vhost %d", tap);
	errno = ENOENT;
	return !with.no_vhost;
}

static int set_up(void **state)
{
	guest_reset(state);
	memset(&with, 0, sizeof(with));
	memset(&set_to, 0, sizeof(set_to));
	with.error = EIO;
	master = 60;
	slave = 61;
	tap_fd = 62;
	events[0] = '\0';
	flags_of[0] = O_RDWR;
	flags_of[1] = O_WRONLY | O_APPEND;
	device = (struct device){ .port = guest_port(), .input = -1, .output = -1 };
	return 0;
}

static int tear_down(void **state)
{
	free(device.context);
	device.context = NULL;
	return 0;
}

static void again(void **state)
{
	tear_down(state);
	set_up(state);
}

/* --- consoles --- */

static void pseudo_terminals(void **state)
{
	struct termios raw;

	assert_int_equal(console_open(&device, "pty"), EXIT_OK);
	assert_string_equal(events, "pty;grant;unlock;name;spare;get 61;set 61;");
	assert_int_equal(device.input, master);
	assert_int_equal(device.output, master);
	assert_string_equal(guest_said, "disk: the console is /dev/pts/7");
	memset(&raw, 0, sizeof(raw));
	raw.c_cc[VINTR] = 3;
	cfmakeraw(&raw);
	assert_memory_equal(&set_to, &raw, sizeof(raw));
	console_end(&device);
	assert_string_equal(events, "pty;grant;unlock;name;spare;get 61;set 61;");
	assert_ptr_equal(device.kind, &console_kind);
	assert_int_equal(console_kind.number, JH_VIRTIO_CONSOLE);
	assert_string_equal(console_kind.word, "console");
	assert_int_equal(console_kind.queues, 2);
	assert_int_equal(console_kind.input, 1);
	assert_int_equal(console_kind.output, 2);
}

static void links_to_them(void **state)
{
	static const struct {
		mode_t there;
		const char *events;
	} rows[] = {
		{ 0, "look;link;" }, { S_IFREG, "look;link;" }, { S_IFLNK, "look;unlink;link;" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		again(state);
		with.there = rows[i].there;
		assert_int_equal(console_open(&device, "pty:/run/it"), EXIT_OK);
		assert_string_equal(strstr(events, "look"), rows[i].events);
	}
	again(state);
	with.fails = "link";
	with.error = EEXIST;
	assert_int_equal(console_open(&device, "pty:/run/it"), EXIT_REFUSED);
	assert_string_equal(guest_said, "/run/it: File exists");
}

static void no_pseudo_terminal(void **state)
{
	static const char *const rows[][2] = {
		{ "pty", "no pseudo terminal: Input/output error" },
		{ "grant", "no pseudo terminal: Input/output error" },
		{ "unlock", "no pseudo terminal: Input/output error" },
		{ "name", "no pseudo terminal: Input/output error" },
		{ "spare", "/dev/pts/7: Input/output error" },
		{ "get 61", "/dev/pts/7: Input/output error" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		again(state);
		with.fails = rows[i][0];
		assert_int_equal(console_open(&device, "pty"), EXIT_REFUSED);
		assert_string_equal(guest_said, rows[i][1]);
		assert_int_equal(guest_complaints, 1);
	}
	/* Any descriptor is one. */
	again(state);
	master = slave = tap_fd = 0;
	assert_int_equal(console_open(&device, "pty"), EXIT_OK);
	again(state);
	master = slave = tap_fd = 0;
	assert_int_equal(net_open(&device, "linux", "tap0", true), EXIT_OK);
	again(state);
	with.no_memory = true;
	assert_int_equal(console_open(&device, "pty"), EXIT_REFUSED);
	assert_string_equal(guest_said, "out of memory");
	assert_string_equal(events, "");
	again(state);
	assert_int_equal(console_open(&device, "pt"), EXIT_REFUSED);
	assert_string_equal(guest_said, "a console is pty, pty:PATH or stdio, not pt");
}

static void ones_own_terminal(void **state)
{
	struct termios raw;

	assert_int_equal(console_open(&device, "stdio"), EXIT_OK);
	assert_string_equal(events, "flags 0;set flags 0;flags 1;set flags 1;get 0;set 0;");
	assert_int_equal(device.input, 0);
	assert_int_equal(device.output, 1);
	assert_int_equal(flags_of[0], O_RDWR | O_NONBLOCK);
	assert_int_equal(flags_of[1], O_WRONLY | O_APPEND | O_NONBLOCK);
	memset(&raw, 0, sizeof(raw));
	raw.c_cc[VINTR] = 3;
	cfmakeraw(&raw);
	raw.c_lflag |= ISIG;
	raw.c_oflag |= OPOST;
	assert_memory_equal(&set_to, &raw, sizeof(raw));
	events[0] = '\0';
	console_end(&device);
	assert_string_equal(events, "set 0;set flags 0;set flags 1;");
	assert_int_equal(flags_of[0], O_RDWR);
	assert_int_equal(flags_of[1], O_WRONLY | O_APPEND);
	assert_int_equal(set_to.c_lflag, ISIG | ICANON | ECHO);
	assert_int_equal(guest_complaints, 0);
}

static void what_is_no_terminal(void **state)
{
	static const char *const fails[] = { "flags 0", "flags 1", "set flags 0", "set flags 1" };
	size_t i;

	with.no_terminal = true;
	assert_int_equal(console_open(&device, "stdio"), EXIT_OK);
	assert_string_equal(strstr(events, "get"), "get 0;");
	events[0] = '\0';
	console_end(&device);
	assert_string_equal(events, "set flags 0;set flags 1;");
	for (i = 0; i < sizeof(fails) / sizeof(fails[0]); i++) {
		again(state);
		with.fails = fails[i];
		assert_int_equal(console_open(&device, "stdio"), EXIT_REFUSED);
		assert_string_equal(guest_said, "there is no terminal: give --console pty");
	}
}

/* Where nothing can be written or read at all, what a guest prints is lost, and it goes on. */
static void nowhere(void **state)
{
	static struct chain chain;
	uint32_t written = 0;
	char text[4] = "abc";

	assert_int_equal(console_open(&device, "pty"), EXIT_OK);
	device.input = device.output = -1;
	chain = (struct chain){ .reads = 1, .read_bytes = 3, .iov = { { text, 3 } } };
	assert_int_equal(console_kind.serve(&device, 1, &chain, &written), OUTCOME_DONE);
	assert_int_equal(device.patience, 0);
	assert_int_equal(console_kind.serve(&device, 0, &chain, &written), OUTCOME_BROKEN);
	chain = (struct chain){ .writes = 1, .write_bytes = 3, .iov = { { text, 3 } } };
	assert_int_equal(console_kind.serve(&device, 0, &chain, &written), OUTCOME_LATER);
	assert_int_equal(console_kind.serve(&device, 1, &chain, &written), OUTCOME_BROKEN);
	assert_int_equal(written, 0);
	device.patience = 9;
	device.pending = 0;
	console_kind.look(&device);
	assert_int_equal(device.patience, 0);
	assert_int_equal(device.pending, 2);
}

/* A packet has a header of twelve bytes; what the tap device does not take is lost. */
static void packets(void **state)
{
	static const struct {
		unsigned int queue, reads, writes;
		uint32_t bytes;
		enum outcome outcome;
	} rows[] = {
		{ 0, 0, 1, 11, OUTCOME_BROKEN }, { 0, 0, 1, 12, OUTCOME_LATER },
		{ 0, 1, 1, 12, OUTCOME_BROKEN }, { 1, 1, 0, 11, OUTCOME_BROKEN },
		{ 1, 1, 0, 12, OUTCOME_DONE }, { 1, 1, 1, 12, OUTCOME_BROKEN },
	};
	static struct chain chain;
	uint32_t written = 0;
	char bytes[16] = "";
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		chain = (struct chain){
			.reads = rows[i].reads, .writes = rows[i].writes,
			.read_bytes = rows[i].bytes, .write_bytes = rows[i].bytes,
			.iov = { { bytes, rows[i].bytes }, { bytes, rows[i].bytes } },
		};
		assert_int_equal(net_kind.serve(&device, rows[i].queue, &chain, &written),
				 rows[i].outcome);
	}
}

/* --- network cards --- */

static void cards(void **state)
{
	static const uint8_t address[8] = { 0x02, 0x67, 0xec, 0x16, 0x57, 0x1e };
	int vhost;

	for (vhost = 0; vhost < 2; vhost++) {
		again(state);
		assert_int_equal(net_open(&device, "linux", "tap0", vhost), EXIT_OK);
		assert_string_equal(events, vhost ? "tun;name tap0;header 12;vhost 62;" :
				    "tun;name tap0;header 12;");
		assert_int_equal(device.input, tap_fd);
		assert_int_equal(device.output, tap_fd);
		assert_int_equal(device.features, 1 << 0 | 1 << 1 | 1 << 5 | 1 << 11 | 1 << 12);
		assert_int_equal(device.config_size, 8);
		assert_memory_equal(device.config, address, sizeof(address));
		assert_int_equal(guest_complaints, 0);
	}
	again(state);
	with.no_vhost = true;
	assert_int_equal(net_open(&device, "linux", "tap0", true), EXIT_OK);
	assert_string_equal(guest_said, "disk: slower, without vhost-net: No such file or "
			    "directory: modprobe vhost_net");
	assert_ptr_equal(device.kind, &net_kind);
	assert_int_equal(net_kind.number, JH_VIRTIO_NET);
	assert_string_equal(net_kind.word, "net");
	assert_int_equal(net_kind.queues, 2);
	assert_int_equal(net_kind.input, 1);
	assert_int_equal(net_kind.output, 2);
}

static void no_cards(void **state)
{
	static const struct {
		const char *fails;
		int error;
		const char *says;
		bool closed;
	} rows[] = {
		{ "tun", ENOENT, "/dev/net/tun: No such file or directory: modprobe tun", false },
		{ "name tap0", EBUSY, "the tap device tap0 is held by another program", true },
		{ "name tap0", EINVAL, "tap0: Invalid argument: is it a tap device? 'ip tuntap add "
		  "dev tap0 mode tap' makes one", true },
		{ "header 12", EINVAL, "tap0: Invalid argument: is it a tap device? 'ip tuntap add "
		  "dev tap0 mode tap' makes one", true },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		again(state);
		with.fails = rows[i].fails;
		with.error = rows[i].error;
		assert_int_equal(net_open(&device, "linux", "tap0", true), EXIT_REFUSED);
		assert_string_equal(guest_said, rows[i].says);
		assert_int_equal(strstr(events, "close 62;") != NULL, rows[i].closed);
		assert_null(strstr(events, "vhost"));
	}
	again(state);
	assert_int_equal(net_open(&device, "linux", "name-of-16-chars", true), EXIT_REFUSED);
	assert_string_equal(guest_said, "name-of-16-chars is no name of a network device: it is "
			    "too long");
	assert_int_equal(net_open(&device, "linux", "name-15-letters", true), EXIT_OK);
}

/* Cards of other links and cells have other addresses; bits 0 and 1 say whose they are. */
static void addresses(void **state)
{
	static const char *const rows[][2] = {
		{ "linux", "disk" }, { "linux", "disl" }, { "linuy", "disk" }, { "linuxd", "isk" },
	};
	uint8_t seen[4][6];
	size_t i, k;

	for (i = 0; i < 4; i++) {
		device.port.name = rows[i][1];
		assert_int_equal(net_open(&device, rows[i][0], "t", false), EXIT_OK);
		memcpy(seen[i], device.config, 6);
		assert_int_equal(seen[i][0], 2);
		for (k = 0; k < i; k++)
			assert_int_not_equal(memcmp(seen[i], seen[k], 6), 0);
	}
}

static void checksums(void **state)
{
	assert_int_equal(net_open(&device, "linux", "t", false), EXIT_OK);
	events[0] = '\0';
	device.accepted = 0;
	net_kind.begin(&device);
	device.accepted = 1 << 1;
	net_kind.begin(&device);
	device.accepted = 1 << 0 | 1 << 2;
	net_kind.begin(&device);
	assert_string_equal(events, "offload 0;offload 1;offload 0;");
}

#define test(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(pseudo_terminals),
		test(links_to_them),
		test(no_pseudo_terminal),
		test(ones_own_terminal),
		test(what_is_no_terminal),
		test(cards),
		test(no_cards),
		test(addresses),
		test(checksums),
		test(nowhere),
		test(packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

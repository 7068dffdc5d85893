// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A disk over a Linux that answers as is wanted: how a file or a block device is opened, what each
 * refusal says, and requests that Linux carries out in pieces. Random numbers likewise.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <jh/config.h>
#include <jh/virtio.h>

#include "../block.h"
#include "../entropy.h"
#include "../jhvirtiod.h"
#include "guest.h"

#define NUM	8
#define SIZE	(64 * 512ULL)
#define HEADER	GUEST_ROOM
#define STATUS	(GUEST_ROOM + 0x100)
#define DATA	(GUEST_ROOM + 0x1000)
#define F_FLUSH	(1u << 9)
#define OPEN	(O_CLOEXEC | O_NONBLOCK)

static struct device device;
static int descriptor;
static struct {
	mode_t mode;
	int stat_error, open_error, lock_error, fstat_error, size_error;
	uint64_t size;
	bool no_memory;
} with;
static struct {
	int flags, lock;
	const char *path;
} seen;

/* One call that moves data: how many bytes at most; what it was */
static struct {
	size_t most;
	unsigned int calls, fails_at, syncs;
	uint64_t place[8];
	size_t bytes[8];
	int flags, error;
	bool written;
} moved;

/* --- Linux --- */

int __wrap_open(const char *path, int flags, ...);
int __wrap_stat(const char *path, struct stat *stat);
int __wrap_fstat(int fd, struct stat *stat);
int __wrap_ioctl(int fd, unsigned long request, ...);
int __wrap_flock(int fd, int operation);
int __wrap_fdatasync(int fd);
ssize_t __wrap_preadv(int fd, const struct iovec *iov, int count, off_t place);
ssize_t __wrap_pwritev2(int fd, const struct iovec *iov, int count, off_t place, int flags);

static int answer(int error)
{
	errno = error;
	return error ? -1 : 0;
}

void *__wrap_calloc(size_t count, size_t size);
void *__real_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
	if (!with.no_memory)
		return __real_calloc(count, size);
	errno = ENOMEM;
	return NULL;
}

int __wrap_open(const char *path, int flags, ...)
{
	seen.path = path;
	seen.flags = flags;
	return answer(with.open_error) ? -1 : descriptor;
}

int __wrap_stat(const char *path, struct stat *stat)
{
	stat->st_mode = with.mode;
	return answer(with.stat_error);
}

int __wrap_fstat(int fd, struct stat *stat)
{
	assert_int_equal(fd, descriptor);
	stat->st_mode = with.mode;
	stat->st_size = S_ISBLK(with.mode) ? 0 : (off_t)with.size;
	return answer(with.fstat_error);
}

int __wrap_ioctl(int fd, unsigned long request, ...)
{
	va_list list;

	assert_int_equal(fd, descriptor);
	assert_int_equal(request, BLKGETSIZE64);
	va_start(list, request);
	*va_arg(list, uint64_t *) = with.size;
	va_end(list);
	return answer(with.size_error);
}

int __wrap_flock(int fd, int operation)
{
	assert_int_equal(fd, descriptor);
	seen.lock = operation;
	return answer(with.lock_error);
}

int __wrap_fdatasync(int fd)
{
	assert_int_equal(fd, descriptor);
	moved.syncs++;
	return answer(moved.error);
}

static ssize_t move(int fd, const struct iovec *iov, int count, off_t place)
{
	size_t length = 0;
	int i;

	assert_int_equal(fd, descriptor);
	for (i = 0; i < count; i++)
		length += iov[i].iov_len;
	if (length > moved.most)
		length = moved.most;
	assert_true(moved.calls < 8);
	moved.place[moved.calls] = (uint64_t)place;
	moved.bytes[moved.calls] = length;
	if (++moved.calls == moved.fails_at)
		return moved.error ? answer(moved.error) : 0;
	return (ssize_t)length;
}

ssize_t __wrap_preadv(int fd, const struct iovec *iov, int count, off_t place)
{
	return move(fd, iov, count, place);
}

ssize_t __wrap_pwritev2(int fd, const struct iovec *iov, int count, off_t place, int flags)
{
	moved.written = true;
	moved.flags = flags;
	return move(fd, iov, count, place);
}

/* --- opening --- */

static int set_up(void **state)
{
	guest_reset(state);
	memset(&with, 0, sizeof(with));
	memset(&seen, 0, sizeof(seen));
	memset(&moved, 0, sizeof(moved));
	moved.most = SIZE_MAX;
	descriptor = 55;
	with.mode = S_IFREG;
	with.size = SIZE;
	guest_registers[JH_VIRTIO_ROOT_QUEUE_SIZE / 4] = NUM;
	device = (struct device){ .port = guest_port(), .input = -1, .output = -1 };
	return 0;
}

static int tear_down(void **state)
{
	free(device.context);
	device.context = NULL;
	return 0;
}

static int open_disk(bool read_only)
{
	struct block_request request = { .file = "/a.img", .read_only = read_only };

	free(device.context);
	device.context = NULL;
	return block_open(&device, &request);
}

static void how_it_is_opened(void **state)
{
	static const struct {
		mode_t mode;
		bool read_only;
		int flags, lock;
	} rows[] = {
		{ S_IFREG, false, O_RDWR, LOCK_EX }, { S_IFREG, true, O_RDONLY, LOCK_SH },
		{ S_IFBLK, false, O_RDWR | O_EXCL, LOCK_EX },
		{ S_IFBLK, true, O_RDONLY | O_EXCL, LOCK_SH },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		with.mode = rows[i].mode;
		assert_int_equal(open_disk(rows[i].read_only), EXIT_OK);
		assert_string_equal(seen.path, "/a.img");
		assert_int_equal(seen.flags, rows[i].flags | OPEN);
		assert_int_equal(seen.lock, rows[i].lock | LOCK_NB);
		assert_int_equal(*(uint64_t *)(void *)device.config, SIZE / 512);
		assert_int_equal(device.features, 1 << 2 | 1 << 6 | 1 << 9 |
				 (rows[i].read_only ? 1 << 5 : 0));
	}
	/* Any descriptor is one. */
	descriptor = 0;
	assert_int_equal(open_disk(false), EXIT_OK);
	/* What cannot be looked at before is opened as a file. */
	with.stat_error = ENOENT;
	assert_int_equal(open_disk(false), EXIT_OK);
	assert_int_equal(seen.flags, O_RDWR | OPEN);
	assert_int_equal(guest_complaints, 0);
}

static void refusals(void **state)
{
	static const struct {
		int *which, value;
		bool read_only;
		const char *says;
	} rows[] = {
		{ &with.open_error, EBUSY, false, "/a.img is in use by Linux: unmount it first" },
		{ &with.open_error, EBUSY, true, "/a.img is in use by Linux: unmount it first" },
		{ &with.open_error, EROFS, false, "/a.img cannot be written: give /a.img,ro" },
		{ &with.open_error, EACCES, false, "/a.img cannot be written: give /a.img,ro" },
		{ &with.open_error, EACCES, true, "/a.img: Permission denied" },
		{ &with.open_error, EROFS, true, "/a.img: Read-only file system" },
		{ &with.open_error, ENOENT, false, "/a.img: No such file or directory" },
		{ &with.lock_error, EWOULDBLOCK, false, "/a.img is the disk of another device "
		  "already: two guests would destroy it; give each of them /a.img,ro, or a copy" },
		{ &with.fstat_error, EIO, false, "/a.img: Input/output error" },
		{ (int *)&with.mode, S_IFCHR, false,
		  "/a.img is no disk: name a file or a block device" },
		{ (int *)&with.mode, S_IFDIR, true,
		  "/a.img is no disk: name a file or a block device" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		tear_down(state);
		set_up(state);
		*rows[i].which = rows[i].value;
		assert_int_equal(open_disk(rows[i].read_only), EXIT_REFUSED);
		assert_string_equal(guest_said, rows[i].says);
		assert_int_equal(guest_complaints, 1);
	}
	with.mode = S_IFBLK;
	with.size_error = ENOTTY;
	assert_int_equal(open_disk(false), EXIT_REFUSED);
	assert_string_equal(guest_said, "/a.img is no disk: name a file or a block device");
}

static void sizes(void **state)
{
	static const struct {
		uint64_t size, sectors;
	} rows[] = { { 512, 1 }, { 1023, 1 }, { 1024, 2 }, { 5ULL << 40, 5ULL << 31 } };
	static const struct {
		uint32_t queue, segments;
	} queues[] = { { 0, 1 }, { 2, 1 }, { 3, 1 }, { 4, 2 }, { 256, 254 } };
	uint32_t config[6];
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		with.size = rows[i].size;
		assert_int_equal(open_disk(false), EXIT_OK);
		assert_true(*(uint64_t *)(void *)device.config == rows[i].sectors);
	}
	for (i = 0; i < sizeof(queues) / sizeof(queues[0]); i++) {
		guest_registers[JH_VIRTIO_ROOT_QUEUE_SIZE / 4] = queues[i].queue;
		assert_int_equal(open_disk(false), EXIT_OK);
		memcpy(config, device.config, sizeof(config));
		assert_int_equal(config[2], 0);
		assert_int_equal(config[3], queues[i].segments);
		assert_int_equal(config[4], 0);
		assert_int_equal(config[5], 512);
		assert_int_equal(device.config_size, 24);
	}
	for (with.size = 0; with.size < 512; with.size += 511) {
		assert_int_equal(open_disk(true), EXIT_REFUSED);
		assert_string_equal(guest_said, "/a.img is empty: 'truncate -s 1G /a.img' makes a "
				    "disk of 1G");
	}
}

static void serial_numbers(void **state)
{
	struct block_request request = { .file = "/a", .serial = "012345678901234567890" };

	assert_int_equal(block_open(&device, &request), EXIT_REFUSED);
	assert_string_equal(guest_said, "the serial number 012345678901234567890 is too long: 20 "
			    "characters");
	assert_null(seen.path);
	with.no_memory = true;
	assert_int_equal(open_disk(false), EXIT_REFUSED);
	assert_string_equal(guest_said, "out of memory");
	assert_null(seen.path);
	assert_int_equal(block_kind.number, JH_VIRTIO_BLOCK);
	assert_int_equal(block_kind.queues, 1);
	assert_string_equal(block_kind.word, "disk");
}

/* --- requests --- */

static void live(uint32_t accepted)
{
	static uint32_t life;

	assert_int_equal(open_disk(false), EXIT_OK);
	assert_true(device_offer(&device, &guest_windows));
	guest_queue(0, NUM);
	guest_registers[JH_VIRTIO_ROOT_ACCEPTED / 4] = accepted;
	guest_registers[JH_VIRTIO_ROOT_ACCEPTED / 4 + 1] = 3;
	guest_word = JH_VIRTIO_STATE(++life, 0xf);
	device_bells(&device, 1);
	assert_true(device.works);
}

/* Two pieces of data, of @first and @second bytes; returns the status. */
static uint8_t request(uint32_t type, uint64_t sector, uint32_t first, uint32_t second)
{
	uint32_t *words = guest_at(HEADER);
	uint16_t way = type == 1 ? 0 : GUEST_WRITE;

	words[0] = type;
	words[1] = 0;
	memcpy(&words[2], &sector, sizeof(sector));
	*(uint8_t *)guest_at(STATUS) = 0xee;
	guest_desc(0, 0, HEADER, 16, GUEST_NEXT, first ? 1 : 3);
	guest_desc(0, 1, DATA, first, GUEST_NEXT | way, second ? 2 : 3);
	guest_desc(0, 2, DATA + 0x2000, second, GUEST_NEXT | way, 3);
	guest_desc(0, 3, STATUS, 1, GUEST_WRITE, 0);
	moved.calls = 0;
	guest_avail(0, NUM, 0);
	device_bells(&device, 2);
	device_run(&device);
	return *(uint8_t *)guest_at(STATUS);
}

static uint32_t used(void)
{
	return guest_used(0, NUM, (uint16_t)(*guest_used_index(0) - 1))[1];
}

static void in_pieces(void **state)
{
	uint32_t type;

	live(F_FLUSH);
	for (type = 0; type < 2; type++) {
		moved.most = 700;
		assert_int_equal(request(type, 3, 512, 1024), 0);
		assert_int_equal(moved.written, type);
		assert_int_equal(moved.flags, 0);
		assert_int_equal(moved.calls, 3);
		assert_int_equal(moved.place[0], 1536);
		assert_int_equal(moved.place[1], 1536 + 700);
		assert_int_equal(moved.place[2], 1536 + 1400);
		assert_int_equal(moved.bytes[2], 136);
		assert_int_equal(used(), type ? 1 : 1537);
	}
}

static void failing(void **state)
{
	unsigned int at;
	int error;

	live(F_FLUSH);
	moved.most = 512;
	for (error = 0; error <= EIO; error += EIO) {
		for (at = 1; at <= 2; at++) {
			moved.fails_at = at;
			moved.error = error;
			assert_int_equal(request(0, 0, 512, 512), 1);
			assert_int_equal(moved.calls, at);
			assert_int_equal(used(), 1);
			assert_int_equal(request(1, 0, 512, 512), 1);
			assert_int_equal(moved.calls, at);
		}
	}
	moved.error = EIO;
	assert_int_equal(request(4, 0, 0, 0), 1);
	moved.error = 0;
	assert_int_equal(request(4, 0, 0, 0), 0);
	assert_int_equal(moved.syncs, 2);
}

/* A guest that cannot flush has it with each request; the last sector, and one more. */
static void without_flush(void **state)
{
	live(0);
	assert_int_equal(request(1, 63, 512, 0), 0);
	assert_int_equal(moved.flags, RWF_DSYNC);
	assert_int_equal(moved.place[0], 63 * 512);
	assert_int_equal(request(1, 63, 512, 512), 1);
	assert_int_equal(request(1, 64, 512, 0), 1);
	assert_int_equal(request(1, 65, 0, 0), 1);
	assert_int_equal(request(0, 1ULL << 55, 512, 0), 1);
	assert_int_equal(request(0, 0, 511, 0), 1);
	assert_int_equal(request(0, 0, 511, 513), 0);
	assert_int_equal(request(2, 0, 0, 0), 2);
	assert_int_equal(request(8, 0, 19, 0), 1);
	assert_int_equal(request(8, 0, 20, 0), 0);
	assert_int_equal(used(), 21);
	assert_memory_equal(guest_at(DATA), "disk\0\0\0\0", 8);
	assert_int_equal(request(8, 0, 12, 9), 0);
	assert_int_equal(used(), 21);
}

/* --- random numbers --- */

ssize_t __wrap_getrandom(void *buffer, size_t length, unsigned int flags);

/* A counter, so that each byte has its place. */
ssize_t __wrap_getrandom(void *buffer, size_t length, unsigned int flags)
{
	size_t i;

	assert_int_equal(flags, 0);
	assert_true(length && length <= 256);
	if (++moved.calls == moved.fails_at)
		return moved.error ? answer(moved.error) : 0;
	if (length > moved.most)
		length = moved.most;
	for (i = 0; i < length; i++)
		((uint8_t *)buffer)[i] = (uint8_t)(1 + moved.place[0]++ % 251);
	return (ssize_t)length;
}

/* What was written of @room bytes, in two pieces, with its counter in it. */
static uint32_t random_bytes(uint32_t room)
{
	static uint8_t bytes[8192];
	static struct chain chain;
	uint32_t written = 77, i;

	memset(bytes, 0, sizeof(bytes));
	memset(&moved.place, 0, sizeof(moved.place));
	moved.calls = 0;
	chain = (struct chain){ .writes = 2, .write_bytes = room };
	chain.iov[0] = (struct iovec){ bytes, room / 3 };
	chain.iov[1] = (struct iovec){ bytes + room / 3, room - room / 3 };
	assert_int_equal(entropy_kind.serve(&device, 0, &chain, &written), OUTCOME_DONE);
	for (i = 0; i < sizeof(bytes); i++)
		assert_int_equal(bytes[i], i < written ? 1 + i % 251 : 0);
	return written;
}

static void random_numbers(void **state)
{
	static const uint32_t rooms[][2] = { { 1, 1 }, { 255, 1 }, { 256, 1 }, { 257, 2 },
					     { 4096, 16 }, { 4097, 16 }, { 8192, 16 } };
	struct chain chain = { .writes = 0 };
	uint32_t written;
	size_t i;

	for (i = 0; i < sizeof(rooms) / sizeof(rooms[0]); i++) {
		assert_int_equal(random_bytes(rooms[i][0]),
				 rooms[i][0] < 4096 ? rooms[i][0] : 4096);
		assert_int_equal(moved.calls, rooms[i][1]);
	}
	moved.most = 100;
	assert_int_equal(random_bytes(250), 250);
	assert_int_equal(moved.calls, 3);
	moved.fails_at = 2;
	assert_int_equal(random_bytes(250), 100);
	moved.error = EIO;
	assert_int_equal(random_bytes(250), 100);
	assert_int_equal(entropy_kind.serve(&device, 0, &chain, &written), OUTCOME_BROKEN);
	chain.reads = chain.writes = 1;
	chain.write_bytes = 8;
	assert_int_equal(entropy_kind.serve(&device, 0, &chain, &written), OUTCOME_BROKEN);
	assert_int_equal(entropy_open(&device), EXIT_OK);
	assert_ptr_equal(device.kind, &entropy_kind);
	assert_int_equal(entropy_kind.number, JH_VIRTIO_ENTROPY);
	assert_string_equal(entropy_kind.word, "rng");
	assert_int_equal(entropy_kind.queues, 1);
}

#define test(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(how_it_is_opened),
		test(refusals),
		test(sizes),
		test(serial_numbers),
		test(in_pieces),
		test(failing),
		test(without_flush),
		test(random_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

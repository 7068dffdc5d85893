// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A disk, from the offer of the device to its lives and requests; random numbers.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include <cmocka.h>

#include <jh/config.h>
#include <jh/virtio.h>

#include "../block.h"
#include "../entropy.h"
#include "../jhvirtiod.h"
#include "guest.h"

#define NUM		16
#define SECTORS		64
#define HEADER		GUEST_ROOM
#define STATUS		(GUEST_ROOM + 0x100)
#define DATA		(GUEST_ROOM + 0x1000)
#define T_IN		0
#define T_OUT		1
#define T_FLUSH		4
#define T_GET_ID	8
#define F_FLUSH		(1u << 9)
#define WORKS(n)	JH_VIRTIO_STATE(n, 0xf)

static char path[] = "/tmp/test-block-XXXXXX";
static struct device device;
static int file;

static int set_up(void **state)
{
	int i;

	guest_reset(state);
	strcpy(path + sizeof(path) - 7, "XXXXXX");
	file = mkstemp(path);
	assert_true(file >= 0);
	for (i = 0; i < SECTORS; i++) {
		char sector[512];

		memset(sector, 'a' + i % 26, sizeof(sector));
		assert_int_equal(write(file, sector, sizeof(sector)), sizeof(sector));
	}
	guest_registers[JH_VIRTIO_ROOT_QUEUE_SIZE / 4] = NUM;
	device = (struct device){ .port = guest_port(), .input = -1, .output = -1 };
	return 0;
}

static int tear_down(void **state)
{
	if (device.context) {
		/* The first member is the file. */
		close(*(int *)device.context);
		free(device.context);
	}
	close(file);
	unlink(path);
	return 0;
}

static int open_disk(bool read_only)
{
	struct block_request request = { .file = path, .read_only = read_only };

	return block_open(&device, &request);
}

/* The guest's driver has set the device up, and its queue is empty. */
static void live(uint32_t life, uint32_t accepted)
{
	guest_queue(0, NUM);
	guest_registers[JH_VIRTIO_ROOT_ACCEPTED / 4] = accepted;
	guest_registers[JH_VIRTIO_ROOT_ACCEPTED / 4 + 1] = 3;
	guest_word = WORKS(life);
	device_bells(&device, 1);
}

static void begin(void)
{
	assert_int_equal(open_disk(false), EXIT_OK);
	assert_true(device_offer(&device, &guest_windows));
	live(1, F_FLUSH);
	assert_true(device.works);
	assert_int_equal(device.pending, 1);
}

static void header(uint32_t type, uint64_t sector)
{
	uint32_t *words = guest_at(HEADER);

	words[0] = type;
	words[1] = 0xffffffff;
	memcpy(&words[2], &sector, sizeof(sector));
	*(uint8_t *)guest_at(STATUS) = 0xee;
}

static void kick(uint16_t head)
{
	guest_avail(0, NUM, head);
	device_bells(&device, 2);
	device_run(&device);
}

/* A request as Linux makes it; returns its status, 0xee if there is none. */
static uint8_t request(uint32_t type, uint64_t sector, uint32_t length)
{
	uint16_t out = type == T_OUT ? 0 : GUEST_WRITE;

	header(type, sector);
	guest_desc(0, 0, HEADER, 16, GUEST_NEXT, length ? 1 : 2);
	guest_desc(0, 1, DATA, length, GUEST_NEXT | out, 2);
	guest_desc(0, 2, STATUS, 1, GUEST_WRITE, 0);
	kick(0);
	return *(uint8_t *)guest_at(STATUS);
}

static uint32_t written(void)
{
	return guest_used(0, NUM, (uint16_t)(*guest_used_index(0) - 1))[1];
}

/* --- the device --- */

static void what_is_offered(void **state)
{
	const uint32_t *config = &guest_registers[JH_VIRTIO_ROOT_CONFIG / 4];

	assert_int_equal(open_disk(false), EXIT_OK);
	assert_true(device_offer(&device, &guest_windows));
	assert_int_equal(guest_registers[JH_VIRTIO_ROOT_OFFERED / 4],
			 1u << 2 | 1u << 6 | 1u << 9 | 1u << 29);
	assert_int_equal(guest_registers[JH_VIRTIO_ROOT_OFFERED / 4 + 1], 3);
	assert_int_equal(config[0], SECTORS);
	assert_int_equal(config[1], 0);
	assert_int_equal(config[3], NUM - 2);
	assert_int_equal(config[5], 512);
	assert_int_equal(guest_announced, 1);
	guest_gone = true;
	assert_false(device_offer(&device, &guest_windows));
}

static void a_driver_that_was_there_before(void **state)
{
	assert_int_equal(open_disk(false), EXIT_OK);
	guest_queue(0, NUM);
	guest_word = WORKS(7);
	assert_true(device_offer(&device, &guest_windows));
	device_bells(&device, 1);
	assert_false(device.works);
	/* It resets the device, as it has to. */
	guest_word = JH_VIRTIO_STATE(8, 0);
	device_bells(&device, 1);
	assert_false(device.works);
	live(8, F_FLUSH);
	assert_true(device.works);
}

static void lives(void **state)
{
	begin();
	assert_int_equal(request(T_IN, 0, 512), 0);
	/* Nobody is there, then somebody who begins with an empty queue. */
	guest_word = 0;
	device_bells(&device, 1);
	assert_false(device.works);
	assert_int_equal(request(T_IN, 0, 512), 0xee);
	live(2, F_FLUSH);
	assert_int_equal(request(T_IN, 1, 512), 0);
	assert_int_equal(*(char *)guest_at(DATA), 'b');
	assert_int_equal(device.lives, 2);
	assert_int_equal(device.requests, 2);
	assert_int_equal(device.refused, 0);
}

/* The first bell tells of a life, the others of queues alone. */
static void bells_and_what_they_tell_of(void **state)
{
	begin();
	device_run(&device);
	guest_word = WORKS(2);
	device_bells(&device, 2);
	assert_int_equal(device.lives, 1);
	assert_int_equal(device.pending, 1);
	device_bells(&device, 1);
	assert_int_equal(device.lives, 2);
}

/* The bell was not heard yet, and what is in the queue may be of the next life. */
static void a_reset_that_nobody_has_told_of(void **state)
{
	begin();
	guest_interrupted();
	guest_word = JH_VIRTIO_STATE(2, 0);
	assert_int_equal(request(T_IN, 0, 512), 0xee);
	assert_int_equal(*guest_used_index(0), 0);
	assert_int_equal(guest_interrupted(), 0);
}

static void queues_that_are_none(void **state)
{
	begin();
	guest_queue(0, NUM);
	guest_registers[(JH_VIRTIO_ROOT_QUEUE(0) + JH_VIRTIO_QUEUE_READY_AT) / 4] = 0;
	guest_word = WORKS(2);
	device_bells(&device, 1);
	assert_false(device.works);
	guest_queue(0, NUM);
	guest_registers[(JH_VIRTIO_ROOT_QUEUE(0) + JH_VIRTIO_QUEUE_DESC_AT) / 4] = 0;
	guest_word = WORKS(3);
	device_bells(&device, 1);
	assert_false(device.works);
	assert_int_equal(device.refused, 2);
	/* It is said once. */
	assert_int_equal(guest_complaints, 1);
	assert_non_null(strstr(guest_said, "its queues are not where"));
}

static unsigned int begun, ended;

static void note_begin(struct device *of)
{
	begun++;
}

static void note_end(struct device *of)
{
	ended++;
}

/* What a kind was told has begun is told to have ended, once, however it ends. */
static void what_a_kind_is_told(void **state)
{
	struct kind kind = block_kind;

	assert_int_equal(open_disk(false), EXIT_OK);
	kind.begin = note_begin;
	kind.end = note_end;
	device.kind = &kind;
	begun = ended = 0;
	assert_true(device_offer(&device, &guest_windows));
	/* Its queue is nowhere. */
	guest_queue(0, NUM);
	guest_registers[(JH_VIRTIO_ROOT_QUEUE(0) + JH_VIRTIO_QUEUE_DESC_AT) / 4] = 0;
	guest_word = WORKS(1);
	device_bells(&device, 1);
	assert_int_equal(begun, 0);
	assert_int_equal(ended, 0);
	live(2, F_FLUSH);
	assert_int_equal(begun, 1);
	assert_int_equal(ended, 0);
	/* A request without a header. */
	guest_desc(0, 0, STATUS, 1, GUEST_WRITE, 0);
	kick(0);
	assert_int_equal(ended, 1);
	live(3, F_FLUSH);
	guest_word = JH_VIRTIO_STATE(3, 0);
	device_bells(&device, 1);
	guest_word = 0;
	device_bells(&device, 1);
	assert_int_equal(begun, 2);
	assert_int_equal(ended, 2);
	device.kind = &block_kind;
}

/* What is there before the driver says that it works is never told of by a bell. */
static void there_before_the_driver(void **state)
{
	assert_int_equal(open_disk(false), EXIT_OK);
	assert_true(device_offer(&device, &guest_windows));
	guest_queue(0, NUM);
	header(T_FLUSH, 0);
	guest_desc(0, 0, HEADER, 16, GUEST_NEXT, 1);
	guest_desc(0, 1, STATUS, 1, GUEST_WRITE, 0);
	guest_avail(0, NUM, 0);
	guest_word = WORKS(1);
	device_bells(&device, 1);
	device_run(&device);
	assert_int_equal(*(uint8_t *)guest_at(STATUS), 0);
}

/* As much as the queue has elements, then it is the turn of others. */
static void turns(void **state)
{
	int i;

	begin();
	header(T_FLUSH, 0);
	guest_desc(0, 0, HEADER, 16, GUEST_NEXT, 1);
	guest_desc(0, 1, STATUS, 1, GUEST_WRITE, 0);
	for (i = 0; i < NUM; i++)
		guest_avail(0, NUM, 0);
	device_bells(&device, 2);
	assert_true(device_run(&device));
	assert_int_equal(device.requests, NUM);
	assert_false(device_run(&device));
	assert_int_equal(guest_interrupted(), JH_VIRTIO_INT_USED);
}

/* --- requests --- */

static void reading(void **state)
{
	begin();
	assert_int_equal(request(T_IN, 2, 1024), 0);
	assert_int_equal(written(), 1025);
	assert_int_equal(((char *)guest_at(DATA))[511], 'c');
	assert_int_equal(((char *)guest_at(DATA))[512], 'd');
	assert_int_equal(guest_interrupted(), JH_VIRTIO_INT_USED);
	/* The last one, and what would reach behind it. */
	assert_int_equal(request(T_IN, SECTORS - 1, 512), 0);
	assert_int_equal(request(T_IN, SECTORS - 1, 1024), 1);
	assert_int_equal(written(), 1);
	assert_int_equal(request(T_IN, SECTORS, 512), 1);
	assert_int_equal(request(T_IN, SECTORS, 0), 0);
	assert_int_equal(request(T_IN, ~0ULL, 512), 1);
	assert_int_equal(request(T_IN, 1ULL << 55, 512), 1);
	assert_int_equal(request(T_IN, 0, 100), 1);
	assert_true(device.works);
}

static void writing(void **state)
{
	char bytes[1024];

	begin();
	memset(guest_at(DATA), '#', 1024);
	assert_int_equal(request(T_OUT, 5, 1024), 0);
	assert_int_equal(written(), 1);
	assert_int_equal(pread(file, bytes, 1024, 5 * 512), 1024);
	assert_int_equal(bytes[0] | bytes[1023], '#');
	assert_int_equal(pread(file, bytes, 512, 7 * 512), 512);
	assert_int_equal(bytes[0], 'h');
	assert_int_equal(request(T_OUT, SECTORS - 1, 1024), 1);
	assert_int_equal(request(T_OUT, SECTORS, 512), 1);
	assert_int_equal(lseek(file, 0, SEEK_END), SECTORS * 512);
	/* A driver that cannot flush. */
	live(2, 0);
	assert_int_equal(request(T_OUT, 6, 512), 0);
}

/* A driver may cut where it likes. */
static void pieces(void **state)
{
	uint8_t *data = guest_at(DATA);

	begin();
	header(T_IN, 0);
	guest_desc(0, 0, HEADER, 3, GUEST_NEXT, 1);
	guest_desc(0, 1, HEADER + 3, 13, GUEST_NEXT, 2);
	guest_desc(0, 2, DATA, 100, GUEST_NEXT | GUEST_WRITE, 3);
	guest_desc(0, 3, GUEST_B, 300, GUEST_NEXT | GUEST_WRITE, 4);
	guest_desc(0, 4, DATA + 100, 113, GUEST_WRITE, 0);
	data[212] = 0xee;
	kick(0);
	assert_int_equal(data[212], 0);
	assert_int_equal(written(), 513);
	assert_int_equal(data[0] & data[211], 'a');
	assert_int_equal(*(char *)guest_at(GUEST_B + 299), 'a');
	header(T_OUT, 9);
	guest_desc(0, 0, HEADER, 16, GUEST_NEXT, 1);
	guest_desc(0, 1, HEADER + 16, 12, GUEST_NEXT, 2);
	guest_desc(0, 2, GUEST_B, 500, GUEST_NEXT, 3);
	guest_desc(0, 3, STATUS, 1, GUEST_WRITE, 0);
	memset(guest_at(HEADER + 16), '1', 12);
	kick(0);
	assert_int_equal(*(uint8_t *)guest_at(STATUS), 0);
	assert_int_equal(pread(file, data, 13, 9 * 512), 13);
	assert_memory_equal(data, "111111111111a", 13);
}

static void other_requests(void **state)
{
	begin();
	assert_int_equal(request(T_FLUSH, 0, 0), 0);
	assert_int_equal(request(99, 0, 512), 2);
	assert_int_equal(request(~0U, 0, 0), 2);
	assert_int_equal(request(T_GET_ID, 0, 20), 0);
	assert_int_equal(written(), 21);
	assert_memory_equal(guest_at(DATA), "disk\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20);
	assert_int_equal(request(T_GET_ID, 0, 19), 1);
	assert_true(device.works);
}

static void read_only(void **state)
{
	char byte;

	assert_int_equal(open_disk(true), EXIT_OK);
	assert_true(device_offer(&device, &guest_windows));
	assert_true(guest_registers[JH_VIRTIO_ROOT_OFFERED / 4] & 1u << 5);
	live(1, F_FLUSH);
	assert_int_equal(request(T_IN, 0, 512), 0);
	assert_int_equal(request(T_OUT, 0, 512), 1);
	assert_int_equal(pread(file, &byte, 1, 0), 1);
	assert_int_equal(byte, 'a');
}

/* What no driver does ends the device, until it is reset. */
static void broken(uint32_t head_length, uint16_t flags)
{
	header(T_IN, 0);
	guest_desc(0, 0, HEADER, head_length, flags, 1);
	guest_desc(0, 1, STATUS, 1, GUEST_WRITE, 0);
	kick(0);
	assert_int_equal(*(uint8_t *)guest_at(STATUS), 0xee);
	assert_int_equal(*guest_used_index(0), 0);
	assert_false(device.works);
}

static void what_no_driver_does(void **state)
{
	begin();
	broken(15, GUEST_NEXT);
	assert_non_null(strstr(guest_said, "a request that cannot be"));
	live(2, F_FLUSH);
	broken(16, 0);
	live(3, F_FLUSH);
	broken(16, GUEST_NEXT | GUEST_WRITE);
	live(4, F_FLUSH);
	broken(16, GUEST_INDIRECT);
	assert_int_equal(request(T_IN, 0, 512), 0xee);
	assert_int_equal(guest_complaints, 1);
	assert_int_equal(device.refused, 4);
	live(5, F_FLUSH);
	assert_int_equal(request(T_IN, 0, 512), 0);
}

/* --- files --- */

static int refused(const char *name, bool only, const char *serial, const char *words)
{
	struct block_request wanted = { name, serial, only };
	struct device other = { .port = guest_port() };
	int ret = block_open(&other, &wanted);

	if (ret)
		assert_non_null(strstr(guest_said, words));
	if (other.context)
		close(*(int *)other.context);
	free(other.context);
	return ret;
}

static void files(void **state)
{
	assert_int_equal(refused("/nowhere/disk", false, NULL, "No such file"), EXIT_REFUSED);
	assert_int_equal(refused("/dev/null", false, NULL, "is no disk"), EXIT_REFUSED);
	assert_int_equal(refused("/tmp", true, NULL, "is no disk"), EXIT_REFUSED);
	assert_int_equal(refused(path, false, "012345678901234567890", "too long"), EXIT_REFUSED);
	assert_int_equal(refused(path, false, "01234567890123456789", ""), EXIT_OK);
	/* One who writes is alone; those who read are not. */
	assert_int_equal(open_disk(true), EXIT_OK);
	assert_int_equal(refused(path, true, NULL, ""), EXIT_OK);
	assert_int_equal(refused(path, false, NULL, "disk of another device"), EXIT_REFUSED);
	assert_int_equal(ftruncate(file, 511), 0);
	assert_int_equal(refused(path, true, NULL, "is empty"), EXIT_REFUSED);
	assert_int_equal(ftruncate(file, 513), 0);
	assert_int_equal(refused(path, true, NULL, ""), EXIT_OK);
}

/* --- any device --- */

static unsigned int served;

static enum outcome serve_any(struct device *it, unsigned int n, struct chain *chain,
			      uint32_t *bytes)
{
	/* The guest need not notify of what is found anyway. */
	assert_int_equal(*guest_used_flags(0), 1);
	if (!served++)
		*bytes = 7;
	return OUTCOME_DONE;
}

static void each_request_is_one_of_its_own(void **state)
{
	static const struct kind any = { .number = 2, .word = "any", .queues = 1,
					 .serve = serve_any };

	served = 0;
	device.kind = &any;
	assert_true(device_offer(&device, &guest_windows));
	live(1, 0);
	guest_desc(0, 0, DATA, 16, GUEST_WRITE, 0);
	guest_avail(0, NUM, 0);
	guest_avail(0, NUM, 0);
	device_bells(&device, 2);
	assert_false(device_run(&device));
	assert_int_equal(device.requests, 2);
	assert_int_equal(guest_used(0, NUM, 0)[1], 7);
	assert_int_equal(guest_used(0, NUM, 1)[1], 0);
	assert_int_equal(*guest_used_flags(0), 0);
}

/* --- random numbers --- */

static void random_numbers(void **state)
{
	static const uint8_t zeroes[256];

	assert_int_equal(entropy_open(&device), EXIT_OK);
	assert_true(device_offer(&device, &guest_windows));
	live(1, 0);
	guest_desc(0, 0, DATA, 100, GUEST_WRITE | GUEST_NEXT, 1);
	guest_desc(0, 1, GUEST_B, 200, GUEST_WRITE, 0);
	kick(0);
	assert_int_equal(written(), 300);
	assert_memory_not_equal(guest_at(DATA), zeroes, 100);
	assert_memory_not_equal(guest_at(GUEST_B + 100), zeroes, 100);
	assert_memory_not_equal(guest_at(DATA), guest_at(GUEST_B), 100);
	assert_int_equal(*(char *)guest_at(GUEST_B + 200), 0);
	/* No more than that at a time. */
	guest_desc(0, 0, DATA, 0x8000, GUEST_WRITE, 0);
	kick(0);
	assert_int_equal(written(), 4096);
	guest_desc(0, 0, DATA, 16, 0, 0);
	kick(0);
	assert_false(device.works);
	live(2, 0);
	guest_desc(0, 0, DATA, 16, GUEST_NEXT, 1);
	kick(0);
	assert_false(device.works);
}

#define test(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_is_offered),
		test(a_driver_that_was_there_before),
		test(lives),
		test(bells_and_what_they_tell_of),
		test(bells_and_what_they_tell_of),
		test(a_reset_that_nobody_has_told_of),
		test(queues_that_are_none),
		test(what_a_kind_is_told),
		test(there_before_the_driver),
		test(turns),
		test(reading),
		test(writing),
		test(pieces),
		test(other_requests),
		test(read_only),
		test(what_no_driver_does),
		test(files),
		test(each_request_is_one_of_its_own),
		test(random_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Devices with two ways: a console on a pseudo terminal, a network card over a socket in place of
 * the tap device.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cmocka.h>

#include <jh/virtio.h>

#include "../console.h"
#include "../jhvirtiod.h"
#include "../net.h"
#include "guest.h"

#define NUM	8
#define RX	0
#define TX	1
#define BUFFER	GUEST_ROOM
#define WORKS	JH_VIRTIO_STATE(1, 0xf)

static struct device device;
static int peer;

#define SOON	2000	/* milliseconds: what was written arrives in less */
#define QUIET	100	/* nothing more comes after this */

static int set_up(void **state)
{
	guest_reset(state);
	device = (struct device){ .port = guest_port(), .input = -1, .output = -1 };
	peer = -1;
	return 0;
}

static int tear_down(void **state)
{
	if (peer >= 0)
		close(peer);
	if (device.input > STDERR_FILENO)
		close(device.input);
	free(device.context);
	return 0;
}

static void live(void)
{
	assert_true(device_offer(&device, &guest_windows));
	guest_queue(RX, NUM);
	guest_queue(TX, NUM);
	guest_word = WORKS;
	device_bells(&device, 1);
	assert_true(device.works);
	device_run(&device);
}

static void kick(unsigned int n, uint16_t head)
{
	guest_avail(n, NUM, head);
	device_bells(&device, 2u << n);
	device_run(&device);
}

/* --- console --- */

static void open_terminal(void)
{
	const char *name;

	assert_int_equal(console_open(&device, "pty"), EXIT_OK);
	name = strstr(guest_said, "/dev/pts/");
	assert_non_null(name);
	peer = open(name, O_RDWR | O_NOCTTY | O_NONBLOCK);
	assert_true(peer >= 0);
	live();
}

/* The kernel hands on by a thread of its own what is written to a terminal. Bytes; 0: none came. */
static ssize_t take(void *to, size_t size, int milliseconds)
{
	struct pollfd wait = { .fd = peer, .events = POLLIN };
	ssize_t got = poll(&wait, 1, milliseconds) == 1 ? read(peer, to, size) : 0;

	return got > 0 ? got : 0;
}

static void take_all(void)
{
	char seen[65536];

	while (take(seen, sizeof(seen), QUIET))
		;
}

static void typing(void **state)
{
	struct pollfd typed = { .events = POLLIN };

	open_terminal();
	typed.fd = device.input;
	guest_desc(RX, 0, BUFFER, 4, GUEST_WRITE, 0);
	guest_desc(RX, 1, BUFFER + 16, 64, GUEST_WRITE, 0);
	kick(RX, 0);
	assert_int_equal(*guest_used_index(RX), 0);
	assert_int_equal(write(peer, "hello\n", 6), 6);
	assert_int_equal(poll(&typed, 1, SOON), 1);
	device.pending |= device.kind->input;
	device_run(&device);
	assert_int_equal(guest_used(RX, NUM, 0)[1], 4);
	assert_memory_equal(guest_at(BUFFER), "hell", 4);
	kick(RX, 1);
	assert_int_equal(guest_used(RX, NUM, 1)[1], 2);
	assert_memory_equal(guest_at(BUFFER + 16), "o\n", 2);
	/* The guest does not read from what is to be written. */
	guest_desc(RX, 0, BUFFER, 4, 0, 0);
	kick(RX, 0);
	assert_false(device.works);
}

static void printing(void **state)
{
	char seen[16] = "";

	open_terminal();
	memcpy(guest_at(BUFFER), "one\ntwo", 7);
	guest_desc(TX, 0, BUFFER, 3, GUEST_NEXT, 1);
	guest_desc(TX, 1, BUFFER + 3, 4, 0, 0);
	kick(TX, 0);
	assert_int_equal(take(seen, sizeof(seen), SOON), 7);
	assert_string_equal(seen, "one\ntwo");
	assert_int_equal(guest_used(TX, NUM, 0)[1], 0);
	guest_desc(TX, 1, BUFFER + 3, 4, GUEST_WRITE, 0);
	kick(TX, 0);
	assert_false(device.works);
}

/* A terminal holds some KiB. */
static void nobody_reads(void **state)
{
	char seen[65536];
	uint16_t given;
	ssize_t got;
	int i;

	open_terminal();
	memset(guest_at(BUFFER), 'x', 0x8000);
	guest_desc(TX, 0, BUFFER, 0x8000, 0, 0);
	kick(TX, 0);
	assert_int_equal(*guest_used_index(TX), 0);
	assert_int_equal(device.patience, 200);
	/* Somebody reads in time: it goes on where it was. */
	got = 0;
	for (i = 0; i < 100 && !*guest_used_index(TX); i++) {
		got += take(seen, sizeof(seen), SOON);
		device.pending |= device.kind->output;
		device_run(&device);
	}
	assert_int_equal(*guest_used_index(TX), 1);
	assert_int_equal(device.patience, 0);
	while ((i = (int)take(seen, sizeof(seen), got < 0x8000 ? SOON : 0)) > 0)
		got += i;
	assert_int_equal(got, 0x8000);
	/* Nobody does: from then on the guest does not wait. */
	kick(TX, 0);
	assert_int_equal(device.patience, 200);
	device.kind->look(&device);
	assert_int_equal(device.patience, 0);
	device_run(&device);
	given = *guest_used_index(TX);
	assert_int_equal(given, 2);
	kick(TX, 0);
	assert_int_equal(*guest_used_index(TX), 3);
	/* Until somebody does. */
	take_all();
	guest_desc(TX, 0, BUFFER, 1, 0, 0);
	kick(TX, 0);
	seen[0] = 0;
	assert_int_equal(take(seen, sizeof(seen), SOON), 1);
	assert_int_equal(seen[0], 'x');
	while (write(device.output, "y", 1) == 1)
		;
	kick(TX, 0);
	assert_int_equal(device.patience, 200);
}

/* What a life has begun to print is not taken for what the next one prints. */
static void another_life(void **state)
{
	char seen[65536];
	ssize_t got;

	open_terminal();
	memset(guest_at(BUFFER), 'x', 0x8000);
	guest_desc(TX, 0, BUFFER, 0x8000, 0, 0);
	kick(TX, 0);
	assert_int_equal(device.patience, 200);
	guest_word = JH_VIRTIO_STATE(2, 0);
	device_bells(&device, 1);
	guest_queue(RX, NUM);
	guest_queue(TX, NUM);
	guest_word = JH_VIRTIO_STATE(2, 0xf);
	device_bells(&device, 1);
	assert_int_equal(device.patience, 0);
	take_all();
	memcpy(guest_at(BUFFER), "again", 5);
	guest_desc(TX, 0, BUFFER, 5, 0, 0);
	kick(TX, 0);
	got = take(seen, sizeof(seen), SOON);
	assert_int_equal(got, 5);
	assert_memory_equal(seen, "again", 5);
}

static void where_consoles_are(void **state)
{
	char link[] = "/tmp/test-ways-XXXXXX", where[64] = "pty:", target[64] = "";
	int file = mkstemp(link);

	assert_int_equal(console_open(&device, "tty"), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "pty, pty:PATH or stdio, not tty"));
	free(device.context);
	/* A file that is there stays. */
	strcat(where, link);
	assert_int_equal(console_open(&device, where), EXIT_REFUSED);
	close(device.input);
	free(device.context);
	close(file);
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink("/nowhere", link), 0);
	assert_int_equal(console_open(&device, where), EXIT_OK);
	assert_true(readlink(link, target, sizeof(target) - 1) > 0);
	assert_memory_equal(target, "/dev/pts/", 9);
	unlink(link);
}

/* --- network card --- */

static void open_card(void)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
	device.kind = &net_kind;
	device.input = device.output = ends[0];
	peer = ends[1];
	live();
}

static void receiving(void **state)
{
	uint8_t packet[100], *seen = guest_at(BUFFER);

	open_card();
	guest_desc(RX, 0, BUFFER, 11, GUEST_WRITE | GUEST_NEXT, 1);
	guest_desc(RX, 1, BUFFER + 11, 500, GUEST_WRITE, 0);
	kick(RX, 0);
	assert_int_equal(*guest_used_index(RX), 0);
	memset(packet, 7, sizeof(packet));
	assert_int_equal(write(peer, packet, sizeof(packet)), 100);
	device.pending |= device.kind->input;
	device_run(&device);
	assert_int_equal(guest_used(RX, NUM, 0)[1], 100);
	/* It is in one buffer: that is the device's to say. */
	packet[10] = 1;
	packet[11] = 0;
	assert_memory_equal(seen, packet, 100);
	guest_desc(RX, 1, BUFFER, 11, GUEST_WRITE, 0);
	kick(RX, 1);
	assert_false(device.works);
}

static void sending(void **state)
{
	uint8_t seen[100];

	open_card();
	memset(guest_at(BUFFER), 3, 60);
	guest_desc(TX, 0, BUFFER, 12, GUEST_NEXT, 1);
	guest_desc(TX, 1, BUFFER + 12, 48, 0, 0);
	kick(TX, 0);
	assert_int_equal(read(peer, seen, sizeof(seen)), 60);
	assert_memory_equal(seen, guest_at(BUFFER), 60);
	/* A full cable: later. */
	while (write(device.output, seen, 60) == 60)
		;
	kick(TX, 0);
	assert_int_equal(*guest_used_index(TX), 1);
	assert_int_equal(read(peer, seen, sizeof(seen)), 60);
	device.pending |= device.kind->output;
	device_run(&device);
	assert_int_equal(*guest_used_index(TX), 2);
	/* One that is cut: lost. */
	close(peer);
	peer = -1;
	kick(TX, 0);
	assert_int_equal(*guest_used_index(TX), 3);
	guest_desc(TX, 2, BUFFER, 11, 0, 0);
	kick(TX, 2);
	assert_false(device.works);
}

#define test(name)	cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(typing),
		test(printing),
		test(nobody_reads),
		test(another_life),
		test(where_consoles_are),
		test(receiving),
		test(sending),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

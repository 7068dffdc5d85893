// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A device with a back end of vhost-user, over a back end that keeps the rules but at one message,
 * where it does what the test wants: what it is told, and that no back end does harm to more than
 * its own device.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/vhost.h>
#include <linux/virtio_blk.h>
#include <linux/virtio_net.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <jh/config.h>
#include <jh/virtio.h>

#include "../backend.h"
#include "../jhvirtiod.h"
#include "../vhostuser.h"
#include "back.h"
#include "guest.h"
#include "script.h"

#define NUM		8
#define LINK		901
#define EVENT_IDX	FEATURE(FEATURE_EVENT_IDX)
#define VERSION_1	FEATURE(JH_VIRTIO_F_VERSION_1)
#define HAS		(VERSION_1 | PROTOCOL | EVENT_IDX)
#define ALL_MESSAGES	24	/* of two lives: six to open it, eight, two to stop it, eight */
#define MQ		FEATURE(0)
#define ACK		FEATURE(3)
#define CONFIG		FEATURE(9)

static struct device device;
static unsigned int calls, fails_at, given, revoked;
static struct jh_link_eventfd bells[DEVICE_QUEUES], rings[DEVICE_QUEUES];

/* --- Linux --- */

int fake_ioctl(int fd, unsigned long request, ...);
int __real_setsockopt(int fd, int level, int name, const void *value, socklen_t size);
int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t size);

int fake_ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	const struct jh_link_eventfd *call;

	va_start(list, request);
	call = va_arg(list, const struct jh_link_eventfd *);
	va_end(list);
	if (++calls == fails_at) {
		errno = EXDEV;
		return -1;
	}
	if (request == JH_LINK_IOC_REVOKE) {
		assert_true(fcntl(fd, F_GETFD) >= 0);
		revoked++;
		return 0;
	}
	if (request == JH_LINK_IOC_MEMORY) {
		assert_int_equal(fd, LINK + given);
		given++;
		return dup(0);
	}
	assert_int_equal(fd, LINK);
	(request == JH_LINK_IOC_BELL_EVENTFD ? bells : rings)[call->bell - 1] = *call;
	return 0;
}

/* Nobody is patient here. */
int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t size)
{
	struct timeval short_time = { .tv_usec = 20000 };

	assert_int_equal(((const struct timeval *)value)->tv_sec, VHOSTUSER_SECONDS);
	return __real_setsockopt(fd, level, name, &short_time, sizeof(short_time));
}

/* It has heard all that it was told. */
static void end_back(void)
{
	struct vhostuser *user = device.context;
	unsigned int n;

	if (user && user->fd >= 0)
		shutdown(user->fd, SHUT_WR);
	/* Nobody came. */
	shutdown(back.listener, SHUT_RDWR);
	pthread_join(back.thread, NULL);
	for (n = 0; n < DEVICE_QUEUES; n++) {
		if (back.kick[n] > 0)
			close(back.kick[n]);
		if (back.call[n] > 0)
			close(back.call[n]);
	}
	if (back.connection >= 0)
		close(back.connection);
	close(back.listener);
	unlink(back.path);
}

/* --- the guest --- */

static void forget(void)
{
	struct vhostuser *user = device.context;
	unsigned int n;

	if (!user)
		return;
	vhostuser_lose(user);
	for (n = 0; n < DEVICE_QUEUES; n++) {
		if (user->kick[n] >= 0)
			close(user->kick[n]);
		if (user->call[n] >= 0)
			close(user->call[n]);
	}
	free(user);
	device.context = NULL;
}

static int setup(void **state)
{
	guest_reset(state);
	guest_windows.window[0].link = LINK;
	guest_windows.window[1].link = LINK + 1;
	memset(&back, 0, sizeof(back));
	back.features = HAS;
	back.protocol = MQ | ACK | CONFIG;
	back.queues = 1;
	events[0] = '\0';
	calls = fails_at = given = revoked = 0;
	device = (struct device){ .port = guest_port(), .input = -1, .output = -1 };
	device.port.fd = LINK;
	guest_registers[JH_VIRTIO_ROOT_QUEUE_SIZE / 4] = 64;
	return 0;
}

static int open_it(uint32_t kind)
{
	begin_back();
	return backend_open(&device, kind, back.path);
}

static void offer(void)
{
	assert_int_equal(device.kind->own(&device, &guest_windows), EXIT_OK);
	assert_true(device_offer(&device, &guest_windows));
}

static void begin(uint32_t resets, uint64_t accepted)
{
	unsigned int n;

	for (n = 0; n < device.kind->queues; n++)
		guest_queue(n, NUM);
	guest_registers[JH_VIRTIO_ROOT_ACCEPTED / 4] = (uint32_t)accepted;
	guest_registers[JH_VIRTIO_ROOT_ACCEPTED / 4 + 1] = (uint32_t)(accepted >> 32);
	guest_word = JH_VIRTIO_STATE(resets, JH_VIRTIO_S_DRIVER_OK);
	device_bells(&device, 1);
}

static uint64_t offered(void)
{
	return guest_registers[JH_VIRTIO_ROOT_OFFERED / 4] |
	       (uint64_t)guest_registers[JH_VIRTIO_ROOT_OFFERED / 4 + 1] << 32;
}

static void say_end(void)
{
	end_back();
	forget();
}

/* --- tests --- */

static void what_it_has_is_offered(void **state)
{
	const struct virtio_blk_config *config =
		(const void *)(guest_registers + JH_VIRTIO_ROOT_CONFIG / 4);

	back.features = ~0ULL;
	assert_int_equal(open_it(JH_VIRTIO_BLOCK), EXIT_OK);
	offer();
	/* Neither queues, nor a configuration that is written, nor rings of another kind */
	assert_int_equal(offered() & ~(1ULL << 28 | EVENT_IDX | 3ULL << 32), 0x6676);
	assert_int_equal(offered() >> 28, 0x33);
	assert_int_equal(config->capacity, 77);
	assert_int_equal(config->seg_max, 62);
	say_end();
	assert_int_equal(back.agreed, MQ | ACK | CONFIG);
	assert_string_equal(events, "3;1;15;16;17;24;");
}

static void what_it_lacks_is_not(void **state)
{
	back.features = VERSION_1;
	assert_int_equal(open_it(JH_VIRTIO_NET), EXIT_OK);
	offer();
	assert_int_equal(offered(), 3ULL << 32);
	say_end();
	assert_string_equal(events, "3;1;");
}

static void what_is_refused(void **state)
{
	static const struct { uint64_t features, protocol, queues; uint32_t kind; const char *why; }
	rows[] = {
		{ PROTOCOL, MQ | CONFIG, 1, JH_VIRTIO_BLOCK, "no virtio of version 1" },
		{ HAS, MQ | CONFIG, 0, JH_VIRTIO_BLOCK, "fewer queues" },
		{ HAS, MQ, 0, JH_VIRTIO_NET, "fewer queues" },
		{ HAS, MQ, 1, JH_VIRTIO_CONSOLE, "fewer queues" },
		{ HAS, MQ, 1, JH_VIRTIO_BLOCK, "does not tell a configuration" },
		{ VERSION_1, CONFIG, 1, JH_VIRTIO_BLOCK, "does not tell a configuration" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		setup(state);
		back.features = rows[i].features;
		back.protocol = rows[i].protocol;
		back.queues = rows[i].queues;
		assert_int_equal(open_it(rows[i].kind), EXIT_REFUSED);
		assert_non_null(strstr(guest_said, rows[i].why));
		say_end();
	}
	/* A pair for a network card */
	setup(state);
	assert_int_equal(open_it(JH_VIRTIO_NET), EXIT_OK);
	say_end();
}

static void nobody_listens(void **state)
{
	char path[200];

	assert_int_equal(backend_open(&device, JH_VIRTIO_ENTROPY, "/nothing/there"), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, strerror(ENOENT)));
	memset(path, 'x', sizeof(path));
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(backend_open(&device, JH_VIRTIO_ENTROPY, path), EXIT_REFUSED);
	assert_non_null(strstr(guest_said, "too long"));
	assert_null(device.context);
}

static void it_serves(void **state)
{
	struct vhost_memory_region region[2];
	eventfd_t count = 0;
	unsigned int n;

	back.queues = 2;
	back.features |= FEATURE(JH_VIRTIO_F_ACCESS_PLATFORM);
	assert_int_equal(open_it(JH_VIRTIO_CONSOLE), EXIT_OK);
	offer();
	events[0] = '\0';
	begin(1, HAS | FEATURE(JH_VIRTIO_F_ACCESS_PLATFORM) | FEATURE(0));
	assert_true(device.works);
	end_back();
	assert_string_equal(events, "2;5!;8;10;9!;13;12;8;10;9!;13;12;18;18;");
	assert_int_equal(back.accepted, HAS);
	/* A file for each of two windows, two eventfds for each of two queues */
	assert_int_equal(back.fds, 6);
	assert_int_equal(back.memory.memory.head.nregions, 2);
	memcpy(region, back.memory.memory.region, sizeof(region));
	for (n = 0; n < 2; n++) {
		const struct window *window = &guest_windows.window[n];
		struct queue_setup where = guest_setup(n, NUM);

		assert_int_equal(region[n].guest_phys_addr, window->guest);
		assert_int_equal(region[n].memory_size, window->size);
		assert_int_equal(region[n].userspace_addr, (uintptr_t)window->at);
		assert_int_equal(region[n].flags_padding, 0);
		assert_int_equal(back.num[n], NUM);
		assert_int_equal(back.base[n], 0);
		assert_int_equal(back.ring[n].desc_user_addr, (uintptr_t)guest_at(where.desc));
		assert_int_equal(back.ring[n].avail_user_addr, (uintptr_t)guest_at(where.driver));
		assert_int_equal(back.ring[n].used_user_addr, (uintptr_t)guest_at(where.device));
		assert_true(back.enabled[n]);
		assert_int_equal(bells[n].bell, n + 1);
		assert_int_equal(rings[n].bell, n + 1);
		assert_int_equal(bells[n].fd, ((struct vhostuser *)device.context)->kick[n]);
		assert_int_equal(eventfd_read(bells[n].fd, &count), 0);
		assert_int_equal(count, 1);
	}
	/* This program leaves the queues alone. */
	guest_avail(1, NUM, 0);
	assert_false(device_run(&device));
	assert_int_equal(*guest_used_index(1), 0);
	forget();
}

static void it_cannot_acknowledge(void **state)
{
	back.protocol = CONFIG;
	assert_int_equal(open_it(JH_VIRTIO_BLOCK), EXIT_OK);
	offer();
	events[0] = '\0';
	begin(1, HAS);
	say_end();
	assert_string_equal(events, "2;5;1;8;10;9;1;13;12;18;");
	setup(state);
	back.features = VERSION_1;
	assert_int_equal(open_it(JH_VIRTIO_ENTROPY), EXIT_OK);
	offer();
	events[0] = '\0';
	begin(1, VERSION_1);
	guest_word = 0;
	device_bells(&device, 1);
	say_end();
	assert_string_equal(events, "2;5;1;8;10;9;1;13;12;11;");
	assert_int_equal(back.accepted, VERSION_1);
}

static void it_is_stopped_by_a_reset(void **state)
{
	assert_int_equal(open_it(JH_VIRTIO_BLOCK), EXIT_OK);
	offer();
	events[0] = '\0';
	begin(1, HAS);
	guest_word = JH_VIRTIO_STATE(2, 0);
	device_bells(&device, 1);
	assert_false(back.enabled[0]);
	begin(3, HAS);
	begin(4, HAS);
	assert_true(device.works);
	assert_int_equal(device.lives, 3);
	say_end();
	assert_string_equal(events, "2;5!;8;10;9!;13;12;18;18;11;"
			    "2;5!;8;10;9!;13;12;18;18;11;2;5!;8;10;9!;13;12;18;");
	assert_int_equal(guest_withdrawn, 0);
}

/* It has done all that it will do. */
static void await_back(unsigned int messages)
{
	while (__atomic_load_n(&back.handled, __ATOMIC_ACQUIRE) < messages)
		usleep(100);
}

/* Opened, served, stopped, served again. Returns whether it is still there. */
static bool two_lives(void)
{
	if (open_it(JH_VIRTIO_BLOCK)) {
		assert_null(device.context);
		return false;
	}
	offer();
	begin(1, HAS);
	guest_word = JH_VIRTIO_STATE(2, 0);
	device_bells(&device, 1);
	begin(3, HAS);
	/* What came unasked */
	if (device.works)
		await_back(ALL_MESSAGES);
	device.kind->hear(&device);
	assert_int_equal(device.works, !guest_withdrawn);
	return device.works;
}

static void each_message_may_be_the_last(void **state)
{
	unsigned int at, deed, lost = 0;

	assert_true(two_lives());
	say_end();
	assert_int_equal(back.messages, ALL_MESSAGES);
	for (at = 1; at <= ALL_MESSAGES; at++) {
		for (deed = DIE; deed < DEEDS; deed++) {
			int before = dup(0);
			bool there;

			close(before);
			setup(state);
			back.at_message = at;
			back.deed = deed;
			there = two_lives();
			lost += !there;
			if (!there && device.context) {
				assert_int_equal(guest_complaints, 1);
				assert_non_null(strstr(guest_said, "the back end is lost"));
				assert_int_equal(device.input, -1);
				assert_int_equal(revoked, given);
				/* It neither hears the guest nor interrupts it. */
				assert_int_equal(bells[0].fd, JH_LINK_NO_EVENTFD);
				assert_int_equal(rings[0].fd, JH_LINK_NO_EVENTFD);
				/* Whatever the guest does then */
				begin(7, HAS);
				assert_false(device.works);
				assert_int_equal(guest_complaints, 1);
			}
			say_end();
			/* Nothing stays open. */
			assert_int_equal(dup(0), before);
			close(before);
		}
	}
	/*
	 * All but those who keep silent where nobody asks (15 messages), send descriptors along
	 * with an answer (9), or answer 1 where that may be (to 3 questions).
	 */
	assert_int_equal(lost, ALL_MESSAGES * (DEEDS - DIE) - 15 - 9 - 3);
}

static void it_goes_when_nobody_asks(void **state)
{
	assert_int_equal(open_it(JH_VIRTIO_BLOCK), EXIT_OK);
	offer();
	begin(1, HAS);
	device.kind->hear(&device);
	assert_true(device.works);
	shutdown(back.connection, SHUT_RDWR);
	device.kind->hear(&device);
	assert_false(device.works);
	assert_int_equal(guest_withdrawn, 1);
	assert_int_equal(revoked, 2);
	assert_non_null(strstr(guest_said, "it has gone"));
	device.kind->hear(&device);
	assert_int_equal(guest_withdrawn, 1);
	say_end();
}

static void each_call_of_its_own_may_fail(void **state)
{
	unsigned int n;

	/* Two files, two eventfds */
	for (n = 1; n <= 4; n++) {
		setup(state);
		assert_int_equal(open_it(JH_VIRTIO_BLOCK), EXIT_OK);
		fails_at = n;
		if (n <= 2) {
			assert_int_equal(device.kind->own(&device, &guest_windows), EXIT_REFUSED);
			assert_non_null(strstr(guest_said, strerror(EXDEV)));
		} else {
			offer();
			begin(1, HAS);
			assert_false(device.works);
			assert_non_null(strstr(guest_said, "no eventfds"));
		}
		say_end();
	}
}

/* Whoever has an eventfd makes it one that blocks for everybody who has it. */
static void an_eventfd_that_blocks(void **state)
{
	assert_int_equal(open_it(JH_VIRTIO_BLOCK), EXIT_OK);
	offer();
	begin(1, HAS);
	await_back(ALL_MESSAGES - 10);
	assert_int_equal(fcntl(back.kick[0], F_SETFL, 0), 0);
	assert_int_equal(eventfd_write(back.kick[0], UINT64_MAX - 2), 0);
	alarm(10);
	guest_word = JH_VIRTIO_STATE(2, 0);
	device_bells(&device, 1);
	begin(3, HAS);
	alarm(0);
	assert_true(device.works);
	say_end();
}

/* One life for each bell: there are others that this process listens to. */
static void a_guest_that_is_always_ahead(void **state)
{
	assert_int_equal(open_it(JH_VIRTIO_BLOCK), EXIT_OK);
	offer();
	back.ahead = 1;
	begin(1, HAS);
	assert_int_equal(device.lives, 1);
	device_bells(&device, 1);
	assert_int_equal(device.lives, 2);
	say_end();
}

/* Also if there was something to say of the guest before. */
static void the_end_is_told(void **state)
{
	assert_int_equal(open_it(JH_VIRTIO_BLOCK), EXIT_OK);
	offer();
	guest_word = JH_VIRTIO_STATE(1, JH_VIRTIO_S_DRIVER_OK);
	device_bells(&device, 1);
	assert_int_equal(guest_complaints, 1);
	begin(3, HAS);
	assert_true(device.works);
	shutdown(back.connection, SHUT_RDWR);
	device.kind->hear(&device);
	assert_int_equal(guest_complaints, 2);
	assert_non_null(strstr(guest_said, "the back end is lost"));
	say_end();
}

#define test(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(what_it_has_is_offered),
		test(what_it_lacks_is_not),
		test(what_is_refused),
		test(nobody_listens),
		test(it_serves),
		test(it_cannot_acknowledge),
		test(it_is_stopped_by_a_reset),
		test(each_message_may_be_the_last),
		test(it_goes_when_nobody_asks),
		test(each_call_of_its_own_may_fail),
		test(an_eventfd_that_blocks),
		test(a_guest_that_is_always_ahead),
		test(the_end_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

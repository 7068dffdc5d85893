// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A network card that vhost-net serves, over a vhost-net that keeps the rules: what it is told,
 * that it is stopped before anything of the next life is looked at, and each call that fails.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <jh/config.h>
#include <jh/virtio.h>

#include "../jhvirtiod.h"
#include "../netvhost.h"
#include "../vhost.h"
#include "guest.h"

#define NUM	8
#define TAP	900
#define LINK	901
#define HAS	(1ULL << JH_VIRTIO_F_VERSION_1 | 1ULL << JH_VIRTIO_F_ACCESS_PLATFORM | \
		 1ULL << VHOST_F_LOG_ALL | 1ULL << VHOST_NET_F_VIRTIO_NET_HDR | \
		 FEATURE(FEATURE_EVENT_IDX) | FEATURE(VIRTIO_NET_F_MRG_RXBUF))

static struct device device;
static uint64_t has;
static int vhost_fd, open_error;
static unsigned int calls, fails_at;	/* calls of ioctl(), and which one of them fails */

/* What Linux was told */
static struct told {
	unsigned int owned;
	uint64_t features;
	struct vhost_memory_region regions[WINDOWS];
	unsigned int num_regions, num[2], base[2], flags;
	struct vhost_vring_addr rings[2];
	int tap[2], kick[2], call[2];
	struct jh_link_eventfd bells[2], bell_rings[2];
} told;

/* --- Linux --- */

static bool no_memory;

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
	return no_memory ? NULL : __real_calloc(count, size);
}

int fake_open(const char *path, int flags, ...);
int fake_ioctl(int fd, unsigned long request, ...);

int fake_open(const char *path, int flags, ...)
{
	assert_string_equal(path, "/dev/vhost-net");
	errno = open_error;
	vhost_fd = open_error ? -1 : dup(0);
	return vhost_fd;
}

/* While it works, nobody changes a queue. */
static bool works(unsigned int n)
{
	assert_true(n < 2);
	return told.tap[n] >= 0;
}

static void set_memory(const struct vhost_memory *memory)
{
	assert_true(memory->nregions <= WINDOWS);
	assert_int_equal(memory->padding, 0);
	told.num_regions = memory->nregions;
	memcpy(told.regions, memory->regions, memory->nregions * sizeof(told.regions[0]));
}

static void ask_vhost(unsigned long request, void *argument)
{
	const struct vhost_vring_state *state = argument;
	const struct vhost_vring_file *file = argument;
	const struct vhost_vring_addr *rings = argument;

	assert_true(told.owned || request == VHOST_GET_FEATURES || request == VHOST_SET_OWNER);
	switch (request) {
	case VHOST_GET_FEATURES:
		*(uint64_t *)argument = has;
		return;
	case VHOST_SET_OWNER:
		told.owned++;
		return;
	case VHOST_SET_FEATURES:
		told.features = *(uint64_t *)argument;
		assert_int_equal(told.features & ~has, 0);
		return;
	case VHOST_SET_MEM_TABLE:
		set_memory(argument);
		return;
	case VHOST_SET_VRING_NUM:
		assert_false(works(state->index));
		told.num[state->index] = state->num;
		return;
	case VHOST_SET_VRING_BASE:
		assert_false(works(state->index));
		told.base[state->index] = state->num;
		return;
	case VHOST_SET_VRING_ADDR:
		assert_false(works(rings->index));
		told.rings[rings->index] = *rings;
		return;
	case VHOST_SET_VRING_KICK:
		told.kick[file->index] = file->fd;
		return;
	case VHOST_SET_VRING_CALL:
		told.call[file->index] = file->fd;
		return;
	case VHOST_NET_SET_BACKEND:
		assert_true(file->index < 2);
		told.tap[file->index] = file->fd;
		return;
	}
	fail_msg("what is %lx?", request);
}

static void ask_link(unsigned long request, const struct jh_link_eventfd *call)
{
	assert_true(call->bell == 1 || call->bell == 2);
	if (request == JH_LINK_IOC_BELL_EVENTFD)
		told.bells[call->bell - 1] = *call;
	else if (request == JH_LINK_IOC_RING_EVENTFD)
		told.bell_rings[call->bell - 1] = *call;
	else
		fail_msg("what is %lx?", request);
}

int fake_ioctl(int fd, unsigned long request, ...)
{
	va_list list;
	void *argument;

	va_start(list, request);
	argument = va_arg(list, void *);
	va_end(list);
	if (++calls == fails_at) {
		errno = EXDEV;
		return -1;
	}
	if (fd == LINK) {
		ask_link(request, argument);
	} else if (fd == TAP) {
		assert_int_equal(request, TUNSETOFFLOAD);
		told.flags = (unsigned int)(uintptr_t)argument;
	} else if (fd >= 0 && fd == vhost_fd) {
		ask_vhost(request, argument);
	} else {
		errno = EBADF;
		return -1;
	}
	return 0;
}

/* --- the guest --- */

/* As when the program ends. */
static int end(void **state)
{
	struct vhost *vhost = device.context;
	unsigned int n;

	for (n = 0; vhost && n < VHOST_QUEUES && vhost->fd >= 0; n++) {
		close(vhost->kick[n]);
		close(vhost->call[n]);
	}
	if (vhost && vhost->fd >= 0)
		close(vhost->fd);
	free(device.context);
	device.context = NULL;
	return 0;
}

static int setup(void **state)
{
	end(state);
	guest_reset(state);
	memset(&told, 0, sizeof(told));
	told.tap[0] = told.tap[1] = -1;
	device = (struct device){ .port = guest_port(), .input = TAP, .output = TAP };
	device.port.fd = LINK;
	has = HAS;
	open_error = 0;
	calls = fails_at = 0;
	return 0;
}

static void open_it(void)
{
	assert_true(netvhost_open(&device, TAP));
	assert_int_equal(device.kind->own(&device, &guest_windows), EXIT_OK);
	assert_true(device_offer(&device, &guest_windows));
}

static void accept(uint64_t features)
{
	guest_registers[JH_VIRTIO_ROOT_ACCEPTED / 4] = (uint32_t)features;
	guest_registers[JH_VIRTIO_ROOT_ACCEPTED / 4 + 1] = (uint32_t)(features >> 32);
}

static void begin(uint32_t resets, uint64_t features)
{
	guest_queue(0, NUM);
	guest_queue(1, 2 * NUM);
	accept(features);
	guest_word = JH_VIRTIO_STATE(resets, JH_VIRTIO_S_DRIVER_OK);
	device_bells(&device, 1);
}

static const struct vhost *vhost(void)
{
	return device.context;
}

static eventfd_t kicks(unsigned int n)
{
	eventfd_t count = 0;

	eventfd_read(vhost()->kick[n], &count);
	return count;
}

static bool is_open(int fd)
{
	return fcntl(fd, F_GETFD) >= 0;
}

/* --- tests --- */

static void without_vhost_there_is_none(void **state)
{
	int before = dup(0), fd;

	close(before);
	open_error = ENOENT;
	assert_false(netvhost_open(&device, TAP));
	assert_int_equal(errno, ENOENT);
	assert_null(device.kind);
	assert_int_equal(device.input, TAP);
	open_error = 0;
	fails_at = 1;
	assert_false(netvhost_open(&device, TAP));
	assert_int_equal(errno, EXDEV);
	assert_null(device.kind);
	assert_int_equal(device.features, 0);
	/* All that was opened is closed. */
	for (fd = before; fd < before + 5; fd++)
		assert_false(is_open(fd));
}

static void it_is_bound_to_the_link(void **state)
{
	unsigned int n;

	open_it();
	assert_int_equal(told.owned, 1);
	assert_int_equal(device.input, -1);
	assert_int_equal(device.output, -1);
	for (n = 0; n < 2; n++) {
		assert_int_equal(told.kick[n], told.bells[n].fd);
		assert_int_equal(told.call[n], told.bell_rings[n].fd);
		assert_true(is_open(told.kick[n]) && is_open(told.call[n]));
		assert_true(fcntl(told.kick[n], F_GETFL) & O_NONBLOCK);
		assert_true(fcntl(told.call[n], F_GETFL) & O_NONBLOCK);
		assert_true(fcntl(told.kick[n], F_GETFD) & fcntl(told.call[n], F_GETFD) &
			    FD_CLOEXEC);
		assert_int_not_equal(told.kick[n], told.call[n]);
	}
	assert_int_not_equal(told.kick[0], told.kick[1]);
	assert_int_not_equal(told.call[0], told.call[1]);
}

static void what_it_has_is_offered(void **state)
{
	open_it();
	assert_int_equal(device.features, FEATURE(VIRTIO_NET_F_MRG_RXBUF) |
			 FEATURE(VIRTIO_NET_F_GUEST_TSO4) | FEATURE(VIRTIO_NET_F_GUEST_TSO6));
	setup(NULL);
	has = 1ULL << JH_VIRTIO_F_VERSION_1;
	open_it();
	assert_int_equal(device.features, 0);
}

static void each_call_of_its_own_may_fail(void **state)
{
	unsigned int n;

	/* The first one is that of its features; then the owner, and four for each queue. */
	for (n = 2; n <= 10; n++) {
		setup(NULL);
		assert_true(netvhost_open(&device, TAP));
		fails_at = n;
		assert_int_equal(device.kind->own(&device, &guest_windows), EXIT_REFUSED);
		assert_non_null(strstr(guest_said, "--no-vhost"));
	}
	setup(NULL);
	open_it();
	assert_int_equal(calls, 10);
}

static void it_moves_packets(void **state)
{
	uint64_t accepted = HAS | FEATURE(VIRTIO_NET_F_MAC) | FEATURE(VIRTIO_NET_F_GUEST_CSUM);
	unsigned int n;

	open_it();
	begin(1, accepted);
	assert_true(device.works);
	/* Neither what it does not have, nor what would mean something else. */
	assert_int_equal(told.features, 1ULL << JH_VIRTIO_F_VERSION_1 |
			 FEATURE(FEATURE_EVENT_IDX) | FEATURE(VIRTIO_NET_F_MRG_RXBUF));
	assert_int_equal(told.num_regions, 2);
	assert_int_equal(told.regions[1].guest_phys_addr, GUEST_B);
	assert_int_equal(told.regions[1].memory_size, GUEST_B_SIZE);
	assert_int_equal(told.regions[1].userspace_addr, (uintptr_t)guest_at(GUEST_B));
	assert_int_equal(told.regions[0].userspace_addr, (uintptr_t)guest_at(GUEST_A));
	for (n = 0; n < 2; n++) {
		struct queue_setup setup_of = guest_setup(n, NUM);

		assert_int_equal(told.num[n], n ? 2 * NUM : NUM);
		assert_int_equal(told.base[n], 0);
		assert_int_equal(told.rings[n].flags, 0);
		assert_int_equal(told.rings[n].desc_user_addr,
				 (uintptr_t)guest_at(setup_of.desc));
		assert_int_equal(told.rings[n].avail_user_addr,
				 (uintptr_t)guest_at(setup_of.driver));
		assert_int_equal(told.rings[n].used_user_addr,
				 (uintptr_t)guest_at(setup_of.device));
		assert_int_equal(told.tap[n], TAP);
		/* The guest may have rung before. */
		assert_int_equal(kicks(n), 1);
	}
	/* This program leaves the queues alone. */
	guest_avail(1, 2 * NUM, 0);
	assert_false(device_run(&device));
	assert_int_equal(*guest_used_index(1), 0);
	assert_int_equal(guest_interrupted(), 0);
	assert_int_equal(guest_complaints, 0);
}

static void what_is_handed_over(void **state)
{
	static const struct {
		uint64_t accepted;
		unsigned int flags;
	} rows[] = {
		{ 0, 0 },
		{ FEATURE(VIRTIO_NET_F_GUEST_TSO4), 0 },
		{ FEATURE(VIRTIO_NET_F_GUEST_CSUM), TUN_F_CSUM },
		{ FEATURE(VIRTIO_NET_F_GUEST_CSUM) | FEATURE(VIRTIO_NET_F_GUEST_TSO4),
		  TUN_F_CSUM | TUN_F_TSO4 },
		{ FEATURE(VIRTIO_NET_F_GUEST_CSUM) | FEATURE(VIRTIO_NET_F_GUEST_TSO6),
		  TUN_F_CSUM | TUN_F_TSO6 },
	};
	uint32_t i;

	open_it();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		told.flags = 0x80;
		begin(i + 1, rows[i].accepted);
		assert_int_equal(told.flags, rows[i].flags);
	}
}

/* ask_vhost() sees to it that nothing is changed under a vhost that works. */
static void it_is_stopped_by_a_reset(void **state)
{
	open_it();
	begin(1, HAS);
	guest_word = JH_VIRTIO_STATE(2, 0);
	device_bells(&device, 1);
	assert_int_equal(told.tap[0], -1);
	assert_int_equal(told.tap[1], -1);
	assert_false(device.works);
	begin(3, HAS);
	assert_int_equal(told.tap[1], TAP);
	/* Reset and set up again before this program has looked */
	begin(4, HAS);
	assert_int_equal(told.tap[0], TAP);
	assert_int_equal(device.lives, 3);
	/* The cell does not run any more. */
	guest_word = 0;
	device_bells(&device, 1);
	assert_int_equal(told.tap[0], -1);
}

static void queues_elsewhere(void **state)
{
	open_it();
	guest_queue(0, NUM);
	guest_queue(1, NUM);
	guest_registers[(JH_VIRTIO_ROOT_QUEUE(1) + JH_VIRTIO_QUEUE_DEVICE_AT) / 4] = 0x1000;
	accept(HAS);
	guest_word = JH_VIRTIO_STATE(1, JH_VIRTIO_S_DRIVER_OK);
	device_bells(&device, 1);
	assert_int_equal(told.tap[0], -1);
	assert_int_equal(told.num_regions, 0);
	assert_false(device.works);
}

/* Nothing moves then, and the next life may be better. */
static void each_call_of_a_life_may_fail(void **state)
{
	unsigned int n, last = 0;

	for (n = 1; !last; n++) {
		setup(NULL);
		open_it();
		fails_at = calls + n;
		begin(1, HAS);
		if (device.works)
			last = n;
		else
			assert_non_null(strstr(guest_said, "until the guest resets it"));
		assert_int_equal(device.works, told.tap[0] == TAP && told.tap[1] == TAP);
		assert_int_equal(told.tap[0], told.tap[1]);
		assert_false(device_run(&device));
		fails_at = 0;
		begin(2, HAS);
		assert_true(device.works);
		assert_int_equal(guest_complaints, n != last);
	}
	/* Offload, features, memory, three for each queue, two taps */
	assert_int_equal(last, 12);
}

static void no_memory_for_what_the_guest_has(void **state)
{
	open_it();
	no_memory = true;
	begin(1, HAS);
	no_memory = false;
	assert_false(device.works);
	assert_int_equal(told.tap[0], -1);
}

/* What cannot be stopped is taken away. */
static void it_does_not_stop(void **state)
{
	unsigned int n;

	for (n = 1; n <= 2; n++) {
		int fd;

		setup(NULL);
		open_it();
		begin(1, HAS);
		fd = vhost_fd;
		fails_at = calls + n;
		guest_word = 0;
		device_bells(&device, 1);
		assert_false(is_open(fd));
		vhost_fd = -1;
		begin(2, HAS);
		assert_false(device.works);
		assert_int_equal(guest_complaints, 1);
	}
}

#define test(name) cmocka_unit_test_setup_teardown(name, setup, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(without_vhost_there_is_none),
		test(it_is_bound_to_the_link),
		test(what_it_has_is_offered),
		test(each_call_of_its_own_may_fail),
		test(it_moves_packets),
		test(what_is_handed_over),
		test(it_is_stopped_by_a_reset),
		test(queues_elsewhere),
		test(each_call_of_a_life_may_fail),
		test(no_memory_for_what_the_guest_has),
		test(it_does_not_stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

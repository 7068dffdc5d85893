// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A back end of vhost-user that knows nothing of jh: a disk, which is a file. It is written from
 * the protocol's specification, and maps what it is given as most do: the whole file, from 0 on.
 *
 *	vhostuser_user SOCKET FILE [LATE]
 *
 * It serves one front end, says what was carried out when that has gone, and fails if something is
 * against the specification. LATE: it goes on reading the memory until the front end's process has
 * ended, and for a second more, and says what it has found there: it has not died.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#define VERSION		1u
#define REPLY		4u
#define NEED_REPLY	8u
#define FEATURES	(1ull << 9 | 1ull << 30 | 1ull << 32)	/* flush, protocol, version 1 */
#define PROTOCOL	(1ull << 3 | 1ull << 9)			/* acknowledge, configuration */
#define REGIONS		8
#define SECTOR		512

struct region {
	uint64_t guest, size, user, offset;
};

struct desc {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

static struct message {
	uint32_t request, flags, size;
	union {
		uint64_t number;
		struct { uint32_t index, num; } state;
		struct { uint32_t index, flags; uint64_t desc, used, avail, log; } ring;
		struct { uint32_t count, padding; struct region region[REGIONS]; } memory;
		struct { uint32_t offset, size, flags; uint8_t bytes[256]; } config;
	};
} __attribute__((packed)) message;

static struct region regions[REGIONS];
static uint8_t *mapped[REGIONS];
static uint32_t num_regions, num;
static int fds[REGIONS], num_fds, kick = -1, call = -1, connection, disk;
static uint64_t sectors, accepted;
static uint16_t taken;
static const struct desc *descs;
static volatile uint16_t *avail, *used;
static bool enabled;
static unsigned long requests, messages;

static void die(const char *what)
{
	fprintf(stderr, "vhostuser_user: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void must(bool right, const char *what)
{
	if (!right) {
		fprintf(stderr, "vhostuser_user: message %u: %s\n", message.request, what);
		exit(1);
	}
}

/* --- memory --- */

static uint8_t *at(uint64_t address, uint64_t size, bool user)
{
	uint32_t i;

	for (i = 0; i < num_regions; i++) {
		uint64_t offset = address - (user ? regions[i].user : regions[i].guest);

		if (offset < regions[i].size && size <= regions[i].size - offset)
			return mapped[i] + regions[i].offset + offset;
	}
	return NULL;
}

/* Each of these would be a call of an operation that the file has not. */
static bool is_mapped_alone(int file)
{
	char byte = 0;
	struct iovec iov = { &byte, sizeof(byte) };

	return read(file, &byte, 1) < 0 && write(file, &byte, 1) < 0 &&
	       readv(file, &iov, 1) < 0 && writev(file, &iov, 1) < 0 && errno == EINVAL;
}

static void set_memory(void)
{
	uint32_t i;
	off_t end;

	must(message.memory.count && message.memory.count <= REGIONS, "number of regions");
	must((int)message.memory.count == num_fds, "a descriptor for each region");
	for (i = 0; i < num_regions; i++)
		munmap(mapped[i], regions[i].size + regions[i].offset);
	num_regions = message.memory.count;
	memcpy(regions, message.memory.region, sizeof(regions));
	for (i = 0; i < num_regions; i++) {
		/* As those of rust-vmm do. */
		end = lseek(fds[i], 0, SEEK_END);
		must(end >= (off_t)(regions[i].size + regions[i].offset), "a file as long as that");
		must(is_mapped_alone(fds[i]), "a file that is neither read nor written");
		mapped[i] = mmap(NULL, regions[i].size + regions[i].offset, PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_NORESERVE, fds[i], 0);
		if (mapped[i] == MAP_FAILED)
			die("memory cannot be mapped from its file's first byte on");
		close(fds[i]);
	}
}

/* --- requests --- */

static uint8_t transfer(uint32_t type, uint64_t place, uint8_t *to, uint32_t length)
{
	ssize_t done;

	if (type == 4)
		return fdatasync(disk) ? 1 : 0;
	if (type > 1)
		return 2;
	if (place > sectors || length > (sectors - place) * SECTOR)
		return 1;
	done = type ? pwrite(disk, to, length, (off_t)(place * SECTOR)) :
		      pread(disk, to, length, (off_t)(place * SECTOR));
	return done == (ssize_t)length ? 0 : 1;
}

/*
 * A header, data, a status: in descriptors of their own, as this guest's are. Returns the bytes
 * written; 0: it is no request, and the queue does nothing until it is set up anew: a guest may
 * have cleared it, and reset the device, before the front end gets to say so.
 */
static uint32_t carry_out(uint16_t head)
{
	struct { uint32_t type, reserved; uint64_t sector; } header;
	struct desc desc[3];
	uint8_t *place[3];
	uint32_t i;

	for (i = 0; i < 3; i++, head = desc[i - 1].next) {
		if (head >= num)
			return 0;
		desc[i] = descs[head];
		place[i] = at(desc[i].address, desc[i].length, false);
		if (!place[i] || !(desc[i].flags & 1) != (i == 2))
			return 0;
	}
	if (desc[0].length != sizeof(header) || desc[2].length != 1)
		return 0;
	memcpy(&header, place[0], sizeof(header));
	*place[2] = transfer(header.type, header.sector, place[1], desc[1].length);
	return 1 + (desc[1].flags & 2 ? desc[1].length : 0);
}

static void serve(void)
{
	uint32_t element[2], given = 0, waiting;
	uint64_t one = 1;

	while (enabled && avail && __atomic_load_n(&avail[1], __ATOMIC_ACQUIRE) != taken) {
		waiting = (uint16_t)(avail[1] - taken);
		element[0] = avail[2 + taken % num];
		element[1] = waiting > num ? 0 : carry_out((uint16_t)element[0]);
		if (!element[1]) {
			enabled = false;
			break;
		}
		memcpy((uint8_t *)used + 4 + 8 * (taken % num), element, sizeof(element));
		taken++;
		__atomic_store_n(&used[1], taken, __ATOMIC_RELEASE);
		requests++;
		given++;
	}
	if (given && call >= 0 && !(avail[0] & 1) && write(call, &one, sizeof(one)) != sizeof(one))
		die("the call of a queue");
}

/* --- messages --- */

static void receive(void)
{
	char room[CMSG_SPACE(sizeof(fds))];
	size_t head = offsetof(struct message, number);
	struct iovec iov = { &message, head };
	struct msghdr got = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = room,
			      .msg_controllen = sizeof(room) };
	struct cmsghdr *part;
	ssize_t size = recvmsg(connection, &got, MSG_WAITALL | MSG_CMSG_CLOEXEC);

	num_fds = 0;
	if (size <= 0)
		message.size = message.request = 0;
	if (size <= 0)
		return;
	must(size == (ssize_t)head && message.size <= sizeof(message) - head, "its size");
	must((message.flags & 7) == VERSION, "its flags");
	part = CMSG_FIRSTHDR(&got);
	if (part && part->cmsg_type == SCM_RIGHTS) {
		num_fds = (int)((part->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(fds, CMSG_DATA(part), (size_t)num_fds * sizeof(int));
	}
	if (message.size)
		must(recv(connection, &message.number, message.size, MSG_WAITALL) ==
		     (ssize_t)message.size, "all of it");
	messages++;
}

static void answer(size_t size)
{
	message.flags = VERSION | REPLY;
	message.size = (uint32_t)size;
	size += offsetof(struct message, number);
	if (send(connection, &message, size, MSG_NOSIGNAL) != (ssize_t)size)
		die("an answer");
}

static void answer_number(uint64_t number)
{
	message.number = number;
	answer(sizeof(number));
}

static void take_event(int *event)
{
	must(num_fds == 1 && !(message.number & 0x1ff), "its descriptor");
	if (*event >= 0)
		close(*event);
	*event = fds[0];
}

static void tell_config(void)
{
	must(message.config.offset + message.config.size <= sizeof(message.config.bytes) &&
	     message.size == 12 + message.config.size, "size of the configuration");
	memset(message.config.bytes, 0, sizeof(message.config.bytes));
	memcpy(message.config.bytes, &sectors, sizeof(sectors));
	answer(message.size);
}

static void handle(void)
{
	bool acknowledge = message.flags & NEED_REPLY;

	switch (message.request) {
	case 1:
		answer_number(FEATURES);
		return;
	case 2:
		accepted = message.number;
		must(!(accepted & ~FEATURES), "features that were not offered");
		break;
	case 3:		/* owner */
	case 16:	/* features of the protocol */
		break;
	case 5:
		set_memory();
		break;
	case 8:
		num = message.state.num;
		break;
	case 9:
		descs = (const void *)at(message.ring.desc, 16 * num, true);
		avail = (volatile uint16_t *)at(message.ring.avail, 4 + 2 * num, true);
		used = (volatile uint16_t *)at(message.ring.used, 4 + 8 * num, true);
		must(descs && avail && used, "addresses that are nowhere");
		break;
	case 10:
		taken = (uint16_t)message.state.num;
		break;
	case 11:
		enabled = false;
		message.state.num = taken;
		answer(sizeof(message.state));
		return;
	case 12:
		take_event(&kick);
		break;
	case 13:
		take_event(&call);
		break;
	case 15:
		answer_number(PROTOCOL);
		return;
	case 18:
		enabled = message.state.num;
		serve();
		break;
	case 24:
		tell_config();
		return;
	default:
		must(false, "it is unknown");
	}
	if (acknowledge)
		answer_number(0);
}

static void work(void)
{
	uint64_t count;

	for (;;) {
		struct pollfd wait[2] = {
			{ .fd = connection, .events = POLLIN }, { .fd = kick, .events = POLLIN },
		};

		if (poll(wait, 2, -1) < 0)
			die("poll");
		if (wait[1].revents & POLLIN && read(kick, &count, sizeof(count)) > 0)
			serve();
		if (!wait[0].revents)
			continue;
		receive();
		if (!message.request)
			return;
		handle();
	}
}

/* What is there after the front end has gone is nobody's. */
static void look_late(void)
{
	unsigned long looks = 0, others = 0;
	uint32_t i;

	for (looks = 0; looks < 1000; looks++) {
		for (i = 0; i < num_regions; i++) {
			volatile uint32_t *word = (volatile uint32_t *)mapped[i];

			others += *word != (uint32_t)looks && looks;
			*word = (uint32_t)looks + 1;
		}
		usleep(1000);
	}
	printf("looked %lu times, found what others wrote %lu times\n", looks, others);
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	struct stat stat;

	if (argc < 3)
		return 2;
	disk = open(argv[2], O_RDWR);
	if (disk < 0 || fstat(disk, &stat))
		die(argv[2]);
	sectors = (uint64_t)stat.st_size / SECTOR;
	strncpy(address.sun_path, argv[1], sizeof(address.sun_path) - 1);
	unlink(argv[1]);
	if (listener < 0 || bind(listener, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(listener, 1))
		die(argv[1]);
	connection = accept(listener, NULL, NULL);
	if (connection < 0)
		die("accept");
	work();
	if (argc > 3)
		look_late();
	printf("messages %lu, requests %lu, features %llx\n", messages, requests,
	       (unsigned long long)accepted);
	return 0;
}

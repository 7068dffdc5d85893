// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The other end of a cell's virtio disk, as a program of Linux is one. The guest is untrusted: what
 * it wrote is copied, then checked, and all that it can name lies in the memory of the link.
 *
 *	virtio_user DEVICE FILE MEMORY [COUNT]
 *
 * MEMORY is where the guest sees the link's memory. The program ends when the cell does, or after
 * COUNT requests, and says what it saw: lives of the device, requests, chains that cannot be.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jh/config.h>
#include <jh/ioctl.h>
#include <jh/link.h>
#include <jh/virtio.h>

#define SECTOR		512
#define HEADER		16	/* bytes of a request's */
#define MOST		1024	/* elements of a queue */
#define DESC_NEXT	1
#define DESC_WRITE	2
#define DESC_INDIRECT	4
#define BLK_IN		0
#define BLK_OUT		1

struct desc {
	uint64_t address;
	uint32_t length;
	uint16_t flags;
	uint16_t next;
};

/* What the guest set up, copied once. */
struct queue {
	uint32_t num;
	uint64_t desc, avail, used;
	uint16_t taken, given;
};

/* A buffer of the guest's, that lies in the memory. */
struct piece {
	uint8_t *at;
	uint32_t length;
	int writable;
};

static int link_fd, disk;
static struct jh_link_info info;
static volatile uint32_t *registers;
static uint8_t *common;
static uint64_t common_at, disk_size;	/* as the guest sees it; bytes */
static unsigned long devices, requests, refused, most_requests;

static sigjmp_buf gone;

/* The cell was destroyed: its memory and the registers are out of this program. */
static void memory_gone(int number)
{
	siglongjmp(gone, 1);
}

static void die(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(1);
}

static uint32_t get(uint32_t offset)
{
	return registers[offset / 4];
}

static void put(uint32_t offset, uint32_t value)
{
	registers[offset / 4] = value;
}

/* The cell's word of the state table: the page of registers has it, too. */
static uint32_t peer_state(void)
{
	return get(JH_LINK_PEER_STATE);
}

/* NULL: not all of it lies in the memory. */
static uint8_t *at(uint64_t address, uint64_t length)
{
	uint64_t offset = address - common_at;

	if (address < common_at || offset > info.common || length > info.common - offset)
		return NULL;
	return common + offset;
}

static uint16_t load16(uint64_t address)
{
	return __atomic_load_n((uint16_t *)at(address, 2), __ATOMIC_ACQUIRE);
}

static uint64_t get64(uint32_t offset)
{
	return get(offset) | (uint64_t)get(offset + 4) << 32;
}

/* 1: the queue is there, whole, in the memory, and nobody has reset the device meanwhile. */
static int copy_queue(struct queue *queue, uint32_t state)
{
	uint32_t base = JH_VIRTIO_ROOT_QUEUE(0);

	*queue = (struct queue){
		.num = get(base + JH_VIRTIO_QUEUE_NUM_AT),
		.desc = get64(base + JH_VIRTIO_QUEUE_DESC_AT),
		.avail = get64(base + JH_VIRTIO_QUEUE_DRIVER_AT),
		.used = get64(base + JH_VIRTIO_QUEUE_DEVICE_AT),
	};
	if (!get(base + JH_VIRTIO_QUEUE_READY_AT) || peer_state() != state)
		return 0;
	if (!queue->num || queue->num > MOST || queue->num & (queue->num - 1))
		return 0;
	return !(queue->desc % 16) && !(queue->avail % 2) && !(queue->used % 4) &&
	       at(queue->desc, 16 * queue->num) && at(queue->avail, 4 + 2 * queue->num) &&
	       at(queue->used, 4 + 8 * queue->num);
}

/* The buffers of a chain: how many; -1: it cannot be one. */
static int walk(const struct queue *queue, uint16_t head, struct piece *pieces)
{
	uint32_t n = 0, index = head;
	struct desc desc;

	do {
		if (index >= queue->num || n == queue->num)
			return -1;
		memcpy(&desc, at(queue->desc + 16 * index, 16), sizeof(desc));
		pieces[n].at = at(desc.address, desc.length);
		if (!pieces[n].at || desc.flags & DESC_INDIRECT)
			return -1;
		pieces[n].length = desc.length;
		pieces[n++].writable = desc.flags & DESC_WRITE;
		index = desc.next;
	} while (desc.flags & DESC_NEXT);
	return n;
}

/* Bytes of data that were read or written; -1: an error. */
static int64_t transfer(const struct piece *pieces, int count, uint32_t type, uint64_t sector)
{
	uint64_t place, total = 0;
	ssize_t done;
	int i;

	if (type > BLK_OUT || sector > disk_size / SECTOR)
		return -1;
	place = sector * SECTOR;
	for (i = 0; i < count; i++) {
		if (!pieces[i].writable != (type == BLK_OUT) ||
		    pieces[i].length > disk_size - place)
			return -1;
		done = type == BLK_OUT ? pwrite(disk, pieces[i].at, pieces[i].length, place) :
					 pread(disk, pieces[i].at, pieces[i].length, place);
		if (done != pieces[i].length)
			return -1;
		place += done;
		total += done;
	}
	return total;
}

/* How many bytes the device has written; -1: the chain is not a request. */
static int64_t serve(const struct queue *queue, uint16_t head)
{
	static struct piece pieces[MOST];
	struct {
		uint32_t type, reserved;
		uint64_t sector;
	} header;
	int count = walk(queue, head, pieces);
	struct piece *last;
	int64_t done;

	if (count < 2)
		return -1;
	last = &pieces[count - 1];
	if (pieces[0].writable || pieces[0].length != HEADER || !last->writable ||
	    last->length != 1)
		return -1;
	memcpy(&header, pieces[0].at, sizeof(header));
	done = transfer(pieces + 1, count - 2, header.type, header.sector);
	*last->at = done < 0;
	return 1 + (done > 0 && header.type == BLK_IN ? done : 0);
}

static void give(struct queue *queue, uint16_t head, uint32_t length)
{
	uint8_t *slot = at(queue->used + 4 + 8 * (queue->given % queue->num), 8);
	uint32_t entry[2] = { head, length };

	memcpy(slot, entry, sizeof(entry));
	queue->given++;
	__atomic_store_n((uint16_t *)at(queue->used + 2, 2), queue->given, __ATOMIC_RELEASE);
}

/* All that is there, which is a queue full at most; 0: the guest has said what cannot be. */
static int run(struct queue *queue, uint32_t state)
{
	uint16_t waiting = load16(queue->avail + 2) - queue->taken, head;
	int64_t length;

	if (waiting > queue->num)
		return 0;
	for (; waiting && peer_state() == state; waiting--) {
		head = load16(queue->avail + 4 + 2 * (queue->taken % queue->num));
		queue->taken++;
		length = serve(queue, head);
		if (length < 0)
			return 0;
		give(queue, head, length);
		requests++;
		if (most_requests && requests == most_requests)
			break;
	}
	put(JH_VIRTIO_ROOT_INTERRUPT, JH_VIRTIO_INT_USED);
	return 1;
}

static int more(void)
{
	struct pollfd wait = { .fd = link_fd, .events = POLLIN };
	uint32_t bells;

	if (most_requests && requests >= most_requests)
		return 0;
	if (poll(&wait, 1, 120000) <= 0) {
		fprintf(stderr, "nothing for 120 s, state %x\n", peer_state());
		exit(1);
	}
	return read(link_fd, &bells, sizeof(bells)) == sizeof(bells);
}

/* @state: of the device before this program was there: if it worked, it needs a reset */
static void serve_all(uint32_t state)
{
	struct queue queue = { 0 };
	uint32_t now;
	int works = 0;

	do {
		now = peer_state();
		if (now != state) {
			state = now;
			works = state & JH_VIRTIO_S_DRIVER_OK && copy_queue(&queue, state);
			devices += works;
		}
		if (works && !run(&queue, state)) {
			refused++;
			works = 0;
		}
	} while (more());
}

static void *map(uint64_t offset, size_t size, int rights)
{
	void *memory = mmap(NULL, size, rights, MAP_SHARED, link_fd, offset);

	if (memory == MAP_FAILED)
		die("mmap");
	return memory;
}

static void offer(void)
{
	uint32_t state = 1;

	put(JH_VIRTIO_ROOT_OFFERED, 0);
	put(JH_VIRTIO_ROOT_OFFERED + 4,
	    1U << (JH_VIRTIO_F_VERSION_1 - 32) | 1U << (JH_VIRTIO_F_ACCESS_PLATFORM - 32));
	put(JH_VIRTIO_ROOT_CONFIG, disk_size / SECTOR);
	put(JH_VIRTIO_ROOT_CONFIG + 4, disk_size / SECTOR >> 32);
	if (ioctl(link_fd, JH_LINK_IOC_STATE, &state))
		die("state");
}

int main(int argc, char **argv)
{
	struct stat stat;
	uint32_t before;

	if (argc < 4)
		return 2;
	most_requests = argc > 4 ? strtoul(argv[4], NULL, 0) : 0;
	link_fd = open(argv[1], O_RDWR | O_CLOEXEC);
	if (link_fd < 0 || ioctl(link_fd, JH_LINK_IOC_INFO, &info))
		die(argv[1]);
	disk = open(argv[2], O_RDWR | O_CLOEXEC);
	if (disk < 0 || fstat(disk, &stat))
		die(argv[2]);
	disk_size = stat.st_size / SECTOR * SECTOR;
	common_at = strtoull(argv[3], NULL, 0) + info.table;
	registers = map(JH_LINK_MAP_REGISTERS, JH_LINK_SIZE, PROT_READ | PROT_WRITE);
	common = map(JH_LINK_MAP_MEMORY + info.table, info.common, PROT_READ | PROT_WRITE);
	if (get(JH_VIRTIO_ROOT_KIND) != JH_VIRTIO_BLOCK) {
		fprintf(stderr, "%s is no disk\n", argv[1]);
		return 1;
	}
	before = peer_state();
	offer();
	signal(SIGBUS, memory_gone);
	if (!sigsetjmp(gone, 1))
		serve_all(before);
	printf("devices %lu requests %lu refused %lu\n", devices, requests, refused);
	return 0;
}

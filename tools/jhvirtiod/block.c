// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Block device (Virtual I/O Device 1.2, 5.2). What was written is safe once the guest flushes; for
 * a guest that cannot, with each request.
 */
#include "block.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <jh/config.h>
#include <jh/virtio.h>

#include "iov.h"
#include "jhvirtiod.h"

#define SECTOR		512

#define F_SEG_MAX	2
#define F_RO		5
#define F_BLK_SIZE	6
#define F_FLUSH		9

#define T_IN		0
#define T_OUT		1
#define T_FLUSH		4
#define T_GET_ID	8

#define S_OK		0
#define S_IOERR		1
#define S_UNSUPP	2

/* 5.2.4, as far as it is used */
struct block_config {
	uint64_t capacity;	/* sectors */
	uint32_t size_max;
	uint32_t seg_max;
	uint32_t geometry;
	uint32_t blk_size;
} __attribute__((packed));

struct block_header {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
};

struct block {
	int fd;
	uint64_t size;		/* bytes */
	bool read_only;
	char serial[BLOCK_SERIAL];
};

/* All of the pieces, however many calls it takes; they are used up. */
static bool transfer(const struct block *disk, struct iovec *iov, unsigned int count, bool write,
		     uint64_t place, bool sync)
{
	int flags = sync ? RWF_DSYNC : 0;
	ssize_t done;

	while (count) {
		done = write ? pwritev2(disk->fd, iov, (int)count, (off_t)place, flags) :
			       preadv(disk->fd, iov, (int)count, (off_t)place);
		if (done <= 0)
			return false;
		place += (uint64_t)done;
		count = iov_cut(&iov, count, (size_t)done, SIZE_MAX);
	}
	return true;
}

/* The data are @size bytes that begin in @iov; returns a status. */
static uint8_t move(struct device *device, const struct block_header *header, struct iovec *iov,
		    unsigned int count, size_t offset, size_t size)
{
	const struct block *disk = device->context;
	bool write = header->type == T_OUT;

	if (size % SECTOR || header->sector > disk->size / SECTOR ||
	    size > disk->size - header->sector * SECTOR || (write && disk->read_only))
		return S_IOERR;
	count = iov_cut(&iov, count, offset, size);
	if (!transfer(disk, iov, count, write, header->sector * SECTOR,
		      !(device->accepted & FEATURE(F_FLUSH))))
		return S_IOERR;
	return S_OK;
}

/* Sets the bytes of data that were written to the guest; returns a status. */
static uint8_t carry_out(struct device *device, const struct block_header *header,
			 struct chain *chain, uint32_t *written)
{
	const struct block *disk = device->context;
	uint32_t room = chain->write_bytes - 1;
	uint8_t status;

	switch (header->type) {
	case T_IN:
		status = move(device, header, chain->iov + chain->reads, chain->writes, 0, room);
		*written = status == S_OK ? room : 0;
		return status;
	case T_OUT:
		return move(device, header, chain->iov, chain->reads, sizeof(*header),
			    chain->read_bytes - sizeof(*header));
	case T_FLUSH:
		return fdatasync(disk->fd) ? S_IOERR : S_OK;
	case T_GET_ID:
		if (room < sizeof(disk->serial))
			return S_IOERR;
		*written = (uint32_t)iov_copy_to(chain->iov + chain->reads, chain->writes, 0,
						 disk->serial, sizeof(disk->serial));
		return S_OK;
	}
	return S_UNSUPP;
}

static enum outcome block_serve(struct device *device, unsigned int n, struct chain *chain,
				uint32_t *written)
{
	struct block_header header;
	struct iovec last;
	uint8_t status;

	/* The status is the last byte, wherever the driver has cut. */
	if (iov_copy_from(chain->iov, chain->reads, 0, &header, sizeof(header)) != sizeof(header) ||
	    !chain->write_bytes)
		return OUTCOME_BROKEN;
	last = chain->iov[chain->reads + chain->writes - 1];
	status = carry_out(device, &header, chain, written);
	((uint8_t *)last.iov_base)[last.iov_len - 1] = status;
	*written += 1;
	return OUTCOME_DONE;
}

const struct kind block_kind = {
	.number = JH_VIRTIO_BLOCK,
	.word = "disk",
	.queues = 1,
	.serve = block_serve,
};

/* --- at the start --- */

static int find_size(struct block *disk, const char *file)
{
	struct stat stat;

	if (fstat(disk->fd, &stat))
		return complain("%s: %s", file, strerror(errno));
	disk->size = (uint64_t)stat.st_size;
	if (S_ISBLK(stat.st_mode) ? ioctl(disk->fd, BLKGETSIZE64, &disk->size) :
				    !S_ISREG(stat.st_mode))
		return complain("%s is no disk: name a file or a block device", file);
	if (disk->size < SECTOR)
		return complain("%s is empty: 'truncate -s 1G %s' makes a disk of 1G", file, file);
	disk->size -= disk->size % SECTOR;
	return EXIT_OK;
}

/* A block device that is mounted, a file that another jhvirtiod writes: one user too many. */
static int open_file(struct block *disk, const char *file)
{
	int mode = disk->read_only ? O_RDONLY : O_RDWR;
	struct stat before;

	if (!stat(file, &before) && S_ISBLK(before.st_mode))
		mode |= O_EXCL;
	disk->fd = open(file, mode | O_CLOEXEC | O_NONBLOCK);
	if (disk->fd < 0 && errno == EBUSY)
		return complain("%s is in use by Linux: unmount it first", file);
	if (disk->fd < 0 && (errno == EROFS || errno == EACCES) && !disk->read_only)
		return complain("%s cannot be written: give %s,ro", file, file);
	if (disk->fd < 0)
		return complain("%s: %s", file, strerror(errno));
	if (flock(disk->fd, (disk->read_only ? LOCK_SH : LOCK_EX) | LOCK_NB))
		return complain("%s is the disk of another device already: two guests would "
				"destroy it; give each of them %s,ro, or a copy", file, file);
	return find_size(disk, file);
}

static void describe(struct device *device, const struct block *disk)
{
	uint32_t most = port_get(&device->port, JH_VIRTIO_ROOT_QUEUE_SIZE);
	struct block_config config = {
		.capacity = disk->size / SECTOR,
		/* A request has the queue's elements, less header and status. */
		.seg_max = most > 2 ? most - 2 : 1,
		.blk_size = SECTOR,
	};

	_Static_assert(sizeof(config) % 4 == 0 && sizeof(config) <= sizeof(device->config), "");
	device->features = FEATURE(F_SEG_MAX) | FEATURE(F_BLK_SIZE) | FEATURE(F_FLUSH);
	if (disk->read_only)
		device->features |= FEATURE(F_RO);
	memcpy(device->config, &config, sizeof(config));
	device->config_size = sizeof(config);
}

int block_open(struct device *device, const struct block_request *request)
{
	struct block *disk = calloc(1, sizeof(*disk));
	const char *serial = request->serial ? request->serial : device->port.name;
	int ret;

	if (!disk)
		return complain("out of memory");
	if (strlen(serial) > sizeof(disk->serial)) {
		free(disk);
		return complain("the serial number %s is too long: %d characters", serial,
				BLOCK_SERIAL);
	}
	memcpy(disk->serial, serial, strlen(serial));
	disk->read_only = request->read_only;
	device->kind = &block_kind;
	device->context = disk;
	ret = open_file(disk, request->file);
	if (!ret)
		describe(device, disk);
	return ret;
}

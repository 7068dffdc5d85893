// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <jh/ioctl.h>

#include "clock.h"
#include "text.h"

int device_open(void)
{
	return open(JH_DEVICE, O_RDWR | O_CLOEXEC);
}

static void __attribute__((noreturn)) exec_modprobe(int error)
{
	dup2(error, STDERR_FILENO);
	execlp("modprobe", "modprobe", "jh", NULL);
	/* PATH of a user may lack the directories of root's programs. */
	execl("/sbin/modprobe", "modprobe", "jh", NULL);
	execl("/usr/sbin/modprobe", "modprobe", "jh", NULL);
	_exit(EXIT_NO_PROGRAM);
}

/* Reads until the other end is closed; bytes that do not fit are dropped. */
static void read_all(int fd, char *text, size_t size)
{
	char rest[256];
	size_t length = 0;
	ssize_t got;

	do {
		if (length + 1 < size)
			got = read(fd, text + length, size - 1 - length);
		else
			got = read(fd, rest, sizeof(rest));
		if (got > 0 && length + 1 < size)
			length += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	text[length] = 0;
}

int device_load(char *said, size_t size)
{
	int pipes[2], status;
	pid_t child;

	errno = EPERM;
	if (geteuid() || pipe2(pipes, O_CLOEXEC))
		return -1;
	child = fork();
	if (!child)
		exec_modprobe(pipes[1]);
	close(pipes[1]);
	if (child > 0)
		read_all(pipes[0], said, size);
	close(pipes[0]);
	if (child < 0 || waitpid(child, &status, 0) < 0)
		return -1;
	errno = WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM ? ENOENT : EIO;
	return status ? -1 : 0;
}

int device_call(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument);
}

void device_close(int fd)
{
	close(fd);
}

int device_link_open(const char *cell, const char *link)
{
	char *path = text_format("%s/%s/%s", JH_LINK_DIRECTORY, cell, link);
	int fd = open(path, O_RDWR | O_CLOEXEC), number = errno;

	free(path);
	errno = number;
	return fd;
}

void *device_link_map(int fd, size_t offset, size_t length, bool writable)
{
	int rights = PROT_READ | (writable ? PROT_WRITE : 0);
	void *memory = mmap(NULL, length, rights, MAP_SHARED, fd, (off_t)offset);

	return memory == MAP_FAILED ? NULL : memory;
}

int device_link_wait(int fd, int milliseconds)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int ready = poll(&wait, 1, milliseconds);
	__u32 bells;

	if (ready <= 0)
		return ready;
	return read(fd, &bells, sizeof(bells)) == sizeof(bells) ? 1 : -1;
}

int device_link_ring(int fd, __u32 bells)
{
	return write(fd, &bells, sizeof(bells)) == sizeof(bells) ? 0 : -1;
}

void device_link_close(int fd)
{
	close(fd);
}

unsigned long long device_now(void)
{
	return clock_ns();
}

bool device_claimed(const char *name)
{
	char *path = text_format("/dev/%s", name);
	/* O_EXCL without O_CREAT fails if the system uses the block device (open(2)). */
	int fd = open(path, O_RDONLY | O_EXCL | O_CLOEXEC);
	bool claimed = fd < 0 && errno == EBUSY;

	if (fd >= 0)
		close(fd);
	free(path);
	return claimed;
}

const char *device_root(void)
{
	return "";
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "device.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <jh/ioctl.h>

#include "text.h"

int device_open(void)
{
	return open(JH_DEVICE, O_RDWR | O_CLOEXEC);
}

int device_call(int fd, unsigned long request, void *argument)
{
	return ioctl(fd, request, argument);
}

void device_close(int fd)
{
	close(fd);
}

bool device_claimed(const char *name)
{
	char *path = text_format("/dev/%s", name);
	/* O_EXCL without O_CREAT: fails if anybody in the kernel relies on it (open(2)). */
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

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "device.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <jh/ioctl.h>

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

const char *device_root(void)
{
	return "";
}

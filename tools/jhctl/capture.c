// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "capture.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jh/ioctl.h>

#include "device.h"

#define TEXT_MAX	(1u << 20)	/* bytes that are kept */

int capture_more(struct capture *capture, int fd, const struct cell_ref *cell)
{
	char piece[4096];
	struct jh_ioctl_read_ring call;

	do {
		call = (struct jh_ioctl_read_ring){
			.buffer = (__u64)(uintptr_t)piece,
			.length = sizeof(piece),
			.position = capture->position,
			.cell = cell->number,
			.generation = cell->generation,
		};
		if (device_call(fd, JH_IOC_READ_RING, &call))
			return errno;
		if (call.copied > sizeof(piece))
			return EPROTO;
		capture->position = call.position;
		capture->lost += call.lost;
		if (capture->length + call.copied < TEXT_MAX) {
			memcpy(capture->text + capture->length, piece, call.copied);
			capture->length += call.copied;
			capture->text[capture->length] = 0;
		}
	} while (call.copied);
	return 0;
}

int capture_start(struct capture *capture)
{
	*capture = (struct capture){ .text = calloc(1, TEXT_MAX) };
	return capture->text ? 0 : ENOMEM;
}

void capture_drop(struct capture *capture)
{
	capture->length = 0;
	capture->lost = 0;
	capture->text[0] = 0;
}

void capture_end(struct capture *capture)
{
	free(capture->text);
	capture->text = NULL;
}

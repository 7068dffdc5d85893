// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "load.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jh/ioctl.h>

#include "device.h"
#include "progress.h"
#include "session.h"
#include "text.h"

#define LOAD_CHUNK	(4u << 20)	/* bytes of one call: progress can be shown in between */
#define LOAD_LIMIT	((size_t)4 << 30)	/* bytes of a file */

/* Where the writing stands, for progress. */
struct load_state {
	int fd;
	__u32 cell;
	const char *name;
	const char *file;
	__u64 done;
	__u64 total;
	const void *zeroes;	/* LOAD_CHUNK bytes */
};

bool load_add(struct load_plan *plan, const char *name, const char *string)
{
	struct load_piece *piece = &plan->piece[plan->count];

	if (plan->count == LOAD_PIECES)
		return false;
	memset(piece, 0, sizeof(*piece));
	piece->name = name;
	piece->string = string;
	plan->count++;
	return true;
}

static int prepare_piece(struct load_piece *piece)
{
	const char *problem;

	if (piece->string) {
		piece->image.file = strdup(piece->string);
		piece->image.length = strlen(piece->string) + 1;
	} else {
		piece->image.file = image_read_file(piece->name, LOAD_LIMIT,
						    &piece->image.length);
	}
	if (!piece->image.file && errno == EFBIG)
		return complain("%s: too big: no more than 4G can be loaded", piece->name);
	if (!piece->image.file && errno == EISDIR)
		return complain("%s is a directory: name a file in it", piece->name);
	if (!piece->image.file)
		return complain("%s: %s", piece->name, strerror(errno));
	problem = image_parse(&piece->image, piece->placed ? &piece->address : NULL);
	if (problem)
		return complain("%s: %s", piece->name, problem);
	return EXIT_OK;
}

/* The first byte of @segment in [start, start + size) that is not 0; false if there is none. */
static bool find_content(const struct image_segment *segment, __u64 start, __u64 size, __u64 *at)
{
	const char *data = segment->data;
	__u64 from = start > segment->address ? start - segment->address : 0;
	__u64 to = segment->filled, i;

	if (start + (size - 1) < segment->address)
		return false;
	if (start + (size - 1) - segment->address < to)
		to = start + (size - 1) - segment->address + 1;
	for (i = from; i < to; i++) {
		if (data[i]) {
			*at = segment->address + i;
			return true;
		}
	}
	return false;
}

/* Does @later overwrite what @piece brings? */
static int check_overwrite(const struct load_piece *piece, const struct load_piece *later)
{
	const struct image_segment *over;
	__u64 at;
	int i, j;

	for (i = 0; i < later->image.count; i++) {
		over = &later->image.segment[i];
		for (j = 0; j < piece->image.count; j++) {
			if (find_content(&piece->image.segment[j], over->address, over->size, &at))
				return complain("%s and %s overlap at 0x%llx: give one of them "
						"another address", piece->name, later->name, at);
		}
	}
	return EXIT_OK;
}

static int check_overwrites(const struct load_plan *plan)
{
	int i, j, ret;

	for (i = 1; i < plan->count; i++) {
		for (j = 0; j < i; j++) {
			ret = check_overwrite(&plan->piece[j], &plan->piece[i]);
			if (ret)
				return ret;
		}
	}
	return EXIT_OK;
}

int load_prepare(struct load_plan *plan)
{
	int i, ret;

	for (i = 0; i < plan->count; i++) {
		ret = prepare_piece(&plan->piece[i]);
		if (ret)
			return ret;
	}
	return check_overwrites(plan);
}

static bool has_address(const struct image *image, __u64 address)
{
	int i;

	for (i = 0; i < image->count; i++) {
		if (address - image->segment[i].address < image->segment[i].size)
			return true;
	}
	return false;
}

void load_check_entry(const struct load_plan *plan, __u64 entry)
{
	const struct load_piece *elf = NULL;
	int i;

	for (i = 0; i < plan->count; i++) {
		const struct load_piece *piece = &plan->piece[i];

		/* Something raw lies at the entry: it will know where the program begins. */
		if (piece->image.elf ? piece->image.entry == entry :
				       has_address(&piece->image, entry))
			return;
		if (piece->image.elf && !elf)
			elf = piece;
	}
	if (elf)
		complain("warning: %s begins at 0x%llx, the cell starts at 0x%llx: set entry = "
			 "0x%llx in the cell's configuration", elf->name, elf->image.entry, entry,
			 elf->image.entry);
}

static int call_load(struct load_state *state, __u64 address, const void *data, __u64 length,
		     __u32 flags)
{
	struct subject subject = { .file = state->file, .cell = state->name };
	struct jh_ioctl_load call = {
		.source = (__u64)(uintptr_t)data,
		.length = length,
		.address = address,
		.cell = state->cell,
		.flags = flags,
	};

	if (device_call(state->fd, JH_IOC_CELL_LOAD, &call)) {
		int number = errno;

		progress_stop();
		return session_refused("cell load", &subject, &call.error, number);
	}
	return EXIT_OK;
}

/* One call: @length bytes from @data to @address. */
static int write_chunk(struct load_state *state, __u64 address, const void *data, __u64 length)
{
	int ret = call_load(state, address, data, length, 0);

	state->done += length;
	if (!ret)
		progress_update(state->done, state->total);
	return ret;
}

/* Is there room for all of it? */
static int check_piece(struct load_state *state, const struct load_piece *piece)
{
	int i, ret = EXIT_OK;

	state->file = piece->name;
	for (i = 0; i < piece->image.count && !ret; i++)
		ret = call_load(state, piece->image.segment[i].address, NULL,
				piece->image.segment[i].size, JH_LOAD_CHECK);
	return ret;
}

static int write_segment(struct load_state *state, const struct image_segment *segment)
{
	__u64 offset, length, limit;
	const void *data;
	int ret;

	for (offset = 0; offset < segment->size; offset += length) {
		limit = offset < segment->filled ? segment->filled : segment->size;
		length = limit - offset < LOAD_CHUNK ? limit - offset : LOAD_CHUNK;
		data = offset < segment->filled ? (const char *)segment->data + offset :
						  state->zeroes;
		ret = write_chunk(state, segment->address + offset, data, length);
		if (ret)
			return ret;
	}
	return EXIT_OK;
}

static int write_piece(struct load_state *state, const struct load_piece *piece)
{
	char *label = text_format("jh: loading %s", piece->name);
	int i, ret = EXIT_OK;

	state->file = piece->name;
	state->done = 0;
	state->total = 0;
	for (i = 0; i < piece->image.count; i++)
		state->total += piece->image.segment[i].size;

	progress_start(label);
	for (i = 0; i < piece->image.count && !ret; i++)
		ret = write_segment(state, &piece->image.segment[i]);
	progress_stop();
	free(label);
	return ret;
}

int load_write(const struct load_plan *plan, int fd, __u32 cell, const char *name)
{
	struct load_state state = { .fd = fd, .cell = cell, .name = name };
	void *zeroes = calloc(1, LOAD_CHUNK);
	int i, ret = EXIT_OK;

	if (!zeroes)
		return complain("out of memory");
	state.zeroes = zeroes;
	for (i = 0; i < plan->count && !ret; i++)
		ret = check_piece(&state, &plan->piece[i]);
	for (i = 0; i < plan->count && !ret; i++)
		ret = write_piece(&state, &plan->piece[i]);
	free(zeroes);
	return ret;
}

void load_free(struct load_plan *plan)
{
	int i;

	for (i = 0; i < plan->count; i++)
		image_free(&plan->piece[i].image);
	plan->count = 0;
}

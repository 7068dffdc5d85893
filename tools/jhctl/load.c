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

#define LOAD_LIMIT	((size_t)4 << 30)	/* bytes of a file */

/* Each segment of a file, and zeroes behind it. */
_Static_assert(LOAD_PIECES * IMAGE_SEGMENTS * 2 <= JH_LOAD_SEGMENTS, "one call takes it all");

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

/* The bytes of a segment in the file, and zeroes for the rest; returns how many entries. */
static __u32 put_segment(struct jh_segment *to, const struct image_segment *from)
{
	__u32 count = 0;

	if (from->filled)
		to[count++] = (struct jh_segment){
			.source = (__u64)(uintptr_t)from->data,
			.length = from->filled,
			.address = from->address,
		};
	if (from->size > from->filled)
		to[count++] = (struct jh_segment){
			.length = from->size - from->filled,
			.address = from->address + from->filled,
		};
	return count;
}

/* The segments of all pieces; @first[i] becomes the index of piece i's first. */
static __u32 put_plan(struct jh_segment *to, const struct load_plan *plan, __u32 *first)
{
	__u32 count = 0;
	int i, j;

	for (i = 0; i < plan->count; i++) {
		first[i] = count;
		for (j = 0; j < plan->piece[i].image.count; j++)
			count += put_segment(&to[count], &plan->piece[i].image.segment[j]);
	}
	return count;
}

static int refused(const struct load_plan *plan, const __u32 *first, const char *name,
		   const struct jh_error *error, int number)
{
	struct subject subject = { .cell = name };
	int i = plan->count - 1;

	if (error->object == JH_OBJ_IMAGE) {
		while (i && first[i] > error->index)
			i--;
		subject.file = plan->piece[i].name;
	}
	return session_refused("cell load", &subject, error, number);
}

int load_write(const struct load_plan *plan, int fd, const struct cell_ref *cell, const char *name)
{
	struct jh_segment *segments = calloc(JH_LOAD_SEGMENTS, sizeof(*segments));
	__u32 first[LOAD_PIECES];
	struct jh_ioctl_load call = {
		.segments = (__u64)(uintptr_t)segments,
		.cell = cell->number,
		.generation = cell->generation,
	};
	int ret;

	if (!segments)
		return complain("out of memory");
	call.count = put_plan(segments, plan, first);
	progress_start("jh: loading");
	ret = device_call(fd, JH_IOC_CELL_LOAD, &call) ? errno : 0;
	progress_stop();
	if (ret)
		ret = refused(plan, first, name, &call.error, ret);
	free(segments);
	return ret;
}

void load_free(struct load_plan *plan)
{
	int i;

	for (i = 0; i < plan->count; i++)
		image_free(&plan->piece[i].image);
	plan->count = 0;
}

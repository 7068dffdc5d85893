// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "load.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <libfdt.h>

#include "device.h"
#include "progress.h"
#include "session.h"
#include "text.h"

#define LOAD_LIMIT	((size_t)4 << 30)	/* bytes of a file */
#define TREE_ALIGN	((__u64)2 << 20)	/* of a device tree without an address */

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

struct load_piece *load_add_data(struct load_plan *plan, const char *name, void *data,
				 size_t length, __u64 address)
{
	struct load_piece *piece = &plan->piece[plan->count];

	load_add(plan, name, NULL);
	piece->placed = true;
	piece->address = address;
	piece->image.file = data;
	piece->image.length = length;
	return piece;
}

void load_at(struct load_piece *piece)
{
	const char *at = strrchr(piece->name, '@');

	if (!at || at == piece->name || !text_number(at + 1, &piece->address))
		return;
	piece->name = piece->owned = text_format("%.*s", (int)(at - piece->name), piece->name);
	piece->placed = true;
}

static int check_tree(const struct load_piece *piece)
{
	const struct image *image = &piece->image;

	if (image->length > INT32_MAX || image->length < sizeof(struct fdt_header) ||
	    fdt_check_header(image->file) || fdt_totalsize(image->file) > image->length)
		return complain("%s is no device tree blob: compile it with dtc", piece->name);
	return EXIT_OK;
}

/* Refuses devices: reading one may never end. */
static int check_file(const struct load_piece *piece)
{
	struct stat st;

	if (!stat(piece->name, &st) && S_ISCHR(st.st_mode))
		return complain("%s is a device: name a file", piece->name);
	return EXIT_OK;
}

/* There is no such file. "FILE@ADDRESS" with a bad address gets a message of its own. */
static int missing_file(const struct load_piece *piece)
{
	const char *at = strrchr(piece->name, '@');
	char *head = at ? text_format("%.*s", (int)(at - piece->name), piece->name) : NULL;
	bool is_there = head && *head && !access(head, F_OK);

	free(head);
	if (is_there)
		return complain("%s: '%s' is no address: give it like 0x1000", piece->name,
				at + 1);
	return complain("%s: %s", piece->name, strerror(ENOENT));
}

static int prepare_piece(struct load_piece *piece)
{
	const char *problem;

	if (!piece->string && check_file(piece))
		return EXIT_REFUSED;
	if (piece->string) {
		piece->image.file = strdup(piece->string);
		piece->image.length = strlen(piece->string) + 1;
	} else if (!piece->image.file) {
		piece->image.file = image_read_file(piece->name, LOAD_LIMIT,
						    &piece->image.length);
	}
	if (!piece->image.file && errno == EFBIG)
		return complain("%s: too big: no more than 4G can be loaded", piece->name);
	if (!piece->image.file && errno == EISDIR)
		return complain("%s is a directory: name a file in it", piece->name);
	if (!piece->image.file && errno == ENOENT)
		return missing_file(piece);
	if (!piece->image.file)
		return complain("%s: %s", piece->name, strerror(errno));
	problem = image_parse(&piece->image, piece->placed ? &piece->address : NULL);
	if (problem)
		return complain("%s: %s", piece->name, problem);
	return piece->tree ? check_tree(piece) : EXIT_OK;
}

/*
 * Finds the first byte of @segment in [start, start + size) that must not be overwritten: one that
 * is not 0, or one of .bss, which the program expects to be 0. False if there is none.
 */
static bool find_content(const struct image_segment *segment, __u64 start, __u64 size, __u64 *at)
{
	const char *data = segment->data;
	__u64 from = start > segment->address ? start - segment->address : 0;
	__u64 to = segment->size, i;

	if (start + (size - 1) < segment->address)
		return false;
	if (start + (size - 1) - segment->address < to)
		to = start + (size - 1) - segment->address + 1;
	for (i = from; i < to; i++) {
		if (i >= segment->filled || data[i]) {
			*at = segment->address + i;
			return true;
		}
	}
	return false;
}

/* Refuses if @later overwrites content of @piece. */
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

/* The end of the highest image other than @but. */
static __u64 end_of_others(const struct load_plan *plan, const struct load_piece *but)
{
	const struct image_segment *segment;
	__u64 end = 0;
	int i, j;

	for (i = 0; i < plan->count; i++) {
		for (j = 0; &plan->piece[i] != but && j < plan->piece[i].image.count; j++) {
			segment = &plan->piece[i].image.segment[j];
			if (segment->address + (segment->size - 1) >= end)
				end = segment->address + segment->size;
		}
	}
	return end;
}

static void place_tree(struct load_plan *plan, struct load_piece *piece)
{
	__u64 end = end_of_others(plan, piece);

	if (!piece->tree || piece->placed)
		return;
	piece->address = (end + TREE_ALIGN - 1) & ~(TREE_ALIGN - 1);
	piece->image.segment[0].address = piece->address;
}

static int find_entry(struct load_plan *plan)
{
	const struct load_piece *elf = NULL, *piece;

	for (piece = plan->piece; piece < plan->piece + plan->count && !plan->has_entry; piece++) {
		if (!piece->image.elf)
			continue;
		if (elf && elf->image.entry != piece->image.entry)
			return complain("%s begins at 0x%llx, %s at 0x%llx: say with --entry where "
					"the cell starts", elf->name, elf->image.entry, piece->name,
					piece->image.entry);
		elf = piece;
	}
	if (elf) {
		plan->entry = elf->image.entry;
		plan->has_entry = true;
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
	for (i = 0; i < plan->count; i++)
		place_tree(plan, &plan->piece[i]);
	ret = find_entry(plan);
	return ret ? ret : check_overwrites(plan);
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
	int i;

	if (plan->has_entry)
		entry = plan->entry;
	for (i = 0; i < plan->count; i++) {
		if (has_address(&plan->piece[i].image, entry))
			return;
	}
	complain("warning: the cell starts at 0x%llx, where nothing was loaded: see --address and "
		 "--entry", entry);
}

/* Stores a segment's bytes of the file, and zeroes for the rest; returns the number of entries. */
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

/* Stores the segments of all pieces; @first[i] becomes the index of piece i's first. */
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

/* An entry comes with an argument: x0 is a device tree's address, or 0. */
static void put_start(struct jh_ioctl_load *call, const struct load_plan *plan, __u64 entry)
{
	const struct load_piece *piece;

	for (piece = plan->piece; piece < plan->piece + plan->count; piece++) {
		if (piece->tree) {
			call->flags |= JH_LOAD_START;
			call->argument = piece->address;
		}
	}
	if (plan->has_entry)
		call->flags |= JH_LOAD_START;
	if (call->flags & JH_LOAD_START)
		call->entry = plan->has_entry ? plan->entry : entry;
}

bool load_program(struct jh_program *program, const char *path)
{
	char *absolute = realpath(path, NULL);
	struct stat st;
	bool known;

	memset(program, 0, sizeof(*program));
	known = absolute && strlen(absolute) < sizeof(program->path) && !stat(absolute, &st);
	if (known) {
		memcpy(program->path, absolute, strlen(absolute));
		program->changed = (__u64)st.st_mtim.tv_sec * 1000000000 +
				   (__u64)st.st_mtim.tv_nsec;
	}
	free(absolute);
	return known;
}

/* The program is the last ELF file of the plan. */
static void put_program(struct jh_ioctl_load *call, const struct load_plan *plan)
{
	int i;

	for (i = 0; i < plan->count; i++) {
		if (plan->piece[i].image.elf)
			load_program(&call->program, plan->piece[i].name);
	}
}

int load_write(const struct load_plan *plan, int fd, const struct cell_ref *cell, const char *name,
	       __u64 entry)
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
	put_start(&call, plan, entry);
	put_program(&call, plan);
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

	for (i = 0; i < plan->count; i++) {
		image_free(&plan->piece[i].image);
		free(plan->piece[i].owned);
	}
	plan->count = 0;
}

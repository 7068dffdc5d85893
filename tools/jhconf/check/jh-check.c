// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * jh-check [-m] FILE...: judges compiled configurations with the code that runs in the hypervisor.
 * If the first file is a system, the others are also judged against it. With -m it writes one line
 * for each file that jhconf reads: reason, object, index, other object, other index, sentence, next
 * step, separated by tabs, where the index of a unit is its row; an OK is a line "OK". Exit status:
 * 0 all good, 1 one was refused, 2 a file cannot be read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lib/config.h>
#include <lib/errtext.h>

struct file {
	const char *name;
	void *blob;
	size_t length;
	__u32 kind;
};

/* One byte more than a valid file can have is read, so that longer ones are refused as such. */
static int read_file(struct file *file)
{
	FILE *stream = fopen(file->name, "rb");
	const struct jh_config_header *header;

	if (!stream) {
		fprintf(stderr, "jh-check: %s: %s\n", file->name, strerror(errno));
		return -1;
	}
	file->blob = calloc(1, JH_CONFIG_MAX_SIZE + 1);
	if (!file->blob) {
		fclose(stream);
		return -1;
	}
	file->length = fread(file->blob, 1, JH_CONFIG_MAX_SIZE + 1, stream);
	fclose(stream);
	header = file->blob;
	file->kind = file->length >= sizeof(*header) && header->kind == JH_CONFIG_SYSTEM ?
		JH_CONFIG_SYSTEM : JH_CONFIG_CELL;
	return 0;
}

/* The index of an element in its section, also of a unit, which errors call by its kind. */
static __u32 row_of(const struct file *file, __u32 object, __u32 index)
{
	const struct jh_config_unit *unit;
	__u32 row;

	if (object != JH_OBJ_UNIT || !JH_ERROR_UNIT_KIND(index))
		return index;
	for (row = 0; row < JH_CONFIG_MAX_UNITS; row++) {
		unit = config_element(file->blob, file->length, JH_SECTION_UNIT, row);
		if (unit && JH_ERROR_UNIT(unit->kind, unit->index) == index)
			break;
	}
	return row;
}

static void print_verdict(const struct file *file, const struct file *system,
			  const struct jh_error *err, int machine)
{
	struct errtext_context context = {
		.file = machine ? NULL : file->name, .blob = file->blob, .length = file->length,
		.system = system ? system->blob : NULL,
		.system_length = system ? system->length : 0,
	};
	char sentence[ERRTEXT_SIZE], next[ERRTEXT_SIZE];

	if (!err->reason) {
		printf(machine ? "OK\n" : "%s: OK\n", file->name);
		return;
	}
	errtext_sentence(sentence, sizeof(sentence), &context, err);
	errtext_next(next, sizeof(next), &context, err);
	if (machine)
		printf("%s\t%u\t%u\t%u\t%u\t%s\t%s\n", errtext_reason(err->reason), err->object,
		       row_of(file, err->object, err->index), err->other_object,
		       row_of(system ? system : file, err->other_object, err->other_index),
		       sentence, next);
	else
		printf("%s\n    %s\n", sentence, next);
}

static int judge(const struct file *file, const struct file *system, int machine)
{
	struct jh_error err;
	int ret = config_check(file->blob, file->length, file->kind, &err);

	if (!ret && system && file->kind == JH_CONFIG_CELL)
		ret = config_check_against(system->blob, file->blob, &err);
	print_verdict(file, system, &err, machine);
	return ret;
}

int main(int argc, char **argv)
{
	struct file first = { 0 };
	int machine = argc > 1 && !strcmp(argv[1], "-m");
	int i = 1 + machine, status = 0;

	if (i >= argc) {
		fprintf(stderr, "usage: jh-check [-m] [SYSTEM] CELL...\n");
		return 2;
	}
	for (; i < argc; i++) {
		struct file file = { .name = argv[i] };
		int good;

		if (read_file(&file))
			return 2;
		good = !judge(&file, first.blob ? &first : NULL, machine);
		if (!good)
			status = 1;
		if (good && file.kind == JH_CONFIG_SYSTEM && !first.blob)
			first = file;
		else
			free(file.blob);
	}
	free(first.blob);
	return status;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Unit tests of the parts that need no device, and a fuzzer for files that go into cells.
 * Prints TAP. Built with address and undefined-behaviour sanitizers.
 */
#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../image.h"
#include "../jhctl.h"
#include "../json.h"
#include "../text.h"

#define FUZZ_ROUNDS	200000

static int number, failures;

static void check(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++number, what);
	failures += !good;
}

int complain(const char *format, ...)
{
	(void)format;
	return EXIT_REFUSED;
}

static void test_sizes(void)
{
	static const struct {
		__u64 bytes;
		const char *text;
	} rows[] = {
		{ 0, "0" }, { 1, "1" }, { 1023, "1023" }, { 1024, "1K" }, { 1025, "1025" },
		{ 1536ULL << 20, "1.5G" }, { 64 << 20, "64M" }, { 1ULL << 40, "1T" },
		{ 4096, "4K" }, { ~0ULL, "18446744073709551615" },
	};
	char buffer[TEXT_SIZE_LEN];
	bool good = true;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		good = good && !strcmp(text_size(buffer, rows[i].bytes), rows[i].text);
	check(good, "text_size");
}

static void test_cpus(void)
{
	char buffer[TEXT_CPUS_LEN];

	check(!strcmp(text_cpus(buffer, 0), "-"), "no CPU");
	check(!strcmp(text_cpus(buffer, 0x27), "0-2,5"), "a set of CPUs");
	check(!strcmp(text_cpus(buffer, ~0ULL), "0-63"), "all CPUs");
	check(!strcmp(text_cpus(buffer, 1ULL << 63), "63"), "the last CPU");
	check(strlen(text_cpus(buffer, 0x5555555555555555ULL)) < TEXT_CPUS_LEN &&
	      strstr(buffer, "60,62"), "every other CPU fits");
}

static void test_numbers(void)
{
	static const struct {
		const char *text;
		bool good;
		__u64 value;
	} rows[] = {
		{ "0", true, 0 }, { "0x1000", true, 0x1000 }, { "64K", true, 65536 },
		{ "2M", true, 2 << 20 }, { "1G", true, 1 << 30 },
		{ "0xffffffffffffffff", true, ~0ULL },
		{ "0x10000000000000000", false, 0 }, { "", false, 0 }, { "-1", false, 0 },
		{ "12x", false, 0 }, { "K", false, 0 }, { "1KB", false, 0 }, { " 1", false, 0 },
		{ "17179869184G", false, 0 }, { "0x", false, 0 },
	};
	__u64 value;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool good = text_number(rows[i].text, &value);

		check(good == rows[i].good && (!good || value == rows[i].value), rows[i].text);
	}
}

static void test_distance(void)
{
	check(text_distance("status", "status") == 0, "same words");
	check(text_distance("statsu", "status") == 1, "a swap counts once");
	check(text_distance("STATSU", "status") == 1, "capitals are no mistake");
	check(text_distance("lst", "list") == 1, "a missing letter");
	check(text_distance("", "abc") == 3, "an empty word");
	check(text_distance("0123456789012345678901234567890123456789", "a") >= 32,
	      "a word that is too long");
}

static void test_json(void)
{
	static const char expected[] = "{\n  \"a\": \"q\\\"\\\\\\u000a\\u00ff\",\n  \"b\": [],\n"
				       "  \"c\": [\n    1,\n    null\n  ]\n}\n";
	char *text = NULL;
	size_t length = 0;
	struct json json = { .out = open_memstream(&text, &length) };

	json_open(&json, NULL, '{');
	json_string(&json, "a", "q\"\\\n\xff");
	json_open(&json, "b", '[');
	json_close(&json, ']');
	json_open(&json, "c", '[');
	json_number(&json, NULL, 1);
	json_string(&json, NULL, NULL);
	json_close(&json, ']');
	json_close(&json, '}');
	fclose(json.out);
	check(!strcmp(text, expected), "JSON");
	free(text);
}

/* A sound ELF file: one segment of 16 bytes, 32 in memory. */
struct elf_file {
	Elf64_Ehdr header;
	Elf64_Phdr segment[2];
	char data[16];
};

static struct elf_file sound_elf(void)
{
	struct elf_file elf = {
		.header = {
			.e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			.e_type = ET_EXEC,
			.e_machine = EM_AARCH64,
			.e_entry = 0x40,
			.e_phoff = offsetof(struct elf_file, segment),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = 2,
		},
		.segment = { {
			.p_type = PT_LOAD,
			.p_offset = offsetof(struct elf_file, data),
			.p_paddr = 0x1000,
			.p_filesz = 16,
			.p_memsz = 32,
		} },
	};

	return elf;
}

/* Parse a copy of exactly @length bytes, so that the sanitizer sees every byte beyond. */
static const char *parse(const void *bytes, size_t length, struct image *image)
{
	const char *problem;

	memset(image, 0, sizeof(*image));
	image->file = malloc(length ? length : 1);
	image->length = length;
	memcpy(image->file, bytes, length);
	problem = image_parse(image, NULL);
	return problem;
}

static bool refused(const struct elf_file *elf, size_t length)
{
	struct image image;
	bool bad = parse(elf, length, &image);

	image_free(&image);
	return bad;
}

#define REFUSES(what, change) do {					\
	struct elf_file elf = sound_elf();				\
									\
	change;								\
	check(refused(&elf, sizeof(elf)), "ELF refused: " what);	\
} while (0)

static void test_elf(void)
{
	struct elf_file sound = sound_elf();
	struct image image;
	bool all = true;
	size_t length;

	check(!parse(&sound, sizeof(sound), &image) && image.elf && image.count == 1 &&
	      image.segment[0].address == 0x1000 && image.segment[0].size == 32 &&
	      image.segment[0].filled == 16 && image.entry == 0x40, "a sound ELF file");
	image_free(&image);

	for (length = SELFMAG; length < sizeof(sound); length++)
		all = all && refused(&sound, length);
	check(all, "ELF refused: cut at any length");

	REFUSES("32 bits", elf.header.e_ident[EI_CLASS] = ELFCLASS32);
	REFUSES("big-endian", elf.header.e_ident[EI_DATA] = ELFDATA2MSB);
	REFUSES("another architecture", elf.header.e_machine = EM_X86_64);
	REFUSES("an object file", elf.header.e_type = ET_REL);
	REFUSES("no program headers", elf.header.e_phnum = 0);
	REFUSES("odd program headers", elf.header.e_phentsize = 8);
	REFUSES("program headers outside", elf.header.e_phoff = sizeof(elf));
	REFUSES("program headers far away", elf.header.e_phoff = ~0ULL - 8);
	REFUSES("too many program headers", elf.header.e_phnum = 0xffff);
	REFUSES("nothing to load", elf.segment[0].p_type = PT_NOTE);
	REFUSES("bytes outside of the file", elf.segment[0].p_offset = sizeof(elf) - 15);
	REFUSES("bytes far away", elf.segment[0].p_offset = ~0ULL - 4);
	REFUSES("more in the file than in memory", elf.segment[0].p_memsz = 15);
	REFUSES("the end of the address space", elf.segment[0].p_paddr = ~0ULL - 8);
	REFUSES("overlapping segments", (elf.segment[1] = elf.segment[0],
					 elf.segment[1].p_paddr += 31));
}

static void test_raw(void)
{
	struct image image = { .file = strdup("abcd"), .length = 4 };
	__u64 address = 0x2000;

	check(!image_parse(&image, &address) && image.count == 1 && !image.elf &&
	      image.segment[0].address == 0x2000 && image.segment[0].size == 4, "raw bytes");
	address = ~0ULL - 2;
	check(image_parse(&image, &address), "raw bytes that wrap are refused");
	image.length = 0;
	check(image_parse(&image, NULL), "an empty file is refused");
	image_free(&image);
}

/* Whatever the file is: every segment lies inside of it and does not wrap. */
static bool holds(const struct image *image)
{
	const char *start = image->file;
	int i;

	for (i = 0; i < image->count; i++) {
		const struct image_segment *segment = &image->segment[i];
		const char *data = segment->data;

		if (!segment->size || segment->filled > segment->size ||
		    segment->address + segment->size - 1 < segment->address ||
		    data < start || data > start + image->length ||
		    segment->filled > (size_t)(start + image->length - data))
			return false;
	}
	return true;
}

static void fuzz_image(void)
{
	static const __u8 favourites[] = { 0, 1, 0x7f, 0x80, 0xff };
	struct elf_file elf;
	struct image image;
	bool good = true;
	int round, edits;

	srand(1);
	for (round = 0; round < FUZZ_ROUNDS && good; round++) {
		elf = sound_elf();
		for (edits = rand() % 6; edits >= 0; edits--)
			((__u8 *)&elf)[(size_t)rand() % sizeof(elf)] = rand() & 1 ?
				(__u8)rand() : favourites[rand() % 5];
		if (!parse(&elf, sizeof(elf) - (rand() % 8 ? 0 : (size_t)rand() % 64), &image))
			good = holds(&image);
		image_free(&image);
	}
	check(good, "fuzzed ELF files");
}

int main(void)
{
	test_sizes();
	test_cpus();
	test_numbers();
	test_distance();
	test_json();
	test_elf();
	test_raw();
	fuzz_image();
	printf("1..%d\n", number);
	return failures != 0;
}

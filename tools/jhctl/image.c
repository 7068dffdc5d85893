// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "image.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FIRST_READ	65536	/* bytes allocated first where the size is unknown */

/* Reads until the end, or until @room bytes are there; returns their number, -1 with errno. */
static ssize_t read_all(int fd, char *buffer, size_t room)
{
	size_t used = 0;
	ssize_t got;

	while (used < room) {
		got = read(fd, buffer + used, room - used);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (!got)
			break;
		used += (size_t)got;
	}
	return (ssize_t)used;
}

/* Bytes to expect. The size of files in /proc and of pipes is 0. */
static size_t first_guess(int fd, size_t limit)
{
	size_t guess = FIRST_READ;
	struct stat st;

	if (fstat(fd, &st))
		return 0;
	if (S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return 0;
	}
	if (S_ISREG(st.st_mode) && (__u64)st.st_size > limit) {
		errno = EFBIG;
		return 0;
	}
	if (S_ISREG(st.st_mode) && st.st_size)
		guess = (size_t)st.st_size;
	return guess < limit ? guess : limit;
}

/* Reads into a buffer that grows; asking for one byte more than expected tells the end. */
void *image_read_fd(int fd, size_t limit, size_t *length)
{
	size_t room = first_guess(fd, limit), used = 0;
	char *buffer = NULL, *larger;
	ssize_t got;

	if (!room)
		return NULL;
	for (;;) {
		larger = realloc(buffer, room + 1);
		if (!larger)
			break;
		buffer = larger;
		got = read_all(fd, buffer + used, room + 1 - used);
		if (got < 0)
			break;
		used += (size_t)got;
		if (used <= room) {
			*length = used;
			return buffer;
		}
		if (used > limit) {
			errno = EFBIG;
			break;
		}
		room = room < limit / 2 ? room * 2 : limit;
	}
	free(buffer);
	return NULL;
}

void *image_read_file(const char *path, size_t limit, size_t *length)
{
	int fd, saved;
	void *data;

	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	data = image_read_fd(fd, limit, length);
	saved = errno;
	close(fd);
	errno = saved;
	return data;
}

static const char *add_segment(struct image *image, const struct image_segment *segment)
{
	const struct image_segment *other;
	__u64 last = segment->address + segment->size - 1;
	int i;

	if (last < segment->address)
		return "a segment wraps around the end of the address space";
	for (i = 0; i < image->count; i++) {
		other = &image->segment[i];
		if (segment->address <= other->address + other->size - 1 &&
		    other->address <= last)
			return "two of its segments overlap";
	}
	if (image->count == IMAGE_SEGMENTS)
		return "it has more than 64 loadable segments";
	image->segment[image->count++] = *segment;
	return NULL;
}

static const char *check_elf_header(const Elf64_Ehdr *elf, size_t length)
{
	if (length < EI_NIDENT)
		return "it is an ELF file that is cut short; copy it again";
	if (elf->e_ident[EI_CLASS] != ELFCLASS64)
		return "it is an ELF file, but not a 64-bit one; build it for aarch64";
	if (elf->e_ident[EI_DATA] != ELFDATA2LSB)
		return "it is a big-endian ELF file; build it for little-endian aarch64";
	if (length < sizeof(*elf))
		return "it is an ELF file that is cut short; copy it again";
	if (elf->e_machine != EM_AARCH64)
		return "it is an ELF file for another architecture; build it for aarch64";
	if (elf->e_type != ET_EXEC && elf->e_type != ET_DYN)
		return "it is an ELF file that was not linked to run; link it";
	if (!elf->e_phnum || elf->e_phentsize != sizeof(Elf64_Phdr))
		return "it is an ELF file without program headers; link it";
	if (elf->e_phoff > length || elf->e_phnum > (length - elf->e_phoff) / sizeof(Elf64_Phdr))
		return "it is an ELF file that is cut short; copy it again";
	return NULL;
}

static const char *parse_elf(struct image *image)
{
	const char *bytes = image->file;
	struct image_segment segment;
	const char *problem;
	Elf64_Ehdr elf = { 0 };
	Elf64_Phdr ph;
	int i;

	memcpy(&elf, bytes, image->length < sizeof(elf) ? image->length : sizeof(elf));
	problem = check_elf_header(&elf, image->length);
	if (problem)
		return problem;
	image->elf = true;
	image->entry = elf.e_entry;

	for (i = 0; i < elf.e_phnum; i++) {
		memcpy(&ph, bytes + elf.e_phoff + (size_t)i * sizeof(ph), sizeof(ph));
		if (ph.p_type != PT_LOAD || !ph.p_memsz)
			continue;
		if (ph.p_filesz > ph.p_memsz)
			return "a segment of it has more bytes in the file than in memory";
		if (ph.p_offset > image->length || ph.p_filesz > image->length - ph.p_offset)
			return "it is an ELF file that is cut short; copy it again";
		if (elf.e_entry - ph.p_vaddr < ph.p_memsz)
			image->entry = elf.e_entry - ph.p_vaddr + ph.p_paddr;
		segment = (struct image_segment){
			.address = ph.p_paddr,
			.size = ph.p_memsz,
			.data = bytes + ph.p_offset,
			.filled = ph.p_filesz,
		};
		problem = add_segment(image, &segment);
		if (problem)
			return problem;
	}
	return image->count ? NULL : "it is an ELF file with nothing to load";
}

const char *image_parse(struct image *image, const __u64 *address)
{
	struct image_segment segment;

	image->count = 0;
	image->elf = false;
	if (!image->length)
		return "it is empty";
	if (image->length >= SELFMAG && !memcmp(image->file, ELFMAG, SELFMAG)) {
		if (address)
			return "it is an ELF file, which says itself where it goes: "
			       "leave --address out";
		return parse_elf(image);
	}
	segment = (struct image_segment){
		.address = address ? *address : 0,
		.size = image->length,
		.data = image->file,
		.filled = image->length,
	};
	return add_segment(image, &segment);
}

void image_free(struct image *image)
{
	free(image->file);
	image->file = NULL;
}

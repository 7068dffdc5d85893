// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Reads all of Linux' memory by /proc/kcore: what cells and the hypervisor have must read as
 * something, and must not be touched.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MAX_SEGMENT	(4ULL << 30)	/* RAM, not the whole of vmalloc's space */

static char buffer[1 << 16];

static unsigned long long read_segment(int fd, const Elf64_Phdr *segment)
{
	unsigned long long done = 0;
	ssize_t count;

	while (done < segment->p_filesz) {
		count = pread(fd, buffer, sizeof(buffer), (off_t)(segment->p_offset + done));
		if (count <= 0) {
			perror("readkcore");
			exit(1);
		}
		done += (unsigned long long)count;
	}
	return done;
}

int main(void)
{
	unsigned long long total = 0, ram = (unsigned long long)sysconf(_SC_PHYS_PAGES) *
					    (unsigned long long)sysconf(_SC_PAGESIZE);
	int fd = open("/proc/kcore", O_RDONLY);
	Elf64_Ehdr header;
	Elf64_Phdr segment;

	if (fd < 0 || read(fd, &header, sizeof(header)) != sizeof(header)) {
		perror("readkcore: /proc/kcore");
		return 1;
	}
	for (int i = 0; i < header.e_phnum; i++) {
		if (pread(fd, &segment, sizeof(segment),
			  (off_t)(header.e_phoff + (unsigned int)i * sizeof(segment))) !=
		    sizeof(segment))
			return 1;
		if (segment.p_type == PT_LOAD && segment.p_filesz <= MAX_SEGMENT)
			total += read_segment(fd, &segment);
	}
	printf("readkcore: %llu bytes, Linux has %llu\n", total, ram);
	return total >= ram ? 0 : 1;
}

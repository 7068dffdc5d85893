// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "symbol.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"
#include "text.h"

#define FILE_LIMIT	((size_t)1 << 30)
#define LINE_SIZE	512

extern char **environ;

/* The best candidate so far. */
struct found {
	const char *name;
	__u64 value;
	bool sized;	/* a function whose size covers the address */
};

const char *symbol_open(struct symbols *symbols, const char *path)
{
	const Elf64_Ehdr *elf;

	memset(symbols, 0, sizeof(*symbols));
	symbols->file = image_read_file(path, FILE_LIMIT, &symbols->length);
	if (!symbols->file)
		return strerror(errno);
	symbols->path = text_format("%s", path);
	elf = (const Elf64_Ehdr *)symbols->file;
	if (symbols->length < sizeof(*elf) || memcmp(elf->e_ident, ELFMAG, SELFMAG) ||
	    elf->e_ident[EI_CLASS] != ELFCLASS64 || elf->e_ident[EI_DATA] != ELFDATA2LSB ||
	    elf->e_machine != EM_AARCH64)
		return "it is no ELF file for aarch64: name the program that the cell runs";
	return NULL;
}

void symbol_end(struct symbols *symbols)
{
	free(symbols->path);
	free(symbols->file);
	memset(symbols, 0, sizeof(*symbols));
}

static bool fits(const struct symbols *symbols, __u64 offset, __u64 size)
{
	return offset <= symbols->length && size <= symbols->length - offset;
}

/* Copies header number @index of a table at @offset, since it need not be aligned in the file. */
static bool read_header(const struct symbols *symbols, __u64 offset, __u32 index, void *header,
			size_t size)
{
	if (offset > symbols->length || !fits(symbols, offset + (__u64)index * size, size))
		return false;
	memcpy(header, symbols->file + offset + (__u64)index * size, size);
	return true;
}

static bool read_section(const struct symbols *symbols, __u32 index, Elf64_Shdr *section)
{
	Elf64_Ehdr elf;

	memcpy(&elf, symbols->file, sizeof(elf));
	return elf.e_shentsize == sizeof(*section) && index < elf.e_shnum &&
	       read_header(symbols, elf.e_shoff, index, section, sizeof(*section));
}

static bool is_executed(const struct symbols *symbols, __u64 address)
{
	Elf64_Ehdr elf;
	Elf64_Phdr ph;
	__u32 i;

	memcpy(&elf, symbols->file, sizeof(elf));
	if (elf.e_phentsize != sizeof(ph))
		return false;
	for (i = 0; i < elf.e_phnum && read_header(symbols, elf.e_phoff, i, &ph, sizeof(ph)); i++) {
		if (ph.p_type == PT_LOAD && ph.p_flags & PF_X &&
		    address - ph.p_vaddr < ph.p_memsz)
			return true;
	}
	return false;
}

/* A string of a string table; NULL unless it ends inside the section. */
static const char *string_at(const struct symbols *symbols, const Elf64_Shdr *strings, __u32 offset)
{
	const char *start = symbols->file + strings->sh_offset + offset;

	if (offset >= strings->sh_size || !memchr(start, 0, strings->sh_size - offset))
		return NULL;
	return start;
}

static bool is_label(const struct symbols *symbols, const Elf64_Sym *symbol, __u64 address)
{
	unsigned int type = ELF64_ST_TYPE(symbol->st_info);
	Elf64_Shdr section;

	if ((type != STT_FUNC && type != STT_NOTYPE) || symbol->st_value > address ||
	    !read_section(symbols, symbol->st_shndx, &section))
		return false;
	return section.sh_flags & SHF_EXECINSTR && address - section.sh_addr < section.sh_size;
}

static void consider(const struct symbols *symbols, const Elf64_Shdr *strings,
		     const Elf64_Sym *symbol, __u64 address, struct found *best)
{
	bool sized = ELF64_ST_TYPE(symbol->st_info) == STT_FUNC &&
		     address - symbol->st_value < symbol->st_size;
	const char *name;

	if (!is_label(symbols, symbol, address) || best->sized > sized)
		return;
	if (best->name && best->sized == sized && symbol->st_value <= best->value)
		return;
	name = string_at(symbols, strings, symbol->st_name);
	/* Mapping symbols ($x, $d) are for disassemblers. */
	if (name && *name && *name != '$')
		*best = (struct found){ name, symbol->st_value, sized };
}

static void search(const struct symbols *symbols, const Elf64_Shdr *table, __u64 address,
		   struct found *best)
{
	Elf64_Shdr strings;
	Elf64_Sym symbol;
	__u64 i;

	if (table->sh_entsize != sizeof(symbol) ||
	    !fits(symbols, table->sh_offset, table->sh_size) ||
	    !read_section(symbols, table->sh_link, &strings) ||
	    !fits(symbols, strings.sh_offset, strings.sh_size))
		return;
	for (i = 0; i < table->sh_size / sizeof(symbol); i++) {
		memcpy(&symbol, symbols->file + table->sh_offset + i * sizeof(symbol),
		       sizeof(symbol));
		consider(symbols, &strings, &symbol, address, best);
	}
}

const char *symbol_find(const struct symbols *symbols, __u64 address, __u64 *offset)
{
	struct found best = { 0 };
	Elf64_Shdr section;
	__u32 i;

	if (!is_executed(symbols, address))
		return NULL;
	for (i = 0; read_section(symbols, i, &section); i++) {
		if (section.sh_type == SHT_SYMTAB)
			search(symbols, &section, address, &best);
	}
	*offset = address - best.value;
	return best.name;
}

/* Reads the first line of a program's output; false if it cannot be started or prints none. */
static bool first_line(char *const argv[], char *line)
{
	posix_spawn_file_actions_t actions;
	int pipes[2], error;
	FILE *output;
	pid_t child;

	if (pipe2(pipes, O_CLOEXEC))
		return false;
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	error = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	close(pipes[1]);
	output = fdopen(pipes[0], "r");
	if (!output || error || !fgets(line, LINE_SIZE, output))
		*line = 0;
	if (output)
		fclose(output);
	if (!error)
		waitpid(child, NULL, 0);
	line[strcspn(line, "\n")] = 0;
	return *line;
}

char *symbol_line(const struct symbols *symbols, __u64 address)
{
	char *where = text_format("0x%llx", address);
	char *argv[] = { "addr2line", "-e", symbols->path, where, NULL };
	char line[LINE_SIZE];
	bool said = first_line(argv, line);
	const char *number = said ? strrchr(line, ':') : NULL;

	free(where);
	/* Lines begin at 1; "FILE:?" and "??:0" mean that the line is unknown. */
	return number && atoi(number + 1) > 0 ? text_format("%s", line) : NULL;
}

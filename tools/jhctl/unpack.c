// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "image.h"
#include "interrupt.h"
#include "jhctl.h"

static const struct {
	const char *program;
	const char *magic;
	size_t length;
} formats[] = {
	{ "gzip", "\x1f\x8b\x08", 3 },
	{ "zstd", "\x28\xb5\x2f\xfd", 4 },
	{ "xz", "\xfd" "7zXZ", 5 },
	{ "lz4", "\x02\x21\x4c\x18", 4 },
	{ "bzip2", "BZh", 3 },
};

const char *unpack_program(const void *data, size_t length)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(formats); i++) {
		if (length > formats[i].length &&
		    !memcmp(data, formats[i].magic, formats[i].length))
			return formats[i].program;
	}
	return NULL;
}

/* An anonymous file with the data, at its start; -1 with errno. */
static int put_aside(const void *data, size_t length)
{
	int fd = memfd_create("jhctl", MFD_CLOEXEC);
	size_t done = 0;
	ssize_t wrote;

	while (fd >= 0 && done < length) {
		wrote = write(fd, (const char *)data + done, length - done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0) {
			close(fd);
			return -1;
		}
		done += (size_t)wrote;
	}
	if (fd >= 0)
		lseek(fd, 0, SEEK_SET);
	return fd;
}

static void __attribute__((noreturn)) child(const char *program, int in, int out)
{
	int quiet = open("/dev/null", O_WRONLY);

	interrupt_forget();
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(quiet, STDERR_FILENO);
	execlp(program, program, "-dc", (char *)NULL);
	_exit(EXIT_NO_PROGRAM);
}

/* Waits for the child's end: 0, or an errno. */
static int verdict(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR)
			return errno;
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_NO_PROGRAM)
		return ENOENT;
	return WIFEXITED(status) && !WEXITSTATUS(status) ? 0 : EBADMSG;
}

/* Runs the program with @in, which is closed, as its input. */
static void *run(const char *program, int in, size_t limit, size_t *unpacked)
{
	int out[2], error;
	void *data = NULL;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC)) {
		close(in);
		return NULL;
	}
	pid = fork();
	if (!pid)
		child(program, in, out[1]);
	close(in);
	close(out[1]);
	if (pid > 0)
		data = image_read_fd(out[0], limit, unpacked);
	error = data ? 0 : errno;
	close(out[0]);
	if (pid > 0 && error != EFBIG) {
		error = verdict(pid);
	} else if (pid > 0) {
		verdict(pid);
	}
	if (!error)
		return data;
	free(data);
	errno = error;
	return NULL;
}

void *unpack(const char *program, const void *data, size_t length, size_t limit, size_t *unpacked)
{
	int in = put_aside(data, length);

	return in < 0 ? NULL : run(program, in, limit, unpacked);
}

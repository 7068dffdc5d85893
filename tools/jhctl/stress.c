// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "stress.h"

#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "interrupt.h"

#define MAX_WORKERS	64
#define BUFFER		(8u << 20)	/* bytes: more than the caches hold */
#define MAPPING		(256u << 10)	/* bytes that are mapped and unmapped */
#define MAPPINGS	50		/* mappings between two passes over the buffer */

static pid_t workers[MAX_WORKERS];
static int count;

static void unmap_often(void)
{
	char *memory;
	int i;

	for (i = 0; i < MAPPINGS; i++) {
		memory = mmap(NULL, MAPPING, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			      -1, 0);
		if (memory == MAP_FAILED)
			return;
		memset(memory, i, MAPPING);
		munmap(memory, MAPPING);
	}
}

static void fork_once(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	if (child > 0)
		waitpid(child, NULL, 0);
}

static void __attribute__((noreturn)) work(void)
{
	char *buffer = mmap(NULL, BUFFER, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
			    0);
	int round = 0;

	interrupt_forget();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;) {
		if (buffer != MAP_FAILED)
			memset(buffer, round++, BUFFER);
		unmap_often();
		fork_once();
	}
}

int stress_start(void)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	for (count = 0; count < cpus && count < MAX_WORKERS; count++) {
		workers[count] = fork();
		if (!workers[count])
			work();
		if (workers[count] < 0) {
			stress_stop();
			return -1;
		}
	}
	return 0;
}

void stress_stop(void)
{
	while (count--) {
		kill(workers[count], SIGKILL);
		waitpid(workers[count], NULL, 0);
	}
	count = 0;
}

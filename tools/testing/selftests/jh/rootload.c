// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Keeps Linux busy for a while, and checks what it computes:
 *
 *	rootload SECONDS [MEGABYTES]
 *
 * cpu		a checksum that must come out the same each time, on every CPU
 * memory	pages are mapped, filled, checked and unmapped
 * pipe		a token goes round between CPUs (wake-ups: reschedule IPIs)
 * barrier	membarrier() interrupts all other CPUs that run this program (call-function IPIs)
 * fork		processes come and go (TLB invalidations)
 *
 * Prints what each did; the status is 1 if something went wrong or one of them stood still.
 */
#include <linux/membarrier.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_CPUS	64

static volatile bool stop;
static unsigned long megabytes = 8;
static int errors;

struct job {
	const char *name;
	bool (*work)(struct job *job);	/* one round; false if it went wrong */
	unsigned long rounds;
	int cpu;			/* where it stays; -1: anywhere */
	int pipes[2][2];
};

static uint32_t checksum(uint32_t seed)
{
	for (int i = 0; i < 20000; i++)
		seed = seed * 1664525 + 1013904223 + (seed >> 16);
	return seed;
}

static bool work_cpu(struct job *job)
{
	volatile double root = 2;

	for (int i = 0; i < 1000; i++)
		root = (root + 2 / root) / 2;
	return checksum(1) == checksum(1) && root > 1.41421356 && root < 1.41421357;
}

static bool work_memory(struct job *job)
{
	size_t size = megabytes << 20;
	uint32_t *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
				-1, 0);
	bool right = true;

	if (memory == MAP_FAILED)
		return false;
	for (size_t i = 0; i < size / 4; i += 256)
		memory[i] = (uint32_t)(i ^ job->rounds);
	for (size_t i = 0; i < size / 4; i += 256)
		right = right && memory[i] == (uint32_t)(i ^ job->rounds);
	munmap(memory, size);
	return right;
}

/* The other end of work_pipe(): sends back what comes, plus one. */
static void *echo(void *argument)
{
	struct job *job = argument;
	uint32_t token;

	while (read(job->pipes[0][0], &token, 4) == 4) {
		token++;
		if (write(job->pipes[1][1], &token, 4) != 4)
			break;
	}
	return NULL;
}

static bool work_pipe(struct job *job)
{
	uint32_t token = (uint32_t)job->rounds, back = 0;

	return write(job->pipes[0][1], &token, 4) == 4 &&
	       read(job->pipes[1][0], &back, 4) == 4 && back == token + 1;
}

static bool work_barrier(struct job *job)
{
	return !syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0);
}

static bool work_fork(struct job *job)
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(42);
	return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 42;
}

static void stay_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	/* The CPU may have gone offline meanwhile; anywhere else is as good. */
	sched_setaffinity(0, sizeof(set), &set);
}

static void *run(void *argument)
{
	struct job *job = argument;

	if (job->cpu >= 0)
		stay_on(job->cpu);
	while (!stop) {
		if (!job->work(job)) {
			fprintf(stderr, "rootload: %s went wrong in round %lu\n", job->name,
				job->rounds);
			__atomic_fetch_add(&errors, 1, __ATOMIC_RELAXED);
			break;
		}
		job->rounds++;
	}
	return NULL;
}

static struct job jobs[5 * MAX_CPUS];
static pthread_t threads[5 * MAX_CPUS];
static int num_jobs;

static void add(const char *name, bool (*work)(struct job *job), int cpu)
{
	struct job *job = &jobs[num_jobs];

	*job = (struct job){ .name = name, .work = work, .cpu = cpu };
	if (work == work_pipe) {
		pthread_t other;

		if (pipe(job->pipes[0]) || pipe(job->pipes[1]) ||
		    pthread_create(&other, NULL, echo, job))
			exit(2);
	}
	if (pthread_create(&threads[num_jobs++], NULL, run, job))
		exit(2);
}

int main(int argc, char **argv)
{
	unsigned int seconds = argc > 1 ? (unsigned int)atoi(argv[1]) : 5;
	cpu_set_t online;

	if (argc > 2)
		megabytes = strtoul(argv[2], NULL, 0);
	if (syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) ||
	    sched_getaffinity(0, sizeof(online), &online)) {
		perror("rootload");
		return 2;
	}
	for (int cpu = 0; cpu < MAX_CPUS; cpu++) {
		if (!CPU_ISSET(cpu, &online))
			continue;
		add("cpu", work_cpu, cpu);
		add("pipe", work_pipe, cpu);
	}
	add("memory", work_memory, -1);
	add("barrier", work_barrier, -1);
	add("fork", work_fork, -1);
	sleep(seconds);
	stop = true;
	for (int i = 0; i < num_jobs; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < num_jobs; i++) {
		printf("rootload: %-8s CPU %2d rounds %lu\n", jobs[i].name, jobs[i].cpu,
		       jobs[i].rounds);
		errors += !jobs[i].rounds;
	}
	return errors ? 1 : 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Programs that sleep and wake up by the timer, each at a rate of its own:
 *
 *	sleepers COUNT SECONDS
 *
 * Each says how often it woke up. The periods drift against each other, so that timers are often
 * set to what is nearly past already. It ends only if the timer of each CPU goes on.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PERIOD_NS	4000000
#define DRIFT_NS	7001
#define SECOND_NS	1000000000

static int sleeper(int number, int seconds)
{
	struct timespec next;
	long wakes = 0;
	time_t end;

	/* As near to what was asked for as the kernel can. */
	prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
	clock_gettime(CLOCK_MONOTONIC, &next);
	end = next.tv_sec + seconds;
	while (next.tv_sec < end) {
		next.tv_nsec += PERIOD_NS + number * DRIFT_NS;
		if (next.tv_nsec >= SECOND_NS) {
			next.tv_nsec -= SECOND_NS;
			next.tv_sec++;
		}
		if (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL))
			return 1;
		wakes++;
	}
	printf("sleeper %d woke up %ld times\n", number, wakes);
	fflush(stdout);
	return wakes < seconds * 200L;
}

int main(int argc, char **argv)
{
	int count = argc == 3 ? atoi(argv[1]) : 0, seconds = argc == 3 ? atoi(argv[2]) : 0;
	int i, status, failed = 0;

	if (count <= 0 || seconds <= 0) {
		fprintf(stderr, "usage: sleepers COUNT SECONDS\n");
		return 2;
	}
	for (i = 0; i < count; i++) {
		if (!fork())
			_exit(sleeper(i, seconds));
	}
	while (wait(&status) > 0)
		failed |= status;
	return failed != 0;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * A thread of its own draws: the work is a system call, which a signal would interrupt.
 */
#include "progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define SILENT_SECONDS	2

static const char *what;
static bool running;
static bool stopping;
static pthread_t thread;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;

static void draw(int seconds)
{
	fprintf(stderr, "\r%s: %d s ", what, seconds);
	fflush(stderr);
}

static void *show(void *unused)
{
	struct timespec next;
	bool drawn = false;
	int seconds;

	(void)unused;
	pthread_mutex_lock(&lock);
	clock_gettime(CLOCK_REALTIME, &next);
	for (seconds = 1; !stopping; seconds++) {
		next.tv_sec++;
		while (!stopping && !pthread_cond_timedwait(&wake, &lock, &next))
			;
		if (stopping || seconds < SILENT_SECONDS)
			continue;
		draw(seconds);
		drawn = true;
	}
	if (drawn)
		fputs("\r\033[K", stderr);
	pthread_mutex_unlock(&lock);
	return NULL;
}

void progress_start(const char *text)
{
	sigset_t all, before;

	if (running || !isatty(STDERR_FILENO))
		return;
	what = text;
	stopping = false;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	running = !pthread_create(&thread, NULL, show, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void progress_stop(void)
{
	if (!running)
		return;
	pthread_mutex_lock(&lock);
	stopping = true;
	pthread_cond_signal(&wake);
	pthread_mutex_unlock(&lock);
	pthread_join(thread, NULL);
	running = false;
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 */
#include "interrupt.h"
#include "jhctl.h"

#include <signal.h>
#include <stddef.h>

#define SIGNALS		ARRAY_SIZE(signals)

static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
static volatile sig_atomic_t came;

static void note(int number)
{
	came = number;
}

/* Signals that are ignored, by nohup or for a shell's background job, stay so. */
static void handle(void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler }, old;
	size_t i;

	for (i = 0; i < SIGNALS; i++)
		if (!sigaction(signals[i], NULL, &old) && old.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
}

void interrupt_watch(void)
{
	handle(note);
}

int interrupt_came(void)
{
	return came;
}

void interrupt_ignore(void)
{
	handle(SIG_IGN);
}

void interrupt_end(void)
{
	if (!came)
		return;
	signal(came, SIG_DFL);
	raise(came);
}

void interrupt_forget(void)
{
	handle(SIG_DFL);
}

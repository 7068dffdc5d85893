// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * How the program gives up what it was, over a Linux that only notes it: in which order, for whom,
 * and that no failure is passed over. test-loop has the same in a real process.
 */
#undef geteuid
#undef setgroups
#undef setresgid
#undef setresuid
#undef prctl
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../jhvirtiod.h"
#include "../sandbox.h"
#include "guest.h"

uid_t fake_geteuid(void);
int fake_setgroups(size_t count, const gid_t *groups);
int fake_setresgid(gid_t real, gid_t effective, gid_t saved);
int fake_setresuid(uid_t real, uid_t effective, uid_t saved);
int fake_prctl(int option, ...);

static char events[256];
static const char *fails;		/* the event that fails */
static int error;
static uid_t user;
static struct sock_filter filter[64];
static unsigned int filter_length;

static int event(const char *text)
{
	strcat(events, text);
	strcat(events, ";");
	errno = error;
	return fails && !strcmp(fails, text) ? -1 : 0;
}

uid_t fake_geteuid(void)
{
	return user;
}

int fake_setgroups(size_t count, const gid_t *groups)
{
	assert_null(groups);
	return event(count ? "some groups" : "alone");
}

int fake_setresgid(gid_t real, gid_t effective, gid_t saved)
{
	assert_true(real == 9 && effective == 9 && saved == 9);
	return event("group");
}

int fake_setresuid(uid_t real, uid_t effective, uid_t saved)
{
	assert_true(real == 7 && effective == 7 && saved == 7);
	return event("user");
}

int fake_prctl(int option, ...)
{
	const struct sock_fprog *program;
	va_list list;
	int one;

	va_start(list, option);
	one = va_arg(list, int);
	if (option == PR_SET_NO_NEW_PRIVS) {
		assert_int_equal(one, 1);
		va_end(list);
		return event("privileges");
	}
	assert_int_equal(option, PR_SET_SECCOMP);
	assert_int_equal(one, SECCOMP_MODE_FILTER);
	program = va_arg(list, const struct sock_fprog *);
	va_end(list);
	filter_length = program->len;
	assert_true(filter_length <= 64);
	memcpy(filter, program->filter, filter_length * sizeof(filter[0]));
	return event("calls");
}

static int set_up(void **state)
{
	events[0] = '\0';
	fails = NULL;
	error = EIO;
	user = 0;
	return guest_reset(state);
}

static void in_which_order(void **state)
{
	assert_int_equal(sandbox_enter(7, 9), EXIT_OK);
	assert_string_equal(events, "alone;group;user;privileges;calls;");
	events[0] = '\0';
	/* Who wants to stay root does; who is somebody stays so. */
	assert_int_equal(sandbox_enter(0, 9), EXIT_OK);
	user = 1;
	assert_int_equal(sandbox_enter(7, 9), EXIT_OK);
	assert_string_equal(events, "privileges;calls;privileges;calls;");
	assert_int_equal(guest_complaints, 0);
}

static void failures(void **state)
{
	static const struct {
		const char *event, *says;
	} rows[] = {
		{ "alone", "cannot become user 7: Input/output error" },
		{ "group", "cannot become user 7: Input/output error" },
		{ "user", "cannot become user 7: Input/output error" },
		{ "privileges", "cannot give up privileges: Input/output error" },
		{ "calls", "cannot give up calls of the kernel: Input/output error" },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		set_up(state);
		fails = rows[i].event;
		assert_int_equal(sandbox_enter(7, 9), EXIT_REFUSED);
		assert_string_equal(guest_said, rows[i].says);
		/* Nothing follows. */
		assert_string_equal(strstr(events, fails) + strlen(fails), ";");
	}
	set_up(state);
	fails = "calls";
	error = EINVAL;
	assert_int_equal(sandbox_enter(7, 9), EXIT_OK);
}

/* --- the filter, as the kernel reads it: linux/filter.h --- */

static uint32_t verdict(uint32_t architecture, uint32_t call)
{
	uint32_t loaded = 0;
	unsigned int at = 0;

	while (at < filter_length) {
		const struct sock_filter *word = &filter[at++];

		if (word->code == (BPF_RET | BPF_K))
			return word->k;
		if (word->code == (BPF_LD | BPF_W | BPF_ABS)) {
			assert_true(word->k == offsetof(struct seccomp_data, nr) ||
				    word->k == offsetof(struct seccomp_data, arch));
			loaded = word->k == offsetof(struct seccomp_data, nr) ? call : architecture;
			continue;
		}
		assert_int_equal(word->code, BPF_JMP | BPF_JEQ | BPF_K);
		at += loaded == word->k ? word->jt : word->jf;
	}
	fail();
	return 0;
}

static void which_calls(void **state)
{
	static const unsigned int allowed[] = {
		__NR_read, __NR_write, __NR_readv, __NR_writev, __NR_preadv, __NR_pwritev,
		__NR_pwritev2, __NR_fdatasync, __NR_epoll_pwait, __NR_epoll_ctl, __NR_ioctl,
		__NR_fcntl, __NR_close, __NR_getrandom, __NR_clock_gettime, __NR_getpid,
		__NR_sendto, __NR_sendmsg, __NR_recvmsg, __NR_shutdown, __NR_eventfd2, __NR_brk,
		__NR_rt_sigreturn, __NR_rt_sigprocmask, __NR_exit,
		__NR_exit_group,
	};
#if defined(__aarch64__)
	const uint32_t architecture = AUDIT_ARCH_AARCH64;
#else
	const uint32_t architecture = AUDIT_ARCH_X86_64;
#endif
	uint32_t call;
	size_t i;

	assert_int_equal(sandbox_enter(7, 9), EXIT_OK);
	for (call = 0; call < 600; call++) {
		bool right = false;

		for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
			right |= allowed[i] == call;
		assert_int_equal(verdict(architecture, call),
				 right ? SECCOMP_RET_ALLOW : SECCOMP_RET_ERRNO | EPERM);
	}
	assert_int_equal(verdict(architecture ^ 1, __NR_read), SECCOMP_RET_KILL_PROCESS);
}

#define test(name)	cmocka_unit_test_setup(name, set_up)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(in_which_order),
		test(failures),
		test(which_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

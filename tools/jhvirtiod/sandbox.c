// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The calls that are left work on open descriptors, or on this program alone: none of them takes a
 * path. All others fail with EPERM, so that a library that wants one goes on without.
 */
#include "sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jhvirtiod.h"

#if defined(__aarch64__)
#define ARCHITECTURE	AUDIT_ARCH_AARCH64
#elif defined(__x86_64__)
#define ARCHITECTURE	AUDIT_ARCH_X86_64
#endif

static const unsigned int calls[] = {
	__NR_read, __NR_write, __NR_readv, __NR_writev, __NR_preadv, __NR_pwritev, __NR_pwritev2,
	__NR_fdatasync, __NR_epoll_pwait, __NR_epoll_ctl, __NR_ioctl, __NR_fcntl, __NR_close,
	__NR_getrandom, __NR_clock_gettime, __NR_getpid, __NR_sendto, __NR_brk,
	__NR_sendmsg, __NR_recvmsg, __NR_shutdown, __NR_eventfd2,
	__NR_rt_sigreturn, __NR_rt_sigprocmask, __NR_exit, __NR_exit_group,
};

#define CALLS	(sizeof(calls) / sizeof(calls[0]))

static int filter_calls(void)
{
#ifdef ARCHITECTURE
	struct sock_filter filter[CALLS + 6] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = { CALLS + 6, filter };
	unsigned int i;

	for (i = 0; i < CALLS; i++)
		filter[4 + i] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i],
							     (unsigned char)(CALLS - i), 0);
	filter[4 + CALLS] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
							 SECCOMP_RET_ERRNO | EPERM);
	filter[5 + CALLS] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
#else
	return 0;
#endif
}

int sandbox_enter(uid_t user, gid_t group)
{
	if (!geteuid() && user &&
	    (setgroups(0, NULL) || setresgid(group, group, group) || setresuid(user, user, user)))
		return complain("cannot become user %u: %s", (unsigned int)user, strerror(errno));
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return complain("cannot give up privileges: %s", strerror(errno));
	/* A kernel without seccomp has no filter; all else holds there, too. */
	if (filter_calls() && errno != EINVAL)
		return complain("cannot give up calls of the kernel: %s", strerror(errno));
	return EXIT_OK;
}

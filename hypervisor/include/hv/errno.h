/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Linux's error numbers: they reach user space unchanged, through the driver.
 */
#ifndef HV_ERRNO_H
#define HV_ERRNO_H

#ifdef __linux__
#include <errno.h>
#else
#define EPERM		1
#define ENOENT		2
#define EIO		5
#define E2BIG		7
#define EAGAIN		11
#define ENOMEM		12
#define EFAULT		14
#define EBUSY		16
#define EEXIST		17
#define ENODEV		19
#define EINVAL		22
#define EFBIG		27
#define ENOSPC		28
#define ERANGE		34
#define ENOSYS		38
#define EOPNOTSUPP	95
#define ETIMEDOUT	110
#endif

#endif

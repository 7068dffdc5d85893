// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Input of cells' consoles. The bytes travel in the registers of a hypercall that needs no jh_lock,
 * so typing does not wait for management.
 */
#include "jh.h"

#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define PIECE	256	/* copied from user space at a time */

/* One hypercall, in which the hypervisor neither waits nor accesses memory of Linux. */
static long send_some(u32 cell, u32 generation, const u8 *bytes, u32 count)
{
	u64 words[JH_HC_CONSOLE_INPUT_MAX / 8] = { 0 };
	long taken = -ENXIO;

	memcpy(words, bytes, count);
	down_read(&jh_report_lock);
	if (jh_is_active())
		taken = jh_call_untimed(JH_HC_CONSOLE_INPUT, cell, (u64)generation << 32 | count,
					words[0], words[1]);
	up_read(&jh_report_lock);
	return taken;
}

/**
 * jh_input_send() - let a cell's console receive bytes
 *
 * May sleep, but does not wait for the cell.
 *
 * Return: how many bytes there was room for (0 also during a management call); -EAGAIN if the cell
 * does not run, -ENOENT if it is gone or has no input, -ENXIO while disabled.
 */
long jh_input_send(u32 cell, u32 generation, const u8 *bytes, u32 count)
{
	u32 sent = 0, some;
	long taken = 0;

	while (sent < count) {
		some = min_t(u32, count - sent, JH_HC_CONSOLE_INPUT_MAX);
		taken = send_some(cell, generation, bytes + sent, some);
		if (taken > 0)
			sent += taken;
		if (taken != some)
			break;
	}
	return sent || taken == -EBUSY ? sent : taken;
}

/**
 * jh_input_write() - JH_IOC_WRITE_CONSOLE
 *
 * Return: 0, even if there was room for a part only; otherwise as jh_input_send(), or -EFAULT.
 */
int jh_input_write(struct jh_ioctl_write_console *arg)
{
	u8 piece[PIECE];
	u32 count;
	long sent;

	arg->copied = 0;
	while (arg->copied < arg->length) {
		count = min_t(u32, arg->length - arg->copied, sizeof(piece));
		if (copy_from_user(piece, u64_to_user_ptr(arg->buffer) + arg->copied, count))
			sent = -EFAULT;
		else
			sent = jh_input_send(arg->cell, arg->generation, piece, count);
		if (sent < 0)
			return arg->copied ? 0 : sent;
		arg->copied += sent;
		if (sent < count || signal_pending(current))
			break;
		cond_resched();
	}
	return 0;
}

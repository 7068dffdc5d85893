/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Copyright (c) The jh authors
 *
 * /dev/jh: the contract between the driver and jhctl. Every call that can be refused for a reason
 * returns -1 with errno and fills in its struct jh_error.
 *
 * A cell is named by its number and the number's generation, because numbers are reused. Both are
 * in struct jh_cell_report and in sysfs.
 */
#ifndef JH_IOCTL_H
#define JH_IOCTL_H

#include <linux/ioctl.h>
#include <linux/types.h>
#include <jh/error.h>
#include <jh/image.h>
#include <jh/report.h>
#include <jh/trace.h>

#define JH_DEVICE		"/dev/jh"
#define JH_CONFIG_MAX		(1u << 20)	/* bytes of a configuration */

#define JH_WHO_LEN		128	/* bytes of a name in a refusal, its zero among them */

#define JH_ENABLE_DRY_RUN	0x1	/* all checks, then leave everything as it was */

/**
 * struct jh_ioctl_enable - JH_IOC_ENABLE
 * @config:	address of a system configuration
 * @length:	its bytes
 * @flags:	JH_ENABLE_*
 * @error:	out: the reason of a refusal
 * @who:	out: the device, driver or program that {who} of the reason means, or ""
 */
struct jh_ioctl_enable {
	__u64 config;
	__u32 length;
	__u32 flags;
	struct jh_error error;
	char who[JH_WHO_LEN];
};

/** struct jh_ioctl_disable - JH_IOC_DISABLE; EBUSY while cells exist (error names the first) */
struct jh_ioctl_disable {
	struct jh_error error;
};

/**
 * struct jh_ioctl_create - JH_IOC_CELL_CREATE
 * @config:	address of a cell configuration
 * @length:	its bytes
 * @cell:	out: number of the new cell
 * @generation:	out: of the number
 * @reserved:	0
 * @error:	out: the reason of a refusal
 * @who:	out: the device, driver or program that {who} of the reason means, or ""
 */
struct jh_ioctl_create {
	__u64 config;
	__u32 length;
	__u32 cell;
	__u32 generation;
	__u32 reserved;
	struct jh_error error;
	char who[JH_WHO_LEN];
};

/**
 * struct jh_segment - bytes that go to one place of a cell
 * @source:	address of the bytes; 0: zeroes
 * @length:	how many; any number, the driver works in bounded pieces
 * @address:	guest-physical address
 */
struct jh_segment {
	__u64 source;
	__u64 length;
	__u64 address;
};

#define JH_PROGRAM_LEN		248	/* bytes of a path, its zero among them */

/**
 * struct jh_program - the ELF file with the symbols of a guest's program
 *
 * The driver only keeps it with the cell, for JH_IOC_CELL_PLACES.
 *
 * @changed:	st_mtim of the file, in nanoseconds
 * @path:	absolute; "": there is none
 */
struct jh_program {
	__u64 changed;
	char path[JH_PROGRAM_LEN];
};

#define JH_LOAD_SEGMENTS	2048u	/* in one load, at most */
#define JH_LOAD_START		0x1

/**
 * struct jh_ioctl_load - JH_IOC_CELL_LOAD: copy bytes into a stopped cell's loadable memory
 *
 * All segments are checked before the first byte is written. A load that is broken off afterwards
 * (a signal, memory of the caller that cannot be read) leaves a cell that cannot be started until
 * another load that covers all its segments is complete.
 *
 * JH_LOAD_START sets where the cell starts and the value of its first register; both stay for later
 * loads and restarts. A new cell has the entry of its configuration, and 0 in the register.
 *
 * @segments:	address of @count struct jh_segment
 * @count:	1 to JH_LOAD_SEGMENTS, else EINVAL or E2BIG
 * @flags:	JH_LOAD_START: @entry and @argument are given
 * @cell:	number of the cell
 * @generation:	of the number
 * @entry:	guest-physical address in executable memory; 0 without JH_LOAD_START
 * @argument:	x0 of the first CPU, for example a device tree's address; 0 without JH_LOAD_START
 * @program:	the ELF file that is loaded. Without a path the program of an earlier load stays,
 *		unless JH_LOAD_START is given
 * @error:	out: the reason of a refusal; its index is the segment's if its object is the image
 */
struct jh_ioctl_load {
	__u64 segments;
	__u64 entry;
	__u64 argument;
	__u32 count;
	__u32 flags;
	__u32 cell;
	__u32 generation;
	struct jh_program program;
	struct jh_error error;
};

/**
 * struct jh_ioctl_cell - JH_IOC_CELL_START, _SHUTDOWN, _DESTROY
 * @cell:	number of the cell
 * @generation:	of the number
 * @flags:	JH_SHUTDOWN_FORCE: stop without asking the cell
 * @reserved:	0
 * @error:	out: the reason of a refusal
 */
struct jh_ioctl_cell {
	__u32 cell;
	__u32 generation;
	__u32 flags;
	__u32 reserved;
	struct jh_error error;
};

#define JH_SHUTDOWN_FORCE	0x1

/**
 * struct jh_ioctl_places - JH_IOC_CELL_PLACES: the program counters of a cell's CPUs
 *
 * Each CPU that executes the guest is interrupted once, for about a microsecond. The CPUs of a cell
 * with direct interrupts are left alone.
 *
 * @cell:	number of the cell
 * @generation:	of the number
 * @pc:		out: by Linux' number of the CPU. A parked CPU has the one at which it was parked.
 *		JH_PC_UNKNOWN: the CPU has not run in this life, its interrupts are direct, or it is
 *		not the cell's. JH_PC_SILENT: the CPU does not answer
 * @program:	out: the program of the cell, struct jh_ioctl_load
 * @error:	out: the reason of a refusal
 */
struct jh_ioctl_places {
	__u32 cell;
	__u32 generation;
	__u64 pc[JH_MAX_CPUS];
	struct jh_program program;
	struct jh_error error;
};

#define JH_PC_SILENT		(~1ULL)

/**
 * struct jh_ioctl_read_ring - JH_IOC_READ_RING: the hypervisor's log or a cell's output
 * @buffer:	address to copy to
 * @length:	its bytes
 * @position:	in: first byte wanted, counted from the first one ever written; out: the next one
 * @lost:	out: bytes from @position on that were overwritten
 * @copied:	out: bytes copied; 0: nothing new
 * @cell:	a cell's number, 0: the hypervisor's log
 * @generation:	of the number; 0 for the log
 */
struct jh_ioctl_read_ring {
	__u64 buffer;
	__u64 position;
	__u64 lost;
	__u32 length;
	__u32 copied;
	__u32 cell;
	__u32 generation;
};

/**
 * struct jh_ioctl_report - JH_IOC_REPORT: a copy of the report area's first bytes (jh/report.h)
 * @buffer:	address to copy to: struct jh_report and its arrays, offsets as in the area
 * @length:	its bytes; ENXIO while disabled
 * @reserved:	0
 */
struct jh_ioctl_report {
	__u64 buffer;
	__u32 length;
	__u32 reserved;
};

/**
 * struct jh_ioctl_write_console - JH_IOC_WRITE_CONSOLE: send bytes to the console of a cell
 * @buffer:	address of the bytes
 * @length:	how many
 * @copied:	out: how many of them there was room for; the call does not wait for the cell
 * @cell:	number of the cell; EAGAIN: it does not run; ENOENT: it is gone, or has no input
 * @generation:	of the number
 */
struct jh_ioctl_write_console {
	__u64 buffer;
	__u32 length;
	__u32 copied;
	__u32 cell;
	__u32 generation;
};

/**
 * struct jh_ioctl_trace - JH_IOC_TRACE: record exits
 *
 * The call makes a file, and exits are recorded while it is open; there can be one such file. Its
 * read() gives whole struct jh_trace_entry, as many as there are and fit, those of one CPU in their
 * order. It never waits: EAGAIN: there are none; 0: the cell is gone, or jh was disabled.
 *
 * @cell:	number of the cell; 0: the exits of Linux itself
 * @generation:	of the number; 0 for Linux
 * @file:	out: the file descriptor
 * @reserved:	0
 * @frequency:	out: of the counter of struct jh_trace_record, in Hz
 * @error:	out: the reason of a refusal
 */
struct jh_ioctl_trace {
	__u32 cell;
	__u32 generation;
	__s32 file;
	__u32 reserved;
	__u64 frequency;
	struct jh_error error;
};

/**
 * struct jh_trace_entry - one entry of a file of JH_IOC_TRACE
 * @record:	an exit
 * @cpu:	Linux' number of the CPU
 * @lost:	records of this CPU before this one that were overwritten before they were read
 */
struct jh_trace_entry {
	struct jh_trace_record record;
	__u32 cpu;
	__u32 lost;
};

#define JH_IOC_ENABLE		_IOWR('J', 0, struct jh_ioctl_enable)
#define JH_IOC_DISABLE		_IOWR('J', 1, struct jh_ioctl_disable)
#define JH_IOC_CELL_CREATE	_IOWR('J', 2, struct jh_ioctl_create)
#define JH_IOC_CELL_LOAD	_IOWR('J', 3, struct jh_ioctl_load)
#define JH_IOC_CELL_START	_IOWR('J', 4, struct jh_ioctl_cell)
#define JH_IOC_CELL_SHUTDOWN	_IOWR('J', 5, struct jh_ioctl_cell)
#define JH_IOC_CELL_DESTROY	_IOWR('J', 6, struct jh_ioctl_cell)
#define JH_IOC_READ_RING	_IOWR('J', 7, struct jh_ioctl_read_ring)
#define JH_IOC_REPORT		_IOWR('J', 8, struct jh_ioctl_report)
#define JH_IOC_WRITE_CONSOLE	_IOWR('J', 9, struct jh_ioctl_write_console)
#define JH_IOC_CELL_PLACES	_IOWR('J', 10, struct jh_ioctl_places)
#define JH_IOC_TRACE		_IOWR('J', 11, struct jh_ioctl_trace)

/* --- /dev/jh-link/CELL/LINK: root's side of a link (jh/link.h) --- */

#define JH_LINK_DIRECTORY	"/dev/jh-link"

/* Offsets for mmap(): the registers are one page, the memory is in one piece. */
#define JH_LINK_MAP_REGISTERS	0x0
#define JH_LINK_MAP_MEMORY	0x1000

#define JH_LINK_REASON_LEN	128

/**
 * struct jh_link_info - JH_LINK_IOC_INFO
 * @side:	root's side, 0 or 1
 * @bells:	number of bells of each side
 * @table:	bytes of the state table, at the start of the memory
 * @common:	bytes of the section that both sides write, after the table
 * @output:	bytes of one output section; side 0's comes next, then side 1's
 * @peer:	the other side's state; 0: it is not there
 * @reason:	the fate of the cell, in words
 */
struct jh_link_info {
	__u32 side;
	__u32 bells;
	__u32 table;
	__u32 common;
	__u32 output;
	__u32 peer;
	char reason[JH_LINK_REASON_LEN];
};

/* For @fd: none any more */
#define JH_LINK_NO_EVENTFD	(-1)

/**
 * struct jh_link_eventfd - JH_LINK_IOC_BELL_EVENTFD, JH_LINK_IOC_RING_EVENTFD
 * @bell:	its number; EINVAL: there is none
 * @fd:		an eventfd, in place of the one before, or JH_LINK_NO_EVENTFD
 */
struct jh_link_eventfd {
	__u32 bell;
	__s32 fd;
};

#define JH_LINK_IOC_INFO	_IOR('J', 64, struct jh_link_info)
#define JH_LINK_IOC_STATE	_IOW('J', 65, __u32)	/* root's own state; EPIPE: no link */
/* The bell that root hears signals it, and is not read any more. EPIPE: no link. */
#define JH_LINK_IOC_BELL_EVENTFD	_IOW('J', 66, struct jh_link_eventfd)
/*
 * Whoever signals it rings that bell of the other side. If a virtio device stands on the link it
 * raises that device's interrupt, JH_VIRTIO_INT_USED, whichever bell it is. EPIPE: no link.
 */
#define JH_LINK_IOC_RING_EVENTFD	_IOW('J', 67, struct jh_link_eventfd)
/* Where the cell's guest sees the memory, its state table; EPIPE: the cell was destroyed */
#define JH_LINK_IOC_ADDRESS	_IOR('J', 68, __u64)
/*
 * Returns a descriptor of a file that is the common section, from its first byte to its last, for
 * a program that knows nothing of links (vhost-user). It can be mapped, shared, and sought to its
 * end, and neither read nor written. What was mapped of it becomes one page of zeroes of the file's
 * own, repeated, when the cell is destroyed, the link's file is closed, or JH_LINK_IOC_REVOKE is
 * called. ENODEV: there is no common section, or the kernel's pages are larger than 4 KiB. EPIPE:
 * no link.
 */
#define JH_LINK_IOC_MEMORY	_IO('J', 69)
#define JH_LINK_IOC_REVOKE	_IO('J', 70)	/* on such a descriptor: take it back */

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * A cell that is a remote processor, over a loader, a link and a cell that do as remoteproc.c asks
 * or refuse it, as the test wants.
 */
#ifndef TEST_REMOTE_H
#define TEST_REMOTE_H

#include "../jh.h"
#include "../rproc.h"
#include "../bounce.h"
#include <jh/rpmsg.h>

#define LINK		0x7e000000u	/* as the cell sees it */
#define SIZE		(JH_RPMSG_LEAST + 0x1000)
#define VRING		LINK		/* where the first one lies: nothing else is in the link */

struct table {
	struct resource_table head;
	u32 at;
	struct fw_rsc_hdr type;
	struct fw_rsc_vdev device;
	struct fw_rsc_vdev_vring vrings[2];
};

extern const struct jh_rproc_ops *remote_ops;	/* of the module; NULL: it is not loaded */
extern struct jh_cell cell;
extern const struct firmware fw;
extern void *processor;			/* what the cell is for the module; NULL: none any more */
extern struct table table;		/* in the file */
extern size_t table_in_file;		/* bytes of it */
extern struct table given;		/* as the cell finds it in its memory */
extern bool held;			/* the cell, by the module */
extern bool in_cell;			/* the table lies in the cell's memory, not in the link */
extern bool nowhere;			/* in no segment */
extern bool short_of_memory;		/* when an image is kept */
extern int take_code, prepare_code, start_code, load_code, parse_code;	/* not 0: it fails */
extern u32 kicks;
extern u32 state_said;			/* to the other side of the link */
extern u32 started_images;		/* of the last start, and what it began with */
extern u64 first_address, started_at;

/** assert_said() - these calls were made since the last time, in this order */
#define assert_said(text)							\
do {										\
	assert_string_equal(fake_rp.said, text);				\
	*fake_rp.said = 0;							\
} while (0)

/** assert_says() - that is all that the module has printed */
#define assert_says(...)							\
do {										\
	char says_[160];							\
										\
	snprintf(says_, sizeof(says_), __VA_ARGS__);				\
	assert_string_equal(fake_printed, says_);				\
} while (0)

/* Of each test; afterwards nothing of the processor is left. */
int remote_setup(void **state);
int remote_teardown(void **state);
void remote_nothing_is_left(void);

/** remote_load() - as remoteproc does; return: 0 or the error */
int remote_load(void);

/** remote_copy_table() - as remoteproc does, to where the table was found; NULL: nowhere */
void remote_copy_table(struct resource_table *to);

/** remote_table() - the cell's copy of the table in the link */
struct table *remote_table(void);

/** remote_clean_up() - as remoteproc does after an end, or a load that failed */
void remote_clean_up(void);

/** remote_begin() - loads and starts; nothing was said afterwards */
void remote_begin(void);

/** remote_bell() - the cell rings; remote_work() - what is queued runs */
void remote_bell(void);
void remote_work(void);

/** remote_trace_is_read() - by another task than the one that loads */
void remote_trace_is_read(struct rproc *rproc);

#endif

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For tty.c: terminals as Linux' tty layer has them. A port is opened by its first user and shut by
 * its last one or by a hang-up, with its mutex held.
 */
#ifndef FAKE_TTY_H
#define FAKE_TTY_H

#include "cells.h"
#include "files.h"
#include "sysfs.h"

#define FAKE_TTYS		64

#define B115200			0x1002u
#define CS8			0x30u
#define CREAD			0x80u
#define HUPCL			0x400u
#define CLOCAL			0x800u
#define ASYNC_CLOSING_WAIT_NONE	65535u
#define TTY_DRIVER_REAL_RAW	4u
#define TTY_DRIVER_DYNAMIC_DEV	8u
#define TTY_DRIVER_TYPE_SERIAL	3
#define SERIAL_TYPE_NORMAL	1
#define TTY_OVERRUN		4

struct tty_port;
struct tty_struct;

struct ktermios {
	unsigned int c_iflag, c_oflag, c_cflag, c_lflag, c_ispeed, c_ospeed;
};

struct tty_port_operations {
	int (*activate)(struct tty_port *port, struct tty_struct *tty);
	void (*shutdown)(struct tty_port *port);
};

struct tty_port {
	struct mutex mutex;
	const struct tty_port_operations *ops;
	unsigned int closing_wait, close_delay;
	bool initialized, destroyed;
	struct tty_struct *tty;			/* open */
	unsigned int users;
	unsigned int room;			/* bytes that whoever reads has room for */
	char came[8192];			/* what it was given, an overrun is '!' */
	unsigned int num_came, num_pushed, pushes;
	unsigned int wakeups;
};

struct tty_operations {
	int (*open)(struct tty_struct *tty, struct file *file);
	void (*close)(struct tty_struct *tty, struct file *file);
	void (*hangup)(struct tty_struct *tty);
	ssize_t (*write)(struct tty_struct *tty, const u8 *bytes, size_t count);
	unsigned int (*write_room)(struct tty_struct *tty);
	unsigned int (*chars_in_buffer)(struct tty_struct *tty);
	void (*flush_buffer)(struct tty_struct *tty);
	void (*throttle)(struct tty_struct *tty);
	void (*unthrottle)(struct tty_struct *tty);
};

struct kref {
	unsigned int count;
};

struct tty_driver {
	struct kref kref;			/* each open terminal has one, too */
	unsigned int lines, flags;
	const char *driver_name, *name;
	int type, subtype;
	struct ktermios init_termios;
	const struct tty_operations *ops;
	struct tty_struct *ttys[FAKE_TTYS];
	struct device devices[FAKE_TTYS];	/* registered if it has data */
	bool registered;
};

struct tty_struct {
	struct tty_driver *driver;
	void *driver_data;
	int index;
	struct ktermios termios;
	unsigned int wakeups;
};

struct fake_tty {
	struct tty_driver *driver;
	struct tty_port *ports[FAKE_TTYS];	/* of those that were registered */
	struct device_attribute *attribute;	/* of each */
	int alloc_code, register_code, device_code;
	int references;			/* to the module, beyond the one that rmmod takes */
	u32 closing;			/* terminals whose reference a work is to give back */
	bool holds;			/* a user is in the middle of a read: no hang-up ends */
	u32 destroyed;			/* ports */
};

extern struct fake_tty fake_tty;
extern struct ktermios tty_std_termios;
extern void *system_wq;

#define mod_delayed_work(queue, item, after)	((void)(queue), schedule_delayed_work(item, after))
#define INIT_DELAYED_WORK(item, function)	((void)((item)->act = (function)))
#define to_delayed_work(item)			container_of(item, struct delayed_work, work)

#define spin_lock_init(lock)			((void)((lock)->held = 0))
#define spin_lock_irq(lock)			spin_lock(lock)
#define spin_unlock_irq(lock)			spin_unlock(lock)
#define spin_lock_irqsave(lock, flags)		((flags) = 0, spin_lock(lock))
#define spin_unlock_irqrestore(lock, flags)	((void)(flags), spin_unlock(lock))
#define kvcalloc(n, size, gfp)			fake_alloc(array_size(n, size))

#define ATTRIBUTE_GROUPS(name_)							\
	static const struct attribute_group name_##_group = { .attrs = name_##_attrs };	\
	static const struct attribute_group *name_##_groups[] = { &name_##_group, NULL }

/** fake_tty_work() - the work that follows the last close of a terminal */
void fake_tty_work(void);

#define THIS_MODULE				NULL
#define kref_read(kref)				((kref)->count)
#define module_refcount(module)			((void)(module), fake_tty.references)

void tty_port_init(struct tty_port *port);
void tty_port_destroy(struct tty_port *port);
int tty_port_open(struct tty_port *port, struct tty_struct *tty, struct file *file);
void tty_port_close(struct tty_port *port, struct tty_struct *tty, struct file *file);
void tty_port_hangup(struct tty_port *port);
void tty_port_tty_hangup(struct tty_port *port, bool check_clocal);
void tty_port_tty_wakeup(struct tty_port *port);
struct device *tty_port_register_device_attr(struct tty_port *port, struct tty_driver *driver,
					     unsigned int index, struct device *parent, void *data,
					     const struct attribute_group **groups);
void tty_unregister_device(struct tty_driver *driver, unsigned int index);
struct tty_driver *tty_alloc_driver(unsigned int lines, unsigned int flags);
void tty_driver_kref_put(struct tty_driver *driver);
int tty_register_driver(struct tty_driver *driver);
void tty_unregister_driver(struct tty_driver *driver);
unsigned int tty_buffer_request_room(struct tty_port *port, unsigned int count);
void tty_insert_flip_char(struct tty_port *port, char byte, char flag);
void tty_insert_flip_string(struct tty_port *port, const char *bytes, unsigned int count);
void tty_flip_buffer_push(struct tty_port *port);
void tty_set_termios(struct tty_struct *tty, struct ktermios *termios);
void tty_wakeup(struct tty_struct *tty);

#define tty_port_initialized(port)		((port)->initialized)
#define tty_set_operations(driver, operations)	((void)((driver)->ops = (operations)))

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Each cell with a console is a terminal of Linux: /dev/ttyJH<n>, n being the cell's number less 1,
 * with the cell's name in its attribute "cell". A cell that prints raises no interrupt in Linux, so
 * a work polls for an open terminal, often while there is traffic. It never waits for the cell.
 * Input that a cell has no room for during a second is dropped, as on any line without flow
 * control. Output that comes faster than it is read is lost and counted.
 *
 * Lines exist as long as the module; their cells change. The mutex of the port, which activation
 * holds, guards the change. The number is 0 while a line has no cell.
 */
#include "jh.h"
#include "compat.h"

#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/kref.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/serial.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/tty.h>
#include <linux/tty_driver.h>
#include <linux/tty_flip.h>
#include <linux/tty_port.h>
#include <linux/delay.h>
#include <linux/workqueue.h>

#define LINES		(JH_MAX_CELLS - 1)
#define SOON		msecs_to_jiffies(10)	/* between two polls while there is traffic */
#define LATER		msecs_to_jiffies(40)	/* between two polls while there is none */
#define WAKEFUL		HZ
#define PATIENCE	HZ			/* for a cell that does not read */
#define PIECE		512
#define ROUNDS		16			/* pieces in one poll */
#define HANGUP_LOOK	5			/* ms between two polls for a hang-up's end */
#define HANGUP_LOOKS	100			/* such polls */

/**
 * struct line - one terminal
 * @name:	of the cell
 * @cell:	number of the cell, 0: none
 * @generation:	of the number
 * @position:	in the cell's output, of the next byte to read
 * @happened:	jiffies of the last traffic
 * @stuck:	jiffies since when the cell has taken no byte of @queue
 * @styled:	generation of the cell that the terminal's settings belong to
 * @lock:	guards @open, @first, @queued and @queue
 * @open:	@work may be queued; it alone calls receive() and send() then
 * @first:	index of the first byte in @queue that waits for the cell
 * @queued:	number of bytes that wait
 * @queue:	a ring
 * @piece:	output on its way to the terminal
 */
struct line {
	struct tty_port port;
	struct delayed_work work;
	struct device *dev;
	const char *name;
	u32 cell;
	u32 generation;
	u64 position;
	unsigned long happened;
	unsigned long stuck;
	u32 styled;
	bool throttled;
	bool open;
	spinlock_t lock;
	u32 first;
	u32 queued;
	u8 queue[4096];
	char piece[PIECE];
};

static struct tty_driver *tty_lines_driver;
static struct line *tty_lines;

/* --- from the cell --- */

/* Moves at most one piece to the terminal; false if there is none, or no room for it. */
static bool receive_piece(struct line *line)
{
	struct jh_ioctl_read_ring arg = {
		.position = line->position, .cell = line->cell, .generation = line->generation,
	};
	int count;

	arg.length = min(tty_buffer_request_room(&line->port, PIECE), PIECE);
	if (!arg.length || READ_ONCE(line->throttled))
		return false;
	count = jh_ring_piece(line->piece, &arg);
	if (count <= 0)
		return false;
	if (arg.lost && line->position)
		tty_insert_flip_char(&line->port, 0, TTY_OVERRUN);
	tty_insert_flip_string(&line->port, line->piece, count);
	line->position = arg.position;
	return true;
}

static bool receive(struct line *line)
{
	int rounds = 0;

	while (rounds < ROUNDS && receive_piece(line))
		rounds++;
	if (rounds)
		tty_flip_buffer_push(&line->port);
	return rounds;
}

/* --- to the cell --- */

static u32 queue_peek(struct line *line, u8 *bytes, u32 most)
{
	unsigned long flags;
	u32 count, i;

	spin_lock_irqsave(&line->lock, flags);
	count = min(line->queued, most);
	for (i = 0; i < count; i++)
		bytes[i] = line->queue[(line->first + i) % sizeof(line->queue)];
	spin_unlock_irqrestore(&line->lock, flags);
	return count;
}

static void queue_drop(struct line *line, u32 count)
{
	unsigned long flags;

	spin_lock_irqsave(&line->lock, flags);
	count = min(line->queued, count);
	line->first = (line->first + count) % sizeof(line->queue);
	line->queued -= count;
	spin_unlock_irqrestore(&line->lock, flags);
}

/* Sends queued bytes to the cell; true if some were sent or dropped. */
static bool send(struct line *line)
{
	u8 bytes[128];
	bool progress = false;
	u32 count;
	long sent;

	for (;;) {
		count = queue_peek(line, bytes, sizeof(bytes));
		if (!count)
			return progress;
		sent = jh_input_send(line->cell, line->generation, bytes, count);
		/* The cell is gone, or does not read. */
		if (sent < 0 || (!sent && time_after(jiffies, line->stuck + PATIENCE))) {
			queue_drop(line, sizeof(line->queue));
			return true;
		}
		if (!sent)
			return progress;
		line->stuck = jiffies;
		queue_drop(line, sent);
		progress = true;
	}
}

static void tty_look(struct work_struct *work)
{
	struct line *line = container_of(to_delayed_work(work), struct line, work);
	bool sent = send(line);

	if (sent)
		tty_port_tty_wakeup(&line->port);
	if (receive(line) || sent)
		line->happened = jiffies;
	schedule_delayed_work(&line->work, time_before(jiffies, line->happened + WAKEFUL) ?
			      SOON : LATER);
}

/* --- a port --- */

/* Ends the work until the next activation. Under the mutex of the port. */
static void quiesce(struct line *line)
{
	spin_lock_irq(&line->lock);
	line->open = false;
	spin_unlock_irq(&line->lock);
	cancel_delayed_work_sync(&line->work);
}

/* A new cell gets a terminal with default settings: those of the last one may have echo on. */
static void reset_settings(struct line *line, struct tty_struct *tty)
{
	struct ktermios fresh = tty->driver->init_termios;

	if (line->styled == line->generation)
		return;
	tty_set_termios(tty, &fresh);
	line->styled = line->generation;
}

static int tty_activate(struct tty_port *port, struct tty_struct *tty)
{
	struct line *line = container_of(port, struct line, port);

	if (!line->cell)
		return -ENODEV;
	reset_settings(line, tty);
	line->queued = 0;
	line->throttled = false;
	line->happened = line->stuck = jiffies;
	spin_lock_irq(&line->lock);
	line->open = true;
	spin_unlock_irq(&line->lock);
	schedule_delayed_work(&line->work, 0);
	return 0;
}

/* Sends the last bytes, as far as the cell has room for them. */
static void tty_shut(struct tty_port *port)
{
	struct line *line = container_of(port, struct line, port);

	quiesce(line);
	send(line);
	line->queued = 0;
}

static const struct tty_port_operations port_ops = {
	.activate = tty_activate,
	.shutdown = tty_shut,
};

/* --- a terminal --- */

static int tty_open_line(struct tty_struct *tty, struct file *file)
{
	struct line *line = &tty_lines[tty->index];

	tty->driver_data = line;
	return tty_port_open(&line->port, tty, file);
}

static void tty_close_line(struct tty_struct *tty, struct file *file)
{
	struct line *line = tty->driver_data;

	if (line)
		tty_port_close(&line->port, tty, file);
}

static void tty_hang_up(struct tty_struct *tty)
{
	struct line *line = tty->driver_data;

	tty_port_hangup(&line->port);
}

static compat_tty_written tty_write_line(struct tty_struct *tty, const compat_tty_char *bytes,
					 compat_tty_size count)
{
	struct line *line = tty->driver_data;
	unsigned long flags;
	u32 i, some, end;

	spin_lock_irqsave(&line->lock, flags);
	if (!line->queued)
		line->stuck = jiffies;
	some = min_t(size_t, count, sizeof(line->queue) - line->queued);
	end = line->first + line->queued;
	for (i = 0; i < some; i++)
		line->queue[(end + i) % sizeof(line->queue)] = bytes[i];
	line->queued += some;
	if (some && line->open)
		mod_delayed_work(system_wq, &line->work, 0);
	spin_unlock_irqrestore(&line->lock, flags);
	return some;
}

static compat_tty_room tty_write_room_of(struct tty_struct *tty)
{
	struct line *line = tty->driver_data;

	return sizeof(line->queue) - READ_ONCE(line->queued);
}

static compat_tty_room tty_chars_waiting(struct tty_struct *tty)
{
	struct line *line = tty->driver_data;

	return READ_ONCE(line->queued);
}

static void tty_flush_line(struct tty_struct *tty)
{
	struct line *line = tty->driver_data;

	queue_drop(line, sizeof(line->queue));
	tty_wakeup(tty);
}

/* The reader is too slow. Output stays in the cell's ring meanwhile, and may be overwritten. */
static void tty_throttle_line(struct tty_struct *tty)
{
	struct line *line = tty->driver_data;

	WRITE_ONCE(line->throttled, true);
}

static void tty_unthrottle_line(struct tty_struct *tty)
{
	struct line *line = tty->driver_data;

	WRITE_ONCE(line->throttled, false);
}

static const struct tty_operations tty_ops = {
	.open = tty_open_line,
	.close = tty_close_line,
	.hangup = tty_hang_up,
	.write = tty_write_line,
	.write_room = tty_write_room_of,
	.chars_in_buffer = tty_chars_waiting,
	.flush_buffer = tty_flush_line,
	.throttle = tty_throttle_line,
	.unthrottle = tty_unthrottle_line,
};

/* --- cells --- */

static ssize_t cell_show(struct device *dev, struct device_attribute *attr, char *buffer)
{
	const struct line *line = dev_get_drvdata(dev);

	return sysfs_emit(buffer, "%s\n", line->name);
}

static DEVICE_ATTR_RO(cell);

static struct attribute *tty_line_attrs[] = { &dev_attr_cell.attr, NULL };
ATTRIBUTE_GROUPS(tty_line);

/** jh_tty_add() - give a new cell its terminal, if it has a console; under jh_lock */
void jh_tty_add(struct jh_cell *cell)
{
	struct line *line = &tty_lines[cell->id - 1];
	struct device *dev;

	if (!jh_report_cell(cell->id)->console_offset)
		return;
	mutex_lock(&line->port.mutex);
	if (tty_port_initialized(&line->port)) {
		mutex_unlock(&line->port.mutex);
		pr_warn("cell %s has no terminal: /dev/ttyJH%u is still open: find the process "
			"with fuser, end it, and create the cell again\n",
			kobject_name(&cell->kobj), cell->id - 1);
		return;
	}
	line->name = kobject_name(&cell->kobj);
	line->generation = cell->generation;
	line->position = 0;
	line->cell = cell->id;
	mutex_unlock(&line->port.mutex);
	dev = tty_port_register_device_attr(&line->port, tty_lines_driver, cell->id - 1,
					    jh_misc.this_device, line, tty_line_groups);
	if (IS_ERR(dev))
		pr_warn("cell %s has no terminal (%ld)\n", line->name, PTR_ERR(dev));
	else
		line->dev = dev;
}

/**
 * jh_tty_remove() - take the terminal of a cell that is gone away: an open one gets the last output
 * and a hang-up
 *
 * Under jh_lock, which nothing here waits for. The terminal cannot be opened afterwards: activation
 * reads the number under the port's mutex. A user in a page fault of a read or write, which may
 * take any time, delays the hang-up. The caller waits half a second at most; the line gets no other
 * cell until the hang-up is over.
 */
void jh_tty_remove(struct jh_cell *cell)
{
	struct line *line = &tty_lines[cell->id - 1];
	int n;

	if (line->cell != cell->id || line->generation != cell->generation)
		return;
	mutex_lock(&line->port.mutex);
	if (tty_port_initialized(&line->port)) {
		quiesce(line);
		receive(line);
	}
	line->cell = 0;
	mutex_unlock(&line->port.mutex);
	tty_port_tty_hangup(&line->port, false);
	for (n = 0; n < HANGUP_LOOKS && tty_port_initialized(&line->port); n++)
		msleep(HANGUP_LOOK);
	if (line->dev)
		tty_unregister_device(tty_lines_driver, cell->id - 1);
	line->dev = NULL;
}

/* --- the module --- */

static void prepare_line(struct line *line)
{
	tty_port_init(&line->port);
	line->port.ops = &port_ops;
	line->port.closing_wait = ASYNC_CLOSING_WAIT_NONE;
	line->port.close_delay = 0;
	spin_lock_init(&line->lock);
	INIT_DELAYED_WORK(&line->work, tty_look);
}

static void drop_lines(void)
{
	u32 i;

	for (i = 0; i < LINES; i++) {
		cancel_delayed_work_sync(&tty_lines[i].work);
		tty_port_destroy(&tty_lines[i].port);
	}
	kvfree(tty_lines);
}

/** jh_tty_init() - register the terminals, until jh_tty_exit(); 0 or -errno */
int jh_tty_init(void)
{
	u32 i;
	int code;

	tty_lines = kvcalloc(LINES, sizeof(*tty_lines), GFP_KERNEL);
	if (!tty_lines)
		return -ENOMEM;
	for (i = 0; i < LINES; i++)
		prepare_line(&tty_lines[i]);
	tty_lines_driver = tty_alloc_driver(LINES, TTY_DRIVER_REAL_RAW | TTY_DRIVER_DYNAMIC_DEV);
	if (IS_ERR(tty_lines_driver)) {
		code = PTR_ERR(tty_lines_driver);
		goto out_lines;
	}
	tty_lines_driver->driver_name = "jh";
	tty_lines_driver->name = "ttyJH";
	tty_lines_driver->type = TTY_DRIVER_TYPE_SERIAL;
	tty_lines_driver->subtype = SERIAL_TYPE_NORMAL;
	/* Raw: without echo, which would send a cell's output back to it. */
	tty_lines_driver->init_termios = tty_std_termios;
	tty_lines_driver->init_termios.c_iflag = 0;
	tty_lines_driver->init_termios.c_oflag = 0;
	tty_lines_driver->init_termios.c_lflag = 0;
	tty_lines_driver->init_termios.c_cflag = B115200 | CS8 | CREAD | HUPCL | CLOCAL;
	tty_lines_driver->init_termios.c_ispeed = 115200;
	tty_lines_driver->init_termios.c_ospeed = 115200;
	tty_set_operations(tty_lines_driver, &tty_ops);
	code = tty_register_driver(tty_lines_driver);
	if (!code)
		return 0;
	tty_driver_kref_put(tty_lines_driver);
out_lines:
	drop_lines();
	return code;
}

/*
 * A forced unload happens although a terminal is open, which was hung up. Each open terminal has a
 * reference to the tty driver. A work of Linux drops it some time after the last close, and then
 * the one to the module. If that one is not dropped yet, this waits until the work has left the
 * module.
 */
static void await_last_close(void)
{
	bool told = false;

	while (kref_read(&tty_lines_driver->kref) > 1) {
		if (!told)
			pr_warn("waiting until all terminals of cells are closed: "
				"fuser /dev/ttyJH* finds the processes\n");
		told = true;
		msleep(100);
	}
	if (module_refcount(THIS_MODULE) > 0)
		synchronize_rcu_tasks();
}

/** jh_tty_exit() - no cell is left */
void jh_tty_exit(void)
{
	await_last_close();
	tty_unregister_driver(tty_lines_driver);
	tty_driver_kref_put(tty_lines_driver);
	drop_lines();
}

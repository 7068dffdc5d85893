/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * For device.c: devices, their drivers, clocks, resets and power. Firmware for image.c;
 * stop_machine() and KVM for takeover.c.
 */
#ifndef FAKE_DEVICES_H
#define FAKE_DEVICES_H

#include "tree.h"

struct device_driver {
	const char *name;
	bool suppress_bind_attrs;
};

struct class;

struct bus_type {
	int unused;
};

struct device {
	struct kobject kobj;
	struct device_driver *driver;
	const struct bus_type *bus;
	const struct class *class;
	struct device *parent;
	int locked;
	const char *path;		/* of its node */
	struct device_node *of_node;
	void *data;			/* its driver's */
	struct device_driver *own;	/* Linux' driver, bound by device_attach() */
	bool keeps_own;			/* @own is always bound before the stub */
	int references;
};

struct platform_device {
	struct device dev;
	u32 num_resources;
	struct resource resources[2];
};

struct amba_device {
	struct device dev;
	struct resource res;
};

struct amba_id {
	unsigned int id;
};

struct platform_driver {
	struct device_driver driver;
	int (*probe)(struct platform_device *pdev);
	void (*remove)(struct platform_device *pdev);
	void (*shutdown)(struct platform_device *pdev);
};

struct amba_driver {
	struct device_driver drv;
	const struct amba_id *id_table;
	int (*probe)(struct amba_device *adev, const struct amba_id *id);
	void (*remove)(struct amba_device *adev);
};

extern const struct bus_type platform_bus_type, amba_bustype;

#define to_platform_driver(drv)	container_of(drv, struct platform_driver, driver)

static inline void device_lock(struct device *dev)
{
	if (dev->locked++)
		abort();
}

static inline void device_unlock(struct device *dev)
{
	if (dev->locked-- != 1)
		abort();
}

struct device *get_device(struct device *dev);
int device_for_each_child(struct device *dev, void *argument,
			  int (*call)(struct device *dev, void *argument));

int platform_driver_register(struct platform_driver *driver);
void platform_driver_unregister(struct platform_driver *driver);
int amba_driver_register(struct amba_driver *driver);
void amba_driver_unregister(struct amba_driver *driver);
struct device *bus_find_device_by_of_node(const struct bus_type *bus, struct device_node *np);
void put_device(struct device *dev);
void device_release_driver(struct device *dev);
int device_attach(struct device *dev);
int device_driver_attach(struct device_driver *driver, struct device *dev);

#define FAKE_DEVICES	24
extern struct device *fake_devices[FAKE_DEVICES];
extern int fake_registered;		/* drivers of buses */
extern unsigned int fake_fail_register;	/* the n-th registration from now on fails; 0: none */

/* Clocks, resets and power */
struct clk_bulk_data {
	int unused;
};

/** struct reset_control - a line of the one reset controller there is */
struct reset_control {
	u32 own, shared;		/* users of each kind */
	bool asserted;
	u32 pulls;			/* number of times that it was asserted or pulsed */
	bool only_pulls;		/* its controller can only pulse it */
	int fails;			/* result of asserting it */
};

#define FAKE_LINES	4
extern struct reset_control fake_lines[FAKE_LINES];
extern bool fake_warned;		/* Linux would have printed a stack trace */
extern int fake_clocks, fake_power;	/* numbers of references */
extern int fake_attach_fails, fake_power_fails;	/* results, if they are not 0 */

#define dev_set_drvdata(dev, value)	((void)((dev)->data = (value)))
#define dev_get_drvdata(dev)		((dev)->data)

void *devm_kzalloc(struct device *dev, size_t size, gfp_t gfp);
int devm_clk_bulk_get_all(struct device *dev, struct clk_bulk_data **clocks);
int clk_bulk_prepare_enable(int count, const struct clk_bulk_data *clocks);
void clk_bulk_disable_unprepare(int count, const struct clk_bulk_data *clocks);
int devm_add_action_or_reset(struct device *dev, void (*action)(void *data), void *data);
struct reset_control *devm_reset_control_get_exclusive_by_index(struct device *dev, int index);
struct reset_control *devm_reset_control_get_shared_by_index(struct device *dev, int index);
int reset_control_reset(struct reset_control *line);
int reset_control_assert(struct reset_control *resets);
int reset_control_deassert(struct reset_control *resets);
void pm_runtime_enable(struct device *dev);
void pm_runtime_disable(struct device *dev);
int pm_runtime_get_sync(struct device *dev);
int pm_runtime_put_sync(struct device *dev);

/* --- for image.c --- */

struct firmware {
	size_t size;
	const u8 *data;
};

int request_firmware_direct(const struct firmware **firmware, const char *name,
			    struct device *dev);
void release_firmware(const struct firmware *firmware);

/* --- for takeover.c --- */

typedef struct {
	int counter;
} atomic_t;

#define atomic_read(a)		((a)->counter)
#define atomic_inc(a)		((void)(a)->counter++)
#define atomic_cmpxchg(a, old, new)						\
	((void)((a)->counter == (old) ? (a)->counter = (new) : 0))

#define CurrentEL		0
#define CurrentEL_EL1		4
#define SYS_ICC_CTLR_EL1	1
#define HVC_STUB_ERR		0xbadca11
#define ALTERNATIVE(old, new, cap)	""
#define SET_PSTATE_PAN(x)	0
#define ARM64_HAS_PAN		0

extern u64 fake_current_el, fake_icc_ctlr;
/* Of test_cpu.c. fake_coresight: Linux was built with drivers for trace units */
extern u64 fake_sysreg_cntfrq_el0, fake_sysreg_cntvct_el0;
extern bool fake_coresight;
extern unsigned int fake_cpu;

#define fake_sysreg_CurrentEL	fake_current_el
#define read_sysreg(reg)	fake_sysreg_##reg
#define read_sysreg_s(reg)	fake_icc_ctlr
#define CONFIG_CORESIGHT_SOURCE_ETM4X	fake_coresight
#define isb()			((void)fake_sysreg_cntvct_el0++)	/* time goes on */
#define smp_processor_id()	fake_cpu
#define raw_smp_processor_id()	fake_cpu
#define ioremap(address, size)	memremap(address, size, 0)
#define iounmap(address)	memunmap(address)
#define readl_relaxed(address)	(*(const u32 *)(address))
#define cpu_pm_enter()		0
#define cpu_pm_exit()		fake_kvm_revived++

extern unsigned int fake_kvm_revived;

int stop_machine(int (*call)(void *argument), void *argument, const struct cpumask *cpus);

#endif

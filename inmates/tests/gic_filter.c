// SPDX-License-Identifier: GPL-2.0-only
/*
 * Registers of interrupts that are not the cell's read as zero and ignore writes; those of the
 * cell's own work, even in the same word.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/io.h>
#include <inmate/sysreg.h>

#include "gic_test.h"
#include "tap.h"

struct filter_class {
	const char *name;
	u32 set;		/* GICD_I*: writing ones sets */
	u32 clear;		/* writing ones clears */
};

static const struct filter_class filter_classes[] = {
	{ "enable", GICD_ISENABLER, GICD_ICENABLER },
	{ "pending", GICD_ISPENDR, GICD_ICPENDR },
	{ "active", GICD_ISACTIVER, GICD_ICACTIVER },
};

static u64 filter_gicd(u32 reg, u32 intid, u32 bits)
{
	return comm_region->gicd_base + reg + intid * bits / 32 * 4;
}

static void filter_test_bits(const struct gic_test *test)
{
	u32 bit = 1U << (test->foreign & 31);

	for (u32 n = 0; n < ARRAY_SIZE(filter_classes); n++) {
		const struct filter_class *class = &filter_classes[n];
		u64 set = filter_gicd(class->set, test->foreign, 1);
		u64 clear = filter_gicd(class->clear, test->foreign, 1);

		tap_eq(mmio_read32(set) & bit, 0, "foreign %s bit reads as zero", class->name);
		tap_eq(mmio_read32(clear) & bit, 0, "and so in the clear register");
		mmio_write32(set, bit);
		tap_eq(mmio_read32(set) & bit, 0, "foreign %s bit ignores being set", class->name);
		mmio_write32(clear, bit);
		tap_eq(mmio_read32(clear) & bit, 0, "and being cleared");
	}
	tap_eq(mmio_read32(filter_gicd(GICD_IGROUPR, test->foreign, 1)) & bit, 0,
	       "foreign group bit reads as zero");
}

/* Writes all ones into the words of the own SPI: only the own field may change. */
static void filter_test_own_word(const struct gic_test *test)
{
	u64 set = filter_gicd(GICD_ISENABLER, test->spi, 1);
	u64 clear = filter_gicd(GICD_ICENABLER, test->spi, 1);
	u32 own = 1U << (test->spi & 31);
	u32 val;

	mmio_write32(set, ~0U);
	val = mmio_read32(set);
	tap_ok(val & own, "enabling a whole word enables the own SPI");
	if (test->foreign / 32 == test->spi / 32)
		tap_eq(val & 1U << (test->foreign & 31), 0, "but not the foreign one beside it");
	tap_eq(mmio_read32(clear), val, "the clear register shows the same");
	mmio_write32(clear, ~0U);
	tap_eq(mmio_read32(set), 0, "and disables them all");
}

static void filter_test_priority(const struct gic_test *test)
{
	u64 addr = comm_region->gicd_base + GICD_IPRIORITYR + test->foreign;
	u64 word = addr & ~3UL;
	u32 shift = (addr & 3) * 8;

	tap_eq(mmio_read8(addr), 0, "foreign priority reads as zero, byte");
	tap_eq(mmio_read16(addr & ~1UL) >> (addr & 1) * 8 & 0xff, 0, "half");
	tap_eq(mmio_read32(word) >> shift & 0xff, 0, "word");
	mmio_write8(addr, 0x50);
	tap_eq(mmio_read8(addr), 0, "foreign priority ignores a byte");
	mmio_write16(addr & ~1UL, 0x5050);
	tap_eq(mmio_read8(addr), 0, "a half");
	mmio_write32(word, 0x50505050);
	tap_eq(mmio_read8(addr), 0, "a word");
}

static void filter_test_trigger(const struct gic_test *test)
{
	u64 addr = filter_gicd(GICD_ICFGR, test->foreign, 2);
	u32 mask = 3U << (test->foreign & 15) * 2;
	u32 val = mmio_read32(addr);

	tap_eq(val & mask, 0, "foreign trigger type reads as zero");
	mmio_write32(addr, val | mask);
	tap_eq(mmio_read32(addr) & mask, 0, "and ignores being set");
}

static void filter_test_target(const struct gic_test *test)
{
	u64 addr;

	if (gic_version() == 3) {
		addr = comm_region->gicd_base + GICD_IROUTER + 8 * test->foreign;
		tap_eq(mmio_read64(addr), 0, "foreign route reads as zero");
		mmio_write64(addr, cpu_mpidr() | BIT(31));
		tap_eq(mmio_read64(addr), 0, "and ignores writes");
		mmio_write32(addr, 1);
		tap_eq(mmio_read32(addr), 0, "in halves too");
		tap_eq(mmio_read32(addr + 4), 0, "both of them");
		return;
	}
	addr = comm_region->gicd_base + GICD_ITARGETSR + test->foreign;
	tap_eq(mmio_read8(addr), 0, "foreign target reads as zero");
	mmio_write8(addr, 0xff);
	tap_eq(mmio_read8(addr), 0, "and ignores a byte");
	mmio_write32(addr & ~3UL, ~0U);
	tap_eq(mmio_read8(addr), 0, "and a word");
}

/* Interrupts of the hypervisor's own: its timer (26) and the maintenance interrupt (25). */
static void filter_test_ppis(void)
{
	u64 set = gic_reg(GICD_ISENABLER, 25, 1);
	u64 clear = gic_reg(GICD_ICENABLER, 25, 1);

	mmio_write32(set, BIT(25) | BIT(26));
	tap_eq(mmio_read32(set) & (BIT(25) | BIT(26)), 0, "the hypervisor's PPIs are not ours");
	mmio_write32(clear, BIT(25) | BIT(26));
}

static void filter_test_global(void)
{
	u64 gicd = comm_region->gicd_base;
	u32 ctlr = mmio_read32(gicd + GICD_CTLR);
	u32 typer = mmio_read32(gicd + GICD_TYPER);

	tap_ok((typer & 31) > 0, "GICD_TYPER counts SPIs");
	mmio_write32(gicd + GICD_TYPER, 0);
	tap_eq(mmio_read32(gicd + GICD_TYPER), typer, "GICD_TYPER cannot be written");
	mmio_write32(gicd + GICD_CTLR, 0);
	mmio_write32(gicd + GICD_CTLR, ctlr);
	tap_ok(true, "GICD_CTLR can be written");
	/* Reserved, or implementation defined. */
	mmio_read32(gicd + 0x20);
	mmio_write32(gicd + 0xd00, ~0U);
	tap_ok(true, "GICD offsets 0x20 and 0xd00 are not fatal");
}

/* Other CPUs' redistributors may be looked at, but not touched. */
static void filter_test_redistributors(void)
{
	u64 own = gic_reg(0, 0, 1) - 0x10000;
	u64 base = comm_region->gicr_base;
	u32 foreign = 0;
	u64 typer;

	if (gic_version() != 3)
		return;
	for (;; base += typer & 2 ? 0x40000 : 0x20000) {
		typer = mmio_read64(base + 8);
		if (base != own) {
			foreign++;
			mmio_write32(base + 0x10000 + GICD_ISENABLER, ~0U);
			mmio_write32(base + 0x10000 + GICD_ICENABLER, ~0U);
			mmio_write32(base + 0x10000 + GICD_IPRIORITYR, ~0U);
			mmio_write32(base + 0x10000 + GICD_ISPENDR, ~0U);
			mmio_write32(base + 0x14, 2);
			if (mmio_read32(base + 0x10000 + GICD_ISENABLER) != 0)
				tap_ok(false, "redistributor %u is open", foreign);
		}
		if (typer & 0x10)
			break;
	}
	tap_ok(true, "%u other redistributors found and left alone", foreign);
}

void gic_test_filter(const struct gic_test *test)
{
	filter_test_global();
	if (test->spi)
		filter_test_own_word(test);
	if (!test->foreign) {
		tap_skip("foreign interrupts", "all interrupts are ours");
		return;
	}
	filter_test_bits(test);
	filter_test_priority(test);
	filter_test_trigger(test);
	filter_test_target(test);
	filter_test_ppis();
	filter_test_redistributors();
}

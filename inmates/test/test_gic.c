// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Interrupt controllers: each access in its order, for both versions, and the table of handlers.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/start.h>

#include "fake/fake.h"

#define GICD	0x1000000UL
#define GICC	0x2000000UL
#define GICR	0x3000000UL

struct jh_comm_region fake_comm;

void inmate_exit(u32 cell_state)
{
	fake_note("exit %u\n", cell_state);
	longjmp(fake_end, 1);
}

/* Runs what ends the inmate. */
static void ends(void (*what)(void))
{
	if (!setjmp(fake_end)) {
		what();
		fail();
	}
}

static void machine(u32 version)
{
	fake_reset();
	fake_comm.gic_version = version;
	fake_comm.gicd_base = GICD;
	fake_comm.gicc_base = GICC;
	fake_comm.gicr_base = GICR;
}

/* A CPU of a GICv2 whose bit of the mask is the second. */
static void v2(void)
{
	machine(2);
	fake_cpu = 1;
	fake_mpidr = 0x80000101;
	fake_set(GICD + 0x800, 0x02020202);
	gic_init();
	fake_expect("read32 1000800\nwrite32 2000004 f0\nwrite32 2000008 0\nwrite32 2000000 1\n");
}

/* A redistributor's identity: affinity, with two more frames, the last of all */
static void redistributor(u64 at, u64 affinity, u64 bits)
{
	fake_set(GICR + at + 8, affinity << 32 | bits);
}

#define V3_CPU	"mrs ICC_SRE_EL1\nmsr ICC_SRE_EL1 7\nisb\nmsr ICC_PMR_EL1 f0\n"		\
		"msr ICC_BPR1_EL1 0\nmsr ICC_CTLR_EL1 0\nmsr ICC_IGRPEN1_EL1 1\nisb\n"

/* The calling CPU's redistributor is the third, behind one of four frames. */
static void v3(void)
{
	machine(3);
	fake_cpu = 2;
	fake_mpidr = 0x0180020304;
	redistributor(0, 0x01020300, 2);
	redistributor(0x40000, 0x00020304, 0);
	redistributor(0x60000, 0x01020304, 0x10);
	fake_set_sysreg("ICC_SRE_EL1", 6);
	gic_init();
	fake_expect("read64 3000008\nread64 3040008\nread64 3060008\nread32 3060014\n" V3_CPU);
}

static void unknown_versions_end_the_inmate(void **state)
{
	(void)state;
	machine(4);
	gic_dispatch();
	assert_int_equal(gic_spurious(), 1);
	ends(gic_init);
	fake_expect("gic: no interrupt controller of version 4 for this CPU; check the cell's gic "
		    "entry\nexit 3\n");
	v2();
	assert_int_equal(gic_version(), 2);
	v3();
	assert_int_equal(gic_version(), 3);
}

static void the_search_for_redistributors_is_bounded(void **state)
{
	static char text[16384] = "read64 3000008\n";
	size_t at = strlen(text);
	u32 i;

	(void)state;
	v3();
	fake_mpidr = 0x05;
	ends(gic_cpu_init);
	fake_expect("read64 3000008\nread64 3040008\nread64 3060008\n"
		    "gic: no interrupt controller of version 3 for this CPU; check the cell's gic "
		    "entry\nexit 3\n");
	/* Nowhere a last one. */
	machine(3);
	fake_mpidr = 0x05;
	redistributor(0, 0x00000100, 2);
	ends(gic_cpu_init);
	for (i = 1; i < 512; i++)
		at += (size_t)snprintf(text + at, sizeof(text) - at, "read64 %lx\n",
				       GICR + 0x40000 + (i - 1) * 0x20000UL + 8);
	strcpy(text + at, "gic: no interrupt controller of version 3 for this CPU; check the "
	       "cell's gic entry\nexit 3\n");
	fake_expect(text);
}

/* It sleeps, and wakes up at the third look. */
static u32 looks;

static void wakes(u64 address)
{
	if (address == GICR + 0x14 && looks++ == 2)
		fake_set(address, 0x100);
}

static void a_redistributor_wakes_up(void **state)
{
	(void)state;
	machine(3);
	fake_mpidr = 0x80000000;
	redistributor(0, 0, 0x10);
	fake_set(GICR + 0x14, 0x106);
	fake_set_sysreg("ICC_SRE_EL1", 6);
	looks = 0;
	fake_at_read = wakes;
	gic_init();
	fake_expect("read64 3000008\nread32 3000014\nwrite32 3000014 104\nread32 3000014\nrelax\n"
		    "read32 3000014\n" V3_CPU);
	/* A redistributor that never wakes up is given up after a time. */
	looks = 0;
	fake_set(GICR + 0x14, 0x104);
	gic_cpu_init();
	fake_expect("read64 3000008\nread32 3000014\nwrite32 3000014 104\nread32 3000014\nrelax\n"
		    "read32 3000014\n" V3_CPU);
	fake_at_read = NULL;
	fake_set(GICR + 0x14, 0x102);
	gic_cpu_init();
	fake_expect("read64 3000008\nread32 3000014\n" V3_CPU);
}

/* Registers with one, two and eight bits for each interrupt; @local: those below 32. */
static void registers(u64 local)
{
	char text[256];
	u32 i;
	static const struct {
		u32 reg;
		void (*write)(u32 intid);
		bool (*read)(u32 intid);
	} rows[] = {
		{ 0x100, gic_enable, gic_is_enabled },
		{ 0x200, gic_set_pending, gic_is_pending },
		{ 0x280, gic_clear_pending, NULL },
		{ 0x300, NULL, gic_is_active },
		{ 0x380, gic_clear_active, NULL },
	};

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].write) {
			rows[i].write(31);
			rows[i].write(33);
			snprintf(text, sizeof(text), "write32 %lx 80000000\nwrite32 %lx 2\n",
				 local + rows[i].reg, GICD + rows[i].reg + 4);
			fake_expect(text);
		}
		if (rows[i].read) {
			fake_set(local + rows[i].reg, 0x80000000);
			fake_set(GICD + rows[i].reg + 0x7c, 0xfff7ffff);
			assert_true(rows[i].read(31));
			assert_false(rows[i].read(30));
			assert_true(rows[i].read(1010));
			assert_false(rows[i].read(1011));
			snprintf(text, sizeof(text), "read32 %lx\nread32 %lx\nread32 %lx\n"
				 "read32 %lx\n", local + rows[i].reg, local + rows[i].reg,
				 GICD + rows[i].reg + 0x7c, GICD + rows[i].reg + 0x7c);
			fake_expect(text);
		}
	}
	gic_set_priority(5, 0x80);
	gic_set_priority(46, 0x90);
	fake_set(GICD + 0x42e, 0x1a0);
	assert_int_equal(gic_get_priority(46), 0xa0);
	snprintf(text, sizeof(text), "write8 %lx 80\nwrite8 %lx 90\nread8 %lx\n", local + 0x405,
		 GICD + 0x42e, GICD + 0x42e);
	fake_expect(text);
	fake_set(GICD + 0xc08, 0xaaaaaaa8);
	fake_set(local + 0xc04, 0);
	gic_set_edge(32, true);
	gic_set_edge(33, false);
	gic_set_edge(47, false);
	gic_set_edge(31, true);
	snprintf(text, sizeof(text), "read32 %lx\nwrite32 %lx aaaaaaaa\nread32 %lx\n"
		 "write32 %lx aaaaaaa0\nread32 %lx\nwrite32 %lx 2aaaaaa8\n"
		 "read32 %lx\nwrite32 %lx 80000000\n", GICD + 0xc08, GICD + 0xc08, GICD + 0xc08,
		 GICD + 0xc08, GICD + 0xc08, GICD + 0xc08, local + 0xc04, local + 0xc04);
	fake_expect(text);
}

static void registers_v2(void **state)
{
	(void)state;
	v2();
	registers(GICD);
	gic_disable(33);
	gic_disable(4);
	fake_expect("write32 1000184 2\nread32 1000184\nwrite32 1000180 10\nread32 1000180\n");
	gic_set_target_self(77);
	fake_expect("write8 100084d 2\n");
}

static u64 busy_register;

static void done(u64 address)
{
	if (address == busy_register && looks++ == 2)
		fake_set(address, ~0x80000008UL);
}

static void registers_v3(void **state)
{
	(void)state;
	v3();
	registers(GICR + 0x70000);
	looks = 0;
	fake_at_read = done;
	busy_register = GICD;
	fake_set(GICD, 0x80000000);
	gic_disable(32);
	fake_expect("write32 1000184 1\nread32 1000000\nrelax\nread32 1000000\nrelax\n"
		    "read32 1000000\n");
	looks = 0;
	busy_register = GICR + 0x60000;
	fake_set(busy_register, 8);
	gic_disable(31);
	fake_expect("write32 3070180 80000000\nread32 3060000\nrelax\nread32 3060000\nrelax\n"
		    "read32 3060000\n");
	gic_set_target_self(77);
	fake_expect("write64 1006268 100020304\n");
}

/* An interrupt is the cell's if its bit can be set. */
static void owned(u64 address)
{
	if (address == GICD + 0x104 && looks++ == 1)
		fake_set(address, 4);
}

static void own_interrupts_are_recognized(void **state)
{
	(void)state;
	v2();
	looks = 0;
	fake_at_read = owned;
	assert_true(gic_is_own(34));
	fake_expect("read32 1000104\nwrite32 1000104 4\nread32 1000104\nwrite32 1000184 4\n"
		    "read32 1000184\n");
	assert_true(gic_is_own(34));
	fake_expect("read32 1000104\nwrite32 1000104 4\nread32 1000104\n");
	assert_false(gic_is_own(35));
	fake_expect("read32 1000104\nwrite32 1000104 8\nread32 1000104\nwrite32 1000184 8\n"
		    "read32 1000184\n");
}

static void sgis_v2(void **state)
{
	(void)state;
	v2();
	/* The first and the last CPU register, too. */
	fake_cpu = 0;
	fake_mpidr = 0x80000000;
	fake_set(GICD + 0x800, 0x101);
	gic_cpu_init();
	fake_cpu = 7;
	fake_mpidr = 0x80000003;
	fake_set(GICD + 0x800, 0x8080);
	gic_cpu_init();
	fake_expect("read32 1000800\nwrite32 2000004 f0\nwrite32 2000008 0\nwrite32 2000000 1\n"
		    "read32 1000800\nwrite32 2000004 f0\nwrite32 2000008 0\nwrite32 2000000 1\n");
	gic_send_sgi(5, 0x101);
	gic_send_sgi(15, 0);
	gic_send_sgi(1, 3);
	fake_expect("dsb sy\nwrite32 1000f00 20005\ndsb sy\nwrite32 1000f00 1000f\n"
		    "dsb sy\nwrite32 1000f00 800001\n");
	gic_send_sgi(5, 0x102);
	fake_expect("dsb sy\ngic: no CPU with affinity 0x102 has called gic_cpu_init()\n");
	gic_send_sgi_self(3);
	gic_send_sgi_others(4);
	fake_expect("write32 1000f00 2000003\ndsb sy\nwrite32 1000f00 1000004\n");
}

static void sgis_v3(void **state)
{
	(void)state;
	v3();
	gic_send_sgi(5, 0x0900080712);
	fake_expect("dsb sy\nmsr ICC_SGI1R_EL1 9100805070004\nisb\n");
	gic_send_sgi(15, 0xf);
	fake_expect("dsb sy\nmsr ICC_SGI1R_EL1 f008000\nisb\n");
	gic_send_sgi_self(3);
	fake_expect("msr ICC_SGI1R_EL1 1000203030010\nisb\n");
	gic_send_sgi_others(4);
	fake_expect("dsb sy\nmsr ICC_SGI1R_EL1 10004000000\nisb\n");
}

static void interface_v2(void **state)
{
	(void)state;
	v2();
	fake_set(GICC + 12, 0xc05);
	assert_int_equal(gic_ack(), 0xc05);
	assert_int_equal(gic_intid(0xc05), 5);
	assert_int_equal(gic_intid(0x3ff), 0x3ff);
	gic_eoi(0xc05);
	gic_deactivate(0xc05);
	fake_expect("read32 200000c\nwrite32 2000010 c05\nwrite32 2001000 c05\n");
	gic_set_mask(0x80);
	fake_set(GICC + 4, 0x90);
	fake_set(GICC + 0x14, 0xa0);
	assert_int_equal(gic_get_mask(), 0x90);
	assert_int_equal(gic_running_priority(), 0xa0);
	fake_expect("write32 2000004 80\nread32 2000004\nread32 2000004\nread32 2000014\n");
	gic_set_split_eoi(true);
	gic_set_split_eoi(false);
	fake_expect("write32 2000000 201\nwrite32 2000000 1\n");
}

static void interface_v3(void **state)
{
	(void)state;
	v3();
	fake_set_sysreg("ICC_IAR1_EL1", 77);
	assert_int_equal(gic_ack(), 77);
	gic_eoi(77);
	gic_deactivate(77);
	fake_expect("mrs ICC_IAR1_EL1\ndsb sy\nmsr ICC_EOIR1_EL1 4d\nisb\nmsr ICC_DIR_EL1 4d\n"
		    "isb\n");
	gic_set_mask(0x80);
	fake_set_sysreg("ICC_PMR_EL1", 0x90);
	fake_set_sysreg("ICC_RPR_EL1", 0xa0);
	assert_int_equal(gic_get_mask(), 0x90);
	assert_int_equal(gic_running_priority(), 0xa0);
	fake_expect("msr ICC_PMR_EL1 80\ndsb sy\nisb\nmrs ICC_PMR_EL1\nmrs ICC_RPR_EL1\n");
	gic_set_split_eoi(true);
	gic_set_split_eoi(false);
	fake_expect("msr ICC_CTLR_EL1 2\nisb\nmsr ICC_CTLR_EL1 0\nisb\n");
}

static void handler(u32 intid, void *arg)
{
	fake_note("%s %u\n", (const char *)arg, intid);
}

static void one_too_many(void)
{
	gic_handle(200, handler, "one too many");
}

#define ACK	"read32 200000c\n"

static void arrives(u32 ack)
{
	fake_set(GICC + 12, ack);
	gic_dispatch();
}

static void each_interrupt_reaches_its_handler(void **state)
{
	u64 before = gic_spurious();
	u32 i;

	(void)state;
	v2();
	arrives(0x405);
	fake_expect(ACK "write32 2000010 405\n");
	assert_int_equal(gic_spurious(), before + 1);
	gic_handle(5, handler, "five");
	gic_handle(6, handler, "six");
	arrives(0x405);
	arrives(6);
	fake_expect(ACK "five 5\nwrite32 2000010 405\n" ACK "six 6\nwrite32 2000010 6\n");
	gic_handle(5, handler, "other");
	arrives(5);
	fake_expect(ACK "other 5\nwrite32 2000010 5\n");
	arrives(1020);
	arrives(1023);
	fake_expect(ACK ACK);
	assert_int_equal(gic_spurious(), before + 3);
	gic_handle_rest(handler, "rest");
	arrives(1019);
	arrives(6);
	fake_expect(ACK "rest 1019\nwrite32 2000010 3fb\n" ACK "six 6\nwrite32 2000010 6\n");
	assert_int_equal(gic_spurious(), before + 3);
	gic_set_split_eoi(true);
	arrives(6);
	fake_expect("write32 2000000 201\n" ACK "six 6\nwrite32 2000010 6\nwrite32 2001000 6\n");
	gic_set_split_eoi(false);
	arrives(6);
	fake_expect("write32 2000000 1\n" ACK "six 6\nwrite32 2000010 6\n");

	for (i = 2; i < 32; i++)
		gic_handle(100 + i, handler, "more");
	gic_handle(131, handler, "the last");
	arrives(131);
	fake_expect(ACK "the last 131\nwrite32 2000010 83\n");
	ends(one_too_many);
	fake_expect("gic: more than 32 handlers\nexit 3\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_versions_end_the_inmate),
		cmocka_unit_test(the_search_for_redistributors_is_bounded),
		cmocka_unit_test(a_redistributor_wakes_up),
		cmocka_unit_test(registers_v2),
		cmocka_unit_test(registers_v3),
		cmocka_unit_test(own_interrupts_are_recognized),
		cmocka_unit_test(sgis_v2),
		cmocka_unit_test(sgis_v3),
		cmocka_unit_test(interface_v2),
		cmocka_unit_test(interface_v3),
		cmocka_unit_test(each_interrupt_reaches_its_handler),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

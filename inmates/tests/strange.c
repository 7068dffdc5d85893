// SPDX-License-Identifier: GPL-2.0-only
/*
 * Unusual states in which a cell is destroyed. It must be possible to stop it in each of them, and
 * its CPU must be good for the next owner.
 *
 * Command line: mode=MODE, one of the table at the end. Says "strange: ready" before it begins.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/gic.h>
#include <inmate/hypercall.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#define STRANGE_CODE		((volatile u32 *)0x90000)	/* in the cell's memory, free */
#define STRANGE_VECTOR_WORDS	512
#define STRANGE_SCTLR_OFF	0x30d00800
#define STRANGE_NUM_LOCAL	32
#define STRANGE_NUM_SGIS	16

#define ICC_SGI1R_EL1		S3_0_C12_C11_5
#define  SGI1R_OTHERS		BIT(40)
#define ICC_IGRPEN1_EL1		S3_0_C12_C12_7

#define INSN_BRK		0xd4200020

static void strange_sync_code(void)
{
	asm volatile("dsb sy\n\tic iallu\n\tdsb sy\n\tisb" : : : "memory");
}

/* --- exceptions without end --- */

static void strange_vectors(u64 address)
{
	sysreg_write(vbar_el1, address);
	isb();
	asm volatile("brk #1");
}

static void strange_no_vectors(void)
{
	strange_vectors(0xffff000000000000);
}

static void strange_brk_vectors(void)
{
	for (u32 n = 0; n < STRANGE_VECTOR_WORDS; n++)
		STRANGE_CODE[n] = INSN_BRK;
	strange_sync_code();
	strange_vectors((u64)STRANGE_CODE);
}

/* EL0 with all that EL0 can raise. */
static void strange_el0(void)
{
	static const u32 code[] = {
		0xd4000001, 0xd4000002, 0xd4000003,	/* svc, hvc, smc */
		0xd503207f, 0xd53be040,			/* wfi, mrs cntvct_el0 */
		0x17fffffb,				/* b to the first */
	};

	for (u32 n = 0; n < ARRAY_SIZE(code); n++)
		STRANGE_CODE[n] = code[n];
	strange_sync_code();
	sysreg_write(sctlr_el1, STRANGE_SCTLR_OFF);
	isb();
	sysreg_write(elr_el1, (u64)STRANGE_CODE);
	sysreg_write(spsr_el1, 0x3c0);
	asm volatile("eret");
}

/* --- instructions without end --- */

static void strange_hvc(void)
{
	for (;;)
		hypercall1(JH_HC_HYPERVISOR_GET_INFO, ~0UL);
}

static void strange_suspend(void)
{
	for (;;)
		psci_call(PSCI_CPU_SUSPEND, 0x40000000, 0, 0);
}

static void strange_putc(void)
{
	for (u64 n = 0;; n++)
		hypercall1(JH_HC_DEBUG_CONSOLE_PUTC, n * 7);
}

static void strange_tlbi(void)
{
	for (;;)
		asm volatile("tlbi vmalle1is\n\tic ialluis\n\tdsb sy\n\tisb" : : : "memory");
}

static void strange_tlbi_without_sync(void)
{
	for (;;)
		asm volatile("tlbi vmalle1is\n\ttlbi aside1is, xzr\n\tic ialluis" : : : "memory");
}

static void strange_set_way(void)
{
	for (u64 line = 0;; line += 64)
		asm volatile("dc cisw, %0\n\tdc isw, %0" : : "r"(line & 0xfffffffe) : "memory");
}

static void strange_mmu_off(void)
{
	sysreg_write(sctlr_el1, STRANGE_SCTLR_OFF);
	isb();
	for (;;)
		asm volatile("wfe");
}

static void strange_debug(void)
{
	sysreg_write(mdscr_el1, ~0UL);
	sysreg_write(dbgbvr0_el1, 0x1000);
	sysreg_write(dbgbcr0_el1, 0x1e7);
	sysreg_write(dbgwvr0_el1, 0x80000000);
	sysreg_write(dbgwcr0_el1, 0x1ff9);
	sysreg_write(dbgbcr1_el1, ~0UL);
	sysreg_write(dbgwcr1_el1, ~0UL);
	asm volatile("isb\n\tmsr daifclr, #8");
	for (;;)
		READ_ONCE(comm_region->cell_state);
}

/* --- interrupts --- */

static void strange_sgis(void)
{
	gic_init();
	for (;;) {
		gic_send_sgi_self(1);
		gic_send_sgi_others(1);
	}
}

static void strange_triggers(void)
{
	for (;;) {
		for (u32 offset = 8; offset < 64; offset += 4) {
			mmio_write32(comm_region->gicd_base + GICD_ICFGR + offset, ~0U);
			mmio_write32(comm_region->gicd_base + GICD_ICFGR + offset, 0);
		}
	}
}

static void strange_active(void)
{
	gic_init();
	for (;;) {
		mmio_write32(gic_reg(GICD_ISACTIVER, TIMER_IRQ, 1), ~0U);
		mmio_write32(gic_reg(GICD_ISPENDR, TIMER_IRQ, 1), ~0U);
		mmio_write32(gic_reg(GICD_ISENABLER, TIMER_IRQ, 1), ~0U);
		mmio_write32(gic_reg(GICD_ICACTIVER, TIMER_IRQ, 1), ~0U);
	}
}

static void strange_closed(void)
{
	gic_init();
	gic_set_mask(0);
	if (gic_version() == 3)
		sysreg_write(ICC_IGRPEN1_EL1, 0);
	for (;;)
		wfi();
}

static void strange_raise(u32 intid)
{
	if (intid < STRANGE_NUM_SGIS)
		gic_send_sgi_self(intid);
	else
		gic_set_pending(intid);
}

static void strange_enable_all(void)
{
	gic_init();
	for (u32 intid = 0; intid < STRANGE_NUM_LOCAL; intid++) {
		gic_set_priority(intid, (STRANGE_NUM_LOCAL - 1 - intid) * 8);
		gic_enable(intid);
	}
}

/* All that there are taken, each more urgent than the one before, and none ended. */
static void strange_priorities(void)
{
	strange_enable_all();
	gic_set_split_eoi(true);
	for (u32 intid = 0; intid < STRANGE_NUM_LOCAL; intid++) {
		strange_raise(intid);
		gic_ack();
	}
	gic_set_mask(0);
	for (;;)
		wfi();
}

/* More than list registers hold, taken and ended by chance. */
static void strange_full(void)
{
	u32 ack;

	strange_enable_all();
	for (;;) {
		for (u32 intid = 0; intid < STRANGE_NUM_LOCAL; intid++) {
			strange_raise(intid);
			if (intid >= STRANGE_NUM_SGIS)
				gic_clear_active(intid);
		}
		ack = gic_ack();
		if (gic_intid(ack) < GIC_SPECIAL && timer_now() & 3)
			gic_eoi(ack);
	}
}

static void strange_timers(void)
{
	strange_enable_all();
	sysreg_write(cntv_cval_el0, 0);
	sysreg_write(cntv_ctl_el0, 1);
	sysreg_write(cntp_cval_el0, 0);
	sysreg_write(cntp_ctl_el0, 1);
	sysreg_write(cntkctl_el1, ~0UL);
	for (;;)
		gic_eoi(gic_ack());
}

/* --- what it tells the host --- */

static void strange_deny(void)
{
	for (;;) {
		comm_region->cell_state = JH_COMM_RUNNING_LOCKED;
		comm_region->reply_from_cell = JH_REPLY_DENIED;
		dsb_sy();
	}
}

static void strange_lie(void)
{
	for (u32 n = 0;; n++) {
		comm_region->cell_state = n * 0x9e3779b9;
		comm_region->reply_from_cell = n * 0x85ebca6b;
		dsb_sy();
	}
}

static const struct {
	const char *name;
	void (*run)(void);
} strange_modes[] = {
	{ "no-vectors", strange_no_vectors },
	{ "brk-vectors", strange_brk_vectors },
	{ "el0", strange_el0 },
	{ "hvc", strange_hvc },
	{ "suspend", strange_suspend },
	{ "putc", strange_putc },
	{ "tlbi", strange_tlbi },
	{ "tlbi-no-sync", strange_tlbi_without_sync },
	{ "set-way", strange_set_way },
	{ "mmu-off", strange_mmu_off },
	{ "debug", strange_debug },
	{ "sgis", strange_sgis },
	{ "triggers", strange_triggers },
	{ "active", strange_active },
	{ "closed", strange_closed },
	{ "priorities", strange_priorities },
	{ "full", strange_full },
	{ "timers", strange_timers },
	{ "deny", strange_deny },
	{ "lie", strange_lie },
};

void inmate_main(void)
{
	char mode[16];

	cmdline_str("mode", mode, sizeof(mode), "");
	sysreg_write(daif, 0x3c0);
	for (u32 n = 0; n < ARRAY_SIZE(strange_modes); n++) {
		if (strcmp(mode, strange_modes[n].name) != 0)
			continue;
		printf("strange: ready\n");
		strange_modes[n].run();
	}
	printf("strange: there is no mode \"%s\"\n", mode);
}

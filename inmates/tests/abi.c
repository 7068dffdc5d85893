// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the ABI of cells: registers at entry, communication region, hypercalls, PSCI and the other
 * firmware calls.
 *
 * Copyright (c) The jh authors
 */
#include <inmate/cmdline.h>
#include <inmate/comm.h>
#include <inmate/exception.h>
#include <inmate/gic.h>
#include <inmate/hypercall.h>
#include <inmate/io.h>
#include <inmate/print.h>
#include <inmate/psci.h>
#include <inmate/start.h>
#include <inmate/string.h>
#include <inmate/sysreg.h>
#include <inmate/timer.h>

#include "abi_calls.h"
#include "tap.h"

#define EPERM	1
#define EINVAL	22
#define ENOSYS	38

#define ABI_PMCR_E	BIT(0)

#define ABI_PRIORITY	0xa0	/* of each SGI and PPI when a cell starts */
#define ABI_GICC_CTLR	0x0
#define ABI_GICC_PMR	0x4
#define ABI_SGI_FRAME	0x10000

static u64 abi_undefined;
static u64 abi_fp_at_entry[64];
static u64 abi_fp[64];
static u64 abi_fp_after[64];

static bool abi_count_undefined(struct exception_frame *frame, u64 esr)
{
	if (esr >> 26 != 0)
		return false;
	abi_undefined++;
	frame->elr += 4;
	return true;
}

static bool abi_all_zero(const void *p, size_t n)
{
	for (const u8 *b = p; n; n--, b++)
		if (*b)
			return false;
	return true;
}

static void abi_test_general_registers(void)
{
	bool zero = true;

	for (u32 n = 0; n < 31; n++) {
		if (start_regs.x[n]) {
			printf("# x%u is 0x%lx\n", n, start_regs.x[n]);
			zero = false;
		}
	}
	tap_ok(zero, "general registers are zero at entry");
	tap_eq(start_regs.current_el, 1 << 2, "entered at EL1");
	tap_eq(start_regs.spsel, 1, "with SP_EL1 selected");
	tap_eq(start_regs.daif & 0x3c0, 0x3c0, "with D, A, I and F masked");
	tap_eq(start_regs.sctlr, 0x30d00800, "SCTLR_EL1 says MMU and caches off, little-endian");
}

static void abi_test_system_registers(void)
{
	tap_eq(sysreg_read(cpacr_el1) >> 20 & 3, 3, "CPACR_EL1 enables FP");
	tap_ok(abi_all_zero(abi_fp_at_entry, sizeof(abi_fp_at_entry)),
	       "FP registers hold nothing of the previous owner");
	/* By numbers: clang knows no names of FP registers where it may not use them. */
	tap_eq(sysreg_read(S3_3_C4_C4_0), 0, "FPCR is zero");
	tap_eq(sysreg_read(S3_3_C4_C4_1), 0, "FPSR is zero");
	tap_eq(sysreg_read(cntv_ctl_el0), 0, "virtual timer is off");
	tap_eq(sysreg_read(cntp_ctl_el0), 0, "physical timer is off");
	tap_eq(sysreg_read(tpidr_el0), 0, "TPIDR_EL0 is zero");
	tap_eq(sysreg_read(tpidrro_el0), 0, "TPIDRRO_EL0 is zero");
	tap_eq(sysreg_read(sp_el0), 0, "SP_EL0 is zero");
	tap_eq(sysreg_read(cntv_cval_el0), 0, "its compare value is zero");
	tap_eq(sysreg_read(cntp_cval_el0), 0, "and that of the physical one");
	tap_eq(start_regs.vbar, 0, "VBAR_EL1 is zero");
	tap_eq(start_regs.tcr, 0, "TCR_EL1 is zero");
	tap_eq(start_regs.ttbr0, 0, "TTBR0_EL1 is zero");
	tap_eq(sysreg_read(ttbr1_el1), 0, "TTBR1_EL1 is zero");
	tap_eq(sysreg_read(contextidr_el1), 0, "CONTEXTIDR_EL1 is zero");
	tap_eq(sysreg_read(mdscr_el1) & (BIT(0) | BIT(13) | BIT(15)), 0,
	       "MDSCR_EL1: no single step, no monitor debug");
}

static void abi_test_not_fatal(void)
{
	u64 pmcr;

	exception_set_handler(abi_count_undefined);
	pmcr = sysreg_read(pmcr_el0);
	if (abi_undefined)
		tap_skip("PMCR_EL0.E is zero", "this cell has no PMU");
	else
		tap_eq(pmcr & ABI_PMCR_E, 0, "PMCR_EL0.E is zero");
	abi_undefined = 0;
	sysreg_write(actlr_el1, sysreg_read(actlr_el1));
	tap_eq(abi_undefined, 0, "ACTLR_EL1 can be read and written");
	asm volatile("dc cisw, xzr" : : : "memory");
	tap_eq(abi_undefined, 0, "cache maintenance by set and way is not fatal");
	sysreg_read(id_aa64pfr0_el1);
	sysreg_read(id_aa64isar0_el1);
	sysreg_read(ctr_el0);
	tap_eq(abi_undefined, 0, "ID registers can be read");
	exception_set_handler(NULL);
}

static void abi_test_counters(void)
{
	u64 before = timer_now();
	u64 physical = sysreg_read(cntpct_el0);
	u64 after;

	timer_delay_us(10);
	after = timer_now();
	tap_ok(timer_freq() > 0, "CNTFRQ_EL0 is set (%lu Hz)", timer_freq());
	tap_ok(after - before >= timer_from_us(10) && after > before, "CNTVCT_EL0 counts");
	isb();
	tap_ok(sysreg_read(cntpct_el0) > physical, "CNTPCT_EL0 counts");
}

/* Without an offset the physical counter lies between two readings of the virtual one. */
static void abi_test_offset(void)
{
	u64 before, physical, after;

	before = timer_now();
	isb();
	physical = sysreg_read(cntpct_el0);
	isb();
	after = timer_now();
	tap_ok(before <= physical && physical <= after, "both counters are the same");
}

/* The first CPU's SGIs and PPIs in their reset state. */
static void abi_test_private_interrupts(void)
{
	u64 base = comm_region->gicd_base;
	u32 wrong = 0, hidden = 0, priority, n;

	if (comm_region->gic_version == 3)
		base = comm_region->gicr_base + ABI_SGI_FRAME;
	tap_eq(mmio_read32(base + GICD_ISENABLER), 0xffff, "SGIs are enabled, PPIs are not");
	tap_eq(mmio_read32(base + GICD_ISPENDR) >> 16, 0, "no PPI is pending");
	for (n = 0; n < 32; n++) {
		priority = mmio_read8(base + GICD_IPRIORITYR + n);
		if (n < 16 || priority)
			wrong += priority != ABI_PRIORITY;
		else
			hidden |= BIT(n);
	}
	tap_eq(wrong, 0, "the priority of SGIs and PPIs is 0x%x", ABI_PRIORITY);
	tap_eq(hidden & ~BIT(25), BIT(26) | BIT(28), "PPIs 26 and 28 are hidden");
	tap_eq(hidden & BIT(25), BIT(25), "and the one of maintenance");
}

static void abi_test_interrupt_controller(void)
{
	u64 gicc = comm_region->gicc_base;

	if (cmdline_bool("native", false)) {
		tap_skip("the interrupt controller is as after a reset", "the shim sets it up");
		return;
	}
	abi_test_private_interrupts();
	if (comm_region->gic_version == 3) {
		tap_eq(sysreg_read(icc_sre_el1) & 1, 1, "the CPU interface is system registers");
		tap_eq(sysreg_read(icc_igrpen1_el1), 0, "it is disabled");
		tap_eq(sysreg_read(icc_pmr_el1), 0, "its priority mask is 0");
		return;
	}
	tap_eq(mmio_read32(gicc + ABI_GICC_CTLR), 0, "the CPU interface is disabled");
	tap_eq(mmio_read32(gicc + ABI_GICC_PMR), 0, "its priority mask is 0");
}

static void abi_test_comm(void)
{
	const struct jh_comm_region *comm = comm_region;
	u64 pidr2;

	tap_ok(!memcmp(comm->signature, JH_COMM_SIGNATURE, 6), "signature is JHCOMM");
	tap_eq(comm->revision, JH_COMM_REVISION, "revision");
	tap_eq(comm->cell_state, JH_COMM_RUNNING, "cell_state is running");
	tap_eq(comm->msg_to_cell, JH_MSG_NONE, "no message waits");
	tap_eq(comm->reply_from_cell, JH_REPLY_NONE, "no reply is pending");
	tap_eq(comm->flags & ~(u32)(JH_COMM_PUTC_PERMITTED | JH_COMM_PUTC_ACTIVE), 0,
	       "flags are known");
	tap_ok(comm->console.type < JH_CONSOLE_CELL_TYPES, "console type is known");
	tap_ok(comm->console.type == JH_CONSOLE_NONE || comm->console.address,
	       "console has an address");
	tap_ok(abi_all_zero(comm->padding, sizeof(comm->padding)), "padding is zero");
	tap_ok(abi_all_zero(comm + 1, JH_COMM_SIZE - sizeof(*comm)), "the rest is zero");
	tap_ok(comm->gic_version == 2 || comm->gic_version == 3, "gic_version is 2 or 3");
	tap_ok(comm->gicd_base != 0, "gicd_base is set");
	if (comm->gic_version == 3)
		tap_ok(comm->gicr_base != 0, "gicr_base is set");
	else
		tap_ok(comm->gicc_base != 0, "gicc_base is set");
	/* The last 32 bytes of the frame: 4 KB for GICv2, 64 KB for GICv3. */
	pidr2 = mmio_read32(comm->gicd_base + (comm->gic_version == 3 ? GICD_PIDR2 : 0xfe8));
	tap_eq(pidr2 >> 4 & 15, comm->gic_version, "the distributor says the same version");
}

static void abi_fill(u64 *x, u64 func)
{
	for (u32 n = 0; n < 31; n++)
		x[n] = 0x1111111111111111 * (n & 15) ^ n << 8;
	x[0] = func;
}

/* Are the registers from x[first] on as abi_fill() left them? */
static bool abi_kept(const u64 *x, u32 first)
{
	u64 want[31];

	abi_fill(want, 0);
	for (u32 n = first; n < 31; n++) {
		if (x[n] != want[n]) {
			printf("# x%u became 0x%lx\n", n, x[n]);
			return false;
		}
	}
	return true;
}

static void abi_test_hypercall_registers(void)
{
	u64 x[31];

	for (u32 n = 0; n < 64; n++)
		abi_fp[n] = 0x0123456789abcdef * (n + 1);
	abi_fp_load(abi_fp);
	abi_fill(x, 63);
	abi_hypercall(x);
	abi_fp_store(abi_fp_after);
	tap_eq(x[0], -ENOSYS, "unknown hypercall is answered with ENOSYS");
	tap_ok(abi_kept(x, 1), "hypercalls keep all registers but x0");
	tap_ok(!memcmp(abi_fp, abi_fp_after, sizeof(abi_fp)), "hypercalls keep the FP registers");
	tap_eq(abi_flags_call(0xa0000000), 0xa0000000, "hypercalls keep the flags");
	tap_eq(abi_flags_call(0x50000000), 0x50000000, "hypercalls keep the other flags");

	abi_fill(x, JH_HC_HYPERVISOR_GET_INFO);
	x[1] = JH_INFO_NUM_CELLS;
	abi_hypercall(x);
	tap_ok((s64)x[0] >= 2, "GET_INFO counts root and this cell");
	x[1] = 0x1111111111111111 ^ 1 << 8;
	tap_ok(abi_kept(x, 1), "GET_INFO keeps all registers but x0");
}

static void abi_test_hypercall_codes(void)
{
	static const u64 unknown[] = { 9, 15, JH_HC_LAST + 1, 32, 255, 0x7fffffff, 0xffffffff };
	static const u64 management[] = {
		JH_HC_DISABLE, JH_HC_CELL_CREATE, JH_HC_CELL_START, JH_HC_CELL_STOP,
		JH_HC_CELL_DESTROY, JH_HC_CELL_WRITE, JH_HC_CELL_SCRUB, JH_HC_CELL_MSG,
		JH_HC_LOG_FLUSH, JH_HC_CELL_LOADED, JH_HC_CELL_CLEAN, JH_HC_CONSOLE_INPUT,
		JH_HC_CELL_SAMPLE,
	};

	for (u32 n = 0; n < ARRAY_SIZE(unknown); n++)
		tap_eq(hypercall2(unknown[n], 0, 0), -ENOSYS, "code 0x%lx is unknown", unknown[n]);
	for (u32 n = 0; n < ARRAY_SIZE(management); n++)
		tap_eq(hypercall2(management[n], 0, 0), -EPERM, "code %lu is refused to a cell",
		       management[n]);
}

static void abi_test_info(void)
{
	s64 size, used;

	for (u64 type = 0; type <= JH_INFO_NUM_CELLS; type++)
		tap_ok(hypercall1(JH_HC_HYPERVISOR_GET_INFO, type) >= 0, "GET_INFO %lu", type);
	size = hypercall1(JH_HC_HYPERVISOR_GET_INFO, JH_INFO_MEM_POOL_SIZE);
	used = hypercall1(JH_HC_HYPERVISOR_GET_INFO, JH_INFO_MEM_POOL_USED);
	tap_ok(used <= size, "no more of the memory pool is used than there is");
	tap_eq(hypercall1(JH_HC_HYPERVISOR_GET_INFO, 5), -EINVAL, "GET_INFO 5 is invalid");
	tap_eq(hypercall1(JH_HC_HYPERVISOR_GET_INFO, ~0UL), -EINVAL, "GET_INFO -1 is invalid");
	tap_ok(hypercall1(JH_HC_CELL_GET_STATE, 0) < 0, "root's state is none of our business");
	tap_ok(hypercall1(JH_HC_CELL_GET_STATE, 12345) < 0, "nor that of cell 12345");
}

static void abi_test_cpu_info(void)
{
	u64 own = 0, cpu = 0, expected = 0;
	s64 before, after;

	for (u64 n = 0; n < 64; n++) {
		if (hypercall2(JH_HC_CPU_GET_INFO, n, JH_CPU_INFO_STATE) >= 0) {
			own++;
			cpu = n;
		}
	}
	for (u64 n = 0; n < 256; n++)
		expected += psci_call(PSCI_AFFINITY_INFO, (n & 0xf0) << 4 | (n & 15), 0, 0) >= 0;
	tap_eq(own, expected, "CPU_GET_INFO knows the same CPUs as AFFINITY_INFO");
	tap_eq(hypercall2(JH_HC_CPU_GET_INFO, cpu, JH_CPU_INFO_STATE), JH_CPU_STATE_RUNNING,
	       "CPU %lu is running", cpu);
	for (u64 n = 0; n <= JH_STAT_FIRMWARE; n++)
		tap_ok(hypercall2(JH_HC_CPU_GET_INFO, cpu, JH_CPU_INFO_STAT_BASE + n) >= 0,
		       "statistic %lu", n);
	tap_eq(hypercall2(JH_HC_CPU_GET_INFO, cpu, 1), -EINVAL, "information 1 is invalid");
	tap_eq(hypercall2(JH_HC_CPU_GET_INFO, cpu, 1999), -EINVAL, "statistic 999 is invalid");
	tap_ok(hypercall2(JH_HC_CPU_GET_INFO, 12345, 0) < 0, "CPU 12345 is refused");
	tap_ok(hypercall2(JH_HC_CPU_GET_INFO, ~0UL, 0) < 0, "CPU -1 is refused");
	if (own != 1) {
		tap_skip("hypercalls are counted", "which CPU is ours, of several?");
		return;
	}
	before = hypercall2(JH_HC_CPU_GET_INFO, cpu, JH_CPU_INFO_STAT_BASE + JH_STAT_HYPERCALL);
	after = hypercall2(JH_HC_CPU_GET_INFO, cpu, JH_CPU_INFO_STAT_BASE + JH_STAT_HYPERCALL);
	tap_eq(after - before, 1, "hypercalls are counted");
}

static void abi_test_putc(void)
{
	if (comm_region->flags & JH_COMM_PUTC_PERMITTED)
		tap_eq(hypercall1(JH_HC_DEBUG_CONSOLE_PUTC, '\n'), 0, "console call is served");
	else
		tap_eq(hypercall1(JH_HC_DEBUG_CONSOLE_PUTC, '\n'), -EPERM,
		       "console call is refused");
}

static void abi_test_psci(void)
{
	static const u32 supported[] = {
		PSCI_VERSION, PSCI_CPU_SUSPEND, PSCI_CPU_OFF, PSCI_CPU_ON, PSCI_CPU_ON_32,
		PSCI_AFFINITY_INFO, PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET, PSCI_FEATURES,
	};
	u64 x[31];

	tap_ok((u32)smc_call(PSCI_VERSION, 0, 0, 0) >= 0x10001, "PSCI_VERSION by smc");
	tap_ok((u32)hvc_call(PSCI_VERSION, 0, 0, 0) >= 0x10001, "PSCI_VERSION by hvc #0");
	for (u32 n = 0; n < ARRAY_SIZE(supported); n++)
		tap_ok(psci_call(PSCI_FEATURES, supported[n], 0, 0) >= 0,
		       "PSCI_FEATURES knows 0x%x", supported[n]);
	tap_eq(psci_call(PSCI_FEATURES, 0x8400007f, 0, 0), PSCI_NOT_SUPPORTED,
	       "PSCI_FEATURES does not know 0x8400007f");
	tap_eq(psci_call(PSCI_AFFINITY_INFO, cpu_mpidr(), 0, 0), PSCI_AFF_ON, "this CPU is on");
	tap_eq(psci_call(PSCI_AFFINITY_INFO, 0xf0f0f, 0, 0), PSCI_INVALID_PARAMETERS,
	       "there is no CPU 15.15.15");
	tap_eq(psci_call(0x8400007f, 0, 0, 0), PSCI_NOT_SUPPORTED, "unknown PSCI function");

	abi_fill(x, PSCI_VERSION);
	abi_smc(x);
	tap_ok(abi_kept(x, 4), "PSCI by smc keeps x4 to x30");
	abi_fill(x, PSCI_VERSION);
	abi_hvc(x);
	tap_ok(abi_kept(x, 4), "PSCI by hvc keeps x4 to x30");
}

static void abi_test_system_suspend(void)
{
	if (cmdline_bool("native", false))
		tap_skip("SYSTEM_SUSPEND is not advertised", "the firmware's business");
	else
		tap_eq(psci_call(PSCI_FEATURES, PSCI_SYSTEM_SUSPEND, 0, 0), PSCI_NOT_SUPPORTED,
		       "SYSTEM_SUSPEND is not advertised");
}

static void abi_test_smccc(void)
{
	static const u32 unknown[] = {
		0x80001234,	/* Arm architecture */
		0x8100ff42,	/* CPU service */
		0x8200fe00,	/* SiP */
		0x83000000,	/* OEM */
		0xc300ff01,	/* OEM, 64-bit */
		0x8600fe00,	/* vendor-specific hypervisor */
		0xb2000001,	/* trusted application */
		0xbfff0000,	/* trusted OS */
		0x00000000,	/* yielding */
		0xffffffff,
	};
	u64 x[31];

	for (u32 n = 0; n < ARRAY_SIZE(unknown); n++) {
		abi_fill(x, unknown[n]);
		abi_smc(x);
		tap_ok((s32)x[0] == PSCI_NOT_SUPPORTED && abi_kept(x, 4),
		       "smc 0x%x is not supported, and not fatal", unknown[n]);
	}
	if (cmdline_bool("native", false)) {
		tap_skip("SMCCC architecture calls", "QEMU's firmware has none");
		return;
	}
	tap_ok(psci_call(PSCI_FEATURES, SMCCC_VERSION, 0, 0) >= 0, "SMCCC_VERSION is announced");
	tap_ok(psci_call(SMCCC_VERSION, 0, 0, 0) >= 0x10001, "SMCCC_VERSION by smc");
	tap_ok((s32)hvc_call(SMCCC_VERSION, 0, 0, 0) >= 0x10001, "SMCCC_VERSION by hvc #0");
	tap_eq(psci_call(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0), 0, "it is a feature");
	tap_eq(psci_call(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 0, 0), 0, "as is the question");
	tap_eq(psci_call(SMCCC_ARCH_FEATURES, 0x80001234, 0, 0), PSCI_NOT_SUPPORTED,
	       "0x80001234 is no feature");
	if (psci_call(SMCCC_ARCH_FEATURES, SMCCC_ARCH_WORKAROUND_1, 0, 0) < 0) {
		tap_skip("work-around 1 keeps x4 to x30", "not offered");
		return;
	}
	abi_fill(x, SMCCC_ARCH_WORKAROUND_1);
	abi_smc(x);
	tap_ok(abi_kept(x, 4), "work-around 1 keeps x4 to x30");
}

void inmate_main(void)
{
	abi_fp_store(abi_fp_at_entry);
	tap_start("abi");
	abi_test_general_registers();
	abi_test_system_registers();
	abi_test_not_fatal();
	abi_test_interrupt_controller();
	abi_test_counters();
	abi_test_offset();
	abi_test_comm();
	abi_test_hypercall_registers();
	abi_test_hypercall_codes();
	abi_test_info();
	abi_test_cpu_info();
	abi_test_putc();
	abi_test_psci();
	abi_test_system_suspend();
	abi_test_smccc();
	tap_end();
}

// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The native shim: runs an inmate on QEMU's virt machine with the memory map of a cell but without
 * a hypervisor in its way.
 *
 * Stage 2 places the inmate at 0 and a communication region at 0x80000000 and passes the devices
 * through; interrupts, timers and all system registers belong to the inmate, only hvc and smc trap
 * (the firmware would start CPUs at EL2). So inmates can be tested alone, and inmates/bench gets
 * the figures of the bare machine. Every CPU of the machine belongs to the inmate.
 *
 * QEMU loads the inmate at NATIVE_IMAGE and its command line at NATIVE_CMDLINE; see native/run.
 */
#include <inmate/io.h>
#include <inmate/psci.h>
#include <inmate/sysreg.h>
#include <jh/comm.h>
#include <jh/hypercall.h>

#include "native.h"

struct native_cpu {
	u64 stack;	/* first: known to entry.S */
	u64 entry;
	u64 context;
};

u8 native_stacks[NATIVE_CPUS][4096] __attribute__((aligned(4096)));
static struct native_cpu native_cpus[NATIVE_CPUS];
static u64 native_l1[512] __attribute__((aligned(4096)));
static u64 native_l2_low[512] __attribute__((aligned(4096)));
static u64 native_l2_comm[512] __attribute__((aligned(4096)));
static u64 native_l3_comm[512] __attribute__((aligned(4096)));
static u8 native_comm[4096] __attribute__((aligned(4096)));

static void native_puts(const char *s)
{
	for (; *s; s++)
		mmio_write32(NATIVE_UART, *s);
}

static void native_put_hex(const char *what, u64 val)
{
	native_puts(what);
	for (int shift = 60; shift >= 0; shift -= 4)
		mmio_write32(NATIVE_UART, "0123456789abcdef"[val >> shift & 15]);
}

/* Stage 2, 39-bit addresses from level 1: the inmate's memory, the devices, the region. */
static void native_build_tables(void)
{
	native_l1[0] = (u64)native_l2_low | S2_TABLE;
	native_l1[NATIVE_COMM >> 30] = (u64)native_l2_comm | S2_TABLE;
	for (u64 n = 0; n < NATIVE_RAM_SIZE >> 21; n++)
		native_l2_low[n] = (NATIVE_IMAGE + (n << 21)) | S2_NORMAL;
	for (u64 n = NATIVE_DEVICES >> 21; n < NATIVE_DEVICES_END >> 21; n++)
		native_l2_low[n] = n << 21 | S2_DEVICE;
	native_l2_comm[0] = (u64)native_l3_comm | S2_TABLE;
	native_l3_comm[0] = (u64)native_comm | S2_NORMAL | S2_PAGE;
}

/* GICv3 if the CPU has its system registers, which QEMU ties to the machine's GIC. */
static u32 native_gic_version(void)
{
	return sysreg_read(id_aa64pfr0_el1) >> 24 & 15 ? 3 : 2;
}

static void native_fill_comm(void)
{
	struct jh_comm_region *comm = (struct jh_comm_region *)native_comm;

	for (u32 n = 0; n < 6; n++)
		comm->signature[n] = JH_COMM_SIGNATURE[n];
	comm->revision = JH_COMM_REVISION;
	comm->flags = JH_COMM_PUTC_PERMITTED;
	comm->console.address = NATIVE_UART;
	comm->console.size = 0x1000;
	comm->console.type = JH_CONSOLE_PL011;
	comm->console.flags = JH_CONSOLE_MMIO | JH_CONSOLE_REGDIST_4;
	comm->gic_version = native_gic_version();
	comm->gicd_base = NATIVE_GICD;
	comm->gicc_base = NATIVE_GICC;
	comm->gicr_base = NATIVE_GICR;
}

static void native_copy_cmdline(void)
{
	for (u32 n = 0; n < 256; n++)
		((volatile u8 *)NATIVE_IMAGE)[0x1000 + n] = ((volatile u8 *)NATIVE_CMDLINE)[n];
}

/* The state of the distributor that Linux leaves to cells: on, all interrupts in group 1. */
static void native_init_gic(void)
{
	for (u32 n = 1; n < 8; n++)
		mmio_write32(NATIVE_GICD + 0x80 + 4 * n, ~0U);
	if (native_gic_version() == 2) {
		mmio_write32(NATIVE_GICD, 1);
		for (u32 n = 1; n < 8; n++)
			mmio_write32(NATIVE_GICD + 0x80 + 4 * n, 0);
		return;
	}
	mmio_write32(NATIVE_GICD, 0x10);
	mmio_write32(NATIVE_GICD, 0x12);
	for (u64 redist = NATIVE_GICR;; redist += 0x20000) {
		mmio_write32(redist + 0x10080, ~0U);
		if (mmio_read64(redist + 8) & 0x10)
			break;
	}
}

static void native_init_cpu(void)
{
	sysreg_write(vtcr_el2, VTCR);
	sysreg_write(vttbr_el2, (u64)native_l1);
	sysreg_write(hcr_el2, HCR);
	sysreg_write(cnthctl_el2, 3);
	sysreg_write(cntvoff_el2, 0);
	sysreg_write(cptr_el2, 0x33ff);
	sysreg_write(hstr_el2, 0);
	sysreg_write(mdcr_el2, sysreg_read(pmcr_el0) >> 11 & 0x1f);
	sysreg_write(vpidr_el2, sysreg_read(midr_el1));
	sysreg_write(vmpidr_el2, sysreg_read(mpidr_el1));
	if (native_gic_version() == 3) {
		sysreg_write(S3_4_C12_C9_5, 0xf);	/* ICC_SRE_EL2 */
		isb();
	}
	sysreg_write(sctlr_el1, 0x30d00800);
	sysreg_write(cpacr_el1, 3 << 20);
	sysreg_write(cntkctl_el1, 0);
	asm volatile("tlbi vmalls12e1\n\tdsb sy\n\tisb" : : : "memory");
}

void __noreturn native_first_cpu(void)
{
	native_build_tables();
	native_fill_comm();
	native_copy_cmdline();
	native_init_gic();
	native_init_cpu();
	native_enter(0, 0);
}

void __noreturn native_secondary(const struct native_cpu *cpu)
{
	native_init_cpu();
	native_enter(cpu->entry, cpu->context);
}

/* PSCI calls go to the firmware; CPU_ON enters the new CPU through the shim. */
static u64 native_firmware_call(const u64 *x)
{
	struct native_cpu *cpu;
	u64 number;

	if (x[0] != PSCI_CPU_ON && x[0] != PSCI_CPU_ON_32)
		return smc_call(x[0], x[1], x[2], x[3]);
	number = (x[1] >> 8 & 0xff) * 16 + (x[1] & 0xff);
	if (number >= NATIVE_CPUS)
		return PSCI_INVALID_PARAMETERS;
	if (smc_call(PSCI_AFFINITY_INFO, x[1], 0, 0) == PSCI_AFF_OFF) {
		cpu = &native_cpus[number];
		cpu->stack = (u64)native_stacks[number] + sizeof(native_stacks[number]);
		cpu->entry = x[2];
		cpu->context = x[3];
	}
	return smc_call(PSCI_CPU_ON, x[1], (u64)native_entry_secondary,
			(u64)&native_cpus[number]);
}

/* Every CPU of the machine runs; the statistics only grow. */
static s64 native_cpu_info(u64 cpu, u64 type)
{
	static u64 count;

	if (cpu >= NATIVE_CPUS || (s64)smc_call(PSCI_AFFINITY_INFO, cpu, 0, 0) < 0)
		return -22;
	if (type == JH_CPU_INFO_STATE)
		return JH_CPU_STATE_RUNNING;
	type -= JH_CPU_INFO_STAT_BASE;
	return type < JH_NUM_STATS ? (s64)count++ : -22;
}

static s64 native_hypercall(const u64 *x)
{
	switch (x[0]) {
	case JH_HC_DISABLE:
	case JH_HC_CELL_CREATE:
	case JH_HC_CELL_START:
	case JH_HC_CELL_STOP:
	case JH_HC_CELL_DESTROY:
	case JH_HC_CELL_WRITE:
	case JH_HC_CELL_SCRUB:
	case JH_HC_CELL_MSG:
	case JH_HC_LOG_FLUSH:
	case JH_HC_CELL_LOADED:
	case JH_HC_CELL_CLEAN:
	case JH_HC_CONSOLE_INPUT:
	case JH_HC_CELL_SAMPLE:
		return -1;
	case JH_HC_HYPERVISOR_GET_INFO:
		return x[1] <= JH_INFO_NUM_CELLS ? 2 : -22;
	case JH_HC_CELL_GET_STATE:
		return -1;
	case JH_HC_CPU_GET_INFO:
		return native_cpu_info(x[1], x[2]);
	case JH_HC_DEBUG_CONSOLE_PUTC:
		mmio_write32(NATIVE_UART, x[1] & 0xff);
		return 0;
	default:
		return -38;
	}
}

static void __noreturn native_die(u64 esr)
{
	native_put_hex("\nnative: the inmate left its world: ESR_EL2 ", esr);
	native_put_hex(" FAR ", sysreg_read(far_el2));
	native_put_hex(" IPA ", sysreg_read(hpfar_el2) << 8);
	native_put_hex(" pc ", sysreg_read(elr_el2));
	native_puts("\n");
	smc_call(PSCI_SYSTEM_OFF, 0, 0, 0);
	for (;;)
		wfi();
}

void native_trap(u64 *x, u64 vector)
{
	u64 esr = sysreg_read(esr_el2);
	u32 class = esr >> 26;

	if (vector != 8)
		native_die(esr);
	if (class == CLASS_HVC && (esr & 0xffff) == JH_HVC_IMM) {
		x[0] = native_hypercall(x);
	} else if (class == CLASS_HVC) {
		x[0] = native_firmware_call(x);
	} else if (class == CLASS_SMC) {
		x[0] = native_firmware_call(x);
		sysreg_write(elr_el2, sysreg_read(elr_el2) + 4);
	} else {
		native_die(esr);
	}
}

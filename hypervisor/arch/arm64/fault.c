// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Stage 2 aborts: accesses to filtered devices are performed, all others are answered.
 */
#include <asm/abort.h>
#include <asm/errata.h>
#include <asm/sysreg.h>
#include <asm/trap.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/mmio.h>

#define ISS_FSC(esr)		((esr) & 0x3f)
#define FSC_TYPE(fsc)		((fsc) & ~3UL)
#define FSC_TRANSLATION		0x04
#define FSC_PERMISSION		0x0c
#define ISS_S1PTW		BIT(7)
#define ISS_CM			BIT(8)

#define PAR_F			BIT(0)
#define PAR_ADDRESS		0x0000fffffffff000UL

/* Stage 1 of the guest, or both stages: PAR_EL1 is the guest's own and is put back. */
#define translate(operation, va, result)					\
({										\
	u64 saved_ = read_sysreg(par_el1);					\
	asm volatile("at " #operation ", %0; isb" :: "r" (va) : "memory");	\
	*(result) = read_sysreg(par_el1);					\
	write_sysreg(saved_, par_el1);						\
	!(*(result) & PAR_F);							\
})

/* The guest-physical address of a fault; false if the guest changed its tables under us. */
static bool fault_address(u64 esr, u64 *ipa)
{
	u64 far = read_sysreg(far_el2), par;

	/*
	 * HPFAR_EL2 is valid for faults on a walk, and for translation and access flag faults
	 * (Arm ARM D19.2.54), but for an erratum of the A57.
	 */
	if (esr & ISS_S1PTW || (FSC_TYPE(ISS_FSC(esr)) != FSC_PERMISSION &&
				!errata_has(ERRATUM_HPFAR))) {
		*ipa = FIELD(read_sysreg(hpfar_el2), 43, 4) << 12 | (far & 0xfff);
		return true;
	}
	if (!translate(s1e1r, far, &par))
		return false;
	*ipa = (par & PAR_ADDRESS) | (far & 0xfff);
	return true;
}

/* The instruction at the guest's program counter, read through both of its stages. */
static bool fetch_instruction(u32 *instruction)
{
	u64 pc = read_sysreg(elr_el2), par;

	if (pc & 3 || !translate(s12e1r, pc, &par))
		return false;
	*instruction = *(const u32 *)arch_map_read(PA((par & PAR_ADDRESS) | (pc & 0xfff)), 4);
	return true;
}

static bool decode(u64 esr, struct abort_access *access)
{
	u32 instruction;

	if (abort_decode_syndrome(esr, access))
		return true;
	return fetch_instruction(&instruction) && abort_decode_instruction(instruction, access);
}

static u64 get_reg(const struct regs *regs, u32 n)
{
	return n == 31 ? 0 : regs->x[n];
}

static void set_reg(struct regs *regs, u32 n, u64 value)
{
	if (n != 31)
		regs->x[n] = value;
}

static void write_back(struct regs *regs, const struct abort_access *access)
{
	u64 offset = (u64)(s64)access->offset;

	if (access->rn != 31)
		regs->x[access->rn] += offset;
	else if ((read_sysreg(spsr_el2) & 0xf) == SPSR_M_EL1H)
		write_sysreg(read_sysreg(sp_el1) + offset, sp_el1);
	else
		write_sysreg(read_sysreg(sp_el0) + offset, sp_el0);
}

static enum trap_verdict refuse(u32 cause, u64 ipa)
{
	if (this_cell()->id != CELL_ROOT)
		trap_park_cell(cause, ipa);
	return TRAP_ABORT;
}

static enum trap_verdict perform(struct regs *regs, u64 esr, u64 ipa, u64 offset,
				 mmio_handler_t handler)
{
	struct abort_access access;
	struct mmio_access mmio;

	cpu_count(JH_STAT_MMIO);
	/* Cache maintenance by address of a device does nothing. */
	if (esr & ISS_CM)
		return TRAP_SKIP;
	if (esr & ISS_S1PTW || !decode(esr, &access) || offset & (access.size - 1))
		return refuse(JH_CRASH_MMIO, ipa);
	mmio.cell = this_cell();
	mmio.offset = offset;
	mmio.size = access.size;
	mmio.write = access.write;
	mmio.value = access.write ? abort_store_value(&access, get_reg(regs, access.rt)) : 0;
	handler(&mmio);
	if (!access.write)
		set_reg(regs, access.rt, abort_load_result(&access, mmio.value));
	if (unlikely(access.writeback))
		write_back(regs, &access);
	return TRAP_SKIP;
}

enum trap_verdict fault_data(struct regs *regs, u64 esr)
{
	mmio_handler_t handler;
	u64 ipa, offset;

	if (!fault_address(esr, &ipa))
		return TRAP_RETRY;
	if (FSC_TYPE(ISS_FSC(esr)) == FSC_TRANSLATION) {
		handler = mmio_find(ipa, &offset);
		if (likely(handler))
			return perform(regs, esr, ipa, offset, handler);
	}
	return refuse(JH_CRASH_ACCESS, ipa);
}

enum trap_verdict fault_fetch(struct regs *regs, u64 esr)
{
	u64 ipa;

	(void)regs;
	if (!fault_address(esr, &ipa))
		return TRAP_RETRY;
	return refuse(JH_CRASH_FETCH, ipa);
}

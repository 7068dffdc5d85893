// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Stage 2 aborts: an access to a filtered device is performed, any other one has consequences.
 */
#include <asm/fault.h>
#include <asm/trap.h>
#include <hv/cell.h>
#include <hv/cpu.h>
#include <hv/learn.h>
#include <hv/mmio.h>
#include <range.h>

#define PAR_S			BIT(9)	/* the fault is one of stage 2 */
#define PAR_FST(par)		((u32)((par) >> 1 & 0x3f))
#define PAR_ADDRESS		0x0000fffffffff000UL
#define PAR_IS_DEVICE(par)	(!((par) >> 60))	/* ATTR[7:4], Arm ARM D19.2.112 */

/*
 * A57 834220: if both stages fault, the CPU reports the second one instead of the first. If the
 * guest's own translation does not permit the access, the guest gets that fault.
 */
static bool inject_stage1_fault(u64 esr)
{
	bool el0 = (read_sysreg(spsr_el2) & 0xf) == SPSR_M_EL0T, write = esr & ISS_WNR;
	u64 far = read_sysreg(far_el2), par;
	bool ok;

	if (el0)
		ok = write ? fault_translate(s1e0w, far, &par) : fault_translate(s1e0r, far, &par);
	else
		ok = write ? fault_translate(s1e1w, far, &par) : fault_translate(s1e1r, far, &par);
	if (likely(ok) || par & PAR_S)
		return false;
	inject_abort(esr, PAR_FST(par));
	return true;
}

/* The guest-physical address of a fault; false if the guest has to make the access again. */
static bool fault_address(u64 esr, u64 *ipa)
{
	u64 far = read_sysreg(far_el2), par;

	/* HPFAR_EL2 is not valid for a permission fault unless it is one on a walk (D19.2.54). */
	if (likely(FSC_TYPE(ISS_FSC(esr)) != FSC_PERMISSION || esr & ISS_S1PTW)) {
		*ipa = FIELD(read_sysreg(hpfar_el2), 43, 4) << 12 | (far & 0xfff);
		return true;
	}
	if (!fault_translate(s1e1r, far, &par))
		return false;
	*ipa = (par & PAR_ADDRESS) | (far & 0xfff);
	return true;
}

/*
 * May EL2 read an instruction of the guest at this address, as normal memory? The guest may have
 * changed its tables since it executed the instruction; a device that they name by now could answer
 * with an abort. No lock is needed: root's tables always say what root has, and the ranges of a
 * cell whose CPU runs here do not change.
 */
static bool is_code(u64 pa)
{
	const struct cell *cell = this_cell();
	u32 i;

	if (cell->id == CELL_ROOT)
		return pgtable_is_mapped(&root_cell.pt, GPA(pa), sizeof(u32));
	for (i = 0; i < cell->num_memories; i++) {
		const struct cell_memory *m = &cell->memories[i];

		if (!(m->flags & JH_MEM_IO) && range_inside(pa, sizeof(u32), m->pa, m->size))
			return true;
	}
	return false;
}

/* The instruction at the guest's program counter, read through both of its stages. */
static bool fetch_instruction(u32 *instruction)
{
	u64 pc = read_sysreg(elr_el2), sctlr = read_sysreg(sctlr_el1), par, pa;
	const u32 *at;

	if (pc & 3 || !fault_translate(s12e1r, pc, &par))
		return false;
	/* With stage 1 off PAR_EL1 says Device, as data would be; code is not. */
	if (sctlr & SCTLR_M && PAR_IS_DEVICE(par))
		return false;
	pa = (par & PAR_ADDRESS) | (pc & 0xfff);
	if (!is_code(pa))
		return false;
	at = arch_guest_map_ro(PA(pa), sizeof(*at));
	/* The guest may have written it with its caches off: a cached line may be older. */
	if ((sctlr & (SCTLR_M | SCTLR_C)) != (SCTLR_M | SCTLR_C))
		arch_clean_to_memory((void *)at, sizeof(*at));
	*instruction = *at;
	arch_guest_unmap_ro();
	return true;
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

static void write_back(struct regs *regs, const struct decode_access *access)
{
	u64 offset = (u64)(s64)access->offset;

	if (access->rn != 31)
		regs->x[access->rn] += offset;
	else if ((read_sysreg(spsr_el2) & 0xf) == SPSR_M_EL1H)
		write_sysreg(read_sysreg(sp_el1) + offset, sp_el1);
	else
		write_sysreg(read_sysreg(sp_el0) + offset, sp_el0);
}

static enum trap_verdict fault_refuse(u32 cause, u64 ipa)
{
	if (this_cell()->id != CELL_ROOT) {
		/* If the memory was taken away to recall the CPU, the guest did nothing wrong. */
		if (cell_is_direct(this_cell()) && READ_ONCE(cpu_self()->requests))
			cpu_handle_requests();
		trap_park_cell(cause, ipa);
	}
	return TRAP_ABORT;
}

static void fault_perform(struct regs *regs, const struct decode_access *access, u32 offset,
		    const struct mmio_region *region)
{
	struct mmio_access mmio = {
		.offset = offset, .size = (u8)access->size, .write = access->write,
	};
	u64 value;

	if (access->write)
		mmio.value = mmio_low_bytes(get_reg(regs, access->rt), access->size);
	value = region->access(mmio, region->context);
	if (!access->write)
		set_reg(regs, access->rt, decode_load_result(access, value));
	if (access->writeback)
		write_back(regs, access);
}

/* Accesses to a filtered device that fault_simple() does not handle. */
static enum trap_verdict fault_mmio(struct regs *regs, u64 esr, u64 ipa,
				    const struct mmio_region *region)
{
	struct decode_access access;
	u32 offset = (u32)(ipa - region->start), instruction;

	if (errata_has(ERRATUM_STAGE2_FIRST) && inject_stage1_fault(esr))
		return TRAP_RETRY;
	cpu_count(JH_STAT_MMIO);
	/* Cache maintenance by address of a device does nothing. */
	if (esr & ISS_CM)
		return TRAP_SKIP;
	if (esr & ISS_S1PTW)
		return fault_refuse(JH_CRASH_MMIO, ipa);
	if (!decode_syndrome(esr, &access) &&
	    (!fetch_instruction(&instruction) || !decode_instruction(instruction, &access)))
		return fault_refuse(JH_CRASH_MMIO, ipa);
	if (offset & (access.size - 1))
		return fault_refuse(JH_CRASH_MMIO, ipa);
	fault_perform(regs, &access, offset, region);
	return TRAP_SKIP;
}

/* A root in learning mode gets what nobody else owns. */
static bool is_new_to_root(u64 esr, u64 ipa, const char *kind)
{
	return this_cell()->id == CELL_ROOT && FSC_TYPE(ISS_FSC(esr)) == FSC_TRANSLATION &&
	       learn_access(ipa, kind);
}

enum trap_verdict fault_data(struct regs *regs, u64 esr)
{
	const struct mmio_region *region;
	u64 ipa;

	if (!fault_address(esr, &ipa))
		return TRAP_RETRY;
	region = FSC_TYPE(ISS_FSC(esr)) == FSC_TRANSLATION ? mmio_find(ipa) : NULL;
	if (region)
		return fault_mmio(regs, esr, ipa, region);
	if (is_new_to_root(esr, ipa, esr & ISS_WNR ? "write" : "read"))
		return TRAP_RETRY;
	return fault_refuse(JH_CRASH_ACCESS, ipa);
}

enum trap_verdict fault_fetch(u64 esr)
{
	u64 ipa;

	if (!fault_address(esr, &ipa))
		return TRAP_RETRY;
	if (is_new_to_root(esr, ipa, "fetch"))
		return TRAP_RETRY;
	return fault_refuse(JH_CRASH_FETCH, ipa);
}

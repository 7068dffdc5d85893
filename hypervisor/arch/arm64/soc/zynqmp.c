// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * The tables say which power node, clocks and resets belong to which registers, and what each call
 * does to the object that it names. The owner of the registers owns the rest. Numbers: UG1200 and
 * the device-tree bindings of this chip.
 */
#include <asm/sip.h>
#include <asm/zynqmp.h>

#define NONE	0xff

/* A peripheral as firmware sees it. One without a power node is always on. */
struct peripheral {
	u32 registers;
	u8 node;
	u8 clocks[4];
	u8 resets[3];
};

#define PERIPHERAL(registers, node, a, b, c, d, x, y, z) \
	{ registers, node, { a, b, c, d }, { x, y, z } }

static const struct peripheral peripherals[] = {
	PERIPHERAL(0xfd0c0000, 28, 22, NONE, NONE, NONE, 16, NONE, NONE),	/* SATA */
	PERIPHERAL(0xfd0e0000, 59, 23, NONE, NONE, NONE, 0, 1, 2),		/* PCIe */
	PERIPHERAL(0xfd4a0000, 41, 16, 17, 18, NONE, 3, NONE, NONE),		/* DisplayPort */
	PERIPHERAL(0xfd4b0000, 58, 24, 25, 26, NONE, 12, 13, 14),		/* GPU */
	PERIPHERAL(0xfd4c0000, 41, 20, NONE, NONE, NONE, 3, NONE, NONE),	/* its DMA */
	PERIPHERAL(0xfd4d0000, NONE, 75, NONE, NONE, NONE, 4, NONE, NONE),	/* SWDT of FPD */
	PERIPHERAL(0xfd500000, 42, 19, NONE, NONE, NONE, 11, NONE, NONE),	/* GDMA, 8 */
	PERIPHERAL(0xfd510000, 42, 19, NONE, NONE, NONE, 11, NONE, NONE),
	PERIPHERAL(0xfd520000, 42, 19, NONE, NONE, NONE, 11, NONE, NONE),
	PERIPHERAL(0xfd530000, 42, 19, NONE, NONE, NONE, 11, NONE, NONE),
	PERIPHERAL(0xfd540000, 42, 19, NONE, NONE, NONE, 11, NONE, NONE),
	PERIPHERAL(0xfd550000, 42, 19, NONE, NONE, NONE, 11, NONE, NONE),
	PERIPHERAL(0xfd560000, 42, 19, NONE, NONE, NONE, 11, NONE, NONE),
	PERIPHERAL(0xfd570000, 42, 19, NONE, NONE, NONE, 11, NONE, NONE),
	PERIPHERAL(0xff000000, 33, 56, NONE, NONE, NONE, 34, NONE, NONE),	/* UART */
	PERIPHERAL(0xff010000, 34, 57, NONE, NONE, NONE, 35, NONE, NONE),
	PERIPHERAL(0xff020000, 37, 61, NONE, NONE, NONE, 42, NONE, NONE),	/* I2C */
	PERIPHERAL(0xff030000, 38, 62, NONE, NONE, NONE, 43, NONE, NONE),
	PERIPHERAL(0xff040000, 35, 58, NONE, NONE, NONE, 36, NONE, NONE),	/* SPI */
	PERIPHERAL(0xff050000, 36, 59, NONE, NONE, NONE, 37, NONE, NONE),
	PERIPHERAL(0xff060000, 47, 63, 65, 101, NONE, 40, NONE, NONE),		/* CAN */
	PERIPHERAL(0xff070000, 48, 64, 66, 102, NONE, 41, NONE, NONE),
	PERIPHERAL(0xff0a0000, 46, NONE, NONE, NONE, NONE, 51, NONE, NONE),	/* GPIO */
	PERIPHERAL(0xff0b0000, 29, 45, 49, 104, 108, 29, NONE, NONE),		/* GEM */
	PERIPHERAL(0xff0c0000, 30, 46, 50, 105, 109, 30, NONE, NONE),
	PERIPHERAL(0xff0d0000, 31, 47, 51, 106, 110, 31, NONE, NONE),
	PERIPHERAL(0xff0e0000, 32, 48, 52, 107, 111, 32, NONE, NONE),
	PERIPHERAL(0xff0f0000, 45, 53, NONE, NONE, NONE, 33, NONE, NONE),	/* QSPI */
	PERIPHERAL(0xff100000, 44, 60, NONE, NONE, NONE, 49, NONE, NONE),	/* NAND */
	PERIPHERAL(0xff110000, 24, NONE, NONE, NONE, NONE, 44, NONE, NONE),	/* TTC */
	PERIPHERAL(0xff120000, 25, NONE, NONE, NONE, NONE, 45, NONE, NONE),
	PERIPHERAL(0xff130000, 26, NONE, NONE, NONE, NONE, 46, NONE, NONE),
	PERIPHERAL(0xff140000, 27, NONE, NONE, NONE, NONE, 47, NONE, NONE),
	PERIPHERAL(0xff150000, NONE, 112, NONE, NONE, NONE, 48, 70, NONE),	/* SWDT of LPD */
	PERIPHERAL(0xff160000, 39, 54, NONE, NONE, NONE, 38, NONE, NONE),	/* SD */
	PERIPHERAL(0xff170000, 40, 55, NONE, NONE, NONE, 39, NONE, NONE),
	PERIPHERAL(0xff9d0000, 22, 32, 35, NONE, NONE, 59, 61, 63),		/* USB */
	PERIPHERAL(0xff9e0000, 23, 33, 36, NONE, NONE, 60, 62, 64),
	PERIPHERAL(0xffa50000, NONE, 70, NONE, NONE, NONE, 68, NONE, NONE),	/* AMS */
	PERIPHERAL(0xffa60000, 61, NONE, NONE, NONE, NONE, 67, NONE, NONE),	/* RTC */
	PERIPHERAL(0xffa80000, 43, 68, NONE, NONE, NONE, 50, NONE, NONE),	/* ADMA, 8 */
	PERIPHERAL(0xffa90000, 43, 68, NONE, NONE, NONE, 50, NONE, NONE),
	PERIPHERAL(0xffaa0000, 43, 68, NONE, NONE, NONE, 50, NONE, NONE),
	PERIPHERAL(0xffab0000, 43, 68, NONE, NONE, NONE, 50, NONE, NONE),
	PERIPHERAL(0xffac0000, 43, 68, NONE, NONE, NONE, 50, NONE, NONE),
	PERIPHERAL(0xffad0000, 43, 68, NONE, NONE, NONE, 50, NONE, NONE),
	PERIPHERAL(0xffae0000, 43, 68, NONE, NONE, NONE, 50, NONE, NONE),
	PERIPHERAL(0xffaf0000, 43, 68, NONE, NONE, NONE, 50, NONE, NONE),
};

enum object { NOTHING, NODE, CLOCK, RESET, ADDRESS };

/* The effect of a call on its object. */
enum effect {
	NO_CALL,	/* the call is not in the table */
	READ,		/* none */
	TAKE,		/* turns the object on */
	LEAVE,		/* gives it up: done for nobody if others need it */
	CHANGE,		/* others that use the object would notice */
	MACHINE,	/* concerns the whole machine or carries addresses: only for root */
	NEVER,		/* would return at EL2 without the hypervisor */
};

/* Shared by the whole chip: root may change these as long as there is no cell. */
static const struct { u8 object, first, last; } vital[] = {
	{ NODE, 1, 5 },		/* the cluster and its cores */
	{ NODE, 10, 14 },	/* full-power domain, OCM */
	{ NODE, 19, 19 },	/* L2 */
	{ NODE, 50, 50 },	/* PLLs but for that of video, DDR, IPI of the cluster */
	{ NODE, 52, 56 },
	{ NODE, 62, 62 },	/* low-power domain */
	{ CLOCK, 0, 3 },	/* PLLs, cores, debug of the domains */
	{ CLOCK, 5, 13 },
	{ CLOCK, 21, 21 },	/* DDR */
	{ CLOCK, 27, 28 },	/* switches of the domains and of the peripherals */
	{ CLOCK, 30, 31 },
	{ CLOCK, 34, 34 },	/* both USB controllers */
	{ CLOCK, 42, 44 },	/* ..., time stamps of the network controllers */
	{ CLOCK, 67, 67 },	/* delay lines of the SD controllers */
	{ CLOCK, 69, 69 },	/* system counter */
	{ CLOCK, 76, 95 },	/* stages of the PLLs */
	{ CLOCK, 103, 103 },
	{ RESET, 15, 15 },	/* serial transceivers */
	{ RESET, 17, 28 },	/* cores, L2, DDR, the whole */
	{ RESET, 52, 53 },	/* coherency, system counter */
	{ RESET, 57, 57 },	/* OCM */
	{ RESET, 65, 65 },	/* IPI */
	{ RESET, 71, 71 },	/* domains and debug */
	{ RESET, 74, 80 },	/* ..., PLLs */
	{ RESET, 114, 114 },
};

#define VPLL		4	/* its clock */

/*
 * The video PLL, of which a display changes the rate with its mode. The peripherals below take
 * their clocks from it, or may; cores, DDR and buses do not, as the chip's start-up code has it.
 */
static const struct { u8 object, first, last; } video[] = {
	{ NODE, 51, 51 },
	{ CLOCK, VPLL, VPLL },
	{ CLOCK, 96, 100 },
};

static const struct { u32 first, last; } on_video[] = {
	{ 0xfd4a0000, 0xfd4c0000 },	/* DisplayPort, GPU, DMA of the display */
	{ 0xfd500000, 0xfd570000 },	/* GDMA */
};

#define PERIPHERAL_SIZE	0x10000

#define LAST_CORE	5	/* nodes 2 to 5; 1 is their cluster */
#define CALLS		74

static const struct { u8 object, effect; } calls[CALLS] = {
	[0] = { NOTHING, READ },	/* API_FEATURES */
	[1] = { NOTHING, READ },	/* GET_API_VERSION */
	[2] = { NOTHING, MACHINE },	/* SET_CONFIGURATION */
	[3] = { NODE, READ },		/* GET_NODE_STATUS */
	[4] = { NODE, READ },		/* GET_OP_CHARACTERISTIC */
	[5] = { NODE, TAKE },		/* REGISTER_NOTIFIER */
	[6] = { NODE, CHANGE },		/* REQUEST_SUSPEND */
	[7] = { NODE, NEVER },		/* SELF_SUSPEND */
	[8] = { NODE, CHANGE },		/* FORCE_POWERDOWN */
	[9] = { NODE, NEVER },		/* ABORT_SUSPEND */
	[10] = { NODE, CHANGE },	/* REQUEST_WAKEUP */
	[11] = { NODE, CHANGE },	/* SET_WAKEUP_SOURCE */
	[12] = { NOTHING, MACHINE },	/* SYSTEM_SHUTDOWN */
	[13] = { NODE, TAKE },		/* REQUEST_NODE */
	[14] = { NODE, LEAVE },		/* RELEASE_NODE */
	[15] = { NODE, TAKE },		/* SET_REQUIREMENT */
	[16] = { NODE, CHANGE },	/* SET_MAX_LATENCY */
	[17] = { RESET, CHANGE },	/* RESET_ASSERT */
	[18] = { RESET, READ },		/* RESET_GET_STATUS */
	[19] = { ADDRESS, MACHINE },	/* MMIO_WRITE */
	[20] = { ADDRESS, MACHINE },	/* MMIO_READ */
	[21] = { NOTHING, MACHINE },	/* INIT_FINALIZE */
	[22] = { NOTHING, MACHINE },	/* FPGA_LOAD */
	[23] = { NOTHING, READ },	/* FPGA_GET_STATUS */
	[24] = { NOTHING, READ },	/* GET_CHIPID */
	[26] = { NOTHING, MACHINE },	/* SECURE_SHA */
	[27] = { NOTHING, MACHINE },	/* SECURE_RSA */
	[28] = { NOTHING, MACHINE },	/* PINCTRL_REQUEST: pins are the board's, not a device's */
	[29] = { NOTHING, MACHINE },	/* PINCTRL_RELEASE */
	[30] = { NOTHING, READ },	/* PINCTRL_GET_FUNCTION */
	[31] = { NOTHING, MACHINE },	/* PINCTRL_SET_FUNCTION */
	[32] = { NOTHING, READ },	/* PINCTRL_CONFIG_PARAM_GET */
	[33] = { NOTHING, MACHINE },	/* PINCTRL_CONFIG_PARAM_SET */
	[34] = { NODE, CHANGE },	/* IOCTL: see ioctls[] */
	[35] = { NOTHING, READ },	/* QUERY_DATA */
	[36] = { CLOCK, TAKE },		/* CLOCK_ENABLE */
	[37] = { CLOCK, LEAVE },	/* CLOCK_DISABLE */
	[38] = { CLOCK, READ },		/* CLOCK_GETSTATE */
	[39] = { CLOCK, CHANGE },	/* CLOCK_SETDIVIDER */
	[40] = { CLOCK, READ },		/* CLOCK_GETDIVIDER */
	[41] = { CLOCK, CHANGE },	/* CLOCK_SETRATE */
	[42] = { CLOCK, READ },		/* CLOCK_GETRATE */
	[43] = { CLOCK, CHANGE },	/* CLOCK_SETPARENT */
	[44] = { CLOCK, READ },		/* CLOCK_GETPARENT */
	[45] = { NOTHING, MACHINE },	/* SECURE_IMAGE */
	[46] = { NOTHING, MACHINE },	/* FPGA_READ */
	[47] = { NOTHING, MACHINE },	/* SECURE_AES */
	[48] = { NODE, CHANGE },	/* PLL_SET_PARAMETER */
	[49] = { NODE, READ },		/* PLL_GET_PARAMETER */
	[50] = { NODE, CHANGE },	/* PLL_SET_MODE */
	[51] = { NODE, READ },		/* PLL_GET_MODE */
	[52] = { NOTHING, MACHINE },	/* REGISTER_ACCESS */
	[53] = { NOTHING, MACHINE },	/* EFUSE_ACCESS */
	[63] = { NOTHING, READ },	/* FEATURE_CHECK */
	[72] = { NOTHING, MACHINE },	/* FPGA_GET_VERSION */
	[73] = { NOTHING, MACHINE },	/* FPGA_GET_FEATURE_LIST */
};

#define IOCTL	34

/* IOCTL, by its second argument. Most ignore the node in the first one and belong to root. */
static const struct { u8 number, object, effect; } ioctls[] = {
	{ 0, NOTHING, READ },		/* mode of the R5 */
	{ 6, NODE, CHANGE },		/* delay lines of an SD controller */
	{ 7, NODE, CHANGE },
	{ 8, CLOCK, CHANGE },		/* mode and fraction of a PLL, which is named further on */
	{ 9, CLOCK, READ },
	{ 10, CLOCK, CHANGE },
	{ 11, CLOCK, READ },
	{ 30, NODE, CHANGE },		/* configuration of an SD controller */
	{ 31, NODE, CHANGE },		/* of a network controller */
};

/* The other SiP calls of this chip's firmware. */
static const struct { u16 first, last; u8 effect; } others[] = {
	{ 0x0a00, 0x0a00, READ },	/* API_FEATURES */
	{ 0x0a01, 0x0a01, MACHINE },	/* GET_CALLBACK_DATA */
	{ 0x0a02, 0x0a02, NEVER },	/* SET_SUSPEND_MODE */
	{ 0x0a03, 0x0a03, READ },	/* GET_TRUSTZONE_VERSION */
	{ 0x0a04, 0x0a04, MACHINE },	/* REGISTER_SGI */
	{ 0x1000, 0x1fff, MACHINE },	/* mailboxes to the other processors */
	{ 0xff00, 0xff03, READ },	/* count, identity and version of these services */
};

/* The owner of the peripherals that an object belongs to. */
struct share {
	bool mine, others;
};

static bool has(const struct peripheral *peripheral, u8 object, u32 id)
{
	u32 i;

	if (id >= NONE)
		return false;
	if (object == NODE)
		return peripheral->node == id;
	for (i = 0; object == CLOCK && i < ARRAY_SIZE(peripheral->clocks); i++)
		if (peripheral->clocks[i] == id)
			return true;
	for (i = 0; object == RESET && i < ARRAY_SIZE(peripheral->resets); i++)
		if (peripheral->resets[i] == id)
			return true;
	return false;
}

/*
 * The owner of the registers owns the rest. Root may also reset devices of a cell that does not
 * run. It has to before the cell's memory changes its owner: the device may still be writing to it.
 */
static bool is_mine(u8 object, u64 registers, const struct sip_caller *caller)
{
	if (caller->owner(registers) == caller->cell)
		return true;
	return object == RESET && !caller->cell && caller->rests && caller->rests(registers);
}

static bool is_video(u8 object, u32 id)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(video); i++)
		if (video[i].object == object && id >= video[i].first && id <= video[i].last)
			return true;
	return false;
}

static void note_share(struct share *share, u8 object, u32 registers,
		       const struct sip_caller *caller)
{
	if (is_mine(object, registers, caller))
		share->mine = true;
	else
		share->others = true;
}

static struct share share_of(u8 object, u32 id, const struct sip_caller *caller)
{
	struct share share = { false, false };
	u32 i, registers;

	for (i = 0; is_video(object, id) && i < ARRAY_SIZE(on_video); i++)
		for (registers = on_video[i].first; registers <= on_video[i].last;
		     registers += PERIPHERAL_SIZE)
			note_share(&share, object, registers, caller);
	for (i = 0; i < ARRAY_SIZE(peripherals); i++) {
		if (has(&peripherals[i], object, id))
			note_share(&share, object, peripherals[i].registers, caller);
	}
	return share;
}

static bool is_vital(u8 object, u32 id)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(vital); i++)
		if (vital[i].object == object && id >= vital[i].first && id <= vital[i].last)
			return true;
	return false;
}

/* A caller that gives up what it does not own succeeds, and nothing is done. */
static enum sip_verdict unless(bool forward, u8 effect)
{
	if (forward)
		return SIP_FORWARD;
	return effect == LEAVE ? SIP_DONE : SIP_NO_ACCESS;
}

static enum sip_verdict decide_object(u8 object, u32 id, u8 effect,
				       const struct sip_caller *caller)
{
	struct share share = share_of(object, id, caller);
	bool is_root = !caller->cell;

	/* Cores start by PSCI only, whoever asks. */
	if (object == NODE && id && id <= LAST_CORE && effect != READ)
		return unless(false, effect);
	if (is_vital(object, id)) {
		/* It is on: a cell that turns it on gets what it wants. */
		if (effect == TAKE)
			return is_root ? SIP_FORWARD : SIP_DONE;
		return unless(is_root && caller->alone, effect);
	}
	/* Only root may have the video PLL; objects of no listed peripheral belong to root. */
	if (is_video(object, id))
		return unless(is_root && !share.others, effect);
	if (!share.mine && !share.others)
		return unless(is_root, effect);
	/* A controller whose channels have several owners stays on for all of them. */
	if (share.mine && share.others && effect == TAKE)
		return SIP_FORWARD;
	return unless(share.mine && !share.others, effect);
}

/* The second argument decides about the effect of some calls. */
static u8 effect_of(u32 function, u32 second)
{
	if (function == 15 && !second)
		return LEAVE;		/* SET_REQUIREMENT: of nothing */
	if (function == 17 && !second)
		return TAKE;		/* RESET_ASSERT: release */
	return calls[function].effect;
}

/* The object of a call, and its effect on that object. */
struct call {
	u8 object, effect;
};

static struct call ioctl_call(u32 number)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ioctls); i++)
		if (ioctls[i].number == number)
			return (struct call){ ioctls[i].object, ioctls[i].effect };
	return (struct call){ NOTHING, MACHINE };
}

static struct call find_call(u32 function, u32 second)
{
	u32 i;

	if (function == IOCTL)
		return ioctl_call(second);
	if (function < CALLS)
		return (struct call){ calls[function].object, effect_of(function, second) };
	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (function >= others[i].first && function <= others[i].last)
			return (struct call){ NOTHING, others[i].effect };
	return (struct call){ NOTHING, NO_CALL };
}

/*
 * The newer form: one function for all calls, which puts the number of the call and of its module
 * before the first argument. This chip has no module but power management.
 */
static bool unfold(u32 *function, u32 *first, u32 *second, u32 *third, u64 x1, u64 x2)
{
	u32 module = (u32)x1 >> 8;

	if (module && module != EEMI_MODULE)
		return false;
	*function = (u32)x1 & 0xff;
	*first = (u32)(x1 >> 32);
	*second = (u32)x2;
	*third = (u32)(x2 >> 32);
	return true;
}

static enum sip_verdict zynqmp_decide(const struct sip_call *asked, const struct sip_caller *caller)
{
	u32 first = (u32)asked->x1, second = (u32)(asked->x1 >> 32), third = (u32)asked->x2;
	u32 function = asked->function;
	struct call call;

	if (function == EEMI_PASS_THROUGH &&
	    !unfold(&function, &first, &second, &third, asked->x1, asked->x2))
		return SIP_NOT_SUPPORTED;
	call = find_call(function, second);
	switch (call.effect) {
	case NO_CALL:
		/* Newer kernels use new calls, and root must not lose what it has without jh. */
		return caller->cell ? SIP_NOT_SUPPORTED : SIP_FORWARD;
	case READ:
		return SIP_FORWARD;
	case NEVER:
		return SIP_NO_ACCESS;
	case MACHINE:
		if (call.object == ADDRESS && caller->owner(first) != caller->cell)
			return SIP_NO_ACCESS;
		return caller->cell ? SIP_NO_ACCESS : SIP_FORWARD;
	}
	if (call.object == CLOCK && function == IOCTL)
		first = third == VPLL ? VPLL : 0;	/* any other PLL stands for all */
	if (call.object == RESET)
		first -= EEMI_RESET_BASE;	/* what wraps around is no reset */
	return decide_object(call.object, first, call.effect, caller);
}

const struct sip_filter zynqmp_filter = {
	.no_access = EEMI_NO_ACCESS,
	.decide = zynqmp_decide,
};

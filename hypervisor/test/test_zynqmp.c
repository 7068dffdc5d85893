// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Firmware calls of Zynq UltraScale+: all functions with all identifiers, for root and for cells.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <asm/sip.h>
#include <asm/zynqmp.h>

#define FUNCTIONS	0x10000
#define IDS		256
#define UART1		0xff010000
#define CAN1		0xff070000
#define GDMA_CHANNEL_1	0xfd510000

enum { ROOT, RTOS, OTHER };

/* RTOS has UART1, CAN1 and a channel of GDMA; OTHER has TTC1; the rest is root's. */
static u32 owner(u64 pa)
{
	switch (pa & ~0xfffUL) {
	case UART1:
	case CAN1:
	case GDMA_CHANNEL_1:
		return RTOS;
	case 0xff120000:
		return OTHER;
	}
	return ROOT;
}

static u32 all_root(u64 pa)
{
	(void)pa;
	return ROOT;
}

static const struct sip_caller root = { ROOT, false, owner, NULL };
static const struct sip_caller rtos = { RTOS, false, owner, NULL };
static const struct sip_caller other = { OTHER, false, owner, NULL };
static const struct sip_caller alone = { ROOT, true, all_root, NULL };

static bool rtos_rests(u64 pa)
{
	return owner(pa) == RTOS;
}

/* Root while rtos does not run. */
static const struct sip_caller keeper = { ROOT, false, owner, rtos_rests };

enum {
	GET_NODE_STATUS = 3, SELF_SUSPEND = 7, FORCE_POWERDOWN = 8, REQUEST_WAKEUP = 10,
	SYSTEM_SHUTDOWN = 12, REQUEST_NODE = 13, RELEASE_NODE = 14, SET_REQUIREMENT = 15,
	RESET_ASSERT = 17, RESET_STATUS = 18, MMIO_WRITE = 19, MMIO_READ = 20, INIT_FINALIZE = 21,
	FPGA_LOAD = 22, SECURE_SHA = 26, SECURE_RSA = 27, PIN_REQUEST = 28, IOCTL = 34,
	QUERY_DATA = 35, CLOCK_ENABLE = 36, CLOCK_DISABLE = 37, CLOCK_GETSTATE = 38,
	CLOCK_SETDIVIDER = 39, CLOCK_SETPARENT = 43, SECURE_IMAGE = 45, FPGA_READ = 46,
	SECURE_AES = 47, PLL_SET_PARAMETER = 48, PLL_SET_MODE = 50, REGISTER_ACCESS = 52,
	EFUSE_ACCESS = 53, FEATURE_CHECK = 63, SET_SUSPEND_MODE = 0xa02,
};

#define F	SIP_FORWARD
#define D	SIP_DONE
#define N	SIP_NO_ACCESS
#define U	SIP_NOT_SUPPORTED

/* What each caller gets: rtos, other, root beside them, root alone. */
static const struct {
	const char *what;
	u32 function, first, second;
	enum sip_verdict rtos, other, root, alone;
} examples[] = {
	{ "enable UART1's clock", CLOCK_ENABLE, 57, 0, F, N, N, F },
	{ "disable it", CLOCK_DISABLE, 57, 0, F, D, D, F },
	{ "divide it", CLOCK_SETDIVIDER, 57, 0, F, N, N, F },
	{ "its parent", CLOCK_SETPARENT, 57, 0, F, N, N, F },
	{ "its state", CLOCK_GETSTATE, 57, 0, F, F, F, F },
	{ "power UART1", REQUEST_NODE, 34, 7, F, N, N, F },
	{ "release it", RELEASE_NODE, 34, 0, F, D, D, F },
	{ "require something of it", SET_REQUIREMENT, 34, 1, F, N, N, F },
	{ "require nothing of it", SET_REQUIREMENT, 34, 0, F, D, D, F },
	{ "power it down by force", FORCE_POWERDOWN, 34, 0, F, N, N, F },
	{ "hold it in reset", RESET_ASSERT, 1035, 1, F, N, N, F },
	{ "pulse its reset", RESET_ASSERT, 1035, 2, F, N, N, F },
	{ "release its reset", RESET_ASSERT, 1035, 0, F, N, N, F },
	{ "its reset's status", RESET_STATUS, 1035, 0, F, F, F, F },
	{ "CAN1's clock from its pin", CLOCK_SETPARENT, 102, 0, F, N, N, F },
	{ "divide UART0's clock", CLOCK_SETDIVIDER, 56, 0, N, N, F, F },
	{ "disable UART0's clock", CLOCK_DISABLE, 56, 0, D, D, F, F },
	{ "reset GEM3", RESET_ASSERT, 1032, 1, N, N, F, F },
	{ "power TTC1", REQUEST_NODE, 25, 7, N, F, N, F },
	{ "power TTC0", REQUEST_NODE, 24, 7, N, N, F, F },
	{ "the clock of the peripherals' bus on", CLOCK_ENABLE, 31, 0, D, D, F, F },
	{ "and off", CLOCK_DISABLE, 31, 0, D, D, D, F },
	{ "and divided", CLOCK_SETDIVIDER, 31, 0, N, N, N, F },
	{ "the cores' clock divided", CLOCK_SETDIVIDER, 10, 0, N, N, N, F },
	{ "a PLL's parameter", PLL_SET_PARAMETER, 54, 0, N, N, N, F },
	{ "a PLL's mode", PLL_SET_MODE, 53, 0, N, N, N, F },
	{ "a PLL's fraction by IOCTL", IOCTL, 0, 8, N, N, N, F },
	{ "another one", IOCTL, 0, 10, N, N, N, F },
	{ "a general storage register", IOCTL, 0, 12, N, N, F, F },
	{ "the same in the name of UART1", IOCTL, 34, 12, N, N, F, F },
	{ "the R5's mode in its name", IOCTL, 34, 1, N, N, F, F },
	{ "the memory of the R5", IOCTL, 34, 3, N, N, F, F },
	{ "a register in its name", IOCTL, 34, 29, N, N, F, F },
	{ "what firmware watches, in its name", IOCTL, 34, 26, N, N, F, F },
	{ "an IOCTL that is not known", IOCTL, 34, 1000, N, N, F, F },
	{ "the R5's mode asked", IOCTL, 34, 0, F, F, F, F },
	{ "SD1's delay line", IOCTL, 40, 7, N, N, F, F },
	{ "another way to bypass it", IOCTL, 40, 4, N, N, F, F },
	{ "GEM1's settings", IOCTL, 30, 31, N, N, F, F },
	{ "GDMA's clock on, a channel each", CLOCK_ENABLE, 19, 0, F, N, F, F },
	{ "off", CLOCK_DISABLE, 19, 0, D, D, D, F },
	{ "divided", CLOCK_SETDIVIDER, 19, 0, N, N, N, F },
	{ "reset GDMA", RESET_ASSERT, 1011, 1, N, N, N, F },
	{ "wake a core", REQUEST_WAKEUP, 3, 0, N, N, N, N },
	{ "power a core down", FORCE_POWERDOWN, 5, 0, N, N, N, N },
	{ "suspend", SELF_SUSPEND, 2, 0, N, N, N, N },
	{ "how suspending works", SET_SUSPEND_MODE, 0, 0, N, N, N, N },
	{ "wake an R5", REQUEST_WAKEUP, 7, 0, N, N, F, F },
	{ "power DDR down", FORCE_POWERDOWN, 55, 0, N, N, N, F },
	{ "reset the cores", RESET_ASSERT, 1025, 1, N, N, N, F },
	{ "reset the whole", RESET_ASSERT, 1028, 1, N, N, N, F },
	{ "the logic's clock", CLOCK_SETDIVIDER, 71, 0, N, N, F, F },
	{ "a clock that is not there", CLOCK_SETDIVIDER, 1000, 0, N, N, F, F },
	{ "none", CLOCK_DISABLE, 255, 0, D, D, F, F },
	{ "a reset that is not there", RESET_ASSERT, 35, 1, N, N, F, F },
	{ "another one", RESET_ASSERT, 2035, 1, N, N, F, F },
	{ "write UART1", MMIO_WRITE, UART1 + 4, 0, N, N, N, F },
	{ "read UART1", MMIO_READ, UART1 + 4, 0, N, N, N, F },
	{ "write a controller", MMIO_WRITE, 0xff5e0000, 0, N, N, F, F },
	{ "end the machine", SYSTEM_SHUTDOWN, 0, 0, N, N, F, F },
	{ "fuses", EFUSE_ACCESS, 0, 0, N, N, F, F },
	{ "an image", SECURE_IMAGE, 0, 0, N, N, F, F },
	{ "the logic", FPGA_LOAD, 0, 0, N, N, F, F },
	{ "read it", FPGA_READ, 0, 0, N, N, F, F },
	{ "a hash", SECURE_SHA, 0, 0, N, N, F, F },
	{ "a signature", SECURE_RSA, 0, 0, N, N, F, F },
	{ "a cipher", SECURE_AES, 0, 0, N, N, F, F },
	{ "registers", REGISTER_ACCESS, 0, 0, N, N, F, F },
	{ "end of start-up", INIT_FINALIZE, 0, 0, N, N, F, F },
	{ "a pin", PIN_REQUEST, 20, 0, N, N, F, F },
	{ "a question", QUERY_DATA, 12, 3, F, F, F, F },
	{ "is there", FEATURE_CHECK, 13, 0, F, F, F, F },
	{ "a mailbox", 0x1000, 0, 0, N, N, F, F },
	{ "the last mailbox", 0x1fff, 0, 0, N, N, F, F },
	{ "none", 0x2000, 0, 0, U, U, F, F },
	{ "what the firmware calls back for", 0xa01, 0, 0, N, N, F, F },
	{ "the interrupt by which it does", 0xa04, 0, 0, N, N, F, F },
	{ "one function more", 0xa05, 0, 0, U, U, F, F },
	{ "which services", 0xff01, 0, 0, F, F, F, F },
	{ "features of the secure monitor", 0xa00, 0xa05, 0, F, F, F, F },
	{ "version of the logic's loader", 72, 0, 0, N, N, F, F },
	{ "its features", 73, 0, 0, N, N, F, F },
	{ "not known", 25, 0, 0, U, U, F, F },
	{ "of another module", 0x213, 0, 0, U, U, F, F },
	{ "the last of all", 0xffff, 0, 0, U, U, F, F },
};

static enum sip_verdict decide(u32 function, u64 x1, u64 x2, const struct sip_caller *caller)
{
	const struct sip_call call = { function, x1, x2 };

	return zynqmp_filter.decide(&call, caller);
}

static enum sip_verdict ask(const struct sip_caller *caller, u32 function, u32 first, u32 second)
{
	return decide(function, (u64)second << 32 | first, 0, caller);
}

/* The same call in the form that newer kernels use. */
static enum sip_verdict pass(const struct sip_caller *caller, u32 module, u32 function,
			      u32 first, u32 second)
{
	return decide(EEMI_PASS_THROUGH, (u64)first << 32 | module << 8 | function,
			   0xbad00000000 | second, caller);
}

static void chosen_calls_have_their_answers(void **state)
{
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(examples) / sizeof(examples[0]); i++) {
		u32 f = examples[i].function, a = examples[i].first, b = examples[i].second;

		if (ask(&rtos, f, a, b) != examples[i].rtos ||
		    ask(&other, f, a, b) != examples[i].other ||
		    ask(&root, f, a, b) != examples[i].root ||
		    ask(&alone, f, a, b) != examples[i].alone)
			fail_msg("%s", examples[i].what);
	}
}

/* One function for all calls is no way around the table. */
static void by_either_form_the_same(void **state)
{
	static const struct sip_caller * const callers[] = { &root, &rtos, &other, &alone };
	u32 function, id, second, i;

	(void)state;
	for (i = 0; i < 4; i++)
	for (function = 0; function < 256; function++)
	for (id = 0; id < EEMI_RESET_BASE + IDS; id = id == IDS ? EEMI_RESET_BASE : id + 1)
	for (second = 0; second < 32; second += second < 2 ? 1 : 29) {
		enum sip_verdict verdict = ask(callers[i], function, id, second);

		assert_int_equal(pass(callers[i], 0, function, id, second), verdict);
		assert_int_equal(pass(callers[i], 2, function, id, second), verdict);
	}
	/* Other modules, and what does not fit the fields. */
	assert_int_equal(pass(&root, 3, CLOCK_ENABLE, 57, 0), SIP_NOT_SUPPORTED);
	assert_int_equal(pass(&root, 0xa, SELF_SUSPEND, 0, 0), SIP_NOT_SUPPORTED);
	assert_int_equal(pass(&rtos, 0x102, CLOCK_ENABLE, 57, 0), SIP_NOT_SUPPORTED);
	assert_int_equal(pass(&rtos, 2, 0xff, 0, 0), SIP_NOT_SUPPORTED);
}

/* What a cell may name in a call with consequences: UART1, CAN1, and a channel of GDMA at all. */
static bool is_rtos_own(u32 function, u32 id)
{
	static const u32 nodes[] = { 34, 48 }, clocks[] = { 57, 64, 66, 102 },
			 resets[] = { 1035, 1041 };
	const u32 *list = clocks;
	u32 n = 4, i;

	if (function < RESET_ASSERT || function == IOCTL || function >= PLL_SET_PARAMETER) {
		list = nodes;
		n = 2;
	} else if (function == RESET_ASSERT) {
		list = resets;
		n = 2;
	}
	for (i = 0; i < n; i++)
		if (list[i] == id)
			return true;
	return false;
}

static bool is_question(u32 function)
{
	static const u32 questions[] = { 0, 1, 3, 4, 18, 23, 24, 30, 32, 35, 38, 40, 42, 44, 49,
					 51, 63, 0xa00, 0xa03, 0xff00, 0xff01, 0xff02, 0xff03 };
	u32 i;

	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		if (questions[i] == function)
			return true;
	return false;
}

/* On while any of its users wants it on. */
static bool is_shared_with_rtos(u32 function, u32 id, u32 second)
{
	switch (function) {
	case 5:
	case REQUEST_NODE:
		return id == 42;
	case SET_REQUIREMENT:
		return id == 42 && second;
	case CLOCK_ENABLE:
		return id == 19;
	case RESET_ASSERT:
		return id == 1011 && !second;
	}
	return false;
}

static void a_cell_reaches_its_own_and_nothing_else(void **state)
{
	u32 function, id, second;

	(void)state;
	for (function = 0; function < FUNCTIONS; function++)
	for (id = 0; id < EEMI_RESET_BASE + IDS; id = id == IDS ? EEMI_RESET_BASE : id + 1)
	for (second = 0; second < 3; second++) {
		bool forwarded = ask(&rtos, function, id, second) == SIP_FORWARD;
		bool may = is_question(function) || is_rtos_own(function, id) ||
			   function == EEMI_PASS_THROUGH ||	/* see above */
			   (function == IOCTL && !second) ||
			   is_shared_with_rtos(function, id, second);

		if (forwarded && !may)
			fail_msg("function %u of %u, %u is forwarded", function, id, second);
		if (!forwarded && is_question(function))
			fail_msg("question %u of %u is not forwarded", function, id);
	}
}

/* Nothing that a cell has can be changed, and nothing that it needs be turned off, by root. */
static void root_keeps_its_hands_off(void **state)
{
	u32 function, id, second;

	(void)state;
	for (function = 0; function < 64; function++)
	for (id = 0; id < EEMI_RESET_BASE + IDS; id = id == IDS ? EEMI_RESET_BASE : id + 1)
	for (second = 0; second < 3; second++) {
		static const u32 by_id[] = { 5, 6, 8, 10, 11, 13, 14, 15, 16, 17, 36, 37, 39, 41,
					     43, 48, 50 };
		bool names = false;
		u32 i;

		for (i = 0; i < sizeof(by_id) / sizeof(by_id[0]); i++)
			names |= by_id[i] == function;
		if (names && is_rtos_own(function, id) &&
		    ask(&root, function, id, second) == SIP_FORWARD)
			fail_msg("function %u of %u, %u is forwarded", function, id, second);
	}
}

/* What the chip's manual, and the bindings of Linux, have for each device: node, clocks, resets. */
static const struct {
	u64 registers;
	u32 node;		/* 0: none */
	u32 num_clocks, clocks[4];
	u32 num_resets, resets[3];
} chip[] = {
	{ 0xfd0c0000, 28, 1, { 22 }, 1, { 16 } },
	{ 0xfd0e0000, 59, 1, { 23 }, 3, { 0, 1, 2 } },
	{ 0xfd4a0000, 41, 3, { 16, 17, 18 }, 1, { 3 } },
	{ 0xfd4b0000, 58, 3, { 24, 25, 26 }, 3, { 12, 13, 14 } },
	{ 0xfd4c0000, 41, 1, { 20 }, 1, { 3 } },
	{ 0xfd4d0000, 0, 1, { 75 }, 1, { 4 } },
	{ 0xfd500000, 42, 1, { 19 }, 1, { 11 } },
	{ 0xfd510000, 42, 1, { 19 }, 1, { 11 } },
	{ 0xfd520000, 42, 1, { 19 }, 1, { 11 } },
	{ 0xfd530000, 42, 1, { 19 }, 1, { 11 } },
	{ 0xfd540000, 42, 1, { 19 }, 1, { 11 } },
	{ 0xfd550000, 42, 1, { 19 }, 1, { 11 } },
	{ 0xfd560000, 42, 1, { 19 }, 1, { 11 } },
	{ 0xfd570000, 42, 1, { 19 }, 1, { 11 } },
	{ 0xff000000, 33, 1, { 56 }, 1, { 34 } },
	{ 0xff010000, 34, 1, { 57 }, 1, { 35 } },
	{ 0xff020000, 37, 1, { 61 }, 1, { 42 } },
	{ 0xff030000, 38, 1, { 62 }, 1, { 43 } },
	{ 0xff040000, 35, 1, { 58 }, 1, { 36 } },
	{ 0xff050000, 36, 1, { 59 }, 1, { 37 } },
	{ 0xff060000, 47, 3, { 63, 65, 101 }, 1, { 40 } },
	{ 0xff070000, 48, 3, { 64, 66, 102 }, 1, { 41 } },
	{ 0xff0a0000, 46, 0, { 0 }, 1, { 51 } },
	{ 0xff0b0000, 29, 4, { 45, 49, 104, 108 }, 1, { 29 } },
	{ 0xff0c0000, 30, 4, { 46, 50, 105, 109 }, 1, { 30 } },
	{ 0xff0d0000, 31, 4, { 47, 51, 106, 110 }, 1, { 31 } },
	{ 0xff0e0000, 32, 4, { 48, 52, 107, 111 }, 1, { 32 } },
	{ 0xff0f0000, 45, 1, { 53 }, 1, { 33 } },
	{ 0xff100000, 44, 1, { 60 }, 1, { 49 } },
	{ 0xff110000, 24, 0, { 0 }, 1, { 44 } },
	{ 0xff120000, 25, 0, { 0 }, 1, { 45 } },
	{ 0xff130000, 26, 0, { 0 }, 1, { 46 } },
	{ 0xff140000, 27, 0, { 0 }, 1, { 47 } },
	{ 0xff150000, 0, 1, { 112 }, 2, { 48, 70 } },
	{ 0xff160000, 39, 1, { 54 }, 1, { 38 } },
	{ 0xff170000, 40, 1, { 55 }, 1, { 39 } },
	{ 0xff9d0000, 22, 2, { 32, 35 }, 3, { 59, 61, 63 } },
	{ 0xff9e0000, 23, 2, { 33, 36 }, 3, { 60, 62, 64 } },
	{ 0xffa50000, 0, 1, { 70 }, 1, { 68 } },
	{ 0xffa60000, 61, 0, { 0 }, 1, { 67 } },
	{ 0xffa80000, 43, 1, { 68 }, 1, { 50 } },
	{ 0xffa90000, 43, 1, { 68 }, 1, { 50 } },
	{ 0xffaa0000, 43, 1, { 68 }, 1, { 50 } },
	{ 0xffab0000, 43, 1, { 68 }, 1, { 50 } },
	{ 0xffac0000, 43, 1, { 68 }, 1, { 50 } },
	{ 0xffad0000, 43, 1, { 68 }, 1, { 50 } },
	{ 0xffae0000, 43, 1, { 68 }, 1, { 50 } },
	{ 0xffaf0000, 43, 1, { 68 }, 1, { 50 } },
};

static u64 only;

static u32 owner_of_one(u64 pa)
{
	return (pa & ~0xfffUL) == only ? RTOS : ROOT;
}

static bool is_among(const u32 *list, u32 n, u32 id)
{
	while (n--)
		if (list[n] == id)
			return true;
	return false;
}

/* Whoever has its registers can turn on all that it needs, and nothing else. */
static void each_device_has_its_own(void **state)
{
	const struct sip_caller cell = { RTOS, false, owner_of_one, NULL };
	u32 i, id;

	(void)state;
	for (i = 0; i < sizeof(chip) / sizeof(chip[0]); i++) {
		only = chip[i].registers;
		for (id = 0; id < IDS; id++) {
			bool node = chip[i].node && id == chip[i].node;
			bool clock = is_among(chip[i].clocks, chip[i].num_clocks, id);
			bool reset = is_among(chip[i].resets, chip[i].num_resets, id);

			if ((ask(&cell, REQUEST_NODE, id, 0) == SIP_FORWARD) != node ||
			    (ask(&cell, CLOCK_ENABLE, id, 0) == SIP_FORWARD) != clock ||
			    (ask(&cell, RESET_ASSERT, EEMI_RESET_BASE + id, 0) == SIP_FORWARD) !=
			    reset)
				fail_msg("%llx: %u", only, id);
		}
	}
}

static u32 owner_of_video(u64 pa)
{
	return (pa & ~0xfffUL) == UART1 ? RTOS : ROOT;
}

/* A new mode of the display changes the rate of its PLL, which no cell's device hangs on. */
static void a_display_keeps_its_pll(void **state)
{
	const struct sip_caller caller = { ROOT, false, owner_of_video, NULL };
	const struct sip_caller cell = { RTOS, false, owner_of_video, NULL };
	const u64 pll = 0xffff00000004;

	(void)state;
	assert_int_equal(ask(&caller, CLOCK_SETDIVIDER, 4, 0), SIP_FORWARD);
	assert_int_equal(ask(&caller, CLOCK_SETPARENT, 100, 0), SIP_FORWARD);
	assert_int_equal(ask(&caller, PLL_SET_PARAMETER, 51, 0), SIP_FORWARD);
	assert_int_equal(decide(IOCTL, 8UL << 32, pll, &caller), SIP_FORWARD);
	assert_int_equal(decide(EEMI_PASS_THROUGH, IOCTL, pll << 32 | 8, &caller),
			 SIP_FORWARD);
	/* Of no other. */
	assert_int_equal(decide(IOCTL, 8UL << 32, pll - 1, &caller), SIP_NO_ACCESS);
	assert_int_equal(ask(&caller, CLOCK_SETDIVIDER, 3, 0), SIP_NO_ACCESS);
	assert_int_equal(ask(&caller, CLOCK_SETDIVIDER, 95, 0), SIP_NO_ACCESS);
	assert_int_equal(ask(&caller, PLL_SET_PARAMETER, 52, 0), SIP_NO_ACCESS);
	assert_int_equal(ask(&cell, CLOCK_SETDIVIDER, 4, 0), SIP_NO_ACCESS);
	/* Where a cell has something that may hang on it: a channel of GDMA. */
	assert_int_equal(ask(&root, CLOCK_SETDIVIDER, 4, 0), SIP_NO_ACCESS);
	assert_int_equal(decide(IOCTL, 8UL << 32, pll, &root), SIP_NO_ACCESS);
}

static void releases_never_fail(void **state)
{
	static const struct sip_caller * const callers[] = { &root, &rtos, &other, &alone };
	u32 id, i;

	(void)state;
	for (i = 0; i < 4; i++)
		for (id = 0; id < 2 * IDS; id++) {
			assert_true(ask(callers[i], CLOCK_DISABLE, id, 0) >= SIP_DONE);
			assert_true(ask(callers[i], RELEASE_NODE, id, 0) >= SIP_DONE);
			assert_true(ask(callers[i], SET_REQUIREMENT, id, 0) >= SIP_DONE);
		}
}

/* A device that its cell left running is reset before its memory is anybody else's. */
static void root_resets_what_rests(void **state)
{
	(void)state;
	assert_int_equal(ask(&keeper, RESET_ASSERT, 1035, 1), SIP_FORWARD);
	assert_int_equal(ask(&keeper, RESET_ASSERT, 1035, 0), SIP_FORWARD);
	assert_int_equal(ask(&keeper, RESET_ASSERT, 1045, 1), SIP_NO_ACCESS);
	assert_int_equal(ask(&keeper, RESET_ASSERT, 1028, 1), SIP_NO_ACCESS);
	assert_int_equal(ask(&keeper, RELEASE_NODE, 34, 0), SIP_DONE);
	assert_int_equal(ask(&root, RESET_ASSERT, 1035, 1), SIP_NO_ACCESS);
}

/* Without cells root has the machine as it was, but for what comes back at EL2. */
static void alone_root_is_as_before(void **state)
{
	u32 function, id;

	(void)state;
	for (function = 0; function < FUNCTIONS; function++)
		for (id = 6; id < IDS; id++) {
			enum sip_verdict verdict = ask(&alone, function, id, 1);

			if (function == EEMI_PASS_THROUGH)
				continue;	/* see above */
			if (function == SELF_SUSPEND || function == 9 ||
			    function == SET_SUSPEND_MODE)
				assert_int_equal(verdict, SIP_NO_ACCESS);
			else
				assert_true(verdict == SIP_FORWARD || verdict == SIP_NOT_SUPPORTED);
		}
}

/* Every verdict for every input is one of the four, and asks for owners of device pages only. */
static void no_input_is_special(void **state)
{
	static const u32 words[] = { 0, 1, 2, 254, 255, 256, 999, 1000, 1255, 1256, 0x7fffffff,
				     0x80000000, 0xfffffc18, 0xffffffff };
	u32 function, i, j;

	(void)state;
	for (function = 0; function < FUNCTIONS; function++)
		for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
			for (j = 0; j < sizeof(words) / sizeof(words[0]); j++)
				assert_true(ask(&rtos, function, words[i], words[j]) <=
					    SIP_FORWARD);
	/* Only the low half numbers the function. */
	assert_int_equal(ask(&rtos, 0x10000 + CLOCK_ENABLE, 57, 0), SIP_NOT_SUPPORTED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen_calls_have_their_answers),
		cmocka_unit_test(by_either_form_the_same),
		cmocka_unit_test(a_cell_reaches_its_own_and_nothing_else),
		cmocka_unit_test(each_device_has_its_own),
		cmocka_unit_test(root_keeps_its_hands_off),
		cmocka_unit_test(root_resets_what_rests),
		cmocka_unit_test(a_display_keeps_its_pll),
		cmocka_unit_test(releases_never_fail),
		cmocka_unit_test(alone_root_is_as_before),
		cmocka_unit_test(no_input_is_special),
	};

	return cmocka_run_group_tests_name("zynqmp", tests, NULL, NULL);
}

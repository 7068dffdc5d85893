// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copyright (c) The jh authors
 *
 * Firmware of the i.MX8M family: TF-A with NXP's services.
 */
#include <asm/sip.h>

/*
 * The frequency of the DDR. Firmware stops the CPUs of a mask that Linux passes and trains the
 * memory anew. A CPU of a cell is offline for Linux, so it would go on and use memory that does not
 * answer. The first argument is an operating point up to here, above it is a question.
 */
#define DDR_DVFS		0x0004
#define DDR_LAST_POINT		2

static enum sip_verdict imx8m_decide(const struct sip_call *call, const struct sip_caller *caller)
{
	if (caller->cell)
		return SIP_NOT_SUPPORTED;
	if (call->function == DDR_DVFS && (u32)call->x1 <= DDR_LAST_POINT && !caller->alone)
		return SIP_NOT_SUPPORTED;
	return SIP_FORWARD;
}

const struct sip_filter imx8m_filter = {
	.decide = imx8m_decide,
};

// SPDX-License-Identifier: GPL-2.0-only
/* Copyright (c) The jh authors */
#include <config.h>
#include <asm/sip.h>
#include <hv/cell.h>
#include <hv/unit.h>
#include <jh/reasons.h>
#include <refuse.h>

/* The chip's calls are unknown: only root may make them. */
static enum sip_verdict other_decide(const struct sip_call *call, const struct sip_caller *caller)
{
	(void)call;
	return caller->cell ? SIP_NOT_SUPPORTED : SIP_FORWARD;
}

static const struct sip_filter other_filter = {
	.decide = other_decide,
};

/* An image without optional units has none for chips. */
static const struct sip_filter *const filters[] = {
	[JH_FIRMWARE_OTHER] = &other_filter,
	[JH_FIRMWARE_ZYNQMP] = &zynqmp_filter,
	[JH_FIRMWARE_IMX8M] = &imx8m_filter,
};

static u32 firmware;	/* JH_FIRMWARE_* */

static int sip_build(const void *config, struct jh_error *error)
{
	firmware = config_system(config)->firmware;
	if (firmware >= ARRAY_SIZE(filters) || !filters[firmware])
		return refuse_value(error, JH_ERR_IMAGE_FIRMWARE, JH_OBJ_IMAGE, 0, firmware, 0);
	return 0;
}

const struct unit unit_firmware = {
	.build = sip_build,
};

enum sip_verdict sip_decide(const struct sip_call *call)
{
	const struct sip_caller caller = { this_cell()->id, cell_count() == 1, sip_owner_of,
					   sip_owner_rests };

	return filters[firmware]->decide(call, &caller);
}

u32 sip_no_access(void)
{
	return filters[firmware]->no_access;
}

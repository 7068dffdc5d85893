# SPDX-License-Identifier: GPL-2.0-only
# Copyright (c) The jh authors

include $(sort $(wildcard $(BR2_EXTERNAL_JH_PATH)/package/*/*.mk))

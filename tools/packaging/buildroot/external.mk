include $(sort $(wildcard $(BR2_EXTERNAL_JH_PATH)/package/*/*.mk))

/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Copyright (c) The jh authors
 *
 * Annotations of memory and stacks for AddressSanitizer. They are empty in a build without it,
 * which ci/mutate makes because it is quicker.
 */
#ifndef TEST_ASAN_H
#define TEST_ASAN_H

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#else
#define __asan_poison_memory_region(start, size) ((void)(start), (void)(size))
#define __asan_unpoison_memory_region(start, size) ((void)(start), (void)(size))
#define __sanitizer_start_switch_fiber(save, stack, size) \
	((void)(save), (void)(stack), (void)(size))
#define __sanitizer_finish_switch_fiber(shadow, stack, size) \
	((void)(shadow), (void)(stack), (void)(size))
#endif

#endif

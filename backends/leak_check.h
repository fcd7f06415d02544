/* What a library loses whatever its caller does, a build with the address sanitizer need not report. For the thread that calls, between leak_check_pause()
 * and leak_check_go_on(); nothing in other builds. */
#ifndef MW_BACKENDS_LEAK_CHECK_H
#define MW_BACKENDS_LEAK_CHECK_H

#if defined __SANITIZE_ADDRESS__ /* gcc's way to tell */
#define LEAK_CHECK 1
#elif defined __has_feature      /* clang's */
#if __has_feature(address_sanitizer)
#define LEAK_CHECK 1
#endif
#endif

#ifdef LEAK_CHECK
#include <sanitizer/lsan_interface.h>
#define leak_check_pause __lsan_disable
#define leak_check_go_on __lsan_enable
#else
static inline void leak_check_pause(void) {}
static inline void leak_check_go_on(void) {}
#endif

#endif

/* Gives the terminal back when the program dies by a signal. */
#ifndef MW_APP_CRASH_H
#define MW_APP_CRASH_H

/* Installs handlers for SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT that restore the terminal and then die by the same signal. */
void crash_guard(void);

#endif

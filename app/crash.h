/* Gives the terminal back and says where it was when the program dies of a fault of its own. */
#ifndef MW_APP_CRASH_H
#define MW_APP_CRASH_H

/* Installs handlers for SIGSEGV, SIGBUS, SIGFPE, SIGILL and SIGABRT that restore the terminal, write a backtrace to stderr and then die of the same signal. */
void crash_guard(void);

#endif

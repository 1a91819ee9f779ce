#ifndef FURLONG_CPSEUDOTERMINAL_H
#define FURLONG_CPSEUDOTERMINAL_H
#include <sys/types.h>

/// Starts a program on a terminal of its own. For benchmarks and tests; forking is not open to Swift.
/// Returns the terminal's master side, or -1.
int cpty_start(char *const arguments[], char *const environment[], int height, int width, pid_t *pid);

#endif

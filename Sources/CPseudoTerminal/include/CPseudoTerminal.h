#ifndef FURLONG_CPSEUDOTERMINAL_H
#define FURLONG_CPSEUDOTERMINAL_H
#include <stdint.h>
#include <sys/types.h>

/// Starts a program on a terminal of its own. For benchmarks and tests; forking is not open to Swift.
/// Returns the terminal's master side, or -1.
int cpty_start(char *const arguments[], char *const environment[], int height, int width, pid_t *pid);

/// Starts a program on three descriptors of the caller's and no other, with all signals as a shell gives them.
/// Returns its number, or -1 with errno.
pid_t cpty_spawn(char *const arguments[], char *const environment[], int input, int output, int errors);

/// A pipe and a connection that no program started meanwhile inherits; -1 with errno.
int cpty_pipe(int ends[2]);
int cpty_accept(int listener);

/// Makes the window another size, which the program is told.
void cpty_resize(int master, int height, int width);

/// Whether the terminal edits lines and echoes, as a shell's does.
int cpty_is_cooked(int master);

/// Columns that a character takes as the C library sees it: 0 for combining ones, -1 for what cannot be drawn.
int cpty_columns(uint32_t scalar);

#endif

#ifndef FURLONG_CNCURSES_SHIM_H
#define FURLONG_CNCURSES_SHIM_H
// What the parts of the shim share among themselves; nothing of it is seen from Swift.
#include <stddef.h>

// Restore.c: the terminal's state before us, and how it is given back.

/// Remembers the terminal's settings; before ncurses touches them. `old`: it would show sequences that it does not know.
void cnc_remember_terminal(int old);
/// Makes the sequences that give the terminal back, and sees to it that a crash sends them. Once ncurses knows the terminal.
void cnc_prepare_restoring(void);
/// Writes past ncurses, whose own buffer is empty between two refreshes.
void cnc_write_all(const char *text, size_t size);
/// Modes that ncurses knows nothing of: pasted text in brackets, keys with modifiers, the mouse.
void cnc_set_modes(int on);
/// `\033[?2026h` and `l` are sent around frames from now on.
extern volatile int cnc_is_synchronized;
/// Whether the terminal is somebody else's for now.
extern volatile int cnc_away;
/// Set by signals, taken by `cnc_take_signals`.
extern volatile int cnc_was_continued, cnc_is_asked_to_stop, cnc_was_resized;
void cnc_catch_stops(int on);

// DirectColor.c

/// Lets `newterm` find a description of this terminal that draws 24-bit colours; `forget` takes it away again.
/// Returns 0 when the terminal has no such colours, or none are wanted.
int cnc_describe_direct_color(int wanted);
void cnc_forget_direct_color(void);

#endif

#ifndef FURLONG_CNCURSES_H
#define FURLONG_CNCURSES_H

/// Opens the terminal in full-screen mode on the given output. Returns 0, or -1 if ncurses cannot drive it.
int cnc_open(void);
#endif

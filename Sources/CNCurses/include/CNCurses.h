#ifndef FURLONG_CNCURSES_H
#define FURLONG_CNCURSES_H
#include <stdint.h>

// The few things Furlong asks of ncurses. Its macros, variadic calls and globals do not import into Swift; all of them vanish
// behind these functions. Main thread only.

enum {
  CNC_BOLD = 1,
  CNC_DIM = 2,
  CNC_UNDERLINE = 4,
  CNC_REVERSE = 8,
  CNC_ITALIC = 16,
};

// What signals have told.
enum {
  CNC_RESIZED = 1,
  CNC_CONTINUED = 2,  // stopped and continued by somebody else: what is on the screen is unknown
  CNC_STOP = 4,       // told to stop (SIGTSTP)
};

/// Takes the terminal over. Returns 0, or -1 when TERM names none that can address the cursor.
/// `direct`: 1 when the terminal is known to draw 24-bit colours, 0 to believe its description, -1 for never.
int cnc_open(int direct);
/// The terminal as which this one is drawn on, since its own description is not on this machine; NULL otherwise.
const char *cnc_stand_in(void);
/// Gives the terminal back as it was. Harmless when not open.
void cnc_close(void);
/// Gives the terminal to another program for a while; nothing is drawn until `cnc_enter`, which reads its size anew.
void cnc_leave(void);
void cnc_enter(void);
int cnc_is_away(void);
/// Stops the process and its job like Ctrl-Z does elsewhere; returns when it is continued.
void cnc_suspend(void);
/// Whether a signal said to end.
int cnc_is_asked_to_end(void);
/// A byte is written there when a signal has something to tell.
void cnc_wake_through(int descriptor);
int cnc_is_signalled(void);
/// Whether characters beyond ASCII can be drawn.
int cnc_speaks_utf8(void);

void cnc_size(int *height, int *width);
/// Colours of the terminal: 0, 8, 16, 256 or more.
int cnc_colors(void);
/// Draws a run of cells. `text` is UTF-32, `length` scalars; colours are palette indices, or 24 bits of colour
/// where `cnc_colors` says 1 << 24; -1 is the terminal's own.
void cnc_put(int row, int column, const int32_t *text, int length, int foreground, int background, int attributes);
/// Columns that ncurses will give to a character: -1 when the C library does not know it.
int cnc_columns(int32_t scalar);
/// Sends what has changed, and where the cursor stands; it is hidden when row is negative.
void cnc_refresh(int row, int column);
/// Frames are shown whole (DEC mode 2026), once the terminal has said that it can.
void cnc_synchronize(int on);
/// Keys are told as kitty tells them, once the terminal has said that it can.
void cnc_use_kitty_keys(void);
/// Clicks and the wheel come as keys.
void cnc_capture_mouse(int on);
/// Writes bytes that ncurses need not know of.
void cnc_write(const char *text, int count);
/// Forgets what is on the screen, so that the next refresh draws everything.
void cnc_redraw(void);
/// What signals have told since the last time: CNC_RESIZED and so on.
int cnc_take_signals(void);
/// Takes over the size that the window has now.
void cnc_measure(void);
/// What the terminal's description has by this name (terminfo); NULL when it has none.
const char *cnc_described(const char *capability);
/// Reads what has been typed or answered, as it comes. Returns 0 when there is nothing now.
int cnc_read_raw(uint8_t *bytes, int capacity);

#endif

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

// What `cnc_read` found.
enum {
  CNC_NOTHING = 0,
  CNC_CHARACTER = 1,  // code is a Unicode scalar
  CNC_FUNCTION = 2,   // code is one of the CNC_KEY values
};

enum {
  CNC_KEY_UP = 1, CNC_KEY_DOWN, CNC_KEY_LEFT, CNC_KEY_RIGHT, CNC_KEY_HOME, CNC_KEY_END, CNC_KEY_PAGE_UP, CNC_KEY_PAGE_DOWN,
  CNC_KEY_BACKSPACE, CNC_KEY_DELETE, CNC_KEY_ENTER, CNC_KEY_SHIFT_TAB, CNC_KEY_RESIZE, CNC_KEY_PASTE_BEGIN, CNC_KEY_PASTE_END,
  CNC_KEY_WORD_LEFT, CNC_KEY_WORD_RIGHT, CNC_KEY_F1, CNC_KEY_OTHER = 99,
};

/// Takes the terminal over. Returns 0, or -1 when TERM names none that can address the cursor.
int cnc_open(void);
/// Gives the terminal back as it was. Harmless when not open.
void cnc_close(void);
/// Stops the process like Ctrl-Z does elsewhere; returns when it is continued.
void cnc_suspend(void);

void cnc_size(int *height, int *width);
/// Colours of the terminal: 0, 8, 16, 256 or more.
int cnc_colors(void);
/// Draws a run of cells. `text` is UTF-32, `length` scalars; colours are palette indices, -1 for the terminal's own.
void cnc_put(int row, int column, const int32_t *text, int length, int foreground, int background, int attributes);
/// Cursor for the next refresh; hidden when row is negative.
void cnc_cursor(int row, int column);
/// Sends what has changed.
void cnc_refresh(void);
/// Forgets what is on the screen, so that the next refresh draws everything.
void cnc_redraw(void);
/// Reads one key without waiting.
int cnc_read(int32_t *code);
/// Reads bytes as they come, past ncurses, which would read a large paste one byte at a time. Returns 0 when there are none now.
int cnc_read_raw(uint8_t *bytes, int capacity);
/// Gives bytes back, to be read as keys; at most 100.
void cnc_unread(const uint8_t *bytes, int count);

#endif

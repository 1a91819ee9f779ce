#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE 1
#include "CNCurses.h"

#include <langinfo.h>
#include <locale.h>
#include <ncursesw/ncurses.h>
#include <ncursesw/term.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;
static struct termios before;
static int is_open;

enum { PASTE_BEGIN = 2000, PASTE_END, WORD_LEFT, WORD_RIGHT };

static const char enter_modes[] = "\033[?2004h";
static const char leave_modes[] = "\033[?2004l";

static void write_all(const char *text, size_t size) {
  while (size > 0) {
    ssize_t count = write(STDOUT_FILENO, text, size);
    if (count <= 0) return;
    text += count;
    size -= (size_t)count;
  }
}

// A crash must not leave the terminal in raw mode on the alternate screen. Only async-signal-safe calls.
static void restore_and_die(int number) {
  static const char reset[] = "\033[?2004l\033[?1049l\033[?25h\033[0m\r\n";
  write_all(reset, sizeof reset - 1);
  tcsetattr(STDIN_FILENO, TCSANOW, &before);
  signal(number, SIG_DFL);
  raise(number);
}

static void use_utf8_locale(void) {
  setlocale(LC_ALL, "");
  // Containers often have no locale at all; the terminal in front of them still speaks UTF-8.
  if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0) setlocale(LC_CTYPE, "C.UTF-8");
}

static void configure(void) {
  raw();
  noecho();
  nonl();
  keypad(stdscr, TRUE);
  nodelay(stdscr, TRUE);
  leaveok(stdscr, FALSE);
  set_escdelay(25);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
  define_key("\033[200~", PASTE_BEGIN);
  define_key("\033[201~", PASTE_END);
  define_key("\033[1;5D", WORD_LEFT);
  define_key("\033[1;5C", WORD_RIGHT);
  define_key("\033[1;3D", WORD_LEFT);
  define_key("\033[1;3C", WORD_RIGHT);
}

int cnc_open(void) {
  use_utf8_locale();
  tcgetattr(STDIN_FILENO, &before);
  screen = newterm(NULL, stdout, stdin);
  if (!screen) return -1;
  set_term(screen);
  if (!cursor_address || !clear_screen) {
    endwin();
    return -1;
  }
  configure();
  is_open = 1;
  write_all(enter_modes, sizeof enter_modes - 1);
  static const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
  for (size_t index = 0; index < sizeof deadly / sizeof *deadly; index++) signal(deadly[index], restore_and_die);
  return 0;
}

void cnc_close(void) {
  if (!is_open) return;
  is_open = 0;
  write_all(leave_modes, sizeof leave_modes - 1);
  endwin();
}

void cnc_suspend(void) {
  write_all(leave_modes, sizeof leave_modes - 1);
  endwin();
  raise(SIGSTOP);
  write_all(enter_modes, sizeof enter_modes - 1);
  clearok(curscr, TRUE);
  refresh();
}

void cnc_size(int *height, int *width) { getmaxyx(stdscr, *height, *width); }

int cnc_colors(void) { return has_colors() ? COLORS : 0; }

static attr_t curses_attributes(int attributes) {
  attr_t result = A_NORMAL;
  if (attributes & CNC_BOLD) result |= A_BOLD;
  if (attributes & CNC_DIM) result |= A_DIM;
  if (attributes & CNC_UNDERLINE) result |= A_UNDERLINE;
  if (attributes & CNC_REVERSE) result |= A_REVERSE;
  if (attributes & CNC_ITALIC) result |= A_ITALIC;
  return result;
}

void cnc_put(int row, int column, const int32_t *text, int length, int foreground, int background, int attributes) {
  int pair = has_colors() && (foreground >= 0 || background >= 0) ? alloc_pair(foreground, background) : 0;
  if (pair < 0) pair = 0;
  attr_set(curses_attributes(attributes), (short)pair, &pair);
  // wchar_t is UTF-32 here. Writing into the last cell reports an error for the cursor only.
  mvaddnwstr(row, column, (const wchar_t *)text, length);
}

void cnc_cursor(int row, int column) {
  curs_set(row >= 0);
  if (row >= 0) move(row, column);
}

void cnc_refresh(void) { refresh(); }

void cnc_redraw(void) { clearok(curscr, TRUE); }

static int function_key(wint_t code) {
  switch (code) {
    case KEY_UP: return CNC_KEY_UP;
    case KEY_DOWN: return CNC_KEY_DOWN;
    case KEY_LEFT: return CNC_KEY_LEFT;
    case KEY_RIGHT: return CNC_KEY_RIGHT;
    case KEY_HOME: return CNC_KEY_HOME;
    case KEY_END: return CNC_KEY_END;
    case KEY_PPAGE: return CNC_KEY_PAGE_UP;
    case KEY_NPAGE: return CNC_KEY_PAGE_DOWN;
    case KEY_BACKSPACE: return CNC_KEY_BACKSPACE;
    case KEY_DC: return CNC_KEY_DELETE;
    case KEY_ENTER: return CNC_KEY_ENTER;
    case KEY_BTAB: return CNC_KEY_SHIFT_TAB;
    case KEY_RESIZE: return CNC_KEY_RESIZE;
    case KEY_F(1): return CNC_KEY_F1;
    case PASTE_BEGIN: return CNC_KEY_PASTE_BEGIN;
    case PASTE_END: return CNC_KEY_PASTE_END;
    case WORD_LEFT: return CNC_KEY_WORD_LEFT;
    case WORD_RIGHT: return CNC_KEY_WORD_RIGHT;
    default: return CNC_KEY_OTHER;
  }
}

int cnc_read(int32_t *code) {
  wint_t read = 0;
  switch (get_wch(&read)) {
    case OK: *code = (int32_t)read; return CNC_CHARACTER;
    case KEY_CODE_YES: *code = function_key(read); return CNC_FUNCTION;
    default: return CNC_NOTHING;
  }
}

int cnc_read_raw(uint8_t *bytes, int capacity) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  if (poll(&input, 1, 0) <= 0 || !(input.revents & POLLIN)) return 0;
  ssize_t count = read(STDIN_FILENO, bytes, (size_t)capacity);
  return count > 0 ? (int)count : 0;
}

void cnc_unread(const uint8_t *bytes, int count) {
  for (int index = count - 1; index >= 0; index--) ungetch(bytes[index]);
}

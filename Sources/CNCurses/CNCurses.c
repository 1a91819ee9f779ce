#define _XOPEN_SOURCE_EXTENDED 1
#define _GNU_SOURCE 1
#include "CNCurses.h"
#include "Shim.h"

#include <langinfo.h>
#include <locale.h>
#include <ncursesw/ncurses.h>
#include <ncursesw/term.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

static SCREEN *screen;
static int is_open;
static int speaks_utf8;

static int is_terminal(const char *prefix) {
  const char *name = getenv("TERM");
  return name && strncmp(name, prefix, strlen(prefix)) == 0;
}

static int is_old(void) { return is_terminal("linux") || is_terminal("vt") || is_terminal("cons"); }

static void use_utf8_locale(void) {
  setlocale(LC_ALL, "");
  // Containers often have no locale at all; the terminal in front of them still speaks UTF-8, unless it is an old one.
  int is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
  speaks_utf8 = is_utf8 || !is_old();
  if (!is_utf8) setlocale(LC_CTYPE, "C.UTF-8");
}

int cnc_speaks_utf8(void) { return speaks_utf8; }

static void configure(void) {
  raw();
  noecho();
  nonl();
  // What is typed is read past ncurses: a refresh must not wait for it.
  typeahead(-1);
  leaveok(stdscr, FALSE);
  // Moving what is on the screen is left to programs that scroll: terminals differ about the width of what they would move.
  idlok(stdscr, FALSE);
  idcok(stdscr, FALSE);
  if (has_colors()) {
    start_color();
    use_default_colors();
  }
}

static const char *stand_in;

const char *cnc_stand_in(void) { return stand_in; }

static int is_described_here(const char *name) {
  int found = 0;
  int is_known = setupterm(name, STDOUT_FILENO, &found) == OK;
  if (is_known) del_curterm(cur_term);
  // Known, but of a kind that cannot be drawn on, is no reason to take another.
  return is_known || found == 1;
}

// Terminals newer than this machine's descriptions, or from another machine over SSH: all of them understand what their model does.
static void find_stand_in(void) {
  static const char *const xterms[] = {"xterm-256color", "xterm", "vt100", NULL};
  static const char *const screens[] = {"screen-256color", "screen", "vt100", NULL};
  const char *name = getenv("TERM");
  if (!name || !*name || is_described_here(NULL)) return;
  for (const char *const *other = is_terminal("tmux") || is_terminal("screen") ? screens : xterms; *other; other++) {
    if (!is_described_here(*other)) continue;
    stand_in = *other;
    setenv("TERM", *other, 1);
    return;
  }
}

int cnc_open(int direct) {
  use_utf8_locale();
  find_stand_in();
  cnc_remember_terminal(is_old());
  int is_described = direct >= 0 && cnc_describe_direct_color(direct);
  screen = newterm(NULL, stdout, stdin);
  if (is_described) cnc_forget_direct_color();
  if (!screen && is_described) screen = newterm(NULL, stdout, stdin);
  if (!screen) return -1;
  set_term(screen);
  if (!cursor_address || !clear_screen) {
    endwin();
    return -1;
  }
  configure();
  is_open = 1;
  cnc_prepare_restoring();
  // The other screen first: kitty has a stack of modes for each.
  refresh();
  cnc_set_modes(1);
  // DECRQM: can frames be shown whole? And are keys told as kitty tells them? The answers come as input.
  if (!is_old()) cnc_write_all("\033[?2026$p\033[?u", 13);
  return 0;
}

void cnc_measure(void) {
  struct winsize size;
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0 &&
      (size.ws_row != LINES || size.ws_col != COLS)) {
    resize_term(size.ws_row, size.ws_col);
    // What the terminal made of the old rows nobody knows.
    clearok(curscr, TRUE);
  }
}

void cnc_leave(void) {
  if (!is_open || cnc_away) return;
  cnc_set_modes(0);
  endwin();
  cnc_away = 1;
  cnc_catch_stops(0);
}

void cnc_enter(void) {
  if (!is_open || !cnc_away) return;
  cnc_catch_stops(1);
  cnc_away = 0;
  cnc_measure();
  clearok(curscr, TRUE);
  refresh();
  cnc_set_modes(1);
  cnc_was_continued = 0;
  cnc_is_asked_to_stop = 0;
}

void cnc_close(void) {
  if (!is_open) return;
  cnc_leave();
  is_open = 0;
  cnc_wake_through(-1);
}

int cnc_is_away(void) { return cnc_away; }

void cnc_suspend(void) {
  cnc_leave();
  // The whole job, as the terminal's own Ctrl-Z would: what started us may wait for us.
  kill(0, SIGTSTP);
  cnc_enter();
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

int cnc_columns(int32_t scalar) { return wcwidth((wchar_t)scalar); }

void cnc_refresh(int row, int column) {
  if (cnc_away) return;
  // Each part is written at once, as ncurses' own at the end of a refresh.
  if (cnc_is_synchronized) cnc_write_all("\033[?2026h", 8);
  if (row >= 0) {
    move(row, column);
  } else {
    curs_set(0);
  }
  refresh();
  if (row >= 0) curs_set(1);
  if (cnc_is_synchronized) cnc_write_all("\033[?2026l", 8);
}

void cnc_synchronize(int on) { cnc_is_synchronized = on; }

void cnc_redraw(void) { clearok(curscr, TRUE); }

int cnc_take_signals(void) {
  int signals = (cnc_was_resized ? CNC_RESIZED : 0) | (cnc_was_continued ? CNC_CONTINUED : 0) |
                (cnc_is_asked_to_stop ? CNC_STOP : 0);
  cnc_was_resized = cnc_was_continued = cnc_is_asked_to_stop = 0;
  return signals;
}

const char *cnc_described(const char *capability) {
  const char *text = tigetstr(capability);
  return text == (const char *)-1 ? NULL : text;
}

int cnc_read_raw(uint8_t *bytes, int capacity) {
  struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
  if (poll(&input, 1, 0) <= 0 || !(input.revents & POLLIN)) return 0;
  ssize_t count = read(STDIN_FILENO, bytes, (size_t)capacity);
  return count > 0 ? (int)count : 0;
}

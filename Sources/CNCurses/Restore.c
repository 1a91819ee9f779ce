#define _GNU_SOURCE 1
#include "Shim.h"

#include "CNCurses.h"
#include <errno.h>
#include <fcntl.h>
#include <ncursesw/curses.h>
#include <ncursesw/term.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

volatile int cnc_is_synchronized;
volatile int cnc_away;
volatile int cnc_was_continued, cnc_is_asked_to_stop, cnc_was_resized;

static struct termios before;
static int has_before;
static volatile int captures_mouse;

// Pastes are marked; keys with modifiers are told apart as xterm does it. The last resets what terminals make of it that take it
// for colours.
static const char modes_on[] = "\033[?2004h\033[>4;1m\033[m";
static const char modes_off[] = "\033[>4;0m\033[?2004l\033[m";
// As kitty does it: its mode is put on the terminal's stack, once it has said that it has one.
static const char kitty_on[] = "\033[>1u";
static const char kitty_off[] = "\033[<u";
static volatile int has_kitty;
// Terminals that would show what they do not know get no more than those that always were.
static int is_old;
static const char old_modes_on[] = "\033[?2004h";
static const char old_modes_off[] = "\033[?2004l";
static const char mouse_on[] = "\033[?1002h\033[?1006h";
static const char mouse_off[] = "\033[?1006l\033[?1002l";
static const char frame_end[] = "\033[?2026l";

/// What gives the screen back, from the terminal's own description.
static char restoring[512];
static volatile size_t restoring_size;

void cnc_write_all(const char *text, size_t size) {
  while (size > 0) {
    ssize_t count = write(STDOUT_FILENO, text, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      // A terminal that still reads does so soon.
      struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
      if (poll(&output, 1, 100) > 0) continue;
    }
    if (count <= 0) return;
    text += count;
    size -= (size_t)count;
  }
}

void cnc_write(const char *text, int count) { cnc_write_all(text, (size_t)count); }

static void write_modes(int on) {
  const char *text = is_old ? (on ? old_modes_on : old_modes_off) : (on ? modes_on : modes_off);
  // While another program has the terminal the top of the stack is not ours.
  if (!on && has_kitty && !cnc_away) cnc_write_all(kitty_off, sizeof kitty_off - 1);
  cnc_write_all(text, strlen(text));
  if (on && has_kitty) cnc_write_all(kitty_on, sizeof kitty_on - 1);
}

void cnc_use_kitty_keys(void) {
  if (has_kitty || cnc_away) return;
  has_kitty = 1;
  cnc_write_all(kitty_on, sizeof kitty_on - 1);
}

void cnc_set_modes(int on) {
  if (on) {
    write_modes(1);
    if (captures_mouse) cnc_write_all(mouse_on, sizeof mouse_on - 1);
  } else {
    if (captures_mouse) cnc_write_all(mouse_off, sizeof mouse_off - 1);
    write_modes(0);
  }
}

void cnc_capture_mouse(int on) {
  if (captures_mouse == on) return;
  captures_mouse = on;
  if (cnc_away) return;
  if (on) {
    cnc_write_all(mouse_on, sizeof mouse_on - 1);
  } else {
    cnc_write_all(mouse_off, sizeof mouse_off - 1);
  }
}

// Only async-signal-safe calls: this also runs in the middle of a crash.
static void restore(void) {
  // Never waits for a terminal that does not read.
  int flags = fcntl(STDOUT_FILENO, F_GETFL);
  if (flags >= 0) fcntl(STDOUT_FILENO, F_SETFL, flags | O_NONBLOCK);
  if (cnc_is_synchronized) cnc_write_all(frame_end, sizeof frame_end - 1);
  cnc_write_all(mouse_off, sizeof mouse_off - 1);
  write_modes(0);
  cnc_write_all(restoring, restoring_size);
  if (flags >= 0) fcntl(STDOUT_FILENO, F_SETFL, flags);
  if (has_before) tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

static void die(int number) {
  restore();
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, number);
  signal(number, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  raise(number);
  _exit(128 + number);
}

static volatile int wake_descriptor = -1;
static volatile int is_asked_to_end;
static struct timespec asked_to_end;

int cnc_is_asked_to_end(void) { return is_asked_to_end; }

// The first asks the main loop to end in order. The second means that it does not answer; unless it is another report of the
// same thing (a terminal that closes, `timeout`), which comes right behind the first.
static void end(int number) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  if (!is_asked_to_end) {
    is_asked_to_end = 1;
    asked_to_end = now;
    return;
  }
  long milliseconds = (now.tv_sec - asked_to_end.tv_sec) * 1000 + (now.tv_nsec - asked_to_end.tv_nsec) / 1000000;
  if (milliseconds > 100 && number != SIGHUP) die(number);
}

void cnc_wake_through(int descriptor) { wake_descriptor = descriptor; }

int cnc_is_signalled(void) { return cnc_was_continued || cnc_is_asked_to_stop || cnc_was_resized; }

// A signal between two waits would be seen only with the next key: it wakes the loop itself.
static void signalled(int number) {
  int kept = errno;
  if (number == SIGCONT) cnc_was_continued = 1;
  if (number == SIGTSTP) cnc_is_asked_to_stop = 1;
  // Instead of ncurses' own, which would tell of it as a key.
  if (number == SIGWINCH) cnc_was_resized = 1;
  int is_key = number == SIGINT || number == SIGQUIT;
  // Ctrl-C in another program on this terminal is meant for that one.
  if (number == SIGTERM || number == SIGHUP || (is_key && !cnc_away)) end(number);
  if (wake_descriptor >= 0) {
    // Full means that it is awake already.
    ssize_t ignored = write(wake_descriptor, "", 1);
    (void)ignored;
  }
  errno = kept;
}

void cnc_catch_stops(int on) {
  struct sigaction action = {.sa_handler = on ? signalled : SIG_DFL};
  sigaction(SIGTSTP, &action, NULL);
  sigaction(SIGCONT, &action, NULL);
}

static void catch_the_others(void) {
  // Who started us may have left them blocked.
  static const int others[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGWINCH, SIGCONT, SIGTSTP};
  sigset_t ours;
  sigemptyset(&ours);
  for (size_t index = 0; index < sizeof others / sizeof *others; index++) sigaddset(&ours, others[index]);
  pthread_sigmask(SIG_UNBLOCK, &ours, NULL);
  const struct sigaction action = {.sa_handler = signalled};
  for (size_t index = 0; index < 5; index++) sigaction(others[index], &action, NULL);
}

void cnc_remember_terminal(int old) {
  is_old = old;
  has_before = tcgetattr(STDIN_FILENO, &before) == 0;
}

static int keep(int character) {
  if (restoring_size < sizeof restoring) restoring[restoring_size++] = (char)character;
  return character;
}

void cnc_prepare_restoring(void) {
  const char *const parts[] = {exit_attribute_mode, orig_pair, keypad_local, exit_ca_mode, cursor_normal};
  restoring_size = 0;
  for (size_t index = 0; index < sizeof parts / sizeof *parts; index++) {
    if (parts[index]) tputs(parts[index], 1, keep);
  }
  keep('\r');
  keep('\n');
  // A stack that has overflown cannot run the handler: it gets one of its own. That of the main thread, which draws.
  static char stack[64 * 1024];
  const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  static const int deadly[] = {SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE};
  struct sigaction action = {.sa_handler = die, .sa_flags = (int)(SA_ONSTACK | SA_RESETHAND)};
  for (size_t index = 0; index < sizeof deadly / sizeof *deadly; index++) sigaction(deadly[index], &action, NULL);
  cnc_catch_stops(1);
  catch_the_others();
}

#define _GNU_SOURCE 1
#include "CPseudoTerminal.h"

#include <locale.h>
#include <pty.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

int cpty_start(char *const arguments[], char *const environment[], int height, int width, pid_t *pid) {
  struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
  int master = -1;
  *pid = forkpty(&master, NULL, NULL, &size);
  if (*pid == 0) {
    // Threads of a pool block signals, which a program would inherit; a shell's do not.
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(arguments[0], arguments, environment);
    _exit(127);
  }
  return *pid < 0 ? -1 : master;
}

void cpty_resize(int master, int height, int width) {
  struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
  ioctl(master, TIOCSWINSZ, &size);
}

int cpty_is_cooked(int master) {
  struct termios now;
  int wanted = ICANON | ECHO | ISIG;
  return tcgetattr(master, &now) == 0 && (now.c_lflag & wanted) == wanted && (now.c_oflag & OPOST) && (now.c_iflag & ICRNL);
}

int cpty_columns(uint32_t scalar) {
  static locale_t utf8;
  if (!utf8) utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
  locale_t kept = uselocale(utf8);
  int columns = wcwidth((wchar_t)scalar);
  uselocale(kept);
  return columns;
}

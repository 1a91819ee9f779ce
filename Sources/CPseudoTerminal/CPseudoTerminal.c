#define _GNU_SOURCE 1
#include "CPseudoTerminal.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <pty.h>
#include <signal.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

int cpty_start(char *const arguments[], char *const environment[], int height, int width, pid_t *pid) {
  struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
  int master = -1;
  *pid = forkpty(&master, NULL, NULL, &size);
  if (*pid > 0) fcntl(master, F_SETFD, FD_CLOEXEC);
  if (*pid == 0) {
    // As in cpty_spawn: who runs the tests may block or ignore some, as a shell does with Ctrl-C for what runs in the background.
    for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(arguments[0], arguments, environment);
    _exit(127);
  }
  return *pid < 0 ? -1 : master;
}

pid_t cpty_spawn(char *const arguments[], char *const environment[], int input, int output, int errors) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&actions, input, 0);
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, errors, 2);
  posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  // Threads of a pool block signals, which a program would inherit; a shell's do not.
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  pid_t pid = -1;
  int fault = posix_spawn(&pid, arguments[0], &actions, &attributes, arguments, environment);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  errno = fault;
  return fault ? -1 : pid;
}

int cpty_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cpty_accept(int listener) { return accept4(listener, NULL, NULL, SOCK_CLOEXEC); }

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

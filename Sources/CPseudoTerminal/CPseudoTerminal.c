#define _GNU_SOURCE 1
#include "CPseudoTerminal.h"

#include <pty.h>
#include <unistd.h>

int cpty_start(char *const arguments[], char *const environment[], int height, int width, pid_t *pid) {
  struct winsize size = {.ws_row = (unsigned short)height, .ws_col = (unsigned short)width};
  int master = -1;
  *pid = forkpty(&master, NULL, NULL, &size);
  if (*pid == 0) {
    execve(arguments[0], arguments, environment);
    _exit(127);
  }
  return *pid < 0 ? -1 : master;
}

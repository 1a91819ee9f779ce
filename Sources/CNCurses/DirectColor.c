#define _GNU_SOURCE 1
#include "Shim.h"

#include <ncursesw/curses.h>
#include <ncursesw/term.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// ncurses draws 24-bit colours only on terminals whose description says so (`xterm-direct`), which few people's TERM names and
// few systems have. So the description that TERM names is written anew, in the compiled form of term(5), with three values and
// two strings changed, and handed to ncurses through TERMINFO, which may hold a description instead of a path (ncurses(3)).

enum { LIMIT = 16 * 1024 };

static const char foreground[] = "\033[38;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm";
static const char background[] = "\033[48;2;%p1%{65536}%/%d;%p1%{256}%/%{255}%&%d;%p1%{255}%&%dm";

struct blob {
  uint8_t bytes[LIMIT];
  size_t size;
  int is_full;
};

static void put(struct blob *blob, const void *bytes, size_t size) {
  if (blob->size + size > LIMIT) {
    blob->is_full = 1;
    return;
  }
  memcpy(blob->bytes + blob->size, bytes, size);
  blob->size += size;
}

static void put_number(struct blob *blob, int32_t value, int bytes) {
  uint8_t little[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
  put(blob, little, (size_t)bytes);
}

static void align(struct blob *blob) {
  if (blob->size & 1) put_number(blob, 0, 1);
}

static const char *string_value(const char *name) {
  if (strcmp(name, "setaf") == 0) return foreground;
  if (strcmp(name, "setab") == 0) return background;
  // Colours are said, never redefined.
  if (strcmp(name, "initc") == 0 || strcmp(name, "initp") == 0) return NULL;
  const char *value = tigetstr(name);
  return value == (char *)-1 ? NULL : value;
}

static int number_value(const char *name) {
  if (strcmp(name, "colors") == 0) return 1 << 24;
  if (strcmp(name, "pairs") == 0) return 1 << 16;
  return tigetnum(name);
}

static void describe(struct blob *blob) {
  int booleans = 0, numbers = 0, strings = 0, length = 0;
  const char *names = termname();
  while (boolnames[booleans]) booleans++;
  while (numnames[numbers]) numbers++;
  for (; strnames[strings]; strings++) {
    const char *value = string_value(strnames[strings]);
    if (value) length += (int)strlen(value) + 1;
  }
  const int header[] = {01036, (int)strlen(names) + 1, booleans, numbers, strings, length};
  for (int index = 0; index < 6; index++) put_number(blob, header[index], 2);
  put(blob, names, strlen(names) + 1);
  for (int index = 0; index < booleans; index++) {
    put_number(blob, strcmp(boolnames[index], "ccc") != 0 && tigetflag(boolnames[index]) > 0, 1);
  }
  align(blob);
  for (int index = 0; index < numbers; index++) put_number(blob, number_value(numnames[index]), 4);
  int offset = 0;
  for (int index = 0; index < strings; index++) {
    const char *value = string_value(strnames[index]);
    put_number(blob, value ? offset : -1, 2);
    if (value) offset += (int)strlen(value) + 1;
  }
  for (int index = 0; index < strings; index++) {
    const char *value = string_value(strnames[index]);
    if (value) put(blob, value, strlen(value) + 1);
  }
  align(blob);
  // One capability of our own: the Boolean RGB, by which ncurses knows that a colour is its three bytes.
  const int extended[] = {1, 0, 0, 1, sizeof "RGB"};
  for (int index = 0; index < 5; index++) put_number(blob, extended[index], 2);
  put_number(blob, 1, 1);
  align(blob);
  put_number(blob, 0, 2);
  put(blob, "RGB", sizeof "RGB");
}

static char *terminfo_before;

int cnc_describe_direct_color(int wanted) {
  static struct blob blob;
  static char text[4 + 2 * LIMIT + 1] = "hex:";
  int fault = 0;
  if (setupterm(NULL, STDOUT_FILENO, &fault) != OK) return 0;
  int colors = tigetnum("colors");
  int has_them = tigetflag("RGB") > 0 || colors > 256;
  blob.size = 0;
  blob.is_full = 0;
  if (colors >= 8 && (wanted || has_them)) describe(&blob);
  del_curterm(cur_term);
  if (blob.size == 0 || blob.is_full) return 0;
  for (size_t index = 0; index < blob.size; index++) {
    static const char digits[] = "0123456789ABCDEF";
    text[4 + 2 * index] = digits[blob.bytes[index] >> 4];
    text[5 + 2 * index] = digits[blob.bytes[index] & 15];
  }
  text[4 + 2 * blob.size] = 0;
  const char *before = getenv("TERMINFO");
  terminfo_before = before ? strdup(before) : NULL;
  setenv("TERMINFO", text, 1);
  return 1;
}

void cnc_forget_direct_color(void) {
  if (terminfo_before) {
    setenv("TERMINFO", terminfo_before, 1);
  } else {
    unsetenv("TERMINFO");
  }
  free(terminfo_before);
  terminfo_before = NULL;
}

#ifndef FURLONG_CMARKDOWN_H
#define FURLONG_CMARKDOWN_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// The few things Furlong asks of cmark-gfm. Node types of its extensions are variables, and parsing changes its globals: both
// vanish behind these functions. Any thread.

typedef struct cmark_node cmark_node;

enum {
  CMD_OTHER = 0, CMD_PARAGRAPH, CMD_HEADING, CMD_QUOTE, CMD_LIST, CMD_ITEM, CMD_CODE_BLOCK, CMD_HTML_BLOCK, CMD_RULE, CMD_TABLE,
  CMD_TABLE_ROW, CMD_TABLE_CELL,
};

/// Parses the blocks of UTF-8, with tables and task lists; what stands within them is left as text. The tree is the caller's; give it to `cmd_free`.
cmark_node *cmd_parse(const char *bytes, size_t length);
void cmd_free(cmark_node *root);

int cmd_kind(cmark_node *node);
cmark_node *cmd_first(cmark_node *node);
cmark_node *cmd_last(cmark_node *node);
cmark_node *cmd_next(cmark_node *node);
cmark_node *cmd_parent(cmark_node *node);
/// Lines from 1.
int cmd_start_line(cmark_node *node);
int cmd_end_line(cmark_node *node);
int cmd_start_column(cmark_node *node);

/// Text of a leaf, or the source within a paragraph, heading or cell; "" where there is none. Lives as
/// long as the tree.
const char *cmd_literal(cmark_node *node);
const char *cmd_content(cmark_node *node);

int cmd_level(cmark_node *node);
/// Length and character of a fence and its indentation; false for indented code.
bool cmd_fence(cmark_node *node, int *length, int *offset, char *character);
bool cmd_is_ordered(cmark_node *node);
bool cmd_is_tight(cmark_node *node);
int cmd_list_start(cmark_node *node);
/// -1 for an item that is no task.
int cmd_task(cmark_node *node);
int cmd_columns(cmark_node *table);
/// 'l', 'c', 'r' or 0 for a column of a table.
char cmd_alignment(cmark_node *table, int column);

#endif

#include "CMarkdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>
#include <cmark-gfm/parser.h>
#include <pthread.h>
#include <string.h>

// Extensions register themselves and their special characters in globals, the latter for as long as a parse takes.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int no_inlines(cmark_syntax_extension *extension, cmark_node *node) { return 0; }

/// The next node of the tree, parents before their children.
static cmark_node *after(cmark_node *node) {
  if (cmark_node_first_child(node)) return cmark_node_first_child(node);
  while (node && !cmark_node_next(node)) node = cmark_node_parent(node);
  return node ? cmark_node_next(node) : NULL;
}

static bool is_cell(cmark_node *node) { return !strcmp(cmark_node_get_type_string(node), "table_cell"); }

cmark_node *cmd_parse(const char *bytes, size_t length) {
  static const char *names[] = {"table", "tasklist"};
  static cmark_syntax_extension *inert;
  pthread_mutex_lock(&lock);
  if (!inert) {
    inert = cmark_syntax_extension_new("inert");
    cmark_syntax_extension_set_contains_inlines_func(inert, no_inlines);
  }
  cmark_gfm_core_extensions_ensure_registered();
  cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    cmark_syntax_extension *extension = cmark_find_syntax_extension(names[index]);
    if (extension) cmark_parser_attach_syntax_extension(parser, extension);
  }
  cmark_parser_feed(parser, bytes, length);
  if (length && bytes[length - 1] != '\n' && bytes[length - 1] != '\r') cmark_parser_feed(parser, "\n", 1);
  // All lines have been read: what is left is to read what stands within the blocks, which is done elsewhere. A block whose
  // extension holds no inlines keeps its text.
  for (cmark_node *node = parser->root; node; node = after(node)) {
    cmark_node_type type = cmark_node_get_type(node);
    if (type == CMARK_NODE_PARAGRAPH || type == CMARK_NODE_HEADING || is_cell(node)) {
      cmark_node_set_user_data(node, cmark_node_get_syntax_extension(node));
      cmark_node_set_syntax_extension(node, inert);
    }
  }
  cmark_node *root = cmark_parser_finish(parser);
  // What they were, so that they are told apart and freed as what they are.
  for (cmark_node *node = root; node; node = after(node)) {
    if (cmark_node_get_syntax_extension(node) == inert)
      cmark_node_set_syntax_extension(node, cmark_node_get_user_data(node));
  }
  cmark_parser_free(parser);
  pthread_mutex_unlock(&lock);
  return root;
}

void cmd_free(cmark_node *root) { cmark_node_free(root); }

int cmd_kind(cmark_node *node) {
  switch (cmark_node_get_type(node)) {
    case CMARK_NODE_PARAGRAPH: return CMD_PARAGRAPH;
    case CMARK_NODE_HEADING: return CMD_HEADING;
    case CMARK_NODE_BLOCK_QUOTE: return CMD_QUOTE;
    case CMARK_NODE_LIST: return CMD_LIST;
    case CMARK_NODE_ITEM: return CMD_ITEM;
    case CMARK_NODE_CODE_BLOCK: return CMD_CODE_BLOCK;
    case CMARK_NODE_HTML_BLOCK: return CMD_HTML_BLOCK;
    case CMARK_NODE_THEMATIC_BREAK: return CMD_RULE;
    default: break;
  }
  const char *name = cmark_node_get_type_string(node);
  if (!strcmp(name, "table")) return CMD_TABLE;
  if (!strcmp(name, "table_row") || !strcmp(name, "table_header")) return CMD_TABLE_ROW;
  if (!strcmp(name, "table_cell")) return CMD_TABLE_CELL;
  return CMD_OTHER;
}

cmark_node *cmd_first(cmark_node *node) { return cmark_node_first_child(node); }
cmark_node *cmd_last(cmark_node *node) { return cmark_node_last_child(node); }
cmark_node *cmd_next(cmark_node *node) { return cmark_node_next(node); }
cmark_node *cmd_parent(cmark_node *node) { return cmark_node_parent(node); }
int cmd_start_line(cmark_node *node) { return cmark_node_get_start_line(node); }
int cmd_end_line(cmark_node *node) { return cmark_node_get_end_line(node); }
int cmd_start_column(cmark_node *node) { return cmark_node_get_start_column(node); }

static const char *text(const char *found) { return found ? found : ""; }

const char *cmd_literal(cmark_node *node) { return text(cmark_node_get_literal(node)); }
// An empty one has no terminator.
const char *cmd_content(cmark_node *node) { return node->content.size ? cmark_node_get_string_content(node) : ""; }

int cmd_level(cmark_node *node) { return cmark_node_get_heading_level(node); }

bool cmd_fence(cmark_node *node, int *length, int *offset, char *character) {
  return cmark_node_get_fenced(node, length, offset, character);
}

bool cmd_is_ordered(cmark_node *node) { return cmark_node_get_list_type(node) == CMARK_ORDERED_LIST; }
bool cmd_is_tight(cmark_node *node) { return cmark_node_get_list_tight(node); }
int cmd_list_start(cmark_node *node) { return cmark_node_get_list_start(node); }

int cmd_task(cmark_node *node) {
  if (strcmp(cmark_node_get_type_string(node), "tasklist")) return -1;
  return cmark_gfm_extensions_get_tasklist_item_checked(node);
}

int cmd_columns(cmark_node *table) { return cmark_gfm_extensions_get_table_columns(table); }

char cmd_alignment(cmark_node *table, int column) {
  uint8_t *alignments = cmark_gfm_extensions_get_table_alignments(table);
  return alignments && column < cmd_columns(table) ? alignments[column] : 0;
}

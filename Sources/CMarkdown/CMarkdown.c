#include "CMarkdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <string.h>

// Extensions register themselves and their special characters in globals, the latter for as long as a parse takes.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

cmark_node *cmd_parse(const char *bytes, size_t length) {
  static const char *names[] = {"table", "strikethrough", "tasklist"};
  pthread_mutex_lock(&lock);
  cmark_gfm_core_extensions_ensure_registered();
  cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT | CMARK_OPT_STRIKETHROUGH_DOUBLE_TILDE);
  for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
    cmark_syntax_extension *extension = cmark_find_syntax_extension(names[index]);
    if (extension) cmark_parser_attach_syntax_extension(parser, extension);
  }
  cmark_parser_feed(parser, bytes, length);
  cmark_node *root = cmark_parser_finish(parser);
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
    case CMARK_NODE_TEXT: return CMD_TEXT;
    case CMARK_NODE_SOFTBREAK: return CMD_SOFT_BREAK;
    case CMARK_NODE_LINEBREAK: return CMD_HARD_BREAK;
    case CMARK_NODE_CODE: return CMD_CODE;
    case CMARK_NODE_HTML_INLINE: return CMD_HTML;
    case CMARK_NODE_EMPH: return CMD_EMPHASIS;
    case CMARK_NODE_STRONG: return CMD_STRONG;
    case CMARK_NODE_LINK: return CMD_LINK;
    case CMARK_NODE_IMAGE: return CMD_IMAGE;
    default: break;
  }
  const char *name = cmark_node_get_type_string(node);
  if (!strcmp(name, "table")) return CMD_TABLE;
  if (!strcmp(name, "table_row") || !strcmp(name, "table_header")) return CMD_TABLE_ROW;
  if (!strcmp(name, "table_cell")) return CMD_TABLE_CELL;
  if (!strcmp(name, "strikethrough")) return CMD_STRIKETHROUGH;
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
const char *cmd_info(cmark_node *node) { return text(cmark_node_get_fence_info(node)); }
const char *cmd_url(cmark_node *node) { return text(cmark_node_get_url(node)); }
const char *cmd_title(cmark_node *node) { return text(cmark_node_get_title(node)); }

int cmd_level(cmark_node *node) { return cmark_node_get_heading_level(node); }

bool cmd_fence(cmark_node *node, int *length, int *offset, char *character) {
  return cmark_node_get_fenced(node, length, offset, character);
}

bool cmd_is_ordered(cmark_node *node) { return cmark_node_get_list_type(node) == CMARK_ORDERED_LIST; }
bool cmd_is_tight(cmark_node *node) { return cmark_node_get_list_tight(node); }
bool cmd_has_parenthesis(cmark_node *node) { return cmark_node_get_list_delim(node) == CMARK_PAREN_DELIM; }
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

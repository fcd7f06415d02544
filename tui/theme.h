/* Themes: a key file with one group, [theme], of lines `role = foreground background attributes`, in themes/; the dark one is compiled in.
 * A colour is a name (red, bright-red, …), a number 0–255 of the 256-colour palette, or `default`, the terminal's own. The background may be
 * left out. Attributes: bold, dim, reverse, underline. A role that is not there is drawn in the terminal's own colours. */
#ifndef MW_TUI_THEME_H
#define MW_TUI_THEME_H

#include <glib.h>

#include "tui/role.h"

struct theme_style { int foreground, background; guint attributes; }; /* colour -1 = the terminal's own; 0–255; attributes: THEME_BOLD … */
enum { THEME_BOLD = 1, THEME_DIM = 2, THEME_REVERSE = 4, THEME_UNDERLINE = 8 };
struct theme { struct theme_style styles[ROLE_COUNT]; };

/* Reads a theme by name (the user's in ~/.config/midwatch/themes, $pkgdatadir/themes, themes/ beside the program: the source tree), or a
 * file by path (a name with a '/'). NULL or "dark" is the compiled-in one unless the user has a dark one of his own. Errors name file and key. */
gboolean theme_load(const char *name_or_path, struct theme *out, GError **error);
gboolean theme_parse(const char *text, gsize len, const char *origin, struct theme *out, GError **error);
extern const char theme_dark_text[]; /* made from themes/dark.theme by tools/embed.sh */
/* "ok", "crit", … */
const char *theme_role_name(enum role role);
GPtrArray *theme_names(void); /* of char*, owned by the caller */

#endif

#include "panels/actions.h"

const struct command actions[ACT_COUNT] = {
#define ACTION(NAME, id_, title_, help_, keys_, scopes_, danger_, footer_) \
	[ACT_##NAME] = { .id = id_, .title = title_, .help = help_, .keys = keys_, .scopes = scopes_, .danger = danger_, .footer = footer_ },
	ACTION_TABLE(ACTION)
#undef ACTION
};

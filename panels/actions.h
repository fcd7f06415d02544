/* The action table: every named command of the program in one place. Keys, footer, help, `x` menu, `:` palette and the man page are made
 * from it, and the tests check that. */
#ifndef MW_PANELS_ACTIONS_H
#define MW_PANELS_ACTIONS_H

#include "tui/keymap.h"

enum scope {
	SCOPE_EVERYWHERE = 1,
	SCOPE_LIST = 2,        /* a table or a scrolled text has the keys */
	SCOPE_TABLE = 4,
	SCOPE_SCORE = 8,
	SCOPE_CONTAINERS = 16,
	SCOPE_LOGS = 32,
	SCOPE_DETAILS = 64,    /* a details pane with tabs is open */
	SCOPE_CRON = 128,
	SCOPE_MODELS = 256,
	SCOPE_ACTIVITY = 512,
	SCOPE_GATEWAYS = 1024,
	SCOPE_CHECKLIST = 2048,
	SCOPE_RULES = 4096,
};

/* ACTION(NAME, id, title, help, keys, scopes, danger, footer) */
#define ACTION_TABLE(ACTION) \
	ACTION(PANEL_1, "panel.score", "Score", "Shows the score card.", "1", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(PANEL_2, "panel.containers", "Containers", "Shows the containers.", "2", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(PANEL_3, "panel.cron", "Cron", "Shows the scheduled jobs.", "3", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(PANEL_4, "panel.models", "Models", "Shows the language models.", "4", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(PANEL_5, "panel.gateways", "Gateways", "Shows the gateways.", "5", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(PANEL_6, "panel.logs", "Logs", "Shows the live log tail.", "6", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(PANEL_7, "panel.checklist", "Checklist", "Shows the checklist that is walked, or those that can be.", "7", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(RULES, "panel.rules", "rules", "Shows the paging rules: which fire, which wait, what is not known, and what follows.", "P", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(ACTIVITY, "panel.activity", "activity", "Shows the actions that run and that were run: output, outcome, evidence.", "a", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(READONLY, "readonly", "read-only", "Locks all actions that change something, or asks to unlock them.", "R", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(PANEL_NEXT, "panel.next", "next panel", "Goes to the next panel.", "Tab", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(PANEL_PREVIOUS, "panel.previous", "previous panel", "Goes to the panel before.", "S-Tab", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(HELP, "help", "help", "Shows the keys that work here.", "? F1", SCOPE_EVERYWHERE, DANGER_NONE, 90) \
	ACTION(MENU, "menu", "menu", "Lists what can be done here.", "x", SCOPE_EVERYWHERE, DANGER_NONE, 80) \
	ACTION(PALETTE, "palette", "command", "Runs a command by its name.", ":", SCOPE_EVERYWHERE, DANGER_NONE, 85) \
	ACTION(BACK, "back", "back", "Goes back; at the root it quits.", "q", SCOPE_EVERYWHERE, DANGER_NONE, 95) \
	ACTION(ESCAPE, "escape", "clear", "Clears the filter, closes details, goes back.", "Esc", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(QUIT, "quit", "quit", "Leaves midwatch.", "^C", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(REFRESH, "refresh", "refresh", "Asks the hosts again now; tries a lost link again.", "^R", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(REPAINT, "repaint", "repaint", "Draws the whole screen anew.", "^L", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(HOST_ANSWER, "host.answer", "answer", "Answers what is asked: a new host key, a passphrase, an action without evidence.", "A", SCOPE_EVERYWHERE, DANGER_NONE, 5) \
	ACTION(HOST_NEXT, "host.next", "next host", "Shows the next host, or all of them.", "h", SCOPE_SCORE | SCOPE_CONTAINERS | SCOPE_CRON | SCOPE_MODELS, DANGER_NONE, 40) \
	ACTION(DOWN, "list.down", "down", "Moves one row down.", "j Down", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(UP, "list.up", "up", "Moves one row up.", "k Up", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(PAGE_DOWN, "list.page-down", "page down", "Moves one page down.", "PgDn", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(PAGE_UP, "list.page-up", "page up", "Moves one page up.", "PgUp", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(HALF_DOWN, "list.half-down", "half page down", "Moves half a page down.", "^D", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(HALF_UP, "list.half-up", "half page up", "Moves half a page up.", "^U", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(TOP, "list.top", "top", "Goes to the first row.", "g Home", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(BOTTOM, "list.bottom", "bottom", "Goes to the last row.", "G End", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(LEFT, "list.left", "left", "Pans to the left.", "Left", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(RIGHT, "list.right", "right", "Pans to the right.", "Right", SCOPE_LIST, DANGER_NONE, 0) \
	ACTION(OPEN, "open", "open", "Opens what is selected.", "Enter", SCOPE_LIST, DANGER_NONE, 10) \
	ACTION(FILTER, "table.filter", "filter", "Filters the rows: words, !not, ~fuzzy, host:NAME, state:WORD and others; searches in full-size details.", "/", SCOPE_TABLE, DANGER_NONE, 30) \
	ACTION(MARK, "table.mark", "mark", "Marks or unmarks the row and moves down.", "Space", SCOPE_TABLE, DANGER_NONE, 0) \
	ACTION(MARK_SHOWN, "table.mark-shown", "mark all", "Marks all rows that are shown: those that filter and chip let through.", "*", SCOPE_TABLE, DANGER_NONE, 0) \
	ACTION(UNMARK, "table.unmark", "unmark all", "Takes all marks away.", "U", SCOPE_TABLE, DANGER_NONE, 0) \
	ACTION(SORT_PREVIOUS, "table.sort-previous", "sort left", "Sorts by the column to the left.", "<", SCOPE_TABLE, DANGER_NONE, 0) \
	ACTION(SORT_NEXT, "table.sort-next", "sort", "Sorts by the column to the right.", ">", SCOPE_TABLE, DANGER_NONE, 50) \
	ACTION(SORT_INVERT, "table.sort-invert", "invert", "Turns the order round.", "I", SCOPE_TABLE, DANGER_NONE, 0) \
	ACTION(FAULTS, "table.faults", "faults", "Shows only rows with a fault.", "z", SCOPE_TABLE, DANGER_NONE, 35) \
	ACTION(CHIP, "table.chip", "chip", "Goes to the next chip of the row above the list.", "v", SCOPE_CONTAINERS | SCOPE_CRON | SCOPE_MODELS | SCOPE_GATEWAYS | SCOPE_RULES, DANGER_NONE, 36) \
	ACTION(DETAILS, "details", "details", "Opens or closes the details of the row.", "d", SCOPE_CONTAINERS | SCOPE_CRON | SCOPE_MODELS | SCOPE_GATEWAYS | SCOPE_LOGS | SCOPE_CHECKLIST | SCOPE_RULES, DANGER_NONE, 20) \
	ACTION(TAB_NEXT, "details.next-tab", "next tab", "Goes to the next tab of the details.", "]", SCOPE_DETAILS, DANGER_NONE, 15) \
	ACTION(TAB_PREVIOUS, "details.previous-tab", "previous tab", "Goes to the tab before.", "[", SCOPE_DETAILS, DANGER_NONE, 0) \
	ACTION(FULL, "details.full", "full size", "Gives the details the whole panel, and back.", "f", SCOPE_DETAILS, DANGER_NONE, 16) \
	ACTION(LOGS, "container.logs", "logs", "Follows the container in the Logs panel; with marks, all of the marked.", "l", SCOPE_CONTAINERS, DANGER_NONE, 25) \
	ACTION(RESTART, "container.restart", "restart", "Restarts the container, or the marked ones; its evidence is saved first.", "r", SCOPE_CONTAINERS, DANGER_CHANGES, 21) \
	ACTION(RESTART_UNHEALTHY, "container.restart-unhealthy", "restart unhealthy", "Restarts all containers that are unhealthy; lists them first.", "", SCOPE_CONTAINERS, DANGER_CHANGES, 0) \
	ACTION(SHELL, "container.shell", "shell", "Opens a shell in the container; leaving it comes back here.", "s", SCOPE_CONTAINERS, DANGER_CHANGES, 26) \
	ACTION(SNAPSHOT, "container.snapshot", "snapshot", "Saves log, health log, inspect and stats here, with checksums; changes nothing.", "S", SCOPE_CONTAINERS, DANGER_NONE, 28) \
	ACTION(BULK, "marked.apply", "apply", "Lists what is done to marked rows; in Containers without marks, asks to restart the unhealthy.", "b", SCOPE_CONTAINERS | SCOPE_MODELS | SCOPE_GATEWAYS, DANGER_NONE, 0) \
	ACTION(CLEANUP, "vm.cleanup", "cleanup", "Runs the host's cleanup: its dry run first, then by the host's name.", "D", SCOPE_SCORE | SCOPE_CONTAINERS | SCOPE_CRON | SCOPE_MODELS, DANGER_DESTROYS, 58) \
	ACTION(TAKE_BACK, "activity.take-back", "take back", "Takes back the actions that wait for others; what runs goes on.", "K", SCOPE_ACTIVITY, DANGER_NONE, 20) \
	ACTION(LET_GO, "activity.let-go", "stop waiting", "Stops waiting for the command under the cursor: it goes on over there, and what waits for it begins.", "W", SCOPE_ACTIVITY, DANGER_NONE, 19) \
	ACTION(GATEWAY_RESTART, "gateway.restart", "restart", "Restarts the gateway's unit; its journal is saved first. Four and more are a rolling restart.", "r", SCOPE_GATEWAYS, DANGER_CHANGES, 19) \
	ACTION(GATEWAY_ROLLING, "gateway.rolling-restart", "rolling restart", "Restarts the marked gateways in batches; each has to be well before the next batch begins.", "", SCOPE_GATEWAYS, DANGER_CHANGES, 0) \
	ACTION(ROLLOUT_PAUSE, "gateway.rollout-pause", "pause", "Pauses the rolling restart, or resumes it: what is begun is finished, nothing new begins.", "=", SCOPE_GATEWAYS, DANGER_CHANGES, 0) \
	ACTION(ROLLOUT_ABORT, "gateway.rollout-abort", "abort", "Aborts the rolling restart: what is begun is finished, the rest is left out.", "X", SCOPE_GATEWAYS, DANGER_CHANGES, 0) \
	ACTION(GATEWAY_SHELL, "gateway.shell", "shell", "Opens a shell on the gateway; leaving it comes back here.", "s", SCOPE_GATEWAYS, DANGER_CHANGES, 31) \
	ACTION(GATEWAY_SNAPSHOT, "gateway.snapshot", "snapshot", "Saves the unit's journal, systemctl show and status here, with checksums; changes nothing.", "S", SCOPE_GATEWAYS, DANGER_NONE, 62) \
	ACTION(COPY, "copy", "copy", "Copies the row or line to the terminal's clipboard and to a file.", "c", SCOPE_LIST, DANGER_NONE, 60) \
	ACTION(JSON, "container.json", "JSON", "Shows the raw inspect reply.", "y", SCOPE_CONTAINERS, DANGER_NONE, 0) \
	ACTION(CRON_RUN, "cron.run", "run now", "Runs the job (when it is marked M) or the cleanup now: weekly, monthly or a dry run; the output streams in.", "n", SCOPE_CRON, DANGER_CHANGES, 22) \
	ACTION(MODEL_LOAD, "model.load", "load", "Loads the model into memory; says first what would stay free.", "L", SCOPE_MODELS, DANGER_CHANGES, 22) \
	ACTION(MODEL_UNLOAD, "model.unload", "unload", "Takes the model out of memory.", "u", SCOPE_MODELS, DANGER_CHANGES, 23) \
	ACTION(GATEWAY_SWEEP, "gateway.sweep", "sweep", "Reads the journals of all gateways for errors, panics and FATAL.", "e", SCOPE_GATEWAYS, DANGER_NONE, 21) \
	ACTION(GATEWAY_SWEEP_CANCEL, "gateway.sweep-cancel", "stop sweep", "Stops the sweep; what it found stays.", "E", SCOPE_GATEWAYS, DANGER_NONE, 14) \
	ACTION(GATEWAY_FAULTS, "gateway.faults", "by fault", "Shows what the sweep found fault by fault, over all gateways, or the gateways again.", "F", SCOPE_GATEWAYS, DANGER_NONE, 22) \
	ACTION(GATEWAY_FOLLOW, "gateway.follow", "logs", "Follows the journal of the gateway's unit in the Logs panel; with marks, those of the marked.", "l", SCOPE_GATEWAYS, DANGER_NONE, 25) \
	ACTION(GATEWAY_FOLLOW_ALL, "gateway.follow-all", "all logs", "Follows the unit's journal on all gateways that are reached.", "L", SCOPE_GATEWAYS, DANGER_NONE, 61) \
	ACTION(GATEWAY_WINDOW, "gateway.window", "window", "Freezes the set that is online now for 30 minutes, to count losses against it while something is deployed; or ends that.", "w", SCOPE_GATEWAYS, DANGER_NONE, 52) \
	ACTION(CHECK_NEXT, "checklist.next", "next step", "Looks at the step whose turn it is.", "n", SCOPE_CHECKLIST, DANGER_NONE, 2) \
	ACTION(CHECK_LOOK, "checklist.look", "look again", "Looks at the step under the cursor, also once more.", "l", SCOPE_CHECKLIST, DANGER_NONE, 12) \
	ACTION(CHECK_PASS, "checklist.pass", "pass", "Answers what the step asks: it passes, with a note.", "p", SCOPE_CHECKLIST, DANGER_NONE, 3) \
	ACTION(CHECK_FAIL, "checklist.fail", "fail", "Answers what the step asks: it fails, with a note.", "F", SCOPE_CHECKLIST, DANGER_NONE, 4) \
	ACTION(CHECK_ESCALATE, "checklist.escalate", "escalate", "Says whom to tell, and what; copies it, or sends a page.", "e", SCOPE_CHECKLIST, DANGER_NONE, 6) \
	ACTION(CHECK_OVERRIDE, "checklist.override", "override", "Goes on although a gate did not pass, for a reason that is typed and kept in the audit log.", "o", SCOPE_CHECKLIST, DANGER_CHANGES, 7) \
	ACTION(CHECK_COMMAND, "checklist.command", "copy command", "Copies the shell command that shows the same as the step.", "y", SCOPE_CHECKLIST, DANGER_NONE, 31) \
	ACTION(CHECK_ISSUE, "checklist.issue", "issue", "Adds an outstanding issue to the report: a link to an incident thread or a pull request.", "i", SCOPE_CHECKLIST, DANGER_NONE, 33) \
	ACTION(CHECK_REPORT, "checklist.report", "report", "Writes the report now.", "W", SCOPE_CHECKLIST, DANGER_NONE, 32) \
	ACTION(CHECK_ABANDON, "checklist.abandon", "end", "Ends the run before its end, with its report or without; asks first.", "X", SCOPE_CHECKLIST, DANGER_CHANGES, 62) \
	ACTION(CHECK_START, "checklist.start", "start", "Starts the checklist under the cursor: asks for the version and what the deploy touches.", "s", SCOPE_CHECKLIST, DANGER_NONE, 8) \
	ACTION(CHECK_RESUME, "checklist.resume", "resume", "Goes on with an interrupted run where it was.", "r", SCOPE_CHECKLIST, DANGER_NONE, 9) \
	ACTION(RULE_SILENCE, "rule.silence", "silence", "Silences the alert for a time: it pages nobody. Asks for how long and why; kept in the audit log.", "s", SCOPE_RULES, DANGER_CHANGES, 21) \
	ACTION(RULE_UNSILENCE, "rule.unsilence", "unsilence", "Ends the silence of the alert.", "u", SCOPE_RULES, DANGER_CHANGES, 22) \
	ACTION(RULE_MANUAL, "rule.manual", "say it is so", "The form of a rule that no input can tell: says that it is so, or not any more; asks first, since it pages.", "m", SCOPE_RULES, DANGER_CHANGES, 23) \
	ACTION(RULE_GO, "rule.go", "go there", "Opens the panel with what the alert is about.", "o", SCOPE_RULES, DANGER_NONE, 25) \
	ACTION(LOG_SOURCES, "logs.sources", "sources", "Picks what is followed, from any host.", "o", SCOPE_LOGS, DANGER_NONE, 12) \
	ACTION(LOG_ADD, "logs.add", "add source", "Follows a source by its name: HOST container:NAME, unit:NAME, file:/PATH or journal.", "O", SCOPE_EVERYWHERE, DANGER_NONE, 0) \
	ACTION(LOG_SEARCH, "logs.search", "search", "Searches; hides nothing.", "/", SCOPE_LOGS, DANGER_NONE, 20) \
	ACTION(LOG_NEXT, "logs.next", "next", "Goes to the next match.", "n", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_PREVIOUS, "logs.previous", "previous", "Goes to the match before.", "N", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_IN, "logs.filter-in", "filter in", "Shows only lines that match (PCRE2).", "&", SCOPE_LOGS, DANGER_NONE, 22) \
	ACTION(LOG_OUT, "logs.filter-out", "filter out", "Hides lines that match.", "!", SCOPE_LOGS, DANGER_NONE, 23) \
	ACTION(LOG_LEVEL, "logs.level", "level", "Hides lower levels: all, info, warn, error.", "v", SCOPE_LOGS, DANGER_NONE, 45) \
	ACTION(LOG_CONTEXT, "logs.context", "context", "Shows lines around each match: 0, 3, 10.", "C", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_ERROR_NEXT, "logs.next-error", "next error", "Goes to the next error.", "e", SCOPE_LOGS, DANGER_NONE, 24) \
	ACTION(LOG_ERROR_PREVIOUS, "logs.previous-error", "previous error", "Goes to the error before.", "E", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_WARNING_NEXT, "logs.next-warning", "next warning", "Goes to the next warning or error.", "w", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_WARNING_PREVIOUS, "logs.previous-warning", "previous warning", "Goes to the warning or error before.", "W", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_FOLLOW, "logs.follow", "follow", "Follows the end, or stops following.", "F", SCOPE_LOGS, DANGER_NONE, 26) \
	ACTION(LOG_PAUSE, "logs.pause", "pause", "Freezes the view; what comes is counted and kept.", "=", SCOPE_LOGS, DANGER_NONE, 27) \
	ACTION(LOG_BOOKMARK, "logs.bookmark", "bookmark", "Sets or removes a bookmark on the line.", "m", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_BOOKMARK_NEXT, "logs.next-bookmark", "next bookmark", "Goes to the next bookmark.", "'", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_TIME, "logs.time", "time", "Jumps to a time: 01:38, -5m, 2026-11-22 01:38.", "@", SCOPE_LOGS, DANGER_NONE, 48) \
	ACTION(LOG_HISTOGRAM, "logs.histogram", "histogram", "Shows errors over time, all lines over time, or neither.", "i", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_TIMESTAMPS, "logs.timestamps", "timestamps", "Timestamps: clock, full, age, none.", "t", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_WRAP, "logs.wrap", "wrap", "Wraps long lines or cuts them.", "^W", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_SAVE, "logs.save", "save", "Saves the lines shown, the last 50,000 at most, to a file.", "S", SCOPE_LOGS, DANGER_NONE, 55) \
	ACTION(LOG_SNAPSHOT, "logs.snapshot", "snapshot", "Saves the last 10,000 lines of every source that is shown, of a container all of the last half hour, with checksums.", "", SCOPE_LOGS, DANGER_NONE, 0) \
	ACTION(LOG_CLEAR_FILTERS, "logs.clear-filters", "no filters", "Takes all filters away; a second time shows all sources again, which Esc does not.", "U", SCOPE_LOGS, DANGER_NONE, 0)

enum action {
#define ACTION(NAME, id, title, help, keys, scopes, danger, footer) ACT_##NAME,
	ACTION_TABLE(ACTION)
#undef ACTION
	ACT_COUNT
};

extern const struct command actions[ACT_COUNT];

#endif

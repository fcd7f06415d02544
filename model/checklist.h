/* A checklist as its file says it: steps in order, each with checks. Made by the application from YAML; nothing in it changes while it is walked. */
#ifndef MW_MODEL_CHECKLIST_H
#define MW_MODEL_CHECKLIST_H

#include <glib.h>

enum check_kind {
	CHECK_HTTP,    /* an answer: status, version of HTTP, JSON members, body */
	CHECK_LOGS,    /* lines of a container, unit or file of one host */
	CHECK_FLEET,   /* the same of the unit's journal on all gateways */
	CHECK_COMMAND, /* what a command that only reads prints */
	CHECK_MANUAL,  /* a person looks and answers */
	CHECK_REPORT,  /* the report is written */
};

/* What lines are expected by CHECK_LOGS, CHECK_FLEET and CHECK_COMMAND. */
enum check_expect {
	EXPECT_NONE,   /* no line matches; one is a failure */
	EXPECT_SOME,   /* at least one line matches; none is a failure */
	EXPECT_SHOWN,  /* the lines are shown, and judged by `watch` and `spike` only */
};

/* A member of a JSON body. */
struct check_member {
	char *label;         /* "db" */
	char *pointer;       /* RFC 6901 */
	char *equals;        /* NULL, or a placeholder without a value: it is shown, not compared */
};

/* Texts may hold placeholders, {url}, which are filled in when a run begins; see check_run.h. */
struct check {
	enum check_kind kind;
	char *label;         /* short, for a summary: "console"; NULL */
	guint every_s;       /* while the window is open: from one look to the next; 0: it is not looked at again */

	/* CHECK_HTTP */
	char *url;
	guint status;        /* expected */
	char *http_version;  /* expected: "2"; NULL: any */
	char *body;          /* regular expression (PCRE2) that the body has to match; NULL */
	GPtrArray *members;  /* of struct check_member, owned */

	/* CHECK_LOGS: one of the three on `host`. CHECK_COMMAND: `command`; `host` NULL is this machine. */
	char *host, *container, *unit, *file, *command;
	guint since_min;     /* how far back; CHECK_LOGS and CHECK_FLEET */
	char *pattern;       /* regular expression; case counts */
	enum check_expect expect;
	char *watch;         /* regular expression: a line that matches both wants attention, which is no failure; NULL */
	char *watch_means;   /* what such a line says: "upstream provider change, usually not ours"; NULL */
	char *spike;         /* regular expression: three times as many lines as in the span before, and five at least, want attention; NULL */

	/* CHECK_MANUAL */
	char *question;      /* what to look at */
	gboolean note;       /* the answer needs a note */
};

struct checklist_step {
	char *id;            /* "health" */
	char *title;         /* "Cloud HTTP health" */
	char *subsystem;     /* of the report: "cloud", "gateways", "frontend", "SFU" */
	char *help;          /* a sentence or two; NULL */
	gboolean gate;       /* a failure stops the walk */
	char *only_for;      /* an entry of checklist.touches: the step is left out when the deploy does not touch it; NULL: always */
	GPtrArray *checks;   /* of struct check, owned; at least one */
};

struct checklist_touch { char *name; gboolean hot; /* touching it makes the report mandatory */ };
struct checklist_variable { char *name, *value; };

struct checklist {
	char *name;          /* "post-deploy" */
	char *title;         /* "Post-deploy" */
	char *escalate;      /* to whom: "on-call" */
	guint window_s;      /* 0: none */
	gboolean deploy;     /* it is about a deploy: the version is asked for */
	GPtrArray *touches;  /* of struct checklist_touch, owned: asked at the start */
	GPtrArray *variables;/* of struct checklist_variable, owned: values of placeholders unless the configuration has others */
	GPtrArray *steps;    /* of struct checklist_step, owned; at least one */
	char *source;        /* owned: the YAML that it was made from, which is kept with each run */
	char *origin;        /* owned: the file's path, or "shipped" */
};

struct checklist *checklist_new(const char *name);
void checklist_free(struct checklist *c); /* NULL is ignored */
struct checklist_step *checklist_step_new(const char *id, const char *title);
struct check *check_new(enum check_kind kind);
const char *check_kind_name(enum check_kind k); /* "http", "logs", "fleet", "command", "manual", "report" */

#endif

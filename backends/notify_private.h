/* What notify.c, the queue, asks of a service: one file each. All is pure; replies are not trusted. */
#ifndef MW_BACKENDS_NOTIFY_PRIVATE_H
#define MW_BACKENDS_NOTIFY_PRIVATE_H

#include "backends/bearer.h"
#include "backends/notify.h"

/* What a reply means for the message. */
enum notify_verdict {
	NOTIFY_TAKEN,
	NOTIFY_AGAIN,   /* later */
	NOTIFY_SECRET,  /* the secret is refused: later, with what its source says then */
	NOTIFY_MOVED,   /* Telegram: at once, to the chat that it names */
	NOTIFY_REFUSED, /* for good */
};

struct notify_reply {
	enum notify_verdict verdict;
	char *words;    /* owned: safe but for the secret, which is not cut out yet; NULL when taken */
	gint64 wait_s;  /* told to wait; 0: not told */
	char *chat;     /* owned; NOTIFY_MOVED */
};

struct notify_kind {
	guint gap_s;         /* between two messages: what the service allows */
	/* Another member of the details when it is not NULL: how many messages before it were lost. */
	char *(*body)(const struct notify_settings *s, const struct notify_message *m, const char *lost);
	/* Where it goes, newly allocated, for secret_wipe(); NULL with why (static) when the secret cannot be one. */
	char *(*url)(const struct notify_settings *s, const char *secret, const char **why);
	/* Of an HTTP answer; `words` of the server are in it only where they say more than the status. */
	void (*judge)(const struct http_reply *r, struct notify_reply *out);
};

extern const struct notify_kind notify_pagerduty, notify_slack, notify_telegram;
const struct notify_kind *notify_kind(enum notify_service s);

/* The body with PagerDuty's key as its last member, newly allocated, for secret_wipe(). */
char *notify_pagerduty_sign(const char *body, const char *routing_key);

void notify_reply_clear(struct notify_reply *r);
/* What the status alone says, for all services: 2xx is not taken for granted. */
void notify_judge_status(const struct http_reply *r, const char *title, struct notify_reply *out);

/* Safe words without the secret, and without a part of it, newly allocated: a server may say the path alone, or what stands behind the bot's number. */
char *notify_redact(const struct bearer *b, const char *safe);

#endif

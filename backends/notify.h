/* Tells people: PagerDuty (Events v2), Slack (incoming webhooks), Telegram (Bot API). A message is sent until it was taken, with backoff, by
 * Retry-After where one is told, and given up loudly. What is in a message is escaped for the service: no log line can mention a channel.
 *
 * A message that went out and was not answered is sent again. PagerDuty knows it by its key; Slack and Telegram may then show it twice, which is better
 * than never. A secret that is refused is read anew, once a minute at most, while the message waits. */
#ifndef MW_BACKENDS_NOTIFY_H
#define MW_BACKENDS_NOTIFY_H

#include "backends/http.h"
#include "backends/secret_source.h"

#define NOTIFY_WAITING_MAX 200            /* messages of one notifier; more are refused, counted, and told of with the next one that is taken */
#define NOTIFY_PATIENCE_MS (60 * 60 * 1000) /* so long is a message tried */

enum notify_service { NOTIFY_PAGERDUTY, NOTIFY_SLACK, NOTIFY_TELEGRAM };
enum notify_event { NOTIFY_TRIGGER, NOTIFY_ACKNOWLEDGE, NOTIFY_RESOLVE };

struct notify_settings {
	enum notify_service service;
	const char *name;              /* "pagerduty", "slack oncall": for messages */
	struct secret_source secret;   /* routing key, webhook URL, bot token */
	const char *url;               /* another base than the service's own, for PagerDuty and Telegram; NULL */
	const char *chat;              /* Telegram */
	gint64 thread;                 /* Telegram; 0: none */
	const char *source;            /* PagerDuty's payload.source: this machine's name */
	guint patience_ms;             /* 0 = NOTIFY_PATIENCE_MS */
	guint timeout_ms;              /* of one request; 0 = 15,000 */
	guint second_ms;               /* how long a second of waiting lasts; 0 = 1,000: tests are shorter */
};

/* What is told; texts raw or safe, they are escaped. */
struct notify_message {
	enum notify_event event;
	const char *dedup_key;
	const char *severity;          /* "critical", "error", "warning", "info": PagerDuty's words */
	const char *summary;           /* one line */
	const char *const *details;    /* NULL-terminated lines, or NULL */
	guint more;                    /* lines of details that are not among them */
	const char *component, *group; /* PagerDuty; NULL */
	gint64 utc_us;
};

struct notifier;
struct notifier *notifier_new(struct http *http, const struct notify_settings *s);
void notifier_free(struct notifier *n); /* NULL is ignored; what waits is not sent, and `done` is not called */

/* `outcome` of the message: OK, FAILED (refused, or given up), with safe words that hold no secret. */
typedef void (*notify_done)(void *user, enum outcome outcome, const char *result);
/* Called once, later. Messages of one notifier are sent in order, one at a time. A resolve overtakes no trigger of its key. */
void notifier_send(struct notifier *n, const struct notify_message *m, notify_done done, void *user);
/* How many wait, and why the first one does (borrowed; NULL). */
guint notifier_waiting(const struct notifier *n, const char **why);
const char *notifier_name(const struct notifier *n);
/* Did the last attempt get no answer at all, so that the service, or the network on the way, is what is amiss? */
gboolean notifier_is_unreached(const struct notifier *n);
/* Reads the secret and sends nothing: `done` once, later, unless freed before, with OUTCOME_OK and "", or OUTCOME_FAILED and why it cannot be used. Not
 * while messages wait. */
void notifier_check(struct notifier *n, notify_done done, void *user);

/* The bodies, newly allocated JSON, for secret_wipe(). `lost`: how many messages before it were lost, in words; NULL: none. PagerDuty's routing key, which
 * the other services ignore, is put in last, so that all else can be tested and shown without (NULL). */
char *notify_body(const struct notify_settings *s, const struct notify_message *m, const char *lost, const char *routing_key);

#endif

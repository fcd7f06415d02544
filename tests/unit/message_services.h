/* PagerDuty, Slack and Telegram as far as midwatch knows them, behind one port of loopback: they take what the real ones would take, refuse what those
 * would refuse, in their words, and note whom a message would have paged. What they do to a single request is scripted by http_double_once(). */
#ifndef MW_TESTS_MESSAGE_SERVICES_H
#define MW_TESTS_MESSAGE_SERVICES_H

#include <cjson/cJSON.h>

#include "tests/unit/http_double.h"

#define ROUTING_KEY "0123456789abcdef0123456789r0ut1n"
#define WEBHOOK_PATH "/services/T0EXAMPLE/B0EXAMPLE/w3bh00kexample0123456789"
#define BOT_TOKEN "7351234567:AAEexample-bott0ken_0123456789"

struct message_services;

struct message_services *message_services_new(void);
void message_services_free(struct message_services *s);
struct http_double *message_services_double(struct message_services *s);
const char *message_services_url(const struct message_services *s);      /* the base of PagerDuty and Telegram */
const char *message_services_webhook(const struct message_services *s);  /* the secret of Slack */
/* What was taken: "pagerduty", "slack" or "telegram" before each body. The n-th, newly allocated; NULL: there are not so many. */
char *message_services_taken(struct message_services *s, guint n);
guint message_services_count(struct message_services *s);
/* How many people-paging mentions were in all that was taken. */
guint message_services_mentions(struct message_services *s);

#endif

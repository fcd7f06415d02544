/* What a person does about rules: silences, forms, pages by hand. Each stands in the audit log. */
#include "app/rules_run_private.h"

#include "model/sanitize.h"

/* --- silences and forms --- */

static gint64
begin(struct rules_run *r, const char *action, const char *target, const char *request, const char *note, GError **error)
{
	const struct audit_intent intent = { .action = action, .host = config_env(r->s.config), .target = target, .request = request, .note = note };

	if (r->s.world->readonly) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_DENIED, "midwatch is read-only");
		return 0;
	}
	if (!r->store) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_MISSING, "there is no store, so that it would stand in no audit log");
		return 0;
	}
	return store_audit_begin(r->store, &intent, error);
}

static char *
target_words(const char *rule, const char *labels)
{
	return labels && *labels ? g_strdup_printf("%s{%s}", rule, labels) : g_strdup(rule);
}

/* In a drill it holds here alone: who tells outside is not to fall silent. Its number is none of the store's. */
static gboolean
keep_silence(struct rules_run *r, struct silence *s, GError **error)
{
	if (!r->s.world->drill)
		return store_silence_add(r->store, s, error);
	s->number = -(gint64)++r->drilled;
	return TRUE;
}

gboolean
rules_run_silence(struct rules_run *r, const char *rule, const char *labels, gint64 seconds, const char *comment, GError **error)
{
	g_autofree char *target = target_words(rule, labels), *request = NULL, *safe = sanitize_text(comment ? comment : "", -1);
	gint64 now_us = g_get_real_time(), length_us = CLAMP(seconds, 1, RULES_SILENCE_MAX_US / G_USEC_PER_SEC) * G_USEC_PER_SEC, id;
	struct silence *s;
	gboolean ok;

	request = g_strdup_printf("silence %s for %" G_GINT64_FORMAT " s", target, length_us / G_USEC_PER_SEC);
	id = begin(r, "rules.silence", target, request, safe, error);
	if (!id)
		return FALSE;
	s = g_new0(struct silence, 1);
	s->rule = g_strdup(rule);
	s->labels = labels && *labels ? g_strdup(labels) : NULL;
	s->begin_utc_us = now_us;
	s->end_utc_us = now_us + length_us;
	s->by = g_strdup(store_acts_as(r->store));
	s->comment = g_steal_pointer(&safe);
	ok = keep_silence(r, s, error);
	store_audit_end(r->store, id, ok ? OUTCOME_OK : OUTCOME_FAILED, ok ? "silenced" : (*error)->message, NULL);
	if (ok)
		rules_silence(r->rules, s);
	else
		silence_free(s);
	return ok;
}

gboolean
rules_run_unsilence(struct rules_run *r, gint64 number, GError **error)
{
	g_autofree char *target = g_strdup_printf("silence %" G_GINT64_FORMAT, number);
	gboolean ok;
	gint64 id;

	if (r->s.world->drill && number > 0) {
		g_set_error(error, STORE_ERROR, STORE_ERROR_DENIED, "this is a drill, and the silence holds for those who tell outside, too");
		return FALSE;
	}
	id = begin(r, "rules.unsilence", target, NULL, NULL, error);
	if (!id)
		return FALSE;
	ok = number < 0 || store_silence_end(r->store, number, g_get_real_time(), error);
	store_audit_end(r->store, id, ok ? OUTCOME_OK : OUTCOME_FAILED, ok ? "ended" : (*error)->message, NULL);
	if (ok)
		rules_unsilence(r->rules, number);
	return ok;
}

gboolean
rules_run_manual(struct rules_run *r, const char *rule, const char *labels, gboolean is_true, const char *comment, GError **error)
{
	g_autofree char *target = target_words(rule, labels);
	gint64 id = begin(r, "rules.manual", target, is_true ? "say that it is so" : "say that it is so no more", comment, error);

	if (!id)
		return FALSE;
	rules_manual(r->rules, rule, labels, is_true, g_get_monotonic_time());
	store_audit_end(r->store, id, OUTCOME_OK, is_true ? "true" : "false", NULL);
	rules_run_evaluate(r); /* who says so waits for the page */
	return TRUE;
}

/* --- what somebody outside is asked --- */

/* It stands in the audit log as begun. */
struct asked {
	struct rules_run *run;
	gint64 id;
	void (*done)(void *user, const char *text);
	void *user;
};

static struct asked *
asked_new(struct rules_run *r, gint64 id, void (*done)(void *user, const char *text), void *user)
{
	struct asked *a = g_new0(struct asked, 1);

	*a = (struct asked){ r, id, done, user };
	return a;
}

/* What came of it, `words` in short; not `told` to who asked when he is not there any more. */
static void
asked_end(struct asked *a, enum outcome outcome, const char *words, const char *result, gboolean told)
{
	g_autofree char *text = g_strdup_printf("%s: %s", words, result ? result : "");

	store_audit_end(a->run->store, a->id, outcome, result ? result : "", NULL);
	if (told)
		a->done(a->user, text);
	g_free(a);
}

/* --- the Alertmanager's --- */

static void
on_silenced(void *user, enum outcome outcome, const char *result)
{
	static const char *const words[] = {
		[OUTCOME_OK] = "silenced there", [OUTCOME_FAILED] = "the Alertmanager did not silence it", [OUTCOME_UNKNOWN] = "the silence in the Alertmanager" };

	asked_end(user, outcome, words[outcome], result, TRUE);
}

void
rules_run_silence_foreign(struct rules_run *r, const char *fingerprint, gint64 seconds, const char *comment, void (*done)(void *user, const char *text),
                          void *user)
{
	const struct foreign_alert *a = r->alertmanager ? foreign_alerts_find(&r->s.world->foreign, fingerprint) : NULL;
	g_autofree char *request = g_strdup_printf("silence it in the Alertmanager for %" G_GINT64_FORMAT " s", seconds);
	g_autoptr(GError) error = NULL;
	gint64 id;

	if (!a) {
		done(user, "it is not among the alerts any more");
		return;
	}
	if (r->s.world->drill) {
		done(user, "this is a drill: the Alertmanager is not told");
		return;
	}
	id = begin(r, "rules.silence_foreign", a->name, request, comment, &error);
	if (!id) {
		done(user, error->message);
		return;
	}
	alertmanager_silence(r->alertmanager, a, seconds, store_acts_as(r->store), comment, on_silenced, asked_new(r, id, done, user));
}

/* --- a page by hand --- */

char *
rules_run_pages(const struct rules_run *r, const char **why)
{
	char *whom = rules_deliver_whom(rules_tell_deliver(r->tell), RULE_PAGE);

	*why = !whom ? "nobody is configured to be paged" : r->s.world->readonly ? "midwatch is read-only" : r->s.world->drill ? "this is a drill" : NULL;
	if (*why)
		g_clear_pointer(&whom, g_free);
	return whom;
}

static void
on_paged(void *user, enum outcome outcome, const char *result)
{
	struct asked *a = user;

	asked_end(a, outcome, outcome == OUTCOME_OK ? "paged" : "not everybody was paged", result, !a->run->ending);
}

void
rules_run_page(struct rules_run *r, const struct rules_page *p, void (*done)(void *user, const char *text), void *user)
{
	const char *why;
	g_autofree char *whom = rules_run_pages(r, &why), *request = g_strdup_printf("page %s: %s", whom ? whom : "nobody", p->summary);
	const struct notify_message m = {
		.event = NOTIFY_TRIGGER, .dedup_key = p->key, .severity = "critical", .summary = p->summary, .details = p->details,
		.component = p->component, .group = config_env(r->s.config), .utc_us = g_get_real_time(),
	};
	g_autoptr(GError) error = NULL;
	gint64 id = whom ? begin(r, p->action, p->target, request, NULL, &error) : 0;

	if (!id) {
		g_autofree char *text = g_strdup_printf("nobody was paged: %s", error ? error->message : why);
		done(user, text);
		return;
	}
	rules_deliver_page(rules_tell_deliver(r->tell), &m, on_paged, asked_new(r, id, done, user));
}

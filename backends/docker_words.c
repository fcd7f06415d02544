#include "backends/docker_words.h"

/* Source: docker/go-units, duration.go, HumanDuration. */
static char *
duration(gint64 us)
{
	gint64 seconds = MAX(us, 0) / G_USEC_PER_SEC, minutes = seconds / 60, hours = (seconds + 1800) / 3600;

	if (seconds < 1)
		return g_strdup("Less than a second");
	if (seconds == 1)
		return g_strdup("1 second");
	if (seconds < 60)
		return g_strdup_printf("%d seconds", (int)seconds);
	if (minutes == 1)
		return g_strdup("About a minute");
	if (minutes < 60)
		return g_strdup_printf("%d minutes", (int)minutes);
	if (hours == 1)
		return g_strdup("About an hour");
	if (hours < 48)
		return g_strdup_printf("%d hours", (int)hours);
	if (hours < 24 * 7 * 2)
		return g_strdup_printf("%d days", (int)(hours / 24));
	if (hours < 24 * 30 * 2)
		return g_strdup_printf("%d weeks", (int)(hours / 24 / 7));
	if (hours < 24 * 365 * 2)
		return g_strdup_printf("%d months", (int)(hours / 24 / 30));
	return g_strdup_printf("%" G_GINT64_FORMAT " years", seconds / 3600 / 24 / 365);
}

/* Source: moby, container/state.go, State.String. */
char *
docker_words_status(const struct container *c, gint64 utc_us)
{
	const struct container_detail *d = &c->detail;
	g_autofree char *up = duration(utc_us - d->started_us), *down = duration(utc_us - d->finished_us);

	switch (c->state) {
	case CONTAINER_RUNNING:
		if (c->health == HEALTH_STARTING)
			return g_strdup_printf("Up %s (health: starting)", up);
		if (c->health == HEALTH_HEALTHY || c->health == HEALTH_UNHEALTHY)
			return g_strdup_printf("Up %s (%s)", up, container_health_name(c->health));
		return g_strdup_printf("Up %s", up);
	case CONTAINER_PAUSED:
		return g_strdup_printf("Up %s (Paused)", up);
	case CONTAINER_RESTARTING:
		return g_strdup_printf("Restarting (%d) %s ago", d->exit_code, down);
	case CONTAINER_REMOVING:
		return g_strdup("Removal In Progress");
	case CONTAINER_DEAD:
		return g_strdup("Dead");
	case CONTAINER_CREATED:
		return g_strdup("Created");
	case CONTAINER_EXITED:
		return d->finished_us ? g_strdup_printf("Exited (%d) %s ago", d->exit_code, down) : g_strdup("Exited");
	case CONTAINER_STATE_UNKNOWN:
		break;
	}
	return g_strdup(c->status ? c->status : "");
}

#include "tests/lab/alertmanager_rig.h"

#include "tests/lab/lab_private.h"

#define NAME "alertmanager"
#define TRIES 20
#define CONFIGURATION \
	"route: {receiver: nobody, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 4h}\n" \
	"receivers: [{name: nobody}]\n" \
	"inhibit_rules: [{source_matchers: [alertname=\"Cause\"], target_matchers: [alertname=\"Effect\"], equal: [instance]}]\n"

gboolean alertmanager_rig_have(void)
{
	static const char *const programs[] = {"prometheus-alertmanager", "amtool", NULL};

	return lab_have_programs(programs);
}

/* FALSE when it ended instead, as it does when the port is taken. */
static gboolean start_at(struct lab *lab, guint port)
{
	g_autofree char *config = g_strdup_printf("--config.file=%s/alertmanager.yml", lab->dir);
	g_autofree char *storage = g_strdup_printf("--storage.path=%s/alertmanager", lab->dir);
	g_autofree char *listen = g_strdup_printf("--web.listen-address=127.0.0.1:%u", port);
	const char *argv[] = {"prometheus-alertmanager", config, storage, listen, "--cluster.listen-address=", NULL};

	return lab_spawn_until(lab, NAME, argv, "Listening on");
}

char *alertmanager_rig_start(struct lab *lab)
{
	lab_write(lab, "alertmanager.yml", CONFIGURATION);
	for (guint i = 0; i < TRIES; i++) {
		guint port = (guint)g_random_int_range(21000, 32000);
		if (start_at(lab, port))
			return g_strdup_printf("http://127.0.0.1:%u", port);
	}
	g_error("Alertmanager does not start: see %s/" NAME ".log", lab->dir);
}

void alertmanager_rig_stop(struct lab *lab)
{
	lab_child_stop(lab, NAME);
}

char *alertmanager_rig_amtool(struct lab *lab, const char *url, ...)
{
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	const char *word;
	va_list words;

	g_ptr_array_add(argv, g_strdup("amtool"));
	g_ptr_array_add(argv, g_strconcat("--alertmanager.url=", url, NULL));
	va_start(words, url);
	while ((word = va_arg(words, const char *)) != NULL)
		g_ptr_array_add(argv, g_strdup(word));
	va_end(words);
	g_ptr_array_add(argv, NULL);
	return lab_run(argv);
}

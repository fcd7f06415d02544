#include "tests/lab/cloud_rig.h"

#include "tests/lab/lab_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NGINX "cloud-nginx"
#define BACKEND "cloud-backend"
#define TRIES 20
#define HEALTH "{\"status\":\"ok\",\"db\":\"ok\",\"go2rtc\":\"ok\",\"version\":\"" CLOUD_VERSION "\"}"

static struct { guint port, backend; char *url, *log; } cloud;

gboolean cloud_rig_have(void)
{
	g_autofree char *path = g_strconcat(g_getenv("PATH"), ":/usr/sbin:/sbin", NULL);
	static const char *const programs[] = {"nginx", "openssl", "python3", NULL};

	g_setenv("PATH", path, TRUE);
	return lab_have_programs(programs);
}

/* --- certificates --- */

static void make_certificates(struct lab *lab)
{
	static const char script[] =
		"set -e; mkdir -p \"$1/cloud\"; cd \"$1/cloud\"; exec 2>openssl.log\n"
		"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -subj '/CN=lab CA' -days 2 "
		"-addext basicConstraints=critical,CA:TRUE -addext keyUsage=keyCertSign\n"
		"openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out request.pem -subj /CN=127.0.0.1\n"
		"printf 'subjectAltName=IP:127.0.0.1,DNS:localhost\\n' >names\n"
		"openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem -days 2 -extfile names\n";
	g_autoptr(GPtrArray) argv = g_ptr_array_new_with_free_func(g_free);
	const char *const words[] = {"sh", "-c", script, "sh", lab->dir};

	for (guint i = 0; i < G_N_ELEMENTS(words); i++)
		g_ptr_array_add(argv, g_strdup(words[i]));
	g_ptr_array_add(argv, NULL);
	g_free(lab_run(argv));
}

/* --- nginx --- */

static void write_configuration(struct lab *lab, gboolean http2)
{
	g_autofree char *text = g_strdup_printf(
		"daemon off;\nmaster_process off;\npid %s/cloud/nginx.pid;\nerror_log stderr notice;\nevents {}\n"
		"http {\n\taccess_log off;\n\tserver {\n\t\tlisten 127.0.0.1:%u ssl%s;\n"
		"\t\tssl_certificate %s/cloud/cert.pem;\n\t\tssl_certificate_key %s/cloud/key.pem;\n"
		"\t\tlocation / {\n\t\t\tproxy_pass http://127.0.0.1:%u;\n\t\t\tproxy_http_version 1.1;\n\t\t\tproxy_set_header Connection \"\";\n\t\t}\n\t}\n}\n",
		lab->dir, cloud.port, http2 ? " http2" : "", lab->dir, lab->dir, cloud.backend);

	lab_write(lab, "cloud/nginx.conf", text);
}

/* FALSE when it ended instead, as it does when the port is taken. */
static gboolean start_nginx(struct lab *lab, gboolean http2)
{
	g_autofree char *conf = lab_path(lab, "cloud/nginx.conf"), *prefix = lab_path(lab, "cloud");
	const char *argv[] = {"nginx", "-e", "stderr", "-p", prefix, "-c", conf, NULL};

	write_configuration(lab, http2);
	return lab_spawn_until(lab, NGINX, argv, "event method");
}

void cloud_rig_stop(struct lab *lab)
{
	lab_child_stop(lab, NGINX);
}

void cloud_rig_again(struct lab *lab, gboolean http2)
{
	lab_child_stop(lab, NGINX);
	if (!start_nginx(lab, http2))
		g_error("nginx does not start again: see %s/" NGINX ".log", lab->dir);
}

/* --- the whole --- */

static void start_backend(struct lab *lab, guint port)
{
	g_autofree char *directory = g_path_get_dirname(lab->script), *program = g_build_filename(directory, "cloud_double.py", NULL);
	g_autofree char *documents = lab_path(lab, "cloud"), *log = lab_path(lab, "cloud-requests"), *number = g_strdup_printf("%u", port);
	const char *argv[] = {"python3", program, "--port", number, "--directory", documents, "--token", CLOUD_TOKEN, "--log", log, NULL};
	g_autofree char *said = lab_double_start(lab, BACKEND, argv);

	cloud.backend = (guint)atoi(said);
}

void cloud_rig_backend_stop(struct lab *lab)
{
	lab_child_stop(lab, BACKEND);
}

void cloud_rig_backend_again(struct lab *lab)
{
	start_backend(lab, cloud.backend);
}

void cloud_rig_start(struct lab *lab)
{
	make_certificates(lab);
	cloud_rig_health(lab, NULL, NULL);
	cloud_rig_document(lab, "ingest", "{\"newest\":\"2026-01-01T00:00:00Z\"}");
	cloud_rig_document(lab, "audit", "{\"rows\":1000}");
	start_backend(lab, 0);
	for (guint i = 0; i < TRIES; i++) {
		/* Below the range from which outgoing connections take theirs. */
		cloud.port = (guint)g_random_int_range(21000, 32000);
		if (start_nginx(lab, TRUE))
			return;
	}
	g_error("nginx does not start: see %s/" NGINX ".log", lab->dir);
}

const char *cloud_rig_url(struct lab *lab)
{
	g_free(cloud.url);
	cloud.url = g_strdup_printf("https://127.0.0.1:%u", cloud.port);
	return cloud.url;
}

char *cloud_rig_ca(struct lab *lab)
{
	return lab_path(lab, "cloud/ca.pem");
}

char *cloud_rig_backend(struct lab *lab)
{
	return g_strdup_printf("http://127.0.0.1:%u", cloud.backend);
}

void cloud_rig_document(struct lab *lab, const char *name, const char *json)
{
	g_autofree char *file = g_strdup_printf("cloud/%s.json", name);

	lab_write(lab, file, json);
}

void cloud_rig_health(struct lab *lab, const char *member, const char *value)
{
	static const char *const members[][2] = {{"status", "ok"}, {"db", "ok"}, {"go2rtc", "ok"}, {"version", CLOUD_VERSION}};
	g_autoptr(GString) json = g_string_new("{");

	for (guint i = 0; i < G_N_ELEMENTS(members); i++)
		g_string_append_printf(json, "%s\"%s\":\"%s\"", i ? "," : "", members[i][0],
		                       g_strcmp0(member, members[i][0]) == 0 ? value : members[i][1]);
	g_string_append_c(json, '}');
	cloud_rig_document(lab, "health", json->str);
}

void cloud_rig_fail(struct lab *lab, const char *name, const char *how)
{
	g_autofree char *path = lab_path(lab, "cloud/faults"), *old = NULL;
	g_autoptr(GString) faults = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	if (name)
		(void)!g_file_get_contents(path, &old, NULL, NULL);
	lines = g_strsplit(old ? old : "", "\n", -1);
	for (char **line = lines; *line; line++)
		if (**line && !(g_str_has_prefix(*line, name) && (*line)[strlen(name)] == ' '))
			g_string_append_printf(faults, "%s\n", *line);
	if (name && how)
		g_string_append_printf(faults, "%s %s\n", name, how);
	lab_write(lab, "cloud/faults", faults->str);
}

guint cloud_rig_requests(struct lab *lab)
{
	return lab_count_lines(lab, "cloud-requests");
}

/* --- the container --- */

void cloud_rig_container(struct lab *lab)
{
	g_free(lab_docker(lab, "run", "-d", "--name", CLOUD_CONTAINER, "busybox:1", NULL));
	g_free(cloud.log);
	cloud.log = lab_docker(lab, "inspect", "--format", "{{.LogPath}}", CLOUD_CONTAINER, NULL);
}

/* Into the file that the daemon reads: it lets no time but now be told. */
void cloud_rig_log(struct lab *lab, guint seconds_ago, const char *text)
{
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autoptr(GDateTime) then = g_date_time_add_seconds(now, -(double)seconds_ago);
	g_autofree char *time = g_date_time_format(then, "%Y-%m-%dT%H:%M:%S.%fZ");
	g_auto(GStrv) parts = g_strsplit(text, "\\", -1);
	g_autofree char *slashed = g_strjoinv("\\\\", parts);
	g_auto(GStrv) quoted = g_strsplit(slashed, "\"", -1);
	g_autofree char *inside = g_strjoinv("\\\"", quoted);
	FILE *file = fopen(cloud.log, "a");

	if (!file || fprintf(file, "{\"log\":\"%s\\n\",\"stream\":\"stderr\",\"time\":\"%s\"}\n", inside, time) < 0 || fclose(file) != 0)
		g_error("%s cannot be written", cloud.log);
}

void cloud_rig_log_clear(struct lab *lab)
{
	FILE *file = fopen(cloud.log, "w");

	if (!file || fclose(file) != 0)
		g_error("%s cannot be written", cloud.log);
}

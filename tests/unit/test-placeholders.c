/* Placeholders: whatever a name holds, a real shell gets it as one word and runs nothing of it; what could not promise that is refused. */
#include "app/placeholders.h"

#include <cjson/cJSON.h>
#include <glib/gstdio.h>
#include <string.h>

static const char *const hostile[] = {
	"plain",
	"",
	" two  words ",
	"it's",
	"'",
	"''; touch ran; '",
	"\"; touch ran; \"",
	"$(touch ran)",
	"`touch ran`",
	"${HOME}",
	"$HOME $$ $?",
	"a\nb",
	"\n",
	"a\ntouch ran\n",
	"back\\slash",
	"\\",
	"\\'; touch ran; \\'",
	"-rf",
	"--help",
	"; touch ran",
	"& touch ran &",
	"| touch ran",
	"> ran",
	"*",
	"?? [a-z] ~",
	"# touch",
	"{name}",
	"{host} {id}",
	"!! !x",
	"\xc3\xa4 \xe2\x80\xae \x1b[31m",
	"%s %n %%",
	"a\tb",
	"}",
	"$'\\x24(touch ran)'",
};

/* --- a real shell --- */

static char *directory; /* where the shells run: nothing may appear there */

static char *
shell_prints(const char *command)
{
	char *argv[] = { (char *)"/bin/sh", (char *)"-c", (char *)command, NULL };
	char *output = NULL;
	gint status = -1;
	g_autoptr(GError) error = NULL;

	g_spawn_sync(directory, argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &output, NULL, &status, &error);
	g_assert_no_error(error);
	g_assert_true(g_spawn_check_wait_status(status, NULL));
	return output;
}

static void
assert_nothing_ran(void)
{
	GDir *dir = g_dir_open(directory, 0, NULL);
	const char *name = g_dir_read_name(dir);

	if (name)
		g_error("something of a value was run: it made %s", name);
	g_dir_close(dir);
}

/* `template` prints the number of words and each between brackets. */
static void
assert_arrives(const char *template, const char *value, const char *before, const char *after)
{
	const struct placeholders v = { .host = value, .name = value, .id = value, .stack = value, .image = value };
	g_autofree char *command = placeholders_fill(template, &v, PLACEHOLDER_SHELL), *output = NULL;
	g_autofree char *expected = g_strconcat("1[", before, value, after, "]", NULL);

	g_assert_null(placeholders_check_shell(template));
	output = shell_prints(command);
	g_assert_cmpstr(output, ==, expected);
	assert_nothing_ran();
}

#define SHOW "set -- {}; printf '%s' \"$#\"; printf '[%s]' \"$@\""

static void
assert_all_arrive(const char *words, const char *before, const char *after)
{
	g_auto(GStrv) parts = g_strsplit(SHOW, "{}", 2);
	g_autofree char *template = g_strconcat(parts[0], words, parts[1], NULL);

	for (guint i = 0; i < G_N_ELEMENTS(hostile); i++)
		assert_arrives(template, hostile[i], before, after);
}

static void
test_one_word(void)
{
	assert_all_arrive("{name}", "", "");
	assert_all_arrive("{host}", "", "");
	assert_all_arrive("{id}", "", "");
	assert_all_arrive("{stack}", "", "");
	assert_all_arrive("{image}", "", "");
}

static void
test_part_of_a_word(void)
{
	assert_all_arrive("--name={name}", "--name=", "");
	assert_all_arrive("/srv/{name}.log", "/srv/", ".log");
	assert_all_arrive("\"a b\"{name}'c d'", "a b", "c d");
	assert_all_arrive("x{name}{}", "x", "{}");
	assert_all_arrive("${name}{name}", "", ""); /* the shell's own variable, empty */
}

/* In a command substitution, a subshell, a condition, a loop, behind words that are quoted in every way. */
static void
test_within_constructs(void)
{
	static const char *const templates[] = {
		"x=$(printf '%s.' {name}); printf '1[%s]' \"${x%.}\"",
		"(printf '1[%s]' {name})",
		"if [ x != {name} ]; then printf '1[%s]' {name}; fi",
		"for i in {name}; do printf '1[%s]' \"$i\"; done",
		"x={name}; printf '1[%s]' \"$x\"",
		"case {name} in *) printf '1[%s]' {name};; esac",
		"printf '1[%s]' {name} # it's \"done",
		"# don't\nprintf '1[%s]' {name}",
		": \"it's\" 'a\"b' \\\" \\' a#b $# ; printf '1[%s]' {name}",
		"f() { printf '1[%s]' \"$1\"; }; f {name}",
		": \"${HOME}\"; printf '1[%s]' {name}",
		"sh -c 'printf \"1[%s]\" \"$1\"' sh {name}",
	};

	for (guint t = 0; t < G_N_ELEMENTS(templates); t++)
		for (guint i = 0; i < G_N_ELEMENTS(hostile); i++)
			assert_arrives(templates[t], hostile[i], "", "");
}

/* --- what is refused --- */

static void
test_refused(void)
{
	static const struct { const char *command, *why; } refused[] = {
		{ "echo '{name}'", "within quotes" },
		{ "echo \"{name}\"", "within quotes" },
		{ "echo \"a\" \"b {name}\"", "within quotes" },
		{ "echo 'it' 's {host}'", "within quotes" },
		{ "echo \"\\\" {name}\"", "within quotes" },
		{ "echo 'a\\' {name} 'b", NULL },
		{ "echo `echo {name}`", "backticks" },
		{ "echo {name} `date`", "backticks" },
		{ "cat <<END\n{name}\nEND", "here-document" },
		{ "cat <<'END'\n{name}\nEND", "here-document" },
		{ "cat <<< {name}", "here-document" },
		{ "echo $'a' {name}", "$'…'" },
		{ "echo \\{name}", "backslash" },
		{ "echo a\\{name}", "backslash" },
		{ "echo \\\\{name}", "backslash" },
		{ "echo $(( {id} + 1 ))", "arithmetic" },
		{ "(( {id} )) && echo", "arithmetic" },
		{ "echo $[ {id} ]", "arithmetic" },
		{ "# {name}\necho", "comment" },
		{ "echo a # of {name}", "comment" },
		{ "# don't\necho '{name}'", "within quotes" },
		{ "echo \"$(docker inspect \"{name}\")\"", "\"$(…)\"" },
		{ "echo \"$(echo 'x\" {name}')\"", "\"$(…)\"" },
		{ "echo \"${x:-'\" {name} \"'}\"", "\"$(…)\"" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(refused); i++) {
		const char *problem = placeholders_check_shell(refused[i].command);
		if (!refused[i].why) {
			g_assert_null(problem);
			continue;
		}
		g_test_message("%s: %s", refused[i].command, problem ? problem : "taken");
		g_assert_nonnull(problem);
		g_assert_nonnull(strstr(problem, refused[i].why));
	}
}

/* Without a placeholder all of the shell is the operator's own. */
static void
test_taken(void)
{
	static const char *const taken[] = {
		"", "true", "echo `date`", "cat <<END\nx\nEND", "echo $((1+1))", "echo \"$(date \"+%s\")\"", "echo '{nam}'", "echo '${name}'",
		"docker ps --format '{{.State}}'", "docker ps --format '{{.State}}' --filter name={name}", "echo \"${name}\" {name}", "echo \\$ \\\\ {name}",
		"echo \\{ {name}", "echo '{{.Names}}' | grep -F -- {name}",
	};

	for (guint i = 0; i < G_N_ELEMENTS(taken); i++) {
		const char *problem = placeholders_check_shell(taken[i]);
		if (problem)
			g_error("%s: %s", taken[i], problem);
	}
}

/* --- the other forms --- */

static void
assert_fills(const char *text, const char *value, enum placeholder_use use, const char *expected)
{
	const struct placeholders v = { .name = value };
	g_autofree char *got = placeholders_fill(text, &v, use);

	g_assert_cmpstr(got, ==, expected);
}

static void
test_stays(void)
{
	assert_fills("${name} {{.State}} {nam} {name {Name} {} {}name}", "x", PLACEHOLDER_SHELL, "${name} {{.State}} {nam} {name {Name} {} {}name}");
	assert_fills("{host}|{name}", "x", PLACEHOLDER_SHELL, "''|'x'"); /* no value: an empty word */
	assert_fills("{host}|{name}", "x", PLACEHOLDER_PLAIN, "|x");
	assert_fills("{name}{name}", "{name}", PLACEHOLDER_PLAIN, "{name}{name}"); /* values are not filled in again */
	assert_fills("", "x", PLACEHOLDER_PLAIN, "");
}

static void
test_url(void)
{
	assert_fills("http://a/{name}?q={name}", "a/b?c#d e&f=%", PLACEHOLDER_URL, "http://a/a%2Fb%3Fc%23d%20e%26f%3D%25?q=a%2Fb%3Fc%23d%20e%26f%3D%25");
	assert_fills("{name}", "../..\r\nX: y", PLACEHOLDER_URL, "..%2F..%0D%0AX%3A%20y");
	assert_fills("{name}", "a@b:c", PLACEHOLDER_URL, "a%40b%3Ac");
	for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
		const struct placeholders v = { .name = hostile[i] };
		g_autofree char *url = placeholders_fill("http://h.example.com/x/{name}/end?q={name}", &v, PLACEHOLDER_URL);
		g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
		g_autofree char *path = g_strdup_printf("/x/%s/end", hostile[i]);
		g_assert_nonnull(uri);
		g_assert_cmpstr(g_uri_get_host(uri), ==, "h.example.com");
		g_assert_cmpstr(g_uri_get_path(uri), ==, path);
	}
}

static void
test_json(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(hostile); i++) {
		const struct placeholders v = { .name = hostile[i] };
		g_autofree char *body = placeholders_fill("{\"model\": \"{name}\", \"n\": 1}", &v, PLACEHOLDER_JSON);
		cJSON *json = cJSON_ParseWithOpts(body, NULL, TRUE);
		g_assert_nonnull(json);
		g_assert_cmpint(cJSON_GetArraySize(json), ==, 2);
		g_assert_cmpstr(cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "model")), ==, hostile[i]);
		cJSON_Delete(json);
	}
}

int
main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	directory = g_dir_make_tmp("placeholders-XXXXXX", NULL);
	g_assert_nonnull(directory);
	g_test_add_func("/placeholders/one-word", test_one_word);
	g_test_add_func("/placeholders/part-of-a-word", test_part_of_a_word);
	g_test_add_func("/placeholders/within-constructs", test_within_constructs);
	g_test_add_func("/placeholders/refused", test_refused);
	g_test_add_func("/placeholders/taken", test_taken);
	g_test_add_func("/placeholders/stays", test_stays);
	g_test_add_func("/placeholders/url", test_url);
	g_test_add_func("/placeholders/json", test_json);
	result = g_test_run();
	g_rmdir(directory);
	g_free(directory);
	return result;
}

/* The Gateways panel as an operator uses it: the real program in a terminal, gateways behind a real sshd. Bad gateways of every kind beside good
 * ones, the error sweep with its faults and lines, following journals, and more gateways than sessions. */
#include <string.h>

#include "tests/lab/fleet_rig.h"
#include "tests/lab/inventory_rig.h"
#include "tests/lab/lab_proxy.h"

#define BAD 12   /* gateways 1 to 12, of which 1 and 2 are well */
#define SWEPT 6  /* 13 to 18 */
#define MANY_FIRST 19
#define MANY 30
#define AGAIN "pi-gw050" /* of 49 to 51 */
#define ALL 51

static struct fleet_rig rig;

static gboolean is_up(void)
{
	if (!lab_have(LAB_SSHD | LAB_FIREWALL))
		return FALSE;
	if (!rig.lab)
		fleet_rig_start(&rig, ALL);
	return TRUE;
}

/* --- bad gateways --- */

/* The line that ssh knows of this one now has a key that it does not have. */
static void change_host_key(const char *name)
{
	g_autofree char *path = lab_path(rig.lab, "fleet/known_hosts"), *text = NULL, *address = lab_fleet_address(name), *pub = NULL;
	g_autofree char *mark = g_strdup_printf("[%s]:%u ", address, lab_fleet_port(rig.fleet)), *own = lab_path(rig.lab, "id_ed25519.pub");
	g_autoptr(GString) out = g_string_new(NULL);
	g_auto(GStrv) lines = NULL;

	g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
	g_assert_true(g_file_get_contents(own, &pub, NULL, NULL)); /* any key of the same kind */
	lines = g_strsplit(g_strchomp(text), "\n", -1);
	for (guint i = 0; lines[i]; i++)
		g_string_append_printf(out, "%s%s\n", g_str_has_prefix(lines[i], mark) ? mark : lines[i],
		                       g_str_has_prefix(lines[i], mark) ? g_strchomp(pub) : "");
	g_assert_nonnull(strstr(out->str, pub));
	g_assert_true(g_file_set_contents(path, out->str, -1, NULL));
}

static const struct { const char *name, *behaviour, *row; } bad[] = {
	{ "pi-gw001", NULL, "up +active .* ERROR one of pi-gw001" },
	{ "pi-gw002", NULL, "up +active .* ERROR one of pi-gw002" },
	{ "pi-gw003", "hang", "up +– .* It does not tell its state" },
	{ "pi-gw004", "banner", "up +active .* ERROR one of pi-gw004" },
	{ "pi-gw005", "flood", "up +– .* It does not tell its state" },
	{ "pi-gw006", "nojournal", "up +active .* – +– +there is no journald here" },
	{ "pi-gw007", "noright", "up +active .* – +– +no right to read the journal" },
	{ "pi-gw008", "dayoff", "up +active .* ERROR one of pi-gw008" },
	{ "pi-gw009", "noshell", "up +– .* It does not tell its state" },
	{ "pi-gw010", NULL, "refused +– .* The host's key has changed" },
	{ "pi-gw011", NULL, "(down|trying).* refused" },
	{ "pi-gw012", "slow", "up +active .* ERROR one of pi-gw012" },
};

static void make_bad(void)
{
	fleet_rig_reset(&rig, BAD);
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *line = g_strdup_printf("ERROR one of %s", bad[i].name);
		lab_fleet_set(rig.fleet, bad[i].name, "behaviour", bad[i].behaviour);
		lab_fleet_log(rig.fleet, bad[i].name, line);
	}
	change_host_key("pi-gw010");
	lab_fleet_refuse(rig.fleet, "pi-gw011");
}

/* A name that stands twice in the configuration is a mistake that is told with its place. */
static void test_twice(void)
{
	struct fixture *f = fixture_new();
	g_autofree char *said = NULL;

	fixture_configure(f, "fleet:\n  gateways: ['pi-gw[001-012]', pi-gw002]\n");
	g_assert_cmpint(fixture_run_plain(f, NULL, NULL, &said), ==, 2);
	g_assert_nonnull(strstr(said, "fleet.gateways[1]: another gateway is called \"pi-gw002\" already"));
	fixture_free(f);
}

/* Each is its row's trouble; the others go on; a sweep ends with the right counts. Names that the inventory has twice are one gateway, and said. */
static void test_bad(void)
{
	g_autofree char *more = NULL;
	struct fleet_console c;

	if (!is_up())
		return;
	make_bad();
	guint port = inventory_rig_start(rig.lab);
	inventory_rig_set(rig.lab, "{\"orgs\":[{\"gateways\":[{\"name\":\"pi-gw001\"},{\"name\":\"pi-gw002\"},{\"name\":\"pi-gw001\"},"
	                           "{\"name\":\"-oProxyCommand=touch /tmp/owned\"},{\"name\":\"\"}]}]}");
	more = g_strdup_printf("gateways: ['pi-gw[001-012]']\nrefresh: 5\n"
	                       "inventory: {url: 'http://127.0.0.1:%u/platform/orgs', items: /orgs/0/gateways, token: {command: 'echo " INVENTORY_TOKEN "'}}",
	                       port);
	fleet_console_start(&c, &rig, more);
	driver_wait(c.d, "inventory has 1 name twice", 0);
	driver_wait(c.d, "inventory: 2 entries left out", 0);
	driver_wait(c.d, "12 of 12", 0);
	driver_keys(c.d, "e");
	for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *pattern = g_strdup_printf("%s .*%s", bad[i].name, bad[i].row);
		driver_wait_match(c.d, pattern, 0);
	}
	driver_wait_match(c.d, "sweep \\d+[sm] ago: 5 lines, 1 fault on 5 gateways; 7 of 12 could not be read", 0);
	driver_wait(c.d, "gateways: the link is refused: pi-gw010", 0);
	driver_wait(c.d, "inventory does not tell who is online: judged by our links", 0);
	driver_keys(c.d, "e");
	driver_wait(c.d, "sweep 11 of 12", 0); /* all but the one that hangs */
	driver_keys(c.d, "E");
	driver_wait_match(c.d, "sweep \\d+[sm] ago: 5 lines, 1 fault on 5 gateways; stopped at 11 of 12; 6 of 12 could not be read", 0);
	driver_wait_match(c.d, "pi-gw001 .*ERROR one of pi-gw001", 0);
	fleet_console_quit(&c);
	lab_fleet_restore(rig.fleet, "pi-gw011");
}

/* --- the sweep, and following --- */

/* A journal of its own for each, as a cursor in none is of no use in one. */
static void begin_journals(void)
{
	fleet_rig_reset(&rig, ALL);
	for (guint i = BAD + 1; i <= ALL; i++) {
		g_autofree char *name = lab_fleet_name(i);
		lab_fleet_log(rig.fleet, name, "INFO started");
	}
}

/* Two faults: 4 lines on 3 gateways, of which one is FATAL; three lines are the same but for their figures. */
static void log_faults(void)
{
	begin_journals();
	lab_fleet_log(rig.fleet, "pi-gw013", "ERROR lost camera 7: rtsp timeout after 10s");
	lab_fleet_log(rig.fleet, "pi-gw013", "ERROR lost camera 12: rtsp timeout after 30s");
	lab_fleet_log(rig.fleet, "pi-gw014", "ERROR lost camera 3: rtsp timeout after 10s");
	lab_fleet_log(rig.fleet, "pi-gw015", "FATAL pipeline: cannot open /dev/video0");
	lab_fleet_log(rig.fleet, "pi-gw015", "INFO heartbeat");
}

static void start_swept(struct fleet_console *c)
{
	fleet_console_start(c, &rig, "gateways: ['pi-gw[013-018]']\nrefresh: 5");
	fleet_console_wait(c, SWEPT, SWEPT);
}

/* By fault with counts, by gateway, and the lines; a second sweep adds what is new, and nothing twice. */
static void test_sweep(void)
{
	struct fleet_console c;

	if (!is_up())
		return;
	log_faults();
	start_swept(&c);
	fleet_console_sweep(&c, "4 lines, 2 faults on 3 gateways, 1 FATAL");
	driver_wait_match(c.d, "pi-gw015 .* 1 +1 .*FATAL pipeline: cannot open /dev/video0", 0);
	driver_wait_match(c.d, "pi-gw013 .* 2 +0 .*ERROR lost camera 12: rtsp timeout after 30s", 0);
	driver_wait(c.d, "gateways: FATAL lines on pi-gw015", 0);
	fixture_press(c.d, "F", "FINGERPRINT");
	driver_wait_match(c.d, " 1 +1 .*FATAL pipeline: cannot open.*\\n.* 3 +2 .*ERROR lost camera", 0);
	lab_fleet_log(rig.fleet, "pi-gw013", "ERROR lost camera 8: rtsp timeout after 10s");
	lab_fleet_log(rig.fleet, "pi-gw018", "panic: runtime error: index out of range");
	fleet_console_sweep(&c, "6 lines, 3 faults on 4 gateways, 1 FATAL");
	driver_wait_match(c.d, " 4 +2 .*ERROR lost camera", 0);
	fleet_console_sweep(&c, "6 lines, 3 faults on 4 gateways, 1 FATAL"); /* nothing twice */
	driver_keys(c.d, "g j Enter"); /* the second fault: its lines, newest first */
	driver_wait(c.d, "Lines  of one fault", 0);
	driver_wait_match(c.d, "pi-gw013 .*ERROR lost camera 8.*\\n.*pi-gw014 .*ERROR lost camera 3.*\\n"
	                       ".*pi-gw013 .*ERROR lost camera 12.*\\n.*pi-gw013 .*ERROR lost camera 7", 0);
	driver_keys(c.d, "Enter"); /* the lines of the gateway */
	driver_wait(c.d, "3 lines", 0);
	driver_wait(c.d, "[Errors]", 0);
	driver_keys(c.d, "Esc"); /* out of the details, then back to where one came from */
	driver_wait_gone(c.d, "[Errors]", 0);
	driver_keys(c.d, "Esc");
	driver_wait(c.d, "Lines  of one fault", 0);
	fleet_console_quit(&c);
}

/* The journals of two that are marked, as they are and as they grow; then those of all. */
static void test_follow(void)
{
	struct fleet_console c;

	if (!is_up())
		return;
	log_faults();
	start_swept(&c);
	driver_wait_match(c.d, "pi-gw015 .*FATAL pipeline", 0);
	fixture_type(c.d, "/camera", "camera");
	driver_keys(c.d, "Enter");
	driver_wait(c.d, "2 of 6", 0);
	driver_keys(c.d, "g Space Space l");
	driver_wait_match(c.d, "pi-gw013.*ERROR lost camera 7: rtsp timeout after 10s", 0);
	driver_wait_match(c.d, "pi-gw014.*ERROR lost camera 3: rtsp timeout after 10s", 0);
	g_assert_false(driver_has(c.d, "FATAL pipeline"));
	lab_fleet_log(rig.fleet, "pi-gw014", "INFO this one is new");
	driver_wait_match(c.d, "pi-gw014.*INFO this one is new", 0);
	fixture_press(c.d, "5", "Gateways  novavms");
	driver_keys(c.d, "L");
	driver_wait_match(c.d, "pi-gw015.*FATAL pipeline: cannot open", 0);
	lab_fleet_log(rig.fleet, "pi-gw018", "INFO so is this");
	driver_wait_match(c.d, "pi-gw018.*INFO so is this", 0);
	fleet_console_quit(&c);
}

/* --- more gateways than sessions --- */

static gboolean all_told(struct driver *d, void *user)
{
	g_autofree char *text = driver_text(d);
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint n = 0;

	for (guint i = 0; lines[i]; i++)
		n += strstr(lines[i], " pi-gw0") && g_regex_match_simple(" active .* ERROR here ", lines[i], 0, 0);
	return n == MANY;
}

static void test_many(void)
{
	struct fleet_console c;

	if (!is_up())
		return;
	begin_journals();
	for (guint i = 0; i < MANY; i++) {
		g_autofree char *name = lab_fleet_name(MANY_FIRST + i), *line = g_strdup_printf("ERROR here %u", i);
		lab_fleet_log(rig.fleet, name, line);
	}
	fleet_console_start(&c, &rig, "gateways: ['pi-gw[019-048]']\nrefresh: 5\nsessions: 10");
	driver_wait_until(c.d, all_told, NULL, "all to tell their state", 0);
	fleet_console_sweep(&c, "30 lines, 1 fault on 30 gateways +configuration: 30");
	lab_fleet_log(rig.fleet, "pi-gw048", "FATAL later");
	driver_wait_match(c.d, "pi-gw048 .*FATAL later", 0); /* its turn comes again */
	fleet_console_quit(&c);
}

/* One that answered before, and whose first connection for the sweep fails, is tried once more before it counts as not reached. */
static void test_again(void)
{
	struct lab_proxy *line;
	struct fleet_console c;

	if (!is_up())
		return;
	begin_journals();
	lab_fleet_log(rig.fleet, AGAIN, "ERROR on a bad line");
	line = lab_fleet_slow(rig.fleet, AGAIN, 0);
	fleet_console_start(&c, &rig, "gateways: ['pi-gw[049-051]']\nrefresh: 60\nsessions: 2\nconnect_timeout: 6");
	driver_wait_match(c.d, AGAIN " +online +– +– +active .*ERROR on a bad line", 0); /* it has answered, and rests */
	lab_proxy_stall(line);
	driver_keys(c.d, "e");
	driver_wait_match(c.d, AGAIN " .* (down|trying) ", 0);
	lab_proxy_pass(line);
	driver_wait_match(c.d, "sweep \\d+[sm] ago: 1 line, 1 fault on 1 gateway +configuration: 3", 0);
	fleet_console_quit(&c);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet-console/twice", test_twice);
	g_test_add_func("/fleet-console/bad", test_bad);
	g_test_add_func("/fleet-console/sweep", test_sweep);
	g_test_add_func("/fleet-console/follow", test_follow);
	g_test_add_func("/fleet-console/many", test_many);
	g_test_add_func("/fleet-console/again", test_again);
	result = g_test_run();
	fleet_rig_end(&rig);
	return result;
}

/* What an operator does with single gateways, in the real program on a real sshd: a shell, a snapshot, an action of the configuration, and
 * what the doctor says of the fleet. */
#include "tests/lab/fleet_rig.h"
#include "tests/lab/inventory_rig.h"

#include <string.h>

#define GATEWAYS 3

static struct fleet_rig rig;

static gboolean fleet_is_up(void)
{
	if (!lab_have(LAB_SSHD))
		return FALSE;
	if (!rig.lab)
		fleet_rig_start(&rig, GATEWAYS);
	return TRUE;
}

static struct fixture *configured(const char *gateways)
{
	struct fixture *f = fixture_new();
	g_autofree char *text = g_strdup_printf(
		"start_panel: gateways\n"
		"fleet:\n"
		"  gateways: [%s]\n"
		"  ssh_config: %s\n"
		"actions:\n"
		"  - {name: greet, title: Greet, on: gateway, command: 'echo hello {name}', danger: none, keys: M-g}\n", gateways, lab_ssh_config(rig.lab));

	fixture_configure(f, text);
	return f;
}

static void test_single(void)
{
	struct fixture *f;
	struct driver *d;

	if (!fleet_is_up())
		return;
	f = configured("\"pi-gw[001-003]\"");
	d = fixture_run(f, NULL, NULL, 30, 120);
	driver_wait_match(d, "^.*pi-gw003.*active", 0);
	driver_wait_match(d, "^>.*pi-gw001", 0);
	fixture_press(d, "s", "midwatch: a shell on pi-gw001");
	driver_type(d, "exit 4");
	driver_keys(d, "Enter");
	driver_wait(d, "shell on pi-gw001: left with exit 4", 0);
	fixture_press(d, "S", "snapshot novavms-gateway on pi-gw001: ok");
	fixture_press(d, "M-g", "echo hello 'pi-gw001'   on pi-gw001");
	fixture_press(d, "y", "hello pi-gw001");
	driver_wait_match(d, "Greet +pi-gw001 +ok", 0); /* what it says comes before it has ended */
	driver_quit(d, "^C");
	g_assert_cmpuint(fleet_rig_audit(f, "gateway.shell", "pi-gw001", OUTCOME_OK, NULL, NULL), ==, 1);
	g_assert_cmpuint(fleet_rig_audit(f, "gateway.snapshot", "pi-gw001", OUTCOME_OK, NULL, NULL), ==, 1);
	g_assert_cmpuint(fleet_rig_audit(f, "custom.greet", "pi-gw001", OUTCOME_OK, NULL, NULL), ==, 1);
	fixture_free(f);
}

static void test_doctor(void)
{
	static const char *const arguments[] = { "doctor", NULL };
	g_autofree char *printed = NULL;
	struct fixture *f;

	if (!fleet_is_up())
		return;
	lab_fleet_set(rig.fleet, "pi-gw002", "behaviour", "noright");
	f = configured("\"pi-gw[001-003]\", pi-nowhere");
	g_assert_cmpint(fixture_run_plain(f, arguments, NULL, &printed), ==, 3);
	g_assert_nonnull(strstr(printed, "3 of 4 reached"));
	g_assert_nonnull(strstr(printed, ": pi-nowhere"));
	g_assert_nonnull(strstr(printed, "1: no right to read the journal: pi-gw002"));
	lab_fleet_set(rig.fleet, "pi-gw002", "behaviour", NULL);
	fixture_free(f);
}

/* Where a name has no HostName in the ssh configuration, the inventory's address is used; where it has one, that is, whatever the inventory says. */
static void test_addresses(void)
{
	static const char *const arguments[] = { "doctor", NULL };
	static const char *const environment[] = { "LAB_TOKEN=" INVENTORY_TOKEN, NULL };
	g_autofree char *file = NULL, *own = NULL;
	guint port;

	if (!fleet_is_up())
		return;
	port = inventory_rig_start(rig.lab);
	inventory_rig_set(rig.lab, "[{\"name\": \"pi-gw001\", \"address\": \"127.1.0.1\"}, {\"name\": \"pi-gw002\", \"address\": \"127.9.9.9\"}]");
	file = lab_path(rig.lab, "no-hostname");
	own = g_strdup_printf("Host pi-gw002\n\tHostName 127.1.0.2\nHost pi-gw001 pi-gw002\n\tPort %u\n\tUser %s\n\tIdentityFile %s/id_ed25519\n\tIdentitiesOnly yes\n"
	                      "\tUserKnownHostsFile %s/fleet/known_hosts\n\tGlobalKnownHostsFile /dev/null\n", lab_fleet_port(rig.fleet), g_get_user_name(),
	                      lab_dir(rig.lab), lab_dir(rig.lab));
	g_assert_true(g_file_set_contents(file, own, -1, NULL));
	for (guint i = 0; i < 2; i++) {
		struct fixture *f = fixture_new();
		g_autofree char *printed = NULL, *text = g_strdup_printf(
			"fleet:\n  gateways: [\"pi-gw[001-002]\"]\n  ssh_config: %s\n  transport: %s\n"
			"  inventory: {url: \"http://127.0.0.1:%u/platform/orgs\", address: /address, token: {env: LAB_TOKEN}}\n", file, i ? "ssh" : "libssh2", port);
		fixture_configure(f, text);
		fixture_run_plain(f, arguments, environment, &printed);
		if (!strstr(printed, "2 of 2 reached"))
			g_error("not all were reached:\n%s", printed);
		fixture_free(f);
	}
	inventory_rig_stop(rig.lab);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet-actions/single", test_single);
	g_test_add_func("/fleet-actions/doctor", test_doctor);
	g_test_add_func("/fleet-actions/addresses", test_addresses);
	result = g_test_run();
	fleet_rig_end(&rig);
	return result;
}

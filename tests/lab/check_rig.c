#include "tests/lab/check_rig.h"

struct check_rig check_rig;

static void write_config(void)
{
	g_autofree char *ca = cloud_rig_ca(check_rig.lab), *socket = lab_path(check_rig.lab, "docker.sock"), *canary = cloud_rig_backend(check_rig.lab);
	g_autofree char *text = g_strdup_printf(
		"hosts:\n  - {name: cloud, ssh: vm1, ssh_config: %s, docker: {socket: %s}, ollama: {disabled: true}, cron: {disabled: true}}\n"
		"product: {url: \"%s\", host: cloud, container: " CLOUD_CONTAINER ", ca: %s}\n"
		"fleet: {gateways: [\"pi-gw[001-00%d]\"], ssh_config: %s, connect_timeout: 5, canary: %s}\n",
		lab_ssh_config(check_rig.lab), socket, cloud_rig_url(check_rig.lab), ca, CHECK_GATEWAYS, lab_ssh_config(check_rig.lab), canary);

	fixture_write_config(check_rig.f, text);
}

gboolean check_rig_start(void)
{
	if (!lab_have(LAB_SSHD | LAB_DOCKER) || !cloud_rig_have())
		return FALSE;
	if (check_rig.lab)
		return TRUE;
	check_rig.lab = lab_new();
	lab_sshd(check_rig.lab, "vm1", NULL);
	lab_dockerd(check_rig.lab);
	check_rig.fleet = lab_fleet(check_rig.lab, CHECK_GATEWAYS);
	lab_fleet_known(check_rig.fleet, "plain");
	cloud_rig_start(check_rig.lab);
	cloud_rig_container(check_rig.lab);
	check_rig.f = fixture_new();
	check_rig.reports = fixture_path(check_rig.f, "reports");
	write_config();
	return TRUE;
}

void check_rig_end(void)
{
	if (!check_rig.lab)
		return;
	fixture_free(check_rig.f);
	lab_fleet_free(check_rig.fleet);
	lab_free(check_rig.lab);
	g_free(check_rig.reports);
}

void check_rig_reset(void)
{
	cloud_rig_fail(check_rig.lab, NULL, NULL);
	cloud_rig_health(check_rig.lab, NULL, NULL);
	cloud_rig_log_clear(check_rig.lab);
	cloud_rig_log(check_rig.lab, 100, "level=info started");
	for (guint i = 1; i <= CHECK_GATEWAYS; i++) {
		g_autofree char *name = lab_fleet_name(i);
		lab_fleet_set(check_rig.fleet, name, "journal", NULL);
	}
}

/* --- each step goes wrong --- */

static void break_health(void) { cloud_rig_health(check_rig.lab, "db", "degraded"); }
static void break_health_html(void) { cloud_rig_fail(check_rig.lab, "health", "html"); }
static void break_health_slow(void) { cloud_rig_fail(check_rig.lab, "health", "slow 20"); }
static void break_health_503(void) { cloud_rig_fail(check_rig.lab, "health", "503"); }
static void break_login(void) { cloud_rig_fail(check_rig.lab, "login", "blank"); }
static void break_log(void) { cloud_rig_log(check_rig.lab, 600, "level=error db pool"); }
static void break_gateway(void) { lab_fleet_set(check_rig.fleet, "pi-gw002", "journal", "-60 novavms-gateway[1]: FATAL no camera"); }
static void break_ai(void) { cloud_rig_log(check_rig.lab, 60, "ai.provider gemini provider_unavailable"); }
static void break_parse(void)
{
	cloud_rig_log(check_rig.lab, 2400, "gemini parse_error");
	for (guint i = 0; i < 6; i++)
		cloud_rig_log(check_rig.lab, 60 + i, "gemini parse_error");
}
static void break_nothing(void) { }

const struct check_fault check_faults[] = {
	{ "health", break_health, "health", "fail", "db degraded, expected ok", "frontend", NULL, 1 },
	{ "health-html", break_health_html, "health", "fail", "HTML instead of JSON", "frontend", NULL, 1 },
	{ "health-slow", break_health_slow, "health", "fail", "no answer from", "frontend", NULL, 1 },
	{ "health-503", break_health_503, "health", "fail", "503, expected 200", "frontend", NULL, 1 },
	{ "login", break_login, "frontend", "fail", "the body lacks <title", "cloud-errors", NULL, 1 },
	{ "cloud-errors", break_log, "cloud-errors", "fail", "level=error db pool", "gateway-errors", NULL, 1 },
	{ "gateway-errors", break_gateway, "gateway-errors", "fail", "FATAL on pi-gw002 (1)", "ai", NULL, 1 },
	{ "ai", break_ai, "ai", "attention", "typically an upstream provider change", NULL, NULL, 0 },
	{ "ai-spike", break_parse, "ai", "attention", "spike of parse_error: 6, 1 in the span before", NULL, NULL, 0 },
	{ "sfu", break_nothing, "sfu", "fail", "frozen", NULL, "sfu/pattern=fail:frozen", 1 },
};

const guint check_fault_count = G_N_ELEMENTS(check_faults);

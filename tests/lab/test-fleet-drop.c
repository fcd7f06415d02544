/* What midwatch says when gateways go: the real program in a terminal, real sshd, cut by the firewall. P1 within 45 s when more than a tenth are
 * lost, no page for one of eight, "blind" when it is our own network or the tailnet, and by the word of the product's inventory.
 * Because a page takes its time by design, consoles with a fleet of their own wait side by side. */
#include <string.h>

#include "tests/lab/fleet_rig.h"
#include "tests/lab/inventory_rig.h"
#include "tests/lab/tailscale_rig.h"

#define PAGE_S 45 /* from the moment that they are gone; by design 44 at the most */
#define BUSY_S 15 /* what a machine that does other things as well may add: the time is told, and is no reason to fail */

/* Gateways 1 to 25 are judged by our links, 26 to 33 too, 34 to 58 by the inventory, 59 to 62 by the tailnet. */
#define LINKS 25
#define EIGHT 8
#define LISTED 25
#define LISTED_FIRST 34
#define ALL 62
#define OTHERS 10 /* of the lab whose network is cut */
#define QUICK "connect_timeout: 4" /* so that one which is cut off is down soon */

static struct fleet_rig here, cut_off;
static guint inventory_port;

static gboolean is_up(void)
{
	if (!lab_have(LAB_SSHD | LAB_FIREWALL))
		return FALSE;
	if (!here.lab) {
		fleet_rig_start(&here, ALL);
		fleet_rig_start(&cut_off, OTHERS);
		inventory_port = inventory_rig_start(here.lab);
	}
	return TRUE;
}

/* --- the inventory --- */

/* All are online but the first `offline` of them. */
static void tell_inventory(guint offline)
{
	g_autoptr(GString) s = g_string_new("{\"orgs\":[{\"name\":\"acme\",\"gateways\":[");

	for (guint i = 0; i < LISTED; i++) {
		g_autofree char *name = lab_fleet_name(LISTED_FIRST + i), *address = lab_fleet_address(name);
		g_string_append_printf(s, "%s{\"name\":\"%s\",\"address\":\"%s\",\"online\":%s}", i ? "," : "", name, address, i < offline ? "false" : "true");
	}
	g_string_append(s, "]}]}");
	inventory_rig_set(here.lab, s->str);
}

static void start_listed(struct fleet_console *c)
{
	g_autofree char *more = g_strdup_printf("refresh: 5\n" QUICK "\n"
	                                        "inventory: {url: 'http://127.0.0.1:%u/platform/orgs', items: /orgs/0/gateways, name: /name, address: /address,\n"
	                                        "  online: /online, token: {command: 'echo " INVENTORY_TOKEN "'}}", inventory_port);

	tell_inventory(0);
	fleet_console_start(c, &here, more);
}

/* A fault of the inventory is said at the next answer, with how old the list is; the list stays; then it is fresh again. */
static void fail_inventory(struct fleet_console *c, const char *fault, const char *words)
{
	g_autofree char *pattern = g_strdup_printf("inventory, \\d+[sm] old: .*%s", words);

	inventory_rig_fail(here.lab, fault);
	driver_keys(c->d, "^R");
	driver_wait_match(c->d, pattern, 0);
	driver_wait(c->d, "1 of 1 sources not fresh", 0);
	g_assert_true(driver_has(c->d, "pi-gw058"));
	inventory_rig_fail(here.lab, NULL);
	driver_keys(c->d, "^R");
	driver_wait_gone(c->d, "not fresh", 0);
}

/* No gateway at all: not believed when it is said once. */
static void empty_inventory(struct fleet_console *c)
{
	inventory_rig_set(here.lab, "{\"orgs\":[{\"name\":\"acme\",\"gateways\":[]}]}");
	driver_keys(c->d, "^R");
	driver_wait(c->d, "lists no gateway at all: the list from before stays unless the next answer is empty, too", 0);
	g_assert_true(driver_has(c->d, "pi-gw058"));
	tell_inventory(0);
	driver_keys(c->d, "^R");
	driver_wait_gone(c->d, "not fresh", 0);
}

/* --- tests --- */

/* Nobody is paged: neither now nor in the last minutes, as a page stays for five. */
static void assert_no_page(struct fleet_console *c)
{
	g_autofree char *text = driver_text(c->d);

	if (strstr(text, "P1"))
		g_error("paged:\n%s", text);
}

static void check_lost(struct fleet_console *links, gint64 cut_us)
{
	driver_wait(links->d, "P1: 3 of 25 lost at once (12.0 %): pi-gw003, pi-gw007, pi-gw011", fleet_rig_left(cut_us, PAGE_S + BUSY_S));
	g_test_message("P1 by our links %.1f s after the cut", (double)(g_get_monotonic_time() - cut_us) / G_USEC_PER_SEC);
	driver_wait_match(links->d, "P1 since \\d\\d:\\d\\d:\\d\\dZ: 3 of 25 gateways lost \\(12.0 %\\): pi-gw003, pi-gw007 and 1 more", 0);
	driver_wait(links->d, "online 22 of 25 (by our links", 0);
	driver_wait(links->d, "gateways 22/25", 0);
	driver_wait(links->d, "Lost 3", 0);
	driver_wait_match(links->d, "pi-gw003 .*\\n.*pi-gw007 .*\\n.*pi-gw011 .*\\n.*pi-gw001 ", 0); /* the lost ones first */
}

static void check_listed(struct fleet_console *listed, gint64 told_us)
{
	driver_wait(listed->d, "P1: 3 of 25 lost at once (12.0 %): pi-gw034, pi-gw035, pi-gw036", fleet_rig_left(told_us, PAGE_S + BUSY_S));
	g_test_message("P1 by the inventory %.1f s after it", (double)(g_get_monotonic_time() - told_us) / G_USEC_PER_SEC);
	driver_wait(listed->d, "online 22 of 25 (product view", 0);
	driver_wait_match(listed->d, "pi-gw034 +offline .* up +active", 0); /* its link is up all the time */
}

/* Our own network: everything is gone at once. */
static void check_blind(struct fleet_console *blind)
{
	driver_wait(blind->d, "we are blind: nothing answers, no gateway and no other host: our own network, or all of theirs", 0);
	driver_wait(blind->d, "gateways –/10", 0);
}

/* All of it at once, as a page takes its time. */
struct scene { struct fleet_console links, eight, listed, blind; gint64 told_us, cut_us; };

static void begin(struct scene *s)
{
	fleet_console_start(&s->links, &here, "gateways: ['pi-gw[001-025]']\nrefresh: 5\n" QUICK);
	fleet_console_start(&s->eight, &here, "gateways: ['pi-gw[026-033]']\nrefresh: 5\n" QUICK);
	start_listed(&s->listed);
	fleet_console_start(&s->blind, &cut_off, "gateways: ['pi-gw[001-010]']\nrefresh: 5\n" QUICK);
	fleet_console_wait(&s->links, LINKS, LINKS);
	fleet_console_wait(&s->eight, EIGHT, EIGHT);
	fleet_console_wait(&s->listed, LISTED, LISTED);
	fleet_console_wait(&s->blind, OTHERS, OTHERS);
	driver_wait_match(s->listed.d, "pi-gw034 +online .* up +active", 0);
}

static void lose(struct scene *s)
{
	tell_inventory(3);
	s->told_us = g_get_monotonic_time();
	lab_fleet_own_network(cut_off.fleet, FALSE);
	lab_fleet_cut(here.fleet, "pi-gw026");
	lab_fleet_cut(here.fleet, "pi-gw003");
	lab_fleet_cut(here.fleet, "pi-gw007");
	lab_fleet_cut(here.fleet, "pi-gw011");
	s->cut_us = g_get_monotonic_time();
}

static void see_again(struct fleet_console *blind)
{
	assert_no_page(blind);
	driver_wait(blind->d, "we are blind", 0);
	lab_fleet_own_network(cut_off.fleet, TRUE);
	driver_keys(blind->d, "^R");
	fleet_console_wait(blind, OTHERS, OTHERS);
	driver_wait_gone(blind->d, "blind", 0);
}

static void come_back(struct fleet_console *links)
{
	lab_fleet_restore(here.fleet, "pi-gw003");
	lab_fleet_restore(here.fleet, "pi-gw007");
	lab_fleet_restore(here.fleet, "pi-gw011");
	driver_keys(links->d, "^R");
	fleet_console_wait(links, LINKS, LINKS);
	driver_wait(links->d, "P1, no longer true: now 0 of 25 gateways lost", 0);
	driver_wait_gone(links->d, "Lost 3", 0);
}

static void try_inventory(struct fleet_console *listed)
{
	tell_inventory(0);
	driver_keys(listed->d, "^R");
	fleet_console_wait(listed, LISTED, LISTED);
	driver_wait(listed->d, "P1, no longer true: now 0 of 25 gateways lost", 0);
	fail_inventory(listed, "500", "500");
	fail_inventory(listed, "html", "a web page instead of JSON");
	fail_inventory(listed, "401", "token");
	fail_inventory(listed, "hang", "no answer from .* in 10 s");
	fail_inventory(listed, "empty", "has nothing at \"/orgs/0/gateways\"");
	empty_inventory(listed);
	fleet_console_wait(listed, LISTED, LISTED);
}

static void test_lost(void)
{
	struct scene s;

	if (!is_up())
		return;
	begin(&s);
	lose(&s);
	check_blind(&s.blind);
	check_listed(&s.listed, s.told_us);
	check_lost(&s.links, s.cut_us);
	see_again(&s.blind);
	come_back(&s.links);
	try_inventory(&s.listed);
	driver_wait_match(s.eight.d, "pi-gw026 [1-9]\\d*m +offline", 90); /* what it said last is a minute old */
	driver_wait(s.eight.d, "gateways 7/8", 0);
	assert_no_page(&s.eight);
	assert_no_page(&s.blind);
	fleet_console_quit(&s.links);
	fleet_console_quit(&s.eight);
	fleet_console_quit(&s.listed);
	fleet_console_quit(&s.blind);
	lab_fleet_restore(here.fleet, "pi-gw026");
}

static void test_tailnet(void)
{
	static const char up[] = "{\"Peer\":[{\"HostName\":\"pi-gw059\",\"CurAddr\":\"203.0.113.7:41641\",\"Active\":true},"
	                         "{\"HostName\":\"pi-gw060\",\"PeerRelay\":\"203.0.113.9:7777:vni:5\",\"Active\":true},"
	                         "{\"HostName\":\"pi-gw061\",\"Relay\":\"fra\",\"Active\":true},"
	                         "{\"HostName\":\"pi-gw062\",\"Online\":false}]%s}";
	g_autofree char *socket = NULL, *more = NULL, *well = g_strdup_printf(up, ""), *down = g_strdup_printf(up, ",\"BackendState\":\"Stopped\"");
	struct fleet_console c;

	if (!is_up())
		return;
	socket = tailscale_rig_start(here.lab);
	tailscale_rig_set(here.lab, well);
	more = g_strdup_printf("gateways: ['pi-gw[059-062]']\ntailscale: {socket: %s}", socket);
	fleet_console_start(&c, &here, more);
	fleet_console_wait(&c, 3, 4);
	driver_wait(c.d, "online 3 of 4 (the tailnet's view", 0);
	driver_wait_match(c.d, "pi-gw059 +online +direct +up", 0);
	driver_wait_match(c.d, "pi-gw060 +online +peer relay", 0);
	driver_wait_match(c.d, "pi-gw061 +online +(relay|DERP) fra +up", 0);
	driver_wait_match(c.d, "pi-gw062 +offline +seen 2h +up", 0);
	tailscale_rig_set(here.lab, down);
	driver_keys(c.d, "^R");
	driver_wait(c.d, "we are blind: the tailnet, which tells who is online, is not up: Tailscale is stopped on this machine", 0);
	driver_wait(c.d, "tailnet: Tailscale is stopped", 0);
	assert_no_page(&c);
	tailscale_rig_set(here.lab, well);
	driver_keys(c.d, "^R");
	fleet_console_wait(&c, 3, 4);
	driver_wait_gone(c.d, "blind", 0);
	tailscale_rig_set(here.lab, "{\"answer\":\"html\"}");
	driver_keys(c.d, "^R");
	driver_wait_match(c.d, "Tailscale, \\d+[sm] old: ", 0);
	fleet_console_quit(&c);
}

int main(int argc, char **argv)
{
	int result;

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fleet-drop/lost", test_lost);
	g_test_add_func("/fleet-drop/tailnet", test_tailnet);
	result = g_test_run();
	fleet_rig_end(&cut_off);
	fleet_rig_end(&here);
	return result;
}

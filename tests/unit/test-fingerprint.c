/* Folding: what differs from one time to the next goes, words stay. */
#include "model/fingerprint.h"

#include <string.h>

static void
test_folds(void)
{
	static const struct { const char *text, *fold; } cases[] = {
		{ "", "" }, { "no figures at all", "no figures at all" },
		{ "lost camera 7: rtsp timeout after 10s", "lost camera N: rtsp timeout after Ns" },
		/* numbers */
		{ "rssi=-70 offset +5 a-1 b 3.14 1,024 v1.2.3 1e-5 1.5E+10x", "rssi=N offset N a-N b N N vN N NE+Nx" },
		{ "eth0 cam12_main x86_64 -", "ethN camN_main xN_N -" }, { "-5", "N" }, { "5-", "N-" }, { "7. end, 8", "N. end, N" },
		/* hex */
		{ "id 7f3a9c20 and 0xC0FFEE and DEADBEEF1", "id N and N and N" }, { "12ab", "N" }, { "1a2", "NaN" }, { "0x", "Nx" }, { "0xg1", "NxgN" },
		{ "face decade added cafe dead", "face decade added cafe dead" }, { "deadbeef", "deadbeef" }, { "7f3g", "NfNg" }, { "x7f3a9", "xNfNaN" },
		{ "id_7f3a9c20_x", "id_N_x" },
		/* UUIDs */
		{ "job 123e4567-e89b-12d3-a456-426614174000 gone", "job UUID gone" }, { "ABCDEFAB-ABCD-ABCD-ABCD-ABCDEFABCDEF", "UUID" },
		{ "123e4567-e89b-12d3-a456-42661417400", "N-N-N-N-N" }, { "123e4567-e89b-12d3-a456-4266141740001", "N-N-N-N-N" },
		/* addresses */
		{ "dial 10.0.0.7:554: refused", "dial IP:N: refused" }, { "10.0.0.0/24", "IP/N" }, { "from 192.168.1.20.", "from IP." },
		{ "1.2.3", "N" }, { "1.2.3.4.5", "N" }, { "1234.1.1.1", "N" }, { "10.0.0.7a", "Na" },
		{ "from fe80::1: refused", "from IP: refused" }, { "[::1]:22", "[IP]:N" }, { "2001:db8:0:0:0:0:2:1", "IP" }, { "2001:DB8::", "IP" },
		{ "::ffff:10.0.0.7", "IP" }, { "::10.0.0.7", "IP" }, { "1:2:3:4:5:6:10.0.0.7", "IP" }, { "1::2::3", "N::IP" },
		{ "1:2:3", "N:N:N" }, { "12345::1", "N::N" }, { "cafe::add", "cafe::add" }, { "std::vector", "std::vector" }, { "fe80::1%eth0", "IP%ethN" },
		{ "1:2:3:4:5:6:7:8:9", "N:IP" }, { "1:2:3:4:5:6:7::8", "N:IP" },
		{ "mac aa:bb:cc:dd:ee:ff, AA-BB-CC-01-02-03", "mac MAC, MAC" }, { "aa:bb:cc:dd:ee", "aa:bb:cc:dd:ee" },
		/* times */
		{ "at 2026-11-22T02:00:00Z x", "at TIME x" }, { "2026-11-22 02:00:00.123456+01:00 x", "TIME x" }, { "2026-11-22T02:00:00,5-0330", "TIME" },
		{ "2026/11/22 02:00:00 x", "TIME x" }, { "2026-11-22 x", "TIME x" }, { "2026-11-22x", "N-N-Nx" }, { "2026-11/22", "N-N/N" },
		{ "Nov 22 02:00:00 gw", "TIME gw" }, { "Sun Nov  2 02:00:00 gw", "TIME gw" }, { "Nov 22", "Nov N" }, { "Nov x", "Nov x" }, { "Sun is out", "Sun is out" },
		{ "[22/Nov/2026:02:00:00 +0000] x", "[TIME] x" }, { "22/Nov/2026", "N/Nov/N" },
		{ "2:00:00", "TIME" }, { "12:34", "N:N" }, { "12:34:56:78", "N:TIME" }, { "took 1h30m", "took NhNm" },
		/* blanks, quotes, other alphabets */
		{ "  a   7  b  ", "a N b" }, { "user \"pi7\" 'x'", "user \"piN\" 'x'" }, { "K\xc3\xa4lte 7 \xc3\xa4" "12ab", "K\xc3\xa4lte N \xc3\xa4Nab" },
	};

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *fold = fingerprint_fold(cases[i].text), *again = fingerprint_fold(fold);
		if (strcmp(fold, cases[i].fold) != 0)
			g_test_message("%s", cases[i].text);
		g_assert_cmpstr(fold, ==, cases[i].fold);
		g_assert_cmpstr(again, ==, fold);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/fingerprint/folds", test_folds);
	return g_test_run();
}

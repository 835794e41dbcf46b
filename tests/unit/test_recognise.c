/*
 * Who wrote it, told from one line: each line of each case of the corpus, and
 * each sample, stands alone. Where it carries a mark of its vendor, something
 * that no other vendor writes, its parser must claim it; and no other parser
 * may claim any line that carries one. A case as a whole is always recognised.
 *
 *	test_recognise [-v] [FILE ...]
 */
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parsers/parser.h"

enum { MARKS = 10, LEAST = 97 /* per cent of the lines with a mark */ };

/* What a person knows them by; not what the parsers look for. */
/* clang-format off */
static const struct vendor {
	const char *name;
	const char *marks[MARKS];
} vendors[] = {
	{ "aws-vpn", { "\"details\":", } },
	{ "checkpoint", { "CheckPoint", "Check Point", "cookiei", "loguid:" } },
	{ "cisco-asa", { "%ASA-", "%FTD-", "%PIX-", "[IKEv1", "IKEv2-PLAT-",
	    "IKEv2-PROTO-" } },
	{ "cisco-ios", { "%CRYPTO-", "%IKEV2-", "%CRYPTO_", "ISAKMP:(",
	    "ISAKMP (", "IKEv2:(", "IPSEC(", "%IKE-" } },
	{ "clavister", { "event=ike_sa_", "event=ipsec_sa_" } },
	{ "comware", { "IKE/7/", "IPSEC/7/", "IKEV2/7/", "%%10IKE",
	    "%%10IPSEC", "IKE/6/", "IPSEC/6/", "IKE/4/", "IPSEC/4/" } },
	{ "draytek", { "DrayTek:" } },
	{ "forcepoint", { "FORCEPOINT", "Forcepoint" } },
	{ "fortigate", { "logid=", "log_id=010", "|Fortinet|", "ike 0:",
	    "devid=FG" } },
	{ "hpux-ipsec", { "From: IKMPD", "From: SECPOLICYD", "From: IKED" } },
	{ "huawei", { "%%01IKE", "%%01IPSEC", "%%01IKEV2", "Error-time",
	    "Ike error information", "IKE error information",
	    "IPSECNEGOFAIL" } },
	{ "isakmpd", { "isakmpd[" } },
	{ "junos", { "kmd[", "junos@2636", "KMD_VPN_", "KMD_PM_", "IKED_" } },
	{ "libreswan", { "pluto[", "pluto:" } },
	{ "mikrotik", { "ipsec,error", "ipsec,info", "ipsec,debug",
	    "ipsec,ike", "ipsec,warning" } },
	{ "openiked", { "ikev2_" } },
	{ "paloalto", { ",SYSTEM,vpn,", "Palo Alto Networks", "|PAN-OS|" } },
	{ "racoon", { "racoon:", "racoon[" } },
	{ "s-terra", { "IKE Exchange failed (", "IKE Exchange started (" } },
	{ "screenos", { "NetScreen device_id" } },
	{ "sonicwall", { "id=firewall sn=", "RECEIVED<<< ISAKMP",
	    "SENDING>>>> ISAKMP", "IKEv2 Initiator:", "IKEv2 Responder:" } },
	{ "sophos", { "device=\"SFW\"" } },
	{ "stormshield", { "logtype=\"vpn\"" } },
	{ "strongswan", { "charon:", "charon[", "charon-systemd[", "[IKE]",
	    "[CFG]", "[ENC]", "[KNL]", "[CHD]" } },
	{ "watchguard", { "msg_id=\"02" } },
	{ "zyxel", { "[SA] : Tunnel [", "Recv Main Mode request", "(ID_DER",
	    "Send:[", "Recv:[", "note=\"IKE" } },
};
/* clang-format on */

static struct {
	unsigned cases, nameless, lines, known, foreign;
	bool verbose;
} total;

static const struct vendor *
vendor_named(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		if (strlen(vendors[i].name) == len &&
		    strncmp(vendors[i].name, name, len) == 0)
			return &vendors[i];
	return NULL;
}

static bool
marked(const struct vendor *v, const char *line)
{
	for (size_t i = 0; i < MARKS && v->marks[i] != NULL; i++)
		if (strstr(line, v->marks[i]) != NULL)
			return true;
	return false;
}

/* The line stands alone; true where its vendor is recognised. */
static bool
check_line(const struct vendor *v, const char *line, size_t len)
{
	const struct parser *parser;
	struct record rec;
	bool right;

	record_parse(&rec, (struct span){ line, len },
	    INT64_C(1700000000) * 1000000, NULL);
	parser = parser_for(&rec);
	right = parser != NULL && strcmp(parser->name, v->name) == 0;
	if (!marked(v, line))
		return right;
	total.lines++;
	total.known += right;
	total.foreign += parser != NULL && !right;
	if (!right && (total.verbose || parser != NULL))
		printf("# %s: taken for %s: %.150s\n", v->name,
		    parser == NULL ? "nobody's" : parser->name, line);
	return right;
}

/* Other modules' messages, or the vendor's words in a stranger's mouth. */
static bool
about_nothing(json_t *one)
{
	return json_array_size(json_object_get(one, "expect")) == 0 &&
	    strcmp(json_string_value(json_object_get(one, "verdict")),
		"none") == 0;
}

static void
check_case(const struct vendor *v, const char *text)
{
	json_t *one = json_loads(text, 0, NULL), *line;
	bool known = false;
	size_t i;

	json_array_foreach(json_object_get(one, "lines"), i, line) known |=
	    check_line(v, json_string_value(line), json_string_length(line));
	total.cases++;
	if (!known && !about_nothing(one)) {
		total.nameless++;
		printf("# %s: not recognised\n",
		    json_string_value(json_object_get(one, "id")));
	}
	json_decref(one);
}

static void
unescape(char *text)
{
	char *to = text;

	for (const char *p = text; *p != '\0'; p++)
		if (*p == '\\' && (p[1] == 'n' || p[1] == '\\'))
			*to++ = *++p == 'n' ? '\n' : '\\';
		else
			*to++ = *p;
	*to = '\0';
}

/* "event TAB record"; what is no event need not be recognised. */
static void
check_sample(const struct vendor *v, char *text)
{
	char *tab = strchr(text, '\t');

	if (tab == NULL || *text == '#' || strncmp(text, "not_ike", 7) == 0)
		return;
	tab++;
	tab[strcspn(tab, "\n")] = '\0';
	unescape(tab);
	check_line(v, tab, strlen(tab));
}

static void
check_file(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	const char *dot = strrchr(name, '.');
	const struct vendor *v;
	char *line = NULL;
	size_t size = 0;
	FILE *f;

	v = vendor_named(name, dot == NULL ? 0 : (size_t)(dot - name));
	if (v == NULL || (f = fopen(path, "r")) == NULL) {
		printf("# %s: whose is it?\n", path);
		total.foreign++;
		return;
	}
	while (getline(&line, &size, f) > 0)
		if (strcmp(dot, ".rows") == 0)
			check_sample(v, line);
		else
			check_case(v, line);
	free(line);
	fclose(f);
}

static void
check_all(const char *pattern)
{
	glob_t files;

	if (glob(pattern, 0, NULL, &files) != 0)
		return;
	for (size_t i = 0; i < files.gl_pathc; i++)
		check_file(files.gl_pathv[i]);
	globfree(&files);
}

static bool
ok(bool good, int n, const char *what)
{
	printf("%s %d - %s\n", good ? "ok" : "not ok", n, what);
	return good;
}

int
main(int argc, char **argv)
{
	bool good = true;

	if (argc > 1 && strcmp(argv[1], "-v") == 0) {
		total.verbose = true;
		argv++;
		argc--;
	}
	if (argc == 1) {
		check_all("tests/corpus/*.jsonl");
		check_all("tests/corpus/*.rows");
	}
	for (int i = 1; i < argc; i++)
		check_file(argv[i]);
	printf("1..3\n# cases: %u, not recognised: %u; lines with a mark: %u, "
	       "recognised: %u, taken for another's: %u\n",
	    total.cases, total.nameless, total.lines, total.known,
	    total.foreign);
	good &= ok(total.cases > 0 && total.nameless == 0, 1, "every case");
	good &= ok(total.known * 100 >= total.lines * LEAST, 2,
	    "97 % of the single lines that carry a mark");
	good &= ok(total.foreign == 0, 3, "none is taken for another's");
	return good ? 0 : 1;
}

/*
 * The configuration: every option stands in the manual and in the sample; a
 * wrong file is refused with file, line and option.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "daemon/conf.h"

static char *
load(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = calloc(1, 1 << 20);
	size_t n;

	assert_non_null(f);
	assert_non_null(text);
	n = fread(text, 1, (1 << 20) - 1, f);
	assert_true(n > 0);
	fclose(f);
	return text;
}

/* A file with the text; its name is in path. */
static void
save(char *path, const char *text)
{
	int fd;

	(void)snprintf(path, 64, "/tmp/ikewatch-test-XXXXXX");
	fd = mkstemp(path);
	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static struct conf *
read_text(const char *text, char *err, size_t size, int *code)
{
	char path[64];
	struct conf *c;

	save(path, text);
	c = conf_read(path, err, size, code);
	unlink(path);
	return c;
}

static void
test_manual_has_every_option(void **state)
{
	char *manual = load("man/ikewatchd.conf.5"), item[128];
	struct conf_row row;
	size_t i;

	(void)state;
	for (i = 0; conf_option(i, &row); i++) {
		(void)snprintf(item, sizeof(item), ".It Ic %s ", row.name);
		if (strstr(manual, item) == NULL)
			fail_msg("manual lacks %s %s", row.section, row.name);
		if (row.standard != NULL && row.standard[0] != '\0') {
			(void)snprintf(
			    item, sizeof(item), ".Dq %s", row.standard);
			if (strstr(manual, item) == NULL)
				fail_msg("manual lacks %s's default", row.name);
		}
	}
	assert_true(i > 100);
	free(manual);
}

/* Where a section of the sample begins, commented out or not; text outside
 * of sections is before the first. */
static const char *
sample_section(const char *sample, const char *name)
{
	char begin[64];
	const char *p = sample;
	size_t n;

	if (name[0] == '\0')
		return sample;
	(void)snprintf(begin, sizeof(begin), "%s ", name);
	n = strlen(begin);
	for (; p != NULL; p = strchr(p, '\n')) {
		p += *p == '\n';
		p += *p == '#';
		if (strncmp(p, begin, n) == 0)
			return p;
	}
	fail_msg("sample lacks section %s", name);
	return NULL;
}

static void
test_sample_has_every_option(void **state)
{
	char *sample = load("conf/ikewatchd.conf"), item[64];
	const char *p, *end;
	struct conf_row row;
	size_t i;

	(void)state;
	for (i = 0; conf_option(i, &row); i++) {
		p = sample_section(sample, row.section);
		end =
		    row.section[0] == '\0' ? strchr(p, '{') : strstr(p, "}\n");
		/* Lists have braces too: the section's own stands at the
		 * beginning of a line. */
		while (
		    row.section[0] != '\0' && end[-1] != '\n' && end[-1] != '#')
			end = strstr(end + 1, "}\n");
		(void)snprintf(item, sizeof(item), "%s = ", row.name);
		p = strstr(p, item);
		if (p == NULL || p > end)
			fail_msg("sample lacks %s %s", row.section, row.name);
	}
	free(sample);
}

/* With every comment sign before an option taken away it is a good file. */
static void
test_sample_is_right(void **state)
{
	char *sample = load("conf/ikewatchd.conf"), *out, *end, *p, *line;
	char err[400] = "";
	size_t size;
	struct conf *c;
	int code;

	(void)state;
	c = conf_read("conf/ikewatchd.conf", err, sizeof(err), &code);
	if (c == NULL)
		fail_msg("%s", err);
	assert_int_equal(c->nlisteners, 2);
	assert_int_equal(c->store.retain_messages, 14LL * 86400 * 1000000);
	conf_free(c);

	size = 2 * strlen(sample);
	out = end = calloc(1, size + 1);
	assert_non_null(out);
	for (line = sample; (p = strchr(line, '\n')) != NULL; line = p + 1) {
		*p = '\0';
		if (line[0] == '#' && line[1] != ' ')
			line++;
		else if (line[0] == '\t' && line[1] == '#' && line[2] != ' ')
			line += 2;
		if (strstr(line, "url-file") == NULL &&
		    strstr(line, "secret-file") == NULL &&
		    strstr(line, "include") == NULL)
			end += snprintf(
			    end, size - (size_t)(end - out), "%s", line);
		*end++ = '\n';
	}
	c = read_text(out, err, sizeof(err), &code);
	if (c == NULL)
		fail_msg("%s", err);
	assert_int_equal(c->nlisteners, 3);
	assert_int_equal(c->ndevices, 1);
	assert_int_equal(c->alerts.ndestinations, 1);
	conf_free(c);
	free(out);
	free(sample);
}

static void
test_values(void **state)
{
	char err[400];
	struct conf *c;
	int code;

	(void)state;
	c = read_text("udp \"[::]:514\" { receive-buffer = 1MiB allow = "
		      "{\"10.0.0.0/8\", \"2001:db8::1\"} }\n"
		      "relay \"10.0.0.5\" { }\n"
		      "device \"fw\" { address = \"192.0.2.1\" vendor = "
		      "strongswan timezone = \"Europe/Paris\" }\n"
		      "tunnel \"t\" { peer = \"203.0.113.9\" mode = always }\n"
		      "track { stall-after = 2m stall-stage = \"ike_auth=30s\" "
		      "rekey-grace = 250ms stream-only = yes }\n"
		      "limits { connections = 7 }\n"
		      "severity \"critical\" { device = \"fw\" }\n"
		      "severity \"critical\" { kind = \"self\" }",
	    err, sizeof(err), &code);
	if (c == NULL)
		fail_msg("%s", err);
	assert_int_equal(c->listener[0].receive_buffer, 1 << 20);
	assert_int_equal(c->listener[0].allow_nets.n, 2);
	assert_int_equal(c->listener[0].allow_nets.net[0].bits, 104);
	assert_int_equal(c->nrelays, 1);
	assert_string_equal(c->source_device[0].vendor->name, "strongswan");
	assert_non_null(c->source_device[0].zone);
	assert_int_equal(c->tunnel[0].mode, ALERT_MODE_ALWAYS);
	assert_int_equal(
	    c->pipeline.tracker.stall_after[IKE_SA_INIT], 120000000);
	assert_int_equal(c->pipeline.tracker.stall_after[IKE_AUTH], 30000000);
	assert_int_equal(c->pipeline.tracker.rekey_grace, 250000);
	assert_true(c->pipeline.stream_only);
	assert_int_equal(c->limits.connections, 7);
	assert_null(c->http.address);
	assert_int_equal(c->alerts.ngrades, 2);
	assert_int_equal(c->alerts.grade[1].severity, ALERT_CRITICAL);
	conf_free(c);
}

/* What is wrong, and what the complaint must hold. */
static const struct {
	const char *text, *says;
} wrong[] = {
	{ "", "nothing would be heard" },
	{ "\nudp \"[::]:514\" {\n", ":2: this section has no end" },
	{ "udp \"[::]:514 {\n}\n", "" },
	{ "udp \"[::]:514\" }\n", "" },
	{ "udp [::]:514 { }\n/* x", "" },
	{ "udp \"[::]:514\" { receive-bufer = 1 }", ":1: no such option" },
	{ "\n\nudp \"[::]:514\" {\n# x\n receive-buffer = \"x\" }",
	    ":5: udp receive-buffer: \"x\" is no size" },
	{ "udp \"514\" { }", "no address with a port" },
	{ "udp \"[::]:99999\" { }", "no address with a port" },
	{ "udp \"::1:514\" { }", "no address with a port" },
	{ "udp \"[::]:514\" { allow = \"10.0.0.0/33\" }",
	    "udp allow: \"10.0.0.0/33\" is no address or network" },
	{ "tls \"[::]:6514\" { key-file = \"k\" }",
	    "tls cert-file: is missing" },
	{ "tls \"[::]:6514\" { cert-file = c key-file = k client-cert = "
	  "require }",
	    "needs client-ca-file or fingerprint" },
	{ "udp \":514\" { }\ndevice \"a\" { vendor = \"cisco\" }",
	    ":2: device vendor: \"cisco\" is no vendor" },
	{ "udp \":514\" { }\ndevice \"a\" { timezone = \"../../etc/passwd\" }",
	    "device timezone:" },
	{ "udp \":514\" { }\ndevice \"a\" { address = \"192.0.2.1\" }\n"
	  "device \"b\" { address = \"192.0.2.1\" }",
	    ":3: device address: \"192.0.2.1\" is device \"a\" already" },
	{ "udp \":514\" { }\ndevice \"a\" { }\ndevice \"a\" { }",
	    "duplicate title 'a'" },
	{ "udp \":514\" { }\ndevice \"a\" { }\ndevice \"A\" { }",
	    ":3: device: \"A\" has a section already" },
	{ "udp \":514\" { }\ntunnel \"t\" { }", "tunnel peer:" },
	{ "udp \":514\" { }\ntrack { stall-after = 0 }",
	    "track stall-after: \"0\" is no time from 1s" },
	{ "udp \":514\" { }\ntrack { stall-stage = \"nowhere=3s\" }",
	    "track stall-stage:" },
	{ "udp \":514\" { }\ntrack { stream-only = maybe }",
	    "neither true nor false" },
	{ "udp \":514\" { }\nstore { path = \"x.db\" }",
	    "does not begin with /" },
	{ "udp \":514\" { }\nstore { }\nstore { }", "second section" },
	{ "udp \":514\" { }\nlimits { connections = -1 }",
	    "limits "
	    "connections: \"-1\" is no number from 1" },
	{ "udp \":514\" { }\nlimits { connections = 1e99 }", "no number" },
	{ "udp \":514\" { }\nhttp { address = \"localhost\" }",
	    "http address:" },
	{ "udp \":514\" { }\nroute { to = \"nobody\" }", "nobody" },
	{ "udp \":514\" { }\nseverity \"worst\" { }", "none of info" },
	{ "udp \":514\" { }\ndestination \"d\" { type = pigeon }", "pigeon" },
	{ "include(\"does-not-exist.conf\")\nudp \":514\" { }",
	    "does not exist" },
	{ "include(\"a\", \"b\")", "takes one path" },
	{ "log-level = loud\nudp \":514\" { }",
	    ":1: log-level: \"loud\" is none of" },
};

static void
test_wrong_files(void **state)
{
	char err[400];
	struct conf *c;
	size_t i;
	int code;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		err[0] = '\0';
		c = read_text(wrong[i].text, err, sizeof(err), &code);
		if (c != NULL)
			fail_msg("accepted: %s", wrong[i].text);
		if (strstr(err, wrong[i].says) == NULL)
			fail_msg("%s\nsays: %s", wrong[i].text, err);
		assert_int_equal(code, EX_CONFIG);
	}
	c = conf_read("/nonexistent/file", err, sizeof(err), &code);
	assert_null(c);
	assert_int_equal(code, EX_NOINPUT);
	c = conf_read("/tmp", err, sizeof(err), &code);
	assert_null(c);
	assert_int_equal(code, EX_CONFIG);
}

/* A file that includes itself is complained of, not followed for ever. */
static void
test_include_loop(void **state)
{
	char path[64], text[128], err[400];
	int code, fd;

	(void)state;
	save(path, "");
	(void)snprintf(text, sizeof(text), "include(\"%s\")\n", path);
	fd = open(path, O_WRONLY);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_null(conf_read(path, err, sizeof(err), &code));
	assert_non_null(strstr(err, "includes itself"));
	unlink(path);
}

static void
test_numbers(void **state)
{
	struct sockaddr_storage addr;
	socklen_t len;
	int64_t n;

	(void)state;
	assert_true(conf_duration("250ms", &n) && n == 250000);
	assert_true(conf_duration("90", &n) && n == 90000000);
	assert_true(conf_duration("14d", &n) && n == 14 * 86400000000LL);
	assert_false(conf_duration("-1s", &n));
	assert_false(conf_duration("s", &n));
	assert_false(conf_duration("1y", &n));
	assert_false(conf_duration("999999999999999999999d", &n));
	assert_true(conf_size("4GiB", &n) && n == 4LL << 30);
	assert_false(conf_size("4 GiB", &n));
	assert_true(conf_address("[::1]:514", &addr, &len));
	assert_int_equal(addr.ss_family, AF_INET6);
	assert_true(conf_address("192.0.2.1:514", &addr, &len));
	assert_int_equal(addr.ss_family, AF_INET);
	assert_true(conf_address(":514", &addr, &len));
	assert_false(conf_address("example.net:514", &addr, &len));
	assert_false(conf_address("192.0.2.1:", &addr, &len));
	assert_false(conf_address("192.0.2.1:5k", &addr, &len));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_manual_has_every_option),
		cmocka_unit_test(test_sample_has_every_option),
		cmocka_unit_test(test_sample_is_right),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_wrong_files),
		cmocka_unit_test(test_include_loop),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

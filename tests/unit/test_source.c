/*
 * Who said it: a header speaks for another device only behind a listed
 * relay, and the configuration's names win.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "daemon/source.h"

static struct in6_addr
addr(const char *text)
{
	struct source_net net;

	assert_true(source_net_parse(text, &net));
	return net.addr;
}

/* The device's name for a record from there with that host name. */
static const char *
name_of(struct sources *t, const char *via, const char *hostname,
    const char *message)
{
	struct record rec = { .hostname = span_of(hostname),
		.message = span_of(message) };
	struct in6_addr from = addr(via);
	struct source *s = source_of(t, &from, &rec, 1);

	assert_non_null(s);
	return s->name;
}

static void
test_nets(void **state)
{
	static const struct {
		const char *net, *in, *out;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1", "192.0.2.2" },
		{ "10.0.0.0/8", "10.255.0.1", "11.0.0.1" },
		{ "192.0.2.128/25", "192.0.2.200", "192.0.2.127" },
		{ "0.0.0.0/0", "203.0.113.1", "2001:db8::1" },
		{ "2001:db8::/32", "2001:db8:1::1", "2001:db9::1" },
		{ "2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1" },
	};
	static const char *const bad[] = { "", "x", "192.0.2", "192.0.2.1/33",
		"192.0.2.1/", "192.0.2.1/-1", "192.0.2.1/1x", "::/129",
		"192.0.2.1 ", "1.1.1.1/0000000000000001" };
	struct source_net net;
	struct in6_addr a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(source_net_parse(cases[i].net, &net));
		a = addr(cases[i].in);
		assert_true(source_net_has(&net, &a));
		a = addr(cases[i].out);
		assert_false(source_net_has(&net, &a));
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(source_net_parse(bad[i], &net));
}

/* A thousand false host names, and the device is who sent it. */
static void
test_headers_of_strangers(void **state)
{
	const struct source_conf conf = { 0 };
	struct sources *t = source_new(&conf);
	char host[32];
	int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		(void)snprintf(host, sizeof(host), "fw-%d", i);
		assert_string_equal(
		    name_of(t, "192.0.2.1", host, ""), "192.0.2.1");
	}
	assert_int_equal(source_count(t), 1);
	assert_string_equal(name_of(t, "2001:db8::1", "fw", ""), "2001:db8::1");
	source_free(t);
}

static void
test_relay(void **state)
{
	static const char *const alias[] = { "paris.example.net" };
	struct source_net relay[2], paris;
	struct source_device_conf device = { .name = "fw-paris",
		.address = &paris,
		.naddress = 1,
		.hostname = alias,
		.nhostname = 1 };
	const struct source_conf conf = { &device, 1, relay, 2, false, NULL };
	struct sources *t = source_new(&conf);
	struct in6_addr from = addr("10.0.0.5");
	struct record none = { 0 };
	struct source *s;

	(void)state;
	assert_true(source_net_parse("10.0.0.5", &relay[0]));
	assert_true(source_net_parse("10.0.1.0/24", &relay[1]));
	assert_true(source_net_parse("192.0.2.1", &paris));
	/* The same device by its address, its name, what relays call it. */
	assert_string_equal(name_of(t, "192.0.2.1", "x", ""), "fw-paris");
	assert_string_equal(name_of(t, "10.0.0.5", "fw-paris", ""), "fw-paris");
	assert_string_equal(
	    name_of(t, "10.0.0.5", "PARIS.example.net", ""), "fw-paris");
	assert_string_equal(
	    name_of(t, "10.0.1.9", "192.0.2.1", ""), "fw-paris");
	assert_int_equal(source_count(t), 1);
	/* Two devices behind one relay; one device through two. */
	assert_string_equal(name_of(t, "10.0.0.5", "gw1", ""), "gw1");
	assert_string_equal(name_of(t, "10.0.0.5", "gw2", ""), "gw2");
	assert_string_equal(name_of(t, "10.0.1.7", "gw2", ""), "gw2");
	assert_int_equal(source_count(t), 3);
	/* No header: the text's own name, else the relay, and nothing is
	 * remembered of what that speaks. */
	assert_string_equal(name_of(t, "10.0.0.5", "",
				"date=2026-11-20 devname=\"FGT-1\" type=event"),
	    "FGT-1");
	s = source_of(t, &from, &none, 1);
	assert_string_equal(s->name, "10.0.0.5");
	assert_true(s->shared);
	assert_null(source_known(t, &from));
	source_free(t);
}

/* A reload names what was an address before. */
static void
test_reload(void **state)
{
	struct source_net paris;
	struct source_device_conf device = {
		.name = "fw-paris", .address = &paris, .naddress = 1
	};
	const struct source_conf none = { 0 };
	const struct source_conf one = { &device, 1, NULL, 0, false, NULL };
	struct sources *t = source_new(&none);
	struct in6_addr from = addr("192.0.2.1");

	(void)state;
	assert_true(source_net_parse("192.0.2.1", &paris));
	assert_string_equal(name_of(t, "192.0.2.1", "", ""), "192.0.2.1");
	assert_non_null(source_known(t, &from));
	source_configure(t, &one);
	assert_null(source_known(t, &from));
	assert_string_equal(name_of(t, "192.0.2.1", "", ""), "fw-paris");
	source_free(t);
}

/* There is room for so many and no more; the configured ones stay. */
static void
test_bound(void **state)
{
	struct source_net home, relay;
	struct source_device_conf device = {
		.name = "home", .address = &home, .naddress = 1
	};
	const struct source_conf conf = { &device, 1, &relay, 1, false, NULL };
	struct sources *t = source_new(&conf);
	struct in6_addr from = addr("192.0.2.1");
	char host[32];
	int i;

	(void)state;
	assert_true(source_net_parse("192.0.2.1", &home));
	assert_true(source_net_parse("10.0.0.5", &relay));
	assert_string_equal(name_of(t, "192.0.2.1", "", ""), "home");
	for (i = 0; i < SOURCE_MAX_DEVICES + 500; i++) {
		(void)snprintf(host, sizeof(host), "h%d", i);
		(void)name_of(t, "10.0.0.5", host, "");
	}
	assert_int_equal(source_count(t), SOURCE_MAX_DEVICES);
	assert_non_null(source_known(t, &from));
	source_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nets),
		cmocka_unit_test(test_headers_of_strangers),
		cmocka_unit_test(test_relay),
		cmocka_unit_test(test_reload),
		cmocka_unit_test(test_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

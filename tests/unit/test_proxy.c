/* PROXY protocol headers: who is behind the balancer, and who pretends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "parsers/proxy.h"

static const char v2_tcp4[] = "\r\n\r\n\0\r\nQUIT\n"
			      "\x21\x11\x00\x0c"
			      "\xc0\x00\x02\x01\xc6\x33\x64\x02\x04\xd2\x15\x8a"
			      "<13>a: b\n";

static enum proxy_result
read_bytes(const char *p, size_t len, struct proxy *proxy, size_t *left)
{
	char *copy = malloc(len > 0 ? len : 1);
	struct span in = { copy, len };
	enum proxy_result result;

	assert_non_null(copy);
	memcpy(copy, p, len);
	result = proxy_read(&in, proxy);
	*left = in.len;
	free(copy);
	return result;
}

static enum proxy_result
read_text(const char *text, struct proxy *proxy)
{
	size_t left;

	return read_bytes(text, strlen(text), proxy, &left);
}

static void
test_a_balancer_names_the_firewall_behind_it(void **state)
{
	static const char text[] =
	    "PROXY TCP4 192.0.2.1 198.51.100.2 1234 5514\r\n<13>a: b\n";
	struct proxy proxy;
	size_t left;

	(void)state;
	assert_int_equal(
	    read_bytes(text, strlen(text), &proxy, &left), PROXY_DONE);
	assert_int_equal(left, strlen("<13>a: b\n"));
	assert_int_equal(proxy.family, 4);
	assert_memory_equal(proxy.source, "\xc0\x00\x02\x01", 4);
	assert_memory_equal(proxy.dest, "\xc6\x33\x64\x02", 4);
	assert_int_equal(proxy.source_port, 1234);
	assert_int_equal(proxy.dest_port, 5514);
}

static void
test_version_six_addresses_are_read(void **state)
{
	struct proxy proxy;

	(void)state;
	assert_int_equal(
	    read_text("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", &proxy),
	    PROXY_DONE);
	assert_int_equal(proxy.family, 6);
	assert_int_equal(proxy.source[0], 0x20);
	assert_int_equal(proxy.source[15], 1);
}

static void
test_a_binary_header_says_the_same(void **state)
{
	struct proxy proxy;
	size_t left;

	(void)state;
	assert_int_equal(
	    read_bytes(v2_tcp4, sizeof(v2_tcp4) - 1, &proxy, &left),
	    PROXY_DONE);
	assert_int_equal(left, strlen("<13>a: b\n"));
	assert_int_equal(proxy.family, 4);
	assert_memory_equal(proxy.source, "\xc0\x00\x02\x01", 4);
	assert_int_equal(proxy.source_port, 1234);
	assert_int_equal(proxy.dest_port, 5514);
}

static void
test_extensions_are_passed_over(void **state)
{
	static const char bytes[] = "\r\n\r\n\0\r\nQUIT\n"
				    "\x21\x11\x00\x10"
				    "\xc0\x00\x02\x01\xc6\x33\x64\x02"
				    "\x04\xd2\x15\x8a"
				    "\x04\x00\x01x"
				    "y";
	struct proxy proxy;
	size_t left;

	(void)state;
	assert_int_equal(
	    read_bytes(bytes, sizeof(bytes) - 1, &proxy, &left), PROXY_DONE);
	assert_int_equal(left, 1);
}

static void
test_a_health_check_names_nobody(void **state)
{
	static const char local[] = "\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00";
	struct proxy proxy;
	size_t left;

	(void)state;
	assert_int_equal(read_text("PROXY UNKNOWN\r\n", &proxy), PROXY_DONE);
	assert_int_equal(proxy.family, 0);
	assert_int_equal(
	    read_bytes(local, sizeof(local) - 1, &proxy, &left), PROXY_DONE);
	assert_int_equal(proxy.family, 0);
}

static void
test_half_a_header_waits_for_the_rest(void **state)
{
	static const char text[] =
	    "PROXY TCP4 192.0.2.1 198.51.100.2 1234 5514\r\n";
	struct proxy proxy;
	size_t left;

	(void)state;
	for (size_t n = 0; n < strlen(text); n++) {
		assert_int_equal(
		    read_bytes(text, n, &proxy, &left), PROXY_MORE);
		assert_int_equal(left, n);
	}
	for (size_t n = 0; n < 28; n++)
		assert_int_equal(
		    read_bytes(v2_tcp4, n, &proxy, &left), PROXY_MORE);
}

static void
test_who_is_no_balancer_is_refused(void **state)
{
	static const char *const bad[] = {
		"<13>a: b\n",
		"PROXY TCP4 192.0.2.1 198.51.100.2 1234\r\n",
		"PROXY TCP4 192.0.2.1 198.51.100.2 1234 65536\r\n",
		"PROXY TCP4 192.0.2.1 198.51.100.2 01 2\r\n",
		"PROXY TCP4 192.0.2.256 198.51.100.2 1 2\r\n",
		"PROXY TCP4 2001:db8::1 198.51.100.2 1 2\r\n",
		"PROXY TCP4  192.0.2.1 198.51.100.2 1 2\r\n",
		"PROXY TCP4 192.0.2.1 198.51.100.2 1 2 3\r\n",
		"PROXY UDP4 192.0.2.1 198.51.100.2 1 2\r\n",
		"PROXY TCP6 192.0.2.1 198.51.100.2 1 2\r\n",
		"PROXY\r\n",
		"PROXY \r\n",
	};
	static const char short_v2[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\x00\x04"
				       "\xc0\x00\x02\x01";
	static const char huge_v2[] = "\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff";
	static const char odd_v2[] = "\r\n\r\n\0\r\nQUIT\n\x31\x11\x00\x00";
	struct proxy proxy;
	size_t left;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (read_text(bad[i], &proxy) != PROXY_BAD)
			fail_msg("taken: %s", bad[i]);
	assert_int_equal(
	    read_bytes(short_v2, sizeof(short_v2) - 1, &proxy, &left),
	    PROXY_BAD);
	assert_int_equal(
	    read_bytes(huge_v2, sizeof(huge_v2) - 1, &proxy, &left), PROXY_BAD);
	assert_int_equal(
	    read_bytes(odd_v2, sizeof(odd_v2) - 1, &proxy, &left), PROXY_BAD);
}

static void
test_a_line_that_never_ends_is_refused(void **state)
{
	char text[PROXY_MAX_V1 + 1];
	struct proxy proxy;
	size_t left;

	(void)state;
	memset(text, '1', sizeof(text));
	memcpy(text, "PROXY ", 6);
	assert_int_equal(
	    read_bytes(text, PROXY_MAX_V1 - 1, &proxy, &left), PROXY_MORE);
	assert_int_equal(
	    read_bytes(text, PROXY_MAX_V1, &proxy, &left), PROXY_BAD);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_balancer_names_the_firewall_behind_it),
		cmocka_unit_test(test_version_six_addresses_are_read),
		cmocka_unit_test(test_a_binary_header_says_the_same),
		cmocka_unit_test(test_extensions_are_passed_over),
		cmocka_unit_test(test_a_health_check_names_nobody),
		cmocka_unit_test(test_half_a_header_waits_for_the_rest),
		cmocka_unit_test(test_who_is_no_balancer_is_refused),
		cmocka_unit_test(test_a_line_that_never_ends_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

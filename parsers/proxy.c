/*
 * PROXY protocol headers. The one rule: what is not exactly such a header is
 * refused, for a wrong sender's name is worse than a closed connection.
 */
#include "parsers/proxy.h"

#include <arpa/inet.h>
#include <string.h>

enum {
	PROXY_V2_FIXED = 16, /* octets before the addresses */
	PROXY_V2_LOCAL = 0x20,
	PROXY_V2_PROXY = 0x21,
	PROXY_V2_TCP4 = 0x11,
	PROXY_V2_TCP6 = 0x21,
	PROXY_ADDRESS_MAX = 46,
};

static const char proxy_v2_mark[] = "\r\n\r\n\0\r\nQUIT\n";

static bool
proxy_port(struct span word, uint16_t *out)
{
	uint64_t port;

	if (word.len == 0 || word.len > 5 ||
	    (word.len > 1 && word.p[0] == '0') || !span_u64(word, 10, &port) ||
	    port > UINT16_MAX)
		return false;
	*out = (uint16_t)port;
	return true;
}

static bool
proxy_address(int family, struct span word, unsigned char *out)
{
	char text[PROXY_ADDRESS_MAX + 1];

	return span_copy(text, sizeof(text), word) &&
	    inet_pton(family == 4 ? AF_INET : AF_INET6, text, out) == 1;
}

/* One word and the single blank behind it, or the end. */
static bool
proxy_word(struct span *s, struct span *out)
{
	return scan_word(s, out) && (s->len == 0 || scan_char(s, ' '));
}

/* PROXY TCP4 192.0.2.1 198.51.100.2 1234 514 */
static enum proxy_result
proxy_line(struct span line, struct proxy *proxy)
{
	struct span word, source, dest, from, to;

	if (!proxy_word(&line, &word))
		return PROXY_BAD;
	if (span_is(word, "UNKNOWN"))
		return PROXY_DONE; /* the rest of the line means nothing */
	if (span_is(word, "TCP4"))
		proxy->family = 4;
	else if (span_is(word, "TCP6"))
		proxy->family = 6;
	else
		return PROXY_BAD;
	if (!proxy_word(&line, &source) || !proxy_word(&line, &dest) ||
	    !proxy_word(&line, &from) || !scan_word(&line, &to) ||
	    line.len > 0 ||
	    !proxy_address(proxy->family, source, proxy->source) ||
	    !proxy_address(proxy->family, dest, proxy->dest) ||
	    !proxy_port(from, &proxy->source_port) ||
	    !proxy_port(to, &proxy->dest_port))
		return PROXY_BAD;
	return PROXY_DONE;
}

static enum proxy_result
proxy_v1(struct span *in, struct proxy *proxy)
{
	struct span head = *in, line;

	if (head.len > PROXY_MAX_V1)
		head.len = PROXY_MAX_V1;
	if (!scan_until(&head, "\r\n", &line))
		return in->len >= PROXY_MAX_V1 ? PROXY_BAD : PROXY_MORE;
	*in = span_from(*in, line.len + 2);
	if (!scan_lit(&line, "PROXY "))
		return PROXY_BAD;
	return proxy_line(line, proxy);
}

static uint16_t
proxy_u16(const char *p)
{
	return (uint16_t)((unsigned char)p[0] << 8 | (unsigned char)p[1]);
}

static void
proxy_v2_addresses(const char *p, size_t size, struct proxy *proxy)
{
	memcpy(proxy->source, p, size);
	memcpy(proxy->dest, p + size, size);
	proxy->source_port = proxy_u16(p + 2 * size);
	proxy->dest_port = proxy_u16(p + 2 * size + 2);
	proxy->family = size == 4 ? 4 : 6;
}

static enum proxy_result
proxy_v2(struct span *in, struct proxy *proxy)
{
	unsigned char command, family;
	size_t length;

	if (in->len < PROXY_V2_FIXED)
		return PROXY_MORE;
	command = (unsigned char)in->p[12];
	family = (unsigned char)in->p[13];
	length = proxy_u16(in->p + 14);
	if ((command != PROXY_V2_LOCAL && command != PROXY_V2_PROXY) ||
	    length > PROXY_MAX_V2 - PROXY_V2_FIXED)
		return PROXY_BAD;
	if (in->len < PROXY_V2_FIXED + length)
		return PROXY_MORE;
	if (command == PROXY_V2_PROXY && family == PROXY_V2_TCP4) {
		if (length < 12)
			return PROXY_BAD;
		proxy_v2_addresses(in->p + PROXY_V2_FIXED, 4, proxy);
	} else if (command == PROXY_V2_PROXY && family == PROXY_V2_TCP6) {
		if (length < 36)
			return PROXY_BAD;
		proxy_v2_addresses(in->p + PROXY_V2_FIXED, 16, proxy);
	}
	*in = span_from(*in, PROXY_V2_FIXED + length);
	return PROXY_DONE;
}

/* Does what has come so far agree with the mark? */
static bool
proxy_begins(struct span in, const char *mark, size_t len)
{
	return memcmp(in.p, mark, in.len < len ? in.len : len) == 0;
}

enum proxy_result
proxy_read(struct span *in, struct proxy *proxy)
{
	enum proxy_result result;
	struct span t = *in;

	memset(proxy, 0, sizeof(*proxy));
	if (t.len == 0)
		return PROXY_MORE;
	if (proxy_begins(t, "PROXY ", 6))
		result = proxy_v1(&t, proxy);
	else if (proxy_begins(t, proxy_v2_mark, 12))
		result = proxy_v2(&t, proxy);
	else
		return PROXY_BAD;
	if (result == PROXY_DONE)
		*in = t;
	return result;
}

/*
 * Words of the file as values. The one rule: what is not wholly a value of its
 * type is none.
 */
#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/conf_parts.h"
#include "daemon/options.h"

/* A number and one of the units behind it. */
struct unit {
	const char *name;
	double is;
};

static bool
conf_number(const char *text, const struct unit *unit, double *out)
{
	char *end;
	double n;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	n = strtod(text, &end);
	if (errno != 0)
		return false;
	for (; unit->name != NULL; unit++) {
		if (strcmp(end, unit->name) == 0) {
			*out = n * unit->is;
			return *out < 9e18;
		}
	}
	return false;
}

bool
conf_duration(const char *text, int64_t *usec)
{
	static const struct unit units[] = { { "", 1e6 }, { "us", 1 },
		{ "ms", 1e3 }, { "s", 1e6 }, { "m", 60e6 }, { "min", 60e6 },
		{ "h", 3600e6 }, { "d", 86400e6 }, { "w", 604800e6 },
		{ NULL, 0 } };
	double n;

	if (!conf_number(text, units, &n))
		return false;
	*usec = (int64_t)n;
	return true;
}

bool
conf_size(const char *text, int64_t *bytes)
{
	static const struct unit units[] = { { "", 1 }, { "B", 1 },
		{ "KiB", 1024 }, { "k", 1024 }, { "K", 1024 },
		{ "MiB", 1048576 }, { "M", 1048576 }, { "GiB", 1073741824 },
		{ "G", 1073741824 }, { "TiB", 1099511627776.0 }, { NULL, 0 } };
	double n;

	if (!conf_number(text, units, &n))
		return false;
	*bytes = (int64_t)n;
	return true;
}

int
conf_choice(const char *choices, const char *word)
{
	size_t len = strlen(word), n;
	int i;

	for (i = 0;; i++) {
		n = strcspn(choices, "|");
		if (n == len && memcmp(choices, word, n) == 0)
			return i;
		if (choices[n] == '\0')
			return -1;
		choices += n + 1;
	}
}

bool
conf_value(const struct option_row *row, const char *text, double *out)
{
	static const struct unit none[] = { { "", 1 }, { NULL, 0 } };
	int64_t n;
	int word;

	switch (row->type) {
	case OPTION_STR:
	case OPTION_LIST:
		*out = 0;
		return true;
	case OPTION_TIME:
		*out = conf_duration(text, &n) ? (double)n / 1e6 : -1;
		return *out >= 0;
	case OPTION_SIZE:
		*out = conf_size(text, &n) ? (double)n : -1;
		return *out >= 0;
	case OPTION_INT:
		return conf_number(text, none, out) &&
		    *out == (double)(int64_t)*out;
	case OPTION_NUMBER:
		return conf_number(text, none, out);
	case OPTION_BOOL:
		word = conf_choice("false|true|no|yes|off|on", text);
		*out = word & 1;
		return word >= 0;
	case OPTION_CHOICE:
		*out = conf_choice(row->choices, text);
		return *out >= 0;
	}
	return false;
}

bool
conf_in_range(const struct option_row *row, const char *text)
{
	double n;

	if (!conf_value(row, text, &n))
		return false;
	return (row->least == 0 && row->most == 0) ||
	    (n >= row->least && n <= row->most);
}

void
conf_explain(
    const struct option_row *row, const char *text, char *why, size_t size)
{
	switch (row->type) {
	case OPTION_TIME:
		(void)snprintf(why, size,
		    "\"%s\" is no time from %gs to %gs; "
		    "write a number and s, m, h or d",
		    text, row->least, row->most);
		break;
	case OPTION_SIZE:
		(void)snprintf(why, size,
		    "\"%s\" is no size from %.0f to "
		    "%.0f bytes; write a number and KiB, MiB or GiB",
		    text, row->least, row->most);
		break;
	case OPTION_BOOL:
		(void)snprintf(
		    why, size, "\"%s\" is neither true nor false", text);
		break;
	case OPTION_CHOICE:
		(void)snprintf(why, size, "\"%s\" is none of %s", text,
		    row->choices + (row->choices[0] == '|'));
		break;
	default:
		(void)snprintf(why, size, "\"%s\" is no number from %g to %g",
		    text, row->least, row->most);
	}
}

bool
conf_address(const char *text, struct sockaddr_storage *addr, socklen_t *len)
{
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_DGRAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE };
	const char *colon = strrchr(text, ':');
	struct addrinfo *res;
	char host[80];
	size_t n;
	int64_t port;

	if (colon == NULL || !conf_size(colon + 1, &port) || port > 65535 ||
	    strspn(colon + 1, "0123456789") != strlen(colon + 1))
		return false;
	n = (size_t)(colon - text);
	if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
		text++;
		n -= 2;
	} else if (memchr(text, ':', n) != NULL) {
		return false; /* IPv6 needs its brackets */
	}
	if (n >= sizeof(host))
		return false;
	memcpy(host, text, n);
	host[n] = '\0';
	if (getaddrinfo(n == 0 ? "::" : host, colon + 1, &hints, &res) != 0)
		return false;
	memcpy(addr, res->ai_addr, res->ai_addrlen);
	*len = res->ai_addrlen;
	freeaddrinfo(res);
	return true;
}

/* Answers and waits. */
#include "alerting/retry.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define SECOND INT64_C(1000000)
#define LEAST SECOND
#define MOST (3600 * SECOND)
#define FIRST (10 * SECOND)
#define CEILING (600 * SECOND)

enum retry_verdict
retry_judge(long status, bool mail)
{
	if (status >= 200 && status < 300)
		return RETRY_DELIVERED;
	if (mail)
		return status >= 500 ? RETRY_DEAD : RETRY_LATER;
	if (status == 410)
		return RETRY_GONE;
	/* 3xx: redirects are not followed, so the url is wrong for good */
	if (status >= 300 && status < 500 && status != 408 && status != 429)
		return RETRY_DEAD;
	return RETRY_LATER;
}

static int64_t
retry_bound(double seconds)
{
	if (!(seconds * 1e6 > LEAST))
		return LEAST;
	return seconds * 1e6 < MOST ? (int64_t)(seconds * 1e6) : MOST;
}

/* The three forms of RFC 9110, 5.6.7; day names are not looked at. */
static bool
retry_date(const char *s, time_t *at)
{
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	struct tm tm = { 0 };
	const char *month;
	char name[4];

	if (sscanf(s, "%*[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT",
		&tm.tm_mday, name, &tm.tm_year, &tm.tm_hour, &tm.tm_min,
		&tm.tm_sec) != 6 &&
	    sscanf(s, "%*[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT",
		&tm.tm_mday, name, &tm.tm_year, &tm.tm_hour, &tm.tm_min,
		&tm.tm_sec) != 6 &&
	    sscanf(s, "%*[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d", name,
		&tm.tm_mday, &tm.tm_hour, &tm.tm_min, &tm.tm_sec,
		&tm.tm_year) != 6)
		return false;
	month = strstr(months, name);
	if (strlen(name) != 3 || month == NULL || (month - months) % 3 != 0)
		return false;
	tm.tm_mon = (int)(month - months) / 3;
	if (tm.tm_year < 100)
		tm.tm_year += 2000;
	tm.tm_year -= 1900;
	*at = timegm(&tm);
	return *at != -1;
}

int64_t
retry_after(const char *header, int64_t now)
{
	const char *s = header + strspn(header, " \t");
	size_t digits;
	time_t at;

	if (*s == '-' && s[1] >= '0' && s[1] <= '9')
		return LEAST;
	digits = strspn(s, "0123456789");
	if (digits > 0) {
		const char *end = s + digits;
		double seconds = 0;

		for (size_t i = 0; i < digits && i < 12; i++)
			seconds = seconds * 10 + (s[i] - '0');
		/* "1e9", "2.5" are no numbers here, but meant as such */
		if (*end == 'e' || *end == 'E')
			return MOST;
		if (strspn(end, " \t\r\n.0123456789") == strlen(end))
			return retry_bound(seconds);
	}
	if (!retry_date(s, &at))
		return -1;
	return retry_bound((double)at - (double)now / 1e6);
}

int64_t
retry_after_json(const char *body, size_t len)
{
	json_t *j = json_loadb(body, len, JSON_DISABLE_EOF_CHECK, NULL);
	json_t *value = json_object_get(j, "retry_after");
	int64_t wait = -1;

	if (json_is_number(value))
		wait = retry_bound(json_number_value(value));
	json_decref(j);
	return wait;
}

int64_t
retry_header(struct span line, int64_t now)
{
	char value[64];

	if (!scan_lit_nocase(&line, "retry-after:"))
		return -1;
	span_copy(value, sizeof(value), span_trim(line));
	return retry_after(value, now);
}

static int64_t
retry_standard(unsigned attempts, double random)
{
	static const int32_t waits[] = { 5, 300, 1800, 7200, 18000, 36000,
		50400, 72000, 86400 };
	enum { LAST = sizeof(waits) / sizeof(waits[0]) - 1 };
	unsigned n = attempts == 0 ? 0 : attempts - 1;
	int64_t wait = waits[n < LAST ? n : LAST] * SECOND;

	return wait + (int64_t)((double)wait * random / 2);
}

int64_t
retry_delay(enum retry_schedule how, unsigned attempts, uint32_t random)
{
	int64_t wait = FIRST;

	if (how == RETRY_STANDARD)
		return retry_standard(attempts, random / 4294967296.0);

	for (; attempts > 1 && wait < CEILING; attempts--)
		wait *= 2;
	if (wait > CEILING)
		wait = CEILING;
	return wait / 2 + (int64_t)((double)wait * (random / 4294967296.0));
}

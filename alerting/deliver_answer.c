/*
 * What the end of a request means for its destination: delivered, again
 * later, or never. Every request ends in transfer_done().
 */
#include "alerting/deliver_parts.h"

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>

#include "alerting/retry.h"
#include "alerting/prose.h"

enum { AWAY_AFTER = 5 }; /* failures in a row */
#define GONE "is gone, nothing more is sent until a reload"
#define TROUBLE_AFTER (300 * SECOND)

void
dest_tell(struct dest *t, const struct item *i, enum deliver_end end,
    int status, const char *error, int64_t now)
{
	struct deliver_result r = { i->id, end, i->attempts, now, i->next_at,
		status, error };

	t->ends[end]++;
	t->deliver->sink.result(t->deliver->sink.arg, &r);
}

static void
dest_trouble(struct dest *t, const char *words)
{
	if (words == NULL && !t->away_said)
		return;
	t->away_said = words != NULL;
	t->deliver->sink.trouble(t->deliver->sink.arg, t->name, words);
}

/* It fails for long, whether or not it is tried just now. */
void
dest_look(struct dest *t, int64_t now)
{
	char words[ERROR_SIZE + 160], since[PROSE_SPAN_SIZE];

	if (now < dest_trouble_at(t))
		return;
	snprintf(words, sizeof(words),
	    "nothing reaches %s for %s, %zu wait%s: %s", t->name,
	    prose_duration(since, now - t->failing_since), t->depth,
	    t->depth == 1 ? "s" : "", t->error);
	dest_trouble(t, words);
}

int64_t
dest_trouble_at(const struct dest *t)
{
	return t->failures == 0 || t->away_said
	    ? INT64_MAX
	    : t->failing_since + TROUBLE_AFTER;
}

static void
dest_failing(struct dest *t, const char *error, int64_t wait, int64_t now)
{
	snprintf(t->error, sizeof(t->error), "%s", error);
	if (t->failures++ == 0)
		t->failing_since = now;
	if (wait > 0 && t->paused_until < now + wait)
		t->paused_until = now + wait;
	if (t->failures >= AWAY_AFTER) {
		int64_t away = now +
		    retry_delay(RETRY_STEADY, t->failures - AWAY_AFTER + 1,
			deliver_random(t->deliver));

		t->was_away = true;
		if (t->paused_until < away)
			t->paused_until = away;
	}
	dest_look(t, now);
}

/* What waited for a destination that was away need not wait longer. */
static void
dest_back(struct dest *t)
{
	for (size_t k = 0; k < LINES; k++)
		for (struct line *l = t->line[k]; l != NULL; l = l->chain)
			if (l->first != NULL) {
				l->first->next_at = 0;
				line_schedule(t, l);
			}
}

static void
dest_well(struct dest *t)
{
	if (t->failures >= AWAY_AFTER)
		dest_back(t);
	t->failures = 0;
	t->failing_since = 0;
	t->paused_until = 0;
	t->error[0] = '\0';
	dest_trouble(t, NULL);
}

void
item_dead(struct dest *t, struct item *i, int status, const char *error,
    const char *what, int64_t now)
{
	char words[ERROR_SIZE + 160];

	dest_tell(t, i, DELIVER_DEAD, status, error, now);
	snprintf(t->error, sizeof(t->error), "%s", error);
	snprintf(words, sizeof(words), "%s %s: %s", t->name, what, error);
	dest_trouble(t, words);
}

/* One of a request's items is done with; true where it goes. */
static bool
item_done(struct dest *t, struct item *i, enum retry_verdict verdict,
    bool merged, int status, const char *error, int64_t wait, int64_t now)
{
	const char *what = "refuses alerts";

	i->attempts++;
	i->next_at = 0;
	switch (verdict) {
	case RETRY_DELIVERED:
		item_live(t, i, now);
		dest_tell(t, i, merged ? DELIVER_MERGED : DELIVER_DELIVERED,
		    status, NULL, now);
		return true;
	case RETRY_LATER:
		if (deliver_stamp(t->deliver, now) - i->created_at <
		    t->conf->give_up) {
			i->next_at = now + wait;
			dest_tell(t, i, DELIVER_RETRIED, status, error, now);
			return false;
		}
		what = "could not be reached until give-up";
		break;
	case RETRY_GONE:
		what = GONE;
		break;
	case RETRY_DEAD:
		break;
	}
	item_dead(t, i, status, error, what, now);
	return true;
}

static void
line_gone(struct dest *t, struct line *l, int64_t now)
{
	bool last = false;

	while (!last) {
		struct item *i = l->first;

		last = i == l->last; /* the line goes with it */
		item_unwait(t->deliver, i);
		item_unlink(t, i);
		item_dead(t, i, 410, "HTTP 410", GONE, now);
		item_free(i);
	}
}

/* 410: nothing more goes there until the configuration is read again. */
void
dest_gone(struct dest *t, int64_t now)
{
	struct line *l, *next;

	t->disabled = true;
	for (size_t k = 0; k < LINES; k++)
		for (l = t->line[k]; l != NULL; l = next) {
			next = l->chain;
			if (!l->busy)
				line_gone(t, l, now);
		}
}

static void
dest_end_single(struct dest *t, struct item *i, enum retry_verdict verdict,
    int status, const char *error, int64_t wait, int64_t now)
{
	struct line *l = i->line;

	l->busy = false;
	if (item_done(t, i, verdict, false, status, error, wait, now)) {
		item_unlink(t, i);
		item_free(i);
	} else {
		line_schedule(t, l);
	}
}

static void
dest_end_batch(struct dest *t, struct item *batch, enum retry_verdict verdict,
    int status, const char *error, int64_t wait, int64_t now)
{
	struct item *next, **left = &t->batch;

	t->batch = NULL;
	for (struct item *i = batch; i != NULL; i = next) {
		next = i->next;
		i->next = NULL;
		if (item_done(t, i, verdict, true, status, error, wait, now)) {
			t->depth--;
			item_free(i);
		} else {
			*left = i;
			left = &i->next;
		}
	}
	if (t->batch != NULL && t->paused_until < now + wait)
		t->paused_until = now + wait;
}

/* What went wrong, without a word of the url. */
static void
transfer_error(
    const struct transfer *x, CURLcode rc, long status, char to[ERROR_SIZE])
{
	char said[120];

	if (x->private)
		snprintf(to, ERROR_SIZE,
		    "the address is private and "
		    "deny-private is set");
	else if (status != 0 && (rc == CURLE_OK || x->too_long)) {
		prose_clean(said, sizeof(said),
		    (struct span){ x->answer, x->answer_len });
		snprintf(to, ERROR_SIZE, "%s %ld%s%s",
		    x->dest->type->mail ? "SMTP" : "HTTP", status,
		    said[0] ? ": " : "", said);
	} else {
		prose_clean(to, ERROR_SIZE,
		    span_of(x->error[0] != '\0' ? x->error
						: curl_easy_strerror(rc)));
	}
}

void
transfer_done(struct transfer *x, CURLcode rc)
{
	struct dest *t = x->dest;
	int64_t now = deliver_now(t->deliver), wait;
	enum retry_verdict verdict = RETRY_LATER;
	char error[ERROR_SIZE];
	long status = 0;

	curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
	if (rc == CURLE_OK || (x->too_long && status != 0))
		verdict = retry_judge(status, t->type->mail);
	else if (t->type->mail && status >= 500)
		verdict = RETRY_DEAD;
	transfer_error(x, rc, status, error);
	if (x->wait == -1 && (status == 429 || status == 503))
		x->wait = retry_after_json(x->answer, x->answer_len);
	wait = x->wait > 0
	    ? x->wait
	    : retry_delay(t->conf != NULL ? t->conf->retry : RETRY_STEADY,
		  x->item != NULL ? x->item->attempts + 1 : 1,
		  deliver_random(t->deliver));
	t->active--;
	if (verdict == RETRY_LATER)
		dest_failing(t, error, x->wait, now);
	else if (verdict == RETRY_DELIVERED)
		dest_well(t);
	if (x->batch != NULL)
		dest_end_batch(
		    t, x->batch, verdict, (int)status, error, wait, now);
	else if (x->item != NULL)
		dest_end_single(
		    t, x->item, verdict, (int)status, error, wait, now);
	if (verdict == RETRY_GONE)
		dest_gone(t, now);
	transfer_free(x);
	dest_pump(t, now);
	deliver_schedule(t->deliver, now);
}

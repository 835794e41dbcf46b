/*
 * ikewatch show: one negotiation, with the records of both ends in order of
 * receipt where both firewalls log here.
 */
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/changed.h"
#include "daemon/cli.h"
#include "daemon/story.h"
#include "storage/query.h"

enum { SHOW_EVENTS = 5000 };

struct shown {
	struct query_negotiation negotiation, other, good;
	char changed[CHANGED_SIZE];
	struct story_event *event;
	size_t n;
};

static char *
show_copy(struct span s)
{
	char *text = malloc(s.len + 1);

	if (text != NULL)
		span_copy(text, s.len + 1, s);
	return text;
}

static void
show_word(char *to, size_t size, struct query *q, int column)
{
	span_copy(to, size, query_text(q, column));
}

static void
show_event(struct query *q, const struct shown *s, struct story_event *e)
{
	char word[48];

	memset(e, 0, sizeof(*e));
	e->at = query_int(q, EVENTS_AT);
	e->other = query_int(q, EVENTS_NEGOTIATION) != s->negotiation.n.id;
	e->device = e->other ? s->other.device : s->negotiation.device;
	show_word(word, sizeof(word), q, EVENTS_EVENT);
	e->what = ike_what_named(word);
	show_word(word, sizeof(word), q, EVENTS_STAGE);
	e->stage = ike_stage_named(word);
	show_word(word, sizeof(word), q, EVENTS_REASON);
	e->reason = ike_reason_named(word);
	e->text = show_copy(query_text(q, EVENTS_MESSAGE));
}

static int
show_events(struct query *q, struct shown *s)
{
	struct query_filter f = { .id = s->negotiation.n.id,
		.limit = SHOW_EVENTS };

	s->event = calloc(SHOW_EVENTS, sizeof(*s->event));
	if (s->event == NULL || query_ask(q, QUERY_EVENTS, &f) == -1)
		return -1;
	while (s->n < SHOW_EVENTS && query_next(q))
		show_event(q, s, &s->event[s->n++]);
	return query_error(q) == NULL ? 0 : -1;
}

static int
show_changed(struct query *q, struct shown *s)
{
	int found = changed_good(q, &s->negotiation.n, &s->good);

	if (found == 1)
		changed_facts(s->changed, &s->good.n, &s->negotiation.n);
	return found;
}

static void
show_print(struct cli *cli, const struct shown *s)
{
	struct story story = {
		.n = &s->negotiation.n, .event = s->event, .nevents = s->n
	};

	if (s->other.n.id != 0)
		story.other_device = s->other.device;
	if (s->good.n.id != 0) {
		story.good = &s->good.n;
		story.changed = s->changed;
	}
	if (cli->term.format == TERM_JSON) {
		story_json(&cli->term, &story);
		return;
	}
	term_page(&cli->term);
	story_text(&cli->term, &story);
}

static int
show_one(struct cli *cli, struct query *q, int64_t id)
{
	struct shown s;
	int code = EX_OK, found;

	memset(&s, 0, sizeof(s));
	found = query_negotiation(q, id, &s.negotiation);
	if (found == 0)
		return cli_fail(EX_DATAERR,
		    "there is no negotiation %lld; \"ikewatch history\" lists "
		    "them",
		    (long long)id);
	if (found == -1 ||
	    (s.negotiation.n.other_end != 0 &&
		query_negotiation(q, s.negotiation.n.other_end, &s.other) ==
		    -1) ||
	    show_events(q, &s) == -1 || show_changed(q, &s) == -1)
		code = cli_fail(EX_IOERR, "cannot read the database%s%s",
		    query_error(q) == NULL ? "" : ": ",
		    query_error(q) == NULL ? "" : query_error(q));
	else
		show_print(cli, &s);
	for (size_t i = 0; i < s.n; i++)
		free((char *)s.event[i].text);
	free(s.event);
	return code;
}

int
show_main(struct cli *cli)
{
	int64_t id = cli_number(cli->argv[0]);
	struct query *q;
	int code;

	if (id == -1)
		return cli_fail(EX_USAGE,
		    "show wants the number of a negotiation, not \"%s\"",
		    cli->argv[0]);
	if ((q = cli_open(cli, &code)) == NULL)
		return code;
	code = show_one(cli, q, id);
	query_close(q);
	return code;
}

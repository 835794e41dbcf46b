/*
 * Replays: tests/replay/STORY.rpl, records with times and what must come of
 * them, through the daemon's pipeline with a clock that only the file turns.
 *
 *	+2s 192.0.2.10 <30>charon: 06[IKE] ...	a record, and who sent it
 *	+61s					time passes
 *	negotiation PEER KIND OUTCOME[:REASON]	there is one
 *	differs PEER TEXT			and this differs
 *	refused PEER here|peer
 *	suspect PEER REASON
 *	joined N				negotiations with an other end
 *	tunnel PEER STATE
 *	negotiations N, failed N, downs N, unattached N
 *
 * Times count from the line before. KIND is ike or child.
 */
#include <arpa/inet.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/pipeline.h"

enum { NEGOTIATIONS = 1024, TUNNELS = 256 };

struct replay {
	const char *path;
	int line;
	struct pipeline *p;
	int64_t now;
	struct ike_negotiation n[NEGOTIATIONS];
	char differs[NEGOTIATIONS][IKE_DIFFERS_SIZE];
	bool gone[NEGOTIATIONS];
	size_t nn;
	struct ike_tunnel t[TUNNELS];
	size_t nt;
	unsigned downs, unattached;
};

static unsigned failures;

static void
on_negotiation(
    void *arg, const struct ike_negotiation *n, unsigned changed, int64_t now)
{
	struct replay *r = arg;
	size_t i = 0;

	(void)changed;
	(void)now;
	while (i < r->nn && r->n[i].id != n->id)
		i++;
	if (i == NEGOTIATIONS)
		return;
	if (i == r->nn)
		r->nn++;
	r->n[i] = *n;
	snprintf(r->differs[i], IKE_DIFFERS_SIZE, "%s",
	    n->differs == NULL ? "" : n->differs);
}

static void
on_tunnel(void *arg, const struct ike_tunnel *t, enum ike_tunnel_state from,
    int64_t now)
{
	struct replay *r = arg;
	size_t i = 0;

	(void)now;
	while (i < r->nt && r->t[i].id != t->id)
		i++;
	if (i == TUNNELS)
		return;
	if (i == r->nt)
		r->nt++;
	r->t[i] = *t;
	if (t->state == IKE_TUNNEL_DOWN && from != IKE_TUNNEL_DOWN)
		r->downs++;
}

static void
on_joined(void *arg, int64_t gone, int64_t into)
{
	struct replay *r = arg;

	(void)into;
	for (size_t i = 0; i < r->nn; i++)
		if (r->n[i].id == gone)
			r->gone[i] = true;
}

static void
on_record(void *arg, const struct pipeline_seen *seen)
{
	struct replay *r = arg;

	if (seen->result == PIPELINE_EVENT && seen->negotiation == NULL &&
	    (seen->event->what == IKE_FAILED ||
		seen->event->what == IKE_DELETED))
		r->unattached++;
}

static void
fail(const struct replay *r, const char *what)
{
	failures++;
	printf("# %s:%d: %s\n", r->path, r->line, what);
	for (size_t i = 0; i < r->nn; i++)
		if (!r->gone[i])
			printf("#   %s %s %s %s:%s\n", r->n[i].device,
			    r->n[i].peer, ike_kind_name(r->n[i].kind),
			    ike_outcome_name(r->n[i].outcome),
			    ike_reason_name(r->n[i].reason));
	for (size_t i = 0; i < r->nt; i++)
		printf("#   tunnel %s %s %s %s\n", r->t[i].device, r->t[i].peer,
		    r->t[i].name, ike_tunnel_state_name(r->t[i].state));
}

static void
advance(struct replay *r, int64_t to)
{
	int64_t due;

	while ((due = pipeline_due(r->p)) <= to) {
		if (due > r->now)
			r->now = due;
		pipeline_tick(r->p, r->now);
	}
	r->now = to;
	pipeline_tick(r->p, r->now);
}

static void
do_record(struct replay *r, char *text)
{
	char *rest = NULL, *bytes = NULL;
	double seconds = strtod(text, &rest);
	struct pipeline_input in = { .transport = "udp" };
	struct in_addr v4;
	char *addr;

	advance(r, r->now + (int64_t)(seconds * 1e6));
	addr = rest + strspn(rest, "s ");
	if (*addr == '\0')
		return;
	bytes = addr + strcspn(addr, " ");
	if (*bytes != '\0')
		*bytes++ = '\0';
	if (inet_pton(AF_INET, addr, &v4) != 1) {
		fail(r, "no address");
		return;
	}
	in.via.s6_addr[10] = in.via.s6_addr[11] = 0xff;
	memcpy(&in.via.s6_addr[12], &v4, 4);
	in.bytes = span_of(bytes + strspn(bytes, " "));
	in.now = r->now;
	pipeline_frame(r->p, &in);
}

static bool
reason_is(enum ike_reason have, const char *want)
{
	return want == NULL || strcmp(ike_reason_name(have), want) == 0;
}

static bool
find_negotiation(
    const struct replay *r, const char *peer, const char *kind, char *outcome)
{
	char *reason = strchr(outcome, ':');

	if (reason != NULL)
		*reason++ = '\0';
	for (size_t i = 0; i < r->nn; i++)
		if (!r->gone[i] && strcmp(r->n[i].peer, peer) == 0 &&
		    strcmp(ike_kind_name(r->n[i].kind), kind) == 0 &&
		    strcmp(ike_outcome_name(r->n[i].outcome), outcome) == 0 &&
		    reason_is(r->n[i].reason, reason))
			return true;
	return false;
}

static unsigned
count(const struct replay *r, const char *what)
{
	unsigned n = 0;

	for (size_t i = 0; i < r->nn; i++)
		if (r->gone[i])
			continue;
		else if (strcmp(what, "negotiations") == 0)
			n++;
		else if (strcmp(what, "failed") == 0)
			n += r->n[i].outcome == IKE_FAILURE ||
			    r->n[i].outcome == IKE_STALL;
		else if (strcmp(what, "joined") == 0)
			n += r->n[i].other_end != 0;
	if (strcmp(what, "downs") == 0)
		n = r->downs;
	if (strcmp(what, "unattached") == 0)
		n = r->unattached;
	return n;
}

/* The words about one peer's negotiations that are no outcome. */
static bool
about_peer(const struct replay *r, const char *word, const char *peer,
    const char *text)
{
	for (size_t i = 0; i < r->nn; i++) {
		const struct ike_negotiation *n = &r->n[i];

		if (strcmp(n->peer, peer) != 0 || r->gone[i])
			continue;
		if (strcmp(word, "differs") == 0 &&
		    strcmp(r->differs[i], text) == 0)
			return true;
		if (strcmp(word, "refused") == 0 &&
		    n->refused_by ==
			(strcmp(text, "here") == 0 ? IKE_REFUSED_HERE
						   : IKE_REFUSED_PEER))
			return true;
		if (strcmp(word, "suspect") == 0 &&
		    (n->suspects & IKE_BIT(ike_reason_named(text))) != 0)
			return true;
	}
	return false;
}

static bool
tunnel_is(const struct replay *r, const char *peer, const char *state)
{
	for (size_t i = 0; i < r->nt; i++)
		if (strcmp(r->t[i].peer, peer) == 0 &&
		    strcmp(ike_tunnel_state_name(r->t[i].state), state) == 0)
			return true;
	return false;
}

static void
do_expect(struct replay *r, char *text)
{
	char word[32] = "", a[128] = "", b[400] = "", c[64] = "";
	int used = 0;

	if (sscanf(text, "%31s %127s %n", word, a, &used) < 2) {
		fail(r, "not understood");
		return;
	}
	snprintf(b, sizeof(b), "%s", text + used);
	if (strcmp(word, "negotiation") == 0) {
		if (sscanf(text + used, "%399s %63s", b, c) != 2 ||
		    !find_negotiation(r, a, b, c))
			fail(r, "no such negotiation");
	} else if (strcmp(word, "tunnel") == 0) {
		if (!tunnel_is(r, a, b))
			fail(r, "no such tunnel");
	} else if (strcmp(word, "differs") == 0 ||
	    strcmp(word, "refused") == 0 || strcmp(word, "suspect") == 0) {
		if (!about_peer(r, word, a, b)) {
			for (size_t i = 0; i < r->nn; i++)
				if (r->differs[i][0] != '\0')
					printf(
					    "#   differs: %s\n", r->differs[i]);
			fail(r, "that was not said");
		}
	} else if (count(r, word) != strtoul(a, NULL, 10)) {
		printf("#   counted %u\n", count(r, word));
		fail(r, "another number");
	}
}

static void
replay(const char *path)
{
	struct replay *r = calloc(1, sizeof(*r));
	struct pipeline_conf conf;
	struct pipeline_sink sink = { .arg = r,
		.record = on_record,
		.tracker = { r, on_negotiation, on_tunnel, on_joined } };
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t size = 0;

	pipeline_conf_defaults(&conf);
	if (r == NULL || f == NULL ||
	    (r->p = pipeline_new(&conf, &sink)) == NULL) {
		perror(path);
		exit(1);
	}
	r->path = path;
	r->now = INT64_C(1700000000) * 1000000;
	while (getline(&line, &size, f) > 0) {
		r->line++;
		line[strcspn(line, "\n")] = '\0';
		if (*line == '+')
			do_record(r, line + 1);
		else if (*line != '#' && *line != '\0')
			do_expect(r, line);
	}
	free(line);
	fclose(f);
	pipeline_free(r->p);
	free(r);
}

int
main(int argc, char **argv)
{
	glob_t files;
	unsigned n = 0;

	for (int i = 1; i < argc; i++, n++)
		replay(argv[i]);
	if (argc == 1 && glob("tests/replay/*.rpl", 0, NULL, &files) == 0) {
		printf("1..%zu\n", files.gl_pathc);
		for (size_t i = 0; i < files.gl_pathc; i++, n++) {
			unsigned before = failures;

			replay(files.gl_pathv[i]);
			printf("%s %zu - %s\n",
			    before == failures ? "ok" : "not ok", i + 1,
			    files.gl_pathv[i]);
		}
		globfree(&files);
	}
	return failures == 0 && n > 0 ? 0 : 1;
}

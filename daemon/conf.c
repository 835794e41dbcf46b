/*
 * The configuration as a whole: read, checked part by part, freed; its
 * complaints. The one rule: every complaint names file, line and option, and
 * what to do.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "daemon/conf_parts.h"
#include "daemon/options.h"
#include "daemon/zonefile.h"

void
conf_fail(struct conf_memory *m, int code, const char *fmt, ...)
{
	va_list ap;

	if (m->failed)
		return;
	m->failed = true;
	m->code = code;
	va_start(ap, fmt);
	(void)vsnprintf(m->err, m->errsize, fmt, ap);
	va_end(ap);
}

void
conf_complain(struct conf_memory *m, cfg_t *section, const char *option,
    const char *fmt, ...)
{
	const char *file = m->file[m->read - 1];
	int line = section->line;
	char text[400];
	va_list ap;
	size_t i;

	for (i = 0; i < m->nplaces; i++) {
		if (m->place[i].section == section &&
		    strcmp(m->place[i].option, option == NULL ? "" : option) ==
			0) {
			file = m->place[i].file;
			line = m->place[i].line;
		}
	}
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	conf_fail(m, EX_CONFIG, "%s:%d: %s%s%s: %s", file, line,
	    strcmp(section->name, "root") == 0 ? "" : section->name,
	    strcmp(section->name, "root") == 0 || option == NULL ? "" : " ",
	    option == NULL ? "" : option, text);
}

void *
conf_alloc(struct conf_memory *m, size_t n, size_t size)
{
	void **block = realloc(m->block, (m->nblocks + 1) * sizeof(*block));
	void *p;

	if (block == NULL)
		goto fail;
	m->block = block;
	p = calloc(n == 0 ? 1 : n, size);
	if (p == NULL)
		goto fail;
	m->block[m->nblocks++] = p;
	return p;
fail:
	conf_fail(m, EX_OSERR, "configuration: out of memory");
	return NULL;
}

bool
conf_option(size_t i, struct conf_row *row)
{
	if (i >= option_count)
		return false;
	*row = (struct conf_row){ option_rows[i].section, option_rows[i].name,
		option_rows[i].standard, option_rows[i].help };
	return true;
}

/* "ike_auth=30s" */
static void
conf_stall_stage(struct conf *c, cfg_t *section, const char *text)
{
	const char *equals = strchr(text, '=');
	enum ike_stage stage = IKE_STAGE_NONE;
	char name[40] = "";
	int64_t time;

	if (equals != NULL && (size_t)(equals - text) < sizeof(name)) {
		memcpy(name, text, (size_t)(equals - text));
		name[equals - text] = '\0';
		stage = ike_stage_named(name);
	}
	if (stage == IKE_STAGE_NONE || !conf_duration(equals + 1, &time)) {
		conf_complain(c->memory, section, "stall-stage",
		    "\"%s\" is not a stage and a time; write "
		    "\"ike_auth=30s\"",
		    text);
		return;
	}
	c->pipeline.tracker.stall_after[stage] = time;
}

static void
conf_make_pipeline(struct conf *c, cfg_t *track)
{
	struct tracker_conf *t = &c->pipeline.tracker;
	size_t i;

	pipeline_conf_defaults(&c->pipeline);
	if (track != NULL && cfg_size(track, "stall-after") > 0)
		for (i = 0; i < IKE_STAGE_COUNT; i++)
			t->stall_after[i] = c->track.stall_after;
	for (i = 0; i < c->track.stall_stage.n; i++)
		conf_stall_stage(c, track, c->track.stall_stage.item[i]);
	t->rekey_grace = c->track.rekey_grace;
	t->max_open = (size_t)c->limits.negotiations;
	t->max_peer = (size_t)c->limits.negotiations_per_peer;
	c->pipeline.keep_all = c->store.keep == CONF_KEEP_ALL;
	c->pipeline.stream_only = c->track.stream_only;
	c->pipeline.duplicates = c->track.duplicates;
	c->pipeline.sources = (struct source_conf){ c->source_device,
		c->ndevices, c->relay_net, c->nrelays, false, NULL };
}

static void
conf_build(struct conf *c)
{
	struct conf_memory *m = c->memory;
	cfg_t *track, *store;

	conf_fill(m, m->cfg, "", &c->global);
	store = conf_single(m, "store", &c->store);
	track = conf_single(m, "track", &c->track);
	(void)conf_single(m, "limits", &c->limits);
	if (c->store.path[0] != '/')
		conf_complain(m, store, "path", "\"%s\" does not begin with /",
		    c->store.path);
	conf_http(c);
	conf_listeners(c);
	conf_relays(c);
	conf_devices(c);
	conf_tunnels(c);
	if (m->failed)
		return;
	conf_make_pipeline(c, track);
	conf_alerts(c);
}

struct conf *
conf_read(const char *path, char *err, size_t errsize, int *code)
{
	struct conf *c = calloc(1, sizeof(*c));
	struct conf_memory *m = calloc(1, sizeof(*m));

	*code = EX_OSERR;
	(void)snprintf(err, errsize, "configuration: out of memory");
	if (c == NULL || m == NULL) {
		free(c);
		free(m);
		return NULL;
	}
	c->memory = m;
	m->err = err;
	m->errsize = errsize;
	m->code = EX_OSERR;
	if (conf_parse(m, path) == 0)
		conf_build(c);
	else
		m->failed = true;
	if (m->failed) {
		*code = m->code;
		conf_free(c);
		return NULL;
	}
	*code = EX_OK;
	return c;
}

void
conf_free(struct conf *c)
{
	struct conf_memory *m;
	size_t i;

	if (c == NULL)
		return;
	m = c->memory;
	if (m->cfg != NULL)
		cfg_free(m->cfg);
	for (i = 0; i < m->nfiles; i++)
		free(m->file[i]);
	for (i = 0; i < m->nzones; i++)
		zonefile_free(m->zone[i]);
	for (i = 0; i < m->nblocks; i++)
		free(m->block[i]);
	free(m->block);
	free(m->place);
	free(m);
	free(c);
}

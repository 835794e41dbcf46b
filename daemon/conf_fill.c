/*
 * Sections into plain structs, by the option table. The one rule: what is not
 * written has its default from there.
 */
#include <string.h>

#include "daemon/conf_parts.h"
#include "daemon/options.h"

static void
conf_fill_list(struct conf_memory *m, cfg_opt_t *opt, struct alert_list *list)
{
	unsigned i, n = cfg_opt_size(opt);
	const char **item;

	if (n == 0)
		return;
	item = conf_alloc(m, n, sizeof(*item));
	if (item == NULL)
		return;
	for (i = 0; i < n; i++)
		item[i] = cfg_opt_getnstr(opt, i);
	*list = (struct alert_list){ item, n };
}

static void
conf_fill_value(const struct option_row *row, const char *text, char *to)
{
	double n = 0;

	(void)conf_value(row, text, &n);
	switch (row->type) {
	case OPTION_STR:
		*(const char **)(void *)to = text;
		break;
	case OPTION_TIME:
		(void)conf_duration(text, (int64_t *)(void *)to);
		break;
	case OPTION_SIZE:
		(void)conf_size(text, (int64_t *)(void *)to);
		break;
	case OPTION_INT:
	case OPTION_CHOICE:
		*(int *)(void *)to = (int)n;
		break;
	case OPTION_NUMBER:
		*(double *)(void *)to = n;
		break;
	case OPTION_BOOL:
		*(bool *)(void *)to = n != 0;
		break;
	case OPTION_LIST:
		break;
	}
}

void
conf_fill(struct conf_memory *m, cfg_t *section, const char *name, void *to)
{
	const struct option_row *row;
	cfg_opt_t *opt;
	const char *text;
	size_t i;

	for (i = 0; i < option_count; i++) {
		row = &option_rows[i];
		if (strcmp(row->section, name) != 0)
			continue;
		opt = section == NULL ? NULL : cfg_getopt(section, row->name);
		if (row->type == OPTION_LIST) {
			if (opt != NULL)
				conf_fill_list(m, opt,
				    (struct alert_list *)(void *)((char *)to +
					row->offset));
			continue;
		}
		text = opt == NULL || cfg_opt_size(opt) == 0
		    ? NULL
		    : cfg_opt_getnstr(opt, 0);
		if (text == NULL)
			text = row->standard;
		if (text != NULL)
			conf_fill_value(row, text, (char *)to + row->offset);
	}
}

void *
conf_sections(struct conf_memory *m, const char *name, size_t size, size_t *n)
{
	char *array;
	size_t i;

	*n = cfg_size(m->cfg, name);
	array = conf_alloc(m, *n, size);
	for (i = 0; array != NULL && i < *n; i++)
		conf_fill(m, cfg_getnsec(m->cfg, name, (unsigned)i), name,
		    array + i * size);
	return array;
}

cfg_t *
conf_single(struct conf_memory *m, const char *name, void *to)
{
	unsigned n = cfg_size(m->cfg, name);
	cfg_t *section = n == 0 ? NULL : cfg_getnsec(m->cfg, name, n - 1);

	if (n > 1)
		conf_complain(
		    m, section, NULL, "a second section; put both into one");
	conf_fill(m, section, name, to);
	return section;
}

/*
 * Rows in three forms. In text they are held back until the end, so that
 * columns are as wide as they must be; the widest give way where a page is
 * narrower.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon/term.h"
#include "daemon/term_utf8.h"

enum {
	TABLE_CELL = 160,   /* bytes of a cell kept in text */
	TABLE_HELD = 20000, /* rows held back; then they are printed */
	TABLE_COLUMNS = 40,
	TABLE_GAP = 2,
	TABLE_WIDE = 120, /* columns that have room for whole times */
};

struct table_row {
	enum term_style style;
	char **cell;
};

struct table {
	struct term *t;
	const struct column *column;
	size_t n, at;
	size_t width[TABLE_COLUMNS];
	struct table_row *rows;
	size_t held, size, all, gap;
	bool head; /* was printed */
};

struct table *
table_new(struct term *t, const struct column *column, size_t n)
{
	struct table *b;

	if (n == 0 || n > TABLE_COLUMNS || (b = calloc(1, sizeof(*b))) == NULL)
		return NULL;
	b->t = t;
	b->column = column;
	b->n = n;
	b->gap = TABLE_GAP;
	return b;
}

void
csv_cell(FILE *out, struct span s)
{
	bool formula =
	    s.len > 0 && s.p[0] != '\0' && strchr("=+-@\t\r", s.p[0]) != NULL;
	char buf[2048];
	bool quote;

	/* Escaped as on a terminal: a cell may be looked at in one. */
	term_escape(buf, sizeof(buf), s);
	quote = strpbrk(buf, "\",") != NULL || buf[0] == ' ';
	if (quote)
		fputc('"', out);
	if (formula)
		fputc('\'', out);
	for (const char *p = buf; *p != '\0'; p++) {
		if (*p == '"')
			fputc('"', out);
		fputc(*p, out);
	}
	if (quote)
		fputc('"', out);
}

static void
table_csv_head(struct table *b)
{
	for (size_t i = 0; i < b->n; i++)
		fprintf(
		    b->t->out, "%s%s", i == 0 ? "" : ",", b->column[i].name);
	fputs("\r\n", b->t->out);
	b->head = true;
}

static bool
table_row_begin(struct table *b)
{
	struct table_row *grown;
	size_t size;

	if (b->held == b->size) {
		size = b->size == 0 ? 64 : b->size * 2;
		grown = realloc(b->rows, size * sizeof(*grown));
		if (grown == NULL)
			return false;
		b->rows = grown;
		b->size = size;
	}
	b->rows[b->held] =
	    (struct table_row){ TERM_PLAIN, calloc(b->n, sizeof(char *)) };
	if (b->rows[b->held].cell == NULL)
		return false;
	b->held++;
	return true;
}

/* A cell of the row in text form: kept. */
static void
table_hold(struct table *b, const char *escaped)
{
	const struct column *c = &b->column[b->at];
	size_t columns = term_columns(escaped);

	if (b->at == 0 && !table_row_begin(b))
		return;
	if (c->title == NULL || b->held == 0)
		return;
	b->rows[b->held - 1].cell[b->at] = strdup(escaped);
	if (columns > b->width[b->at])
		b->width[b->at] = columns;
}

static void table_flush(struct table *);

/* One more cell is in; the last one closes its row. */
static void
table_next(struct table *b)
{
	if (++b->at < b->n)
		return;
	b->at = 0;
	b->all++;
	if (b->t->format == TERM_JSON)
		json_end(b->t, '}');
	else if (b->t->format == TERM_CSV)
		fputs("\r\n", b->t->out);
	else if (b->held == TABLE_HELD)
		table_flush(b);
}

/* A cell that text does not show; nothing is made of its value. */
static bool
table_hides(struct table *b)
{
	if (b->t->format != TERM_TEXT || b->column[b->at].title != NULL)
		return false;
	table_hold(b, "");
	table_next(b);
	return true;
}

static void
table_before(struct table *b)
{
	if (b->t->format == TERM_JSON && b->at == 0)
		json_begin(b->t, NULL, '{');
	if (b->t->format == TERM_CSV && !b->head)
		table_csv_head(b);
	if (b->t->format == TERM_CSV && b->at > 0)
		fputc(',', b->t->out);
}

static void
table_json_list(struct term *t, const char *name, struct span s)
{
	json_begin(t, name, '[');
	/* The database keeps a JSON array of plain words. */
	if (span_starts(s, "[") && span_ends(s, "]"))
		s = (struct span){ s.p + 1, s.len - 2 };
	while (s.len > 0) {
		const char *comma = memchr(s.p, ',', s.len);
		struct span word = comma == NULL ? s : span_to(s, comma);

		s = comma == NULL ? SPAN_NONE : span_from(s, word.len + 1);
		word = span_unquote(span_trim(word));
		if (word.len > 0)
			json_text(t, NULL, word);
	}
	json_end(t, ']');
}

/* ["one","two"] is one,two for people and spreadsheets. */
static struct span
table_list(char *to, size_t size, struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.len && n < size; i++)
		if (strchr("[]\"", s.p[i]) == NULL)
			to[n++] = s.p[i];
	return (struct span){ to, n };
}

void
table_text(struct table *b, struct span s)
{
	const struct column *c = &b->column[b->at];
	char text[TABLE_CELL], list[1024];

	if (table_hides(b))
		return;
	table_before(b);
	if (c->kind == COLUMN_LIST && b->t->format != TERM_JSON)
		s = table_list(list, sizeof(list), s);
	if (b->t->format == TERM_JSON) {
		if (c->kind == COLUMN_LIST)
			table_json_list(b->t, c->name, s);
		else
			json_text(b->t, c->name, s);
	} else if (b->t->format == TERM_CSV)
		csv_cell(b->t->out, s);
	else {
		term_escape(text, sizeof(text), s);
		table_hold(b, s.len == 0 ? "-" : text);
	}
	table_next(b);
}

void
table_str(struct table *b, const char *s)
{
	table_text(b, span_of(s));
}

void
table_null(struct table *b)
{
	table_text(b, SPAN_NONE);
}

void
table_int(struct table *b, int64_t n)
{
	const struct column *c = &b->column[b->at];
	char text[TERM_TIME_SIZE];

	if (table_hides(b))
		return;
	table_before(b);
	if (c->kind == COLUMN_DURATION && b->t->format == TERM_TEXT)
		term_duration(text, n);
	else if (c->kind == COLUMN_DURATION)
		snprintf(text, sizeof(text), "%.3f", (double)n / 1e6);
	else
		snprintf(text, sizeof(text), "%lld", (long long)n);
	if (b->t->format == TERM_JSON && c->kind == COLUMN_DURATION)
		json_double(b->t, c->name, (double)n / 1e6);
	else if (b->t->format == TERM_JSON)
		json_int(b->t, c->name, n);
	else if (b->t->format == TERM_CSV)
		fputs(text, b->t->out);
	else
		table_hold(b, text);
	table_next(b);
}

void
table_real(struct table *b, double d)
{
	char text[TERM_TIME_SIZE];

	if (b->t->format != TERM_JSON) {
		snprintf(text, sizeof(text), "%.3f", d);
		table_str(b, text);
		return;
	}
	table_before(b);
	json_double(b->t, b->column[b->at].name, d);
	table_next(b);
}

void
table_time(struct table *b, int64_t us)
{
	char text[TERM_TIME_SIZE];

	if (table_hides(b))
		return;
	if (us == 0) {
		table_null(b);
		return;
	}
	if (b->t->format == TERM_TEXT && b->t->width < TABLE_WIDE)
		term_time_short(text, us);
	else if (b->t->format == TERM_TEXT)
		term_time_local(text, us);
	else
		term_time_utc(text, us);
	table_str(b, text);
}

void
table_style(struct table *b, enum term_style style)
{
	if (b->t->format == TERM_TEXT && b->held > 0)
		b->rows[b->held - 1].style = style;
}

static size_t
table_total(const struct table *b)
{
	size_t total = 0;

	for (size_t i = 0; i < b->n; i++)
		if (b->column[i].title != NULL)
			total += b->width[i] + (total == 0 ? 0 : b->gap);
	return total;
}

/* Takes from the widest that may give way, until the page holds it. */
static void
table_squeeze(struct table *b)
{
	if (table_total(b) > (size_t)b->t->width)
		b->gap = 1;
	for (;;) {
		size_t widest = b->n;

		if (table_total(b) <= (size_t)b->t->width)
			return;
		for (size_t i = 0; i < b->n; i++) {
			const struct column *c = &b->column[i];

			if (c->title == NULL || c->least == 0 ||
			    b->width[i] <= c->least)
				continue;
			if (widest == b->n || b->width[i] > b->width[widest])
				widest = i;
		}
		if (widest == b->n)
			return;
		b->width[widest]--;
	}
}

/* Times of narrow pages are by one offset, which stands at the top. */
static const char *
table_title(const struct table *b, size_t i, char to[80])
{
	char offset[TERM_TIME_SIZE] = "";

	if (b->column[i].kind == COLUMN_TIME && b->t->width < TABLE_WIDE)
		term_time_offset(offset);
	snprintf(to, 80, "%s%s%s", b->column[i].title,
	    offset[0] == '\0' ? "" : " ", offset);
	return to;
}

/* Numbers stand under each other by their last digit. */
static bool
table_right(const struct table *b, size_t i)
{
	return b->column[i].kind == COLUMN_INT ||
	    b->column[i].kind == COLUMN_DURATION;
}

static void
table_pad(struct table *b, size_t n)
{
	static const char blanks[] = "                                ";

	for (size_t k; n > 0; n -= k) {
		k = n < sizeof(blanks) - 1 ? n : sizeof(blanks) - 1;
		fwrite(blanks, 1, k, b->t->out);
	}
}

static void
table_cell_print(struct table *b, size_t i, const char *text, bool last)
{
	size_t columns = term_columns(text), width = b->width[i], pad;
	const char *dots = b->t->signs->dots;
	char cut[TABLE_CELL + 8];

	if (columns > width) {
		snprintf(cut, sizeof(cut), "%.*s%s",
		    (int)term_fit(text, width - term_columns(dots)), text,
		    dots);
		text = cut;
		/* a wide letter that did not fit leaves one more */
		columns = term_columns(cut);
	}
	pad = width > columns ? width - columns : 0;
	if (table_right(b, i))
		table_pad(b, pad);
	fputs(text, b->t->out);
	if (!last)
		table_pad(b, b->gap + (table_right(b, i) ? 0 : pad));
}

/* A row, or the titles where cell is NULL. */
static void
table_line(struct table *b, char *const *cell)
{
	size_t last = b->n;
	char title[80];

	for (size_t i = 0; i < b->n; i++)
		if (b->column[i].title != NULL)
			last = i;
	for (size_t i = 0; i < b->n; i++) {
		const char *text;

		if (b->column[i].title == NULL)
			continue;
		if (cell == NULL)
			text = table_title(b, i, title);
		else
			text = cell[i] == NULL ? "" : cell[i];
		table_cell_print(b, i, text, i == last);
	}
	fputc('\n', b->t->out);
}

static void
table_widths(struct table *b)
{
	char title[80];

	for (size_t i = 0; i < b->n; i++) {
		size_t n;

		if (b->column[i].title == NULL)
			continue;
		n = strlen(table_title(b, i, title));
		if (n > b->width[i])
			b->width[i] = n;
	}
	table_squeeze(b);
}

static void
table_flush(struct table *b)
{
	if (!b->head) {
		table_widths(b);
		term_style(b->t, TERM_BOLD);
		if (b->held > 0)
			table_line(b, NULL);
		term_style(b->t, TERM_PLAIN);
		b->head = true;
	}
	for (size_t r = 0; r < b->held; r++) {
		term_style(b->t, b->rows[r].style);
		table_line(b, b->rows[r].cell);
		if (b->rows[r].style != TERM_PLAIN)
			term_style(b->t, TERM_PLAIN);
		for (size_t i = 0; i < b->n; i++)
			free(b->rows[r].cell[i]);
		free(b->rows[r].cell);
	}
	b->held = 0;
}

size_t
table_end(struct table *b)
{
	size_t all = b->all;

	if (b->t->format == TERM_TEXT)
		table_flush(b);
	else if (b->t->format == TERM_CSV && !b->head)
		table_csv_head(b);
	free(b->rows);
	free(b);
	return all;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The footer: schema and row groups. Field numbers are those of parquet.thrift. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "wire/parquet_impl.h"

enum { SCHEMA_DEPTH_MAX = 16, COLUMNS_MAX = 65536 };

enum repetition { REQUIRED, OPTIONAL, REPEATED };

struct node {
	int64_t type, repetition, children; /* type -1: a group */
	char name[256];
};

/* The way from the root to the node under work. */
struct walk {
	unsigned depth;
	struct {
		uint64_t left; /* children still to come */
		unsigned def, rep, list_def;
		size_t path_len; /* of path, with this level's name */
		bool top;	 /* the root: its name counts for nothing */
	} level[SCHEMA_DEPTH_MAX];
	char *top_name;
	struct buf path;
};

static void parse_node(struct thrift *t, struct node *n)
{
	struct thrift_field f = {0};

	*n = (struct node){.type = -1};
	while (thrift_next(t, &f)) {
		size_t len;
		const char *s;

		switch (f.id) {
		case 1:
			n->type = thrift_int(t, &f);
			break;
		case 3:
			n->repetition = thrift_int(t, &f);
			break;
		case 4:
			s = thrift_binary(t, &f, &len);
			text_clean(n->name, sizeof(n->name), s, len);
			break;
		case 5:
			n->children = thrift_int(t, &f);
			break;
		default:
			thrift_skip(t, &f);
		}
	}
}

static void add_leaf(struct parquet *p, const struct node *n, const char *top, const char *path,
		     const unsigned *def_rep_list)
{
	struct parquet_column *c;

	if ((p->ncolumns & (p->ncolumns - 1)) == 0)
		p->column = xrealloc(p->column, p->ncolumns ? 2 * p->ncolumns : 1, sizeof(*c));
	c = &p->column[p->ncolumns++];
	*c = (struct parquet_column){
		.name = xstrdup(top),
		.path = xstrdup(path),
		.type = (enum parquet_type)n->type,
		.max_def = (uint8_t)def_rep_list[0],
		.max_rep = (uint8_t)def_rep_list[1],
		.list_def = (uint8_t)def_rep_list[2],
	};
}

/* Takes one node below the root; false with t->error. */
static bool place_node(struct parquet *p, struct thrift *t, struct walk *w, const struct node *n)
{
	unsigned at = w->depth - 1;
	unsigned def = w->level[at].def + (n->repetition != REQUIRED);
	unsigned rep = w->level[at].rep + (n->repetition == REPEATED);
	unsigned list = n->repetition == REPEATED && rep == 1 ? def : w->level[at].list_def;
	unsigned levels[] = {def, rep, list};

	w->level[at].left--;
	w->path.len = w->level[at].path_len;
	if (w->level[at].top) {
		free(w->top_name);
		w->top_name = xstrdup(n->name);
	} else {
		buf_str(&w->path, ".");
	}
	buf_str(&w->path, n->name);
	if (n->repetition < REQUIRED || n->repetition > REPEATED || n->children < 0 ||
	    n->type > PARQUET_FIXED || def > LEVELS_MAX) {
		t->error = "a schema that makes no sense";
	} else if (n->children == 0) {
		if (n->type < 0 || p->ncolumns == COLUMNS_MAX)
			t->error = "a schema that makes no sense";
		else
			add_leaf(p, n, w->top_name, buf_text(&w->path), levels);
	} else if (w->depth == SCHEMA_DEPTH_MAX) {
		t->error = "a schema that is nested too deeply";
	} else {
		w->level[w->depth].left = (uint64_t)n->children;
		w->level[w->depth].def = def;
		w->level[w->depth].rep = rep;
		w->level[w->depth].list_def = list;
		w->level[w->depth].path_len = w->path.len;
		w->level[w->depth++].top = false;
	}
	return !t->error;
}

static void parse_schema(struct parquet *p, struct thrift *t, const struct thrift_field *f)
{
	size_t n = thrift_list(t, f, THRIFT_STRUCT);
	struct walk w = {0};
	struct node node;

	if (p->ncolumns && !t->error)
		t->error = "two schemas";
	for (size_t i = 0; i < n && !t->error; i++) {
		parse_node(t, &node);
		if (t->error)
			break;
		if (i == 0) {
			w.level[0].left = node.children < 0 ? 0 : (uint64_t)node.children;
			w.level[0].top = true;
			w.depth = 1;
			continue;
		}
		while (w.depth && !w.level[w.depth - 1].left)
			w.depth--;
		if (!w.depth) {
			t->error = "a schema with nodes left over";
			break;
		}
		place_node(p, t, &w, &node);
	}
	while (w.depth && !w.level[w.depth - 1].left)
		w.depth--;
	if (!t->error && w.depth)
		t->error = "a schema with nodes missing";
	free(w.top_name);
	buf_fini(&w.path);
}

/* Where a chunk lies: it begins with its dictionary page when that comes first. */
struct place {
	int64_t data, dict, size, values;
};

static void parse_chunk_meta(struct thrift *t, struct chunk *c, struct place *at)
{
	struct thrift_field f = {0};

	while (thrift_next(t, &f)) {
		switch (f.id) {
		case 4: {
			int64_t codec = thrift_int(t, &f);

			c->codec = codec < 0 || codec > 127 ? 127 : (int)codec;
			break;
		}
		case 5:
			at->values = thrift_int(t, &f);
			break;
		case 7:
			at->size = thrift_int(t, &f);
			break;
		case 9:
			at->data = thrift_int(t, &f);
			break;
		case 11:
			at->dict = thrift_int(t, &f);
			break;
		default:
			thrift_skip(t, &f);
		}
	}
}

static void parse_chunk(const struct parquet *p, struct thrift *t, struct chunk *c)
{
	struct place at = {.data = -1, .dict = -1, .size = -1, .values = -1};
	struct thrift_field f = {0};
	int64_t begin;

	while (thrift_next(t, &f)) {
		if (f.id == 3 && thrift_struct(t, &f))
			parse_chunk_meta(t, c, &at);
		else if (f.id == 1 && !t->error)
			t->error = "columns in other files, which is not supported";
		else
			thrift_skip(t, &f);
	}
	if (t->error)
		return;
	begin = at.dict > 0 && at.dict < at.data ? at.dict : at.data;
	/* A chunk without values may be said to begin nowhere. */
	if (begin < (at.values ? 4 : 0) || at.size < 0 || at.values < 0 ||
	    (uint64_t)begin > p->io.size || (uint64_t)at.size > p->io.size - (uint64_t)begin) {
		t->error = "a column chunk outside the file";
		return;
	}
	c->offset = (uint64_t)begin;
	c->size = (uint64_t)at.size;
	c->values = (uint64_t)at.values;
}

static void parse_group(struct parquet *p, struct thrift *t, size_t g)
{
	struct thrift_field f = {0};
	size_t n = 0;

	while (thrift_next(t, &f)) {
		if (f.id == 1) {
			n = thrift_list(t, &f, THRIFT_STRUCT);
			if (n != p->ncolumns && !t->error)
				t->error = "a row group with another number of columns";
			for (size_t i = 0; i < n && !t->error; i++)
				parse_chunk(p, t, &p->chunk[g * p->ncolumns + i]);
		} else if (f.id == 3) {
			int64_t rows = thrift_int(t, &f);

			if (rows < 0 && !t->error)
				t->error = "a row group with a negative number of rows";
			p->group[g].rows = rows < 0 ? 0 : (uint64_t)rows;
		} else {
			thrift_skip(t, &f);
		}
	}
	if (!t->error && n != p->ncolumns)
		t->error = "a row group without columns";
}

static void parse_groups(struct parquet *p, struct thrift *t, const struct thrift_field *f)
{
	size_t left = (size_t)(t->end - t->p);
	size_t n = thrift_list(t, f, THRIFT_STRUCT);

	/* A chunk takes more than 8 bytes of the footer: what claims more would only cost memory. */
	if (!t->error && (p->ngroups || (p->ncolumns && n > left / p->ncolumns / 8)))
		t->error = "more row groups than fit";
	if (t->error)
		return;
	p->group = xcalloc(n, sizeof(*p->group));
	p->chunk = xcalloc(n * p->ncolumns, sizeof(*p->chunk));
	p->ngroups = n;
	for (size_t g = 0; g < n && !t->error; g++)
		parse_group(p, t, g);
}

int parquet_parse_footer(struct parquet *p, const uint8_t *bytes, size_t n, struct err *e)
{
	struct thrift_field f = {0};
	bool schema = false, groups = false;
	uint64_t rows = 0;
	struct thrift t;

	thrift_init(&t, bytes, n);
	while (thrift_next(&t, &f)) {
		if (f.id == 2) {
			parse_schema(p, &t, &f);
			schema = true;
		} else if (f.id == 4 && schema && !groups) {
			parse_groups(p, &t, &f);
			groups = true;
		} else {
			thrift_skip(&t, &f);
		}
	}
	if (!t.error && !(schema && groups))
		t.error = "no schema or no row groups";
	for (size_t g = 0; g < p->ngroups && !t.error; g++) {
		if (__builtin_add_overflow(rows, p->group[g].rows, &rows))
			t.error = "more rows than can be";
	}
	return t.error ? err_set(e, EBADMSG, "Parquet footer: %s", t.error) : 0;
}

void parquet_copy_column(struct parquet_column *dst, const struct parquet_column *src)
{
	*dst = *src;
	dst->name = xstrdup(src->name);
	dst->path = xstrdup(src->path);
}

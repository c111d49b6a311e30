/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reader tells items; here they get paths, and maps that stand for an array become one. Such a
 * map holds nothing but words, numbers and a shape, so one candidate at a time is enough: a map
 * inside it proves that it was none.
 */
#include "wire/payload.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/npy.h"

enum { KEPT_BETWEEN = 1 << 20 /* bytes of a buffer that the next message may have */ };

static size_t want(void *host, const struct msgpack_item *it, struct buf **into);
static void item(void *host, const struct msgpack_item *it);

void payload_init(struct payload *p, const struct payload_host *host, char separator)
{
	*p = (struct payload){.host = host, .separator = separator};
	p->reader_host = (struct msgpack_host){p, want, item};
	p->plain.value = xcalloc(PAYLOAD_PLAIN, sizeof(double));
	payload_begin(p);
}

void payload_fini(struct payload *p)
{
	buf_fini(&p->text);
	buf_fini(&p->data);
	free(p->plain.value);
	p->plain.value = NULL;
}

void payload_begin(struct payload *p)
{
	if (p->data.cap > KEPT_BETWEEN)
		buf_fini(&p->data);
	msgpack_begin(&p->reader, &p->reader_host);
	p->error = NULL;
	p->map = p->begun = false;
	p->path[0] = p->key[0] = '\0';
	p->depth = 0;
	p->candidate.open = p->plain.open = false;
}

static bool key_is(const struct payload *p, const char *word)
{
	return strcmp(p->key, word) == 0;
}

/* The last key is one of those that make a map an array: the path does not show them. */
static bool is_reserved(const struct payload *p)
{
	static const char *const words[] = {"__ndarray__",   "__ndarray_class__",
					    "__npgeneric__", "nd",
					    "data",	     "dtype",
					    "type",	     "kind",
					    "shape",	     "as_npy"};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (key_is(p, words[i]))
			return true;
	}
	return false;
}

/* The item belongs to the map that may be an array. */
static bool in_candidate(const struct payload *p)
{
	return p->candidate.open && p->depth == p->candidate.depth;
}

static size_t want(void *host, const struct msgpack_item *it, struct buf **into)
{
	struct payload *p = host;
	size_t all;

	*into = &p->text;
	buf_clear(&p->text);
	if (it->key || !in_candidate(p) || it->type != MSGPACK_BIN ||
	    !(key_is(p, "data") || key_is(p, "as_npy")))
		return PAYLOAD_TEXT;
	*into = &p->data;
	buf_clear(&p->data);
	p->candidate.size = it->size;
	all = p->host->want(p->host->host, p->path, it->size);
	return all ? all : key_is(p, "as_npy") ? PAYLOAD_HEAD : 0;
}

/* Puts the last key, or an element's number, behind the path of what is around it. */
static void extend_path(struct payload *p, const char *text, size_t n)
{
	size_t at = p->depth ? p->level[p->depth - 1].path : 0;

	if (at && at + 1 < sizeof(p->path))
		p->path[at++] = p->separator;
	text_clean(p->path + at, sizeof(p->path) - at, text, n);
}

static void take_key(struct payload *p, const struct msgpack_item *it)
{
	char text[24];
	bool word = it->type == MSGPACK_STR || it->type == MSGPACK_BIN;
	int n = it->type == MSGPACK_INT ? snprintf(text, sizeof(text), "%lld", (long long)it->i)
					: snprintf(text, sizeof(text), "?");
	const char *from = word ? buf_text(&p->text) : text;
	size_t len = word ? p->text.len : (size_t)n;

	p->key[0] = '\0';
	if (len < sizeof(p->key)) {
		memcpy(p->key, from, len);
		p->key[len] = '\0';
	}
	p->reserved = in_candidate(p) && is_reserved(p);
	if (p->reserved)
		p->path[p->level[p->depth - 1].path] = '\0';
	else
		extend_path(p, from, len);
}

static void give(struct payload *p, const struct payload_leaf *leaf)
{
	p->host->leaf(p->host->host, leaf);
}

static void set_dtype(struct payload *p)
{
	ndarray_dtype(&p->candidate.array, buf_text(&p->text), p->text.len);
}

/* A word that an array's map may hold. False: it holds no such word. */
static bool candidate_word(struct payload *p, const struct msgpack_item *it)
{
	if (key_is(p, "dtype") || key_is(p, "type"))
		set_dtype(p);
	else if (key_is(p, "data") || key_is(p, "as_npy"))
		p->candidate.has_data = it->type == MSGPACK_BIN;
	else
		return key_is(p, "kind");
	return true;
}

static bool candidate_number(struct payload *p, double v)
{
	if (key_is(p, "__ndarray__") || key_is(p, "__ndarray_class__") || key_is(p, "nd")) {
		p->candidate.marked = true;
		p->candidate.scalar = key_is(p, "nd") && !(v != 0);
		p->candidate.npy = key_is(p, "__ndarray_class__");
	} else if (key_is(p, "__npgeneric__")) {
		p->candidate.marked = p->candidate.scalar = true;
	} else if (key_is(p, "data")) {
		p->candidate.value = v;
	} else {
		return false;
	}
	return true;
}

static void plain_number(struct payload *p, double v, bool number)
{
	if (!p->plain.open)
		return;
	if (!number || p->depth - p->plain.depth + 1 != p->plain.dims ||
	    p->plain.n == PAYLOAD_PLAIN)
		p->plain.open = false;
	else
		p->plain.value[p->plain.n++] = v;
}

static void take_number(struct payload *p, const struct msgpack_item *it)
{
	struct payload_leaf leaf = {.kind = PAYLOAD_NUMBER, .path = p->path};
	bool number = it->type != MSGPACK_NIL && it->type != MSGPACK_EXT;

	leaf.number = (double)NAN;
	if (it->type == MSGPACK_BOOL)
		leaf.number = it->truth;
	else if (it->type == MSGPACK_INT)
		leaf.number = (double)it->i;
	else if (it->type == MSGPACK_UINT)
		leaf.number = (double)it->u;
	else if (it->type == MSGPACK_FLOAT)
		leaf.number = it->f;
	plain_number(p, leaf.number, number);
	if (in_candidate(p) && candidate_number(p, leaf.number))
		return;
	if (number && p->depth && p->level[p->depth - 1].map)
		give(p, &leaf);
}

static void take_word(struct payload *p, const struct msgpack_item *it)
{
	struct payload_leaf leaf = {.kind = PAYLOAD_STRING, .path = p->path};

	p->plain.open = false;
	if (in_candidate(p) && candidate_word(p, it))
		return;
	leaf.text = buf_text(&p->text);
	leaf.len = p->text.len;
	give(p, &leaf);
}

/* An array inside the map of one is its shape; any other array may hold plain numbers. */
static void begin_array(struct payload *p, const struct msgpack_item *it)
{
	unsigned at = p->depth - p->plain.depth;

	if (p->plain.open && at < NDARRAY_DIMS) {
		if (at == p->plain.dims && !p->plain.n)
			p->plain.shape[p->plain.dims++] = it->size;
		else
			p->plain.open = at < p->plain.dims && p->plain.shape[at] == it->size;
		return;
	}
	p->plain.open = it->size > 0;
	p->plain.depth = p->depth;
	p->plain.dims = 1;
	p->plain.shape[0] = it->size;
	p->plain.n = 0;
}

static void begin_map(struct payload *p)
{
	p->plain.open = false;
	memset(&p->candidate, 0, sizeof(p->candidate));
	p->candidate.open = true;
	p->candidate.depth = p->depth;
	p->candidate.array.plain = NULL;
}

static void begin(struct payload *p, const struct msgpack_item *it)
{
	bool map = it->type == MSGPACK_MAP;
	unsigned up = p->depth;

	if (up && !p->level[up - 1].map) {
		if (map) { /* the maps of an array are told apart by their places in it */
			char text[16];
			int n = snprintf(text, sizeof(text), "%u", p->level[up - 1].index);

			extend_path(p, text, (size_t)n);
		}
		p->level[up - 1].index++;
	} else if (up && p->reserved) {
		extend_path(p, p->key, strlen(p->key)); /* so it was an ordinary one */
	}
	p->reserved = false;
	p->level[up].path = (uint16_t)strlen(p->path);
	p->level[up].map = map;
	p->level[up].index = 0;
	p->depth++;
	if (!p->begun || (p->depth == 2 && !p->map && !p->level[0].map && p->level[0].index == 1))
		p->map = map;
	p->begun = true;
	if (map)
		begin_map(p);
	else
		begin_array(p, it);
}

/* The bytes of the candidate as data of its array; NULL stays when they do not fit its shape. */
static void place_data(struct payload *p, struct ndarray *a)
{
	size_t at = 0;

	if (p->candidate.npy) {
		const char *why;
		ssize_t head = npy_header(a, p->data.p, p->data.len, &why);

		if (head < 0)
			p->error = why;
		at = head < 0 ? 0 : (size_t)head;
	}
	if (p->error || !p->candidate.has_data)
		return;
	if (a->bytes && (a->count != (p->candidate.size - at) / a->bytes ||
			 (p->candidate.size - at) % a->bytes))
		p->error = "an array's bytes do not fit its shape";
	else if (p->data.len == p->candidate.size && a->kind)
		a->data = (const uint8_t *)buf_text(&p->data) + at;
}

static void give_array(struct payload *p)
{
	struct ndarray *a = &p->candidate.array;
	struct payload_leaf leaf = {.kind = PAYLOAD_ARRAY, .path = p->path, .array = a};

	if (!p->candidate.npy && !ndarray_shape(a, p->candidate.shape, p->candidate.dims)) {
		p->error = "an array has an impossible shape";
		return;
	}
	if (p->candidate.scalar && a->count > 1) {
		p->error = "a single number has a shape"; /* there is memory for one */
		return;
	}
	if (p->candidate.scalar && !p->candidate.has_data)
		a->plain = &p->candidate.value;
	else
		place_data(p, a);
	if (!p->error)
		give(p, &leaf);
}

static void take_shape(struct payload *p)
{
	unsigned n = p->plain.dims == 1 && p->plain.n <= NDARRAY_DIMS ? (unsigned)p->plain.n : 0;

	p->candidate.dims = n ? n : NDARRAY_DIMS + 1;
	for (unsigned i = 0; i < n; i++) {
		double v = p->plain.value[i];

		p->candidate.shape[i] = v >= 0 && v < 0x1p53 ? (uint64_t)v : UINT64_MAX;
	}
}

static void give_plain(struct payload *p)
{
	struct ndarray a = {.dtype = "list", .kind = 'f', .bytes = 8, .plain = p->plain.value};
	struct payload_leaf leaf = {.kind = PAYLOAD_ARRAY, .path = p->path, .array = &a};

	p->plain.open = false;
	if (!ndarray_shape(&a, p->plain.shape, p->plain.dims) || a.count != p->plain.n)
		return;
	if (in_candidate(p) && key_is(p, "shape")) {
		take_shape(p);
		return;
	}
	give(p, &leaf);
}

static void end(struct payload *p)
{
	unsigned at = --p->depth;

	p->path[p->level[at].path] = '\0';
	if (p->level[at].map) {
		if (p->candidate.open && p->candidate.depth == at + 1 && p->candidate.marked)
			give_array(p);
		p->candidate.open = false;
	} else if (p->plain.open && p->plain.depth == at + 1) {
		give_plain(p);
	}
}

static void item(void *host, const struct msgpack_item *it)
{
	struct payload *p = host;

	if (p->error)
		return;
	if (it->key)
		take_key(p, it);
	else if (it->type == MSGPACK_MAP || it->type == MSGPACK_ARRAY)
		begin(p, it);
	else if (it->type == MSGPACK_END)
		end(p);
	else if (it->type == MSGPACK_STR || it->type == MSGPACK_BIN)
		take_word(p, it);
	else
		take_number(p, it);
}

void payload_take(struct payload *p, const void *bytes, size_t n)
{
	msgpack_take(&p->reader, bytes, n);
}

size_t payload_skippable(const struct payload *p)
{
	return p->error ? SIZE_MAX : msgpack_skippable(&p->reader);
}

void payload_skip(struct payload *p, size_t n)
{
	if (!p->error)
		msgpack_skip(&p->reader, n);
}

bool payload_end(struct payload *p)
{
	if (!p->error)
		p->error = p->reader.error;
	if (!p->error && !p->reader.complete)
		p->error = "the message is cut short";
	return !p->error;
}

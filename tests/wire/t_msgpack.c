/* SPDX-License-Identifier: Apache-2.0 */
/* MessagePack in pieces, and numpy arrays in it: the forms of openpi, GR00T and msgpack-numpy. */
#include <math.h>
#include <string.h>

#include "tests/tap.h"
#include "wire/payload.h"

struct log {
	struct buf text, bytes;
	size_t keep; /* bytes of a string that are wanted */
};

static size_t want(void *host, const struct msgpack_item *it, struct buf **into)
{
	struct log *l = host;

	(void)it;
	buf_clear(&l->bytes);
	*into = &l->bytes;
	return l->keep;
}

static void item(void *host, const struct msgpack_item *it)
{
	static const char *const words[] = {"nil", "bool", "int",   "uint", "float", "str",
					    "bin", "ext",  "array", "map",  "end"};
	struct log *l = host;

	buf_printf(&l->text, "%s%s", it->key ? "." : "", words[it->type]);
	if (it->type == MSGPACK_INT)
		buf_printf(&l->text, "=%lld", (long long)it->i);
	else if (it->type == MSGPACK_UINT)
		buf_printf(&l->text, "=%llu", (unsigned long long)it->u);
	else if (it->type == MSGPACK_FLOAT)
		buf_printf(&l->text, "=%.17g", it->f);
	else if (it->type == MSGPACK_BOOL)
		buf_printf(&l->text, "=%d", it->truth);
	else if (it->type != MSGPACK_NIL && it->type != MSGPACK_END)
		buf_printf(&l->text, "(%u)", it->size);
	if (it->type == MSGPACK_STR || it->type == MSGPACK_BIN)
		buf_printf(&l->text, "'%s'", buf_text(&l->bytes));
	buf_str(&l->text, " ");
}

/* Reads n bytes in pieces of `piece`; the items as text. */
static const char *items(struct log *l, const void *p, size_t n, size_t piece, const char **error)
{
	const struct msgpack_host host = {l, want, item};
	struct msgpack m;

	buf_clear(&l->text);
	msgpack_begin(&m, &host);
	for (size_t at = 0; at < n; at += piece)
		msgpack_take(&m, (const char *)p + at, n - at < piece ? n - at : piece);
	if (!m.error && !m.complete)
		buf_str(&l->text, "…");
	*error = m.error ? m.error : "";
	return buf_text(&l->text);
}

static const struct {
	const char *bytes;
	size_t n;
	const char *items;
} good[] = {
#define ROW(bytes, items)                                                                          \
	{                                                                                          \
		bytes, sizeof(bytes) - 1, items                                                    \
	}
	ROW("\x80", "map(0) end "),
	ROW("\x90", "array(0) end "),
	ROW("\x92\x80\x01", "array(2) map(0) end int=1 end "),
	ROW("\x81\xa1k\x93\xc0\xc2\xc3", "map(1) .str(1)'k' array(3) nil bool=0 bool=1 end end "),
	ROW("\x82\xc4\x01\x62\x00\x05\xff", "map(2) .bin(1)'b' int=0 .int=5 int=-1 end "),
	ROW("\x96\xcc\xff\xcd\xff\xff\xce\xff\xff\xff\xff\xcf\xff\xff\xff\xff\xff\xff\xff\xff\x7f\xe0",
	    "array(6) int=255 int=65535 int=4294967295 uint=18446744073709551615 int=127 int=-32 "
	    "end "),
	ROW("\x94\xd0\x80\xd1\x80\x00\xd2\x80\x00\x00\x00\xd3\x80\x00\x00\x00\x00\x00\x00\x00",
	    "array(4) int=-128 int=-32768 int=-2147483648 int=-9223372036854775808 end "),
	ROW("\x92\xca\x3f\xc0\x00\x00\xcb\xbf\xf8\x00\x00\x00\x00\x00\x00",
	    "array(2) float=1.5 float=-1.5 end "),
	ROW("\x95\xd9\x02hi\xda\x00\x01x\xdb\x00\x00\x00\x01y\xc5\x00\x01z\xc6\x00\x00\x00\x00",
	    "array(5) str(2)'hi' str(1)'x' str(1)'y' bin(1)'z' bin(0)'' end "),
	ROW("\x94\xd4\x01\x41\xd8\x01"
	    "0123456789abcdef"
	    "\xc7\x02\x05zz\xc8\x00\x00\x05",
	    "array(4) ext(1) ext(16) ext(2) ext(0) end "),
	ROW("\x92\xdc\x00\x01\x01\xde\x00\x01\xa0\x02",
	    "array(2) array(1) int=1 end map(1) .str(0)'' int=2 end end "),
	ROW("\xdd\x00\x00\x00\x01\xdf\x00\x00\x00\x00", "array(1) map(0) end end "),
#undef ROW
};

static void test_items(struct tap *t)
{
	struct log l = {.keep = 100};
	const char *error;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		bool same = true;

		for (size_t piece = 1; piece <= good[i].n; piece++)
			same &= strcmp(items(&l, good[i].bytes, good[i].n, piece, &error),
				       good[i].items) == 0 &&
				!*error;
		ok(t, same, "%s", good[i].items);
	}
	l.keep = 2;
	ok(t, strcmp(items(&l, "\xa5hello", 6, 6, &error), "str(5)'he' ") == 0,
	   "a string is kept as far as it is wanted");
	buf_fini(&l.text);
	buf_fini(&l.bytes);
}

static void test_bad(struct tap *t)
{
	char deep[64];
	struct log l = {.keep = 8};
	const char *error;

	items(&l, "\xc1", 1, 1, &error);
	ok(t, strstr(error, "begins nothing"), "a byte that begins nothing");
	items(&l, "\x81\x90\x01", 3, 3, &error);
	ok(t, strstr(error, "key"), "a key that is an array");
	items(&l, "\x01\x02", 2, 2, &error);
	ok(t, strstr(error, "follow"), "bytes after the object");
	memset(deep, 0x91, sizeof(deep));
	items(&l, deep, sizeof(deep), 7, &error);
	ok(t, strstr(error, "deep"), "nested too deep");
	ok(t, strstr(items(&l, "\xdf\xff\xff\xff\xff\xa1x", 7, 7, &error), "…") && !*error,
	   "a map of 2^32 - 1 pairs waits for them, and takes no memory");
	ok(t,
	   strstr(items(&l,
			"\xc6\xff\xff\xff\xff"
			"abc",
			8, 8, &error),
		  "…") &&
		   l.bytes.cap < 4096,
	   "nor does a binary of 4 GiB");
	buf_fini(&l.text);
	buf_fini(&l.bytes);
}

/* Leaves of a payload as text. */

struct leaves {
	struct buf text;
	size_t keep;
};

static size_t want_array(void *host, const char *path, uint32_t size)
{
	struct leaves *l = host;

	(void)path;
	return size <= l->keep ? size : 0;
}

static void leaf(void *host, const struct payload_leaf *f)
{
	struct leaves *l = host;
	const struct ndarray *a = f->array;

	buf_printf(&l->text, "%s=", f->path);
	if (f->kind == PAYLOAD_STRING)
		buf_printf(&l->text, "'%.*s'", (int)f->len, f->text);
	else if (f->kind == PAYLOAD_NUMBER)
		buf_printf(&l->text, "%g", f->number);
	if (f->kind == PAYLOAD_ARRAY) {
		buf_printf(&l->text, "%s(", a->dtype);
		for (unsigned i = 0; i < a->dims; i++)
			buf_printf(&l->text, "%s%llu", i ? "," : "",
				   (unsigned long long)a->shape[i]);
		buf_str(&l->text, ")");
		for (uint64_t i = 0; ndarray_numbers(a) && i < a->count; i++)
			buf_printf(&l->text, " %g", ndarray_at(a, i));
	}
	buf_str(&l->text, "; ");
}

static unsigned hex_digit(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

/* Bytes written in hex; spaces between them do not count. */
static size_t unhex(uint8_t *dst, const char *hex)
{
	size_t n = 0;

	for (; *hex; hex++) {
		if (*hex != ' ') {
			dst[n++] = (uint8_t)(hex_digit(hex[0]) << 4 | hex_digit(hex[1]));
			hex++;
		}
	}
	return n;
}

static const char *take(struct leaves *l, const char *hex, size_t piece)
{
	const struct payload_host host = {l, want_array, leaf};
	uint8_t bytes[1024];
	size_t n = unhex(bytes, hex);
	struct payload p;

	buf_clear(&l->text);
	payload_init(&p, &host, '/');
	for (size_t at = 0; at < n;) {
		size_t take = n - at < piece ? n - at : piece, skip = payload_skippable(&p);

		if (skip)
			payload_skip(&p, take = take < skip ? take : skip);
		else
			payload_take(&p, bytes + at, take);
		at += take;
	}
	if (!payload_end(&p))
		buf_printf(&l->text, "error: %s", p.error);
	payload_fini(&p);
	return buf_text(&l->text);
}

/* {__ndarray__: true, data, dtype, shape} with bin keys, as openpi packs it. */
#define OPENPI(data, dtype, shape)                                                                 \
	"84 c40b5f5f6e6461727261795f5f c3 c40464617461 " data " c4056474797065 " dtype             \
	" c4057368617065 " shape

static const struct {
	const char *what, *hex, *leaves;
} payloads[] = {
	{"openpi's reply",
	 "83a7616374696f6e7384c40b5f5f6e6461727261795f5fc3c40464617461c410000000000000e03f00000000"
	 "0000d0bfc4056474797065a33c6638c4057368617065920102ad706f6c6963795f74696d696e6781a8696e66"
	 "65725f6d73cb4041c00000000000ad7365727665725f74696d696e6781a8696e6665725f6d73cb4042000000"
	 "000000",
	 "actions=<f8(1,2) 0.5 -0.25; policy_timing/infer_ms=35.5; server_timing/infer_ms=36; "},
	{"openpi's metadata",
	 "81aa72657365745f706f736596 00 cbbff8000000000000 cb3ff8000000000000 00 00 00",
	 "reset_pose=list(6) 0 -1.5 1.5 0 0 0; "},
	{"an array without dimensions", OPENPI("c404 0000c03f", "a33c6634", "90"), "=<f4() 1.5; "},
	{"big endian", OPENPI("c404 3fc00000", "a33e6634", "9101"), "=>f4(1) 1.5; "},
	{"bytes, which are signed or not",
	 "92" OPENPI("c402 01ff", "a37c6931", "9102") OPENPI("c402 01ff", "a37c7531", "9102"),
	 "0=|i1(2) 1 -1; 1=|u1(2) 1 255; "},
	{"halves", OPENPI("c404 003e 00fc", "a33c6632", "9102"), "=<f2(2) 1.5 -inf; "},
	{"truth", OPENPI("c402 0100", "a37c6231", "9102"), "=|b1(2) 1 0; "},
	{"keys in another order, and a nested map",
	 "81a161 84 c4057368617065 9101 c4056474797065 a37c7531 c40464617461 c40107 "
	 "c40b5f5f6e6461727261795f5f c3",
	 "a=|u1(1) 7; "},
	{"a numpy scalar",
	 "83 c40d5f5f6e7067656e657269635f5f c3 c40464617461 cb3ff8000000000000 c4056474797065 "
	 "a33c6634",
	 "=<f4() 1.5; "},
	{"msgpack-numpy's array",
	 "85 c4026e64 c3 c40474797065 a33c6634 c4046b696e64 c400 c4057368617065 920101 "
	 "c40464617461 c404 0000c03f",
	 "=<f4(1,1) 1.5; "},
	{"msgpack-numpy's scalar",
	 "83 c4026e64 c2 c40474797065 a33c6634 c40464617461 c404 0000c03f", "=<f4() 1.5; "},
	{"an ordinary map named as an array's key",
	 "82a8656e64706f696e74 a3616374 a464617461 82 a161 01 a474797065 81a162 02",
	 "endpoint='act'; data/a=1; data/type/b=2; "},
	{"a list of lists", "81a161 92 920102 920304", "a=list(2,2) 1 2 3 4; "},
	{"a ragged one is none", "81a161 92 920102 9103", ""},
	{"a list of words", "81a161 91 91 a2686f", "a='ho'; "},
	{"the maps of a list", "92 81a161 01 80", "0/a=1; "},
	{"more bytes than the shape says", OPENPI("c405 0000c03f00", "a33c6634", "9101"),
	 "error: an array's bytes do not fit its shape"},
	{"a shape of 2^63", OPENPI("c404 0000c03f", "a33c6634", "91cf8000000000000000"),
	 "error: an array has an impossible shape"},
	{"a shape whose product overflows",
	 OPENPI("c404 0000c03f", "a33c6634", "92ce80000000cf0000000200000000"),
	 "error: an array has an impossible shape"},
	{"nine dimensions", OPENPI("c401 07", "a37c7531", "99010101010101010101"),
	 "error: an array has an impossible shape"},
	{"a numpy scalar with a shape",
	 "84 c40d5f5f6e7067656e657269635f5f c3 c40464617461 cb3ff8000000000000 c4056474797065 "
	 "a33c6634 c4057368617065 9104",
	 "error: a single number has a shape"},
	{"msgpack-numpy's scalar with a shape",
	 "84 c4026e64 c2 c40474797065 a33c6634 c4057368617065 92cd0400cd0400 c40464617461 07",
	 "error: a single number has a shape"},
	{"an array of objects is not looked at", OPENPI("c401 07", "a37c4f31", "9101"),
	 "=|O1(1); "},
};

static void test_payloads(struct tap *t)
{
	struct leaves l = {.keep = 1000};

	for (size_t i = 0; i < sizeof(payloads) / sizeof(payloads[0]); i++) {
		bool same = true;

		for (size_t piece = 1; piece < 40; piece++)
			same &= strcmp(take(&l, payloads[i].hex, piece), payloads[i].leaves) == 0;
		ok(t, same, "%s: %s", payloads[i].what, buf_text(&l.text));
	}
	l.keep = 2;
	ok(t, strcmp(take(&l, OPENPI("c404 0000c03f", "a33c6634", "9101"), 1000), "=<f4(1); ") == 0,
	   "what nobody wants is stepped over, and its shape is told");
	buf_fini(&l.text);
}

int main(void)
{
	struct tap t = {0};

	test_items(&t);
	test_bad(&t);
	test_payloads(&t);
	return tap_done(&t);
}

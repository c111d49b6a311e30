/* SPDX-License-Identifier: Apache-2.0 */
/* Pictures of the Foxglove client: when they are asked for, and what is made of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/tap.h"
#include "wire/foxglove.h"
#include "wire/photo.h"
#include "wire/websocket.h"

#define RAW(id, name)                                                                              \
	"{\"op\":\"advertise\",\"channels\":[{\"id\":" #id                                         \
	",\"topic\":\"/observation/images/" name                                                   \
	"\",\"encoding\":\"protobuf\",\"schemaName\":\"foxglove.RawImage\"}]}"
#define COMPRESSED(id, name)                                                                       \
	"{\"op\":\"advertise\",\"channels\":[{\"id\":" #id                                         \
	",\"topic\":\"/observation/images/" name                                                   \
	"\",\"encoding\":\"protobuf\",\"schemaName\":\"foxglove.CompressedImage\"}]}"
#define SUBSCRIBE(id, channel)                                                                     \
	"{\"op\":\"subscribe\",\"subscriptions\":[{\"id\":" #id ",\"channelId\":" #channel "}]}"
#define UNSUBSCRIBE(id) "{\"op\":\"unsubscribe\",\"subscriptionIds\":[" #id "]}"

enum { CAMERA_0 = 1 << 16, W = 32, H = 16 };

struct world {
	struct foxglove *f;
	struct buf in, said; /* what the server has sent, what was answered, as text */
	unsigned n[EVENT_END + 1];
	struct hello hello;
	struct frame frame;
	uint8_t thumb[PICTURE_THUMB_BYTES];
	int64_t src_ns;
	char note[400];
};

static void keep(void *host, const struct event *ev)
{
	struct world *w = host;

	w->n[ev->kind]++;
	if (ev->kind == EVENT_HELLO)
		w->hello = *ev->hello;
	if (ev->kind == EVENT_NOTE)
		snprintf(w->note, sizeof(w->note), "%s", ev->text);
	if (ev->kind != EVENT_FRAME)
		return;
	w->frame = *ev->frame;
	w->src_ns = ev->src_ns;
	memset(w->thumb, 1, sizeof(w->thumb));
	memcpy(w->thumb, ev->frame->thumb ? ev->frame->thumb : w->thumb,
	       (size_t)(ev->frame->thumb_width * ev->frame->thumb_height * 3));
}

static void hear(struct world *w)
{
	const struct buf *r = foxglove_replies(w->f);
	struct websocket ws;
	size_t at = 0;

	websocket_init(&ws, true, 1000);
	while (at < r->len) {
		struct websocket_message m;
		bool whole;

		at += websocket_take(&ws, r->p + at, r->len - at, &m, &whole);
		if (whole)
			buf_add(&w->said, m.bytes, m.len);
	}
	websocket_fini(&ws);
}

/* What the server has sent arrives, then what is due is done. Returns when the next thing is. */
static int64_t play(struct world *w, int64_t t_ns)
{
	int64_t next;

	buf_clear(&w->said);
	for (size_t at = 0; at < w->in.len;) {
		at += foxglove_bytes(w->f, w->in.p + at, w->in.len - at, 1, t_ns);
		hear(w);
	}
	buf_clear(&w->in);
	next = foxglove_due(w->f, t_ns);
	hear(w);
	return next;
}

static void text(struct world *w, const char *s)
{
	websocket_frame(&w->in, WEBSOCKET_TEXT, s, strlen(s), NULL);
}

static void begin(struct world *w, bool pictures)
{
	struct buf b = {0};

	w->f = foxglove_new(keep, w, "left/", 0);
	if (pictures)
		foxglove_want_pictures(w->f);
	foxglove_request(&b, "127.0.0.1:8765", (const uint8_t *)"the sample nonce");
	foxglove_sent(w->f, b.p, b.len);
	buf_str(&w->in, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
			"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
			"Sec-WebSocket-Protocol: foxglove.sdk.v1\r\n\r\n");
	buf_fini(&b);
}

static void end(struct world *w)
{
	foxglove_free(w->f);
	buf_fini(&w->in);
	buf_fini(&w->said);
}

static void varint(struct buf *b, uint64_t v)
{
	for (; v > 0x7f; v >>= 7)
		buf_add(b, &(uint8_t){(uint8_t)(v | 0x80)}, 1);
	buf_add(b, &(uint8_t){(uint8_t)v}, 1);
}

static void bytes_field(struct buf *b, unsigned number, const void *p, size_t n)
{
	varint(b, number << 3 | 2);
	varint(b, n);
	buf_add(b, p, n);
}

static void word_field(struct buf *b, unsigned number, uint32_t v)
{
	uint8_t word[4] = {(uint8_t)v, (uint8_t)(v >> 8), (uint8_t)(v >> 16), (uint8_t)(v >> 24)};

	varint(b, number << 3 | 5);
	buf_add(b, word, 4);
}

static void send(struct world *w, uint32_t subscription, uint64_t log_time, struct buf *message)
{
	struct buf b = {0};

	buf_add(&b, "\1", 1);
	for (unsigned i = 0; i < 4; i++)
		buf_add(&b, &(uint8_t){(uint8_t)(subscription >> 8 * i)}, 1);
	for (unsigned i = 0; i < 8; i++)
		buf_add(&b, &(uint8_t){(uint8_t)(log_time >> 8 * i)}, 1);
	buf_add(&b, message->p, message->len);
	websocket_frame(&w->in, WEBSOCKET_BINARY, b.p, b.len, NULL);
	buf_fini(&b);
	buf_fini(message);
	*message = (struct buf){0};
}

static void send_raw(struct world *w, uint32_t subscription, const char *encoding, uint32_t width,
		     uint32_t height, uint32_t step, const void *data, size_t n)
{
	struct buf b = {0};

	bytes_field(&b, 1, "\x08\x01\x10\x02", 4); /* a time */
	bytes_field(&b, 7, "front", 5);
	word_field(&b, 2, width);
	word_field(&b, 3, height);
	bytes_field(&b, 4, encoding, strlen(encoding));
	word_field(&b, 5, step);
	bytes_field(&b, 6, data, n);
	send(w, subscription, 77, &b);
}

/* As LeRobot's: the pictures of a tick come in every tick while they are subscribed to. */
static void test_turns(struct tap *t)
{
	static uint8_t black[H][W][3];
	struct world w = {0};
	int64_t now = NS_PER_S, next;

	begin(&w, true);
	text(&w, RAW(4, "front"));
	text(&w, COMPRESSED(5, "wrist"));
	next = play(&w, now);
	ok(t, strcmp(buf_text(&w.said), SUBSCRIBE(65536, 4)) == 0,
	   "one camera is subscribed to: %s", buf_text(&w.said));
	ok(t, next == now + NS_PER_S && w.n[EVENT_NOTE] == 0, "for a second, if nothing comes");
	send_raw(&w, CAMERA_0, "rgb8", W, H, 3 * W, black, sizeof(black));
	send_raw(&w, CAMERA_0, "rgb8", W, H, 3 * W, black, sizeof(black));
	next = play(&w, now += NS_PER_S / 10);
	ok(t, strcmp(buf_text(&w.said), UNSUBSCRIBE(65536) SUBSCRIBE(65537, 5)) == 0,
	   "after its picture it is the next one's turn: %s", buf_text(&w.said));
	ok(t,
	   w.n[EVENT_FRAME] == 1 && strcmp(w.frame.camera, "front") == 0 && w.src_ns == 77 &&
		   w.frame.width == W && w.frame.height == H && w.frame.dark == 1.0,
	   "one of two pictures is looked at");
	next = play(&w, next);
	now += NS_PER_S;
	ok(t, strcmp(buf_text(&w.said), UNSUBSCRIBE(65537) SUBSCRIBE(65536, 4)) == 0,
	   "a camera that shows nothing waits for its next turn: %s", buf_text(&w.said));
	send_raw(&w, CAMERA_0, "rgb8", W, H, 3 * W, black, sizeof(black));
	next = play(&w, now += NS_PER_S / 10);
	ok(t, w.n[EVENT_FRAME] == 2 && next > now && next < now + NS_PER_S, "a second later again");
	text(&w, "{\"op\":\"status\",\"level\":2,\"message\":\"Unknown channel ID: 5\"}");
	text(&w, "{\"op\":\"unadvertise\",\"channelIds\":[4]}");
	ok(t,
	   play(&w, now) > now && play(&w, now + 5 * NS_PER_S) > now && w.said.len &&
		   strstr(buf_text(&w.said), SUBSCRIBE(65537, 5)) &&
		   !strstr(buf_text(&w.said), "65536") && foxglove_bad(w.f) == 0,
	   "one that is refused is tried again, one that is withdrawn is not");
	end(&w);
}

static void test_kinds(struct tap *t)
{
	static uint8_t rows[H][4 * W + 5];
	static float depth[H][W];
	struct world w = {0};
	int64_t now = NS_PER_S;

	for (unsigned y = 0; y < H; y++) {
		for (unsigned x = 0; x < W; x++) {
			rows[y][3 * x] = 51; /* blue in bgr8 */
			rows[y][3 * x + 2] = 255;
			depth[y][x] = 0.25f;
		}
	}
	begin(&w, true);
	text(&w, RAW(4, "front"));
	send_raw(&w, CAMERA_0, "bgr8", W, H, sizeof(rows[0]), rows, sizeof(rows));
	play(&w, now += NS_PER_S);
	ok(t,
	   fabs(w.frame.mean[0] - 1) < 1e-9 && fabs(w.frame.mean[2] - 0.2) < 1e-9 &&
		   w.frame.channels == 3 && w.frame.thumb_width == W && w.thumb[0] == 255 &&
		   w.thumb[2] == 51,
	   "blue first, rows with padding");
	send_raw(&w, CAMERA_0, "32FC1", W, H, 4 * W, depth, sizeof(depth));
	play(&w, now += NS_PER_S);
	ok(t, fabs(w.frame.mean[0] - 0.25) < 0.5 / 255 && w.frame.channels == 1,
	   "floats, to a grey level");
	send_raw(&w, CAMERA_0, "16UC1", W, H, 2 * W, rows, sizeof(rows));
	play(&w, now += NS_PER_S);
	ok(t,
	   w.n[EVENT_FRAME] == 3 && w.frame.channels == 1 && isnan(w.frame.mean[0]) &&
		   isnan(w.frame.dark) && !w.frame.thumb_width,
	   "of a depth picture the size is known");
	send_raw(&w, CAMERA_0, "yuyv", W, H, 2 * W, rows, sizeof(rows));
	play(&w, now += NS_PER_S);
	ok(t, w.n[EVENT_FRAME] == 4 && isnan(w.frame.std[1]), "so is one of an encoding not read");
	ok(t, foxglove_bad(w.f) == 0, "nothing was bad");
	end(&w);
}

static void test_hostile(struct tap *t)
{
	static const uint8_t pixels[100];
	struct world w = {0};
	int64_t now = NS_PER_S;
	struct buf b = {0};

	begin(&w, true);
	text(&w, RAW(4, "fr\\u001b[2Jont"));
	text(&w, COMPRESSED(5, "wrist"));
	for (unsigned i = 0; i < 100; i++) {
		char more[200];

		snprintf(more, sizeof(more),
			 "{\"op\":\"advertise\",\"channels\":[{\"id\":%u,\"topic\":"
			 "\"/observation/images/c%u\",\"encoding\":\"protobuf\","
			 "\"schemaName\":\"foxglove.RawImage\"}]}",
			 10 + i, i);
		text(&w, more);
	}
	play(&w, now);
	ok(t, w.n[EVENT_NOTE] == 8, "cameras and notes are bounded");
	send_raw(&w, CAMERA_0, "rgb8", 6, 6, 18, pixels, sizeof(pixels));
	play(&w, now += NS_PER_S);
	ok(t, foxglove_bad(w.f) == 1 && w.n[EVENT_FRAME] == 0, "%s", w.note);
	send_raw(&w, CAMERA_0, "rgb8", 6, 5, 17, pixels, sizeof(pixels));
	play(&w, now += NS_PER_S);
	send_raw(&w, CAMERA_0, "rgb8", 1u << 31, 3, 1, pixels, sizeof(pixels));
	play(&w, now += NS_PER_S);
	send_raw(&w, CAMERA_0, "rgb8", 0, 0, 0, pixels, 0);
	play(&w, now += NS_PER_S);
	ok(t, foxglove_bad(w.f) == 4 && w.n[EVENT_FRAME] == 0, "%s", w.note);
	send_raw(&w, CAMERA_0, "rgb8", 6, 5, 18, pixels, sizeof(pixels));
	play(&w, now += NS_PER_S);
	ok(t,
	   w.n[EVENT_FRAME] == 1 && isnan(w.frame.mean[0]) && !w.frame.thumb_width &&
		   !strchr(w.frame.camera, '\x1b'),
	   "a picture of few pixels, a name that is cleaned: %s", w.frame.camera);
	buf_str(&b, "\x32\xff\xff\xff\xff\x0f");
	send(&w, CAMERA_0, 1, &b);
	play(&w, now += NS_PER_S);
	bytes_field(&b, 2, "GIF89a", 6);
	bytes_field(&b, 3, "gif", 3);
	send(&w, CAMERA_0 + 1, 1, &b);
	buf_str(&b, "x");
	send(&w, CAMERA_0 + 200, 1, &b);
	play(&w, now += NS_PER_S);
	ok(t, foxglove_bad(w.f) == 6 && strstr(w.note, "'gif'"), "%s", w.note);
	end(&w);
}

/* A camera whose picture is stepped over would cost the robot's link and show nothing. */
static void test_large(struct tap *t)
{
	static uint8_t huge[FOXGLOVE_MESSAGE_MAX + 1];
	struct world w = {0};
	struct buf b = {0};

	begin(&w, true);
	text(&w, RAW(4, "front"));
	play(&w, 1);
	buf_add(&b, huge, sizeof(huge));
	send(&w, CAMERA_0, 1, &b);
	ok(t,
	   play(&w, 2) == INT64_MAX && strcmp(buf_text(&w.said), UNSUBSCRIBE(65536)) == 0 &&
		   foxglove_bad(w.f) == 1,
	   "not asked for again: %s", w.note);
	end(&w);
}

static void test_unwanted(struct tap *t)
{
	static const char values[] = "{\"scalars\":[{\"label\":\"a\",\"value\":1}]}";
	struct world w = {0};

	for (unsigned wanted = 0; wanted < 2; wanted++) {
		struct buf b = {0};

		begin(&w, wanted);
		text(&w, RAW(4, "front"));
		text(&w, "{\"op\":\"advertise\",\"channels\":[{\"id\":7,\"encoding\":\"json\","
			 "\"topic\":\"/action/state\"}]}");
		buf_str(&b, values);
		send(&w, 1, 5, &b);
		play(&w, 1);
		ok(t,
		   !!strstr(buf_text(&w.said), "65536") == wanted &&
			   !!(w.hello.facts & FACT_FRAMES) == wanted,
		   "pictures are %sasked for, and a fact", wanted ? "" : "not ");
		end(&w);
		w = (struct world){0};
	}
}

static struct buf load(const char *name)
{
	const char *top = getenv("TOP_SRCDIR");
	struct buf b = {0};
	char path[4096], some[4096];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/tests/wire/photo/%s", top ? top : ".", name);
	f = fopen(path, "rb");
	while (f && (n = fread(some, 1, sizeof(some), f)) > 0)
		buf_add(&b, some, n);
	if (f)
		fclose(f);
	return b;
}

/* A third of the small ones is black, the rest (200, 30, 90); of the large one the half. */
static void test_photos(struct tap *t)
{
	static const struct {
		const char *name;
		unsigned width, height, channels;
		double red;
	} photos[] = {
		{"plain.jpg", 48, 32, 3, 200 / 255.0 * 2 / 3},
		{"gray.jpg", 48, 32, 1, 88 / 255.0 * 2 / 3},
		{"large.jpg", 2048, 1536, 3, 200 / 255.0 / 2},
		{"progressive.jpg", 48, 32, 3, NAN},
		{"plain.png", 48, 32, 3, 200 / 255.0 * 2 / 3},
	};
	uint8_t thumb[PICTURE_THUMB_BYTES];

	for (size_t i = 0; i < sizeof(photos) / sizeof(photos[0]); i++) {
		struct frame f = {.mean = {NAN, NAN, NAN}};
		struct buf b = load(photos[i].name);
		bool png = strstr(photos[i].name, ".png") != NULL;
		bool known = (png || photo_decodes()) && !isnan(photos[i].red);

		bool good = photo_facts(&f, thumb, b.p, b.len);

		good = good && (known ? fabs(f.mean[0] - photos[i].red) < 0.01 && thumb[0] < 9 &&
						f.thumb_width >= 48
				      : isnan(f.mean[0]) && !f.thumb_width);
		ok(t,
		   good && f.width == photos[i].width && f.height == photos[i].height &&
			   f.channels == photos[i].channels,
		   "%s: %u x %u, red %.3f", photos[i].name, f.width, f.height, f.mean[0]);
		f = (struct frame){.mean = {NAN, NAN, NAN}};
		ok(t, photo_facts(&f, thumb, b.p, b.len * 9 / 10) && isnan(f.mean[0]),
		   "cut short, its size is known");
		ok(t, !photo_facts(&f, thumb, b.p, 20), "cut shorter, nothing");
		buf_fini(&b);
	}
}

int main(void)
{
	struct tap t = {0};

	test_turns(&t);
	test_kinds(&t);
	test_hostile(&t);
	test_large(&t);
	test_unwanted(&t);
	test_photos(&t);
	return tap_done(&t);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/stream.h"

#include <errno.h>
#include <math.h>

#include "base/base64.h"
#include "model/verdict.h"
#include "wire/stream_health.h"

/* %.17g is enough for every double; NaN and infinities as Python writes them. */
static void put_double(struct buf *b, double v)
{
	if (isnan(v))
		buf_str(b, "NaN");
	else if (isinf(v))
		buf_str(b, v > 0 ? "Infinity" : "-Infinity");
	else
		buf_printf(b, "%.17g", v);
}

void stream_put_number(struct buf *b, const char *key, double v)
{
	buf_printf(b, ",\"%s\":", key);
	put_double(b, v);
}

static void put_words(struct buf *b, const char *key, const char *text)
{
	buf_printf(b, ",\"%s\":", key);
	buf_json_str(b, text);
}

/* What is empty is unknown. */
static void put_text(struct buf *b, const char *key, const char *text)
{
	if (text && text[0])
		put_words(b, key, text);
}

/* Nanoseconds as seconds with all their digits: a double would lose some. */
void stream_put_time(struct buf *b, int64_t src_ns)
{
	uint64_t abs_ns = src_ns < 0 ? 0 - (uint64_t)src_ns : (uint64_t)src_ns;

	if (src_ns == TIME_UNKNOWN)
		return;
	buf_printf(b, ",\"t\":%s%llu.%09llu", src_ns < 0 ? "-" : "",
		   (unsigned long long)(abs_ns / 1000000000u),
		   (unsigned long long)(abs_ns % 1000000000u));
}

static void put_hello(struct buf *b, const struct hello *h)
{
	bool first = true;

	buf_str(b, "{\"type\":\"hello\",\"protocol\":1");
	put_text(b, "robot", h->robot);
	buf_str(b, ",\"joints\":[");
	for (unsigned i = 0; i < h->joints; i++) {
		buf_str(b, i ? "," : "");
		buf_json_str(b, h->joint[i].name);
	}
	buf_str(b, "],\"units\":[");
	for (unsigned i = 0; i < h->joints; i++) {
		const char *word = unit_word(h->joint[i].unit);

		buf_printf(b, word ? "%s\"%s\"" : "%snull", i ? "," : "", word);
	}
	buf_str(b, "]");
	if (h->fps > 0) {
		buf_str(b, ",\"fps\":");
		put_double(b, h->fps);
	}
	put_text(b, "task", h->task);
	put_text(b, "policy", h->policy);
	buf_str(b, ",\"clock\":\"relative\",\"facts\":[");
	for (unsigned i = 0; i < FACT_N; i++) {
		if (!(h->facts >> i & 1))
			continue;
		buf_printf(b, "%s\"%s\"", first ? "" : ",", fact_word(i));
		first = false;
	}
	buf_str(b, "]");
	if (h->no_tick)
		buf_str(b, ",\"no_tick\":true");
	if (h->on_bus)
		buf_str(b, ",\"on_bus\":true");
}

static void put_episode(struct buf *b, const struct episode_mark *m, int64_t src_ns)
{
	buf_printf(b, "{\"type\":\"episode\",\"event\":\"%s\"", m->start ? "start" : "end");
	stream_put_time(b, src_ns);
	put_text(b, "task", m->task);
	put_text(b, "outcome", outcome_word(m->outcome));
	put_text(b, "boundary", m->boundary);
	put_text(b, "note", m->note);
	if (m->resumed)
		buf_str(b, ",\"resumed\":true");
}

static void put_step(struct buf *b, const struct step *s)
{
	buf_str(b, "{\"type\":\"step\"");
	if (s->seq != SEQ_UNKNOWN)
		buf_printf(b, ",\"seq\":%lld", (long long)s->seq);
	stream_put_time(b, s->src_ns);
	for (unsigned k = 0; k < VEC_N; k++) {
		const struct vec *v = &s->vec[k];

		if (!v->present)
			continue;
		buf_printf(b, ",\"%s\":[", vec_word((enum vec_kind)k));
		for (unsigned i = 0; i < s->joints; i++) {
			buf_str(b, i ? "," : "");
			if (vec_known(v, i))
				put_double(b, v->v[i]);
			else
				buf_str(b, "null");
		}
		buf_str(b, "]");
	}
	if (s->driver != DRIVER_UNKNOWN)
		put_text(b, "driver", driver_word(s->driver));
	if (s->position >= 0)
		buf_printf(b, ",\"position\":%d", (int)s->position);
}

static void put_chunk(struct buf *b, const struct chunk *c, int64_t src_ns)
{
	buf_str(b, "{\"type\":\"chunk\"");
	if (c->seq != SEQ_UNKNOWN)
		buf_printf(b, ",\"seq\":%lld", (long long)c->seq);
	stream_put_time(b, src_ns);
	if (!isnan(c->latency_s)) {
		buf_str(b, ",\"latency_s\":");
		put_double(b, c->latency_s);
	}
	if (c->execute)
		buf_printf(b, ",\"execute\":%u", c->execute);
	if (c->prompt_known)
		put_words(b, "prompt", c->prompt);
	buf_str(b, ",\"actions\":[");
	for (unsigned r = 0; r < c->horizon; r++) {
		buf_str(b, r ? ",[" : "[");
		for (unsigned i = 0; i < c->dims; i++) {
			buf_str(b, i ? "," : "");
			put_double(b, c->actions[(size_t)r * c->dims + i]);
		}
		buf_str(b, "]");
	}
	buf_str(b, "]");
}

static void put_fact(struct buf *b, double v)
{
	if (isnan(v))
		buf_str(b, "null");
	else
		put_double(b, v);
}

static void put_facts(struct buf *b, const char *key, const double v[3])
{
	buf_printf(b, ",\"%s\":[", key);
	for (unsigned k = 0; k < 3; k++) {
		buf_str(b, k ? "," : "");
		put_fact(b, v[k]);
	}
	buf_str(b, "]");
}

/* The facts are always written: they may be those of the picture, not of its thumbnail. */
static void put_frame(struct buf *b, const struct frame *f, int64_t src_ns)
{
	buf_str(b, "{\"type\":\"camera\"");
	put_words(b, "name", f->camera);
	stream_put_time(b, src_ns);
	buf_printf(b, ",\"width\":%u,\"height\":%u,\"channels\":%u", f->width, f->height,
		   f->channels);
	put_facts(b, "mean", f->mean);
	put_facts(b, "std", f->std);
	buf_str(b, ",\"dark\":");
	put_fact(b, f->dark);
	buf_str(b, ",\"bright\":");
	put_fact(b, f->bright);
	if (!isnan(f->sharpness))
		stream_put_number(b, "sharpness", f->sharpness);
	if (!isnan(f->repeats))
		stream_put_number(b, "repeats", f->repeats);
	if (!isnan(f->repeat_s))
		stream_put_number(b, "repeat_s", f->repeat_s);
	if (!f->thumb_width || !f->thumb_height)
		return;
	buf_printf(b, ",\"thumb_width\":%u,\"thumb_height\":%u,\"rgb\":\"", f->thumb_width,
		   f->thumb_height);
	base64_add(b, f->thumb, (size_t)f->thumb_width * f->thumb_height * 3);
	buf_str(b, "\"");
}

static void put_gap(struct buf *b, const struct event *ev)
{
	buf_str(b, "{\"type\":\"gap\"");
	stream_put_time(b, ev->src_ns);
	if (ev->lost >= 0)
		buf_printf(b, ",\"lost\":%lld", (long long)ev->lost);
	put_text(b, "unit", ev->unit);
	put_text(b, "reason", ev->text);
}

int stream_encode(struct buf *b, const struct event *ev)
{
	switch (ev->kind) {
	case EVENT_HELLO:
		put_hello(b, ev->hello);
		break;
	case EVENT_EPISODE:
		put_episode(b, ev->episode, ev->src_ns);
		break;
	case EVENT_STEP:
		put_step(b, ev->step);
		break;
	case EVENT_CHUNK:
		put_chunk(b, ev->chunk, ev->src_ns);
		break;
	case EVENT_RESET:
		buf_str(b, "{\"type\":\"reset\"");
		stream_put_time(b, ev->src_ns);
		break;
	case EVENT_NOTE:
		buf_str(b, "{\"type\":\"event\"");
		stream_put_time(b, ev->src_ns);
		put_text(b, "level", level_word((enum level)ev->level));
		put_text(b, "text", ev->text);
		break;
	case EVENT_GAP:
		put_gap(b, ev);
		break;
	case EVENT_FRAME:
		put_frame(b, ev->frame, ev->src_ns);
		break;
	case EVENT_CAMERA:
	case EVENT_MOTOR:
	case EVENT_BUS:
		stream_put_health(b, ev);
		break;
	case EVENT_EXECUTED:
	case EVENT_EXCHANGE:
	case EVENT_SAMPLE:
	case EVENT_END:
	default:
		return -EINVAL;
	}
	buf_str(b, "}\n");
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/pack.h"

#include <string.h>

/* In front of every record; texts with their '\0' follow, then the payload at a multiple of 8. */
struct head {
	uint64_t order;
	int64_t t_ns, wall_ns, lost;
	uint32_t kind, episode;
	int32_t level;
	uint32_t text_bytes, unit_bytes; /* 0: NULL */
	uint16_t source, direction;
};

static size_t round8(size_t n)
{
	return (n + 7) / 8 * 8;
}

static size_t text_bytes(const char *s)
{
	return s ? strlen(s) + 1 : 0;
}

static size_t words_bytes(const struct run_info *run)
{
	size_t n = 0;

	for (unsigned i = 0; i < run->sources && i < PACK_SOURCES_MAX; i++)
		n += strlen(run->source[i]) + 1;
	return n;
}

static size_t step_bytes(const struct step *s)
{
	size_t n = 0;

	for (unsigned k = 0; k < VEC_N; k++)
		n += s->vec[k].present;
	return STEP_PACK_MAX - (VEC_N - n) * sizeof(s->vec[0].known) -
	       (VEC_N * MAX_JOINTS - n * s->joints) * sizeof(double);
}

static size_t thumb_bytes(const struct frame *f)
{
	return f->thumb ? (size_t)f->thumb_width * f->thumb_height * 3 : 0;
}

/* A payload that is one plain struct: it, and where it goes when it is unpacked. */
static size_t plain_payload(const struct record *r, const void **from)
{
	switch ((int)r->kind) {
	case RECORD_EXECUTED:
		*from = r->executed;
		return sizeof(*r->executed);
	case RECORD_CAMERA:
		*from = r->camera;
		return sizeof(*r->camera);
	case RECORD_MOTOR:
		*from = r->motor;
		return sizeof(*r->motor);
	case RECORD_BUS:
		*from = r->bus;
		return sizeof(*r->bus);
	case RECORD_VERDICT:
		*from = r->verdict;
		return sizeof(*r->verdict);
	case RECORD_EPISODE_START:
	case RECORD_EPISODE_END:
		*from = r->mark;
		return sizeof(*r->mark);
	default:
		return 0;
	}
}

static size_t payload_bytes(const struct record *r)
{
	const void *from;

	switch ((int)r->kind) {
	case RECORD_RUN:
		return sizeof(*r->run) + words_bytes(r->run);
	case RECORD_STEP:
		return step_bytes(r->step) + sizeof(uint64_t);
	case RECORD_SAMPLE:
		return r->sample->n * sizeof(*r->sample->v);
	case RECORD_CHUNK:
		return sizeof(*r->chunk) +
		       (size_t)r->chunk->horizon * r->chunk->dims * sizeof(double);
	case RECORD_FRAME:
		return sizeof(*r->frame) + thumb_bytes(r->frame);
	default:
		return plain_payload(r, &from);
	}
}

static size_t texts_bytes(const struct record *r)
{
	return round8(text_bytes(r->text) + text_bytes(r->unit));
}

size_t pack_size(const struct record *r)
{
	return sizeof(struct head) + texts_bytes(r) + payload_bytes(r);
}

static void pack_run(char *p, const struct run_info *run)
{
	memcpy(p, run, sizeof(*run));
	p += sizeof(*run);
	for (unsigned i = 0; i < run->sources && i < PACK_SOURCES_MAX; i++) {
		size_t n = strlen(run->source[i]) + 1;

		memcpy(p, run->source[i], n);
		p += n;
	}
}

/* The length in front, because step_unpack() wants exactly its own bytes. */
static void pack_step(char *p, const struct step *s)
{
	uint64_t n = step_pack(p + sizeof(n), step_bytes(s), s);

	memcpy(p, &n, sizeof(n));
}

static void pack_payload(char *p, const struct record *r)
{
	const void *from;
	size_t n;

	switch ((int)r->kind) {
	case RECORD_RUN:
		pack_run(p, r->run);
		break;
	case RECORD_STEP:
		pack_step(p, r->step);
		break;
	case RECORD_SAMPLE:
		memcpy(p, r->sample->v, payload_bytes(r));
		break;
	case RECORD_CHUNK:
		memcpy(p, r->chunk, sizeof(*r->chunk));
		memcpy(p + sizeof(*r->chunk), r->chunk->actions,
		       payload_bytes(r) - sizeof(*r->chunk));
		break;
	case RECORD_FRAME:
		memcpy(p, r->frame, sizeof(*r->frame));
		if (r->frame->thumb)
			memcpy(p + sizeof(*r->frame), r->frame->thumb, thumb_bytes(r->frame));
		break;
	default:
		n = plain_payload(r, &from);
		if (n)
			memcpy(p, from, n);
		break;
	}
}

void pack_record(void *dst, const struct record *r, uint64_t order)
{
	struct head h = {
		.order = order,
		.t_ns = r->t_ns,
		.wall_ns = r->wall_ns,
		.lost = r->lost,
		.kind = r->kind,
		.episode = r->episode,
		.level = r->level,
		.text_bytes = (uint32_t)text_bytes(r->text),
		.unit_bytes = (uint32_t)text_bytes(r->unit),
		.source = r->source,
	};
	char *p = dst;

	memcpy(p, &h, sizeof(h));
	p += sizeof(h);
	if (r->text)
		memcpy(p, r->text, h.text_bytes);
	if (r->unit)
		memcpy(p + h.text_bytes, r->unit, h.unit_bytes);
	pack_payload(p + texts_bytes(r), r);
}

size_t pack_raw_size(size_t len)
{
	return sizeof(struct head) + len;
}

void pack_raw(void *dst, uint16_t source, int direction, int64_t t_ns, const void *p, size_t len,
	      uint64_t order)
{
	struct head h = {
		.order = order,
		.t_ns = t_ns,
		.kind = PACK_RAW,
		.source = source,
		.direction = (uint16_t)direction,
	};

	memcpy(dst, &h, sizeof(h));
	if (len) /* a mark has no bytes, and p is NULL then */
		memcpy((char *)dst + sizeof(h), p, len);
}

uint64_t pack_order(const void *p)
{
	uint64_t order;

	memcpy(&order, p, sizeof(order));
	return order;
}

static bool unpack_run(struct unpacked *u, const char *p, size_t len)
{
	const char *end = p + len;

	if (len < sizeof(u->run))
		return false;
	memcpy(&u->run, p, sizeof(u->run));
	if (u->run.sources > PACK_SOURCES_MAX)
		u->run.sources = PACK_SOURCES_MAX;
	p += sizeof(u->run);
	for (unsigned i = 0; i < u->run.sources; i++) {
		const char *nul = memchr(p, '\0', (size_t)(end - p));

		if (!nul)
			return false;
		u->source[i] = p;
		p = nul + 1;
	}
	u->run.source = u->source;
	u->record.run = &u->run;
	return true;
}

static bool unpack_step(struct unpacked *u, const char *p, size_t len)
{
	uint64_t n;

	if (len < sizeof(n))
		return false;
	memcpy(&n, p, sizeof(n));
	u->record.step = &u->step;
	return n <= len - sizeof(n) && step_unpack(&u->step, p + sizeof(n), (size_t)n);
}

static bool unpack_sample(struct unpacked *u, const char *p, size_t len)
{
	/* The record and its parts are aligned to 8 bytes. */
	u->sample.v = (const struct sample_value *)(const void *)p;
	u->sample.n = (unsigned)(len / sizeof(*u->sample.v));
	u->record.sample = &u->sample;
	return len % sizeof(*u->sample.v) == 0;
}

static bool unpack_chunk(struct unpacked *u, const char *p, size_t len)
{
	if (len < sizeof(u->chunk))
		return false;
	memcpy(&u->chunk, p, sizeof(u->chunk));
	/* The record and its parts are aligned to 8 bytes. */
	u->chunk.actions = (const double *)(const void *)(p + sizeof(u->chunk));
	u->record.chunk = &u->chunk;
	return len - sizeof(u->chunk) == (size_t)u->chunk.horizon * u->chunk.dims * sizeof(double);
}

static bool unpack_frame(struct unpacked *u, const char *p, size_t len)
{
	if (len < sizeof(u->frame))
		return false;
	memcpy(&u->frame, p, sizeof(u->frame));
	if (u->frame.thumb)
		u->frame.thumb = (const uint8_t *)p + sizeof(u->frame);
	u->record.frame = &u->frame;
	return len - sizeof(u->frame) == thumb_bytes(&u->frame);
}

/* Points the record at the room in u for it, which is what plain_payload() then gives. */
static void *plain_room(struct unpacked *u)
{
	switch ((int)u->record.kind) {
	case RECORD_EXECUTED:
		u->record.executed = &u->executed;
		return &u->executed;
	case RECORD_CAMERA:
		u->record.camera = &u->camera;
		return &u->camera;
	case RECORD_MOTOR:
		u->record.motor = &u->motor;
		return &u->motor;
	case RECORD_BUS:
		u->record.bus = &u->bus;
		return &u->bus;
	case RECORD_VERDICT:
		u->record.verdict = &u->verdict;
		return &u->verdict;
	case RECORD_EPISODE_START:
	case RECORD_EPISODE_END:
		u->record.mark = &u->mark;
		return &u->mark;
	default:
		return NULL;
	}
}

static bool unpack_plain(struct unpacked *u, const char *p, size_t len)
{
	void *to = plain_room(u);
	const void *from;

	if (!to)
		return true;
	if (len != plain_payload(&u->record, &from))
		return false;
	memcpy(to, p, len);
	return true;
}

static bool unpack_payload(struct unpacked *u, const char *p, size_t len)
{
	switch ((int)u->record.kind) {
	case RECORD_RUN:
		return unpack_run(u, p, len);
	case RECORD_STEP:
		return unpack_step(u, p, len);
	case RECORD_SAMPLE:
		return unpack_sample(u, p, len);
	case RECORD_CHUNK:
		return unpack_chunk(u, p, len);
	case RECORD_FRAME:
		return unpack_frame(u, p, len);
	default:
		return unpack_plain(u, p, len);
	}
}

bool unpack_record(struct unpacked *u, const void *src, size_t len)
{
	const char *p = src;
	struct head h;
	size_t texts;

	if (len < sizeof(h))
		return false;
	memcpy(&h, p, sizeof(h));
	p += sizeof(h);
	u->order = h.order;
	u->record = (struct record){.kind = (enum record_kind)h.kind, .t_ns = h.t_ns};
	u->record.wall_ns = h.wall_ns;
	u->record.lost = h.lost;
	u->record.episode = h.episode;
	u->record.source = h.source;
	u->record.level = h.level;
	u->raw.bytes = p;
	u->raw.len = len - sizeof(h);
	u->raw.direction = h.direction;
	texts = round8((size_t)h.text_bytes + h.unit_bytes);
	if (h.kind == PACK_RAW)
		return true;
	if (texts > len - sizeof(h))
		return false;
	u->record.text = h.text_bytes ? p : NULL;
	u->record.unit = h.unit_bytes ? p + h.text_bytes : NULL;
	return unpack_payload(u, p + texts, len - sizeof(h) - texts);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "model/step.h"

#include <math.h>
#include <string.h>

static const char *const vec_words[VEC_N] = {"seen", "asked", "sent", "got"};
static const char *const driver_words[DRIVER_N] = {"unknown", "policy", "human", "script", "idle"};

/* What precedes the vectors in the packed form. */
struct packed_head {
	int64_t seq, t_ns, src_ns, chunk;
	int32_t position;
	uint32_t episode;
	uint16_t source, joints;
	uint8_t driver, present;
	uint8_t pad[2];
};

const char *vec_word(enum vec_kind k)
{
	return k < VEC_N ? vec_words[k] : "?";
}

const char *driver_word(enum driver d)
{
	return d < DRIVER_N ? driver_words[d] : "unknown";
}

enum driver driver_from_word(const char *word)
{
	for (unsigned d = 0; word && d < DRIVER_N; d++) {
		if (strcmp(driver_words[d], word) == 0)
			return (enum driver)d;
	}
	return DRIVER_UNKNOWN;
}

void step_init(struct step *s, unsigned n)
{
	s->seq = SEQ_UNKNOWN;
	s->t_ns = s->src_ns = s->done_ns = s->read_ns = TIME_UNKNOWN;
	s->episode = 0;
	s->source = 0;
	s->driver = DRIVER_UNKNOWN;
	s->chunk = s->position = -1;
	s->joints = n;
	for (unsigned k = 0; k < VEC_N; k++) {
		s->vec[k].present = false;
		memset(s->vec[k].known, 0, sizeof(s->vec[k].known));
		for (unsigned j = 0; j < n; j++)
			s->vec[k].v[j] = NAN;
	}
}

void vec_set(struct vec *v, unsigned joint, double value)
{
	v->present = true;
	v->known[joint / 64] |= 1ull << joint % 64;
	v->v[joint] = value;
}

bool vec_known(const struct vec *v, unsigned joint)
{
	return v->present && (v->known[joint / 64] >> joint % 64 & 1);
}

bool vec_value(const struct vec *v, unsigned joint, double *out)
{
	if (!vec_known(v, joint) || !isfinite(v->v[joint]))
		return false;
	*out = v->v[joint];
	return true;
}

int64_t step_axis_ns(const struct step *s)
{
	return s->src_ns != TIME_UNKNOWN ? s->src_ns : s->t_ns;
}

size_t step_pack(void *dst, size_t size, const struct step *s)
{
	struct packed_head h = {
		.seq = s->seq,
		.t_ns = s->t_ns,
		.src_ns = s->src_ns,
		.episode = s->episode,
		.source = s->source,
		.joints = (uint16_t)s->joints,
		.driver = (uint8_t)s->driver,
		.chunk = s->chunk,
		.position = s->position,
	};
	unsigned char *p = dst;
	size_t values = s->joints * sizeof(double), need = sizeof(h);

	for (unsigned k = 0; k < VEC_N; k++) {
		if (s->vec[k].present) {
			h.present |= (uint8_t)(1u << k);
			need += sizeof(s->vec[k].known) + values;
		}
	}
	if (need > size)
		return 0;
	memcpy(p, &h, sizeof(h));
	p += sizeof(h);
	for (unsigned k = 0; k < VEC_N; k++) {
		if (!s->vec[k].present)
			continue;
		memcpy(p, s->vec[k].known, sizeof(s->vec[k].known));
		memcpy(p + sizeof(s->vec[k].known), s->vec[k].v, values);
		p += sizeof(s->vec[k].known) + values;
	}
	return need;
}

bool step_unpack(struct step *s, const void *src, size_t len)
{
	const unsigned char *p = src;
	struct packed_head h;
	size_t each;

	if (len < sizeof(h))
		return false;
	memcpy(&h, p, sizeof(h));
	if (h.joints > MAX_JOINTS || h.present >= 1u << VEC_N || h.driver >= DRIVER_N)
		return false;
	each = sizeof(s->vec[0].known) + h.joints * sizeof(double);
	if (len != sizeof(h) + (size_t)__builtin_popcount(h.present) * each)
		return false;
	step_init(s, h.joints);
	s->seq = h.seq;
	s->t_ns = h.t_ns;
	s->src_ns = h.src_ns;
	s->episode = h.episode;
	s->source = h.source;
	s->driver = (enum driver)h.driver;
	s->chunk = h.chunk;
	s->position = h.position;
	p += sizeof(h);
	for (unsigned k = 0; k < VEC_N; k++) {
		if (!(h.present >> k & 1))
			continue;
		s->vec[k].present = true;
		memcpy(s->vec[k].known, p, sizeof(s->vec[k].known));
		memcpy(s->vec[k].v, p + sizeof(s->vec[k].known), h.joints * sizeof(double));
		p += each;
	}
	return true;
}

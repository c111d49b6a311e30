/* SPDX-License-Identifier: Apache-2.0 */
#include "view/message.h"

#include "view/message_impl.h"

static const struct field chunk_fields[] = {
	ROW(BOOL, view_chunk, seen, 0),
	ROW(8, view_chunk, number, 0),
	ROW(4, view_chunk, horizon, 0),
	ROW(4, view_chunk, dims, 0),
	ROW(4, view_chunk, execute, 0),
	ROW(4, view_chunk, ran, 0),
	ROW(4, view_chunk, queue, 0),
	ROW(4, view_chunk, last_ran, 0),
	ROW(8, view_chunk, age_s, 0),
	ROW(8, view_chunk, replan_s, 0),
	ROW(ENUM, view_chunk, match, PROMPT_N - 1),
	ROW(4, view_chunk, task, 0),
	TEXT(view_chunk, prompt),
	ROW(4, view_chunk, seam_joint, 0),
	ROW(4, view_chunk, off_joint, 0),
	END,
};

static const struct field latency_fields[] = {
	ROW(4, view_latency, n, 0),
	ROW(8, view_latency, last_ms, 0),
	ROW(8, view_latency, p50_ms, 0),
	ROW(8, view_latency, p95_ms, 0),
	ROW(8, view_latency, worst_ms, 0),
	ROW(8, view_latency, first_ms, 0),
	END,
};

static const struct field traffic_fields[] = {
	ROW(BOOL, view_traffic, seen, 0),
	ROW(8, view_traffic, number, 0),
	ROW(ENUM, view_traffic, state, EXCHANGE_STRANGER),
	ROW(BOOL, view_traffic, acted, 0),
	ROW(8, view_traffic, in_flight_s, 0),
	ROW(8, view_traffic, age_s, 0),
	ROW(8, view_traffic, took_ms, 0),
	ROW(8, view_traffic, server_ms, 0),
	ROW(8, view_traffic, policy_ms, 0),
	ROW(8, view_traffic, request_bytes, 0),
	ROW(8, view_traffic, reply_bytes, 0),
	TEXT(view_traffic, endpoint),
	TEXT(view_traffic, error),
	ROW(8, view_traffic, error_age_s, 0),
	ROW(8, view_traffic, requests, 0),
	ROW(8, view_traffic, acts, 0),
	ROW(8, view_traffic, errors, 0),
	ROW(8, view_traffic, broken, 0),
	ROW(8, view_traffic, strangers, 0),
	ROW(8, view_traffic, reconnects, 0),
	ROW(4, view_traffic, ntensors, 0),
	END,
};

static const struct field tensor_fields[] = {
	TEXT(tensor, name),
	TEXT(tensor, dtype),
	ROW(BOOL, tensor, reply, 0),
	ROW(8, tensor, min, 0),
	ROW(8, tensor, max, 0),
	ROW(8, tensor, mean, 0),
	END,
};

static const struct field cadence_fields[] = {
	ROW(4, view_cadence, n, 0),	    ROW(8, view_cadence, budget_ms, 0),
	ROW(8, view_cadence, median_hz, 0), ROW(8, view_cadence, p95_ms, 0),
	ROW(8, view_cadence, worst_ms, 0),  ROW(8, view_cadence, late, 0),
	ROW(8, view_cadence, over, 0),	    ROW(4, view_cadence, replans, 0),
	ROW(4, view_cadence, pauses, 0),    ROW(8, view_cadence, pause_ms, 0),
	ROW(8, view_cadence, idle, 0),	    ROW(8, view_cadence, starved_s, 0),
	ROW(8, view_cadence, bin_ms, 0),    END,
};

static const struct field frame_fields[] = {
	TEXT(view_frame, camera),
	ROW(4, view_frame, width, 0),
	ROW(4, view_frame, height, 0),
	ROW(4, view_frame, channels, 0),
	ROW(8, view_frame, mean[0], 0),
	ROW(8, view_frame, mean[1], 0),
	ROW(8, view_frame, mean[2], 0),
	ROW(8, view_frame, std[0], 0),
	ROW(8, view_frame, std[1], 0),
	ROW(8, view_frame, std[2], 0),
	ROW(8, view_frame, dark, 0),
	ROW(8, view_frame, bright, 0),
	ROW(8, view_frame, sharpness, 0),
	ROW(8, view_frame, frozen_s, 0),
	ROW(8, view_frame, age_s, 0),
	ROW(8, view_frame, count, 0),
	END,
};

static const struct field history_chunk_fields[] = {
	ROW(8, history_chunk, number, 0),
	ROW(8, history_chunk, start_s, 0),
	ROW(4, history_chunk, ran, 0),
	ROW(4, history_chunk, n, 0),
	END,
};

void message_put_policy(struct cursor *c, const struct snapshot *s)
{
	fields_put(c, chunk_fields, &s->chunk);
	fields_put(c, latency_fields, &s->latency);
	fields_put(c, traffic_fields, &s->traffic);
	for (unsigned i = 0; i < s->traffic.ntensors; i++) {
		const struct tensor *t = &s->traffic.tensor[i];

		fields_put(c, tensor_fields, t);
		cursor_put(c, &t->dims, sizeof(t->dims));
		cursor_put(c, t->shape, sizeof(t->shape));
	}
	fields_put(c, cadence_fields, &s->cadence);
	cursor_put(c, s->cadence.bin, sizeof(s->cadence.bin));
	for (unsigned i = 0; i < s->nframes; i++)
		fields_put(c, frame_fields, &s->frame[i]);
}

static void get_tensors(struct cursor *c, struct view_traffic *v)
{
	c->failed = c->failed || v->ntensors > TENSORS_MAX;
	for (unsigned i = 0; i < v->ntensors && !c->failed; i++) {
		struct tensor *t = &v->tensor[i];

		fields_get(c, tensor_fields, t);
		cursor_get(c, &t->dims, sizeof(t->dims));
		cursor_get(c, t->shape, sizeof(t->shape));
		c->failed = c->failed || t->dims > sizeof(t->shape) / sizeof(t->shape[0]);
	}
}

void message_get_policy(struct cursor *c, struct snapshot *s)
{
	fields_get(c, chunk_fields, &s->chunk);
	fields_get(c, latency_fields, &s->latency);
	fields_get(c, traffic_fields, &s->traffic);
	get_tensors(c, &s->traffic);
	fields_get(c, cadence_fields, &s->cadence);
	cursor_get(c, s->cadence.bin, sizeof(s->cadence.bin));
	for (unsigned i = 0; i < s->nframes && !c->failed; i++)
		fields_get(c, frame_fields, &s->frame[i]);
}

void message_put_chunks(struct cursor *c, const struct history *h)
{
	for (unsigned i = 0; i < h->nchunks; i++) {
		fields_put(c, history_chunk_fields, &h->chunk[i]);
		cursor_put(c, h->chunk[i].v, h->chunk[i].n * sizeof(float));
	}
}

void message_get_chunks(struct cursor *c, struct history *h)
{
	for (unsigned i = 0; i < h->nchunks && !c->failed; i++) {
		struct history_chunk *k = &h->chunk[i];

		fields_get(c, history_chunk_fields, k);
		c->failed = c->failed || k->n > HISTORY_PLAN;
		if (!c->failed)
			cursor_get(c, k->v, k->n * sizeof(float));
	}
}

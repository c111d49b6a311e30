/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "ui/json_impl.h"

static const char *const match_words[PROMPT_N] = {NULL, "empty", "no profile", "not trained",
						  "training task"};
static const char *const state_words[] = {"asked", "answered", "failed", "broken", "stranger"};

static const char *joint_name(const struct snapshot *s, int joint)
{
	return joint >= 0 && joint < (int)s->njoints ? s->joint[joint].joint.name : NULL;
}

static void add_chunk(struct json *o, const struct snapshot *s)
{
	const struct view_chunk *c = &s->chunk;
	double nan = (double)NAN;
	struct json j;

	if (!c->seen) {
		json_put_text(o, "chunk", NULL);
		return;
	}
	j = json_put_open(o, "chunk", "{");
	json_put_integer(&j, "chunk", c->number);
	json_put_integer(&j, "horizon", c->horizon);
	json_put_integer(&j, "dims", c->dims);
	json_put_number(&j, "execute", c->execute ? c->execute : nan);
	json_put_count(&j, "executed", c->ran);
	json_put_count(&j, "queue", c->queue);
	json_put_count(&j, "last_executed", c->last_ran);
	json_put_number(&j, "age_s", c->age_s);
	json_put_number(&j, "replan_s", c->replan_s);
	json_put_number(&j, "latency_ms", s->latency.last_ms);
	json_put_number(&j, "latency_p95_ms", s->latency.p95_ms);
	json_put_text(&j, "prompt", c->prompt);
	json_put_text(&j, "prompt_match", match_words[c->match]);
	json_put_number(&j, "prompt_task", c->match == PROMPT_TASK ? c->task : nan);
	json_put_text(&j, "seam_joint", joint_name(s, c->seam_joint));
	json_put_text(&j, "plan_off_joint", joint_name(s, c->off_joint));
	buf_str(j.b, "}");
}

static void add_latency(struct json *o, const struct view_latency *l)
{
	struct json j = json_put_open(o, "latency", "{");

	json_put_integer(&j, "n", l->n);
	json_put_number(&j, "last_ms", l->last_ms);
	json_put_number(&j, "p50_ms", l->p50_ms);
	json_put_number(&j, "p95_ms", l->p95_ms);
	json_put_number(&j, "worst_ms", l->worst_ms);
	json_put_number(&j, "first_ms", l->first_ms);
	buf_str(j.b, "}");
}

static void add_tensors(struct json *o, const struct view_traffic *t)
{
	struct json list = json_put_open(o, "arrays", "[");

	for (unsigned i = 0; i < t->ntensors; i++) {
		const struct tensor *v = &t->tensor[i];
		struct json j = json_put_item(&list, "{"), shape;

		json_put_text(&j, "array", v->name);
		json_put_text(&j, "of", v->reply ? "reply" : "request");
		json_put_text(&j, "dtype", v->dtype);
		shape = json_put_open(&j, "shape", "[");
		for (unsigned k = 0; k < v->dims; k++)
			buf_printf(o->b, "%s%lu", k ? "," : "", (unsigned long)v->shape[k]);
		buf_str(shape.b, "]");
		json_put_number(&j, "min", v->min);
		json_put_number(&j, "max", v->max);
		json_put_number(&j, "mean", v->mean);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

static void add_traffic(struct json *o, const struct view_traffic *t)
{
	double nan = (double)NAN;
	struct json j;

	if (!t->seen) {
		json_put_text(o, "traffic", NULL);
		return;
	}
	j = json_put_open(o, "traffic", "{");
	json_put_number(&j, "request", t->number ? (double)t->number : nan);
	json_put_text(&j, "endpoint", t->endpoint);
	json_put_text(&j, "state", state_words[t->state]);
	json_put_boolean(&j, "acted", t->acted);
	json_put_number(&j, "age_s", t->age_s);
	json_put_number(&j, "in_flight_s", t->in_flight_s);
	json_put_number(&j, "took_ms", t->took_ms);
	json_put_number(&j, "server_ms", t->server_ms);
	json_put_number(&j, "policy_ms", t->policy_ms);
	json_put_number(&j, "request_bytes", t->request_bytes ? (double)t->request_bytes : nan);
	json_put_number(&j, "reply_bytes", t->reply_bytes ? (double)t->reply_bytes : nan);
	json_put_text(&j, "error", t->error);
	json_put_number(&j, "error_age_s", t->error_age_s);
	json_put_integer(&j, "requests", (int64_t)t->requests);
	json_put_integer(&j, "requests_acted", (int64_t)t->acts);
	json_put_integer(&j, "errors", (int64_t)t->errors);
	json_put_integer(&j, "broken", (int64_t)t->broken);
	json_put_integer(&j, "strangers", (int64_t)t->strangers);
	json_put_integer(&j, "reconnects", (int64_t)t->reconnects);
	add_tensors(&j, t);
	buf_str(j.b, "}");
}

static void add_cadence(struct json *o, const struct snapshot *s)
{
	const struct view_cadence *c = &s->cadence;
	struct json j = json_put_open(o, "cadence", "{"), bins;

	json_put_integer(&j, "n", c->n);
	json_put_number(&j, "budget_ms", c->budget_ms);
	json_put_number(&j, "median_hz", c->median_hz);
	json_put_number(&j, "p95_ms", c->p95_ms);
	json_put_number(&j, "worst_ms", c->worst_ms);
	json_put_number(&j, "late", c->late);
	json_put_number(&j, "over_budget", c->over);
	json_put_integer(&j, "replans", c->replans);
	json_put_integer(&j, "pauses", c->pauses);
	json_put_number(&j, "pause_ms", c->pause_ms);
	json_put_number(&j, "idle", c->idle);
	json_put_number(&j, "starved_s", c->starved_s);
	json_put_number(&j, "bin_ms", c->bin_ms);
	bins = json_put_open(&j, "bins", "[");
	for (unsigned i = 0; i < VIEW_BINS; i++)
		buf_printf(o->b, "%s%u", i ? "," : "", c->bin[i]);
	buf_str(bins.b, "]");
	buf_str(j.b, "}");
}

static void add_cameras(struct json *o, const struct snapshot *s)
{
	struct json list = json_put_open(o, "cameras", "[");

	for (unsigned i = 0; i < s->nframes; i++) {
		const struct view_frame *f = &s->frame[i];
		struct json j = json_put_item(&list, "{"), mean;

		json_put_text(&j, "camera", f->camera);
		json_put_integer(&j, "width", f->width);
		json_put_integer(&j, "height", f->height);
		json_put_integer(&j, "channels", f->channels);
		mean = json_put_open(&j, "mean", "[");
		for (unsigned k = 0; k < 3 && k < f->channels; k++) {
			buf_str(mean.b, k ? "," : "");
			buf_json_num(mean.b, f->mean[k]);
		}
		buf_str(mean.b, "]");
		json_put_number(&j, "dark", f->dark);
		json_put_number(&j, "bright", f->bright);
		json_put_number(&j, "sharpness", f->sharpness);
		json_put_number(&j, "frozen_s", f->frozen_s);
		json_put_number(&j, "age_s", f->age_s);
		json_put_integer(&j, "seen", (int64_t)f->count);
		buf_str(j.b, "}");
	}
	buf_str(list.b, "]");
}

void json_put_policy(struct json *o, const struct snapshot *s)
{
	add_chunk(o, s);
	add_latency(o, &s->latency);
	add_traffic(o, &s->traffic);
	add_cadence(o, s);
	add_cameras(o, s);
}

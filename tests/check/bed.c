/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/check/bed.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"

static const char *const names[BED_JOINTS] = {"pan.pos", "lift.pos", "wrist.pos", "gripper.pos"};

double bed_command(unsigned joint, unsigned i)
{
	double t = (double)i / 30.0;

	if (joint == BED_GRIPPER)
		return 30.0 - 25.0 * tanh(6.0 * (t - 4.0));
	return 20.0 * (joint + 1) * sin(t * (1.0 + 0.2 * joint)) - 10.0 * joint;
}

/* Encoders lag two ticks and are quantised. */
static double measured(unsigned joint, unsigned i)
{
	return 0.088 * round(bed_command(joint, i > 2 ? i - 2 : 0) / 0.088);
}

static void fill_joint(struct joint_profile *p, unsigned j, double (*value)(unsigned, unsigned))
{
	double sum = 0, square = 0;

	snprintf(p->joint.name, sizeof(p->joint.name), "%s", names[j]);
	p->joint.unit = j == BED_GRIPPER ? UNIT_0_100 : UNIT_DEG;
	p->value.min = INFINITY;
	p->value.max = -INFINITY;
	for (unsigned i = 0; i < BED_STEPS; i++) {
		double v = value(j, i);

		p->value.min = fmin(p->value.min, v);
		p->value.max = fmax(p->value.max, v);
		sum += v;
		square += v * v;
		if (i)
			p->delta.max = fmax(p->delta.max, fabs(v - value(j, i - 1)));
	}
	p->value.mean = sum / BED_STEPS;
	p->value.std = sqrt(square / BED_STEPS - p->value.mean * p->value.mean);
	p->start.mean = value(j, 0);
	p->start.std = 1.0;
	p->start.min = p->start.mean - 2.0;
	p->start.max = p->start.mean + 2.0;
}

static struct profile *make_profile(void)
{
	struct profile *p = profile_new();

	snprintf(p->name, sizeof(p->name), "bed");
	p->fps = 30;
	p->episodes = 50;
	p->frames = 50 * BED_STEPS;
	p->space = SPACE_ABSOLUTE;
	p->action.joints = p->state.joints = BED_JOINTS;
	p->action.joint = xcalloc(BED_JOINTS, sizeof(*p->action.joint));
	p->state.joint = xcalloc(BED_JOINTS, sizeof(*p->state.joint));
	p->gap = xcalloc(BED_JOINTS, sizeof(*p->gap));
	for (unsigned j = 0; j < BED_JOINTS; j++) {
		fill_joint(&p->action.joint[j], j, bed_command);
		fill_joint(&p->state.joint[j], j, measured);
		p->gap[j] = (struct gap_profile){.known = true, .first_max = 1.0, .max = 5.0};
	}
	return p;
}

static void keep(void *host, const struct verdict *v)
{
	struct bed *b = host;

	if (b->nverdicts < BED_VERDICTS)
		b->verdict[b->nverdicts++] = *v;
}

void bed_restart(struct bed *b)
{
	struct event ev = {.kind = EVENT_HELLO, .hello = &b->hello};

	judge_free(b->judge);
	b->judge = judge_new(b->profile, &(struct judge_host){b, keep});
	b->nverdicts = 0;
	b->seq = 0;
	b->episode = 0;
	b->t_s = 1.0;
	judge_feed(b->judge, &ev);
}

void bed_init(struct bed *b)
{
	*b = (struct bed){.profile = make_profile()};
	b->hello.fps = 30;
	b->hello.joints = BED_JOINTS;
	for (unsigned j = 0; j < BED_JOINTS; j++) {
		snprintf(b->hello.joint[j].name, NAME_BYTES, "%s", names[j]);
		b->hello.joint[j].unit = j == BED_GRIPPER ? UNIT_0_100 : UNIT_DEG;
	}
	bed_restart(b);
}

void bed_fini(struct bed *b)
{
	judge_free(b->judge);
	profile_free(b->profile);
}

void bed_episode(struct bed *b)
{
	struct episode_mark mark = {.start = true};
	struct event ev = {.kind = EVENT_EPISODE, .episode = &mark};

	if (b->seq)
		b->episode++;
	judge_feed(b->judge, &ev);
	bed_healthy(b, 0);
}

void bed_healthy(struct bed *b, unsigned i)
{
	step_init(&b->step, BED_JOINTS);
	b->step.driver = DRIVER_POLICY;
	for (unsigned j = 0; j < BED_JOINTS; j++) {
		vec_set(&b->step.vec[VEC_SEEN], j, measured(j, i));
		vec_set(&b->step.vec[VEC_ASKED], j, bed_command(j, i));
		vec_set(&b->step.vec[VEC_SENT], j, bed_command(j, i));
		vec_set(&b->step.vec[VEC_GOT], j, measured(j, i));
	}
}

void bed_send(struct bed *b)
{
	struct event ev = {.kind = EVENT_STEP, .step = &b->step};

	b->step.seq = b->seq++;
	b->step.episode = b->episode;
	b->step.t_ns = (int64_t)(b->t_s * 1e9);
	b->t_s += 1.0 / 30.0;
	judge_feed(b->judge, &ev);
}

void bed_chunk(struct bed *b)
{
	struct chunk chunk = {.seq = b->seq, .latency_s = 0.02, .execute = 20};
	struct event ev = {.kind = EVENT_CHUNK, .chunk = &chunk};

	judge_feed(b->judge, &ev);
}

void bed_run(struct bed *b, unsigned n)
{
	bed_episode(b);
	for (unsigned i = 0; i < n; i++) {
		if (i % 20 == 0)
			bed_chunk(b);
		bed_healthy(b, i);
		bed_send(b);
	}
}

unsigned bed_count(const struct bed *b, const char *code, enum level level)
{
	unsigned n = 0;

	for (unsigned i = 0; i < b->nverdicts; i++)
		n += (!code[0] || strcmp(b->verdict[i].code, code) == 0) &&
		     b->verdict[i].level >= level;
	return n;
}

const struct verdict *bed_find(const struct bed *b, const char *code, enum level level)
{
	for (unsigned i = 0; i < b->nverdicts; i++) {
		if (strcmp(b->verdict[i].code, code) == 0 && b->verdict[i].level >= level)
			return &b->verdict[i];
	}
	return NULL;
}

struct check_status bed_status(const struct bed *b, const char *code)
{
	struct check_status status[32];
	size_t n = judge_status(b->judge, status, 32);

	for (size_t i = 0; i < n; i++) {
		if (strcmp(status[i].code, code) == 0)
			return status[i];
	}
	return (struct check_status){.code = ""};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* What viewers are shown of the policy: chunks, exchanges, latencies, the rhythm of the loop. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "engine/live.h"
#include "tests/tap.h"

enum { JOINTS = 2, HZ = 10, HORIZON = 6, EXECUTE = 4 };

static const int64_t period_ns = NS_PER_S / HZ;

struct bench {
	struct live *live;
	struct judge *judge;
	struct snapshot *s;
	struct history *h;
	struct profile *profile;
	int64_t now_ns, seq, chunk;
};

/* Training: actions within 0..100, |Δ| up to 5 for joint a and 50 for joint b; one task. */
static struct profile *make_profile(void)
{
	struct profile *p = profile_new();

	text_copy(p->name, sizeof(p->name), "p");
	p->action.joints = p->state.joints = JOINTS;
	p->action.joint = xcalloc(JOINTS, sizeof(*p->action.joint));
	p->state.joint = xcalloc(JOINTS, sizeof(*p->state.joint));
	for (unsigned j = 0; j < JOINTS; j++) {
		struct joint_profile *t[] = {&p->action.joint[j], &p->state.joint[j]};

		for (unsigned k = 0; k < 2; k++) {
			text_copy(t[k]->joint.name, NAME_BYTES, j ? "b" : "a");
			t[k]->value.max = 100;
			t[k]->delta.max = j ? 50 : 5;
		}
	}
	p->ntasks = 2;
	p->tasks = xcalloc(2, sizeof(*p->tasks));
	text_copy(p->tasks[0].task, TASK_BYTES, "Pick");
	text_copy(p->tasks[1].task, TASK_BYTES, "Place");
	return p;
}

static void begin(struct bench *b, bool trained, bool no_tick)
{
	struct hello h = {.joints = JOINTS,
			  .joint = {{.name = "a"}, {.name = "b"}},
			  .fps = HZ,
			  .no_tick = no_tick};
	struct event ev = {.kind = EVENT_HELLO, .hello = &h};
	struct episode_mark mark = {.start = true, .boundary = "test"};
	struct judge_host host = {0};

	*b = (struct bench){.profile = trained ? make_profile() : NULL, .now_ns = NS_PER_S};
	b->live = live_new(b->profile);
	b->judge = judge_new(b->profile, &host);
	b->s = xcalloc(1, sizeof(*b->s));
	b->h = xcalloc(1, sizeof(*b->h));
	judge_feed(b->judge, &ev);
	live_hello(b->live, &h, b->judge);
	live_episode(b->live, &mark, 0, b->now_ns);
}

static void end(struct bench *b)
{
	live_free(b->live);
	judge_free(b->judge);
	profile_free(b->profile);
	free(b->s);
	free(b->h);
}

static void look(struct bench *b)
{
	live_snapshot(b->live, b->judge, b->now_ns, b->s);
}

/* Joint a begins at first and goes up by one a step, joint b by ten. */
static void chunk(struct bench *b, double first, double latency_s, const char *prompt)
{
	double v[HORIZON][JOINTS];
	struct chunk c = {.number = b->chunk++,
			  .seq = b->seq,
			  .latency_s = latency_s,
			  .execute = EXECUTE,
			  .horizon = HORIZON,
			  .dims = JOINTS,
			  .actions = v[0],
			  .prompt_known = prompt != NULL};

	for (unsigned k = 0; k < HORIZON; k++) {
		v[k][0] = first + k;
		v[k][1] = first + 10.0 * k;
	}
	if (prompt)
		text_copy(c.prompt, sizeof(c.prompt), prompt);
	live_chunk(b->live, &c, b->seq - 1, b->now_ns);
}

static void step(struct bench *b, double a, double asked_b, double got)
{
	struct step s;

	step_init(&s, JOINTS);
	s.seq = b->seq++;
	s.t_ns = b->now_ns;
	s.driver = DRIVER_POLICY;
	vec_set(&s.vec[VEC_ASKED], 0, a);
	vec_set(&s.vec[VEC_ASKED], 1, asked_b);
	for (unsigned j = 0; j < JOINTS; j++)
		vec_set(&s.vec[VEC_GOT], j, got);
	live_step(b->live, &s, b->now_ns);
	b->now_ns += period_ns;
}

static void run(struct bench *b, double first, unsigned steps, double got)
{
	for (unsigned k = 0; k < steps; k++)
		step(b, first + k, first + 10.0 * k, got);
}

static void test_chunks(struct tap *t)
{
	const struct view_chunk *c;
	struct bench b;

	begin(&b, true, false);
	c = &b.s->chunk;
	look(&b);
	ok(t, !c->seen && c->queue == COUNT_UNKNOWN && c->seam_joint == -1, "no chunk: unknown");
	chunk(&b, 10, 0.04, "Place");
	run(&b, 10, EXECUTE, 10);
	look(&b);
	ok(t,
	   c->seen && c->horizon == HORIZON && c->execute == EXECUTE && c->ran == EXECUTE &&
		   c->queue == HORIZON - EXECUTE && c->last_ran == COUNT_UNKNOWN,
	   "executed %d, %d left", c->ran, c->queue);
	ok(t, c->match == PROMPT_TASK && c->task == 1, "the prompt is the second task");
	ok(t, isnan(b.s->joint[0].seam) && b.s->joint[1].inside == 10 && c->seam_joint == -1,
	   "the first chunk has no seam, and Δ inside it");
	chunk(&b, 8, 0.05, "place");
	run(&b, 8, 1, 19);
	look(&b);
	ok(t, b.s->joint[0].seam == 5 && b.s->joint[1].seam == 32 && c->seam_joint == 0,
	   "a seam of 5 of 5 is larger than 32 of 50 (%g %g)", b.s->joint[0].seam,
	   b.s->joint[1].seam);
	ok(t, b.s->joint[1].inside == 10 && c->last_ran == EXECUTE && c->ran == 1,
	   "what is inside chunks stays apart from it");
	ok(t, b.s->joint[0].plan_off == 6 && b.s->joint[1].plan_off == 21,
	   "13 and 40 were planned, 19 is where they are: %g %g", b.s->joint[0].plan_off,
	   b.s->joint[1].plan_off);
	ok(t, c->match == PROMPT_OTHER && c->task == -1, "letter case counts in a prompt");
	ok(t, fabs(c->replan_s - (double)EXECUTE / HZ) < 1e-9, "replan after %g s", c->replan_s);
	end(&b);
}

static void test_history(struct tap *t)
{
	struct bench b;

	begin(&b, false, false);
	chunk(&b, 0, NAN, NULL);
	run(&b, 0, EXECUTE, 0);
	chunk(&b, 20, NAN, NULL);
	run(&b, 20, 2, 0);
	live_history(b.live, 1, 8, 1, b.now_ns - period_ns, b.h);
	ok(t, b.h->nchunks == 2 && b.h->chunk[0].number == 1 && b.h->chunk[1].number == 0,
	   "two chunks, the newest first");
	ok(t,
	   fabs(b.h->chunk[0].start_s + 1.0 / HZ) < 1e-6 &&
		   fabs(b.h->chunk[1].start_s + 5.0 / HZ) < 1e-6,
	   "began %g and %g s ago", b.h->chunk[0].start_s, b.h->chunk[1].start_s);
	ok(t,
	   b.h->chunk[1].n == HORIZON && b.h->chunk[1].v[5] == 50 && b.h->chunk[1].ran == EXECUTE,
	   "an earlier one with what was never executed");
	ok(t, b.h->nplan == HORIZON - 2 && b.h->plan[0] == 40, "and what is left of the newest");
	chunk(&b, 60, NAN, NULL);
	live_history(b.live, 1, 8, 1, b.now_ns - period_ns, b.h);
	ok(t, b.h->nchunks == 3 && fabs(b.h->chunk[0].start_s - 1.0 / HZ) < 1e-6,
	   "one that has not begun follows the last step");
	for (unsigned i = 0; i < 2 * HISTORY_CHUNKS; i++) {
		chunk(&b, i, NAN, NULL);
		run(&b, i, 1, 0);
	}
	live_history(b.live, 0, 8, 1, b.now_ns, b.h);
	ok(t, b.h->nchunks == HISTORY_CHUNKS, "and never more than the last %u", b.h->nchunks);
	look(&b);
	ok(t, b.s->chunk.match == PROMPT_UNSEEN, "a prompt that no source sees is unknown");
	end(&b);
}

/* By silence, the step tells that an episode began, and its chunk came before it. */
static void test_episode(struct tap *t)
{
	struct episode_mark mark = {.start = true, .boundary = "test"};
	struct bench b;

	begin(&b, false, false);
	chunk(&b, 0, NAN, NULL);
	run(&b, 0, EXECUTE, 0);
	chunk(&b, 50, NAN, NULL);
	live_episode(b.live, &mark, 1, b.now_ns);
	run(&b, 50, 1, 0);
	look(&b);
	ok(t, b.s->chunk.seen && b.s->chunk.number == 1 && b.s->chunk.ran == 1,
	   "a chunk that had not begun is the new episode's");
	ok(t,
	   isnan(b.s->joint[0].seam) && isnan(b.s->joint[0].plan_off) && isnan(b.s->chunk.replan_s),
	   "and joins nothing of the one before");
	live_episode(b.live, &mark, 2, b.now_ns);
	look(&b);
	ok(t, !b.s->chunk.seen, "one that was executed is not");
	end(&b);
}

/* Replies only: each step is one, how many actions were executed is told when it is over. */
static void test_no_tick(struct tap *t)
{
	struct executed x = {.steps = EXECUTE};
	struct bench b;

	begin(&b, true, true);
	chunk(&b, 0, NAN, "");
	run(&b, 0, 1, 0);
	look(&b);
	ok(t, b.s->no_tick && b.s->chunk.ran == COUNT_UNKNOWN && b.s->chunk.queue == COUNT_UNKNOWN,
	   "how far it is, is unknown");
	live_executed(b.live, &x);
	chunk(&b, 7, NAN, "");
	run(&b, 7, 1, 2);
	look(&b);
	ok(t, b.s->chunk.last_ran == EXECUTE && b.s->joint[0].seam == 4 && b.s->joint[1].seam == 23,
	   "a seam from the chunks themselves: %g %g", b.s->joint[0].seam, b.s->joint[1].seam);
	ok(t, b.s->joint[1].inside == 10 && b.s->joint[0].plan_off == 1, "and the plan");
	ok(t, isnan(b.s->hz) && isnan(b.s->joint[0].delta_now) && b.s->cadence.n == 0,
	   "no rate, no change a step");
	ok(t, b.s->chunk.match == PROMPT_NONE, "an empty prompt was seen");
	end(&b);
}

static void tell(struct bench *b, uint64_t number, enum exchange_state state, double took_s)
{
	const struct tensor out = {.name = "state", .dtype = "<f4", .dims = 1, .shape = {6}};
	const struct tensor in = {.name = "actions", .dtype = "<f8", .reply = true};
	struct tensor all[3] = {out, in, out};
	struct exchange x = {.number = number,
			     .state = state,
			     .acted = state == EXCHANGE_ANSWERED,
			     .request_ns = b->now_ns,
			     .reply_ns = TIME_UNKNOWN,
			     .server_ms = state == EXCHANGE_ANSWERED ? 38 : NAN,
			     .policy_ms = NAN,
			     .endpoint = "infer",
			     .tensors = state == EXCHANGE_ANSWERED ? 3 : 0,
			     .tensor = all};

	if (state == EXCHANGE_ANSWERED)
		x.reply_ns = b->now_ns + (int64_t)(took_s * 1e9);
	if (state == EXCHANGE_FAILED)
		x.error = "ValueError: no";
	live_exchange(b->live, 0, &x, b->now_ns);
}

static void ask(struct bench *b, uint64_t number, double took_s)
{
	tell(b, number, EXCHANGE_ASKED, 0);
	tell(b, number, EXCHANGE_ANSWERED, took_s);
	b->now_ns += NS_PER_S;
}

static void test_traffic(struct tap *t)
{
	const struct view_traffic *v;
	struct bench b;

	begin(&b, false, false);
	v = &b.s->traffic;
	chunk(&b, 0, 9, NULL);
	look(&b);
	ok(t, !v->seen && b.s->latency.first_ms == 9000 && b.s->latency.n == 0,
	   "without exchanges chunks tell how long they took; the first stands apart");
	chunk(&b, 0, 8, NULL);
	look(&b);
	ok(t, b.s->latency.n == 1 && b.s->latency.worst_ms == 8000, "the second does not");
	ask(&b, 1, 2);
	for (uint64_t i = 2; i <= 20; i++)
		ask(&b, i, 0.04);
	ask(&b, 21, 0.1);
	look(&b);
	ok(t, b.s->latency.n == 20 && b.s->latency.first_ms == 2000, "the warm-up stands apart");
	ok(t, fabs(b.s->latency.p50_ms - 40) < 1e-6 && fabs(b.s->latency.worst_ms - 100) < 1e-6,
	   "median %g, worst %g", b.s->latency.p50_ms, b.s->latency.worst_ms);
	ok(t, v->requests == 21 && v->acts == 21 && v->reconnects == 0 && isnan(v->in_flight_s),
	   "%llu requests", (unsigned long long)v->requests);
	tell(&b, 22, EXCHANGE_ASKED, 0);
	b.now_ns += NS_PER_S / 2;
	look(&b);
	ok(t, v->state == EXCHANGE_ASKED && v->in_flight_s == 0.5, "one under way, for 0.5 s");
	ok(t, v->server_ms == 38 && fabs(v->took_ms - 100) < 1e-6 && isnan(v->policy_ms),
	   "with what the last answer took");
	ok(t,
	   v->ntensors == 3 && v->tensor[2].reply && !v->tensor[1].reply &&
		   !strcmp(v->tensor[0].name, "state"),
	   "arrays of the last ones that had some");
	tell(&b, 22, EXCHANGE_FAILED, 0);
	ask(&b, 1, 3);
	look(&b);
	ok(t, v->errors == 1 && strstr(v->error, "ValueError") && v->reconnects == 1,
	   "an error and a reconnect: %s", v->error);
	ok(t, v->requests == 23 && b.s->latency.first_ms == 3000 && b.s->latency.n == 20,
	   "whose first answer stands apart, too");
	ask(&b, 1, 3);
	look(&b);
	ok(t, v->reconnects == 2 && v->requests == 24, "one that ends after one answer counts");
	end(&b);
}

static void test_cadence(struct tap *t)
{
	const struct view_cadence *c;
	struct bench b;

	begin(&b, false, false);
	c = &b.s->cadence;
	chunk(&b, 0, NAN, NULL);
	run(&b, 0, 19, 0);
	b.now_ns += 2 * period_ns; /* the loop waits for a chunk */
	chunk(&b, 5, NAN, NULL);
	run(&b, 5, 2, 0);
	look(&b);
	ok(t, c->n == 20 && fabs(c->median_hz - HZ) < 1e-6 && fabs(c->worst_ms - 300) < 1e-6,
	   "median %g Hz, worst %g ms", c->median_hz, c->worst_ms);
	ok(t, fabs(c->late - 0.05) < 1e-9 && fabs(c->over - 0.05) < 1e-9, "one of 20 is late");
	ok(t, c->replans == 1 && c->pauses == 1 && fabs(c->pause_ms - 300) < 1e-6,
	   "a pause at a replan");
	ok(t, c->bin[10] == 19 && c->bin[VIEW_BINS - 1] == 1, "one period is the tenth bin");
	ok(t, c->idle == 0 && c->starved_s == 0, "the policy always acts");
	for (unsigned i = 0; i < 10; i++) {
		struct step s;

		step_init(&s, JOINTS);
		s.seq = b.seq++;
		s.t_ns = b.now_ns;
		s.driver = DRIVER_IDLE;
		vec_set(&s.vec[VEC_GOT], 0, 1);
		live_step(b.live, &s, b.now_ns);
		b.now_ns += period_ns;
	}
	look(&b);
	ok(t, fabs(c->idle - 10.0 / 31) < 1e-9 && fabs(c->starved_s - 1) < 1e-6,
	   "then not for %g s, %g of the steps", c->starved_s, c->idle);
	b.seq += 3;
	b.now_ns += 3 * period_ns;
	run(&b, 0, 1, 0);
	look(&b);
	ok(t, fabs(c->worst_ms - 300) < 1e-6 && c->bin[10] == 30,
	   "steps that were lost on the way are no pause");
	end(&b);
}

static void test_frames(struct tap *t)
{
	struct frame f = {.width = 640, .height = 480, .channels = 3, .dark = NAN, .bright = NAN};
	struct view_thumb thumb;
	struct bench b;

	begin(&b, true, false);
	run(&b, 0, 1, 10);
	look(&b);
	ok(t, b.s->nframes == 0 && b.s->stalled_s == 0, "no camera; a joint is where it is");
	for (unsigned i = 0; i < VIEW_CAMERAS + 1; i++) {
		snprintf(f.camera, sizeof(f.camera), "cam%u", i);
		live_frame(b.live, &f, b.now_ns + i);
		live_frame(b.live, &f, b.now_ns + i);
	}
	f.thumb_width = 2;
	f.thumb_height = 1;
	f.thumb = (const uint8_t[]){1, 2, 3, 4, 5, 6};
	live_frame(b.live, &f, b.now_ns);
	f.thumb = NULL;
	live_frame(b.live, &f, b.now_ns);
	live_thumb(b.live, 0, &thumb);
	ok(t, thumb.width == 2 && thumb.rgb[5] == 6 && thumb.count == 4,
	   "a thumbnail stays until the next one");
	live_thumb(b.live, 1, &thumb);
	ok(t, thumb.width == 0 && thumb.camera == 1, "who has none has none");
	live_thumb(b.live, VIEW_CAMERAS, &thumb);
	ok(t, thumb.width == 0, "nor has a camera that does not exist");
	run(&b, 0, 11, 10.4);
	look(&b);
	ok(t, b.s->nframes == VIEW_CAMERAS && !strcmp(b.s->frame[0].camera, "cam4"),
	   "a fifth camera takes the place of the oldest");
	ok(t, b.s->frame[1].count == 2 && b.s->facts & FACT_FRAMES && isnan(b.s->frame[1].dark),
	   "pictures are counted");
	ok(t, fabs(b.s->stalled_s - 1.1) < 1e-6, "0.4 %% of its span is no motion: %g s",
	   b.s->stalled_s);
	run(&b, 0, 1, 10.6);
	look(&b);
	ok(t, b.s->stalled_s == 0, "0.6 %% is");
	end(&b);
}

static void test_references(struct tap *t)
{
	struct view_reference *out = xcalloc(1, sizeof(*out));
	struct bench b;

	begin(&b, false, false);
	live_reference(b.live, "front", out);
	ok(t, !out->width && !strcmp(out->camera, "front") && strstr(out->why, "no profile"),
	   "without a profile no reference: %s", out->why);
	end(&b);
	begin(&b, true, false);
	live_reference(b.live, "front", out);
	ok(t, !out->width && out->why[0], "a profile without pictures has none: %s", out->why);
	b.profile->ncameras = 2;
	b.profile->cameras = xcalloc(2, sizeof(*b.profile->cameras));
	b.profile->reference = xcalloc(2, sizeof(struct reference *));
	strcpy(b.profile->cameras[0].name, "wrist");
	strcpy(b.profile->cameras[1].name, "front");
	b.profile->reference[1] = xcalloc(1, sizeof(struct reference));
	b.profile->reference[1]->views = 1;
	b.profile->reference[1]->episodes = 9;
	b.profile->reference[1]->rgb = xcalloc(REFERENCE_VIEWS, REFERENCE_BYTES);
	b.profile->reference[1]->rgb[0][REFERENCE_BYTES - 1] = 77;
	live_reference(b.live, "front", out);
	ok(t, out->width == 64 && out->episodes == 9 && out->rgb[REFERENCE_BYTES - 1] == 77,
	   "by its name, whole");
	live_reference(b.live, "wrist", out);
	ok(t, !out->width && !out->episodes && out->why[0], "one camera has none: %s", out->why);
	end(&b);
	free(out);
}

static void test_aging(struct tap *t, struct bench *b, struct motor *m)
{
	m->voltage_v = 12;
	live_motor(b->live, m, b->now_ns + 20 * NS_PER_S);
	look(b);
	ok(t, isnan(b->s->motor[0].v.temp_degc) && b->s->motor[0].lowest_v == 11.5,
	   "but not for ever; the lowest voltage is");
	for (int i = 0; i <= 120; i++) {
		m->temp_degc = 40 + i / 10.0;
		live_motor(b->live, m, b->now_ns + (100 + i) * NS_PER_S);
	}
	look(b);
	ok(t, fabs(b->s->motor[0].rise_degc - 6) < 0.1, "0.1 degrees a second are %g a minute",
	   b->s->motor[0].rise_degc);
}

static void test_health(struct tap *t)
{
	struct camera camera;
	struct motor m;
	struct bench b;
	struct bus bus;

	begin(&b, true, false);
	run(&b, 0, 1, 10);
	motor_init(&m);
	bus_init(&bus);
	camera_init(&camera);
	snprintf(m.joint, NAME_BYTES, "elbow.pos");
	m.temp_degc = 40;
	m.voltage_v = 12;
	m.torque = 1;
	live_motor(b.live, &m, b.now_ns);
	m.voltage_v = 11.5;
	m.temp_degc = NAN;
	m.torque = -1;
	live_motor(b.live, &m, b.now_ns + 2 * NS_PER_S);
	b.now_ns += 3 * NS_PER_S;
	look(&b);
	ok(t, b.s->nmotors == 1 && b.s->motor[0].v.temp_degc == 40 && b.s->motor[0].v.torque == 1,
	   "what was not read again is still known");
	ok(t,
	   b.s->motor[0].v.voltage_v == 11.5 && b.s->motor[0].lowest_v == 11.5 &&
		   fabs(b.s->motor[0].age_s - 1) < 1e-6 && b.s->facts & FACT_HEALTH,
	   "what was read is the newest");
	test_aging(t, &b, &m);
	for (unsigned i = 0; i < VIEW_MOTORS + 3; i++) {
		snprintf(m.joint, NAME_BYTES, "j%u", i);
		live_motor(b.live, &m, b.now_ns);
		snprintf(bus.name, NAME_BYTES, "b%u", i);
		live_bus(b.live, &bus, b.now_ns);
		snprintf(camera.name, NAME_BYTES, "c%u", i);
		live_camera(b.live, &camera, b.now_ns);
	}
	look(&b);
	ok(t,
	   b.s->nmotors == VIEW_MOTORS && b.s->nbuses == VIEW_BUSES && b.s->neyes == VIEW_EYES &&
		   !strcmp(b.s->eye[VIEW_EYES - 1].v.name, "c7"),
	   "more than there is room for are left out");
	end(&b);
}

int main(void)
{
	struct tap t = {0};

	test_chunks(&t);
	test_history(&t);
	test_episode(&t);
	test_no_tick(&t);
	test_traffic(&t);
	test_cadence(&t);
	test_frames(&t);
	test_references(&t);
	test_health(&t);
	return tap_done(&t);
}

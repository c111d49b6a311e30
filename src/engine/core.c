/* SPDX-License-Identifier: Apache-2.0 */
#include "engine/core.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "engine/feeds.h"

static void record(struct core *c, const struct record *r)
{
	if (c->begun)
		recorder_put(c->recorder, r);
	else
		early_keep(&c->early, r);
}

void core_note(struct core *c, enum level level, const char *text)
{
	struct record r = {.kind = RECORD_NOTE, .text = text, .level = (int)level};

	r.t_ns = clock_now_ns(c->clock);
	r.episode = merge_boundary(c->merge)->number;
	record(c, &r);
	live_note(c->live, level, text, r.t_ns);
	if (c->host.note)
		c->host.note(c->host.host, level, text);
}

void core_explained(struct core *c, uint32_t episode, enum level level, const char *text)
{
	struct record r = {.kind = RECORD_NOTE, .level = (int)level, .episode = episode};
	char line[MESSAGE_BYTES + 32];

	snprintf(line, sizeof(line), "first action: %s", text);
	r.t_ns = clock_now_ns(c->clock);
	r.text = line;
	record(c, &r);
	live_note(c->live, level, line, r.t_ns);
	if (episode == merge_boundary(c->merge)->number)
		live_explained(c->live, text);
	if (c->host.note)
		c->host.note(c->host.host, level, line);
}

/* Once all is there that explains how the episode began. */
static void explain(struct core *c)
{
	struct outset_case begin;
	char text[OUTSET_TEXT];
	enum level level;

	if (!outset_take(c->outset, &begin))
		return;
	if (c->host.explain) {
		c->host.explain(c->host.host, &begin);
		return;
	}
	if (outset_explain(&begin, text, &level))
		core_explained(c, begin.episode, level, text);
	outset_case_fini(&begin);
}

void core_clock_pair(struct core *c)
{
	struct record r = {.kind = RECORD_CLOCK, .wall_ns = clock_wall_ns()};

	r.t_ns = clock_now_ns(c->clock);
	record(c, &r);
}

static void on_verdict(void *host, const struct verdict *v)
{
	struct core *c = host;
	struct record r = {.kind = RECORD_VERDICT, .t_ns = v->t_ns, .episode = v->episode};

	r.verdict = v;
	record(c, &r);
	c->result.notes += v->level == LEVEL_NOTE;
	c->result.warns += v->level == LEVEL_WARN;
	c->result.fails += v->level == LEVEL_FAIL;
	live_verdict(c->live, v, clock_now_ns(c->clock));
	outset_verdict(c->outset, v);
	if (c->host.verdict)
		c->host.verdict(c->host.host, v);
	if (c->cfg->verdict)
		c->cfg->verdict(c->cfg->host, v);
}

/* Where no name fits, the checks compare by order: a person must be able to doubt that. */
static void tell_order(struct core *c, const struct hello *h)
{
	const struct profile *p = c->cfg->profile;
	int at = p && h->joints ? judge_match(c->judge, 0, VEC_ASKED) : -1;
	char text[MESSAGE_BYTES];

	if (at < 0 || joint_same_name(h->joint[0].name, p->action.joint[at].joint.name))
		return;
	snprintf(text, sizeof(text),
		 "no joint name is in profile %s: compared in its order, %s with its %s", p->name,
		 h->joint[0].name, p->action.joint[at].joint.name);
	core_note(c, LEVEL_NOTE, text);
}

/* Joints that no joint of the profile is compared with: told once, and when it changes. */
static void tell_unmatched(struct core *c, const struct hello *h)
{
	char text[MESSAGE_BYTES], first[NAME_BYTES] = "";
	unsigned n = 0;

	for (unsigned i = 0; c->cfg->profile && i < h->joints; i++) {
		if (judge_match(c->judge, i, VEC_ASKED) >= 0 ||
		    judge_match(c->judge, i, VEC_SEEN) >= 0)
			continue;
		if (!n++)
			text_copy(first, sizeof(first), h->joint[i].name);
	}
	if (n && (n != c->result.unmatched || h->joints != c->result.joints)) {
		snprintf(text, sizeof(text), "%u of %u joints have no match in profile %s: %s%s", n,
			 h->joints, c->cfg->profile->name, first, n > 1 ? ", …" : "");
		core_note(c, LEVEL_NOTE, text);
	}
	if (h->joints != c->result.joints)
		tell_order(c, h);
	c->result.joints = h->joints;
	c->result.unmatched = n;
}

/* The first record of the run, and what was told before it. */
static void begin(struct core *c, int64_t t_ns)
{
	struct record r = {.kind = RECORD_RUN,
			   .t_ns = t_ns,
			   .wall_ns = c->info.started_wall_ns,
			   .run = &c->info};

	c->begun = true;
	record(c, &r);
	core_clock_pair(c);
	early_put(&c->early, c->recorder);
}

static void feed_hello(struct core *c, const struct event *ev)
{
	const struct hello *h = ev->hello;
	struct record r = {
		.kind = RECORD_RUN, .t_ns = ev->t_ns, .wall_ns = c->info.started_wall_ns};

	judge_feed(c->judge, ev);
	live_hello(c->live, h, c->judge);
	outset_hello(c->outset, h);
	tell_unmatched(c, h);
	text_copy(c->info.robot, sizeof(c->info.robot), h->robot);
	text_copy(c->info.task, sizeof(c->info.task), h->task);
	text_copy(c->info.policy, sizeof(c->info.policy), h->policy);
	c->info.fps = h->fps;
	c->info.no_tick = h->no_tick;
	c->info.joints = h->joints;
	memcpy(c->info.joint, h->joint, h->joints * sizeof(h->joint[0]));
	recorder_size(c->recorder, h->joints, h->fps, h->facts & FACT_CHUNK);
	r.run = &c->info;
	if (c->begun)
		record(c, &r);
	else
		begin(c, ev->t_ns);
}

static void feed_episode(struct core *c, const struct event *ev)
{
	struct record r = {.t_ns = ev->t_ns, .source = ev->source, .mark = ev->episode};

	r.kind = ev->episode->start ? RECORD_EPISODE_START : RECORD_EPISODE_END;
	r.episode = merge_boundary(c->merge)->number;
	record(c, &r);
	judge_feed(c->judge, ev);
	live_episode(c->live, ev->episode, r.episode, clock_now_ns(c->clock));
	outset_episode(c->outset, ev->episode, r.episode);
	explain(c);
}

/* For the segment after this one; told again when there was no room. */
static void record_offset(struct core *c, const struct event *ev)
{
	struct record r = {.kind = RECORD_OFFSET, .t_ns = ev->t_ns, .source = ev->source};

	r.lost = merge_seq_offset(c->merge);
	if (r.lost != c->offset && recorder_put(c->recorder, &r))
		c->offset = r.lost;
}

static void feed_step(struct core *c, const struct event *ev)
{
	struct record r = {.kind = RECORD_STEP, .t_ns = ev->t_ns, .source = ev->source};

	record_offset(c, ev);
	r.step = ev->step;
	r.episode = ev->step->episode;
	record(c, &r);
	judge_feed(c->judge, ev);
	live_step(c->live, ev->step, clock_now_ns(c->clock));
	outset_step(c->outset, ev->step);
	explain(c);
	c->result.steps++;
	c->full = c->cfg->steps > 0 &&
		  c->result.steps + c->cfg->resume.steps >= (uint64_t)c->cfg->steps;
}

/*
 * A policy connection beside the one whose replies are the steps: a policy of its own. Its chunks
 * are kept, but they neither follow on the others nor are they executed here.
 */
static bool is_beside(const struct core *c, uint16_t source)
{
	return merge_hello(c->merge)->no_tick && source != merge_tick_source(c->merge);
}

static void feed_chunk(struct core *c, const struct event *ev)
{
	struct record r = {.kind = RECORD_CHUNK, .t_ns = ev->t_ns, .source = ev->source};

	r.chunk = ev->chunk;
	r.episode = merge_boundary(c->merge)->number;
	record(c, &r);
	if (is_beside(c, ev->source))
		return;
	judge_feed(c->judge, ev);
	live_chunk(c->live, ev->chunk, merge_last_seq(c->merge), clock_now_ns(c->clock));
	outset_chunk(c->outset, ev->chunk);
}

static void feed_executed(struct core *c, const struct event *ev)
{
	struct record r = {.kind = RECORD_EXECUTED, .t_ns = ev->t_ns, .source = ev->source};

	r.executed = ev->executed;
	record(c, &r);
	if (is_beside(c, ev->source))
		return;
	judge_feed(c->judge, ev);
	live_executed(c->live, ev->executed);
}

/* Cameras, motors and buses tell no robot: with nothing else they are a run, too. */
static void begin_without_robot(struct core *c, int64_t t_ns)
{
	if (!c->begun)
		begin(c, t_ns);
}

/* A camera's health, with what is known of who it is. */
static void tell_camera(struct core *c, const struct event *ev, struct camera *k)
{
	struct record r = {.kind = RECORD_CAMERA, .t_ns = ev->t_ns, .source = ev->source};

	judge_identify(c->judge, ev->t_ns, k);
	r.camera = k;
	r.episode = merge_boundary(c->merge)->number;
	record(c, &r);
	live_camera(c->live, k, clock_now_ns(c->clock));
}

/* Every picture is judged, one a second is kept. */
static void feed_frame(struct core *c, const struct event *ev)
{
	struct record r = {.kind = RECORD_FRAME, .t_ns = ev->t_ns, .source = ev->source};
	struct camera k;

	begin_without_robot(c, ev->t_ns);
	judge_feed(c->judge, ev);
	live_frame(c->live, ev->frame, clock_now_ns(c->clock));
	r.episode = merge_boundary(c->merge)->number;
	if (!eyes_keep(&c->eyes, ev, r.episode))
		return;
	r.frame = ev->frame;
	record(c, &r);
	if (eyes_tell(&c->eyes, ev, &k))
		tell_camera(c, ev, &k);
}

static void feed_camera(struct core *c, const struct event *ev)
{
	struct camera k = *ev->camera;

	begin_without_robot(c, ev->t_ns);
	eyes_health(&c->eyes, ev);
	tell_camera(c, ev, &k);
	judge_feed(c->judge, ev);
}

/* Health of motors and buses: kept, judged, shown. */
static void feed_health(struct core *c, const struct event *ev)
{
	struct record r = {.t_ns = ev->t_ns, .source = ev->source};
	int64_t now_ns = clock_now_ns(c->clock);

	begin_without_robot(c, ev->t_ns);
	r.episode = merge_boundary(c->merge)->number;
	if (ev->kind == EVENT_MOTOR) {
		r.kind = RECORD_MOTOR;
		r.motor = ev->motor;
		live_motor(c->live, ev->motor, now_ns);
	} else {
		r.kind = RECORD_BUS;
		r.bus = ev->bus;
		live_bus(c->live, ev->bus, now_ns);
	}
	record(c, &r);
	judge_feed(c->judge, ev);
}

static void feed_sample(struct core *c, const struct event *ev)
{
	struct record r = {.kind = RECORD_SAMPLE, .t_ns = ev->t_ns, .source = ev->source};

	r.sample = ev->sample;
	r.episode = merge_boundary(c->merge)->number;
	record(c, &r);
}

static void feed_gap(struct core *c, const struct event *ev)
{
	struct record r = {.kind = RECORD_GAP, .t_ns = ev->t_ns, .source = ev->source};
	char text[MESSAGE_BYTES];

	r.text = ev->text;
	r.unit = ev->unit;
	r.lost = ev->lost;
	record(c, &r);
	if (ev->lost >= 0)
		snprintf(text, sizeof(text), "gap: %lld %s lost: %s", (long long)ev->lost, ev->unit,
			 ev->text);
	else
		snprintf(text, sizeof(text), "gap: unknown number of %s lost: %s", ev->unit,
			 ev->text);
	live_note(c->live, LEVEL_NOTE, text, clock_now_ns(c->clock));
	if (c->host.note)
		c->host.note(c->host.host, LEVEL_NOTE, text);
}

/* Merged events. */
static void on_merged(void *host, const struct event *ev)
{
	struct core *c = host;

	switch (ev->kind) {
	case EVENT_HELLO:
		feed_hello(c, ev);
		break;
	case EVENT_EPISODE:
		feed_episode(c, ev);
		break;
	case EVENT_STEP:
		feed_step(c, ev);
		break;
	case EVENT_CHUNK:
		feed_chunk(c, ev);
		break;
	case EVENT_RESET:
		judge_feed(c->judge, ev);
		live_reset(c->live);
		core_note(c, LEVEL_OK, "the policy was reset");
		break;
	case EVENT_NOTE:
		core_note(c, (enum level)ev->level, ev->text);
		break;
	case EVENT_GAP:
		feed_gap(c, ev);
		break;
	case EVENT_EXECUTED:
		feed_executed(c, ev);
		break;
	case EVENT_FRAME:
		feed_frame(c, ev);
		break;
	case EVENT_CAMERA:
		feed_camera(c, ev);
		break;
	case EVENT_MOTOR:
	case EVENT_BUS:
		feed_health(c, ev);
		break;
	case EVENT_SAMPLE:
		feed_sample(c, ev);
		break;
	case EVENT_EXCHANGE:
		judge_feed(c->judge, ev);
		live_exchange(c->live, ev->source, ev->exchange, clock_now_ns(c->clock));
		break;
	case EVENT_END:
	default:
		break;
	}
}

static void read_boot_id(char dst[40])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, dst, 36) : 0;

	dst[n > 0 ? n : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

void core_init(struct core *c, const struct engine_cfg *cfg, struct recorder *recorder,
	       struct clock *clock, unsigned rereads)
{
	struct merge_host mh = {.host = c, .out = on_merged, .samples = cfg->full_rate};
	struct judge_host jh = {.host = c, .verdict = on_verdict};
	struct resume_point resume = cfg->resume;

	*c = (struct core){.cfg = cfg, .clock = clock, .recorder = recorder};
	if (resume.last_chunk_ns > clock_now_ns(clock))
		resume.last_chunk_ns = TIME_UNKNOWN; /* of another boot */
	c->merge = merge_new(&mh, &resume, rereads);
	c->judge = judge_new(cfg->profile, &jh);
	c->live = live_new(cfg->profile);
	c->outset = outset_new(cfg->profile, cfg->stats);
	c->info.run = cfg->resume.run;
	c->offset = cfg->resume.seq_offset;
	c->info.started_wall_ns = clock_wall_ns();
	c->info.started_ns = clock_now_ns(clock);
	text_copy(c->info.rig, sizeof(c->info.rig), cfg->rig ? cfg->rig : "");
	if (cfg->profile)
		text_copy(c->info.profile, sizeof(c->info.profile), cfg->profile->name);
	read_boot_id(c->info.boot_id);
	c->info.source = c->word;
	c->info.sources = feeds_words(c->word, cfg->source, cfg->sources);
}

void core_fini(struct core *c)
{
	merge_free(c->merge);
	judge_free(c->judge);
	live_free(c->live);
	outset_free(c->outset);
}

void core_feed(struct core *c, const struct event *ev)
{
	if (!c->full)
		merge_feed(c->merge, ev);
}

void core_end(struct core *c, const char *why)
{
	struct record r = {.kind = RECORD_RUN_END, .t_ns = clock_now_ns(c->clock)};

	merge_end(c->merge, why, r.t_ns);
	if (!c->begun && c->early.serious)
		begin(c, r.t_ns);
	record(c, &r);
}

void core_result(struct core *c, struct engine_result *out)
{
	*out = c->result;
	out->run = recorder_run(c->recorder);
	out->episodes = merge_boundary(c->merge)->any ? merge_boundary(c->merge)->number + 1 : 0;
	out->dropped = recorder_dropped(c->recorder);
	out->chunks = (uint64_t)merge_chunks(c->merge);
	out->segment = c->cfg->resume.run ? c->cfg->resume.segments + 1 : 1;
	out->steps += c->cfg->resume.steps;
	out->worst = judge_worst(c->judge);
	if ((int)out->worst < c->cfg->resume.worst)
		out->worst = (enum level)c->cfg->resume.worst;
}

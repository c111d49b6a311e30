/* SPDX-License-Identifier: Apache-2.0 */
/* `sim:`: the simulated SO-101, healthy or with a fault, on real time or as fast as it can. */
#include <errno.h>
#include <string.h>

#include "base/text.h"
#include "sim/sim.h"
#include "source/speed.h"

struct sim_state {
	struct sim *sim;
	struct speed speed;
	int64_t end_ns; /* simulated */
};

/* A whole number from 0 on; 0 or -EINVAL. */
static int take_i64(struct uri *u, const char *key, int64_t max, int64_t *out, struct err *e)
{
	const char *text = uri_param(u, key);

	if (text && (!text_to_i64(text, out) || *out < 0 || *out > max))
		return err_set(e, EINVAL, "%s: %s is a whole number from 0 to %lld", u->word, key,
			       (long long)max);
	return 0;
}

static int take_cfg(struct sim_cfg *cfg, struct sim_state *st, struct uri *u, struct err *e)
{
	const char *fault = uri_param(u, "fault");
	int64_t seed = 1, teleop = 0, seconds = 0, cameras = 0;
	int rc = take_i64(u, "seed", INT64_MAX, &seed, e);

	if (rc == 0)
		rc = take_i64(u, "teleop", 1, &teleop, e);
	if (rc == 0)
		rc = take_i64(u, "cameras", 1, &cameras, e);
	if (rc == 0)
		rc = take_i64(u, "seconds", 1000000, &seconds, e);
	if (rc == 0)
		rc = speed_open(&st->speed, u, e);
	if (rc == 0 && fault && fault[0]) {
		rc = sim_fault_parse(cfg, fault, e);
		err_prefix(rc ? e : NULL, "%s", u->word);
	}
	cfg->seed = (uint64_t)seed;
	cfg->teleop = teleop;
	cfg->cameras = cameras;
	st->end_ns = seconds ? seconds * NS_PER_S : INT64_MAX;
	return rc;
}

static int sim_open(struct source *s, struct uri *u, struct err *e)
{
	struct sim_state *st = s->state;
	struct sim_cfg cfg = {0};
	int rc;

	if (u->rest[0])
		return err_set(e, EINVAL, "%s: nothing follows sim: but ?parameters", u->word);
	rc = take_cfg(&cfg, st, u, e);
	if (rc == 0)
		st->sim = sim_new(&cfg);
	return rc;
}

static void deliver(struct source *s, struct event *ev, int64_t now_ns)
{
	struct chunk chunk;
	struct step step;

	ev->t_ns = now_ns;
	if (ev->kind == EVENT_CHUNK) {
		chunk = *ev->chunk;
		chunk.reply_ns = now_ns;
		chunk.request_ns = now_ns - (int64_t)(chunk.latency_s * 1e9);
		ev->chunk = &chunk;
	}
	if (ev->kind == EVENT_STEP) {
		step = *ev->step;
		step.t_ns = now_ns;
		ev->step = &step;
	}
	source_deliver(s, ev);
}

static int64_t sim_run(struct source *s, int64_t now_ns)
{
	enum { EVENTS_PER_RUN = 256 };
	struct sim_state *st = s->state;
	struct event ev;

	for (unsigned i = 0; i < EVENTS_PER_RUN; i++) {
		int64_t at_ns = sim_peek_ns(st->sim), due_ns;

		if (at_ns >= st->end_ns) {
			ev = (struct event){
				.kind = EVENT_END, .t_ns = now_ns, .src_ns = TIME_UNKNOWN};
			source_deliver(s, &ev);
			return INT64_MAX;
		}
		due_ns = speed_due_ns(&st->speed, at_ns, now_ns);
		if (due_ns > now_ns)
			return due_ns;
		sim_next(st->sim, &ev);
		deliver(s, &ev, now_ns);
	}
	return now_ns;
}

static void sim_close(struct source *s)
{
	struct sim_state *st = s->state;

	if (st->sim)
		sim_free(st->sim);
}

static const struct source_param params[] = {
	{"seed", "", "1", "the same seed gives the same world"},
	{"fault", "", "", "NAME[@SECOND][:STRENGTH], see: demo --list-faults"},
	{"teleop", "", "0", "1: a person demonstrates, as in the demo's training set"},
	{"cameras", "", "0", "1: with the cameras front and wrist, as in the demo"},
	{"seconds", "s", "0", "simulated time until it ends, 0: never"},
	SPEED_PARAM,
	{0},
};

const struct source_class source_sim = {
	.kind = "sim",
	.rest = "",
	.summary = "a simulated SO-101 with a scripted policy",
	.facts = FACT_SEEN | FACT_ASKED | FACT_SENT | FACT_GOT | FACT_CHUNK | FACT_PROMPT |
		 FACT_RESET | FACT_LATENCY | FACT_FRAMES,
	.waits = true,
	.decoder = &decoder_lines,
	.params = params,
	.state_size = sizeof(struct sim_state),
	.open = sim_open,
	.run = sim_run,
	.close = sim_close,
};

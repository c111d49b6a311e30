/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dataset: on a set of two episodes of our own making (dataset/: 5 frames of "pick", 4 of "place",
 * 10 fps, state of three joints, action of two), and on real ones beside their own values.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "tests/source/log.h"
#include "tests/tap.h"
#include "training/dataset.h"

static struct source *open_word(struct log *l, bool capture, const char *kind, const char *path,
				const char *params)
{
	struct source_host host = log_host(l, capture);
	struct err e = {0};
	struct source *s;
	char word[4096];

	snprintf(word, sizeof(word), "%s:%s?%s", kind, path, params);
	s = source_open(word, 0, &host, NULL, &e);
	if (!s)
		printf("# %s\n", e.msg);
	return s;
}

static void test_fixture(struct tap *t, const char *path)
{
	struct log l = {0};
	struct source *s = open_word(&l, false, "dataset", path, "speed=max&prefix=left");
	int64_t now = 100;
	const struct step *last = &l.step;

	ok(t, s && log_until(s, &l, EVENT_END, 1, &now), "both episodes to the end");
	ok(t, l.n[EVENT_STEP] == 9 && l.n[EVENT_EPISODE] == 4 && l.n[EVENT_HELLO] == 1,
	   "9 steps, 2 episodes");
	ok(t,
	   l.hello.joints == 3 && strcmp(l.hello.joint[0].name, "left/pan.pos") == 0 &&
		   strcmp(l.hello.joint[1].name, "left/gripper.pos") == 0 &&
		   strcmp(l.hello.joint[2].name, "left/lift.pos") == 0,
	   "the joints of both features, those of the action first");
	ok(t,
	   l.hello.fps == 10 && strcmp(l.hello.robot, "so101") == 0 &&
		   strcmp(l.hello.task, "pick") == 0 && strcmp(l.hello.policy, "dataset") == 0 &&
		   l.hello.facts == (FACT_SEEN | FACT_ASKED | FACT_PROMPT),
	   "who speaks");
	ok(t,
	   last->vec[VEC_SEEN].v[0] == 103 && last->vec[VEC_SEEN].v[2] == 1 &&
		   last->vec[VEC_ASKED].v[0] == (double)103.1f &&
		   signbit(last->vec[VEC_ASKED].v[1]),
	   "values by name, float32 exactly, -0.0 as it is");
	ok(t, !vec_known(&last->vec[VEC_ASKED], 2) && !last->vec[VEC_GOT].present,
	   "a joint without action is unknown, and so are sent and got");
	ok(t,
	   last->seq == 8 && last->src_ns == 400000006 + NS_PER_S + 300000012 &&
		   last->driver == DRIVER_UNKNOWN,
	   "the second episode goes on a second after the first (%lld)", (long long)last->src_ns);
	ok(t, strstr(l.text.p, "\"seen\":[102,NaN,0.66666668653488159]"), "NaN stays NaN");
	ok(t, strstr(l.text.p, "\"task\":\"place\""), "each episode says its task");
	source_close(s);
	log_fini(&l);
}

static void test_choice(struct tap *t, const char *path)
{
	struct log l = {0}, slow = {0};
	int64_t now = 100;
	struct source *s = open_word(&l, false, "dataset", path, "speed=max&episode=1");

	ok(t,
	   s && log_until(s, &l, EVENT_END, 1, &now) && l.n[EVENT_STEP] == 4 && l.step.seq == 3 &&
		   l.step.src_ns == 300000012,
	   "one episode, with the timestamps of the set");
	source_close(s);
	s = open_word(&l, false, "dataset", path, "episode=7");
	ok(t, !s, "an episode that is not there");
	ok(t, !open_word(&l, false, "dataset", "/nonexistent/set", "speed=max"), "nor a set");
	now = 100;
	s = open_word(&slow, false, "dataset", path, "episode=0");
	ok(t, s && s->class->run(s, now) == now + 100000001 && slow.n[EVENT_STEP] == 1,
	   "on real time the second step is due after 0.1 s");
	source_close(s);
	log_fini(&l);
	log_fini(&slow);
}

/* Captured as lines and replayed: the same events, bit for bit. Returns the number of steps. */
static unsigned captured(struct tap *t, const char *path, const char *params)
{
	char file[] = "/tmp/t_datasetXXXXXX", word[4096];
	struct log live = {0}, again = {0};
	struct source *s = open_word(&live, true, "dataset", path, params);
	const char *const words = word;
	struct buf b = {0};
	int64_t now = 100;
	int fd = mkstemp(file);
	bool done = s && log_until(s, &live, EVENT_END, 1, &now);

	source_close(s);
	snprintf(word, sizeof(word), "dataset:%s?%s", path, params);
	capture_put_header(&b, &words, 1, NULL);
	buf_add(&b, live.capture.p, live.capture.len);
	done = done && write(fd, b.p, b.len) == (ssize_t)b.len;
	close(fd);
	s = open_word(&again, false, "raw", file, "speed=max");
	done = done && s && log_until(s, &again, EVENT_END, 1, &now);
	ok(t,
	   done && live.text.len == again.text.len &&
		   memcmp(live.text.p, again.text.p, live.text.len) == 0 && !s->bad_lines,
	   "a capture of it gives the same events");
	source_close(s);
	unlink(file);
	buf_fini(&b);
	log_fini(&live);
	log_fini(&again);
	return live.n[EVENT_STEP];
}

/* Compares every step with the rows of the set as the training room reads them. */
struct beside {
	struct episodes e;
	struct hello hello;
	size_t steps, wrong;
};

static bool same_row(const struct beside *b, const struct vec *v, const struct joint *joint,
		     unsigned n, const double *row)
{
	for (unsigned j = 0; j < n; j++) {
		unsigned i = 0;

		while (i < b->hello.joints && strcmp(b->hello.joint[i].name, joint[j].name) != 0)
			i++;
		if (i == b->hello.joints || !vec_known(v, i) ||
		    memcmp(&v->v[i], &row[j], sizeof(*row)) != 0)
			return false;
	}
	return v->present == (n > 0);
}

static void compare(void *host, const struct event *ev)
{
	struct beside *b = host;
	size_t row = b->steps;

	if (ev->kind == EVENT_HELLO)
		b->hello = *ev->hello;
	if (ev->kind != EVENT_STEP)
		return;
	if (row >= b->e.frames ||
	    !same_row(b, &ev->step->vec[VEC_SEEN], b->e.state_joint, b->e.nstate,
		      b->e.state + row * b->e.nstate) ||
	    !same_row(b, &ev->step->vec[VEC_ASKED], b->e.action_joint, b->e.naction,
		      b->e.action + row * b->e.naction))
		b->wrong++;
	b->steps++;
}

static void test_real(struct tap *t, const char *data, const char *name, const char *episodes,
		      size_t frames)
{
	struct source_host host = {.emit = compare};
	struct beside b = {0};
	struct dataset *d = NULL;
	struct source *s;
	struct err e = {0};
	char path[4096], word[4200];
	int64_t now = 1, next = 0;

	snprintf(path, sizeof(path), "%s/%s", data, name);
	snprintf(word, sizeof(word), "dataset:%s?speed=max&episode=%s", path, episodes);
	if (dataset_open_at(&d, path, strcmp(episodes, "all") ? episodes : NULL, &e) == 0)
		dataset_load(d, &b.e, &e);
	dataset_close(d);
	host.host = &b;
	s = source_open(word, 0, &host, NULL, &e);
	while (s && next >= 0 && next < INT64_MAX)
		next = s->class->run(s, now++);
	ok(t, s && b.steps == frames && b.e.frames == frames && b.wrong == 0,
	   "%s, episodes %s: %zu steps, every value as in the set %s", name, episodes, b.steps,
	   e.msg);
	source_close(s);
	episodes_fini(&b.e);
}

int main(void)
{
	const char *top = getenv("TOP_SRCDIR"), *data = getenv("POLICYTOP_DATA");
	struct tap t = {0};
	char path[4096];

	snprintf(path, sizeof(path), "%s/tests/source/dataset", top ? top : "..");
	test_fixture(&t, path);
	test_choice(&t, path);
	ok(&t, captured(&t, path, "speed=max&prefix=left") == 9, "all 9 steps");
	if (!data) {
		tap_skip(&t, "real data sets", "POLICYTOP_DATA is not set");
		return tap_done(&t);
	}
	test_real(&t, data, "g1_v21", "7", 410);
	test_real(&t, data, "g1_v21", "all", 35965);
	test_real(&t, data, "gr1_v20", "all", 2096);
	test_real(&t, data, "so101_sim_v30", "3-9", 1774);
	test_real(&t, data, "v30_slices/data_editing_slice", "all", 24);
	test_real(&t, data, "v30_slices/pusht_slice", "all", 420);
	snprintf(path, sizeof(path), "%s/g1_v21", data);
	captured(&t, path, "speed=max&episode=7-9");
	return tap_done(&t);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A rig's text: what is understood, what is wrong with it and where, and back. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "rig/rig.h"
#include "tests/tap.h"

static unsigned parse(struct rig *r, struct rig_errors *errors, const char *text)
{
	return rig_parse(r, text, strlen(text), errors);
}

static bool says(const struct rig_errors *e, unsigned i, unsigned line, const char *text)
{
	if (i < e->n && e->error[i].line == line && strcmp(e->error[i].text, text) == 0)
		return true;
	printf("# got line %u: %s\n", i < e->n ? e->error[i].line : 0,
	       i < e->n ? e->error[i].text : "nothing");
	return false;
}

static void test_values(struct tap *t, struct rig *r)
{
	struct rig_errors e;

	ok(t,
	   parse(r, &e,
		 "{\"schema\":1,\"robot\":{\"type\":\"so101\",\"port\":\"/dev/x\"},\"cameras\":{"
		 "\"front\":{\"device\":\"/d\",\"width\":640,\"fps\":29.97,\"depth\":true},"
		 "\"wrist\":{}},\"task\":\"a\\u001b[31mb\",\"n_action_steps\":20,\"sources\":["
		 "\"sim:\",\"sim:\"],\"tolerances\":{\"pose_sigma\":2.5},\"profile\":null}") == 0,
	   "no error");
	ok(t,
	   strcmp(r->robot_type, "so101") == 0 && r->cameras == 2 && r->camera[0].depth &&
		   r->camera[0].width > 639 && isnan(r->camera[1].width) && r->sources.n == 1,
	   "its values");
	ok(t, strcmp(r->task, "a\\x1b[31mb") == 0, "its texts are cleaned: %s", r->task);
	ok(t, r->tolerances.pose_sigma < 2.6 && r->tolerances.age_s > 1.9 && isnan(r->fps),
	   "what is not said has its default, or is unknown");
	ok(t, !r->require_said && r->require.n == 6 && strcmp(r->require.word[2], "norm") == 0,
	   "what is required unless it is said");
	parse(r, &e, "{\"require\":[]}");
	ok(t, r->require_said && r->require.n == 0, "nothing required");
	parse(r, &e, "{\"require\":\"pose\"}");
	ok(t, r->require.n == 1 && strcmp(r->require.word[0], "pose") == 0, "one word alone");
}

static void test_errors(struct tap *t, struct rig *r)
{
	struct rig_errors e;

	ok(t,
	   parse(r, &e, "{\n \"tsk\": {\"a\": [1]},\n \"task\": \"x\"\n}") == 1 &&
		   says(&e, 0, 2, "unknown key tsk (did you mean task?)") &&
		   strcmp(r->task, "x") == 0,
	   "an unknown key, and what follows is read");
	parse(r, &e, "{\"cameras\":{\n\"front\":{\n\"fpss\":1}}}");
	ok(t, says(&e, 0, 3, "unknown key cameras.front.fpss (did you mean cameras.front.fps?)"),
	   "of a camera");
	parse(r, &e, "{\"port\":\"/dev/x\"}");
	ok(t, says(&e, 0, 1, "unknown key port (did you mean robot.port?)"), "in the wrong place");
	parse(r, &e, "{\"zzzzzzzzzz\":1}");
	ok(t, says(&e, 0, 1, "unknown key zzzzzzzzzz"), "nothing is near");
	parse(r, &e, "{\"fps\":-3}");
	ok(t, says(&e, 0, 1, "fps: is no number from 0.001 to 10000 Hz"), "a number beyond");
	parse(r, &e, "{\"n_action_steps\":1.5}");
	ok(t, says(&e, 0, 1, "n_action_steps: is no whole number from 1 to 1e+06 steps"),
	   "no whole number");
	parse(r, &e, "{\"fps\":NaN,\n\"task\":7,\n\"robot\":[],\"cameras\":3}");
	ok(t,
	   e.n == 4 && says(&e, 1, 2, "task: is no text") && says(&e, 2, 3, "robot: is no object"),
	   "other types");
	parse(r, &e, "{\"schema\":2}");
	ok(t, says(&e, 0, 1, "schema 2: made by a newer policytop, this one reads up to 1"),
	   "of a newer policytop");
	parse(r, &e, "{\"task\":\"x\"\n\"fps\":30}");
	ok(t, says(&e, 0, 1, "is no JSON behind here: a comma is missing"), "no JSON");
	parse(r, &e, "{\"task\":\"x\"} trailing");
	ok(t, e.n == 1, "more behind the end");
	parse(r, &e, "[]");
	ok(t, says(&e, 0, 1, "is no JSON object"), "no object");
	ok(t, rig_parse(r, "", 0, &e) == 1, "an empty file");
}

static void test_bounds(struct tap *t, struct rig *r)
{
	struct rig_errors e;
	struct buf b = {0};

	buf_str(&b, "{\"cameras\":{");
	for (int i = 0; i < 40; i++)
		buf_printf(&b, "%s\"c%d\":{\"width\":1}", i ? "," : "", i);
	buf_str(&b, "},\"require\":[");
	for (int i = 0; i < 40; i++)
		buf_printf(&b, "%s\"r%d\"", i ? "," : "", i);
	buf_str(&b, "]}");
	ok(t,
	   rig_parse(r, b.p, b.len, &e) == 24 + 24 && r->cameras == RIG_CAMERAS_MAX &&
		   r->require.n == RIG_LIST_MAX && e.n == RIG_ERRORS_MAX,
	   "too many cameras and words: as many as there is room for");
	buf_fini(&b);
}

static void test_back(struct tap *t, struct rig *r)
{
	struct rig *again = xcalloc(1, sizeof(*again));
	struct rig_camera *c;
	struct rig_errors e;
	struct buf b = {0};

	rig_init(r);
	rig_write(&b, r);
	ok(t, strcmp(b.p, "{\n  \"schema\": 1\n}\n") == 0, "an empty rig says nothing");
	buf_clear(&b);
	text_copy(r->task, sizeof(r->task), "say \"hi\"");
	r->tolerances.age_s = 1;
	c = rig_camera_of(r, "front");
	c->fps = 29.97;
	rig_camera_of(r, "wrist");
	rig_write(&b, r);
	ok(t,
	   strcmp(b.p, "{\n  \"schema\": 1,\n  \"cameras\": {\n    \"front\": {\n      \"fps\": "
		       "29.97\n    },\n    \"wrist\": {}\n  },\n  \"task\": \"say "
		       "\\\"hi\\\"\",\n  \"tolerances\": {\n    \"age_s\": 1\n  }\n}\n") == 0,
	   "written: what is not as without it");
	ok(t,
	   rig_parse(again, b.p, b.len, &e) == 0 && again->cameras == 2 &&
		   strcmp(again->task, r->task) == 0 && again->tolerances.age_s < 1.1,
	   "and read again");
	buf_fini(&b);
	free(again);
}

int main(void)
{
	struct rig *r = xcalloc(1, sizeof(*r));
	struct tap t = {0};

	test_values(&t, r);
	test_errors(&t, r);
	test_bounds(&t, r);
	test_back(&t, r);
	free(r);
	return tap_done(&t);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Prompts: words compared, and the check that stands while the wrong one is used. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "check/words.h"
#include "tests/check/bed.h"
#include "tests/tap.h"

static void test_fold(struct tap *t)
{
	char dst[64], small[8];

	words_fold(dst, sizeof(dst), "  Grab   the_Brain, NOW! ");
	ok(t, strcmp(dst, "grab the_brain now") == 0, "folded: '%s'", dst);
	words_fold(dst, sizeof(dst), "Żółw é");
	ok(t, strcmp(dst, "Żółw é") == 0, "letters of other alphabets stay: '%s'", dst);
	words_fold(small, sizeof(small), "abcdefghijkl");
	ok(t, strlen(small) < sizeof(small), "cut to size: '%s'", small);
}

static void test_split(struct tap *t)
{
	ok(t, words_split("G r a b   t h e   b r a i n"), "single letters are a split text");
	ok(t, words_split("['G', 'r', 'a', 'b', ' ', 't']"), "a list of letters, too");
	ok(t, words_split("é à ü ö ß"), "characters are counted, not bytes");
	ok(t, !words_split("Grab the brain and put it in a bin"), "a sentence is not");
	ok(t, !words_split("a b c"), "three letters are no proof");
	ok(t, !words_split(""), "nothing is not");
}

static void check_difference(struct tap *t, const char *said, const char *trained, unsigned apart,
			     const char *wanted)
{
	char dst[160];

	words_difference(dst, sizeof(dst), said, trained);
	ok(t, strcmp(dst, wanted) == 0 && words_apart(said, trained) == apart, "'%s': %u %s", said,
	   words_apart(said, trained), dst);
}

static void test_difference(struct tap *t)
{
	char many[512] = "", dst[40];

	check_difference(t, "Grasp a brain", "Grab the brain", 2, "other words: Grasp/Grab, a/the");
	check_difference(t, "Grasp a brain and put it in the bin.", "Grab the brain", 8,
			 "other words: Grasp/Grab, a/the; more: and put it in the bin");
	check_difference(t, "Grab brain", "Grab the red brain", 2, "missing: the red");
	check_difference(t, "grab THE brain.", "Grab the brain", 0, "");
	check_difference(t, "put the cube in the bin", "put the red cube in the white bin", 2,
			 "missing: red white");
	check_difference(t, "", "Grab it", 2, "missing: Grab it");
	for (unsigned i = 0; i < 100; i++)
		strcat(many, "w ");
	words_difference(dst, sizeof(dst), many, "x");
	ok(t, strlen(dst) < sizeof(dst), "a long text is cut: %s", dst);
	words_cut(dst, 12, "Grab the brain");
	ok(t, strcmp(dst, "Grab the...") == 0, "and shows that it is: %s", dst);
	words_cut(dst, 15, "Grab the brain");
	ok(t, strcmp(dst, "Grab the brain") == 0, "what fits is whole: %s", dst);
}

static void give_tasks(struct bed *b, const char *first, const char *second)
{
	struct profile *p = b->profile;

	free(p->tasks);
	p->tasks = xcalloc(2, sizeof(*p->tasks));
	p->ntasks = second ? 2 : 1;
	p->tasks[0].episodes = 8;
	p->tasks[1].episodes = 4;
	text_copy(p->tasks[0].task, TASK_BYTES, first);
	text_copy(p->tasks[1].task, TASK_BYTES, second ? second : "");
	bed_restart(b);
}

/* n steps with a chunk before them; prompt NULL: not on the wire. */
static void run(struct bed *b, const char *prompt, unsigned n)
{
	bed_plan(b, 0);
	b->chunk.prompt_known = prompt != NULL;
	text_copy(b->chunk.prompt, TASK_BYTES, prompt ? prompt : "");
	bed_announce(b);
	for (unsigned i = 0; i < n; i++) {
		bed_healthy(b, i);
		bed_send(b);
	}
}

static void test_raises(struct tap *t)
{
	const struct verdict *v;
	struct bed b;

	bed_init(&b);
	give_tasks(&b, "Grab the brain", "Drop the brain");
	bed_episode(&b);
	run(&b, "Grasp a brain and put it in the bin.", 250);
	v = bed_find(&b, "prompt", LEVEL_WARN);
	ok(t,
	   v && v->value == 8 &&
		   strcmp(v->message,
			  "'Grasp a brain and put it in the bin.' is not a training task; nearest "
			  "'Grab the brain': other words: Grasp/Grab, a/the; more: and put it in the "
			  "bin") == 0,
	   "the difference is told: %s", v ? v->message : "nothing");
	ok(t, v && v->seq <= 0 && bed_count(&b, "prompt", LEVEL_NOTE) == 1, "at once, and once");
	ok(t, bed_status(&b, "prompt").level == LEVEL_WARN, "and it stands after eight seconds");
	run(&b, "Grasp the brain", 10);
	ok(t, bed_count(&b, "prompt", LEVEL_WARN) == 2, "another wrong prompt is another verdict");
	run(&b, "Drop the brain", 200);
	ok(t, bed_status(&b, "prompt").level == LEVEL_OK, "a trained one is OK: %s",
	   bed_status(&b, "prompt").why);
	bed_episode(&b);
	run(&b, "Grasp the brain", 10);
	ok(t, bed_count(&b, "prompt", LEVEL_WARN) == 3, "each episode tells it again");
	bed_fini(&b);
}

static void test_levels(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	give_tasks(&b, "Grab the brain", NULL);
	bed_episode(&b);
	run(&b, "grab the brain.", 10);
	ok(t, bed_status(&b, "prompt").level == LEVEL_NOTE, "another case is a note: %s",
	   bed_status(&b, "prompt").why);
	bed_episode(&b);
	run(&b, "G r a b t h e b r a i n", 10);
	ok(t, bed_status(&b, "prompt").level == LEVEL_FAIL, "split characters fail: %s",
	   bed_status(&b, "prompt").why);
	bed_episode(&b);
	run(&b, "G", 10);
	ok(t, bed_status(&b, "prompt").level == LEVEL_FAIL, "a single one, too");
	text_copy(b.hello.policy, TASK_BYTES, "nvidia/GR00T-N1.5-3B");
	bed_restart(&b);
	bed_episode(&b);
	run(&b, "grab the brain.", 10);
	ok(t, bed_status(&b, "prompt").level == LEVEL_OK && b.nverdicts == 0,
	   "GR00T reads the same: %s", bed_status(&b, "prompt").why);
	bed_fini(&b);
}

static void test_task(struct tap *t)
{
	struct bed b;

	bed_init(&b);
	give_tasks(&b, "Grab the brain", NULL);
	text_copy(b.hello.task, TASK_BYTES, "Grasp a brain");
	bed_restart(&b);
	bed_run(&b, 10);
	ok(t, bed_count(&b, "prompt", LEVEL_WARN) == 1, "the run's task counts without a prompt");
	text_copy(b.hello.policy, TASK_BYTES, "outputs/act_brain/0100");
	bed_restart(&b);
	bed_run(&b, 10);
	ok(t, b.nverdicts == 0 && bed_status(&b, "prompt").level == LEVEL_UNKNOWN,
	   "but not for a kind of policy that reads none: %s", bed_status(&b, "prompt").why);
	text_copy(b.hello.policy, TASK_BYTES, "outputs/pact_brain");
	b.hello.no_tick = true;
	b.hello.task[0] = '\0';
	bed_restart(&b);
	bed_episode(&b);
	run(&b, NULL, 3);
	ok(t, b.nverdicts == 0 && bed_status(&b, "prompt").level == LEVEL_UNKNOWN,
	   "none on the wire is unknown: %s", bed_status(&b, "prompt").why);
	bed_fini(&b);
}

static void test_not_applicable(struct tap *t)
{
	struct bed b;
	struct profile *p;

	bed_init(&b);
	bed_episode(&b);
	run(&b, "Grab it", 3);
	ok(t, strcmp(bed_status(&b, "prompt").why, "not applicable: training had no language") == 0,
	   "%s", bed_status(&b, "prompt").why);
	give_tasks(&b, "", NULL);
	bed_episode(&b);
	run(&b, "Grab it", 3);
	ok(t, strcmp(bed_status(&b, "prompt").why, "not applicable: training had no language") == 0,
	   "one empty task is none");
	p = b.profile;
	b.profile = NULL;
	bed_restart(&b);
	bed_episode(&b);
	run(&b, "Grab it", 3);
	ok(t, strcmp(bed_status(&b, "prompt").why, "not applicable: no profile") == 0, "%s",
	   bed_status(&b, "prompt").why);
	b.profile = p;
	bed_fini(&b);
}

int main(void)
{
	struct tap t = {0};

	test_fold(&t);
	test_split(&t);
	test_difference(&t);
	test_raises(&t);
	test_levels(&t);
	test_task(&t);
	test_not_applicable(&t);
	return tap_done(&t);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The prompt that the policy is given against the tasks it was trained on. A language model reads
 * another sentence as another task, while every figure of the run looks healthy: the arm just does
 * something else, for weeks. So it is compared exactly, and the nearest task stands beside it.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "check/check.h"
#include "check/words.h"

static const struct check_param params[] = {{0}};

enum { SHOWN = 56 }; /* bytes of a prompt in a message */

enum prompt_state {
	PROMPT_NONE,   /* not known yet */
	PROMPT_ABSENT, /* not on the wire: a server may have one of its own */
	PROMPT_TRAINED,
	PROMPT_FOLDED, /* trained but for case, punctuation or spaces; read as trained */
	PROMPT_NEAR,   /* the same, and read as something else */
	PROMPT_OTHER,
	PROMPT_SPLIT, /* into characters */
};

struct state {
	enum prompt_state prompt;
	bool on_wire; /* text was sent with a request, not only named */
	char text[TASK_BYTES];
	size_t task; /* the nearest of training */
	unsigned apart;
	char message[MESSAGE_BYTES];
};

/* One of words, separated by spaces, as a word of its own in a policy's name. */
static bool names_any(const char *policy, const char *words)
{
	char word[32];

	while (*policy) {
		size_t len = 0;
		const char *at;

		while (*policy && !isalnum((unsigned char)*policy))
			policy++;
		for (; isalnum((unsigned char)*policy); policy++) {
			if (len < sizeof(word) - 1)
				word[len++] = (char)tolower((unsigned char)*policy);
		}
		word[len] = '\0';
		at = len ? strstr(words, word) : NULL;
		if (at && (at == words || at[-1] == ' ') && (at[len] == ' ' || !at[len]))
			return true;
	}
	return false;
}

/* GR00T lower-cases a prompt and drops its punctuation before it reads it. */
static bool folds_itself(const struct check *c)
{
	return names_any(c->run->policy, "gr00t groot");
}

/* Kinds of policies that read no prompt: a task that is named to them is nothing but a name. */
static bool has_no_language(const struct check *c)
{
	return names_any(c->run->policy, "act diffusion vqbet tdmpc");
}

/* The training task with the fewest other words; sets how near it is. */
static void find_nearest(const struct check *c, struct state *s)
{
	const struct profile *p = c->run->profile;
	char folded[TASK_BYTES], task[TASK_BYTES];

	words_fold(folded, sizeof(folded), s->text);
	s->prompt = PROMPT_OTHER;
	s->apart = UINT32_MAX;
	for (size_t i = 0; i < p->ntasks; i++) {
		unsigned apart = words_apart(s->text, p->tasks[i].task);

		if (strcmp(s->text, p->tasks[i].task) == 0) {
			s->prompt = PROMPT_TRAINED;
			s->task = i;
			s->apart = 0;
			return;
		}
		words_fold(task, sizeof(task), p->tasks[i].task);
		if (strcmp(folded, task) == 0) {
			s->prompt = folds_itself(c) ? PROMPT_FOLDED : PROMPT_NEAR;
			apart = 0;
		}
		if (apart < s->apart) {
			s->apart = apart;
			s->task = i;
		}
	}
}

/* "T a k e", or the one character that is left of a text taken for a list. */
static bool is_split(const struct profile *p, const char *text)
{
	size_t shortest = SIZE_MAX;

	if (text[0] && (!text[1] || (!text[2] && (unsigned char)text[0] >= 0x80))) {
		for (size_t i = 0; i < p->ntasks; i++) {
			size_t len = strlen(p->tasks[i].task);

			shortest = len < shortest ? len : shortest;
		}
		return shortest > 2;
	}
	for (size_t i = 0; i < p->ntasks; i++) {
		if (words_split(p->tasks[i].task))
			return false;
	}
	return words_split(text);
}

static void say(const struct check *c, struct state *s)
{
	char said[SHOWN], task[SHOWN], difference[SHOWN + 24];
	const char *nearest = c->run->profile->tasks[s->task].task;

	words_cut(said, sizeof(said), s->text);
	words_cut(task, sizeof(task), nearest);
	if (s->prompt == PROMPT_SPLIT) {
		snprintf(s->message, sizeof(s->message),
			 "the prompt is split into characters: '%s'; a text was given where a list "
			 "of texts is taken",
			 said);
	} else if (s->prompt == PROMPT_NEAR) {
		snprintf(s->message, sizeof(s->message),
			 "'%s' is the training task '%s' but for case, punctuation or spaces", said,
			 task);
	} else {
		words_difference(difference, sizeof(difference), s->text, nearest);
		snprintf(s->message, sizeof(s->message),
			 "'%s' is not a training task; nearest '%s': %s", said, task, difference);
	}
}

/* Stands as long as the prompt does. */
static void find(struct check *c)
{
	const struct state *s = c->state;
	struct finding f = {LEVEL_WARN, SUBJECT_POLICY, s->apart, 1, "words"};

	if (s->prompt < PROMPT_NEAR)
		return;
	f.level = s->prompt == PROMPT_SPLIT  ? LEVEL_FAIL
		  : s->prompt == PROMPT_NEAR ? LEVEL_NOTE
					     : LEVEL_WARN;
	check_find(c, &f, "%s", s->message);
}

static void take(struct check *c, const char *text, bool on_wire)
{
	struct state *s = c->state;

	if (s->prompt >= PROMPT_TRAINED && strcmp(s->text, text) == 0)
		return;
	check_anew(c, SUBJECT_POLICY);
	s->on_wire = on_wire;
	text_copy(s->text, sizeof(s->text), text);
	find_nearest(c, s);
	if (s->prompt == PROMPT_OTHER && is_split(c->run->profile, s->text))
		s->prompt = PROMPT_SPLIT;
	if (s->prompt >= PROMPT_NEAR)
		say(c, s);
	find(c);
}

static void chunk(struct check *c, const struct chunk_view *p)
{
	struct state *s = c->state;

	if (p->prompt_known)
		take(c, p->prompt, true);
	else if (c->run->no_tick && s->prompt == PROMPT_NONE)
		s->prompt = PROMPT_ABSENT;
}

static void step(struct check *c, const struct tick *t)
{
	struct state *s = c->state;

	(void)t;
	if (s->prompt == PROMPT_NONE && c->run->task[0] && !has_no_language(c))
		take(c, c->run->task, false);
	else
		find(c);
}

static void show(const struct check *c, struct check_status *out)
{
	const struct state *s = c->state;
	const struct profile_task *task = &c->run->profile->tasks[s->task];

	if (s->prompt <= PROMPT_ABSENT) {
		snprintf(out->why, sizeof(out->why), "%s",
			 s->prompt == PROMPT_ABSENT
				 ? "no prompt on the wire: the server may add one of its own"
			 : has_no_language(c) ? "not applicable: this policy takes no prompt"
					      : "no prompt was seen");
		return;
	}
	check_reading(c, out, SUBJECT_POLICY, s->apart, 1, "words");
	if (s->prompt >= PROMPT_NEAR)
		text_copy(out->why, sizeof(out->why), s->message);
	else
		snprintf(out->why, sizeof(out->why), "'%.120s': %u of %u training episodes%s",
			 task->task, task->episodes, c->run->profile->episodes,
			 s->on_wire ? "" : " (as the run names it)");
}

const struct check_class check_prompt = {
	.name = "prompt",
	.summary = "a prompt that is not one of the training tasks",
	.needs = NEED_TASKS,
	.params = params,
	.state_size = sizeof(struct state),
	.chunk = chunk,
	.step = step,
	.show = show,
};

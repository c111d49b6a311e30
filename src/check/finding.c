/* SPDX-License-Identifier: Apache-2.0 */
/* Turns what checks find into latched verdicts. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "check/judge_impl.h"

enum level judge_slot_level(const struct judge *j, const struct check_slot *s)
{
	enum level worst = LEVEL_UNKNOWN;

	for (unsigned i = 0; i < SUBJECT_N; i++) {
		enum level l = latch_level(&s->latch[i], j->now.elapsed_s);

		if (l > worst)
			worst = l;
	}
	return worst;
}

/* A code that explains this one stands: its consequence is no failure of its own. */
static bool explained(const struct judge *j, const struct check_class *class)
{
	for (size_t i = 0; class->yields && i < j->nslots; i++) {
		const char *name = j->slot[i].check.class->name, *at = strstr(class->yields, name);
		size_t len = strlen(name);
		enum level least;

		if (!at || (at != class->yields && at[-1] != ' ') || !strchr(" !", at[len]))
			continue;
		least = at[len] == '!' ? LEVEL_FAIL : LEVEL_WARN;
		if (judge_slot_level(j, &j->slot[i]) >= least)
			return true;
	}
	return false;
}

/* The limits come from so few episodes that a failure would say more than they know. */
static bool untaught(const struct judge *j, const struct check_class *class)
{
	return class->needs & (NEED_PROFILE | NEED_LOOK) &&
	       j->run.profile->episodes < CHECK_FEW_EPISODES;
}

static struct check_slot *slot_of(struct judge *j, const struct check *c)
{
	for (size_t i = 0; i < j->nslots; i++) {
		if (&j->slot[i].check == c)
			return &j->slot[i];
	}
	return NULL;
}

void check_anew(struct check *c, unsigned subject)
{
	struct check_slot *s = slot_of(c->judge, c);

	if (s && subject < SUBJECT_N)
		s->latch[subject] = (struct latch){0};
}

void check_find(struct check *c, const struct finding *f, const char *fmt, ...)
{
	struct judge *j = c->judge;
	const struct moment *now = &j->now;
	struct check_slot *s = slot_of(j, c);
	enum level level = f->level;
	struct verdict v = {0};
	va_list ap;

	if (!s || f->subject >= SUBJECT_N)
		return;
	if (level == LEVEL_FAIL && (explained(j, c->class) || untaught(j, c->class)))
		level = LEVEL_WARN;
	if (!latch_find(&s->latch[f->subject], &s->rate, level, c->class->debounce,
			j->reading ? j->reading : now->index, now->elapsed_s))
		return;
	v.level = s->latch[f->subject].level;
	text_copy(v.code, sizeof(v.code), c->class->name);
	text_copy(v.subject, sizeof(v.subject), check_subject(c, f->subject));
	v.episode = j->episode;
	v.seq = now->seq;
	v.t_ns = now->t_ns;
	v.value = f->value;
	v.threshold = f->threshold;
	text_copy(v.unit, sizeof(v.unit), f->unit ? f->unit : "");
	va_start(ap, fmt);
	vsnprintf(v.message, sizeof(v.message), fmt, ap);
	va_end(ap);
	if (v.level > j->worst)
		j->worst = v.level;
	j->host.verdict(j->host.host, &v);
}

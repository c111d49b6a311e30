/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/inspect_look.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"

enum { ENOUGH = 5 /* pictures: a second of them at the rate at which a lineup looks */ };

struct inspect_look {
	struct lineup *lineup;
	unsigned joints;
	char name[LINEUP_CAMERAS][NAME_BYTES];
	unsigned seen[LINEUP_CAMERAS]; /* pictures */
	double next_s[LINEUP_CAMERAS]; /* when the next one counts */
	unsigned answers;
	struct lineup_answer answer[LINEUP_CAMERAS];
};

struct inspect_look *inspect_look_new(const struct profile *profile)
{
	struct lineup *lineup = profile ? lineup_new(profile) : NULL;
	struct inspect_look *l = lineup ? xcalloc(1, sizeof(*l)) : NULL;

	if (l)
		l->lineup = lineup;
	return l;
}

void inspect_look_free(struct inspect_look *l)
{
	if (l)
		lineup_free(l->lineup);
	free(l);
}

void inspect_look_again(struct inspect_look *l)
{
	if (l)
		memset(l->seen, 0, sizeof(l->seen));
}

static double seconds(int64_t t_ns)
{
	return (double)t_ns / (double)NS_PER_S;
}

void inspect_look_step(struct inspect_look *l, const struct joint *joint, const double *value,
		       unsigned n, int64_t t_ns)
{
	if (!l)
		return;
	if (n != l->joints)
		lineup_joints(l->lineup, joint, n);
	l->joints = n;
	lineup_step(l->lineup, seconds(t_ns), value);
}

void inspect_look_frame(struct inspect_look *l, const struct frame *f, int64_t t_ns)
{
	double t_s = seconds(t_ns);
	int at = l && f->thumb ? lineup_see(l->lineup, f->camera, t_s, f) : -1;

	if (at < 0 || t_s < l->next_s[at])
		return;
	text_copy(l->name[at], NAME_BYTES, f->camera);
	l->seen[at]++;
	l->next_s[at] = t_s + 0.19;
}

static int find(const struct inspect_look *l, const char *role)
{
	for (unsigned i = 0; l && i < l->answers; i++) {
		if (strcmp(l->answer[i].camera, role) == 0)
			return (int)i;
	}
	return -1;
}

bool inspect_look_has(const struct inspect_look *l, const char *role)
{
	for (unsigned i = 0; l && i < LINEUP_CAMERAS; i++) {
		if (l->seen[i] >= ENOUGH && strcmp(l->name[i], role) == 0)
			return true;
	}
	return false;
}

void inspect_look_judge(struct inspect_look *l)
{
	if (!l)
		return;
	l->answers = 0;
	for (unsigned i = 0; i < lineup_cameras(l->lineup); i++) {
		if (l->seen[i] >= ENOUGH)
			lineup_judge(l->lineup, i, &l->answer[l->answers++]);
	}
}

const struct lineup_answer *inspect_look_answer(const struct inspect_look *l, const char *role)
{
	int at = find(l, role);

	return at < 0 ? NULL : &l->answer[at];
}

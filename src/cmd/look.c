/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/look.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"

const struct look_row look_table[] = {
	{"dataset", false, look_dataset}, {"policy", false, look_policy},
	{"prompt", true, look_prompt},	  {"server", true, look_server},
	{"cameras", true, look_cameras},  {"pose", true, look_pose},
	{"motors", true, look_motors},	  {"disk", true, look_disk},
	{"machine", true, look_machine},  {0},
};

/* "norm" of a rig's list requires norm-steps, norm-sides … */
static bool covers(const char *word, const char *code)
{
	size_t n = strlen(word);

	return n && strncmp(word, code, n) == 0 && (!code[n] || code[n] == '-');
}

/* Without language there is no prompt that could be seen. */
static bool is_required(const struct look *l, const char *code)
{
	if (l->audits)
		return true;
	if (strcmp(code, "prompt") == 0 && l->policy && l->policy->language == 0)
		return false;
	for (unsigned i = 0; l->rig && i < l->rig->require.n; i++) {
		if (covers(l->rig->require.word[i], code))
			return true;
	}
	return false;
}

static void settle(const struct look *l, struct preflight_item *i)
{
	i->required = is_required(l, i->code);
	for (unsigned k = 0; k < l->waivers; k++) {
		const struct look_waiver *w = &l->waiver[k];

		if (!covers(w->code, i->code) ||
		    (w->subject[0] && !joint_same_name(w->subject, i->subject)))
			continue;
		i->waived = i->level == LEVEL_FAIL || i->level == LEVEL_WARN ||
			    (i->level == LEVEL_UNKNOWN && i->required);
		if (i->waived)
			text_copy(i->reason, sizeof(i->reason), w->reason);
	}
}

struct preflight_item *look_add(struct look *l, const char *code, const char *subject,
				enum level level, const char *fmt, ...)
{
	const struct audit_code *c = audit_code_find(code);
	struct preflight_item *i;
	char text[2 * MESSAGE_BYTES];
	va_list ap;

	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 32;
		l->item = xrealloc(l->item, l->room, sizeof(*l->item));
	}
	i = &l->item[l->n++];
	preflight_item_init(i, c ? c->group : "", code);
	i->level = level;
	text_clean(i->subject, sizeof(i->subject), subject, strlen(subject));
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(i->message, sizeof(i->message), text, strlen(text));
	settle(l, i);
	return i;
}

void look_number(struct preflight_item *i, double value, double threshold, const char *unit)
{
	i->value = value;
	i->threshold = threshold;
	text_copy(i->unit, sizeof(i->unit), unit);
}

void look_do(struct preflight_item *i, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(i->advice, sizeof(i->advice), fmt, ap);
	va_end(ap);
}

void look_from(struct preflight_item *i, const char *source, double age_s)
{
	text_copy(i->source, sizeof(i->source), source);
	i->age_s = age_s;
}

void look_take(struct look *l, const struct audit *a)
{
	for (size_t k = 0; k < a->n; k++) {
		const struct audit_finding *f = &a->finding[k];
		struct preflight_item *i = look_add(l, f->code->code, f->subject, f->level, "%s",
						    f->text);

		look_number(i, f->value, f->threshold, f->unit ? f->unit : "");
		text_copy(i->advice, sizeof(i->advice), f->todo);
	}
}

/* What no reason makes right: numbers that are none, a motor that says it is broken. */
static const char *const never_waived[] = {"motors", "finite"};

int look_waive(struct look *l, const char *text, struct err *e)
{
	const char *equals = strchr(text, '='), *colon = strchr(text, ':');
	struct look_waiver *w = &l->waiver[l->waivers];
	size_t code = equals ? (size_t)(equals - text) : 0;

	if (colon && equals && colon < equals)
		code = (size_t)(colon - text);
	if (!code || !equals[1])
		return err_set(e, EINVAL, "--waive %s: CODE[:SUBJECT]=REASON is meant", text);
	if (l->waivers == LOOK_WAIVERS_MAX)
		return err_set(e, EINVAL, "--waive: at most %d", LOOK_WAIVERS_MAX);
	if (code >= sizeof(w->code))
		return err_set(e, EINVAL, "--waive %s: no code is so long", text);
	*w = (struct look_waiver){.code = ""};
	memcpy(w->code, text, code);
	if (colon && colon < equals)
		snprintf(w->subject, sizeof(w->subject), "%.*s", (int)(equals - colon - 1),
			 colon + 1);
	text_clean(w->reason, sizeof(w->reason), equals + 1, strlen(equals + 1));
	for (size_t i = 0; i < sizeof(never_waived) / sizeof(never_waived[0]); i++) {
		if (covers(never_waived[i], w->code))
			return err_set(e, EINVAL, "--waive %s: a fault of %s cannot be waived",
				       text, w->code);
	}
	if (!audit_code_find(w->code) && !covers(w->code, "norm-steps"))
		return err_set(e, EINVAL, "--waive %s: no code is called %s (policytop list codes)",
			       text, w->code);
	l->waivers++;
	return 0;
}

void look_all(struct look *l)
{
	l->n = 0;
	for (const struct look_row *r = look_table; r->name; r++) {
		if (!r->rig || l->rig)
			r->look(l);
	}
}

void look_fini(struct look *l)
{
	live_look_fini(&l->live);
	profile_free(l->profile);
	checkpoint_free(l->policy);
	free(l->item);
	*l = (struct look){.n = 0};
#include "training/episodes.h"
#include "training/footage.h"

struct player {
	struct look *look;
	struct lineup *lineup;
	const struct episodes *all;
	double base_s; /* of this episode on the lineup's clock */

static int name_cameras(struct look *l, const struct footage_set *s, struct err *e)
	int place[2] = {-1, -1};

	l->cameras = s->cameras < LINEUP_CAMERAS ? s->cameras : LINEUP_CAMERAS;
	for (unsigned i = 0; i < l->cameras; i++) {
		text_copy(l->camera[i].name, NAME_BYTES, s->name[i]);
		text_copy(l->camera[i].shown, NAME_BYTES, s->name[i]);
		for (unsigned k = 0; k < 2; k++) {
			if (l->swap[k] && strcmp(l->swap[k], s->name[i]) == 0)
				place[k] = (int)i;
		}
	for (unsigned k = 0; k < 2; k++) {
		if (l->swap[k] && place[k] < 0)
			return err_set(e, EINVAL, "--swap: the set has no camera '%s'", l->swap[k]);
	if (l->swap[0]) {
		text_copy(l->camera[place[0]].shown, NAME_BYTES, l->swap[1]);
		text_copy(l->camera[place[1]].shown, NAME_BYTES, l->swap[0]);

static void add_window(struct player *p, int64_t episode, double t_s, unsigned camera)
	struct look *l = p->look;
	struct look_window *w;

	if ((l->nwindows & (l->nwindows - 1)) == 0)
		l->window = xrealloc(l->window, l->nwindows ? 2 * l->nwindows : 1,
				     sizeof(*l->window));
	w = &l->window[l->nwindows++];
	w->episode = episode;
	w->t_s = t_s;
	lineup_judge(p->lineup, camera, &w->answer);

static void close_window(struct player *p, int64_t episode, double t_s)
	for (unsigned i = 0; i < lineup_cameras(p->lineup); i++) {
		if (lineup_ready(p->lineup, i))
			add_window(p, episode, t_s, i);

static void play_steps(struct player *p, const struct episode_span *s, size_t *row, double to_s)
	for (; *row < s->frames; ++*row) {
		double t_s = p->all->timestamp_s[s->first + *row] - p->all->timestamp_s[s->first];

		if (t_s > to_s)
			return;
		lineup_step(p->lineup, p->base_s + t_s,
			    p->all->state + (s->first + *row) * p->all->nstate);

/* All cameras' pictures in the order of time, steps between them. */
static void play(struct player *p, const struct episode_span *s, const struct footage *f)
	size_t at[FOOTAGE_CAMERAS] = {0}, row = 0;
	double end_s = p->look->every_s, t_s = 0;

	lineup_restart(p->lineup);
	for (;;) {
		const struct footage_frame *next = NULL;
		unsigned who = 0;

		for (unsigned i = 0; i < p->look->cameras; i++) {
			const struct footage_frame *k = f->camera[i].frame + at[i];

			if (at[i] < f->camera[i].frames && (!next || k->t_s < next->t_s)) {
				next = k;
				who = i;
			}
		}
		if (!next)
			break;
		for (; next->t_s >= end_s - 1e-6; end_s += p->look->every_s)
			close_window(p, s->index, end_s);
		play_steps(p, s, &row, next->t_s);
		lineup_see(p->lineup, p->look->camera[who].shown, p->base_s + next->t_s,
			   &next->frame);
		t_s = next->t_s;
		at[who]++;
	if (t_s > end_s - 0.25 * p->look->every_s)
		close_window(p, s->index, end_s);
	p->look->horizon_s += t_s;
	p->base_s += t_s + 10;

static void note_footage(struct look *l, const struct footage *f)
	for (unsigned i = 0; i < l->cameras; i++) {
		l->camera[i].episodes += f->camera[i].frames > 0;
		if (f->camera[i].trouble[0])
			text_copy(l->camera[i].trouble, sizeof(l->camera[i].trouble),
				  f->camera[i].trouble);

static int play_all(struct player *p, const struct footage_set *s, struct err *e)
	int rc = 0;

	for (size_t i = 0; i < p->all->count && !rc; i++) {
		struct footage f;

		rc = footage_read(&f, s, p->all->span[i].index, e);
		if (!rc) {
			note_footage(p->look, &f);
			play(p, &p->all->span[i], &f);
		}
		footage_fini(&f);
	return rc;

int look_dataset(struct look *l, struct dataset *d, struct err *e)
	struct footage_set set = {0};
	struct player p = {.look = l, .lineup = lineup_new(l->profile)};
	struct episodes all = {0};
	int rc;

	if (!p.lineup)
		return err_set(
			e, ENODATA,
			"profile %s has no pictures of its cameras: learn it from a set with "
			"videos",
			l->profile->name);
	rc = dataset_load(d, &all, e);
	p.all = &all;
	if (!rc)
		rc = footage_open(&set, d, all.cameras, all.ncameras, e);
	if (!rc)
		rc = name_cameras(l, &set, e);
	if (!rc) {
		lineup_joints(p.lineup, all.state_joint, all.nstate);
		rc = play_all(&p, &set, e);
	footage_close(&set);
	episodes_fini(&all);
	lineup_free(p.lineup);
	return rc;

	free(l->window);
	l->window = NULL;
}

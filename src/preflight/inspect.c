/* SPDX-License-Identifier: Apache-2.0 */
#include "preflight/inspect.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/text.h"
#include "preflight/inspect_ask.h"

/* Files do not change while an arm is brought home, and a server need not be rung five times a second. */
enum { SELDOM_S = 10, OFTEN_S = 2 };

const struct inspect_row inspect_table[] = {
	{"dataset", false, SELDOM_S, inspect_dataset}, {"policy", false, SELDOM_S, inspect_policy},
	{"live-norm", true, 0, inspect_live_norm},     {"prompt", true, 0, inspect_prompt},
	{"server", true, SELDOM_S, inspect_server},    {"ask", true, 0, inspect_ask},
	{"cameras", true, 0, inspect_cameras},	       {"pose", true, 0, inspect_pose},
	{"motors", true, 0, inspect_motors},	       {"disk", true, SELDOM_S, inspect_disk},
	{"machine", true, OFTEN_S, inspect_machine},   {0},
};
_Static_assert(sizeof(inspect_table) / sizeof(inspect_table[0]) - 1 <= INSPECT_ROWS, "room");

/* "norm" of a rig's list requires norm-steps, norm-sides … */
static bool covers(const char *word, const char *code)
{
	size_t n = strlen(word);

	return n && strncmp(word, code, n) == 0 && (!code[n] || code[n] == '-');
}

/* Without language there is no prompt that could be seen. */
static bool is_required(const struct inspect *l, const char *code)
{
	if (l->audits) /* a robot may have no gripper */
		return strcmp(code, "set-gripper") != 0;
	if (strcmp(code, "prompt") == 0 && l->policy && l->policy->language == 0)
		return false;
	for (unsigned i = 0; l->rig && i < l->rig->require.n; i++) {
		if (covers(l->rig->require.word[i], code))
			return true;
	}
	return false;
}

static void settle_waiver(const struct inspect *l, struct preflight_item *i)
{
	i->waived = false;
	for (unsigned k = 0; k < l->waivers; k++) {
		const struct inspect_waiver *w = &l->waiver[k];

		if (!covers(w->code, i->code) ||
		    (w->subject[0] && !joint_same_name(w->subject, i->subject)))
			continue;
		i->waived = i->level == LEVEL_FAIL || i->level == LEVEL_WARN ||
			    (i->level == LEVEL_UNKNOWN && i->required);
		if (i->waived)
			text_copy(i->reason, sizeof(i->reason), w->reason);
	}
}

static struct preflight_item *new_item(struct inspect *l)
{
	if (l->n == l->room) {
		l->room = l->room ? 2 * l->room : 32;
		l->item = xrealloc(l->item, l->room, sizeof(*l->item));
	}
	return &l->item[l->n++];
}

struct preflight_item *inspect_add(struct inspect *l, const char *code, const char *subject,
				   enum level level, const char *fmt, ...)
{
	const struct audit_code *c = audit_code_find(code);
	struct preflight_item *i = new_item(l);
	char text[2 * MESSAGE_BYTES];
	va_list ap;

	preflight_item_init(i, c ? c->group : "", code);
	i->level = level;
	text_clean(i->subject, sizeof(i->subject), subject, strlen(subject));
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	text_clean(i->message, sizeof(i->message), text, strlen(text));
	i->required = is_required(l, i->code);
	settle_waiver(l, i);
	return i;
}

void inspect_number(struct preflight_item *i, double value, double threshold, const char *unit)
{
	i->value = value;
	i->threshold = threshold;
	text_copy(i->unit, sizeof(i->unit), unit);
}

void inspect_do(struct preflight_item *i, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(i->advice, sizeof(i->advice), fmt, ap);
	va_end(ap);
}

void inspect_from(struct preflight_item *i, const char *source, double age_s)
{
	text_copy(i->source, sizeof(i->source), source);
	i->age_s = age_s;
}

void inspect_take(struct inspect *l, const struct audit *a)
{
	for (size_t k = 0; k < a->n; k++) {
		const struct audit_finding *f = &a->finding[k];
		struct preflight_item *i = inspect_add(l, f->code->code, f->subject, f->level, "%s",
						       f->text);

		inspect_number(i, f->value, f->threshold, f->unit ? f->unit : "");
		text_copy(i->advice, sizeof(i->advice), f->todo);
	}
}

/* What no reason makes right: numbers that are none, a motor that says it is broken. */
static const char *const never_waived[] = {"motors", "finite"};

int inspect_waive(struct inspect *l, const char *text, struct err *e)
{
	const char *equals = strchr(text, '='), *colon = strchr(text, ':');
	struct inspect_waiver *w = &l->waiver[l->waivers];
	size_t code = equals ? (size_t)(equals - text) : 0;

	if (colon && equals && colon < equals)
		code = (size_t)(colon - text);
	if (!code || !equals[1])
		return err_set(e, EINVAL, "--waive %s: CODE[:SUBJECT]=REASON is meant", text);
	if (l->waivers == INSPECT_WAIVERS_MAX)
		return err_set(e, EINVAL, "--waive: at most %d", INSPECT_WAIVERS_MAX);
	if (code >= sizeof(w->code))
		return err_set(e, EINVAL, "--waive %s: no code is so long", text);
	*w = (struct inspect_waiver){.code = ""};
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

/* What a rig asks for by name and nothing told of was not seen. */
static void ask_for(struct inspect *l, const char *word)
{
	const struct audit_code *c = audit_code_find(word);

	for (size_t k = 0; k < l->n; k++) {
		if (covers(word, l->item[k].code))
			return;
	}
	for (size_t k = 0; !c && audit_codes[k].code; k++)
		c = covers(word, audit_codes[k].code) ? &audit_codes[k] : NULL;
	if (c)
		inspect_add(l, c->code, "", LEVEL_UNKNOWN,
			    "the rig requires it, nothing told of it");
}

/* What was found of a row a moment ago holds still; a waiver may have come since. */
static void keep_row(struct inspect *l, const struct preflight_item *before, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct preflight_item *i = new_item(l);

		*i = before[k];
		settle_waiver(l, i);
	}
}

void inspect_all(struct inspect *l)
{
	struct preflight_item *before = l->item;
	struct clock clock = clock_real();

	l->item = NULL;
	l->n = l->room = 0;
	for (unsigned k = 0; inspect_table[k].name; k++) {
		const struct inspect_row *r = &inspect_table[k];
		struct inspect_kept *kept = &l->kept[k];
		int64_t now_ns = clock_now_ns(&clock);
		size_t first = l->n;

		if (r->rig && !l->rig)
			continue;
		if (r->every_s && kept->until_ns > now_ns && !l->anew) {
			keep_row(l, before + kept->first, kept->n);
		} else {
			r->look(l);
			kept->until_ns = now_ns + r->every_s * NS_PER_S;
		}
		kept->first = first;
		kept->n = l->n - first;
	}
	for (unsigned i = 0; l->rig && l->rig->require_said && i < l->rig->require.n; i++)
		ask_for(l, l->rig->require.word[i]);
	l->anew = false;
	free(before);
}

void inspect_fini(struct inspect *l)
{
	inspect_live_fini(&l->live);
	inspect_asked_free(l->asked);
	profile_free(l->profile);
	checkpoint_free(l->policy);
	free(l->item);
	*l = (struct inspect){.n = 0};
}

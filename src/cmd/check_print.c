/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_print.h"

#include <string.h>

#include "ui/checklist.h"

enum { WHAT_W = 15, SUBJECT_W = 22 };

static void add_first(struct buf *b, const struct inspect *l)
{
	static const char *const words[] = {"1st", "2nd"};

	for (unsigned n = 0; n < 2; n++) {
		const struct preflight_item *i = checklist_todo(l->item, l->n, n);

		if (!i)
			return;
		buf_printf(b, "  %s %s%s%s: %s\n", words[n], i->code, i->subject[0] ? " " : "",
			   i->subject, i->advice[0] ? i->advice : i->message);
	}
}

static void add_head(struct buf *b, const struct inspect *l)
{
	unsigned count[LEVEL_FAIL + 1] = {0}, unseen = 0, waived = 0;
	enum preflight_verdict v = preflight_judge(l->item, l->n, NULL);

	for (size_t k = 0; k < l->n; k++) {
		const struct preflight_item *i = &l->item[k];

		count[i->level] += !i->waived;
		unseen += i->level == LEVEL_UNKNOWN && i->required && !i->waived;
		waived += i->waived;
	}
	buf_printf(b, "%s  %u fail  %u warn  %u NOT SEEN  %u waived  of %zu%s%s\n",
		   preflight_word(v), count[LEVEL_FAIL], count[LEVEL_WARN], unseen, waived, l->n,
		   l->rig_name[0] ? "   rig " : "", l->rig_name);
	add_first(b, l);
}

static void add_item(struct buf *b, const struct preflight_item *i)
{
	enum role role;

	buf_printf(b, " %s  %-*s %-*.*s %s%s%s%s%s\n", checklist_mark(i, &role), WHAT_W, i->code,
		   SUBJECT_W, SUBJECT_W, i->subject, i->message, i->advice[0] ? "; " : "",
		   i->advice, i->waived ? "; waived: " : "", i->waived ? i->reason : "");
}

void check_text(struct buf *b, const struct inspect *l)
{
	add_head(b, l);
	for (size_t k = 0; k < l->n; k++) {
		const char *group = l->item[k].group;
		bool first = true;

		for (size_t p = 0; p < k; p++)
			first = first && strcmp(l->item[p].group, group) != 0;
		if (!first)
			continue;
		for (const char *c = group; *c; c++)
			buf_printf(b, "%c", *c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
		buf_str(b, "\n");
		for (size_t p = k; p < l->n; p++) {
			if (strcmp(l->item[p].group, group) == 0)
				add_item(b, &l->item[p]);
		}
	}
}

static void put_item(struct buf *b, const struct preflight_item *i)
{
	buf_str(b, "{\"group\":");
	buf_json_str(b, i->group);
	buf_json_text(b, "code", i->code);
	buf_json_text(b, "subject", i->subject);
	buf_json_text(b, "level", level_word(i->level));
	buf_printf(b, ",\"required\":%s", i->required ? "true" : "false");
	buf_json_number(b, "value", i->value);
	buf_json_number(b, "threshold", i->threshold);
	buf_json_text(b, "unit", i->unit);
	buf_json_number(b, "age_s", i->age_s);
	buf_json_text(b, "source", i->source);
	buf_json_text(b, "do", i->advice);
	buf_printf(b, ",\"waived\":%s", i->waived ? "true" : "false");
	buf_json_text(b, "reason", i->waived ? i->reason : i->message);
	buf_json_text(b, "text", i->message);
	buf_str(b, "}");
}

void check_json(struct buf *b, const struct inspect *l)
{
	buf_str(b, "{\"schema\":1,\"verdict\":");
	buf_json_str(b, preflight_word(preflight_judge(l->item, l->n, NULL)));
	buf_str(b, ",\"items\":[");
	for (size_t k = 0; k < l->n; k++) {
		buf_str(b, k ? "," : "");
		put_item(b, &l->item[k]);
	}
	buf_str(b, "]}\n");
}

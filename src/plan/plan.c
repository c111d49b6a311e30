/* SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan_impl.h"

enum { OPTION_BYTES = 128 };

const struct plan_fact *plan_get(const struct plan *p, const char *key)
{
	for (unsigned i = 0; i < p->facts; i++) {
		if (strcmp(p->fact[i].key, key) == 0)
			return &p->fact[i];
	}
	return NULL;
}

const char *plan_value(const struct plan *p, const char *key)
{
	const struct plan_fact *f = plan_get(p, key);

	return f ? f->value : "";
}

bool plan_true(const char *text)
{
	return strcasecmp(text, "true") == 0 || strcmp(text, "1") == 0 ||
	       strcasecmp(text, "yes") == 0 || strcasecmp(text, "on") == 0;
}

void plan_add(struct plan *p, const char *key, const char *value, size_t n, const char *from)
{
	struct plan_fact *f;

	if (plan_get(p, key) || p->facts == PLAN_FACTS_MAX)
		return;
	f = &p->fact[p->facts++];
	f->key = key;
	text_clean(f->value, sizeof(f->value), value, n);
	text_clean(f->from, sizeof(f->from), from, strlen(from));
}

void plan_warn(struct plan *p, const char *fmt, ...)
{
	char raw[PLAN_TEXT_BYTES];
	va_list ap;

	if (p->warnings == PLAN_WARNINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(p->warning[p->warnings++], PLAN_TEXT_BYTES, raw, strlen(raw));
}

void plan_note(struct plan *p, const char *fmt, ...)
{
	char raw[PLAN_TEXT_BYTES];
	va_list ap;

	if (p->notes == PLAN_NOTES_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	text_clean(p->note[p->notes++], PLAN_TEXT_BYTES, raw, strlen(raw));
}

void plan_source(struct plan *p, const char *from, const char *fmt, ...)
{
	struct plan_source *s;
	va_list ap;

	if (p->sources == PLAN_SOURCES_MAX)
		return;
	s = &p->source[p->sources];
	va_start(ap, fmt);
	vsnprintf(s->word, sizeof(s->word), fmt, ap);
	va_end(ap);
	for (unsigned i = 0; i < p->sources; i++) {
		if (strcmp(p->source[i].word, s->word) == 0)
			return; /* named twice, by the command and by a rig */
	}
	text_copy(s->from, sizeof(s->from), from);
	p->sources++;
}

const char *plan_env(const struct plan *p, const struct plan_world *w, const char *name)
{
	size_t n = strlen(name);

	for (int i = p->assigns - 1; i >= 0; i--) {
		const char *word = p->argv[p->assign[i]];

		if (strncmp(word, name, n) == 0 && word[n] == '=')
			return word + n + 1;
	}
	return w->env(w->host, name);
}

const char *plan_split(const char *word, char *name, size_t size)
{
	const char *value = strchr(word, '=');
	size_t n;

	word += strspn(word, "-");
	n = value ? (size_t)(value - word) : strlen(word);
	n = n < size ? n : size - 1;
	memcpy(name, word, n);
	name[n] = '\0';
	for (size_t i = 0; i < n; i++)
		name[i] = name[i] == '-' ? '_' : name[i];
	return value ? value + 1 : NULL;
}

/* The value of an option in words from args on, and where it is; NULL: not given. */
static const char *find_option(const struct plan *p, const char *option, int *at)
{
	char name[OPTION_BYTES];
	const char *found = NULL;

	for (int i = p->args; i < p->argc; i++) {
		const char *value;

		if (p->argv[i][0] != '-')
			continue;
		value = plan_split(p->argv[i], name, sizeof(name));
		/* A family's options may stand in a group of their own: tyro's --args.host. */
		if (strcmp(name, option) != 0 &&
		    (!text_starts(name, "args.") || strcmp(name + 5, option) != 0))
			continue;
		*at = i;
		if (!value && i + 1 < p->argc && !text_starts(p->argv[i + 1], "--"))
			value = p->argv[i + 1];
		found = value ? value : "true";
	}
	return found;
}

static void take_options(struct plan *p)
{
	for (const struct plan_option *o = p->family->option; o->key; o++) {
		int at = 0;
		const char *value = find_option(p, o->option, &at);

		if (!value)
			continue;
		if (strcmp(o->key, "cameras") == 0)
			plan_cameras_text(p, value, p->argv[at]);
		else
			plan_add(p, o->key, value, strlen(value), p->argv[at]);
	}
}

static void take_camera_keys(struct plan *p)
{
	static const char *const groups[] = {"robot.cameras.", "control.cameras."};
	char name[OPTION_BYTES];

	for (int i = p->args; i < p->argc; i++) {
		const char *value = plan_split(p->argv[i], name, sizeof(name));

		if (!value && i + 1 < p->argc)
			value = p->argv[i + 1];
		for (size_t k = 0; value && k < sizeof(groups) / sizeof(groups[0]); k++) {
			if (p->argv[i][0] == '-' && text_starts(name, groups[k]))
				plan_cameras_key(p, name + strlen(groups[k]), value, p->argv[i]);
		}
	}
}

static void note_unknown(struct plan *p)
{
	char name[OPTION_BYTES];

	for (int i = p->args; i < p->argc; i++) {
		if (!text_starts(p->argv[i], "--"))
			continue;
		plan_split(p->argv[i], name, sizeof(name));
		plan_known(p, name);
	}
}

static bool in_list(const char *const *list, const char *word)
{
	for (; list && *list; list++) {
		if (strcmp(*list, word) == 0)
			return true;
	}
	return false;
}

static bool ends_in_list(const char *const *list, const char *path)
{
	for (; list && *list; list++) {
		size_t n = strlen(*list), len = strlen(path);

		if (len >= n && strcmp(path + len - n, *list) == 0 &&
		    (len == n || path[len - n - 1] == '/'))
			return true;
	}
	return false;
}

static bool fits(const struct plan_family *f, const struct plan *p)
{
	const char *word = p->argv[p->program], *slash = strrchr(word, '/');
	bool named;

	if (p->module)
		named = in_list(f->module, word);
	else
		named = in_list(f->program, slash ? slash + 1 : word) ||
			ends_in_list(f->script, word);
	return named && (!f->also || f->also(p));
}

static void find_family(struct plan *p)
{
	for (size_t i = 0; p->program >= 0 && plan_table[i]; i++) {
		if (fits(plan_table[i], p)) {
			p->family = plan_table[i];
			p->python = true;
			return;
		}
	}
}

/* Where LeRobot looks for calibrations unless told otherwise. */
static void derive_calibration(struct plan *p, const struct plan_world *w)
{
	static const struct {
		const char *variable, *below;
	} places[] = {{"HF_LEROBOT_CALIBRATION", "/robots"},
		      {"HF_LEROBOT_HOME", "/calibration/robots"},
		      {"HF_HOME", "/lerobot/calibration/robots"},
		      {"XDG_CACHE_HOME", "/huggingface/lerobot/calibration/robots"},
		      {"HOME", "/.cache/huggingface/lerobot/calibration/robots"}};
	char text[PLAN_TEXT_BYTES];

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *value = plan_env(p, w, places[i].variable);

		if (!value || !value[0])
			continue;
		snprintf(text, sizeof(text), "%s%s", value, places[i].below);
		plan_add(p, "calibration", text, strlen(text), places[i].variable);
		return;
	}
}

int plan_command(struct plan *p, int argc, char *const *argv, const struct plan_world *w,
		 struct err *e)
{
	int rc;

	memset(p, 0, sizeof(*p));
	p->argc = argc;
	p->argv = argv;
	rc = plan_unwrap(p, e);
	if (rc)
		return rc;
	find_family(p);
	if (!p->family)
		return 0;
	take_options(p);
	take_camera_keys(p);
	plan_config(p, w);
	if (p->family->lerobot) {
		note_unknown(p);
		plan_training(p, w);
		derive_calibration(p, w);
	}
	if (p->family->derive)
		p->family->derive(p);
	return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* The cameras of a LeRobot command line: YAML's flow style, of which JSON is a part, or keys. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan_impl.h"

enum { TOKEN_BYTES = 256, DEPTH_MAX = 8 };

static struct plan_camera *camera_of(struct plan *p, const char *role, size_t n)
{
	char name[NAME_BYTES];
	struct plan_camera *c;

	text_clean(name, sizeof(name), role, n);
	if (!name[0])
		return NULL;
	for (unsigned i = 0; i < p->cameras; i++) {
		if (strcmp(p->camera[i].role, name) == 0)
			return &p->camera[i];
	}
	if (p->cameras == PLAN_CAMERAS_MAX)
		return NULL;
	c = &p->camera[p->cameras++];
	*c = (struct plan_camera){.path = ""};
	text_copy(c->role, sizeof(c->role), name);
	return c;
}

static void set_number(long *out, const char *value)
{
	char *end;
	long n = strtol(value, &end, 10);

	*out = end != value && n > 0 && n < 100000 ? n : 0;
}

static void set_key(struct plan *p, struct plan_camera *c, const char *key, const char *value)
{
	double fps;

	if (strcmp(key, "type") == 0)
		text_clean(c->type, sizeof(c->type), value, strlen(value));
	else if (strcmp(key, "index_or_path") == 0 || strcmp(key, "camera_index") == 0 ||
		 strcmp(key, "serial_number_or_name") == 0 || strcmp(key, "serial_number") == 0 ||
		 strcmp(key, "server_address") == 0)
		text_clean(c->path, sizeof(c->path), value, strlen(value));
	else if (strcmp(key, "width") == 0)
		set_number(&c->width, value);
	else if (strcmp(key, "height") == 0)
		set_number(&c->height, value);
	else if (strcmp(key, "use_depth") == 0)
		c->depth = plan_true(value);
	else if (strcmp(key, "fps") == 0)
		c->fps = text_to_double(value, &fps) && fps > 0 && fps < 10000 ? fps : 0;
	else
		plan_known_camera(p, c->role, key);
}

void plan_cameras_key(struct plan *p, const char *key, const char *value, const char *from)
{
	const char *dot = strchr(key, '.');
	struct plan_camera *c = dot ? camera_of(p, key, (size_t)(dot - key)) : NULL;

	if (!c)
		return;
	set_key(p, c, dot + 1, value);
	if (!p->cameras_from[0])
		text_copy(p->cameras_from, sizeof(p->cameras_from), from);
}

static const char *skip_space(const char *s)
{
	return s + strspn(s, " \t\r\n,");
}

/* A word, quoted or not, up to what ends it in this place. */
static const char *take_word(const char *s, char word[TOKEN_BYTES], const char *ends)
{
	char quote = *s == '"' || *s == '\'' ? *s++ : '\0';
	size_t n = 0;

	while (*s && (quote ? *s != quote : !strchr(ends, *s))) {
		if (n + 1 < TOKEN_BYTES)
			word[n++] = *s;
		s++;
	}
	if (quote && *s)
		s++;
	while (!quote && n && strchr(" \t\r\n", word[n - 1]))
		n--;
	word[n] = '\0';
	return s;
}

/* A nested map or list says nothing that is used here. */
static const char *skip_nested(const char *s)
{
	int depth = 0;

	do {
		depth += *s == '{' || *s == '[';
		depth -= *s == '}' || *s == ']';
		s++;
	} while (*s && depth > 0);
	return s;
}

/* `type: opencv, width: 640}`: the keys of one camera. */
static const char *take_camera(struct plan *p, struct plan_camera *c, const char *s)
{
	char key[TOKEN_BYTES], value[TOKEN_BYTES];

	for (s = skip_space(s); *s && *s != '}'; s = skip_space(s)) {
		s = skip_space(take_word(s, key, ":,}"));
		if (*s != ':')
			continue;
		s = skip_space(s + 1);
		if (*s == '{' || *s == '[') {
			s = skip_nested(s);
			continue;
		}
		s = take_word(s, value, ",}");
		if (c)
			set_key(p, c, key, value);
	}
	return *s ? s + 1 : s;
}

void plan_cameras_text(struct plan *p, const char *text, const char *from)
{
	const char *s = skip_space(text);
	char role[TOKEN_BYTES];

	if (p->cameras || *s != '{')
		return;
	text_copy(p->cameras_from, sizeof(p->cameras_from), from);
	for (s = skip_space(s + 1); *s && *s != '}'; s = skip_space(s)) {
		s = skip_space(take_word(s, role, ":,}"));
		if (*s != ':')
			continue;
		s = skip_space(s + 1);
		if (*s == '{')
			s = take_camera(p, camera_of(p, role, strlen(role)), s + 1);
		else
			s = take_word(s, role, ",}");
	}
}

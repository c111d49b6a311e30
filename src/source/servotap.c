/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tap:DEV?link=NAME`: between a program and its servo bus. What the port itself does, which no byte
 * tells, is told here: that it was unplugged, and that somebody else reads from it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/path.h"
#include "base/text.h"
#include "source/holders.h"
#include "source/servo.h"
#include "source/servotap.h"
#include "tap/link.h"

#define LOOK_NS	 (20 * NS_PER_MS) /* for the answer */
#define AGAIN_NS (2 * NS_PER_S)	  /* while somebody else has the port */

static int parse(struct tapped *t, struct uri *u, struct err *e)
{
	const char *name = uri_param(u, "link"), *slash = strrchr(u->rest, '/');
	char *device;
	int rc;

	if (!u->rest[0])
		return err_set(e, EINVAL, "%s: write tap:DEV", u->word);
	if (!name)
		name = slash ? slash + 1 : u->rest;
	if (!link_name_good(name))
		return err_set(e, EINVAL,
			       "%s: link=NAME is a file name of letters, digits, '-' and '_'",
			       u->word);
	device = path_absolute_dup(u->rest);
	rc = tapped_words(t, u, name, strlen(name), device, e);
	free(device);
	text_copy(t->place, sizeof(t->place), name);
	return rc;
}

/* A port has one tap, by whatever name either was asked for. */
static bool same(const struct tapped *t, const struct tap_info *info)
{
	char *ours, *its;
	bool equal;

	if (!info->link[0])
		return false;
	if (!strcmp(t->upstream, info->upstream))
		return true;
	ours = realpath(t->upstream, NULL);
	its = realpath(info->upstream, NULL);
	equal = ours && its && !strcmp(ours, its);
	free(ours);
	free(its);
	return equal;
}

static struct tap_ends ends(const struct tapped *t)
{
	return (struct tap_ends){.link = t->listen, .device = t->upstream};
}

static void introduce(struct source *s, int64_t now_ns)
{
	const struct tapped *t = s->state;

	source_note(s, now_ns, "programs open %s in place of %s%s", t->place, t->upstream,
		    t->link.info.pty[0] ? "" : ", which is unplugged");
}

static void tell_bus(struct source *s, int64_t t_ns)
{
	struct servotap *v = s->state;
	struct event ev = {.kind = EVENT_BUS, .t_ns = t_ns, .src_ns = TIME_UNKNOWN, .bus = &v->bus};

	source_emit(s, &ev);
}

void servotap_told(struct source *s, const struct tap_record *rec)
{
	struct servotap *v = s->state;
	const char *device = v->tapped.upstream;

	if (rec->kind == TAP_STRANGER) {
		v->opened = true;
	} else if (rec->kind == TAP_UNPLUGGED) {
		source_note(s, rec->t_ns, "%s was unplugged", device);
		v->bus.state = BUS_GONE;
		tell_bus(s, rec->t_ns);
	} else if (rec->kind == TAP_PLUGGED) {
		source_note(s, rec->t_ns, "%s is back: programs can open %s again", device,
			    v->tapped.place);
		v->bus.state = BUS_UNKNOWN;
		tell_bus(s, rec->t_ns);
	}
}

/* All but our tap. */
static void tell_holders(struct source *s, const struct tty_holder *who, int n, int64_t now_ns)
{
	struct servotap *v = s->state;
	int64_t before = v->bus.openers, others = 0;

	for (int i = 0; i < n; i++) {
		if (who[i].pid == v->tapped.link.info.pid)
			continue;
		if (before <= 0)
			source_note(s, now_ns,
				    "%s (pid %d) opened %s past the tap: it takes bytes that are "
				    "meant for others",
				    who[i].name, who[i].pid, v->tapped.upstream);
		others++;
	}
	if (!others && before <= 0)
		source_note(s, now_ns,
			    "another program opened %s past the tap, and closed it again",
			    v->tapped.upstream);
	v->bus.openers = others;
	if (others != before)
		tell_bus(s, now_ns);
}

static int64_t due(struct source *s, int64_t now_ns)
{
	struct servotap *v = s->state;
	struct tty_holder who[HOLDERS_MAX];
	int n;

	if (!v->look && (v->opened || (v->bus.openers > 0 && now_ns >= v->look_ns))) {
		v->look = holders_start(v->tapped.upstream);
		v->opened = false;
		v->look_ns = now_ns + AGAIN_NS;
	}
	if (!v->look)
		return v->bus.openers > 0 ? v->look_ns : INT64_MAX;
	n = holders_take(v->look, who);
	if (n < 0)
		return now_ns + LOOK_NS;
	tell_holders(s, who, n, now_ns);
	holders_drop(v->look);
	v->look = NULL;
	return v->bus.openers > 0 ? v->look_ns : INT64_MAX;
}

/* The decoder knows what was said, and nothing of who listens. */
void servotap_amend(struct source *s, struct event *ev)
{
	struct servotap *v = s->state;
	int64_t openers = v->bus.openers;

	if (ev->kind != EVENT_BUS)
		return;
	v->bus = *ev->bus;
	v->bus.openers = openers;
	ev->bus = &v->bus;
}

const struct tapped_kind servotap_line = {
	.parse = parse,
	.same = same,
	.ends = ends,
	.introduce = introduce,
	.loss = "port",
	.told = servotap_told,
	.due = due,
	.amend = servotap_amend,
};

int servotap_open(struct source *s, const struct tapped_kind *kind, struct uri *u, struct err *e)
{
	struct servotap *v = s->state;
	char name[2 * TAP_ADDRESS_BYTES];
	int rc;

	v->tapped.kind = kind;
	bus_init(&v->bus);
	rc = tap_open(s, u, e);
	/* Of the bus as the decoder has it, which has said nothing yet. */
	snprintf(name, sizeof(name), "%s%s", s->prefix, v->tapped.listen);
	text_copy(v->bus.name, sizeof(v->bus.name), name);
	return rc;
}

/* The whole path, where the tap is one of ours. */
static void find_place(int pid, char place[TAP_ADDRESS_BYTES])
{
	struct tap_info *all = xcalloc(TAPS_MAX, sizeof(*all));
	size_t n = tap_list(all, TAPS_MAX);

	for (size_t i = 0; i < n; i++) {
		if (all[i].pid == pid)
			text_copy(place, TAP_ADDRESS_BYTES, tap_place(&all[i]));
	}
	free(all);
}

int servotap_start(const char *word, const char *user, char place[TAP_ADDRESS_BYTES], struct err *e)
{
	struct servotap *v = xcalloc(1, sizeof(*v));
	struct tapped *t = &v->tapped;
	struct tap_ends ends;
	struct uri u;
	int rc = uri_parse(&u, word, e), pid = rc;

	if (!rc) {
		t->kind = strcmp(u.kind, "usbmon") == 0 ? &servotap_usbmon : &servotap_line;
		rc = strcmp(u.kind, "usbmon") && strcmp(u.kind, "tap")
			     ? err_set(e, EINVAL, "%s: write tap:DEV or usbmon:BUS-DEV", word)
			     : t->kind->parse(t, &u, e);
		pid = rc;
		uri_fini(&u);
	}
	if (!rc) {
		ends = t->kind->ends(t);
		ends.user = user;
		pid = tap_start(&ends, t->word, e);
	}
	text_copy(place, TAP_ADDRESS_BYTES, t->place);
	if (!rc && pid > 0)
		find_place(pid, place);
	free(v);
	return pid;
}

static int open_line(struct source *s, struct uri *u, struct err *e)
{
	return servotap_open(s, &servotap_line, u, e);
}

static void servotap_close(struct source *s)
{
	struct servotap *v = s->state;

	holders_drop(v->look);
	tap_close(s);
}

static const struct source_param params[] = {
	{"link", "", "name of DEV", "name of the link that programs open"},
	SERVO_PARAMS,
	{0},
};

const struct source_class source_tap = {
	.kind = "tap",
	.rest = "DEV",
	.summary = "between a program and its bus of servos",
	.facts = SERVOBUS_FACTS,
	.decoder = &servo_decoder,
	.params = params,
	.slots = 1,
	.state_size = sizeof(struct servotap),
	.open = open_line,
	.run = tap_run,
	.close = servotap_close,
};

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Five recorded workflows, replayed through raw: at their own pace on virtual time, and what a
 * person sees of them some seconds later at 80x24: against files that people can read.
 * UPDATE=1 writes the files anew (look at the difference before committing it).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "engine/core.h"
#include "engine/feeds.h"
#include "source/source.h"
#include "tests/tap.h"
#include "ui/output.h"
#include "ui/screen.h"

enum { COLUMNS = 80, LINES = 24, CODES_BYTES = 256 };
enum { EVERYTHING = (1u << FACT_N) - 1 };

struct workflow {
	const char *name; /* cap/NAME.cap */
	const char *kind; /* of the source that it was captured from */
	double at_s;	  /* when the screen is looked at */
	unsigned joints;
	unsigned never;	    /* FACT_* that the kind can see and this workflow does not tell */
	const char *alarms; /* "level code" of every verdict of the whole replay, once each */
};

static const struct workflow workflows[] = {
	{"lerobot-record", "hook", 3, 28, 0, ""},
	{"lerobot-sync", "hook", 3, 6, 0, "note cadence; "},
	{"lerobot-rtc", "hook", 3, 6, 0, ""},
	/* Its client says no prompt: the server adds one. */
	{"openpi-aloha", "openpi", 4, 14, FACT_PROMPT, ""},
	{"groot-so101", "groot", 4, 6, 0, ""},
};

static const struct {
	enum page page;
	const char *word;
} pages[] = {{PAGE_MAIN, "main"}, {PAGE_CHUNK, "chunk"}, {PAGE_TRAFFIC, "traffic"}};

/* A replay under way, and the screen that shows it. */
struct replay {
	struct core core;
	struct feeds feeds;
	struct clock clock;
	struct recorder *recorder;
	char alarms[CODES_BYTES];
	bool failed;
	struct snapshot snapshot;
	struct history history;
	struct ui_state ui;
};

static void on_event(void *host, const struct event *ev)
{
	core_feed(&((struct replay *)host)->core, ev);
}

static bool is_crowded(void *host)
{
	(void)host;
	return false;
}

static void on_failed(void *host, const struct err *e)
{
	((struct replay *)host)->failed = true;
	printf("# %s\n", e->msg);
}

static void on_all_ended(void *host)
{
	(void)host; /* feeds_run_due() returns it */
}

static void on_verdict(void *host, const struct verdict *v)
{
	struct replay *r = host;
	char text[64];

	printf("# %s %s: %s\n", level_word(v->level), v->code, v->message);
	snprintf(text, sizeof(text), "%s %s; ", level_word(v->level), v->code);
	if (!strstr(r->alarms, text))
		strncat(r->alarms, text, sizeof(r->alarms) - strlen(r->alarms) - 1);
}

static void on_note(void *host, enum level level, const char *text)
{
	(void)host;
	(void)level;
	(void)text;
}

/* Time stands still while anything is due, then jumps to what comes next. */
static void run_until(struct replay *r, int64_t end_ns)
{
	int64_t next;

	while ((next = feeds_run_due(&r->feeds)) < end_ns) {
		if (next > r->clock.virtual_ns)
			r->clock.virtual_ns = next;
	}
	if (next != INT64_MAX)
		r->clock.virtual_ns = end_ns;
}

static void look(struct replay *r, enum page page, struct buf *out)
{
	struct scene v = {&r->snapshot, NULL, &r->ui, NULL};
	int64_t now_ns = clock_now_ns(&r->clock);
	struct canvas c;
	unsigned columns;
	double span_s;

	live_snapshot(r->core.live, r->core.judge, now_ns, &r->snapshot);
	text_copy(r->snapshot.rig, sizeof(r->snapshot.rig), "replay");
	feeds_show(&r->feeds, &r->snapshot);
	state_init(&r->ui);
	r->ui.page = page;
	state_follow(&r->ui, &r->snapshot);
	canvas_init(&c, COLUMNS, LINES, SYMBOLS_BRAILLE);
	columns = screen_history(&c, &v, &span_s);
	if (columns &&
	    live_history(r->core.live, r->ui.selected, columns, span_s, now_ns, &r->history))
		v.hist = &r->history;
	screen_draw(&c, &v);
	output_text(out, &c);
	canvas_fini(&c);
}

static void compare(struct tap *t, const struct workflow *w, const char *page, const struct buf *b)
{
	char path[128], line[256], *want = NULL;
	size_t size = 0;
	FILE *f;
	bool same;

	snprintf(path, sizeof(path), "golden/%s-%s.txt", w->name, page);
	f = fopen(path, getenv("UPDATE") ? "w+" : "r");
	if (f && getenv("UPDATE"))
		fputs(buf_text(b), f);
	same = f && fseek(f, 0, SEEK_SET) == 0 && getdelim(&want, &size, '\0', f) > 0 &&
	       strcmp(want, buf_text(b)) == 0;
	if (!ok(t, same, "%s: the screen with page %s", w->name, page)) {
		for (const char *p = buf_text(b); *p; p += strcspn(p, "\n") + 1) {
			snprintf(line, sizeof(line), "%.*s", (int)strcspn(p, "\n"), p);
			printf("# %s\n", line);
		}
	}
	free(want);
	if (f)
		fclose(f);
}

/* The facts that a line of the screen names after a label; EVERYTHING + 1: there is no such line. */
static unsigned named(const char *screen, const char *label)
{
	/* What a person calls each fact, in the order of its bit. */
	static const char *const word[FACT_N] = {"seen",    "asked",  "sent",	"got",
						 "chunks",  "prompt", "resets", "latency",
						 "cameras", "motors"};
	const char *at = strstr(screen, label);
	unsigned facts = 0;

	if (!at)
		return EVERYTHING + 1;
	for (at += strlen(label); *at && *at != '\n'; at += strcspn(at, " \n")) {
		unsigned i = 0;
		size_t n;

		at += strspn(at, " ");
		n = strcspn(at, " \n");
		while (i < FACT_N && (strlen(word[i]) != n || strncmp(at, word[i], n) != 0))
			i++;
		if (i == FACT_N)
			break;
		facts |= 1u << i;
	}
	return facts;
}

static void check_facts(struct tap *t, const struct workflow *w, const char *screen)
{
	unsigned wanted = source_find(w->kind)->facts & ~w->never;
	unsigned sees = named(screen, "\n sees  "), blind = named(screen, "BLIND ");

	ok(t, blind == (EVERYTHING & ~wanted),
	   "%s: BLIND names all that %s: does not see (0x%x, want 0x%x)", w->name, w->kind, blind,
	   EVERYTHING & ~wanted);
	ok(t, sees == wanted || sees == EVERYTHING + 1,
	   "%s: and sees, where it has room, the facts that it promises (0x%x, want 0x%x)", w->name,
	   sees, wanted);
}

static void show(struct tap *t, const struct workflow *w, struct replay *r)
{
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		struct buf b = {0};

		look(r, pages[i].page, &b);
		compare(t, w, pages[i].word, &b);
		if (pages[i].page == PAGE_MAIN)
			check_facts(t, w, buf_text(&b));
		buf_fini(&b);
	}
	ok(t, r->snapshot.njoints == w->joints, "%s: %u joints", w->name, r->snapshot.njoints);
}

static void replay(struct tap *t, const struct workflow *w)
{
	struct recorder_cfg rc = {.interval_ns = NS_PER_S / 4};
	struct replay *r = xcalloc(1, sizeof(*r));
	struct feeds_host host = {.host = r,
				  .event = on_event,
				  .crowded = is_crowded,
				  .failed = on_failed,
				  .all_ended = on_all_ended};
	struct engine_cfg cfg = {.sources = 1};
	const char *source[1];
	struct err e = {0};
	char word[128];
	bool up;

	snprintf(word, sizeof(word), "raw:cap/%s.cap", w->name);
	source[0] = word;
	cfg.source = source;
	r->recorder = recorder_new(&rc, &e);
	up = r->recorder && feeds_open(&r->feeds, source, 1, &host, &r->clock, &e) == 0;
	if (ok(t, up, "%s opens %s", word, e.msg)) {
		core_init(&r->core, &cfg, r->recorder, &r->clock, feeds_rereads(&r->feeds));
		r->core.host = (struct core_host){r, on_verdict, on_note};
		run_until(r, (int64_t)(w->at_s * 1e9));
		show(t, w, r);
		run_until(r, INT64_MAX);
		ok(t, !r->failed && !r->feeds.feed[0].source->bad_lines,
		   "%s: all of it is understood", w->name);
		ok(t, strcmp(r->alarms, w->alarms) == 0, "%s: the alarms are '%s' (have '%s')",
		   w->name, w->alarms, r->alarms);
		core_fini(&r->core);
	}
	feeds_close(&r->feeds);
	recorder_free(r->recorder);
	free(r);
}

int main(void)
{
	struct tap t = {0};
	char path[1024];

	snprintf(path, sizeof(path), "%s/tests/workflows", getenv("TOP_SRCDIR"));
	if (chdir(path)) {
		printf("Bail out! no %s\n", path);
		return 1;
	}
	for (size_t i = 0; i < sizeof(workflows) / sizeof(workflows[0]); i++)
		replay(&t, &workflows[i]);
	return tap_done(&t);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_screen.h"

#include <locale.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/text.h"
#include "ui/checklist.h"
#include "ui/keys.h"
#include "ui/term.h"

/* Between two looks: the arm moves by hand, and its line follows. */
enum { PAUSE_MS = 100 };

struct screen {
	struct inspect *l;
	struct tty *term;
	int selected; /* -1 none */
	bool asks, done;
	char input[TASK_BYTES], message[320];
	struct checklist_range range[MAX_JOINTS];
	size_t ranges;
};

bool check_screen_wanted(const struct app *app)
{
	return !opts_has(&app->opts, "once") && !opts_has(&app->opts, "json") &&
	       isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

static void make_ranges(struct screen *s)
{
	const struct profile *p = s->l->profile;

	for (unsigned j = 0; p && j < p->state.joints && j < MAX_JOINTS; j++) {
		const struct joint_profile *k = &p->state.joint[j];

		s->range[s->ranges++] = (struct checklist_range){
			k->joint.name, k->start.min, k->start.max, k->value.min, k->value.max};
	}
}

static void draw(struct screen *s)
{
	struct checklist list = {.rig = s->l->rig_name,
				 .item = s->l->item,
				 .n = s->l->n,
				 .range = s->range,
				 .ranges = s->ranges,
				 .selected = s->selected,
				 .input = s->asks ? s->input : NULL,
				 .message = s->message};
	struct canvas c;
	int w, h;

	term_size(s->term, &w, &h);
	canvas_init(&c, w, h, term_symbols(s->term));
	checklist_draw(&c, &list);
	term_show(s->term, &c);
	canvas_fini(&c);
}

static void answer(struct screen *s, uint32_t key)
{
	size_t n = strlen(s->input);
	struct err e = {0};

	if (key == UI_KEY_ESC) {
		s->asks = false;
	} else if (key == UI_KEY_ENTER || key == '\n' || key == '\r') {
		s->asks = false;
		if (inspect_waive(s->l, s->input, &e))
			text_copy(s->message, sizeof(s->message), e.msg);
	} else if ((key == UI_KEY_BACKSPACE || key == 0x7f || key == 8) && n) {
		s->input[n - 1] = '\0';
	} else if (key >= ' ' && key < 0x7f && n + 1 < sizeof(s->input)) {
		s->input[n] = (char)key;
		s->input[n + 1] = '\0';
	}
}

/* True: look again now. */
static bool take_key(struct screen *s, uint32_t key)
{
	s->message[0] = '\0';
	if (s->asks) {
		answer(s, key);
		return !s->asks;
	}
	if (key == 'q')
		s->done = true;
	else if (key == 'w')
		s->asks = true, s->input[0] = '\0';
	else if ((key == 'j' || key == UI_KEY_DOWN) && s->selected + 1 < (int)s->l->n)
		s->selected++;
	else if ((key == 'k' || key == UI_KEY_UP) && s->selected >= 0)
		s->selected--;
	else if (key == UI_KEY_ESC)
		s->selected = -1;
	if (key == 'r')
		s->l->anew = true;
	return key == 'r' || key == 'q';
}

/* Keys until something is to be done, or the pause is over. */
static void pause_for_keys(struct screen *s)
{
	struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
	bool again = false;

	while (!again && !s->done && poll(&p, 1, s->asks ? -1 : PAUSE_MS) > 0) {
		uint32_t key = term_key(s->term);

		for (; key && !again; key = term_key(s->term))
			again = take_key(s, key);
		draw(s);
	}
}

int check_screen(struct inspect *l, bool (*look)(void *host, int *status), void *host, bool wait,
		 int *status, struct err *e)
{
	struct term_cfg cfg = {.in_fd = STDIN_FILENO, .out_fd = STDOUT_FILENO};
	struct screen *s = xcalloc(1, sizeof(*s));

	setlocale(LC_ALL, "");
	cfg.mono = getenv("NO_COLOR") != NULL;
	s->l = l;
	s->selected = -1;
	s->term = term_open(&cfg, e);
	if (!s->term) {
		free(s);
		return -e->code;
	}
	make_ranges(s);
	text_copy(s->message, sizeof(s->message), "looking at sources, checkpoint and machine ...");
	draw(s);
	s->message[0] = '\0';
	l->live.hold = true;
	while (!s->done) {
		bool go = look(host, status);

		draw(s);
		if (go && wait)
			break;
		pause_for_keys(s);
	}
	inspect_live_close(&l->live);
	term_close(s->term);
	free(s);
	return 0;
}

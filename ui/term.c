/* SPDX-License-Identifier: Apache-2.0 */
/*
 * newterm() and not initscr(), which ends the process by itself. Before that terminfo is asked
 * whether the cursor can be placed at all. Signals are the viewer's; what curses installs never
 * runs, because the viewer has them blocked and reads them from a descriptor.
 */
#include "ui/term.h"

#include <errno.h>
#include <fcntl.h>
#include <langinfo.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include <curses.h>
#include <term.h>

#include "base/mem.h"
#include "ui/keys.h"
#include "ui/pairs.h"

/* Pairs have short numbers in what curses calls by default. */
enum { LEAVE_BYTES = 128, ESC_DELAY_MS = 25, FIRST_PIXELS = 2 * ROLE_N + 1, LAST_PAIR = 32767 };

struct tty {
	FILE *in, *out;
	SCREEN *screen;
	enum symbols symbols;
	enum colours depth;
	struct pairs pairs; /* of pictures; their numbers go on from FIRST_PIXELS */
	int out_fd;
	int count_fd; /* what this process has written so far, -1: not told */
	struct termios saved;
	char leave[LEAVE_BYTES]; /* what a crash handler writes */
	size_t nleave;
};

/* The one global of the program: a crash handler gets no argument. */
static struct tty *crash_term;

static const int crash_signals[] = {SIGSEGV, SIGABRT, SIGBUS, SIGILL, SIGFPE};

static void crashed(int sig)
{
	const struct tty *t = crash_term;

	if (t) {
		ssize_t n = write(t->out_fd, t->leave, t->nleave);

		(void)n; /* nothing is left to do about it */
		tcsetattr(t->out_fd, TCSANOW, &t->saved);
	}
	raise(sig); /* SA_RESETHAND: this time it ends the process */
}

/* A terminfo string without its padding marks, which only old hardware needs. */
static void add_leave(struct tty *t, const char *name)
{
	const char *s = tigetstr(name);

	if (!s || s == (const char *)-1)
		return;
	while (*s && t->nleave < LEAVE_BYTES) {
		if (s[0] == '$' && s[1] == '<' && strchr(s, '>'))
			s = strchr(s, '>') + 1;
		else
			t->leave[t->nleave++] = *s++;
	}
}

static void guard(struct tty *t)
{
	struct sigaction sa = {.sa_handler = crashed, .sa_flags = (int)SA_RESETHAND};

	add_leave(t, "sgr0");
	add_leave(t, "rmkx");
	add_leave(t, "cnorm");
	add_leave(t, "rmcup");
	crash_term = t;
	for (size_t i = 0; i < sizeof(crash_signals) / sizeof(crash_signals[0]); i++)
		sigaction(crash_signals[i], &sa, NULL);
}

static void unguard(void)
{
	for (size_t i = 0; i < sizeof(crash_signals) / sizeof(crash_signals[0]); i++)
		signal(crash_signals[i], SIG_DFL);
	crash_term = NULL;
}

int term_check(const struct term_cfg *cfg, struct err *e)
{
	const char *name = getenv("TERM");
	const char *cup;
	int status;

	if (!isatty(cfg->in_fd) || !isatty(cfg->out_fd))
		return err_set(e, ENOTTY,
			       "this is no terminal: use watch --once for a plain picture");
	if (setupterm(NULL, cfg->out_fd, &status) != OK)
		return err_set(
			e, ENODEV,
			"terminal type '%s' is not known here: set TERM, or use watch --once",
			name ? name : "");
	cup = tigetstr("cup");
	del_curterm(cur_term);
	if (!cup || cup == (const char *)-1)
		return err_set(e, ENODEV,
			       "terminal type '%s' cannot place the cursor: use watch --once",
			       name ? name : "");
	return 0;
}

static enum colours pick_depth(bool mono)
{
	if (mono || !has_colors() || start_color() != OK)
		return COLOURS_MONO;
	use_default_colors();
	if (COLOR_PAIRS < 2 * ROLE_N + 1)
		return COLOURS_MONO;
	return COLORS >= 256 ? COLOURS_256 : COLORS >= 16 ? COLOURS_16 : COLOURS_8;
}

static short pair_of(unsigned role, bool selected)
{
	return (short)(1 + 2 * role + (selected ? 1 : 0));
}

/* How many numbers the roles leave for pictures. */
static unsigned pairs_left(const struct tty *t)
{
	int last = COLOR_PAIRS - 1 < LAST_PAIR ? COLOR_PAIRS - 1 : LAST_PAIR;

	return t->depth == COLOURS_256 && last >= FIRST_PIXELS ? (unsigned)(last - FIRST_PIXELS + 1)
							       : 0;
}

static void make_pairs(const struct tty *t)
{
	for (unsigned r = 0; r < ROLE_N && t->depth != COLOURS_MONO; r++) {
		for (int sel = 0; sel < 2; sel++) {
			struct style s = theme_style((enum role)r, sel, t->depth);

			init_pair(pair_of(r, sel), (short)s.fg, (short)s.bg);
		}
	}
}

static enum symbols pick_symbols(bool ascii)
{
	const char *name = getenv("TERM");

	if (ascii || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		return SYMBOLS_ASCII;
	/* The console's font has blocks, but no braille. */
	return name && strcmp(name, "linux") == 0 ? SYMBOLS_BLOCK : SYMBOLS_BRAILLE;
}

/* Terminals differ from their terminfo entry in which form of the arrows they send. */
static void define_keys(void)
{
	static const struct {
		const char *sequence;
		int key;
	} forms[] = {
		{"\x1b[A", KEY_UP},	{"\x1bOA", KEY_UP},    {"\x1b[B", KEY_DOWN},
		{"\x1bOB", KEY_DOWN},	{"\x1b[C", KEY_RIGHT}, {"\x1bOC", KEY_RIGHT},
		{"\x1b[D", KEY_LEFT},	{"\x1bOD", KEY_LEFT},  {"\x1b[H", KEY_HOME},
		{"\x1bOH", KEY_HOME},	{"\x1b[1~", KEY_HOME}, {"\x1b[F", KEY_END},
		{"\x1bOF", KEY_END},	{"\x1b[4~", KEY_END},  {"\x1b[5~", KEY_PPAGE},
		{"\x1b[6~", KEY_NPAGE},
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		define_key(forms[i].sequence, forms[i].key);
}

static FILE *stream(int fd, const char *how)
{
	int copy = dup(fd);
	FILE *f = copy >= 0 ? fdopen(copy, how) : NULL;

	if (!f && copy >= 0)
		close(copy);
	return f;
}

static void set_modes(struct tty *t)
{
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	set_escdelay(ESC_DELAY_MS);
	curs_set(0);
	define_keys();
	make_pairs(t);
}

static void free_streams(struct tty *t)
{
	if (t->in)
		fclose(t->in);
	if (t->out)
		fclose(t->out);
	if (t->count_fd >= 0)
		close(t->count_fd);
	free(t);
}

struct tty *term_open(const struct term_cfg *cfg, struct err *e)
{
	struct tty *t;

	if (term_check(cfg, e))
		return NULL;
	t = xcalloc(1, sizeof(*t));
	t->out_fd = cfg->out_fd;
	t->count_fd = -1;
	t->in = stream(cfg->in_fd, "r");
	t->out = stream(cfg->out_fd, "w");
	tcgetattr(cfg->out_fd, &t->saved);
	t->screen = t->in && t->out ? newterm(NULL, t->out, t->in) : NULL;
	if (!t->screen) {
		err_set(e, ENODEV, "the terminal cannot be used for a screen: use watch --once");
		free_streams(t);
		return NULL;
	}
	t->symbols = pick_symbols(cfg->ascii);
	t->depth = pick_depth(cfg->mono);
	t->count_fd = open("/proc/self/io", O_RDONLY | O_CLOEXEC);
	pairs_init(&t->pairs, pairs_left(t));
	guard(t);
	set_modes(t);
	return t;
}

void term_close(struct tty *t)
{
	if (!t)
		return;
	endwin();
	unguard();
	delscreen(t->screen);
	tcsetattr(t->out_fd, TCSADRAIN, &t->saved);
	free_streams(t);
}

enum symbols term_symbols(const struct tty *t)
{
	return t->symbols;
}

bool term_colourful(const struct tty *t)
{
	return t->pairs.room && t->symbols != SYMBOLS_ASCII;
}

void term_size(struct tty *t, int *w, int *h)
{
	struct winsize size;

	if (ioctl(t->out_fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0 &&
	    (size.ws_col != COLS || size.ws_row != LINES))
		resizeterm(size.ws_row, size.ws_col);
	*w = COLS;
	*h = LINES;
}

static attr_t curses_attr(unsigned attr)
{
	return (attr & ATTR_BOLD ? A_BOLD : 0) | (attr & ATTR_DIM ? A_DIM : 0) |
	       (attr & ATTR_UNDERLINE ? A_UNDERLINE : 0) | (attr & ATTR_REVERSE ? A_REVERSE : 0);
}

/* Whoever's numbers change is drawn again by curses itself. */
static short pixels_pair(struct tty *t, const struct cell *c)
{
	bool made;
	int at = pairs_get(&t->pairs, c->top, c->bottom, &made);
	short pair = (short)(at < 0 ? 0 : FIRST_PIXELS + at);

	if (made)
		init_pair(pair, c->top, c->bottom);
	return pair;
}

static short cell_pair(struct tty *t, const struct cell *c)
{
	if (c->role == ROLE_PIXELS)
		return pixels_pair(t, c);
	return t->depth == COLOURS_MONO ? 0 : pair_of(c->role, c->selected);
}

/* What the C library measures otherwise than the canvas would shift the line: it becomes '?'. */
static void make_cell(struct tty *t, cchar_t *dst, const struct cell *c, bool is_wide)
{
	struct style s = theme_style((enum role)c->role, c->selected, t->depth);
	wchar_t text[3] = {(wchar_t)c->rune, 0, 0};

	if (wcwidth(text[0]) != (is_wide ? 2 : 1))
		text[0] = is_wide ? 0xff1f : L'?';
	if (c->mark && wcwidth((wchar_t)c->mark) == 0)
		text[1] = (wchar_t)c->mark;
	setcchar(dst, text, curses_attr(s.attr), cell_pair(t, c), NULL);
}

/* Curses tells nobody how much it writes, but the kernel counts it. NaN: not told. */
static double written(const struct tty *t)
{
	char text[512];
	ssize_t n = t->count_fd < 0 ? -1 : pread(t->count_fd, text, sizeof(text) - 1, 0);
	const char *at;

	if (n <= 0)
		return (double)NAN;
	text[n] = '\0';
	at = strstr(text, "wchar:");
	return at ? strtod(at + strlen("wchar:"), NULL) : (double)NAN;
}

double term_show(struct tty *t, const struct canvas *c)
{
	static const cchar_t none;
	cchar_t line[CANVAS_MAX_W];
	double before = written(t);

	pairs_next_screen(&t->pairs);
	werase(stdscr);
	for (int y = 0; y < c->h && y < LINES; y++) {
		const struct cell *cell = &c->cell[y * c->w];
		int n = 0;

		for (int x = 0; x < c->w; x++) {
			if (cell[x].rune == 0)
				continue;
			line[n] = none;
			make_cell(t, &line[n++], &cell[x], x + 1 < c->w && cell[x + 1].rune == 0);
		}
		mvadd_wchnstr(y, 0, line, n);
	}
	wnoutrefresh(stdscr);
	doupdate();
	return written(t) - before;
}

void term_redraw(struct tty *t)
{
	(void)t;
	clearok(stdscr, TRUE);
}

uint32_t term_key(struct tty *t)
{
	static const struct {
		wint_t curses;
		uint32_t key;
	} map[] = {
		{KEY_UP, UI_KEY_UP},	   {KEY_DOWN, UI_KEY_DOWN},
		{KEY_LEFT, UI_KEY_LEFT},   {KEY_RIGHT, UI_KEY_RIGHT},
		{KEY_PPAGE, UI_KEY_PGUP},  {KEY_NPAGE, UI_KEY_PGDN},
		{KEY_HOME, UI_KEY_HOME},   {KEY_END, UI_KEY_END},
		{KEY_ENTER, UI_KEY_ENTER}, {KEY_BACKSPACE, UI_KEY_BACKSPACE},
	};
	wint_t ch;
	int kind;

	(void)t;
	while ((kind = get_wch(&ch)) != ERR) {
		if (kind == OK)
			return ch == 0x1b ? UI_KEY_ESC : (uint32_t)ch;
		for (size_t i = 0; i < sizeof(map) / sizeof(map[0]); i++) {
			if (map[i].curses == ch)
				return map[i].key;
		}
	}
	return 0;
}

void term_bell(struct tty *t)
{
	(void)t;
	beep();
}

void term_suspend(struct tty *t)
{
	endwin();
	raise(SIGSTOP);
	term_redraw(t);
	refresh();
}

const char *term_library(void)
{
	return curses_version();
}

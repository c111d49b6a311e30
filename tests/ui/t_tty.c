/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The real program on a pseudo terminal, libvterm as its screen, and an engine of the test's own
 * (fake.h). Waits for text, never for time. Above all: whatever ends the viewer, the terminal is
 * as it was.
 */
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <vterm.h>

#include "base/buf.h"
#include "base/clock.h"
#include "tests/tap.h"
#include "tests/ui/fake.h"

/*
 * The emulator is as large as the largest terminal of these tests and never shrinks: libvterm 0.1.4
 * crashes when bytes for the old size arrive after it was told a smaller one, as they do on a busy
 * machine. What counts as the screen is its upper left part.
 */
enum { WAIT_MS = 60000, VT_ROWS = 60, VT_COLS = 200, RED = 160 };

struct screen {
	int master, slave;
	pid_t pid;
	struct termios before;
	VTerm *vt;
	VTermScreen *vs;
	struct buf raw;
	int rows, cols;
};

static int64_t now_ms(void)
{
	struct clock c = clock_real();

	return clock_now_ns(&c) / NS_PER_MS;
}

static void child(int slave, const char *term, char *const argv[])
{
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	for (int fd = 0; fd < 3; fd++)
		dup2(slave, fd);
	setenv("TERM", term, 1);
	unsetenv("NO_COLOR");
	execv(argv[0], argv);
	_exit(127);
}

static void start(struct screen *s, const char *term, char *const argv[])
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};

	memset(s, 0, sizeof(*s));
	s->rows = 24;
	s->cols = 80;
	if (openpty(&s->master, &s->slave, NULL, NULL, &size))
		exit(1);
	fcntl(s->master, F_SETFD, FD_CLOEXEC);
	fcntl(s->slave, F_SETFD, FD_CLOEXEC);
	tcgetattr(s->slave, &s->before);
	s->vt = vterm_new(VT_ROWS, VT_COLS);
	vterm_set_utf8(s->vt, 1);
	s->vs = vterm_obtain_screen(s->vt);
	vterm_screen_reset(s->vs, 1);
	s->pid = fork();
	if (s->pid == 0)
		child(s->slave, term, argv);
}

static void stop(struct screen *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	close(s->master);
	close(s->slave);
	vterm_free(s->vt);
	buf_fini(&s->raw);
}

/* Takes what the program wrote; waits ms for it at most. */
static void take(struct screen *s, int ms)
{
	struct pollfd p = {.fd = s->master, .events = POLLIN};
	char block[4096];

	while (poll(&p, 1, ms) > 0 && (p.revents & POLLIN)) {
		ssize_t n = read(s->master, block, sizeof(block));

		if (n <= 0)
			return;
		buf_add(&s->raw, block, (size_t)n);
		vterm_input_write(s->vt, block, (size_t)n);
		ms = 0;
	}
}

static bool row_has(const struct screen *s, int row, const char *text)
{
	VTermRect r = {.start_row = row, .end_row = row + 1, .start_col = 0, .end_col = s->cols};
	char line[2048];
	size_t n = vterm_screen_get_text(s->vs, line, sizeof(line) - 1, r);

	line[n < sizeof(line) ? n : sizeof(line) - 1] = '\0';
	return strstr(line, text) != NULL;
}

static bool has(const struct screen *s, const char *text)
{
	for (int row = 0; row < s->rows; row++) {
		if (row_has(s, row, text))
			return true;
	}
	return false;
}

static bool wait_text(struct screen *s, const char *text)
{
	int64_t until = now_ms() + WAIT_MS;

	while (!has(s, text) && now_ms() < until)
		take(s, 50);
	return has(s, text);
}

static bool wait_raw(struct screen *s, const char *bytes)
{
	int64_t until = now_ms() + WAIT_MS;

	while (!strstr(buf_text(&s->raw), bytes) && now_ms() < until)
		take(s, 50);
	return strstr(buf_text(&s->raw), bytes) != NULL;
}

static void type(struct screen *s, const char *keys)
{
	if (write(s->master, keys, strlen(keys)) < 0)
		perror("write");
}

static void resize(struct screen *s, int cols, int rows)
{
	struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};

	s->rows = rows;
	s->cols = cols;
	ioctl(s->master, TIOCSWINSZ, &size);
}

/* How the program ended (waitpid status), -1 when it did not. */
static int wait_end(struct screen *s)
{
	int64_t until = now_ms() + WAIT_MS;
	int status;

	while (now_ms() < until) {
		take(s, 20);
		if (waitpid(s->pid, &status, WNOHANG | WUNTRACED) == s->pid) {
			take(s, 0);
			return status;
		}
	}
	return -1;
}

static bool restored(const struct screen *s)
{
	struct termios now;

	tcgetattr(s->slave, &now);
	return now.c_lflag == s->before.c_lflag && now.c_iflag == s->before.c_iflag &&
	       now.c_oflag == s->before.c_oflag && strstr(buf_text(&s->raw), "\x1b[?1049l");
}

static int bells(const struct screen *s)
{
	int n = 0;

	for (const char *p = buf_text(&s->raw); (p = strchr(p, '\a')) != NULL; p++)
		n++;
	return n;
}

static bool is_alert(const struct screen *s, int row, int col)
{
	VTermPos at = {.row = row, .col = col};
	VTermScreenCell cell;

	vterm_screen_get_cell(s->vs, at, &cell);
	return cell.attrs.bold && VTERM_COLOR_IS_INDEXED(&cell.bg) && cell.bg.indexed.idx == 160;
}

static void test_look(struct tap *t, char *const argv[])
{
	struct screen s;

	start(&s, "xterm-256color", argv);
	ok(t, wait_text(&s, "so101@bench2"), "starts and shows the rig");
	ok(t, wait_text(&s, "FAIL") && is_alert(&s, 1, 1), "a fail is red, with 256 colours");
	ok(t, wait_text(&s, ">shoulder_lift") && wait_text(&s, "\xe2\xa0"),
	   "the failing joint, in braille");
	type(&s, "\x1b[A");
	ok(t, wait_text(&s, ">shoulder_pan"), "Up as CSI A");
	type(&s, "\x1bOB\x1bOB");
	ok(t, wait_text(&s, ">elbow_flex"), "Down as SS3 B");
	type(&s, "/roll\r");
	ok(t, wait_text(&s, ">wrist_roll"), "/ finds");
	type(&s, "u");
	ok(t, wait_text(&s, "JOINT 0..1"), "u: units");
	type(&s, "c");
	ok(t, wait_text(&s, "earlier plans") && wait_text(&s, "seam 0.6"),
	   "c: the chunk, with the joint's own seam");
	type(&s, "k");
	ok(t, wait_text(&s, "CHUNK 12  wrist_flex"), "of another joint");
	type(&s, "t");
	ok(t, wait_text(&s, "no source sees requests"), "t: the traffic");
	type(&s, "y");
	ok(t, wait_text(&s, "33.3 budget"), "y: the cadence");
	type(&s, "\x1b");
	ok(t, wait_text(&s, "y back"), "Esc does not leave it");
	type(&s, "yj");
	ok(t, wait_text(&s, ">wrist_roll"), "y does");
	type(&s, "?");
	ok(t, wait_text(&s, "policytop: keys"), "? help");
	type(&s, "x \t");
	ok(t, wait_text(&s, "VIEW PAUSED") && wait_text(&s, ">CHECK"),
	   "paused, and the next panel");
	resize(&s, 50, 10);
	ok(t, wait_text(&s, "need 60x16, have 50x10"), "too small is said");
	resize(&s, 1, 1);
	resize(&s, 132, 43);
	ok(t, wait_text(&s, "EVENTS") && wait_text(&s, "q99] max"), "larger: more");
	type(&s, " e");
	ok(t, wait_text(&s, "S success  F failure"), "e asks");
	type(&s, "\x1b[C\x1b[D");
	type(&s, "S");
	ok(t, wait_text(&s, "as success?"), "S after arrows that mean nothing");
	type(&s, "\r");
	ok(t, wait_text(&s, "did episode-end success"), "Enter sends it, the answer is shown");
	type(&s, "mcup moved\r");
	ok(t, wait_text(&s, "did mark cup moved"), "a mark with its note");
	type(&s, "\x1b");
	type(&s, "q");
	ok(t, wait_end(&s) == 0, "q leaves with 0, plain Esc did not");
	ok(t, wait_text(&s, "goes on"), "and says that the engine goes on");
	ok(t, restored(&s), "the terminal is as it was");
	stop(&s);
}

/* Cells of these columns with a red half. */
static int reds(const struct screen *s, int x0, int x1)
{
	int n = 0;

	for (int y = 0; y < s->rows; y++) {
		for (int x = x0; x < x1; x++) {
			VTermPos at = {.row = y, .col = x};
			VTermScreenCell cell;

			vterm_screen_get_cell(s->vs, at, &cell);
			n += VTERM_COLOR_IS_INDEXED(&cell.bg) && cell.bg.indexed.idx == RED;
		}
	}
	return n;
}

static bool wait_red(struct screen *s, int x0, int x1)
{
	int64_t until = now_ms() + WAIT_MS;

	while (reds(s, x0, x1) < 10 && now_ms() < until)
		take(s, 50);
	return reds(s, x0, x1) >= 10;
}

/* Twice within a second: two files, none is written over. */
static void test_save(struct tap *t, struct screen *s)
{
	glob_t found;

	type(s, "p");
	ok(t, wait_text(s, "saved policytop-cams-exterior_image_1_left-"),
	   "p saves it, and says where");
	type(s, "x");
	ok(t, wait_text(s, "i back"), "a key takes the answer away");
	type(s, "p");
	ok(t, wait_text(s, "saved policytop-"), "again");
	ok(t, glob("policytop-cams-*.png", 0, NULL, &found) == 0 && found.gl_pathc == 2,
	   "another file");
	globfree(&found);
}

/* A terminal without colours: dots. One that the locale does not trust with them: letters. */
static void test_mono(struct tap *t, char *const argv[])
{
	char ascii[] = "--ascii", *more[] = {argv[0], argv[1], argv[2], argv[3], ascii, NULL};
	struct screen s;

	start(&s, "vt100", argv);
	wait_text(&s, "so101@bench2");
	type(&s, "i");
	ok(t, wait_text(&s, "training, 16") && wait_text(&s, "\xe2\xa2\x95"), "vt100: dots");
	ok(t, !strstr(buf_text(&s.raw), "38;5;"), "and no colour");
	type(&s, "q");
	wait_end(&s);
	stop(&s);
	start(&s, "xterm-256color", more);
	wait_text(&s, "so101@bench2");
	type(&s, "i");
	ok(t, wait_text(&s, "training, 16") && wait_text(&s, ":::---"), "--ascii: letters");
	type(&s, "q");
	wait_end(&s);
	stop(&s);
}

/* Thumbnails come when they are asked for; one camera has none. */
static void test_images(struct tap *t, char *const argv[], pid_t engine)
{
	struct screen s;

	start(&s, "xterm-256color", argv);
	ok(t, wait_text(&s, "so101@bench2"), "another rig, with cameras");
	type(&s, "i");
	ok(t, wait_text(&s, "CAMERAS") && wait_text(&s, "training, 16 episodes"),
	   "i: a picture beside training");
	ok(t, wait_red(&s, 1, 39), "both in colour: a red disc on the left");
	ok(t, wait_red(&s, 41, 79), "and one on the right");
	ok(t,
	   wait_text(&s, "is itself by 6.2") && wait_text(&s, "jitter 1.8 ms, age 41 ms, lost 2"),
	   "with what is known of its health");
	ok(t, wait_text(&s, "of 25 kB/s"), "and what that costs the terminal");
	type(&s, "d");
	ok(t, wait_text(&s, "what differs"), "d: the difference");
	type(&s, "d");
	ok(t, wait_text(&s, "training, 16"), "and back");
	test_save(t, &s);
	type(&s, "n");
	ok(t, wait_text(&s, "dark 93 %"), "n: the next one, which is dark");
	ok(t, wait_text(&s, "no thumbnail") && wait_text(&s, "training has no pictures of it"),
	   "it has no picture, nor has training");
	resize(&s, 60, 16);
	type(&s, "n");
	ok(t, wait_text(&s, "i back") && wait_red(&s, 1, 58), "smaller");
	type(&s, "mx\r");
	ok(t, wait_text(&s, "(references: 2)"), "references were sent once each");
	type(&s, "q");
	ok(t, wait_end(&s) == 0, "q leaves");
	stop(&s);
	test_mono(t, argv);
	kill(engine, SIGTERM);
	waitpid(engine, NULL, 0);
}

static void test_fail(struct tap *t, char *const argv[], pid_t engine)
{
	struct screen s;

	start(&s, "xterm-256color", argv);
	ok(t, wait_text(&s, "FAIL"), "an old fail shows");
	ok(t, bells(&s) == 0, "and does not ring");
	kill(engine, SIGUSR1);
	ok(t, wait_raw(&s, "\a"), "a new one rings");
	for (int64_t until = now_ms() + WAIT_MS; access("failed", F_OK) && now_ms() < until;)
		take(&s, 20);
	ok(t, access("failed", F_OK) == 0, "--on-fail ran");
	ok(t, bells(&s) == 1, "it rang once");
	type(&s, "b");
	ok(t, wait_text(&s, "bell off"), "b turns it off");
	kill(engine, SIGUSR1);
	for (int64_t until = now_ms() + WAIT_MS; access("failed2", F_OK) && now_ms() < until;)
		take(&s, 20);
	ok(t, access("failed2", F_OK) == 0 && bells(&s) == 1, "then it is silent");
	stop(&s);
}

static void test_signals(struct tap *t, char *const argv[])
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGSEGV, SIGABRT};
	struct screen s;
	int status;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		bool crash = signals[i] == SIGSEGV || signals[i] == SIGABRT;

		start(&s, "xterm-256color", argv);
		wait_text(&s, "so101@bench2");
		kill(s.pid, signals[i]);
		status = wait_end(&s);
		ok(t, crash ? status != 0 : WIFEXITED(status), "%s ends it", strsignal(signals[i]));
		ok(t, restored(&s), "with the terminal restored");
		stop(&s);
	}
	start(&s, "xterm-256color", argv);
	wait_text(&s, "so101@bench2");
	type(&s, "\x1a");
	status = wait_end(&s);
	ok(t, status != -1 && WIFSTOPPED(status) && restored(&s),
	   "Ctrl-Z stops, terminal restored");
	buf_clear(&s.raw);
	kill(s.pid, SIGCONT);
	ok(t, wait_raw(&s, "\x1b[?1049h"), "and fg shows the screen again");
	type(&s, "\x03");
	ok(t, wait_end(&s) == 0 && restored(&s), "Ctrl-C leaves");
	stop(&s);
}

static void test_engine(struct tap *t, char *const argv[], pid_t engine)
{
	struct screen s;

	start(&s, "linux", argv);
	ok(t, wait_text(&s, "so101@bench2"), "a console without braille and with 8 colours");
	kill(engine, SIGUSR2);
	ok(t, wait_text(&s, "ENGINE SILENT"), "a silent engine is said");
	kill(engine, SIGTERM);
	ok(t, wait_text(&s, "ENGINE ENDED"), "one that ended, too");
	type(&s, "q");
	ok(t, wait_end(&s) == 0 && wait_text(&s, "has ended: stopped"), "and when leaving");
	stop(&s);
}

static void test_no_screen(struct tap *t, char *const argv[])
{
	static const char *const terms[] = {"dumb", "no-such-terminal", ""};
	struct screen s;

	for (size_t i = 0; i < sizeof(terms) / sizeof(terms[0]); i++) {
		int status;

		start(&s, terms[i], argv);
		status = wait_end(&s);
		ok(t,
		   WIFEXITED(status) && WEXITSTATUS(status) == 69 &&
			   strstr(buf_text(&s.raw), "--once") && !strchr(buf_text(&s.raw), '\x1b'),
		   "TERM='%s': a sentence, no escape sequence, 69", terms[i]);
		stop(&s);
	}
}

int main(void)
{
	static char rig[] = "bench2", cams[] = "cams", option[] = "--rig", watch[] = "watch",
		    on_fail[] = "--on-fail";
	static char command[] = "if test -e failed; then cat > failed2; else cat > failed; fi";
	char dir[] = "/tmp/policytop-tty-XXXXXX", clean[64];
	char *program = getenv("POLICYTOP");
	char *argv[] = {program, watch, option, rig, on_fail, command, NULL};
	char *bare[] = {program, NULL};
	char *images[] = {program, watch, option, cams, NULL};
	struct tap t = {0};
	pid_t engine;

	if (!program || !mkdtemp(dir) || chdir(dir))
		return 1;
	setenv("XDG_RUNTIME_DIR", dir, 1);
	engine = fake_start(rig, "seam");
	if (!ok(&t, engine > 0, "an engine of the test's own listens"))
		return tap_done(&t);
	test_no_screen(&t, argv);
	test_look(&t, bare);
	test_images(&t, images, fake_start(cams, "cameras"));
	test_fail(&t, argv, engine);
	test_signals(&t, argv);
	test_engine(&t, argv, engine);
	waitpid(engine, NULL, 0);
	snprintf(clean, sizeof(clean), "rm -rf %s", dir);
	ok(&t, chdir("/") == 0 && system(clean) == 0, "cleaned up");
	return tap_done(&t);
}

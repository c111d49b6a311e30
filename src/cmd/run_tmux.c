/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_tmux.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"

enum { WORDS_MAX = 1024, MARK_WAIT_MS = 1000, MARK_LOOK_MS = 10, TAIL_BYTES = 512 };

/* An operating system command that no terminal knows, and so none shows: where the log ends. */
static const char mark[] = "\033]7411;policytop-end\a";

struct words {
	const char *at[WORDS_MAX + 1];
	unsigned n;
};

static void add(struct words *w, const char *word)
{
	if (w->n < WORDS_MAX)
		w->at[w->n++] = word;
	w->at[w->n] = NULL;
}

static void add_all(struct words *w, const char *const *more)
{
	for (; *more; more++)
		add(w, *more);
}

bool tmux_there(void)
{
	const char *path = getenv("PATH");
	char file[4096];

	while (path && *path) {
		size_t n = strcspn(path, ":");

		snprintf(file, sizeof(file), "%.*s/tmux", (int)n, path);
		if (n && access(file, X_OK) == 0)
			return true;
		path += n + (path[n] == ':');
	}
	return false;
}

/* Does not return. exec takes words that nobody promised not to change. */
static void become_tmux(const struct words *w)
{
	char *argv[WORDS_MAX + 1];

	memcpy(argv, w->at, (w->n + 1) * sizeof(argv[0]));
	execvp("tmux", argv);
	_exit(127);
}

static int wait_for(pid_t pid)
{
	int status = 0;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

static void exec_tmux(const struct words *w, int out)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(null, STDIN_FILENO);
	dup2(out >= 0 ? out : null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	become_tmux(w);
}

/* Runs one tmux command; its first line goes to text (size may be 0). Its exit status. */
static int run(const struct words *w, char *text, size_t size)
{
	int out[2] = {-1, -1};
	size_t len = 0;
	ssize_t n = 1;
	pid_t pid;

	if (pipe2(out, O_CLOEXEC))
		return 128;
	pid = fork();
	if (pid == 0)
		exec_tmux(w, out[1]);
	close(out[1]);
	while (pid > 0 && n > 0) {
		char piece[512];

		n = read(out[0], piece, sizeof(piece));
		for (ssize_t i = 0; i < n; i++) {
			if (len + 1 < size)
				text[len++] = piece[i];
		}
	}
	close(out[0]);
	if (size)
		text[len] = '\0';
	return pid > 0 ? wait_for(pid) : 128;
}

bool tmux_pane_find(struct tmux_pane *p)
{
	const char *pane = getenv("TMUX_PANE"), *here = ttyname(STDIN_FILENO);
	struct words w = {.n = 0};
	char text[256], tty[128] = "";
	int piped = 0;

	if (!getenv("TMUX") || !pane || !here || strlen(pane) >= sizeof(p->id))
		return false;
	add_all(&w, (const char *const[]){"tmux", "display-message", "-p", "-t", pane,
					  "#{pane_width} #{pane_height} #{pane_pipe} #{pane_tty}",
					  NULL});
	if (run(&w, text, sizeof(text)) ||
	    sscanf(text, "%d %d %d %127s", &p->width, &p->height, &piped, tty) != 4)
		return false;
	text_copy(p->id, sizeof(p->id), pane);
	p->piped = piped != 0;
	return strcmp(tty, here) == 0;
}

void tmux_open_beside(const struct tmux_pane *p, const char *const *argv, char id[16])
{
	struct words w = {.n = 0};
	char text[64];

	add(&w, "tmux");
	if (p->width > 2 * DASHBOARD_WIDTH && p->height >= DASHBOARD_HEIGHT)
		add_all(&w, (const char *const[]){"split-window", "-h", NULL});
	else if (p->height > 2 * DASHBOARD_HEIGHT && p->width >= DASHBOARD_WIDTH)
		add_all(&w, (const char *const[]){"split-window", "-v", NULL});
	else
		add_all(&w, (const char *const[]){"new-window", "-n", "policytop", NULL});
	add_all(&w, (const char *const[]){"-d", "-P", "-F", "#{pane_id}", "-t", p->id, "--", NULL});
	if (text_starts(w.at[1], "new-window"))
		w.at[w.n - 2] = ""; /* the next free place in the session */
	add_all(&w, argv);
	id[0] = '\0';
	if (run(&w, text, sizeof(text)) == 0 && text[0] == '%') {
		text[strcspn(text, "\n")] = '\0';
		text_copy(id, 16, text);
	}
}

void tmux_kill_pane(const char *id)
{
	struct words w = {.n = 0};

	add_all(&w, (const char *const[]){"tmux", "kill-pane", "-t", id, NULL});
	if (id[0])
		run(&w, NULL, 0);
}

/* For sh, inside of single quotes, behind tmux's own expansion of # and of time formats. */
static void add_quoted(struct buf *b, const char *path)
{
	buf_str(b, "'");
	for (; *path; path++) {
		if (*path == '\'')
			buf_str(b, "'\\''");
		else if (*path == '#' || *path == '%')
			buf_printf(b, "%c%c", *path, *path);
		else
			buf_add(b, path, 1);
	}
	buf_str(b, "'");
}

int tmux_log_begin(const struct tmux_pane *p, const char *file, struct err *e)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
	struct buf command = {0};
	struct words w = {.n = 0};
	int rc;

	if (fd < 0)
		return err_set(e, errno, "%s: %s", file, strerror(errno));
	close(fd);
	buf_str(&command, "exec cat >>");
	add_quoted(&command, file);
	add_all(&w, (const char *const[]){"tmux", "pipe-pane", "-t", p->id, command.p, NULL});
	rc = run(&w, NULL, 0);
	buf_fini(&command);
	return rc ? err_set(e, EIO, "tmux cannot log this pane") : 0;
}

static bool has_mark(const char *file)
{
	char tail[TAIL_BYTES];
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	off_t size = fd >= 0 ? lseek(fd, 0, SEEK_END) : 0;
	ssize_t n = 0;

	if (fd >= 0) {
		off_t from = size > TAIL_BYTES ? size - TAIL_BYTES : 0;

		n = pread(fd, tail, sizeof(tail), from);
		close(fd);
	}
	return n > 0 && memmem(tail, (size_t)n, mark, strlen(mark));
}

void tmux_log_end(const struct tmux_pane *p, const char *file)
{
	struct words w = {.n = 0};
	int tty = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (tty >= 0 && write(tty, mark, strlen(mark)) == (ssize_t)strlen(mark)) {
		for (int waited = 0; waited < MARK_WAIT_MS && !has_mark(file);
		     waited += MARK_LOOK_MS)
			poll(NULL, 0, MARK_LOOK_MS);
	}
	if (tty >= 0)
		close(tty);
	add_all(&w, (const char *const[]){"tmux", "pipe-pane", "-t", p->id, NULL});
	run(&w, NULL, 0);
}

void tmux_server_name(char dst[RIG_BYTES + 16], const char *rig)
{
	snprintf(dst, RIG_BYTES + 16, "policytop-%s", rig);
}

bool tmux_server_runs(const char *server)
{
	struct words w = {.n = 0};

	add_all(&w, (const char *const[]){"tmux", "-L", server, "has-session", NULL});
	return run(&w, NULL, 0) == 0;
}

/* tmux takes the terminal; when it stops itself (its suspend key), so do we. */
static void wait_for_client(pid_t pid)
{
	int status;
	pid_t got;

	do {
		got = waitpid(pid, &status, WUNTRACED);
		if (got == pid && WIFSTOPPED(status))
			raise(SIGSTOP);
	} while ((got < 0 && errno == EINTR) || (got == pid && WIFSTOPPED(status)));
}

/* tmux takes a word that ends with a semicolon for the end of its own command. */
static char *escaped_dup(const char *word)
{
	size_t n = strlen(word);
	struct buf b = {0};

	if (n && word[n - 1] == ';')
		buf_printf(&b, "%.*s\\;", (int)(n - 1), word);
	else
		buf_str(&b, word);
	return b.p ? b.p : xstrdup("");
}

static void add_escaped(struct words *w, const char *const *argv)
{
	for (; *argv; argv++)
		add(w, escaped_dup(*argv));
}

static void free_from(struct words *w, unsigned first)
{
	for (unsigned i = first; i < w->n; i++) {
		char *copy;

		memcpy(&copy, &w->at[i], sizeof(copy));
		free(copy);
	}
}

int tmux_server_attach(const char *server, const char *rig, const char *const *argv, struct err *e)
{
	static const char *const first[] = {"-f",
					    "/dev/null",
					    "set-option",
					    "-g",
					    "default-terminal",
					    "screen-256color",
					    ";",
					    "set-option",
					    "-g",
					    "status-right",
					    " C-b d leaves it running ",
					    ";",
					    "set-option",
					    "-g",
					    "history-limit",
					    "50000",
					    ";",
					    "new-session",
					    "-s",
					    NULL};
	struct words w = {.n = 0};
	struct sigaction ignore = {.sa_handler = SIG_IGN}, old_int, old_quit;
	unsigned own;
	pid_t pid;

	add_all(&w, (const char *const[]){"tmux", "-L", server, NULL});
	add_all(&w, first);
	add(&w, rig);
	add(&w, "--");
	for (own = 0; argv[own]; own++)
		;
	if (w.n + own > WORDS_MAX)
		return err_set(e, E2BIG, "the command has too many words for tmux: use --here");
	own = w.n;
	add_escaped(&w, argv);
	pid = fork();
	if (pid == 0) {
		unsetenv("TMUX");
		unsetenv("TMUX_PANE");
		become_tmux(&w);
	}
	free_from(&w, own);
	if (pid < 0)
		return err_set(e, errno, "cannot start tmux: %s", strerror(errno));
	sigaction(SIGINT, &ignore, &old_int);
	sigaction(SIGQUIT, &ignore, &old_quit);
	wait_for_client(pid);
	sigaction(SIGINT, &old_int, NULL);
	sigaction(SIGQUIT, &old_quit, NULL);
	return 0;
}

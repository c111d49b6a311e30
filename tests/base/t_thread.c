/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: signals stay the main thread's, joined or not, and its own mask is as it was. */
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>

#include "../tap.h"
#include "base/thread.h"

struct seen {
	bool blocked;
	sem_t done;
};

static void *look(void *arg)
{
	struct seen *s = arg;
	sigset_t now;

	pthread_sigmask(SIG_SETMASK, NULL, &now);
	s->blocked = sigismember(&now, SIGINT) && sigismember(&now, SIGTERM) &&
		     sigismember(&now, SIGWINCH) && sigismember(&now, SIGCHLD);
	sem_post(&s->done);
	return NULL;
}

int main(void)
{
	struct tap t = {0};
	struct seen joined = {0}, alone = {0};
	pthread_t thread;
	sigset_t now;

	sem_init(&joined.done, 0, 0);
	sem_init(&alone.done, 0, 0);
	ok(&t, thread_start(&thread, look, &joined) == 0 && pthread_join(thread, NULL) == 0,
	   "a thread is started and joined");
	ok(&t, joined.blocked, "every signal is blocked in it");
	ok(&t, thread_start(NULL, look, &alone) == 0, "a thread that nobody joins is started");
	while (sem_wait(&alone.done))
		;
	ok(&t, alone.blocked, "and every signal is blocked in that one too");
	pthread_sigmask(SIG_SETMASK, NULL, &now);
	ok(&t, !sigismember(&now, SIGINT) && !sigismember(&now, SIGTERM),
	   "the caller still takes its signals");
	return tap_done(&t);
}

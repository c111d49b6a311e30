/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kill -9 at any moment: the file opens, is whole, has all that was committed, and the run goes on
 * as a new segment. A child records as fast as it can and tells the last sequence number that is
 * committed; the parent kills it after a random number of such words.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/rng.h"
#include "db/writer.h"
#include "tests/db/dbtest.h"
#include "tests/tap.h"

enum { JOINTS = 6, EPISODE_STEPS = 70 };

static void record_forever(const char *file, int told, uint64_t seed)
{
	struct run_info info = test_run(JOINTS);
	struct resume_point at;
	struct rng r = rng_seed(seed);
	struct step s;
	void *sink;
	int64_t seq;

	db_resume_point(file, "bench2", &at, NULL);
	sink = db_writer_open(file, "bench2", NULL);
	seq = at.run ? at.last_seq : -1;
	put_run_info(sink, &info);
	for (;;) {
		for (unsigned n = 1 + rng_u32(&r) % 30; n; n--) {
			step_init(&s, JOINTS);
			s.seq = ++seq;
			s.t_ns = seq * 1000;
			s.episode = (uint32_t)(seq / EPISODE_STEPS);
			for (unsigned j = 0; j < JOINTS; j++) {
				vec_set(&s.vec[VEC_ASKED], j, (double)seq);
				vec_set(&s.vec[VEC_SEEN], j, (double)seq);
			}
			if (!put_step_record(sink, &s))
				_exit(1);
			if (seq % EPISODE_STEPS == EPISODE_STEPS - 1)
				put_plain(sink, (struct record){.kind = RECORD_EPISODE_END,
								.episode = s.episode});
		}
		if (db_sink.commit(sink, rng_u32(&r) % 8 == 0, NULL) ||
		    write(told, &seq, sizeof(seq)) != sizeof(seq))
			_exit(1);
	}
}

/* One life of a recorder; returns the last number it told, -1 when it did not get that far. */
static int64_t live_and_die(const char *file, struct rng *r, uint64_t seed, bool *killed)
{
	int64_t seq, last = -1;
	int fd[2], status;
	unsigned words = rng_u32(r) % 40;
	pid_t pid;

	if (pipe(fd))
		return -1;
	pid = fork();
	if (pid == 0) {
		close(fd[0]);
		record_forever(file, fd[1], seed);
	}
	close(fd[1]);
	while (words-- && read(fd[0], &seq, sizeof(seq)) == sizeof(seq))
		last = seq;
	usleep(rng_u32(r) % 3000);
	kill(pid, SIGKILL);
	while (read(fd[0], &seq, sizeof(seq)) == sizeof(seq))
		last = seq;
	waitpid(pid, &status, 0);
	*killed = WIFSIGNALED(status);
	close(fd[0]);
	return last;
}

int main(void)
{
	int kills = getenv("POLICYTOP_LONG") ? 100 : 25, whole = 0, kept = 0, died = 0;
	struct rng r = rng_seed((uint64_t)getpid());
	struct tap t = {0};
	struct scratch s;
	char text[64];

	scratch_make(&s);
	printf("# seed %d\n", (int)getpid());
	for (int i = 0; i < kills; i++) {
		struct resume_point at;
		bool killed = false;
		int64_t told = live_and_die(s.file, &r, (uint64_t)i, &killed);

		died += killed;
		kept += db_resume_point(s.file, "bench2", &at, NULL) == 0 && at.last_seq >= told;
		if (access(s.file, F_OK) == 0)
			sql_text(s.file, "PRAGMA integrity_check", text, sizeof(text));
		whole += access(s.file, F_OK) || !strcmp(text, "ok");
	}
	ok(&t, died == kills, "%d of %d recorders were killed at work", died, kills);
	ok(&t, whole == kills, "%d of %d files are whole", whole, kills);
	ok(&t, kept == kills, "%d of %d have all that was committed", kept, kills);
	ok(&t, sql_number(s.file, "SELECT count(*) FROM runs") == 1, "it is one run");
	ok(&t,
	   sql_number(s.file, "SELECT count(*) = max(segment) + 1 AND count(*) > 5 FROM segments"),
	   "of many segments");
	ok(&t, sql_number(s.file, "SELECT count(*) = max(seq) + 1 FROM steps") == 1,
	   "sequence numbers go on without a hole");
	ok(&t,
	   sql_number(s.file,
		      "SELECT count(*) FROM joint_values WHERE asked <> seq OR seen <> seq") == 0 &&
		   sql_number(s.file, "SELECT count(*) = 6 * (SELECT count(*) FROM steps) "
				      "FROM joint_values") == 1,
	   "every step has all its values");
	ok(&t,
	   sql_number(s.file, "SELECT count(*) FROM episodes e WHERE steps <> (SELECT count(*) "
			      "FROM steps s WHERE s.run = e.run AND s.episode = e.episode)") == 0,
	   "episodes count their steps");
	ok(&t,
	   sql_number(s.file, "SELECT count(*) FROM episode_joints e WHERE n <> (SELECT count(*) "
			      "FROM steps s WHERE s.run = e.run AND s.episode = e.episode) OR "
			      "max <> e.first + n - 1") == 0,
	   "the sums went on exactly");
	scratch_remove(&s);
	return tap_done(&t);
}

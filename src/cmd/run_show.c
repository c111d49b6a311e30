/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_show.h"

#include <errno.h>

#include "cmd/rows.h"

static const struct section {
	const char *name, *title, *sql;
} sections[] = {
	{"runs", "run",
	 "SELECT run, started_utc, rig, robot, profile, task, policy, fps, steps, dropped, episodes, "
	 "segments, ended_ns IS NOT NULL AS ended FROM runs WHERE run = :run"},
	{"episodes", "episodes",
	 "SELECT e.episode, round((e.start_ns - r.started_ns) / 1e9, 3) AS start_s, "
	 "round((e.end_ns - e.start_ns) / 1e9, 3) AS length_s, e.steps, e.outcome, e.boundary, "
	 "(SELECT count(*) FROM verdicts v WHERE v.run = e.run AND v.episode = e.episode AND v.level "
	 "= 'fail') AS fails, (SELECT count(*) FROM verdicts v WHERE v.run = e.run AND v.episode = "
	 "e.episode AND v.level = 'warn') AS warns, e.note FROM episodes e JOIN runs r USING (run) "
	 "WHERE e.run = :run ORDER BY e.episode"},
	{"verdicts", "verdicts, by code and subject",
	 "SELECT v.code, v.subject, v.level, count(*) AS times, count(DISTINCT v.episode) AS "
	 "episodes, min(v.seq) AS first_seq, max(abs(v.value)) AS largest, min(v.threshold) AS "
	 "threshold, v.unit FROM verdicts v WHERE v.run = :run GROUP BY v.code, v.subject, v.level "
	 "ORDER BY CASE v.level WHEN 'fail' THEN 0 WHEN 'warn' THEN 1 WHEN 'note' THEN 2 ELSE 3 END, "
	 "times DESC, v.code, v.subject"},
	{"gaps", "gaps",
	 "SELECT round((g.t_ns - r.started_ns) / 1e9, 3) AS run_s, g.source, g.lost, g.unit, "
	 "g.reason FROM gaps g JOIN runs r USING (run) WHERE g.run = :run ORDER BY g.t_ns"},
};

int run_show(FILE *spool, struct db *db, int64_t run, bool json, struct err *e)
{
	const struct param params[] = {{.name = ":run", .value = {.type = VALUE_INT, .i = run}},
				       {0}};

	if (json)
		fprintf(spool, "{\"schema\":1,\"run\":%lld", (long long)run);
	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		struct query q = {.sql = sections[i].sql, .params = params};
		int64_t rows;

		fprintf(spool,
			json ? ",\"%s\":"
			: i  ? "\n%s\n"
			     : "%s\n",
			json ? sections[i].name : sections[i].title);
		rows = rows_write(spool, db, &q, json ? ROWS_JSON : ROWS_TABLE, e);
		if (rows < 0)
			return (int)rows;
		if (!i && !rows)
			return err_set(e, ENOENT, "show: run %lld was removed", (long long)run);
	}
	fputs(json ? "}\n" : "", spool);
	return 0;
}

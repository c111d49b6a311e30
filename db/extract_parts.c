/* SPDX-License-Identifier: Apache-2.0 */
#include "db/extract_parts.h"

#include <string.h>

#define SMALL(name, clause)                                                                        \
	{                                                                                          \
		.table = name, .rows = name " t " clause                                           \
	}

/* "+run" keeps SQLite from walking an index of all rows where the keys are a narrow range. */
#define LONG(name, id, is_cut)                                                                     \
	{                                                                                          \
		.table = name, .key = id, .timed = name, .range = "run = ?1", .mine = "+run = ?1", \
		.cut = is_cut,                                                                     \
		.rows = name " t WHERE t." id " > ?2 AND t." id                                    \
			     " <= ?3 AND +t.run = ?1 ORDER BY t." id,                              \
	}

#define PROFILE "WHERE t.profile = (SELECT profile FROM run WHERE run = ?1)"

const struct extract_part extract_parts[] = {
	SMALL("run", "WHERE t.run = ?1"),
	SMALL("segment", "WHERE t.run = ?1"),
	SMALL("run_source", "WHERE t.run = ?1"),
	SMALL("run_joint", "WHERE t.run = ?1"),
	SMALL("run_offset", "WHERE t.run = ?1"),
	SMALL("episode", "WHERE t.run = ?1"),
	{.table = "joint_summary",
	 .rows = "episode e CROSS JOIN joint_summary t ON t.id BETWEEN e.id << 9 AND (e.id << 9) | "
		 "511 WHERE e.run = ?1"},
	SMALL("preflight", "WHERE t.run = ?1"),
	SMALL("preflight_item",
	      "WHERE t.preflight IN (SELECT preflight FROM preflight WHERE run = ?1)"),
	SMALL("profile", PROFILE),
	SMALL("profile_joint", PROFILE),
	SMALL("profile_gripper", PROFILE),
	SMALL("profile_closed", PROFILE),
	SMALL("level", ""),
	SMALL("driver", ""),
	SMALL("unit", ""),
	LONG("verdict", "id", false),
	LONG("gap", "id", false),
	LONG("note", "id", false),
	LONG("clock", "id", false),
	LONG("step", "tick", true),
	LONG("chunk", "chunk", true),
	LONG("frame", "id", true),
	LONG("motor", "id", true),
	LONG("bus", "id", true),
	LONG("camera", "id", true),
	{.table = "sample",
	 .key = "id",
	 .timed = "sample",
	 .range = "id BETWEEN ?1 << 40 AND (?1 << 40) | 1099511627775",
	 .mine = "?1 > 0",
	 .cut = true,
	 .rows = "sample t WHERE t.id > ?2 AND t.id <= ?3 AND ?1 > 0 ORDER BY t.id"},
	{.table = "joint_value",
	 .key = "id",
	 .of = "step",
	 .shift = 7,
	 .rows = "step s CROSS JOIN joint_value t ON t.id BETWEEN max(s.tick << 7, ?2 + 1) AND "
		 "(s.tick << 7) | 127 WHERE s.tick BETWEEN (?2 + 1) >> 7 AND ?3 >> 7 AND +s.run = "
		 "?1 ORDER BY s.tick"},
	{.table = "chunk_plan",
	 .key = "chunk",
	 .of = "chunk",
	 .rows = "chunk c CROSS JOIN chunk_plan t ON t.chunk = c.chunk WHERE c.chunk > ?2 AND "
		 "c.chunk <= ?3 AND +c.run = ?1 ORDER BY c.chunk"},
	{.table = "chunk_action",
	 .key = "id",
	 .of = "chunk",
	 .shift = 20,
	 .rows = "chunk c CROSS JOIN chunk_action t ON t.id BETWEEN max(c.chunk << 20, ?2 + 1) AND "
		 "(c.chunk << 20) | 1048575 WHERE c.chunk BETWEEN (?2 + 1) >> 20 AND ?3 >> 20 AND "
		 "+c.run = ?1 ORDER BY c.chunk"},
	{0},
};

unsigned extract_part(const char *table)
{
	unsigned i = 0;

	while (extract_parts[i].table && strcmp(extract_parts[i].table, table) != 0)
		i++;
	return i;
}

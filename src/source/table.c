/* SPDX-License-Identifier: Apache-2.0 */
#include "source/source.h"

/* One row a kind, in the order of `list sources`. */
#define SOURCES(ROW)                                                                               \
	ROW(dataset)                                                                               \
	ROW(sim) ROW(raw) ROW(stdin) ROW(unix) ROW(tcp) ROW(hook) ROW(log) ROW(foxglove)           \
		ROW(openpi) ROW(groot)

#define DECLARE(name) extern const struct source_class source_##name;
SOURCES(DECLARE)

#define ENTRY(name) &source_##name,
const struct source_class *const source_table[] = {SOURCES(ENTRY) NULL};

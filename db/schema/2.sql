-- SPDX-License-Identifier: Apache-2.0
-- What is added to the step numbers of a run's source since it began anew; no row: nothing. A
-- segment that continues the run needs it to know which steps are missing.
CREATE TABLE run_offset (run INTEGER PRIMARY KEY, seq_offset INTEGER NOT NULL);

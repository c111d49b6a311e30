/* SPDX-License-Identifier: Apache-2.0 */
/* What earlier runs of a rig measured. Main thread. */
#ifndef POLICYTOP_PREFLIGHT_RIG_HISTORY_H
#define POLICYTOP_PREFLIGHT_RIG_HISTORY_H

/*
 * How long an answer of the policy took: the median of the last answers of the last run of this rig
 * that has some. NaN: none is known.
 */
double rig_latency_s(const char *db, const char *rig);

#endif

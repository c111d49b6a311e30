/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the policy does, in words: lines that several panels show, brief (30 columns) or in full.
 * Each fills dst and returns the role to draw it in. Pure, any thread.
 */
#ifndef POLICYTOP_UI_POLICY_TEXT_H
#define POLICYTOP_UI_POLICY_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui/number.h"
#include "ui/theme.h"

enum { POLICY_TEXT_BYTES = 256 };

/* "30 runs 20, queue 17/30, 0.67s" */
enum role policy_chunk(char dst[POLICY_TEXT_BYTES], const struct snapshot *s, bool brief);

/* "22 ms, p95 26 = 1 of 30 steps" */
enum role policy_latency(char dst[POLICY_TEXT_BYTES], const struct snapshot *s, bool brief);

/* The largest jump where the newest chunk began: "26.1 shoulder_lift, train 13" */
enum role policy_seam(char dst[POLICY_TEXT_BYTES], const struct snapshot *s, bool brief);

/* How far off its plan the arm was when the last chunk was over: "9.4 after 20, train 3.1" */
enum role policy_path(char dst[POLICY_TEXT_BYTES], const struct snapshot *s, bool brief);

/* The prompt beside the training tasks. */
enum role policy_prompt(char dst[POLICY_TEXT_BYTES], const struct snapshot *s);

/* An amount in the joint's unit; three digits where the unit, and so what is small, is unknown. */
const char *policy_amount(char dst[NUMBER_BYTES], const struct view_joint *j, double v);

/* A joint's name without ".pos". */
void policy_joint(char dst[NAME_BYTES], const struct view_joint *j);

#endif

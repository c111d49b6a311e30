/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error frames, by which Linux tells what a CAN controller met (linux/can/error.h). Pure; any
 * thread.
 */
#ifndef POLICYTOP_WIRE_CANERROR_H
#define POLICYTOP_WIRE_CANERROR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/motor.h"

struct canerror {
	enum bus_state state;	  /* that the controller is in now; BUS_UNKNOWN: not told */
	int tx_errors, rx_errors; /* its counters, -1 not told */
	bool no_answer;		  /* nobody on the bus acknowledges */
	bool overflow;		  /* the controller lost frames: its buffer was full */
	char what[96];		  /* "error passive, stuff error, no acknowledgement" */
};

/* id: with its bits; the CANFRAME_ERROR bit need not be set. Missing data count as 0. */
void canerror_read(struct canerror *e, uint32_t id, const uint8_t *data, size_t len);

#endif

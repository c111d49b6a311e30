/* SPDX-License-Identifier: Apache-2.0 */
#include "view/message.h"

#include "view/message_impl.h"

static const struct field motor_fields[] = {
	TEXT(view_motor, v.joint),
	TEXT(view_motor, v.model),
	ROW(8, view_motor, v.id, 0),
	ROW(8, view_motor, v.torque, 0),
	ROW(8, view_motor, v.faults, 0),
	ROW(8, view_motor, v.missed, 0),
	ROW(8, view_motor, v.calibrated, 0),
	ROW(8, view_motor, v.temp_degc, 0),
	ROW(8, view_motor, v.rotor_degc, 0),
	ROW(8, view_motor, v.limit_degc, 0),
	ROW(8, view_motor, v.voltage_v, 0),
	ROW(8, view_motor, v.min_v, 0),
	ROW(8, view_motor, v.max_v, 0),
	ROW(8, view_motor, v.load, 0),
	ROW(8, view_motor, v.current_ma, 0),
	ROW(8, view_motor, age_s, 0),
	ROW(8, view_motor, rise_degc, 0),
	ROW(8, view_motor, lowest_v, 0),
	END,
};

static const struct field bus_fields[] = {
	TEXT(view_bus, v.name),
	ROW(8, view_bus, v.can, 0),
	ROW(8, view_bus, v.state, 0),
	ROW(8, view_bus, v.transactions, 0),
	ROW(8, view_bus, v.retries, 0),
	ROW(8, view_bus, v.timeouts, 0),
	ROW(8, view_bus, v.corrupt, 0),
	ROW(8, view_bus, v.late, 0),
	ROW(8, view_bus, v.behind, 0),
	ROW(8, view_bus, v.stray, 0),
	ROW(8, view_bus, v.overruns, 0),
	ROW(8, view_bus, v.openers, 0),
	ROW(8, view_bus, v.tx_errors, 0),
	ROW(8, view_bus, v.rx_errors, 0),
	ROW(8, view_bus, v.reply_ms, 0),
	ROW(8, view_bus, v.worst_ms, 0),
	ROW(8, view_bus, v.latency_timer_ms, 0),
	ROW(8, view_bus, age_s, 0),
	END,
};

static const struct field eye_fields[] = {
	TEXT(view_eye, v.name),
	TEXT(view_eye, v.device),
	TEXT(view_eye, v.serial),
	TEXT(view_eye, v.owner),
	TEXT(view_eye, v.trouble),
	TEXT(view_eye, v.format),
	TEXT(view_eye, v.bus),
	ROW(8, view_eye, v.mode, 0),
	ROW(8, view_eye, v.state, 0),
	ROW(8, view_eye, v.width, 0),
	ROW(8, view_eye, v.height, 0),
	ROW(8, view_eye, v.sequence, 0),
	ROW(8, view_eye, v.lost, 0),
	ROW(8, view_eye, v.errors, 0),
	ROW(8, view_eye, v.automatic, 0),
	ROW(8, view_eye, v.fps_set, 0),
	ROW(8, view_eye, v.fps, 0),
	ROW(8, view_eye, v.jitter_ms, 0),
	ROW(8, view_eye, v.age_ms, 0),
	ROW(8, view_eye, v.frozen_s, 0),
	ROW(8, view_eye, v.megabytes_s, 0),
	ROW(8, view_eye, v.dark, 0),
	ROW(8, view_eye, v.sharpness, 0),
	TEXT(view_eye, v.is),
	TEXT(view_eye, v.method),
	ROW(8, view_eye, v.margin, 0),
	ROW(8, view_eye, age_s, 0),
	END,
};

void message_put_health(struct cursor *c, const struct snapshot *s)
{
	for (unsigned i = 0; i < s->nmotors; i++)
		fields_put(c, motor_fields, &s->motor[i]);
	for (unsigned i = 0; i < s->nbuses; i++)
		fields_put(c, bus_fields, &s->bus[i]);
	for (unsigned i = 0; i < s->neyes; i++)
		fields_put(c, eye_fields, &s->eye[i]);
}

/* Words come by number: what is none of them is unknown. */
static void mend(struct snapshot *s)
{
	for (unsigned i = 0; i < s->nbuses; i++) {
		if (s->bus[i].v.state < 0 || s->bus[i].v.state >= BUS_STATE_N)
			s->bus[i].v.state = BUS_UNKNOWN;
	}
	for (unsigned i = 0; i < s->neyes; i++) {
		if (s->eye[i].v.state < 0 || s->eye[i].v.state >= CAMERA_STATE_N)
			s->eye[i].v.state = CAMERA_UNKNOWN;
		if (s->eye[i].v.mode < 0 || s->eye[i].v.mode >= CAMERA_MODE_N)
			s->eye[i].v.mode = CAMERA_TRAFFIC;
	}
}

void message_get_health(struct cursor *c, struct snapshot *s)
{
	if (s->nmotors > VIEW_MOTORS || s->nbuses > VIEW_BUSES || s->neyes > VIEW_EYES) {
		c->failed = true;
		return;
	}
	for (unsigned i = 0; i < s->nmotors && !c->failed; i++)
		fields_get(c, motor_fields, &s->motor[i]);
	for (unsigned i = 0; i < s->nbuses && !c->failed; i++)
		fields_get(c, bus_fields, &s->bus[i]);
	for (unsigned i = 0; i < s->neyes && !c->failed; i++)
		fields_get(c, eye_fields, &s->eye[i]);
	if (!c->failed)
		mend(s);
}

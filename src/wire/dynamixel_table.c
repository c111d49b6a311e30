/* SPDX-License-Identifier: Apache-2.0 */
/* The control table of the X series, names as ROBOTIS and LeRobot have them. */
#include "wire/dynamixel.h"

#define PLAIN(address, size, name)                                                                 \
	{                                                                                          \
		address, size, name, SERVO_OTHER, SERVO_UNSIGNED, 0, "", 0                         \
	}
#define KNOWN(address, size, name, role)                                                           \
	{                                                                                          \
		address, size, name, role, SERVO_UNSIGNED, 0, "", 0                                \
	}
#define UNITS(address, size, name, role, unit, scale)                                              \
	{                                                                                          \
		address, size, name, role, SERVO_UNSIGNED, 0, unit, scale                          \
	}
#define SIGNED(address, size, name, role, unit, scale)                                             \
	{                                                                                          \
		address, size, name, role, SERVO_TWOS, 0, unit, scale                              \
	}

const struct servo_register dynamixel_registers[] = {
	KNOWN(0, 2, "Model_Number", SERVO_MODEL),
	PLAIN(2, 4, "Model_Information"),
	PLAIN(6, 1, "Firmware_Version"),
	PLAIN(7, 1, "ID"),
	PLAIN(8, 1, "Baud_Rate"),
	UNITS(9, 1, "Return_Delay_Time", SERVO_OTHER, "us", 2),
	KNOWN(10, 1, "Drive_Mode", SERVO_DRIVE_MODE),
	PLAIN(11, 1, "Operating_Mode"),
	PLAIN(12, 1, "Secondary_ID"),
	PLAIN(13, 1, "Protocol_Type"),
	SIGNED(20, 4, "Homing_Offset", SERVO_HOMING, "", 0),
	PLAIN(24, 4, "Moving_Threshold"),
	UNITS(31, 1, "Temperature_Limit", SERVO_TEMPERATURE_LIMIT, "degC", 1),
	UNITS(32, 2, "Max_Voltage_Limit", SERVO_VOLTAGE_MAX, "V", 0.1),
	UNITS(34, 2, "Min_Voltage_Limit", SERVO_VOLTAGE_MIN, "V", 0.1),
	PLAIN(36, 2, "PWM_Limit"),
	PLAIN(38, 2, "Current_Limit"),
	PLAIN(40, 4, "Acceleration_Limit"),
	PLAIN(44, 4, "Velocity_Limit"),
	KNOWN(48, 4, "Max_Position_Limit", SERVO_LIMIT_MAX),
	KNOWN(52, 4, "Min_Position_Limit", SERVO_LIMIT_MIN),
	PLAIN(63, 1, "Shutdown"),
	KNOWN(64, 1, "Torque_Enable", SERVO_TORQUE),
	PLAIN(65, 1, "LED"),
	PLAIN(68, 1, "Status_Return_Level"),
	PLAIN(69, 1, "Registered_Instruction"),
	KNOWN(70, 1, "Hardware_Error_Status", SERVO_STATUS),
	PLAIN(76, 2, "Velocity_I_Gain"),
	PLAIN(78, 2, "Velocity_P_Gain"),
	PLAIN(80, 2, "Position_D_Gain"),
	PLAIN(82, 2, "Position_I_Gain"),
	PLAIN(84, 2, "Position_P_Gain"),
	PLAIN(88, 2, "Feedforward_2nd_Gain"),
	PLAIN(90, 2, "Feedforward_1st_Gain"),
	PLAIN(98, 1, "Bus_Watchdog"),
	SIGNED(100, 2, "Goal_PWM", SERVO_COMMAND, "", 0),
	SIGNED(102, 2, "Goal_Current", SERVO_COMMAND, "", 0),
	SIGNED(104, 4, "Goal_Velocity", SERVO_COMMAND, "", 0),
	PLAIN(108, 4, "Profile_Acceleration"),
	PLAIN(112, 4, "Profile_Velocity"),
	SIGNED(116, 4, "Goal_Position", SERVO_GOAL, "", 0),
	PLAIN(120, 2, "Realtime_Tick"),
	PLAIN(122, 1, "Moving"),
	PLAIN(123, 1, "Moving_Status"),
	SIGNED(124, 2, "Present_PWM", SERVO_OTHER, "", 0),
	/* mA or 0.1 % of load, as the model has it */
	SIGNED(126, 2, "Present_Current", SERVO_CURRENT, "", 0),
	SIGNED(128, 4, "Present_Velocity", SERVO_VELOCITY, "rpm", 0.229),
	SIGNED(132, 4, "Present_Position", SERVO_POSITION, "", 0),
	PLAIN(136, 4, "Velocity_Trajectory"),
	PLAIN(140, 4, "Position_Trajectory"),
	UNITS(144, 2, "Present_Input_Voltage", SERVO_VOLTAGE, "V", 0.1),
	UNITS(146, 1, "Present_Temperature", SERVO_TEMPERATURE, "degC", 1),
	{0},
};

const struct servo_model dynamixel_models[] = {
	{1190, "xl330-m077", 4096, 1, false},	 {1200, "xl330-m288", 4096, 1, false},
	{1060, "xl430-w250", 4096, 0, true},	 {1020, "xm430-w350", 4096, 2.69, false},
	{1120, "xm540-w270", 4096, 2.69, false}, {1070, "xc430-w150", 4096, 0, true},
	{1110, "xh540-w150", 4096, 2.69, false}, {1220, "xc330-t288", 4096, 1, false},
	{1210, "xc330-t181", 4096, 1, false},	 {0},
};

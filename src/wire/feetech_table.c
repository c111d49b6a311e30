/* SPDX-License-Identifier: Apache-2.0 */
/* The control table of STS and SMS servos, names as LeRobot and Feetech have them. */
#include "wire/feetech.h"

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
#define SIGNED(address, name, role, bit, unit, scale)                                              \
	{                                                                                          \
		address, 2, name, role, SERVO_SIGN_BIT, bit, unit, scale                           \
	}

const struct servo_register feetech_registers[] = {
	PLAIN(0, 1, "Firmware_Major_Version"),
	PLAIN(1, 1, "Firmware_Minor_Version"),
	PLAIN(2, 1, "Endianness"),
	KNOWN(3, 2, "Model_Number", SERVO_MODEL),
	PLAIN(5, 1, "ID"),
	PLAIN(6, 1, "Baud_Rate"),
	UNITS(7, 1, "Return_Delay_Time", SERVO_OTHER, "us", 2),
	PLAIN(8, 1, "Response_Status_Level"),
	KNOWN(9, 2, "Min_Position_Limit", SERVO_LIMIT_MIN),
	KNOWN(11, 2, "Max_Position_Limit", SERVO_LIMIT_MAX),
	UNITS(13, 1, "Max_Temperature_Limit", SERVO_TEMPERATURE_LIMIT, "degC", 1),
	UNITS(14, 1, "Max_Voltage_Limit", SERVO_VOLTAGE_MAX, "V", 0.1),
	UNITS(15, 1, "Min_Voltage_Limit", SERVO_VOLTAGE_MIN, "V", 0.1),
	UNITS(16, 2, "Max_Torque_Limit", SERVO_OTHER, "%", 0.1),
	PLAIN(18, 1, "Phase"),
	PLAIN(19, 1, "Unloading_Condition"),
	PLAIN(20, 1, "LED_Alarm_Condition"),
	PLAIN(21, 1, "P_Coefficient"),
	PLAIN(22, 1, "D_Coefficient"),
	PLAIN(23, 1, "I_Coefficient"),
	PLAIN(24, 2, "Minimum_Startup_Force"),
	PLAIN(26, 1, "CW_Dead_Zone"),
	PLAIN(27, 1, "CCW_Dead_Zone"),
	UNITS(28, 2, "Protection_Current", SERVO_OTHER, "mA", 6.5),
	PLAIN(30, 1, "Angular_Resolution"),
	SIGNED(31, "Homing_Offset", SERVO_HOMING, 11, "", 0),
	PLAIN(33, 1, "Operating_Mode"),
	UNITS(34, 1, "Protective_Torque", SERVO_OTHER, "%", 1),
	UNITS(35, 1, "Protection_Time", SERVO_OTHER, "ms", 10),
	UNITS(36, 1, "Overload_Torque", SERVO_OTHER, "%", 1),
	PLAIN(37, 1, "Velocity_P"),
	UNITS(38, 1, "Over_Current_Protection_Time", SERVO_OTHER, "ms", 10),
	PLAIN(39, 1, "Velocity_I"),
	KNOWN(40, 1, "Torque_Enable", SERVO_TORQUE),
	PLAIN(41, 1, "Acceleration"),
	SIGNED(42, "Goal_Position", SERVO_GOAL, 15, "", 0),
	KNOWN(44, 2, "Goal_Time", SERVO_COMMAND),
	SIGNED(46, "Goal_Velocity", SERVO_COMMAND, 15, "", 0),
	UNITS(48, 2, "Torque_Limit", SERVO_OTHER, "%", 0.1),
	PLAIN(55, 1, "Lock"),
	SIGNED(56, "Present_Position", SERVO_POSITION, 15, "", 0),
	SIGNED(58, "Present_Velocity", SERVO_VELOCITY, 15, "", 0),
	SIGNED(60, "Present_Load", SERVO_LOAD, 10, "%", 0.1),
	UNITS(62, 1, "Present_Voltage", SERVO_VOLTAGE, "V", 0.1),
	UNITS(63, 1, "Present_Temperature", SERVO_TEMPERATURE, "degC", 1),
	PLAIN(64, 1, "Async_Write_Flag"),
	KNOWN(65, 1, "Status", SERVO_STATUS),
	PLAIN(66, 1, "Moving"),
	SIGNED(69, "Present_Current", SERVO_CURRENT, 15, "mA", 6.5),
	SIGNED(71, "Goal_Position_2", SERVO_OTHER, 15, "", 0),
	PLAIN(80, 1, "Moving_Velocity_Threshold"),
	PLAIN(81, 1, "DTs"),
	PLAIN(82, 1, "Velocity_Unit_Factor"),
	PLAIN(83, 1, "Hts"),
	PLAIN(84, 1, "Maximum_Velocity_Limit"),
	PLAIN(85, 1, "Maximum_Acceleration"),
	PLAIN(86, 1, "Acceleration_Multiplier"),
	{0},
};

const struct servo_model feetech_models[] = {
	{777, "sts3215", 4096, 6.5, false},
	{2825, "sts3250", 4096, 6.5, false},
	{11272, "sm8512bl", 4096, 6.5, false},
	{0},
};

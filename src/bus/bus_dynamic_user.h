/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Names and ids of the users that DynamicUser=yes made. */

#include "bus/bus_method.h"

BusMethodFunction bus_manager_lookup_user_by_name;
BusMethodFunction bus_manager_lookup_user_by_uid;
BusMethodFunction bus_manager_get_dynamic_users;

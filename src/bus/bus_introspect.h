/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Introspection data, drawn from the tables. */

#include "base/strbuf.h"
#include "bus/bus_method.h"

/* Appends the XML of one interface. */
void bus_introspect_interface(BusInterface interface, StrBuf *out);

/* Method of org.freedesktop.DBus.Introspectable. */
BusMethodFunction bus_introspect;

/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Getters of what exists only at run time, and of settings whose property is not simply their
 * value. One table per file. */

#include "bus/bus_property.h"
#include "bus/bus_text.h"

/* Append one basic value. */
static inline int bus_append_bool(BusBody *body, bool truth) {
        int value = truth;

        return bus_body_append_basic(body, 'b', &value);
}

static inline int bus_append_u64(BusBody *body, uint64_t number) {
        return bus_body_append_basic(body, 't', &number);
}

static inline int bus_append_u32(BusBody *body, uint32_t number) {
        return bus_body_append_basic(body, 'u', &number);
}

static inline int bus_append_i32(BusBody *body, int32_t number) {
        return bus_body_append_basic(body, 'i', &number);
}

extern const BusGetterRow bus_unit_getters[]; /* bus_unit_property.c */
extern const unsigned bus_unit_getter_count;

extern const BusGetterRow bus_service_getters[]; /* bus_service.c */
extern const unsigned bus_service_getter_count;

extern const BusGetterRow bus_socket_getters[]; /* bus_socket.c */
extern const unsigned bus_socket_getter_count;

extern const BusGetterRow bus_timer_getters[]; /* bus_timer.c */
extern const unsigned bus_timer_getter_count;

extern const BusGetterRow bus_exec_getters[]; /* bus_exec.c */
extern const unsigned bus_exec_getter_count;

extern const BusGetterRow bus_group_getters[]; /* bus_group.c */
extern const unsigned bus_group_getter_count;

extern const BusGetterRow bus_scope_getters[]; /* bus_unit_group.c */
extern const unsigned bus_scope_getter_count;

extern const BusGetterRow bus_mark_getters[]; /* bus_mark.c */
extern const unsigned bus_mark_getter_count;

extern const BusGetterRow bus_manager_getters[]; /* bus_manager_property.c */
extern const unsigned bus_manager_getter_count;

/* Whether a getter of announced properties asks the kernel, which is too much for each change of
 * state. */
bool bus_service_is_costly(BusGetter *get);

/* Appends the limit of this process on the resource that is the context's argument (t); services
 * inherit it where nothing is set. */
int bus_append_own_limit(BusGetterContext *context, BusBody *body, bool soft);

/* The kind of dependency that a property of units lists, -1 when it is no such property. */
int bus_unit_dependency_of(const char *property_name);
BusGetter bus_unit_get_dependency; /* argument: DependencyKind */

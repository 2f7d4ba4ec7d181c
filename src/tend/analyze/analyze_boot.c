/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/analyze/analyze_boot.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/error.h"
#include "base/macros.h"
#include "bus/bus_client.h"
#include "tend/pager.h"
#include "tend/private_bus.h"
#include "tend/program.h"

int boot_connect(const BootOptions *options) {
        return err_pass(private_bus_connect_to(options->tend, options->host, options->machine));
}

void boot_print_span(uint64_t usec, StrBuf *out) {
        duration_print(out, usec, USEC_PER_MSEC);
}

static uint64_t manager_time(const BootOptions *options, const char *property) {
        uint64_t usec = 0;
        (void)bus_client_get_number(options->tend->client,
                                    BUS_MANAGER_PATH,
                                    BUS_MANAGER_INTERFACE,
                                    property,
                                    NULL,
                                    &usec); /* 0 then */
        return usec;
}

/* Counts from the manager's start, where there is nothing before it. */
static void subtract_offset(BootTimes *times) {
        uint64_t *const moments[] = { &times->finish_usec,
                                      &times->generators_start_usec,
                                      &times->generators_end_usec,
                                      &times->load_start_usec,
                                      &times->load_end_usec };

        times->offset_usec = times->userspace_usec;
        times->firmware_usec = times->loader_usec = times->initrd_usec = times->userspace_usec = 0;
        for (size_t i = 0; i < ARRAY_LENGTH(moments); i++)
                *moments[i] = usec_sub(*moments[i], times->offset_usec);
}

int boot_times_get(const BootOptions *options, BootTimes *ret) {
        BootTimes times = {
                .firmware_usec = manager_time(options, "FirmwareTimestampMonotonic"),
                .loader_usec = manager_time(options, "LoaderTimestampMonotonic"),
                .initrd_usec = manager_time(options, "InitRDTimestampMonotonic"),
                .userspace_usec = manager_time(options, "UserspaceTimestampMonotonic"),
                .finish_usec = manager_time(options, "FinishTimestampMonotonic"),
                .generators_start_usec = manager_time(options, "GeneratorsStartTimestampMonotonic"),
                .generators_end_usec = manager_time(options, "GeneratorsFinishTimestampMonotonic"),
                .load_start_usec = manager_time(options, "UnitsLoadStartTimestampMonotonic"),
                .load_end_usec = manager_time(options, "UnitsLoadFinishTimestampMonotonic"),
        };
        bool is_user = options->tend->scope == UNIT_SCOPE_USER;

        if (times.finish_usec == 0) {
                (void)program_fail("Bootup is not yet finished (org.freedesktop.systemd1.Manager."
                                   "FinishTimestampMonotonic=%llu).\nPlease try again later.\n"
                                   "Hint: Use 'systemctl%s list-jobs' to see active jobs",
                                   (unsigned long long)times.finish_usec,
                                   is_user ? " --user" : "");
                return err_new(-EINPROGRESS);
        }
        if (is_user || manager_time(options, "SecurityStartTimestampMonotonic") == 0)
                subtract_offset(&times);
        else
                times.kernel_done_usec =
                        times.initrd_usec > 0 ? times.initrd_usec : times.userspace_usec;
        *ret = times;
        return 0;
}

/* --- units
 * ------------------------------------------------------------------------------------------------
 */

static uint64_t unit_time(const BootOptions *options, const char *path, const char *property) {
        uint64_t usec = 0;
        (void)bus_client_get_number(options->tend->client,
                                    path,
                                    BUS_UNIT_INTERFACE,
                                    property,
                                    NULL,
                                    &usec); /* 0 then */
        return usec;
}

/* Fills the times of a unit; false when it was never started. */
static bool
fill_unit(const BootOptions *options, const BootTimes *times, const char *path, BootUnit *unit) {
        static const struct {
                const char *property;
                size_t place;
        } rows[] = {
                { "InactiveExitTimestampMonotonic", offsetof(BootUnit, activating_usec) },
                { "ActiveEnterTimestampMonotonic", offsetof(BootUnit, activated_usec) },
                { "ActiveExitTimestampMonotonic", offsetof(BootUnit, deactivating_usec) },
                { "InactiveEnterTimestampMonotonic", offsetof(BootUnit, deactivated_usec) },
        };

        for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
                uint64_t usec = unit_time(options, path, rows[i].property);
                *(uint64_t *)(void *)((char *)unit + rows[i].place) =
                        usec_sub(usec, times->offset_usec);
        }
        if (unit->activated_usec >= unit->activating_usec)
                unit->taken_usec = unit->activated_usec - unit->activating_usec;
        else if (unit->deactivated_usec >= unit->activating_usec)
                unit->taken_usec = unit->deactivated_usec - unit->activating_usec;
        return unit->activating_usec > 0;
}

static int add_unit(BootUnits *units, const BootUnit *unit, const char *name) {
        if ((units->n_units & (units->n_units - 1)) == 0) { /* full at each power of two */
                size_t n = units->n_units ? units->n_units * 2 : 1;
                BootUnit *more = reallocarray(units->units, n, sizeof(*more));
                if (!more)
                        return err_new(-ENOMEM);
                units->units = more;
        }
        BootUnit *added = &units->units[units->n_units];
        *added = *unit;
        added->name = strdup(name);
        if (!added->name)
                return err_new(-ENOMEM);
        units->n_units++;
        return 0;
}

static int index_units(BootUnits *units) {
        units->by_name = hashtable_new_string();
        if (!units->by_name)
                return err_new(-ENOMEM);
        for (unsigned i = 0; i < units->n_units; i++)
                if (hashtable_set(units->by_name, units->units[i].name, &units->units[i]) < 0)
                        return err_new(-ENOMEM);
        return 0;
}

int boot_units_get(const BootOptions *options, const BootTimes *times, BootUnits *ret) {
        AUTO(boot_units_done) BootUnits units = { 0 };
        sd_bus_error error = SD_BUS_ERROR_NULL;
        sd_bus_message *reply = NULL;
        const char *id, *path;

        int r = bus_client_call(options->tend->client, "ListUnits", &error, &reply, NULL);
        if (r < 0)
                (void)program_fail("Failed to list units: %s",
                                   error.message ? error.message : strerror(-r));
        else
                r = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
        while (r >= 0 && (r = sd_bus_message_enter_container(reply, 'r', "ssssssouso")) > 0) {
                BootUnit unit = { 0 };
                r = sd_bus_message_read(reply, "s", &id);
                if (r >= 0)
                        r = sd_bus_message_skip(reply, "sssss");
                if (r >= 0)
                        r = sd_bus_message_read(reply, "o", &path);
                if (r >= 0 && fill_unit(options, times, path, &unit))
                        r = add_unit(&units, &unit, id);
                if (r >= 0)
                        r = sd_bus_message_skip(reply, "uso");
                if (r >= 0)
                        r = sd_bus_message_exit_container(reply);
        }
        sd_bus_error_free(&error);
        sd_bus_message_unref(reply);
        if (r >= 0)
                r = index_units(&units);
        if (r < 0)
                return err_pass(r);
        *ret = units;
        units = (BootUnits){ 0 };
        return 0;
}

void boot_units_done(BootUnits *units) {
        for (unsigned i = 0; i < units->n_units; i++)
                free(units->units[i].name);
        free(units->units);
        hashtable_free(units->by_name);
        *units = (BootUnits){ 0 };
}

const BootUnit *boot_units_find(const BootUnits *units, const char *name) {
        return hashtable_find(units->by_name, name);
}

/* --- time
 * -------------------------------------------------------------------------------------------------
 */

static void add_part(uint64_t usec, const char *what, bool more, StrBuf *out) {
        boot_print_span(usec, out);
        strbuf_addf(out, " (%s) %s", what, more ? "+ " : "");
}

static void print_default_target(const BootOptions *options, const BootTimes *times, StrBuf *out) {
        AUTO_FREE char *path = bus_client_unit_path("default.target");
        AUTO_FREE char *id = NULL;

        if (!path || bus_client_get_text(
                             options->tend->client, path, BUS_UNIT_INTERFACE, "Id", NULL, &id) < 0)
                return;
        uint64_t reached_usec = unit_time(options, path, "ActiveEnterTimestampMonotonic");
        if (reached_usec == 0) {
                strbuf_addf(out, "\n%s was never reached", id);
                return;
        }
        uint64_t base_usec = times->userspace_usec > 0 ? times->userspace_usec : times->offset_usec;
        strbuf_addf(out, "\n%s reached after ", id);
        boot_print_span(usec_sub(reached_usec, base_usec), out);
        strbuf_add(out, " in userspace.");
}

int boot_times_print(const BootOptions *options, const BootTimes *times, StrBuf *out) {
        strbuf_add(out, "Startup finished in ");
        if (times->firmware_usec > 0)
                add_part(usec_sub(times->firmware_usec, times->loader_usec), "firmware", true, out);
        if (times->loader_usec > 0)
                add_part(times->loader_usec, "loader", true, out);
        if (times->kernel_done_usec > 0)
                add_part(times->kernel_done_usec, "kernel", true, out);
        if (times->initrd_usec > 0)
                add_part(usec_sub(times->userspace_usec, times->initrd_usec), "initrd", true, out);
        add_part(usec_sub(times->finish_usec, times->userspace_usec), "userspace", false, out);
        if (times->kernel_done_usec > 0) {
                strbuf_add(out, "= ");
                boot_print_span(times->firmware_usec + times->finish_usec, out);
                strbuf_add_char(out, ' ');
        }
        print_default_target(options, times, out);
        return err_pass(strbuf_result(out));
}

int analyze_boot_time(const BootOptions *options, char **arguments UNUSED) {
        AUTO(strbuf_done) StrBuf out = STRBUF_INIT;
        BootTimes times;

        if (boot_connect(options) < 0 || boot_times_get(options, &times) < 0)
                return 1;
        if (boot_times_print(options, &times, &out) < 0)
                return 1;
        strbuf_add_char(&out, '\n');
        return pager_print(options->tend, &out) < 0 ? 1 : 0;
}

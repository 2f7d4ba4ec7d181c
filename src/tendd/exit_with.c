/* SPDX-License-Identifier: Apache-2.0 */
#include "tendd/exit_with.h"

#include <signal.h>

#include "base/error.h"

#define STATUS_OF_SIGNAL 128 /* as shells have it */

int exit_with_init(ExitWith *with, Engine *engine, const char *name) {
        EngineError error = { 0 };

        *with = (ExitWith){ 0 };
        int r = engine_load_unit(engine, name, &with->unit, &error);
        if (r < 0)
                return err_pass(r);
        engine_ref_unit(with->unit);
        return 0;
}

static int status_of(const Unit *unit) {
        const ServiceRuntime *service = unit->service;
        bool failed = unit_active_state(unit) == ACTIVE_STATE_FAILED ||
                      (service && service->result != SERVICE_SUCCESS);

        if (!service || service->main_status.pid == 0 || service->main_status.code == 0)
                return failed || !service ? 1 : 0;
        if (service->main_status.code != CLD_EXITED)
                return STATUS_OF_SIGNAL + service->main_status.status;
        return service->main_status.status == 0 && failed ? 1 : service->main_status.status;
}

bool exit_with_has_ended(ExitWith *with, int *ret_status) {
        const Unit *unit = with->unit;

        if (!unit)
                return false;
        if (unit->job || !active_state_is_down(unit_active_state(unit))) {
                with->was_wanted = true;
                return false;
        }
        if (!with->was_wanted)
                return false;
        *ret_status = status_of(unit);
        return true;
}

void exit_with_done(ExitWith *with) {
        if (with->unit)
                engine_unref_unit(with->unit);
        with->unit = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */

#include "bus/bus_error.h"

#include <errno.h>

#include "base/str.h"

/* clang-format off */
static const char *const names[ENGINE_ERROR_CODE_COUNT] = {
        [ENGINE_ERROR_NONE] = SD_BUS_ERROR_FAILED,
        [ENGINE_ERROR_NO_SUCH_UNIT] = BUS_ERROR_NO_SUCH_UNIT,
        [ENGINE_ERROR_LOAD_FAILED] = BUS_ERROR_LOAD_FAILED,
        [ENGINE_ERROR_BAD_SETTING] = BUS_ERROR_BAD_UNIT_SETTING,
        [ENGINE_ERROR_UNIT_MASKED] = BUS_ERROR_UNIT_MASKED,
        [ENGINE_ERROR_INVALID_NAME] = SD_BUS_ERROR_INVALID_ARGS,
        [ENGINE_ERROR_JOB_TYPE_NOT_APPLICABLE] = BUS_ERROR_JOB_TYPE_NOT_APPLICABLE,
        [ENGINE_ERROR_NO_ISOLATION] = BUS_ERROR_NO_ISOLATION,
        [ENGINE_ERROR_ONLY_BY_DEPENDENCY] = BUS_ERROR_ONLY_BY_DEPENDENCY,
        [ENGINE_ERROR_TRANSACTION_IS_DESTRUCTIVE] = BUS_ERROR_TRANSACTION_IS_DESTRUCTIVE,
        [ENGINE_ERROR_TRANSACTION_JOBS_CONFLICTING] = BUS_ERROR_TRANSACTION_JOBS_CONFLICTING,
        [ENGINE_ERROR_TRANSACTION_ORDER_IS_CYCLIC] = BUS_ERROR_TRANSACTION_ORDER_IS_CYCLIC,
        [ENGINE_ERROR_SHUTTING_DOWN] = BUS_ERROR_SHUTTING_DOWN,
        [ENGINE_ERROR_NO_SUCH_PROCESS] = BUS_ERROR_NO_SUCH_PROCESS,
        [ENGINE_ERROR_NO_SUCH_JOB] = BUS_ERROR_NO_SUCH_JOB,
        [ENGINE_ERROR_UNIT_EXISTS] = BUS_ERROR_UNIT_EXISTS,
        [ENGINE_ERROR_INVALID_ARGUMENTS] = SD_BUS_ERROR_INVALID_ARGS,
        [ENGINE_ERROR_NOT_SUPPORTED] = SD_BUS_ERROR_NOT_SUPPORTED,
        [ENGINE_ERROR_FAILED] = SD_BUS_ERROR_FAILED,
};
/* clang-format on */

const char *bus_error_name(EngineErrorCode code) {
        if ((unsigned)code >= ENGINE_ERROR_CODE_COUNT || !names[code])
                return SD_BUS_ERROR_FAILED;
        return names[code];
}

EngineErrorCode bus_error_code(const char *name) {
        for (unsigned i = ENGINE_ERROR_NO_SUCH_UNIT; name && i < ENGINE_ERROR_CODE_COUNT; i++)
                if (streq(names[i], name))
                        return (EngineErrorCode)i;
        return ENGINE_ERROR_FAILED;
}

int bus_error_set_engine(sd_bus_error *error, int r, const EngineError *from) {
        if (r == -ENOMEM)
                return sd_bus_error_set_errno(error, r);
        if (from->code == ENGINE_ERROR_NONE)
                return sd_bus_error_set_errno(error, r);
        return sd_bus_error_set(error, bus_error_name(from->code), from->text);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "sandbox/capability.h"

#include <errno.h>
#include <sys/capability.h>
#include <sys/prctl.h>

#include "base/error.h"

/* The three sets of capget(2), as masks. */
typedef struct CapabilitySets {
        uint64_t effective, permitted, inheritable;
} CapabilitySets;

static uint64_t joined(uint32_t low, uint32_t high) {
        return low | (uint64_t)high << 32;
}

static int sets_get(CapabilitySets *ret) {
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2] = { 0 };

        if (capget(&header, data) < 0)
                return err_new(-errno);
        *ret = (CapabilitySets){
                .effective = joined(data[0].effective, data[1].effective),
                .permitted = joined(data[0].permitted, data[1].permitted),
                .inheritable = joined(data[0].inheritable, data[1].inheritable),
        };
        return 0;
}

static int sets_put(const CapabilitySets *sets) {
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2] = {
                { (uint32_t)sets->effective,
                  (uint32_t)sets->permitted,
                  (uint32_t)sets->inheritable },
                { (uint32_t)(sets->effective >> 32),
                  (uint32_t)(sets->permitted >> 32),
                  (uint32_t)(sets->inheritable >> 32) },
        };

        return capset(&header, data) < 0 ? err_new(-errno) : 0;
}

uint64_t capability_within_bounding(uint64_t wanted) {
        uint64_t allowed = 0;

        for (unsigned cap = 0; cap < 64; cap++)
                if ((wanted & CAPABILITY_BIT(cap)) && prctl(PR_CAPBSET_READ, cap) == 1)
                        allowed |= CAPABILITY_BIT(cap);
        return allowed;
}

int capability_limit_bounding(uint64_t keep) {
        CapabilitySets sets;
        int r;

        for (unsigned cap = 0; cap < 64; cap++) {
                if ((keep & CAPABILITY_BIT(cap)) || prctl(PR_CAPBSET_DROP, cap) == 0)
                        continue;
                int error = errno, present = prctl(PR_CAPBSET_READ, cap);

                if (present < 0)
                        break; /* above the last one the kernel knows */
                if (present > 0)
                        return err_new(-error);
        }
        r = sets_get(&sets);
        if (r < 0)
                return err_pass(r);
        if ((sets.inheritable & ~keep) == 0)
                return 0;
        sets.inheritable &= keep;
        return err_pass(sets_put(&sets));
}

int capability_add_inheritable(uint64_t wanted) {
        CapabilitySets sets;
        int r = sets_get(&sets);

        if (r < 0)
                return err_pass(r);
        if ((wanted & ~sets.inheritable) == 0)
                return 0;
        sets.inheritable |= wanted;
        return err_pass(sets_put(&sets));
}

int capability_set_ambient(uint64_t wanted) {
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
                return err_new(-errno);
        for (unsigned cap = 0; cap < 64; cap++)
                if ((wanted & CAPABILITY_BIT(cap)) &&
                    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0) < 0)
                        return err_new(-errno);
        return 0;
}

int capability_gain_setpcap(void) {
        CapabilitySets sets;
        int r = sets_get(&sets);

        if (r < 0)
                return err_pass(r);
        if (sets.effective & CAPABILITY_BIT(CAP_SETPCAP))
                return 0;
        sets.effective |= CAPABILITY_BIT(CAP_SETPCAP);
        return err_pass(sets_put(&sets));
}

bool capability_is_effective(unsigned cap) {
        CapabilitySets sets;

        return sets_get(&sets) == 0 && (sets.effective & CAPABILITY_BIT(cap));
}

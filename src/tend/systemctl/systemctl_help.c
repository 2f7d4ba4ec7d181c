/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/systemctl/systemctl_help.h"

#include <stdio.h>

#include "base/macros.h"
#include "base/parse_value.h"
#include "base/str.h"
#include "base/strbuf.h"

static const char *const unit_types[] = {
        "service",   "mount", "swap", "socket", "target", "device",
        "automount", "timer", "path", "slice",  "scope",
};

/* clang-format off */
static const struct { const char *heading, *names; } state_lists[] = {
        { "unit load states", "stub loaded not-found bad-setting error merged masked" },
        { "unit active states", "active reloading inactive failed activating deactivating maintenance" },
        { "unit file states", "enabled enabled-runtime linked linked-runtime alias masked masked-runtime static disabled indirect generated transient bad" },
        { "automount unit substates", "dead waiting running failed" },
        { "device unit substates", "dead tentative plugged" },
        { "mount unit substates", "dead mounting mounting-done mounted remounting unmounting remounting-sigterm remounting-sigkill unmounting-sigterm unmounting-sigkill failed cleaning" },
        { "path unit substates", "dead waiting running failed" },
        { "scope unit substates", "dead start-chown running abandoned stop-sigterm stop-sigkill failed" },
        { "service unit substates", "dead condition start-pre start start-post running exited reload stop stop-watchdog stop-sigterm stop-sigkill stop-post final-watchdog final-sigterm final-sigkill failed auto-restart cleaning" },
        { "slice unit substates", "dead active" },
        { "socket unit substates", "dead start-pre start-chown start-post listening running stop-pre stop-pre-sigterm stop-pre-sigkill stop-post final-sigterm final-sigkill failed cleaning" },
        { "swap unit substates", "dead activating activating-done active deactivating deactivating-sigterm deactivating-sigkill failed cleaning" },
        { "target unit substates", "dead active" },
        { "timer unit substates", "dead waiting running elapsed failed" },
};
/* clang-format on */

/* As all output, what is printed here is checked when the output is closed. */

static void print_words(const char *words) {
        Str rest = str_of(words), word;
        while (str_next_word(&rest, &word))
                printf("%.*s\n", STR_ARG(word));
}

void systemctl_help_types(void) {
        (void)puts("Available unit types:");
        for (size_t i = 0; i < ARRAY_LENGTH(unit_types); i++)
                (void)puts(unit_types[i]);
}

void systemctl_help_states(void) {
        for (size_t i = 0; i < ARRAY_LENGTH(state_lists); i++) {
                printf("%sAvailable %s:\n", i > 0 ? "\n" : "", state_lists[i].heading);
                print_words(state_lists[i].names);
        }
}

void systemctl_help_what(void) {
        print_words("runtime state cache logs configuration");
}

void systemctl_help_preset_modes(void) {
        print_words("full enable-only disable-only");
}

void systemctl_help_signals(void) {
        enum { FIRST_RT = 34, LAST = 64 };

        for (int number = 0; number < FIRST_RT; number++) {
                AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
                print_signal(&name, number);
                Str text = str_of(strbuf_text(&name));
                if (str_skip_prefix(&text, "SIG"))
                        printf("%.*s\n", STR_ARG(text));
                else
                        printf("%d\n", number);
        }
        for (int number = FIRST_RT; number <= LAST; number++)
                printf("RTMIN+%d\n", number - FIRST_RT);
}

void systemctl_list_signals(void) {
        (void)puts("SIGNAL NAME");
        for (int number = 1; number <= 64; number++) {
                AUTO(strbuf_done) StrBuf name = STRBUF_INIT;
                print_signal(&name, number);
                bool named = str_has_prefix(str_of(strbuf_text(&name)), "SIG");
                printf("%-6d %s%s\n", number, named ? "" : "SIG", strbuf_text(&name));
        }
}

/* clang-format off */
static const struct { const char *verbs, *help; } groups[] = {
        { "list-units list-sockets list-timers list-automounts list-jobs list-dependencies list-machines", "what is loaded, listens, waits" },
        { "status show cat help is-active is-failed", "what units are like" },
        { "start stop restart try-restart reload reload-or-restart try-reload-or-restart isolate", "jobs for units" },
        { "kill reset-failed clean freeze thaw set-property bind mount-image", "what is done to units" },
        { "service-log-level service-log-target", "what a service logs" },
        { "cancel", "jobs" },
        { "show-environment set-environment unset-environment import-environment", "variables of services" },
        { "daemon-reload daemon-reexec log-level log-target service-watchdogs", "the manager" },
        { "is-system-running default rescue emergency halt poweroff reboot kexec exit suspend hibernate hybrid-sleep suspend-then-hibernate", "the whole system" },
};
/* clang-format on */

void systemctl_help(void) {
        (void)puts("systemctl [OPTIONS...] COMMAND ...\n\n"
                   "Asks the manager of units, and tells it what to do. Commands:");
        for (size_t i = 0; i < ARRAY_LENGTH(groups); i++)
                printf("\n  # %s\n  %s\n", groups[i].help, groups[i].verbs);
        (void)puts(
                "\nThe options are those of systemctl(1) of version 252; tend-systemctl(1) says what differs.");
}

/* SPDX-License-Identifier: Apache-2.0 */

/* probe QUESTION[:ARGUMENT][=EXPECTED]...: prints "QUESTION[:ARGUMENT]=ANSWER" for each. What is
 * expected is for the reader of the unit and for the test; names with a capital letter are
 * questions to the manager, which the test asks. */

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "probe.h"

static const Probe *find_in(const Probe *probes, const char *name) {
        while (probes->name && strcmp(probes->name, name) != 0)
                probes++;
        return probes->name ? probes : NULL;
}

static const Probe *find(const char *name) {
        return find_in(probes_of_files, name)   ?: find_in(probes_of_calls, name) ?:
               find_in(probes_of_process, name);
}

static int ask(const char *question) {
        char name[ANSWER_SIZE], answer[ANSWER_SIZE] = "";
        char *expected, *argument;
        const Probe *probe;

        answer_text(name, "%s", question);
        expected = strchr(name, '=');
        if (expected)
                *expected = '\0';
        (void)printf("%s=", name);
        argument = strchr(name, ':');
        if (argument)
                *argument++ = '\0';
        probe = find(name);
        if (!probe)
                return -1;
        probe->ask(argument ?: "", answer);
        (void)printf("%s\n", answer);
        (void)fflush(stdout); /* the next question may be the last one */
        return 0;
}

int main(int argc, char **argv) {
        for (int i = 1; i < argc; i++)
                if (!isupper((unsigned char)argv[i][0]) && ask(argv[i]) < 0) {
                        (void)fprintf(stderr, "probe: no such question: %s\n", argv[i]);
                        return 1;
                }
        return 0;
}

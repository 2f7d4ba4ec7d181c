/* SPDX-License-Identifier: Apache-2.0 */
#include "journal/catalog_texts.h"

#include <stddef.h>

#include "base/macros.h"

/* clang-format off */
static const struct {
        const char *id, *text;
} texts[] = {
        { "39f53479d3a045ac8e11786248231fbf",
          "Subject: @UNIT@ was started\nDefined-By: tend\n\n"
          "The start of @UNIT@ went well. What it wrote since: tend logs @UNIT@\n" },
        { "7b05ebc668384222baa8881179cfda54",
          "Subject: @UNIT@ was reloaded\nDefined-By: tend\n\n"
          "@UNIT@ has read its configuration again.\n" },
        { "7d4958e842da4a758f6c1cdc7b36dcc5",
          "Subject: @UNIT@ is being started\nDefined-By: tend\n\n"
          "What it needs is there, and its commands are run now.\n" },
        { "9d1aaa27d60140bd96365438aad20286",
          "Subject: @UNIT@ was stopped\nDefined-By: tend\n\n"
          "All processes of @UNIT@ that were to end have ended.\n" },
        { "a596d6fe7bfa4994828e72309e95d61e",
          "Subject: Messages of a service were dropped\nDefined-By: tend\n\n"
          "A service wrote more than its rate limit allows (LogRateLimitIntervalSec= and\n"
          "LogRateLimitBurst= of the unit, RateLimit*= in journald.conf(5)).\n" },
        { "be02cf6855d2428ba40df7e9d022f03d",
          "Subject: @UNIT@ could not be started\nDefined-By: tend\n\n"
          "The cause, with what its programs wrote last: tend why @UNIT@\n" },
        { "d34d037fff1847e6ae669a370e694725",
          "Subject: @UNIT@ is being reloaded\nDefined-By: tend\n\n"
          "@UNIT@ was asked to read its configuration again.\n" },
        { "de5b426a63be47a7b6ac3eaac82e2f6f",
          "Subject: @UNIT@ is being stopped\nDefined-By: tend\n\n"
          "Its stop commands are run, then its processes get the stop signal.\n" },
        { "e9bf28e6e834481bb6f48f548ad13606",
          "Subject: Messages were lost\nDefined-By: tend\n\n"
          "There was no room to store them. Which limits hold say SystemMaxUse=, RuntimeMaxUse=\n"
          "and their like in journald.conf(5), and what is used: journalctl --disk-usage\n" },
};
/* clang-format on */

bool catalog_texts_find(Id128 id, Str *ret) {
        char text[ID128_TEXT_SIZE];

        (void)id128_print(id, text);
        for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
                if (!streq(texts[i].id, text))
                        continue;
                *ret = str_of(texts[i].text);
                return true;
        }
        return false;
}

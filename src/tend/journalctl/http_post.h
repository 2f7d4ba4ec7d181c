/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* POST requests by libcurl, which is loaded when the first one is made: most uses of tend have
 * none, and start faster. */

#include <stdint.h>

#include "base/auto.h"
#include "base/str.h"
#include "base/strbuf.h"

typedef struct HttpPost HttpPost;

/* What came of a request. */
typedef struct HttpAnswer {
        long status;              /* 0 = nobody answered */
        uint64_t retry_after_sec; /* as the server wishes; 0 = it said nothing */
        StrBuf text;              /* the beginning of the answer, or what went wrong */
} HttpAnswer;

#define HTTP_ANSWER_INIT ((HttpAnswer){ 0 })

/* Prepares requests to a URL (http or https) with a body of JSON. `headers` ("Name: value", or
 * NULL) are sent as well. -EPROTONOSUPPORT without libcurl, -ENOMEM. */
int http_post_new(const char *url, char *const *headers, HttpPost **ret);

/* Sends one and waits for the answer, for half a minute at most. -ENOMEM. */
int http_post_send(HttpPost *post, Str body, HttpAnswer *answer);

/* Releases what an answer holds. */
void http_answer_done(HttpAnswer *answer);
DEFINE_AUTO_DONE(HttpAnswer, http_answer_done);

/* Closes the connection; NULL. */
HttpPost *http_post_free(HttpPost *post);
DEFINE_AUTO(HttpPost *, http_post_free);

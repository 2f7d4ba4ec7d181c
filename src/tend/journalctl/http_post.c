/* SPDX-License-Identifier: Apache-2.0 */
#include "tend/journalctl/http_post.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/macros.h"
#include "base/strv.h"

#define ERROR_SIZE 256
#define TEXT_MAX 1024 /* of an answer that is kept */
#define CONNECT_MSEC 10000L
#define WAIT_MSEC 30000L
#define HTTP_AND_HTTPS 3L

/* Numbers of curl/curl.h that are used; they are part of its binary interface and never change. */
enum {
        OPTION_WRITE_DATA = 10001,
        OPTION_URL = 10002,
        OPTION_ERROR_BUFFER = 10010,
        OPTION_POST_FIELDS = 10015,
        OPTION_USER_AGENT = 10018,
        OPTION_HEADERS = 10023,
        OPTION_WRITE_FUNCTION = 20011,
        OPTION_NETRC = 51,
        OPTION_NO_SIGNAL = 99,
        OPTION_TIMEOUT_MSEC = 155,
        OPTION_CONNECT_TIMEOUT_MSEC = 156,
        OPTION_PROTOCOLS = 181,
        OPTION_POST_SIZE = 30120,
        INFO_STATUS = 0x200002,
        INFO_RETRY_AFTER = 0x600039,
};

/* The functions of libcurl. */
typedef struct Curl {
        void *(*init)(void);
        int (*set)(void *handle, int option, ...);
        int (*perform)(void *handle);
        int (*get)(void *handle, int info, ...);
        void (*cleanup)(void *handle);
        void *(*append)(void *list, const char *text);
        void (*free_list)(void *list);
} Curl;

struct HttpPost {
        Curl curl;
        void *handle;           /* owned */
        void *headers;          /* owned list */
        char error[ERROR_SIZE]; /* libcurl writes here */
};

/* --- the library ------------------------------------------------------------------------------*/

/* dlsym(3) gives functions as pointers to objects. */
static bool find(void *library, const char *name, void *ret_function) {
        void *symbol = dlsym(library, name);

        memcpy(ret_function, &symbol, sizeof(symbol));
        return symbol != NULL;
}

static bool load(Curl *curl) {
        static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4" };
        void *library = NULL;

        for (size_t i = 0; i < ARRAY_LENGTH(names) && !library; i++)
                library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL); /* stays until we end */
        return library && find(library, "curl_easy_init", &curl->init) &&
               find(library, "curl_easy_setopt", &curl->set) &&
               find(library, "curl_easy_perform", &curl->perform) &&
               find(library, "curl_easy_getinfo", &curl->get) &&
               find(library, "curl_easy_cleanup", &curl->cleanup) &&
               find(library, "curl_slist_append", &curl->append) &&
               find(library, "curl_slist_free_all", &curl->free_list);
}

/* --- requests ---------------------------------------------------------------------------------*/

static size_t on_text(char *data, size_t size, size_t n, void *userdata) {
        StrBuf *text = userdata;
        size_t length = size * n;

        if (text->length < TEXT_MAX)
                strbuf_add_bytes(text, data, MIN(length, TEXT_MAX - text->length));
        return length;
}

static int add_header(HttpPost *post, const char *text) {
        void *list = post->curl.append(post->headers, text);

        if (!list)
                return err_new(-ENOMEM);
        post->headers = list;
        return 0;
}

static int set_options(HttpPost *post, const char *url, char *const *headers) {
        const Curl *curl = &post->curl;
        void *handle = post->handle;
        int r = add_header(post, "Content-Type: application/json");

        STRV_FOREACH(header, headers)
        r = r < 0 ? r : add_header(post, *header);
        if (r < 0)
                return err_pass(r);
        bool failed = curl->set(handle, OPTION_URL, url) != 0;
        failed |= curl->set(handle, OPTION_PROTOCOLS, HTTP_AND_HTTPS) != 0;
        failed |= curl->set(handle, OPTION_HEADERS, post->headers) != 0;
        failed |= curl->set(handle, OPTION_USER_AGENT, "tend") != 0;
        failed |= curl->set(handle, OPTION_ERROR_BUFFER, post->error) != 0;
        failed |= curl->set(handle, OPTION_WRITE_FUNCTION, on_text) != 0;
        failed |= curl->set(handle, OPTION_NO_SIGNAL, 1L) != 0;
        failed |= curl->set(handle, OPTION_NETRC, 1L) != 0;
        failed |= curl->set(handle, OPTION_CONNECT_TIMEOUT_MSEC, CONNECT_MSEC) != 0;
        failed |= curl->set(handle, OPTION_TIMEOUT_MSEC, WAIT_MSEC) != 0;
        return failed ? err_new(-ENOMEM) : 0;
}

int http_post_new(const char *url, char *const *headers, HttpPost **ret) {
        AUTO(http_post_free) HttpPost *post = calloc(1, sizeof(*post));

        if (!post)
                return err_new(-ENOMEM);
        if (!load(&post->curl))
                return err_new(-EPROTONOSUPPORT);
        post->handle = post->curl.init();
        if (!post->handle)
                return err_new(-ENOMEM);
        int r = set_options(post, url, headers);
        if (r < 0)
                return err_pass(r);
        *ret = STEAL(post);
        return 0;
}

int http_post_send(HttpPost *post, Str body, HttpAnswer *answer) {
        const Curl *curl = &post->curl;
        int64_t retry_after = 0;

        strbuf_clear(&answer->text);
        answer->status = 0;
        answer->retry_after_sec = 0;
        post->error[0] = '\0';
        if (curl->set(post->handle, OPTION_POST_SIZE, (int64_t)body.length) != 0 ||
            curl->set(post->handle, OPTION_POST_FIELDS, body.data) != 0 ||
            curl->set(post->handle, OPTION_WRITE_DATA, &answer->text) != 0)
                return err_new(-ENOMEM);
        if (curl->perform(post->handle) != 0) {
                strbuf_clear(&answer->text);
                strbuf_add(&answer->text, post->error[0] ? post->error : "no answer");
                return 0;
        }
        if (curl->get(post->handle, INFO_STATUS, &answer->status) != 0)
                answer->status = 0;
        if (curl->get(post->handle, INFO_RETRY_AFTER, &retry_after) == 0 && retry_after > 0)
                answer->retry_after_sec = (uint64_t)retry_after;
        return 0;
}

void http_answer_done(HttpAnswer *answer) {
        strbuf_done(&answer->text);
}

HttpPost *http_post_free(HttpPost *post) {
        if (!post)
                return NULL;
        if (post->handle)
                post->curl.cleanup(post->handle);
        if (post->headers)
                post->curl.free_list(post->headers);
        free(post);
        return NULL;
}

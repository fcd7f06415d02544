/* libcurl, loaded when it is first needed: its dynamic linking costs more than the rest of midwatch's start. The functions have the types
 * of <curl/curl.h>, so that calls are checked by the compiler. */
#ifndef MW_BACKENDS_CURL_API_H
#define MW_BACKENDS_CURL_API_H

/* gcc's macros check a call by its name, which is not ours; http.c sets options through typed helpers instead. */
#ifndef CURL_DISABLE_TYPECHECK
#define CURL_DISABLE_TYPECHECK
#endif
#include <curl/curl.h>
#include <glib.h>

#define CURL_API_LIBRARY "libcurl.so.4"

struct curl_api {
	__typeof__((curl_global_init)) *global_init;
	__typeof__((curl_global_cleanup)) *global_cleanup;
	__typeof__((curl_easy_init)) *easy_init;
	__typeof__((curl_easy_cleanup)) *easy_cleanup;
	__typeof__((curl_easy_setopt)) *easy_setopt;
	__typeof__((curl_easy_getinfo)) *easy_getinfo;
	__typeof__((curl_easy_pause)) *easy_pause;
	__typeof__((curl_easy_strerror)) *easy_strerror;
	__typeof__((curl_easy_header)) *easy_header;
	__typeof__((curl_multi_init)) *multi_init;
	__typeof__((curl_multi_cleanup)) *multi_cleanup;
	__typeof__((curl_multi_setopt)) *multi_setopt;
	__typeof__((curl_multi_add_handle)) *multi_add_handle;
	__typeof__((curl_multi_remove_handle)) *multi_remove_handle;
	__typeof__((curl_multi_socket_action)) *multi_socket_action;
	__typeof__((curl_multi_assign)) *multi_assign;
	__typeof__((curl_multi_info_read)) *multi_info_read;
	__typeof__((curl_slist_append)) *slist_append;
	__typeof__((curl_slist_free_all)) *slist_free_all;
};

#define CURL_API_ERROR (curl_api_error_quark())
GQuark curl_api_error_quark(void);
enum { CURL_API_ERROR_MISSING, CURL_API_ERROR_BROKEN };

/* Loads `library` (CURL_API_LIBRARY; another name in tests) and initialises it. On FALSE the error is a sentence for the operator and
 * `api` is not to be used. The library stays loaded until the process ends; global_cleanup() balances each success. */
gboolean curl_api_load(struct curl_api *api, const char *library, GError **error);

#endif

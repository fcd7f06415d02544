#include "backends/curl_api.h"

#include <dlfcn.h>
#include <string.h>

G_DEFINE_QUARK(midwatch-curl-api-error, curl_api_error)

static const struct {
	const char *name;
	gsize offset;
} functions[] = {
	{ "curl_global_init", offsetof(struct curl_api, global_init) },
	{ "curl_global_cleanup", offsetof(struct curl_api, global_cleanup) },
	{ "curl_easy_init", offsetof(struct curl_api, easy_init) },
	{ "curl_easy_cleanup", offsetof(struct curl_api, easy_cleanup) },
	{ "curl_easy_setopt", offsetof(struct curl_api, easy_setopt) },
	{ "curl_easy_getinfo", offsetof(struct curl_api, easy_getinfo) },
	{ "curl_easy_pause", offsetof(struct curl_api, easy_pause) },
	{ "curl_easy_strerror", offsetof(struct curl_api, easy_strerror) },
	{ "curl_easy_header", offsetof(struct curl_api, easy_header) },
	{ "curl_multi_init", offsetof(struct curl_api, multi_init) },
	{ "curl_multi_cleanup", offsetof(struct curl_api, multi_cleanup) },
	{ "curl_multi_setopt", offsetof(struct curl_api, multi_setopt) },
	{ "curl_multi_add_handle", offsetof(struct curl_api, multi_add_handle) },
	{ "curl_multi_remove_handle", offsetof(struct curl_api, multi_remove_handle) },
	{ "curl_multi_socket_action", offsetof(struct curl_api, multi_socket_action) },
	{ "curl_multi_assign", offsetof(struct curl_api, multi_assign) },
	{ "curl_multi_info_read", offsetof(struct curl_api, multi_info_read) },
	{ "curl_slist_append", offsetof(struct curl_api, slist_append) },
	{ "curl_slist_free_all", offsetof(struct curl_api, slist_free_all) },
};

/* Fills the table; gives the name of the first function that is missing, or NULL. */
static const char *
look_up(struct curl_api *api, void *handle)
{
	for (guint i = 0; i < G_N_ELEMENTS(functions); i++) {
		void *address = dlsym(handle, functions[i].name);

		if (!address)
			return functions[i].name;
		/* ISO C has no conversion from void * to a function pointer; POSIX promises that the representation is the same. */
		memcpy((char *)api + functions[i].offset, &address, sizeof address);
	}
	return NULL;
}

gboolean
curl_api_load(struct curl_api *api, const char *library, GError **error)
{
	/* Never unloaded: OpenSSL below it registers handlers that run at exit. */
	void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
	const char *missing;

	if (!handle) {
		const char *why = dlerror();
		g_set_error(error, CURL_API_ERROR, CURL_API_ERROR_MISSING, "HTTP is not possible: %s cannot be loaded (%s); install the package libcurl4",
		            library, why ? why : "no reason given");
		return FALSE;
	}
	missing = look_up(api, handle);
	if (missing) {
		dlclose(handle);
		g_set_error(error, CURL_API_ERROR, CURL_API_ERROR_BROKEN, "HTTP is not possible: %s has no %s; libcurl 7.88 or later is needed",
		            library, missing);
		return FALSE;
	}
	/* The reference of dlopen() is dropped when the library stays anyhow. */
	dlclose(handle);
	if (api->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
		g_set_error(error, CURL_API_ERROR, CURL_API_ERROR_BROKEN, "HTTP is not possible: %s cannot be initialised", library);
		return FALSE;
	}
	return TRUE;
}

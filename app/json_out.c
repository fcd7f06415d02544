#include "app/json_out.h"

#include <math.h>
#include <stdio.h>

void
json_out_text(cJSON *o, const char *name, const char *text)
{
	if (text)
		cJSON_AddStringToObject(o, name, text);
	else
		cJSON_AddNullToObject(o, name);
}

void
json_out_number(cJSON *o, const char *name, double value)
{
	if (isfinite(value))
		cJSON_AddNumberToObject(o, name, value);
	else
		cJSON_AddNullToObject(o, name);
}

void
json_out_print(cJSON *root)
{
	char *text = cJSON_Print(root);

	puts(text);
	cJSON_free(text);
	cJSON_Delete(root);
}

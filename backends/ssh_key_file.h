/* What can be told of a private key file without its passphrase: type, public part, whether it is encrypted. Pure parser beside one that
 * reads files. Formats: PROTOCOL.key of OpenSSH, and PEM. */
#ifndef MW_BACKENDS_SSH_KEY_FILE_H
#define MW_BACKENDS_SSH_KEY_FILE_H

#include <glib.h>

struct ssh_key_file {
	gboolean has_private;    /* else only the public part is there: the private one may be in an agent */
	gboolean encrypted;
	char *type;              /* "ssh-ed25519", "ssh-rsa", …; NULL when the file does not tell */
	guint8 *public_key;      /* wire form; NULL when the file does not tell */
	gsize public_length;
	gboolean has_certificate;
};

/* Reads the text of a private or public key file. FALSE when it is neither. Clear it in either case. */
gboolean ssh_key_file_parse(const char *text, struct ssh_key_file *out);
/* Reads PATH, and PATH.pub for what PATH does not tell. FALSE with an error; G_FILE_ERROR_NOENT when neither exists. */
gboolean ssh_key_file_read(const char *path, struct ssh_key_file *out, GError **error);
void ssh_key_file_clear(struct ssh_key_file *k);

#endif

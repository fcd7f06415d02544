/* AES-CTR for libssh2 1.10, which asks OpenSSL for every block of 16 bytes on its own: most of the time then goes into the calls. A small
 * OpenSSL provider makes the key stream some kilobytes ahead (with OpenSSL's own AES) and answers each call by an XOR. */
#ifndef MW_BACKENDS_SSH_KEYSTREAM_H
#define MW_BACKENDS_SSH_KEYSTREAM_H

#include <glib.h>

/* Makes AES-128-CTR of this process come from that provider. Call once, before the first session; the provider stays for the life of the
 * process. FALSE when OpenSSL does not take it: everything works all the same, slower. */
gboolean ssh_keystream_install(void);

#endif

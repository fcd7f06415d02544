#include "backends/transport.h"

G_DEFINE_QUARK(mw-transport-error-quark, transport_error)

// Rounding sizes up.

#ifndef CK_ALIGN_INL_H
#define CK_ALIGN_INL_H

#include <stddef.h>

/// The smallest multiple of `unit` that is at least `size`.
static inline size_t ck_round_up(size_t size, size_t unit) { return (size + unit - 1) / unit * unit; }

#endif

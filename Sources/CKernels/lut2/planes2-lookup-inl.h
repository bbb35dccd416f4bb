// What every instruction set's lookups in the packing `planes2` share.

#ifndef CK_PLANES2_LOOKUP_INL_H
#define CK_PLANES2_LOOKUP_INL_H

#include "../lut/lookup-inl.h"
#include "planes2-inl.h"

enum {
  UNIT_BYTES = PLANES2_BLOCK_BYTES,
  UNIT_TABLE_BYTES = PLANES2_GROUPS * LOOKUP_TABLE_BYTES,
  // A block's eight lookups add at most 8·256 to a lane: 15 blocks make 30720.
  UNITS_PER_WIDENING = 15,
};

static inline size_t unit_count(size_t k) { return planes2_blocks(k); }

#endif

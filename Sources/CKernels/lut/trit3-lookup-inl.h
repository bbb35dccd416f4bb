// What every instruction set's lookups in the packing `trit3` share.

#ifndef CK_TRIT3_LOOKUP_INL_H
#define CK_TRIT3_LOOKUP_INL_H

#include "lookup-inl.h"
#include "trit3-inl.h"

enum {
  // A unit is two blocks.
  UNIT_BYTES = 2 * TRIT3_BLOCK_BYTES,
  BLOCK_TABLE_BYTES = TRIT3_GROUPS * LOOKUP_TABLE_BYTES,
  UNIT_TABLE_BYTES = 2 * BLOCK_TABLE_BYTES,
  // A complemented byte is −1 − b: a group's sum T that is looked up as E = T − 15 = 29·h + l becomes, with both parts
  // complemented, −E − 30 = −T − 15. So a complement is the sign, and every group's sum is 15 too low.
  SHORTFALL = (LOOKUP_BASE + 1) / 2,
  // A lane loses at most 8·(384 + 15) per block: ten blocks make −31920.
  UNITS_PER_WIDENING = 5,
};

static inline size_t unit_count(size_t k) { return trit3_blocks(k) / 2; }

/// What a row's sum starts from: padded groups fall short too.
static inline int32_t trit3_start(size_t k) {
  return (int32_t)(trit3_blocks(k) * TRIT3_GROUPS * SHORTFALL);
}

#endif

// The layout of the packing `trit3`.
//
// Three weights of a row (w, x, y) are a group: the number 9·w + 3·x + y in [−13, 13], stored as its magnitude, an
// index of four bits into a table of 16 sums, and its sign. A panel is 32 rows. Its columns come in blocks of 24, which
// are 8 groups and 160 bytes:
//
//     byte 32·i + row, low and high four bits, i < 4:   the index of group 2·i and 2·i + 1
//     byte 128 + row, bit 7 − g:                        the sign of group g
//
// so one lookup meets the same group of all 32 rows. Group 4·h + i holds the columns i, i + 4 and i + 8 of the block's
// half h: the first weights of four groups are four neighbouring columns, as a tile wants them. Two blocks are five
// cache lines, so blocks come in pairs. Padding is the index 0: a zero weight.

#ifndef CK_TRIT3_INL_H
#define CK_TRIT3_INL_H

#include <stddef.h>
#include <stdint.h>

enum {
  TRIT3_ROWS = 32,
  TRIT3_COLUMNS = 24,
  TRIT3_GROUPS = 8,
  TRIT3_SIGN_BYTES = 128,  // where a block's signs begin
  TRIT3_BLOCK_BYTES = 160,
  TRIT3_PAIR_COLUMNS = 2 * TRIT3_COLUMNS,
};

/// Always even.
static inline size_t trit3_blocks(size_t k) { return (k + TRIT3_PAIR_COLUMNS - 1) / TRIT3_PAIR_COLUMNS * 2; }

static inline size_t trit3_panel_bytes(size_t k) { return trit3_blocks(k) * TRIT3_BLOCK_BYTES; }

/// The first column of group g of a block; the other two follow 4 and 8 columns later.
static inline size_t trit3_column(size_t group) { return group / 4 * 12 + group % 4; }

#endif

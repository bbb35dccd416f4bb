// The cache tile that batches are multiplied from, whatever the packing: codes unpacked to a byte each, in the order of
// the broadcast layout, while they meet every vector of a strip.
//
// A file that multiplies batches defines TILE_COLUMNS and includes, in this order,
//
//     tile-inl.h                 the tile
//     its own unpack_tile        packing → tile
//     tile-<instruction set>-inl.h   multiply_strip: tile × vectors
//     tile-gemm-inl.h            multiply_tiles: the whole product

#ifndef CK_TILE_INL_H
#define CK_TILE_INL_H

#include <stddef.h>
#include <stdint.h>

enum {
  TILE_ROWS = 16,
  // Four columns of the tile's 16 rows: byte 4·row + i is the code of column i. One broadcast of four activations meets
  // all of them.
  TILE_QUAD_BYTES = 4 * TILE_ROWS,
};

// At most 1024 columns of 16 rows, a byte each: half of a 32 KiB first-level cache.
_Static_assert(TILE_COLUMNS % 16 == 0 && TILE_COLUMNS <= 1024, "a tile is whole blocks and fits the first-level cache");

/// Codes {0, 1, 2} of up to TILE_COLUMNS columns, one quad after another.
typedef struct {
  _Alignas(64) uint8_t codes[TILE_COLUMNS * TILE_ROWS];
} tile;

#endif

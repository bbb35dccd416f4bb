// Ternary products with known sums.

#ifndef CONTRACT_PRODUCT_H
#define CONTRACT_PRODUCT_H

#include <stddef.h>
#include <stdint.h>

/// What the weights and activations are.
typedef enum {
  RANDOM,  // one activation in eight is −128, where sign tricks fail
  // The largest sums that there are, in both directions.
  HIGHEST_TIMES_PLUS,
  HIGHEST_TIMES_MINUS,
  LOWEST_TIMES_PLUS,
  LOWEST_TIMES_MINUS,
  // Both signs mixed, yet every product of an even row is the largest that its sign allows, of an odd one the lowest.
  ALIGNED,
  FILLINGS,
} filling;

extern const char *const filling_names[FILLINGS];

/// A matrix [rows, columns], some vectors, and their sums by definition: expected[j · rows + r]. Fewer rows and fewer
/// vectors are the first ones of these.
typedef struct {
  size_t rows;
  size_t columns;
  size_t vectors;
  int8_t *weights;
  int8_t *activations;
  int32_t *expected;
} product;

/// Made once for each combination, then kept: every kernel is held against the same sums.
const product *product_of(size_t rows, size_t columns, size_t vectors, filling filling);

#endif

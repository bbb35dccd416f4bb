// Every set of vector operations gives the products of float matrices that the portable one gives: in place, by element
// type of b, and by tiles from packed panels.

#include "contract.h"

#include <stdlib.h>
#include <string.h>

enum element { ELEMENT_FLOAT, ELEMENT_HALF, ELEMENT_INT8 };

// y += a·b with rows that lie further apart than they are long; b in each of its types.
static bool is_same_matrix(const ck_vector_ops *ops, const ck_vector_ops *portable, size_t rows, size_t k, size_t n,
                           enum element element, bool odd) {
  static const char *const suffixes[] = {"", "_half", "_int8"};
  const size_t a_stride = k + 1, b_stride = n + 8, y_stride = n + 3;
  const size_t count = (rows - 1) * y_stride + n;
  uint64_t state = rows + 100 * k + 10000 * n;
  float *a = random_floats(&state, rows * a_stride, odd);
  float *b = random_floats(&state, (k + 1) * b_stride, odd);
  float *expected = random_floats(&state, count, odd);
  float *actual = new_guarded(count * sizeof(float));
  uint16_t *halves = new_memory((k + 1) * b_stride * sizeof(uint16_t));
  portable->halves(b, halves, (k + 1) * b_stride);
  int8_t *bytes = new_memory((k + 1) * b_stride);
  for (size_t i = 0; i < (k + 1) * b_stride; i++) bytes[i] = (int8_t)next_random(&state);
  memcpy(actual, expected, count * sizeof(float));
  if (element == ELEMENT_INT8) {
    portable->multiply_add_int8(a, a_stride, rows, k, bytes, b_stride, n, expected, y_stride);
    ops->multiply_add_int8(a, a_stride, rows, k, bytes, b_stride, n, actual, y_stride);
  } else if (element == ELEMENT_HALF) {
    portable->multiply_add_half(a, a_stride, rows, k, halves, b_stride, n, expected, y_stride);
    ops->multiply_add_half(a, a_stride, rows, k, halves, b_stride, n, actual, y_stride);
  } else {
    portable->multiply_add(a, a_stride, rows, k, b, b_stride, n, expected, y_stride);
    ops->multiply_add(a, a_stride, rows, k, b, b_stride, n, actual, y_stride);
  }
  bool passed = is_guard_intact(actual, count * sizeof(float)) || failed("multiply_add writes past its end");
  for (size_t i = 0; passed && i < count; i++) {
    passed = is_same_float(actual[i], expected[i]) ||
             failed("multiply_add%s, %zu x %zu x %zu: element %zu is %a instead of %a", suffixes[element], rows, k, n,
                    i, (double)actual[i], (double)expected[i]);
  }
  free(a);
  free(b);
  free(expected);
  free(actual);
  free(halves);
  free(bytes);
  return passed;
}

static bool are_same_matrices(const ck_vector_ops *ops, const ck_vector_ops *portable) {
  static const size_t depths[] = {0, 1, 2, 7, 64, 65};
  static const size_t widths[] = {8, 16, 24, 32, 40, 64, 80, 128, 136};
  for (size_t rows = 1; rows <= 14; rows++) {
    for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
      for (size_t j = 0; j < sizeof widths / sizeof widths[0]; j++) {
        for (int which = 0; which < 6; which++) {
          if (!is_same_matrix(ops, portable, rows, depths[i], widths[j], which % 3, which / 3 == 1)) return false;
        }
      }
    }
  }
  return true;
}

// A tile of which `rows` and `columns` are asked for, from panels that are packed as products are: a along k, b across.
static bool is_same_tile(const ck_vector_ops *ops, const ck_vector_ops *portable, size_t rows, size_t k,
                         size_t columns, bool odd) {
  // multiply_add takes columns by eights.
  const size_t width = (ops->tile_columns + 7) / 8 * 8, a_stride = k + 1, b_stride = width + 3;
  const size_t y_stride = width + 5, count = (ops->tile_rows - 1) * y_stride + ops->tile_columns;
  uint64_t state = rows + 100 * k + 10000 * columns;
  float *a = random_floats(&state, rows * a_stride, odd);
  float *b = random_floats(&state, k * b_stride + 1, odd);
  float *expected = random_floats(&state, ops->tile_rows * y_stride, odd);
  float *actual = new_guarded(count * sizeof(float));
  float *panel_a = new_guarded(ops->tile_rows * k * sizeof(float));
  float *panel_b = new_guarded(ops->tile_columns * k * sizeof(float));
  memcpy(actual, expected, count * sizeof(float));
  ck_pack_along(a, a_stride, rows, k, ops->tile_rows, NULL, panel_a);
  ck_pack_across(b, b_stride, columns, k, ops->tile_columns, NULL, panel_b);
  portable->multiply_add(a, a_stride, rows, k, b, b_stride, width, expected, y_stride);
  ops->multiply_tile(panel_a, panel_b, k, actual, y_stride);
  bool passed = (is_guard_intact(actual, count * sizeof(float)) &&
                 is_guard_intact(panel_a, ops->tile_rows * k * sizeof(float)) &&
                 is_guard_intact(panel_b, ops->tile_columns * k * sizeof(float))) ||
                failed("multiply_tile or its panels write past their end");
  for (size_t i = 0; passed && i < rows * y_stride; i++) {
    if (i % y_stride >= columns) continue;
    passed = is_same_float(actual[i], expected[i]) ||
             failed("multiply_tile, %zu x %zu x %zu: element %zu is %a instead of %a", rows, k, columns, i,
                    (double)actual[i], (double)expected[i]);
  }
  free(a);
  free(b);
  free(expected);
  free(actual);
  free(panel_a);
  free(panel_b);
  return passed;
}

static bool are_same_tiles(const ck_vector_ops *ops, const ck_vector_ops *portable) {
  static const size_t depths[] = {0, 1, 3, 4, 7, 64, 65};
  for (size_t i = 0; i < sizeof depths / sizeof depths[0]; i++) {
    for (size_t rows = 1; rows <= ops->tile_rows; rows++) {
      for (size_t columns = 1; columns <= ops->tile_columns; columns++) {
        if (!is_same_tile(ops, portable, rows, depths[i], columns, (rows + columns) % 2 == 1)) return false;
      }
    }
  }
  return true;
}

bool check_matrices(const ck_vector_ops *ops, const ck_vector_ops *portable) {
  return are_same_matrices(ops, portable) && are_same_tiles(ops, portable);
}

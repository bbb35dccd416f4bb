// Every dense kernel has the bytes of the portable one of its format, whose order of additions CKernels.h states.

#include "contract.h"

#include <stdlib.h>
#include <string.h>

enum { GAP = 2 };

// Where a format keeps floating-point numbers, and which bits of the highest two bytes of one must be set and may vary
// for it to be moderate: random bits elsewhere are fine, a random exponent would make every sum infinite.
typedef struct {
  const char *format;
  size_t block_bytes;
  size_t offset;
  uint16_t varying;
  uint16_t set;
} float_place;

static const float_place places[] = {
    {"f32", 4, 2, 0x81ff, 0x3e00},  {"bf16", 2, 0, 0x81ff, 0x3e00},   {"f16", 2, 0, 0x87ff, 0x3000},
    {"q8_0", 34, 0, 0x87ff, 0x1800}, {"q4_0", 18, 0, 0x87ff, 0x1800}, {"q6_k", 210, 208, 0x87ff, 0x1800},
};

static const ck_dense_kernel *portable_of(const char *format) {
  for (size_t i = 0; i < ck_dense_kernel_count(); i++) {
    const ck_dense_kernel *row = ck_dense_kernel_at(i);
    if (strcmp(row->format, format) == 0 && strcmp(row->isa, "portable") == 0) return row;
  }
  return NULL;
}

// Random bytes, or with `byte` ≥ 0 all the same one, beside the floats.
static bool fill_weights(uint8_t *weights, size_t bytes, const char *format, int byte) {
  const float_place *place = NULL;
  for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
    if (strcmp(places[i].format, format) == 0) place = &places[i];
  }
  REQUIRE(place != NULL, "Tests/Contract/dense.c does not know where %s keeps its floats", format);
  uint64_t state = 5 + bytes;
  for (size_t i = 0; i < bytes; i++) weights[i] = (uint8_t)(byte < 0 ? next_random(&state) : (uint64_t)byte);
  for (size_t i = place->offset; i + 2 <= bytes; i += place->block_bytes) {
    const uint16_t bits = (uint16_t)((next_random(&state) & place->varying) | place->set);
    memcpy(weights + i, &bits, sizeof bits);
  }
  return true;
}

// Random floats and, in vector 1, one where instruction sets part company (finite where the format prepares its
// activations, as it is promised that); or with `extreme` what rounds to the largest whole numbers.
static void fill_vectors(float *x, size_t k, size_t m, bool finite, bool extreme) {
  static const uint32_t special[] = {0x00000001, 0x807fffff, 0x80000000, 0x7f7fffff,
                                     0x7fc00000, 0x7f800000, 0xff800000};
  uint64_t state = 11 + k;
  for (size_t i = 0; i < m * k; i++) x[i] = extreme ? (i / k % 2 == 0 ? 2 : -2) : next_float(&state, 2);
  if (m >= 2 && !extreme) memcpy(x + k + k / 2, &special[(k + k / 32 + m) % (finite ? 4 : 7)], sizeof special[0]);
}

// The vectors as a kernel reads them.
static uint8_t *prepared(const ck_dense_kernel *kernel, const float *x, size_t k, size_t m) {
  const size_t bytes = kernel->prepared_bytes(k);
  uint8_t *out = new_memory(m * bytes);
  for (size_t j = 0; j < m; j++) {
    if (kernel->prepare != NULL) {
      kernel->prepare(x + j * k, k, out + j * bytes);
    } else {
      memcpy(out + j * bytes, x + j * k, bytes);
    }
  }
  return out;
}

static bool is_same(const float *actual, const float *expected, size_t rows, size_t k, size_t m, size_t split) {
  const size_t stride = rows + GAP;
  for (size_t j = 0; j < m; j++) {
    for (size_t row = 0; row < rows; row++) {
      const size_t i = j * stride + row;
      REQUIRE(is_same_float(actual[i], expected[i]),
              "%zu x %zu, %zu vectors, split at %zu: vector %zu, row %zu is %a instead of %a", rows, k, m, split, j,
              row,
              (double)actual[i], (double)expected[i]);
    }
    REQUIRE(j + 1 == m || is_untouched(actual + j * stride + rows, GAP * sizeof(float)),
            "%zu x %zu, %zu vectors: writes beside its rows", rows, k, m);
  }
  REQUIRE(is_guard_intact(actual, ((m - 1) * stride + rows) * sizeof(float)), "%zu x %zu writes past its rows", rows,
          k);
  return true;
}

// m vectors, the rows split before row `split`.
static bool check_product(const ck_dense_kernel *kernel, const ck_dense_kernel *portable, size_t rows, size_t k,
                          size_t m,
                          size_t split, int byte) {
  const size_t stride = rows + GAP;
  const size_t bytes = ((m - 1) * stride + rows) * sizeof(float);
  uint8_t *weights = new_memory(rows * kernel->row_bytes(k));
  float *x = new_memory(m * k * sizeof(float));
  float *expected = new_guarded(bytes);
  float *actual = new_guarded(bytes);
  bool passed = fill_weights(weights, rows * kernel->row_bytes(k), kernel->format, byte);
  fill_vectors(x, k, m, kernel->prepare != NULL, byte >= 0);
  uint8_t *expected_x = prepared(portable, x, k, m);
  uint8_t *actual_x = prepared(kernel, x, k, m);
  portable->multiply(weights, k, 0, rows, expected_x, m, expected, stride);
  if (split > 0) kernel->multiply(weights, k, 0, split, actual_x, m, actual, stride);
  kernel->multiply(weights, k, split, rows, actual_x, m, actual, stride);
  passed = passed && is_same(actual, expected, rows, k, m, split);
  free(weights);
  free(x);
  free(expected);
  free(actual);
  free(expected_x);
  free(actual_x);
  return passed;
}

static bool is_same_decoding(const ck_dense_kernel *kernel, const ck_dense_kernel *portable, const uint8_t *weights,
                             size_t k, size_t rows) {
  float *expected = new_guarded(k * sizeof(float));
  float *actual = new_guarded(k * sizeof(float));
  bool passed = true;
  for (size_t row = 0; passed && row < rows; row++) {
    portable->decode_row(weights, k, row, expected);
    kernel->decode_row(weights, k, row, actual);
    for (size_t i = 0; passed && i < k; i++) {
      passed = is_same_float(actual[i], expected[i]) ||
               failed("column %zu of %zu decodes to %a instead of %a", i, k, (double)actual[i], (double)expected[i]);
    }
  }
  passed = passed && (is_guard_intact(actual, k * sizeof(float)) || failed("decoding %zu columns writes past them", k));
  free(expected);
  free(actual);
  return passed;
}

// Every pattern of 16 bits, so NaNs, infinities and subnormal numbers too, and odd lengths.
static bool check_decoding(const ck_dense_kernel *kernel, const ck_dense_kernel *portable) {
  static const size_t columns[] = {1, 7, 32, 33, 95, 256, 1 << 16};
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    if (columns[i] % kernel->column_block != 0) continue;
    const size_t bytes = kernel->row_bytes(columns[i]);
    uint8_t *weights = new_memory(2 * bytes);
    for (size_t j = 0; j + 2 <= 2 * bytes; j += 2) {
      const uint16_t pattern = (uint16_t)(j / 2);
      memcpy(weights + j, &pattern, sizeof pattern);
    }
    const bool passed = is_same_decoding(kernel, portable, weights, columns[i], 2);
    free(weights);
    if (!passed) return false;
  }
  return true;
}

bool check_dense_kernel(const ck_dense_kernel *kernel) {
  static const size_t columns[] = {1, 7, 8, 31, 32, 33, 64, 96, 100, 127, 224, 256, 768, 2560, 2565};
  static const size_t vectors[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 17, 33};
  const ck_dense_kernel *portable = portable_of(kernel->format);
  REQUIRE(portable != NULL, "%s has no portable row to be compared with", kernel->format);
  REQUIRE(kernel->column_block == portable->column_block, "its block is not that of the portable row");
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    if (columns[i] % kernel->column_block != 0) continue;
    for (size_t j = 0; j < sizeof vectors / sizeof vectors[0]; j++) {
      if (!check_product(kernel, portable, 19, columns[i], vectors[j], 0, -1)) return false;
    }
  }
  const size_t k = kernel->column_block == 1 ? 75 : 768;
  for (size_t split = 0; split <= 21; split++) {
    if (!check_product(kernel, portable, 21, k, 1, split, -1)) return false;
    if (!check_product(kernel, portable, 21, k, 4, split, -1)) return false;
  }
  // The largest whole numbers of every format, of both signs: no sum of theirs may overflow.
  static const int bytes[] = {0x00, 0x7f, 0x80, 0xff};
  for (size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
    if (!check_product(kernel, portable, 5, 1024, 1, 0, bytes[i])) return false;
    if (!check_product(kernel, portable, 5, 1024, 9, 0, bytes[i])) return false;
  }
  return check_decoding(kernel, portable);
}

// Every ternary kernel gives the sums of the definition, to the bit: all widths and heights, batches of 1 to 33, the
// largest sums, rows split between threads, and nothing written beside them.

#include "contract.h"

#include <stdlib.h>
#include <string.h>

#include "product.h"

enum { MOST_ROWS = 50, MOST_VECTORS = 33, GAP = 3 };

/// The first `rows` rows of a product, packed for one kernel.
typedef struct {
  const ck_kernel *kernel;
  const product *product;
  const char *filling;
  size_t rows;
  size_t padded_rows;
  uint8_t *weights;
} matrix;

static const ck_packing *packing_of(const ck_kernel *kernel) {
  for (size_t i = 0; i < ck_packing_count(); i++) {
    if (strcmp(ck_packing_at(i)->name, kernel->packing) == 0) return ck_packing_at(i);
  }
  return NULL;
}

static matrix packed(const ck_kernel *kernel, const product *product, filling filling, size_t rows) {
  const ck_packing *packing = packing_of(kernel);
  const size_t k = product->columns;
  const size_t panels = (rows + packing->row_block - 1) / packing->row_block;
  matrix out = {kernel, product, filling_names[filling], rows, panels * packing->row_block, NULL};
  out.weights = new_memory(panels * packing->panel_bytes(k));
  for (size_t panel = 0; panel < panels; panel++) {
    const size_t first = panel * packing->row_block;
    const size_t count = rows - first < packing->row_block ? rows - first : packing->row_block;
    packing->pack_panel(product->weights + first * k, k, count, k, out.weights + panel * packing->panel_bytes(k));
  }
  return out;
}

// The first m vectors, prepared to be multiplied `at_once` at a time.
static uint8_t *prepared(const matrix *a, size_t m, size_t at_once) {
  const size_t k = a->product->columns;
  const size_t bytes = a->kernel->prepared_bytes(k, at_once);
  uint8_t *out = new_memory(m * bytes);
  for (size_t j = 0; j < m; j++) {
    // A copy that ends where the vector ends: what is read beyond is seen.
    int8_t *q = new_memory(k);
    memcpy(q, a->product->activations + j * k, k);
    a->kernel->prepare(q, k, at_once, out + j * bytes);
    free(q);
  }
  return out;
}

static bool is_expected(const matrix *a, const char *function, size_t m, size_t j, const int32_t *sums) {
  for (size_t row = 0; row < a->rows; row++) {
    const int32_t expected = a->product->expected[j * a->product->rows + row];
    REQUIRE(sums[row] == expected, "%s of %zu x %zu, %s, %zu vectors: vector %zu, row %zu is %d instead of %d",
            function,
            a->rows, a->product->columns, a->filling, m, j, row, sums[row], expected);
  }
  return true;
}

// m vectors at once, the rows split before row `split`.
static bool check_gemm(const matrix *a, size_t m, size_t split) {
  const size_t k = a->product->columns;
  const size_t stride = a->padded_rows + GAP;
  const size_t bytes = ((m - 1) * stride + a->padded_rows) * sizeof(int32_t);
  uint8_t *x = prepared(a, m, m);
  int32_t *sums = new_guarded(bytes);
  if (split > 0) a->kernel->gemm(a->weights, k, 0, split, x, m, sums, stride);
  if (split < a->padded_rows) a->kernel->gemm(a->weights, k, split, a->padded_rows, x, m, sums, stride);
  bool passed = is_guard_intact(sums, bytes);
  for (size_t j = 0; passed && j + 1 < m; j++) {
    passed = is_untouched(sums + j * stride + a->padded_rows, GAP * sizeof(int32_t));
  }
  if (!passed) failed("gemm of %zu x %zu, %zu vectors, writes beside its rows", a->rows, k, m);
  for (size_t j = 0; passed && j < m; j++) passed = is_expected(a, "gemm", m, j, sums + j * stride);
  free(x);
  free(sums);
  return passed;
}

// Each of m vectors alone, the rows split before row `split`.
static bool check_gemv(const matrix *a, size_t m, size_t split) {
  const size_t k = a->product->columns;
  const size_t bytes = a->padded_rows * sizeof(int32_t);
  uint8_t *x = prepared(a, m, 1);
  bool passed = true;
  for (size_t j = 0; passed && j < m; j++) {
    const uint8_t *vector = x + j * a->kernel->prepared_bytes(k, 1);
    int32_t *sums = new_guarded(bytes);
    if (split > 0) a->kernel->gemv(a->weights, k, 0, split, vector, sums);
    if (split < a->padded_rows) a->kernel->gemv(a->weights, k, split, a->padded_rows, vector, sums);
    passed = is_guard_intact(sums, bytes) || failed("gemv of %zu x %zu writes past its rows", a->rows, k);
    passed = passed && is_expected(a, "gemv", 1, j, sums);
    free(sums);
  }
  free(x);
  return passed;
}

static bool check_sizes(const ck_kernel *kernel, size_t k, filling filling, const size_t *rows, size_t row_counts,
                        const size_t *vectors, size_t vector_counts) {
  const product *product = product_of(MOST_ROWS, k, MOST_VECTORS, filling);
  for (size_t r = 0; r < row_counts; r++) {
    matrix a = packed(kernel, product, filling, rows[r]);
    bool passed = check_gemv(&a, vectors[vector_counts - 1], 0);
    for (size_t v = 0; passed && v < vector_counts; v++) passed = check_gemm(&a, vectors[v], 0);
    free(a.weights);
    if (!passed) return false;
  }
  return true;
}

// Multiples of every block, one more, one less.
static bool check_narrow(const ck_kernel *kernel) {
  static const size_t columns[] = {1, 15, 16, 48, 64, 96, 127, 128};
  static const size_t rows[] = {1, 16, 17, 33, MOST_ROWS};
  static const size_t extreme_vectors[] = {1, 2, 3, 4, 6, 7, 13};
  size_t vectors[MOST_VECTORS];
  for (size_t i = 0; i < MOST_VECTORS; i++) vectors[i] = i + 1;
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    if (!check_sizes(kernel, columns[i], RANDOM, rows, 5, vectors, MOST_VECTORS)) return false;
    for (int filling = RANDOM + 1; filling < FILLINGS; filling++) {
      if (!check_sizes(kernel, columns[i], filling, rows, 5, extreme_vectors, 7)) return false;
    }
  }
  return true;
}

// The widths of real models, and one that is no multiple of anything.
static bool check_wide(const ck_kernel *kernel) {
  static const size_t columns[] = {1025, 2560, 6912, 8640, 11016};
  static const size_t rows[] = {18, 33};
  static const size_t extreme_rows[] = {33};
  static const size_t vectors[] = {1, 2, 3, 5, 8, MOST_VECTORS};
  static const size_t extreme_vectors[] = {1, 4, 7};
  for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
    if (!check_sizes(kernel, columns[i], RANDOM, rows, 2, vectors, 6)) return false;
    for (int filling = RANDOM + 1; filling < FILLINGS; filling++) {
      if (!check_sizes(kernel, columns[i], filling, extreme_rows, 1, extreme_vectors, 3)) return false;
    }
  }
  return true;
}

// Past 2¹⁷ columns a sum of floats leaves the exact integers.
static bool check_widest(const ck_kernel *kernel) {
  for (int filling = 0; filling < FILLINGS; filling++) {
    matrix a = packed(kernel, product_of(3, 300001, 2, filling), filling, 3);
    const bool passed = check_gemv(&a, 2, 0) && check_gemm(&a, 2, 0);
    free(a.weights);
    if (!passed) return false;
  }
  return true;
}

static bool check_splits(const ck_kernel *kernel) {
  const size_t rows = 113;
  matrix a = packed(kernel, product_of(rows, 208, 6, RANDOM), RANDOM, rows);
  const size_t block = packing_of(kernel)->row_block;
  bool passed = true;
  for (size_t split = 0; passed && split <= a.padded_rows; split += block) {
    passed = check_gemv(&a, 1, split) && check_gemm(&a, 2, split) && check_gemm(&a, 6, split);
    if (!passed) failed("rows split at %zu", split);
  }
  free(a.weights);
  return passed;
}

// Batches across the strips that large ones are cut into.
static bool check_batches(const ck_kernel *kernel) {
  static const size_t vectors[] = {64, 95, 97, 128, 129, 200};
  matrix a = packed(kernel, product_of(17, 97, 200, RANDOM), RANDOM, 17);
  bool passed = true;
  for (size_t i = 0; passed && i < sizeof vectors / sizeof vectors[0]; i++) passed = check_gemm(&a, vectors[i], 0);
  free(a.weights);
  return passed;
}

bool check_kernel(const ck_kernel *kernel) {
  REQUIRE(packing_of(kernel) != NULL, "its packing '%s' is not registered", kernel->packing);
  for (size_t m = 1; m <= MOST_VECTORS; m++) {
    REQUIRE(kernel->prepared_bytes(100, m) % 64 == 0, "vectors prepared for %zu are no whole cache lines", m);
  }
  return check_narrow(kernel) && check_splits(kernel) && check_batches(kernel) && check_wide(kernel) &&
         check_widest(kernel);
}

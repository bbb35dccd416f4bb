// Vector operations in plain C: the definition of correct for every other instruction set.

#include "CKernels.h"

#include <math.h>
#include <string.h>

#include "../common/exp-portable-inl.h"
#include "../common/gelu-inl.h"
#include "../common/half-inl.h"
#include "../common/lanes-portable-inl.h"
#include "../common/softplus-inl.h"

static float dot(const float *a, const float *b, size_t n) {
  float lanes[CK_LANES] = {0};
  const size_t rest = n % CK_LANES;
  const size_t whole = n - rest;
  for (size_t i = 0; i < whole; i += CK_LANES) ck_lanes_add(lanes, a + i, b + i);
  if (rest > 0) {
    float tail_a[CK_LANES] = {0};
    float tail_b[CK_LANES] = {0};
    memcpy(tail_a, a + whole, rest * sizeof(float));
    memcpy(tail_b, b + whole, rest * sizeof(float));
    ck_lanes_add(lanes, tail_a, tail_b);
  }
  return ck_lanes_fold(lanes);
}

static void axpy(float a, const float *x, float *y, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = fmaf(a, x[i], y[i]);
}

static void scale(const float *x, float factor, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = x[i] * factor;
}

static void add(const float *x, float *y, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] += x[i];
}

static float max_abs(const float *x, size_t n) {
  float max = 0;
  for (size_t i = 0; i < n; i++) {
    if (isnan(x[i])) return NAN;
    const float magnitude = fabsf(x[i]);
    max = magnitude > max ? magnitude : max;
  }
  return max;
}

static void scale_by_weights(const float *x, float scale, const float *weight, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = weight[i] * (x[i] * scale);
}

// The comparisons send a NaN to −128, as vmaxps does; max_abs has named it before.
static void quantize(const float *x, float scale, int8_t *q, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const float scaled = x[i] * scale;
    const float above = scaled > -128 ? scaled : -128;
    const float clamped = above < 127 ? above : 127;
    q[i] = (int8_t)rintf(clamped);
  }
}

static void rescale(const int32_t *sums, float scale, float *y, size_t n) {
  for (size_t i = 0; i < n; i++) y[i] = (float)sums[i] * scale;
}

// A NaN gate stays NaN, so that the next max_abs finds it.
static void relu2_multiply(const float *gate, const float *up, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const float positive = gate[i] < 0 ? 0 : gate[i];
    out[i] = positive * positive * up[i];
  }
}

static void silu_multiply(const float *gate, const float *up, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) out[i] = gate[i] / (1 + ck_exp(-gate[i])) * up[i];
}

static void gelu_multiply(const float *gate, const float *up, float *out, size_t n) {
  for (size_t i = 0; i < n; i++) {
    const float power = gate[i] * fmaf(gate[i] * gate[i], CK_GELU_C1, CK_GELU_C0);
    out[i] = gate[i] / (1 + ck_exp(power)) * up[i];
  }
}

// The comparison leaves NaNs out; e^NaN then brings them into the sum.
static float exponentials(float *x, size_t n, float *largest) {
  float max = -INFINITY;
  for (size_t i = 0; i < n; i++) max = x[i] > max ? x[i] : max;
  float lanes[CK_LANES] = {0};
  for (size_t i = 0; i < n; i++) {
    x[i] = ck_exp(x[i] - max);
    lanes[i % CK_LANES] += x[i];
  }
  // Which of two zeros was found first is not to be seen.
  *largest = max + 0.0f;
  return ck_lanes_fold(lanes);
}

static void multiply_add(const float *a, size_t a_stride, size_t rows, size_t k, const float *b, size_t b_stride,
                         size_t n, float *y, size_t y_stride) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < k; j++) axpy(a[i * a_stride + j], b + j * b_stride, y + i * y_stride, n);
  }
}

static void multiply_add_half(const float *a, size_t a_stride, size_t rows, size_t k, const uint16_t *b,
                              size_t b_stride, size_t n, float *y, size_t y_stride) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < k; j++) {
      const float factor = a[i * a_stride + j];
      float *const sums = y + i * y_stride;
      for (size_t c = 0; c < n; c++) sums[c] = fmaf(factor, ck_float_of_half(b[j * b_stride + c]), sums[c]);
    }
  }
}

static void multiply_add_int8(const float *a, size_t a_stride, size_t rows, size_t k, const int8_t *b, size_t b_stride,
                              size_t n, float *y, size_t y_stride) {
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = 0; j < k; j++) {
      const float factor = a[i * a_stride + j];
      float *const sums = y + i * y_stride;
      for (size_t c = 0; c < n; c++) sums[c] = fmaf(factor, (float)b[j * b_stride + c], sums[c]);
    }
  }
}

enum { CK_TILE_ROWS = 4, CK_TILE_COLUMNS = 8 };

static void multiply_tile(const float *a, const float *b, size_t k, float *y, size_t y_stride) {
  for (size_t j = 0; j < k; j++) {
    for (size_t i = 0; i < CK_TILE_ROWS; i++) {
      axpy(a[j * CK_TILE_ROWS + i], b + j * CK_TILE_COLUMNS, y + i * y_stride, CK_TILE_COLUMNS);
    }
  }
}

static void halves(const float *x, uint16_t *half, size_t n) {
  for (size_t i = 0; i < n; i++) half[i] = ck_half_of_float(x[i]);
}

static void rope(float *head, const float *cosines, const float *sines, size_t half) {
  for (size_t i = 0; i < half; i++) {
    const float a = head[i];
    const float b = head[i + half];
    head[i] = fmaf(a, cosines[i], -(b * sines[i]));
    head[i + half] = fmaf(b, cosines[i], a * sines[i]);
  }
}

static void selective_scan(const ck_scan *scan) {
  for (size_t t = 0; t < scan->tokens; t++) {
    const float *const b = scan->b + t * scan->selected_stride;
    const float *const c = scan->c + t * scan->selected_stride;
    for (size_t i = 0; i < scan->channels; i++) {
      const float delta = ck_softplus(scan->delta[t * scan->delta_stride + i] + scan->delta_bias[i]);
      const float u = scan->u[t * scan->u_stride + i];
      const float z = scan->z[t * scan->z_stride + i];
      const float input = delta * u;
      float y = scan->skip[i] * u;
      for (size_t s = 0; s < scan->states; s++) {
        const size_t place = s * CK_SCAN_CHANNELS + i;
        const float kept = ck_exp(delta * scan->decay[place]);
        scan->hidden[place] = fmaf(kept, scan->hidden[place], input * b[s]);
        y = fmaf(scan->hidden[place], c[s], y);
      }
      if (scan->y != NULL) scan->y[t * scan->out_stride + i] = y;
      scan->out[t * scan->out_stride + i] = z / (1 + ck_exp(-z)) * y;
    }
  }
}

static const ck_vector_ops portable = {
    .isa = "portable",
    .needs = 0,
    .priority = 0,
    .dot = dot,
    .axpy = axpy,
    .scale = scale,
    .add = add,
    .max_abs = max_abs,
    .scale_by_weights = scale_by_weights,
    .quantize = quantize,
    .rescale = rescale,
    .relu2_multiply = relu2_multiply,
    .silu_multiply = silu_multiply,
    .gelu_multiply = gelu_multiply,
    .exponentials = exponentials,
    .multiply_add = multiply_add,
    .multiply_add_half = multiply_add_half,
    .multiply_add_int8 = multiply_add_int8,
    .tile_rows = CK_TILE_ROWS,
    .tile_columns = CK_TILE_COLUMNS,
    .multiply_tile = multiply_tile,
    .halves = halves,
    .rope = rope,
    .selective_scan = selective_scan,
};
CK_REGISTER_VECTOR_OPS(portable);

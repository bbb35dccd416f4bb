// Vector operations with NEON, the same bytes as vector/portable.c. A formula stands once, as a function of vectors:
// loops feed it four floats at a time and the last, fewer than four, padded with zeros.

#if defined(__aarch64__)

#include "CKernels.h"

#include <arm_neon.h>
#include <math.h>
#include <string.h>

#include "../common/exp-neon-inl.h"
#include "../common/gelu-inl.h"
#include "../common/lanes-neon-inl.h"
#include "../common/target-inl.h"

// Scheduled for a wide core: for the generic one the compiler loads so far ahead that accumulators leave registers.
CK_TARGET_BEGIN("tune=apple-m1")

#define CK_B float
#define CK_LOAD_4(b) vld1q_f32(b)
#define CK_PRODUCTS multiply_add
#include "../common/products-neon-inl.h"

// Eight rows times three vectors are 24 sums; with three of b and one factor they leave four of 32 registers.
enum { CK_TILE_ROWS = 8, CK_TILE_VECTORS = 3 };

static void multiply_tile(const float *a, const float *b, size_t k, float *y, size_t y_stride) {
  multiply_add_micro(a, 1, CK_TILE_ROWS, CK_TILE_ROWS, k, b, 4 * CK_TILE_VECTORS, CK_TILE_VECTORS, y, y_stride);
}

#define CK_B uint16_t
#define CK_LOAD_4(b) vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(b)))
#define CK_PRODUCTS multiply_add_half
#include "../common/products-neon-inl.h"

// Four bytes and no more: behind the last may lie nothing.
CK_INLINE float32x4_t load_int8_4(const int8_t *b) {
  int32_t four;
  memcpy(&four, b, sizeof(four));
  return vcvtq_f32_s32(vmovl_s16(vget_low_s16(vmovl_s8(vreinterpret_s8_s32(vdup_n_s32(four))))));
}

#define CK_B int8_t
#define CK_LOAD_4(b) load_int8_4(b)
#define CK_PRODUCTS multiply_add_int8
#include "../common/products-neon-inl.h"

// `count` < 4 floats, then zeros.
CK_INLINE float32x4_t load_rest(const float *x, size_t count) {
  float padded[4] = {0};
  memcpy(padded, x, count * sizeof(float));
  return vld1q_f32(padded);
}

CK_INLINE void store_rest(float *out, size_t count, float32x4_t values) {
  float padded[4];
  vst1q_f32(padded, values);
  memcpy(out, padded, count * sizeof(float));
}

// MARK: - Sums along a vector

CK_INLINE void add_products(float32x4_t lanes[CK_LANE_VECTORS], const float *a, const float *b) {
#pragma unroll
  for (int part = 0; part < CK_LANE_VECTORS; part++) {
    lanes[part] = vfmaq_f32(lanes[part], vld1q_f32(a + 4 * part), vld1q_f32(b + 4 * part));
  }
}

static float dot(const float *a, const float *b, size_t n) {
  float32x4_t lanes[CK_LANE_VECTORS];
#pragma unroll
  for (int part = 0; part < CK_LANE_VECTORS; part++) lanes[part] = vdupq_n_f32(0);
  const size_t rest = n % CK_LANES;
  const size_t whole = n - rest;
  for (size_t i = 0; i < whole; i += CK_LANES) add_products(lanes, a + i, b + i);
  if (rest > 0) {
    float tail_a[CK_LANES] = {0};
    float tail_b[CK_LANES] = {0};
    memcpy(tail_a, a + whole, rest * sizeof(float));
    memcpy(tail_b, b + whole, rest * sizeof(float));
    add_products(lanes, tail_a, tail_b);
  }
  return ck_lanes_fold(lanes);
}

// The comparison leaves NaNs out.
CK_INLINE float32x4_t larger(float32x4_t x, float32x4_t max) { return vbslq_f32(vcgtq_f32(x, max), x, max); }

CK_INLINE void add_lanes(float32x4_t lanes[CK_LANE_VECTORS], const float *x) {
#pragma unroll
  for (int part = 0; part < CK_LANE_VECTORS; part++) lanes[part] = vaddq_f32(lanes[part], vld1q_f32(x + 4 * part));
}

static float sum(const float *x, size_t n) {
  float32x4_t lanes[CK_LANE_VECTORS];
#pragma unroll
  for (int part = 0; part < CK_LANE_VECTORS; part++) lanes[part] = vdupq_n_f32(0);
  const size_t rest = n % CK_LANES;
  const size_t whole = n - rest;
  for (size_t i = 0; i < whole; i += CK_LANES) add_lanes(lanes, x + i);
  if (rest > 0) {
    float tail[CK_LANES] = {0};
    memcpy(tail, x + whole, rest * sizeof(float));
    add_lanes(lanes, tail);
  }
  return ck_lanes_fold(lanes);
}

// The sum comes after the powers: together they would need more registers than there are.
static float exponentials(float *x, size_t n, float *largest) {
  float32x4_t max = vdupq_n_f32(-INFINITY);
  size_t i = 0;
  for (; i + 4 <= n; i += 4) max = larger(vld1q_f32(x + i), max);
  float found = vmaxvq_f32(max);
  for (; i < n; i++) found = x[i] > found ? x[i] : found;
  // Which of two zeros was found first is not to be seen.
  found += 0.0f;
  const float32x4_t subtrahend = vdupq_n_f32(found);
  for (i = 0; i + 4 <= n; i += 4) vst1q_f32(x + i, ck_exp_4(vsubq_f32(vld1q_f32(x + i), subtrahend)));
  if (i < n) store_rest(x + i, n - i, ck_exp_4(vsubq_f32(load_rest(x + i, n - i), subtrahend)));
  *largest = found;
  return sum(x, n);
}

// fmax keeps a NaN, whichever it is.
static float max_abs(const float *x, size_t n) {
  float32x4_t max = vdupq_n_f32(0);
  size_t i = 0;
  for (; i + 4 <= n; i += 4) max = vmaxq_f32(max, vabsq_f32(vld1q_f32(x + i)));
  if (i < n) max = vmaxq_f32(max, vabsq_f32(load_rest(x + i, n - i)));
  const float found = vmaxvq_f32(max);
  return isnan(found) ? NAN : found;
}

// MARK: - Element by element

static void axpy(float a, const float *x, float *y, size_t n) {
  const float32x4_t factor = vdupq_n_f32(a);
  size_t i = 0;
  for (; i + 4 <= n; i += 4) vst1q_f32(y + i, vfmaq_f32(vld1q_f32(y + i), factor, vld1q_f32(x + i)));
  if (i == n) return;
  store_rest(y + i, n - i, vfmaq_f32(load_rest(y + i, n - i), factor, load_rest(x + i, n - i)));
}

static void scale(const float *x, float factor, float *out, size_t n) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) vst1q_f32(out + i, vmulq_n_f32(vld1q_f32(x + i), factor));
  if (i < n) store_rest(out + i, n - i, vmulq_n_f32(load_rest(x + i, n - i), factor));
}

static void add(const float *x, float *y, size_t n) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) vst1q_f32(y + i, vaddq_f32(vld1q_f32(y + i), vld1q_f32(x + i)));
  if (i < n) store_rest(y + i, n - i, vaddq_f32(load_rest(y + i, n - i), load_rest(x + i, n - i)));
}

CK_INLINE float32x4_t weighted(float32x4_t x, float scale, float32x4_t weight) {
  return vmulq_f32(weight, vmulq_n_f32(x, scale));
}

static void scale_by_weights(const float *x, float scale, const float *weight, float *out, size_t n) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) vst1q_f32(out + i, weighted(vld1q_f32(x + i), scale, vld1q_f32(weight + i)));
  if (i == n) return;
  store_rest(out + i, n - i, weighted(load_rest(x + i, n - i), scale, load_rest(weight + i, n - i)));
}

// fmaxnm returns the number beside a NaN: −128. Above, the conversions saturate.
CK_INLINE int16x4_t quantize_4(const float *x, float scale) {
  const float32x4_t above = vmaxnmq_f32(vmulq_n_f32(vld1q_f32(x), scale), vdupq_n_f32(-128));
  return vqmovn_s32(vcvtnq_s32_f32(above));
}

CK_INLINE void quantize_16(const float *x, float scale, int8_t *q) {
  const int16x8_t low = vcombine_s16(quantize_4(x, scale), quantize_4(x + 4, scale));
  const int16x8_t high = vcombine_s16(quantize_4(x + 8, scale), quantize_4(x + 12, scale));
  vst1q_s8(q, vqmovn_high_s16(vqmovn_s16(low), high));
}

static void quantize(const float *x, float scale, int8_t *q, size_t n) {
  size_t i = 0;
  for (; i + 16 <= n; i += 16) quantize_16(x + i, scale, q + i);
  if (i == n) return;
  float tail[16] = {0};
  int8_t quantized[16];
  memcpy(tail, x + i, (n - i) * sizeof(float));
  quantize_16(tail, scale, quantized);
  memcpy(q + i, quantized, n - i);
}

static void rescale(const int32_t *sums, float scale, float *y, size_t n) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) vst1q_f32(y + i, vmulq_n_f32(vcvtq_f32_s32(vld1q_s32(sums + i)), scale));
  if (i == n) return;
  int32_t padded[4] = {0};
  memcpy(padded, sums + i, (n - i) * sizeof(int32_t));
  store_rest(y + i, n - i, vmulq_n_f32(vcvtq_f32_s32(vld1q_s32(padded)), scale));
}

// fmax keeps a NaN, so a NaN gate stays one and the next max_abs finds it.
CK_INLINE float32x4_t relu2(float32x4_t gate, float32x4_t up) {
  const float32x4_t positive = vmaxq_f32(gate, vdupq_n_f32(0));
  return vmulq_f32(vmulq_f32(positive, positive), up);
}

static void relu2_multiply(const float *gate, const float *up, float *out, size_t n) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) vst1q_f32(out + i, relu2(vld1q_f32(gate + i), vld1q_f32(up + i)));
  if (i < n) store_rest(out + i, n - i, relu2(load_rest(gate + i, n - i), load_rest(up + i, n - i)));
}

CK_INLINE float32x4_t silu(float32x4_t gate, float32x4_t up) {
  const float32x4_t divisor = vaddq_f32(vdupq_n_f32(1), ck_exp_4(vnegq_f32(gate)));
  return vmulq_f32(vdivq_f32(gate, divisor), up);
}

static void silu_multiply(const float *gate, const float *up, float *out, size_t n) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) vst1q_f32(out + i, silu(vld1q_f32(gate + i), vld1q_f32(up + i)));
  if (i < n) store_rest(out + i, n - i, silu(load_rest(gate + i, n - i), load_rest(up + i, n - i)));
}

CK_INLINE float32x4_t gelu(float32x4_t gate, float32x4_t up) {
  const float32x4_t square = vmulq_f32(gate, gate);
  const float32x4_t factor = vfmaq_f32(vdupq_n_f32(CK_GELU_C0), square, vdupq_n_f32(CK_GELU_C1));
  const float32x4_t divisor = vaddq_f32(vdupq_n_f32(1), ck_exp_4(vmulq_f32(gate, factor)));
  return vmulq_f32(vdivq_f32(gate, divisor), up);
}

static void gelu_multiply(const float *gate, const float *up, float *out, size_t n) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) vst1q_f32(out + i, gelu(vld1q_f32(gate + i), vld1q_f32(up + i)));
  if (i < n) store_rest(out + i, n - i, gelu(load_rest(gate + i, n - i), load_rest(up + i, n - i)));
}

CK_INLINE uint16x4_t halves_4(float32x4_t x) { return vreinterpret_u16_f16(vcvt_f16_f32(x)); }

static void halves(const float *x, uint16_t *half, size_t n) {
  size_t i = 0;
  for (; i + 4 <= n; i += 4) vst1_u16(half + i, halves_4(vld1q_f32(x + i)));
  if (i == n) return;
  uint16_t tail[4];
  vst1_u16(tail, halves_4(load_rest(x + i, n - i)));
  memcpy(half + i, tail, (n - i) * sizeof(uint16_t));
}

CK_INLINE void rotate(float32x4_t *a, float32x4_t *b, float32x4_t cosine, float32x4_t sine) {
  const float32x4_t rotated = vfmaq_f32(vnegq_f32(vmulq_f32(*b, sine)), *a, cosine);
  *b = vfmaq_f32(vmulq_f32(*a, sine), *b, cosine);
  *a = rotated;
}

static void rope(float *head, const float *cosines, const float *sines, size_t half) {
  size_t i = 0;
  for (; i + 4 <= half; i += 4) {
    float32x4_t a = vld1q_f32(head + i);
    float32x4_t b = vld1q_f32(head + half + i);
    rotate(&a, &b, vld1q_f32(cosines + i), vld1q_f32(sines + i));
    vst1q_f32(head + i, a);
    vst1q_f32(head + half + i, b);
  }
  if (i == half) return;
  const size_t rest = half - i;
  float32x4_t a = load_rest(head + i, rest);
  float32x4_t b = load_rest(head + half + i, rest);
  rotate(&a, &b, load_rest(cosines + i, rest), load_rest(sines + i, rest));
  store_rest(head + i, rest, a);
  store_rest(head + half + i, rest, b);
}

// MARK: - Scan

#include "../common/floats-neon-inl.h"
#include "../common/scan-inl.h"

CK_TARGET_END

static const ck_vector_ops neon = {
    .isa = "neon",
    .needs = CK_ISA_NEON,
    .priority = 10,
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
    .tile_columns = 4 * CK_TILE_VECTORS,
    .multiply_tile = multiply_tile,
    .halves = halves,
    .rope = rope,
    .selective_scan = selective_scan,
};
CK_REGISTER_VECTOR_OPS(neon);

#endif

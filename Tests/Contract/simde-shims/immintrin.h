// Stands before the compiler's <immintrin.h> in builds with CK_EMULATED: the intrinsics of x86 as plain C, by SIMDe
// (Debian's libsimde-dev), under their own names. So the kernels compile as they are, and run on any CPU.

#ifndef CK_SIMDE_IMMINTRIN_H
#define CK_SIMDE_IMMINTRIN_H

#define SIMDE_ENABLE_NATIVE_ALIASES

// Compilers of today have a bfloat16 vector of their own here, which older SIMDe would define again.
#if defined(__x86_64__)
#include <emmintrin.h>
#define __m128bh simde_alias_m128bh
#endif

#include <simde/x86/avx512.h>
#include <simde/x86/f16c.h>
#include <simde/x86/fma.h>

#include <math.h>

// MARK: - What SIMDe 0.7.4 has no alias for, or another meaning

#undef _CMP_LT_OQ
#define _CMP_LT_OQ SIMDE_CMP_LT_OQ
#undef _CMP_GT_OQ
#define _CMP_GT_OQ SIMDE_CMP_GT_OQ

#undef _mm256_dpbusd_avx_epi32
#define _mm256_dpbusd_avx_epi32(sum, codes, values) simde_mm256_dpbusd_epi32(sum, codes, values)

// SIMDe keeps `values` where `signs` is zero; the instruction makes them zero too.
static inline simde__m256i ck_sign_epi8_256(simde__m256i values, simde__m256i signs) {
  simde__m256i_private out = simde__m256i_to_private(values);
  const simde__m256i_private by = simde__m256i_to_private(signs);
  for (int i = 0; i < 32; i++) out.i8[i] = (int8_t)(by.i8[i] < 0 ? -out.i8[i] : by.i8[i] > 0 ? out.i8[i] : 0);
  return simde__m256i_from_private(out);
}
#undef _mm256_sign_epi8
#define _mm256_sign_epi8(values, signs) ck_sign_epi8_256(values, signs)

static inline simde__m256i ck_sign_epi16_256(simde__m256i values, simde__m256i signs) {
  simde__m256i_private out = simde__m256i_to_private(values);
  const simde__m256i_private by = simde__m256i_to_private(signs);
  for (int i = 0; i < 16; i++) out.i16[i] = (int16_t)(by.i16[i] < 0 ? -out.i16[i] : by.i16[i] > 0 ? out.i16[i] : 0);
  return simde__m256i_from_private(out);
}
#undef _mm256_sign_epi16
#define _mm256_sign_epi16(values, signs) ck_sign_epi16_256(values, signs)

#undef _mm512_madd_epi16
#define _mm512_madd_epi16(a, b) simde_mm512_madd_epi16(a, b)

static inline simde__m512i ck_srai_epi32_512(simde__m512i a, unsigned bits) {
  simde__m512i_private lanes = simde__m512i_to_private(a);
  for (int i = 0; i < 16; i++) lanes.i32[i] >>= bits;
  return simde__m512i_from_private(lanes);
}
#undef _mm512_srai_epi32
#define _mm512_srai_epi32(a, bits) ck_srai_epi32_512(a, bits)

#define __mmask16 simde__mmask16
#define __mmask64 simde__mmask64

static inline simde__m512 ck_cvtepi32_ps_512(simde__m512i integers) {
  const simde__m512i_private from = simde__m512i_to_private(integers);
  simde__m512_private out;
  for (int i = 0; i < 16; i++) out.f32[i] = (float)from.i32[i];
  return simde__m512_from_private(out);
}
#undef _mm512_cvtepi32_ps
#define _mm512_cvtepi32_ps(integers) ck_cvtepi32_ps_512(integers)

static inline simde__m512i ck_cvtepu16_epi32_512(simde__m256i halves) {
  const simde__m256i_private from = simde__m256i_to_private(halves);
  simde__m512i_private out;
  for (int i = 0; i < 16; i++) out.u32[i] = from.u16[i];
  return simde__m512i_from_private(out);
}
#undef _mm512_cvtepu16_epi32
#define _mm512_cvtepu16_epi32(halves) ck_cvtepu16_epi32_512(halves)

static inline simde__m512i ck_cvtepi16_epi32_512(simde__m256i words) {
  const simde__m256i_private from = simde__m256i_to_private(words);
  simde__m512i_private out;
  for (int i = 0; i < 16; i++) out.i32[i] = from.i16[i];
  return simde__m512i_from_private(out);
}
#undef _mm512_cvtepi16_epi32
#define _mm512_cvtepi16_epi32(words) ck_cvtepi16_epi32_512(words)

static inline simde__m512i ck_cvtepi8_epi32_512(simde__m128i bytes) {
  const simde__m128i_private from = simde__m128i_to_private(bytes);
  simde__m512i_private out;
  for (int i = 0; i < 16; i++) out.i32[i] = from.i8[i];
  return simde__m512i_from_private(out);
}
#undef _mm512_cvtepi8_epi32
#define _mm512_cvtepi8_epi32(bytes) ck_cvtepi8_epi32_512(bytes)

// Quarters of a by the low two pairs of bits of `choice`, then of b by the high two.
static inline simde__m512i ck_shuffle_i64x2_512(simde__m512i a, simde__m512i b, int choice) {
  const simde__m512i_private first = simde__m512i_to_private(a), second = simde__m512i_to_private(b);
  simde__m512i_private out;
  for (int i = 0; i < 4; i++) out.m128i[i] = (i < 2 ? &first : &second)->m128i[choice >> 2 * i & 3];
  return simde__m512i_from_private(out);
}
#undef _mm512_shuffle_i64x2
#define _mm512_shuffle_i64x2(a, b, choice) ck_shuffle_i64x2_512(a, b, choice)

static inline simde__m512 ck_cvtph_ps_512(simde__m256i halves) {
  simde__m512_private out;
  out.m256[0] = simde_mm256_cvtph_ps(simde_mm256_castsi256_si128(halves));
  out.m256[1] = simde_mm256_cvtph_ps(simde_mm256_extracti128_si256(halves, 1));
  return simde__m512_from_private(out);
}
#undef _mm512_cvtph_ps
#define _mm512_cvtph_ps(halves) ck_cvtph_ps_512(halves)

static inline simde__m256 ck_extractf32x8_ps(simde__m512 lanes, int half) {
  return simde__m512_to_private(lanes).m256[half];
}
#undef _mm512_extractf32x8_ps
#define _mm512_extractf32x8_ps(lanes, half) ck_extractf32x8_ps(lanes, half)

// SIMDe reads and writes whole vectors; what the mask leaves out may be nobody's memory, or another thread's.

static inline simde__m256i ck_maskload_epi32_256(const int *from, simde__m256i mask) {
  const simde__m256i_private chosen = simde__m256i_to_private(mask);
  simde__m256i_private out;
  for (int i = 0; i < 8; i++) out.i32[i] = chosen.i32[i] < 0 ? from[i] : 0;
  return simde__m256i_from_private(out);
}
#undef _mm256_maskload_epi32
#define _mm256_maskload_epi32(from, mask) ck_maskload_epi32_256(from, mask)

static inline simde__m256 ck_maskload_ps_256(const float *from, simde__m256i mask) {
  const simde__m256i_private chosen = simde__m256i_to_private(mask);
  simde__m256_private out;
  for (int i = 0; i < 8; i++) out.f32[i] = chosen.i32[i] < 0 ? from[i] : 0;
  return simde__m256_from_private(out);
}
#undef _mm256_maskload_ps
#define _mm256_maskload_ps(from, mask) ck_maskload_ps_256(from, mask)

static inline void ck_maskstore_ps_256(float *to, simde__m256i mask, simde__m256 lanes) {
  const simde__m256i_private chosen = simde__m256i_to_private(mask);
  const simde__m256_private values = simde__m256_to_private(lanes);
  for (int i = 0; i < 8; i++)
    if (chosen.i32[i] < 0) to[i] = values.f32[i];
}
#undef _mm256_maskstore_ps
#define _mm256_maskstore_ps(to, mask, lanes) ck_maskstore_ps_256(to, mask, lanes)

// SIMDe multiplies, rounds, adds and rounds: a fused operation rounds once.

static inline simde__m256 ck_fmadd_256(simde__m256 a, simde__m256 b, simde__m256 c) {
  for (int i = 0; i < 8; i++) c[i] = fmaf(a[i], b[i], c[i]);
  return c;
}
#undef _mm256_fmadd_ps
#define _mm256_fmadd_ps(a, b, c) ck_fmadd_256(a, b, c)
#undef _mm256_fmsub_ps
#define _mm256_fmsub_ps(a, b, c) ck_fmadd_256(a, b, -(c))

static inline simde__m512 ck_fmadd_512(simde__m512 a, simde__m512 b, simde__m512 c) {
  for (int i = 0; i < 16; i++) c[i] = fmaf(a[i], b[i], c[i]);
  return c;
}
#undef _mm512_fmadd_ps
#define _mm512_fmadd_ps(a, b, c) ck_fmadd_512(a, b, c)
#undef _mm512_fmsub_ps
#define _mm512_fmsub_ps(a, b, c) ck_fmadd_512(a, b, -(c))

#endif

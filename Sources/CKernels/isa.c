// What this CPU and its operating system can run. On x86 the compiler's runtime asks cpuid and, for the wide registers,
// whether the system saves them (xgetbv); on aarch64 the kernel says it in the auxiliary vector. Where intrinsics are
// emulated (common/target-inl.h), every instruction set of the architecture runs.

#include "CKernels.h"

#if defined(__aarch64__)
#include <sys/auxv.h>
#endif

static const struct {
  uint64_t bit;
  const char *name;
} names[] = {
    {CK_ISA_AVX2, "avx2"},         {CK_ISA_FMA, "fma"},           {CK_ISA_F16C, "f16c"},
    {CK_ISA_AVXVNNI, "avxvnni"},   {CK_ISA_AVX512BW, "avx512bw"}, {CK_ISA_AVX512VNNI, "avx512vnni"},
    {CK_ISA_NEON, "neon"},         {CK_ISA_DOTPROD, "dotprod"},   {CK_ISA_I8MM, "i8mm"},
};

const char *ck_isa_name(uint64_t bit) {
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    if (names[i].bit == bit) return names[i].name;
  }
  return NULL;
}

#if defined(CK_EMULATED)

uint64_t ck_isa_detected(void) {
#if defined(__x86_64__)
  return CK_ISA_AVX2 | CK_ISA_FMA | CK_ISA_F16C | CK_ISA_AVXVNNI | CK_ISA_AVX512BW | CK_ISA_AVX512VNNI;
#elif defined(__aarch64__)
  return CK_ISA_NEON | CK_ISA_DOTPROD | CK_ISA_I8MM;
#else
  return 0;
#endif
}

#elif defined(__x86_64__)

uint64_t ck_isa_detected(void) {
  __builtin_cpu_init();
  uint64_t found = 0;
  if (__builtin_cpu_supports("avx2")) found |= CK_ISA_AVX2;
  if (__builtin_cpu_supports("fma")) found |= CK_ISA_FMA;
  if (__builtin_cpu_supports("f16c")) found |= CK_ISA_F16C;
  if (__builtin_cpu_supports("avxvnni")) found |= CK_ISA_AVXVNNI;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")) {
    found |= CK_ISA_AVX512BW;
    if (__builtin_cpu_supports("avx512vnni")) found |= CK_ISA_AVX512VNNI;
  }
  return found;
}

#elif defined(__aarch64__)

uint64_t ck_isa_detected(void) {
  const unsigned long capabilities = getauxval(AT_HWCAP);
  const unsigned long capabilities2 = getauxval(AT_HWCAP2);
  uint64_t found = 0;
  // Bit numbers of the Linux arm64 ABI (uapi/asm/hwcap.h): ASIMD 1, ASIMDDP 20; in the second word I8MM 13.
  if (capabilities & (1ul << 1)) found |= CK_ISA_NEON;
  if (capabilities & (1ul << 20)) found |= CK_ISA_DOTPROD;
  if (capabilities2 & (1ul << 13)) found |= CK_ISA_I8MM;
  return found;
}

#else

uint64_t ck_isa_detected(void) { return 0; }

#endif

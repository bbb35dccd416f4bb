import CKernels

/// Names the instruction sets that a kernel may need beyond its architecture's baseline.
public struct InstructionSets: OptionSet, Sendable, Hashable {
  /// The CK_ISA_* bits.
  public let rawValue: UInt64

  /// Takes CK_ISA_* bits as they are.
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// AVX2: 256-bit integers.
  public static let avx2 = Self(rawValue: UInt64(CK_ISA_AVX2))
  /// FMA: fused multiply-add on 256-bit floats.
  public static let fma = Self(rawValue: UInt64(CK_ISA_FMA))
  /// F16C: conversion between half and single precision.
  public static let f16c = Self(rawValue: UInt64(CK_ISA_F16C))
  /// AVX-VNNI: int8 dot products on 256-bit registers.
  public static let avxVNNI = Self(rawValue: UInt64(CK_ISA_AVXVNNI))
  /// AVX-512 F, BW, VL and DQ together.
  public static let avx512BW = Self(rawValue: UInt64(CK_ISA_AVX512BW))
  /// AVX-512 VNNI: int8 dot products on 512-bit registers.
  public static let avx512VNNI = Self(rawValue: UInt64(CK_ISA_AVX512VNNI))
  /// NEON (ASIMD): 128-bit vectors of aarch64.
  public static let neon = Self(rawValue: UInt64(CK_ISA_NEON))
  /// DOTPROD: int8 dot products of Armv8.2.
  public static let dotprod = Self(rawValue: UInt64(CK_ISA_DOTPROD))
  /// I8MM: int8 matrix products of Armv8.6.
  public static let i8mm = Self(rawValue: UInt64(CK_ISA_I8MM))

  /// What this CPU and its operating system support.
  public static let detected = Self(rawValue: ck_isa_detected())

  /// Lists the names of the members, "avx2" before "fma".
  public var names: [String] {
    (0..<UInt64.bitWidth).compactMap { shift in
      let bit = rawValue & (1 << UInt64(shift))
      return ck_isa_name(bit).map { String(cString: $0) }
    }
  }
}

/// Which kernel, exactly.
public struct KernelIdentity: Codable, Sendable, Equatable {
  /// The family: "naive", "simd", "f16".
  public var name: String
  /// The instruction set: "avx2", "portable"; absent when the kernel was never resolved.
  public var isa: String?
  /// The packing of the weights.
  public var packing: String?
  /// Bits per ternary weight in that packing.
  public var bitsPerWeight: Double?
  /// The kernels that an automatic name chose, by matrix ("qkv", "qkv batch"); absent for a kernel of its own.
  public var choices: [String: String]?

  enum CodingKeys: String, CodingKey {
    case name, isa, packing, choices
    case bitsPerWeight = "bits_per_weight"
  }

  /// Makes an identity.
  public init(name: String, isa: String? = nil, packing: String? = nil, bitsPerWeight: Double? = nil) {
    self.name = name
    self.isa = isa
    self.packing = packing
    self.bitsPerWeight = bitsPerWeight
  }

  /// The spelling that a command line takes: "simd@avx2".
  public var id: String { isa.map { "\(name)@\($0)" } ?? name }
}

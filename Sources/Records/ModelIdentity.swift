/// Which weights, exactly: a model's, or those of a single matrix.
public struct ModelIdentity: Codable, Sendable, Equatable {
  /// The zoo's name, the path as given, or a matrix as "2048x8192".
  public var name: String
  /// "synthetic", "safetensors".
  public var format: String
  /// SHA-256 of the file, for models from files.
  public var sha256: String?
  /// The seed of synthetic weights.
  public var seed: UInt64?
  /// All weights, embeddings and norms included.
  public var parameters: Int
  /// The weights of the ternary matrices alone.
  public var ternaryParameters: Int
  /// How the output head is stored: "f16", "bf16", "f32"; "none" for a single matrix.
  public var head: String

  enum CodingKeys: String, CodingKey {
    case name, format, sha256, seed, parameters, head
    case ternaryParameters = "ternary_parameters"
  }

  /// Makes an identity.
  public init(
    name: String, format: String, sha256: String? = nil, seed: UInt64? = nil, parameters: Int, ternaryParameters: Int,
    head: String
  ) {
    self.name = name
    self.format = format
    self.sha256 = sha256
    self.seed = seed
    self.parameters = parameters
    self.ternaryParameters = ternaryParameters
    self.head = head
  }
}

/// One of the two programs that a gate compares: base or head.
public struct GateSide: Codable, Sendable, Equatable {
  /// The name as the user gave it: a path, a revision, a baseline.
  public var name: String
  /// The git commit of the build, when it was known.
  public var commit: String?
  /// Whether the work tree had uncommitted changes when it was built.
  public var dirty: Bool?
  /// SHA-256 of the program, in hexadecimal; absent for a baseline, which is numbers alone.
  public var binarySha256: String?
  /// The released version that the program states.
  public var version: String?

  enum CodingKeys: String, CodingKey {
    case name, commit, dirty, version
    case binarySha256 = "binary_sha256"
  }

  /// Makes a side.
  public init(
    name: String, commit: String? = nil, dirty: Bool? = nil, binarySha256: String? = nil, version: String? = nil
  ) {
    self.name = name
    self.commit = commit
    self.dirty = dirty
    self.binarySha256 = binarySha256
    self.version = version
  }
}

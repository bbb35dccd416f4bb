/// One cache level of CPU 0's kind.
public struct CacheRecord: Codable, Sendable, Equatable {
  /// 1, 2, 3 or 4, counted from the core.
  public var level: Int
  /// "data", "instruction" or "unified".
  public var type: String
  /// The size of one instance.
  public var sizeBytes: Int
  /// How many CPUs share one instance.
  public var sharedByCpus: Int?

  enum CodingKeys: String, CodingKey {
    case level, type
    case sizeBytes = "size_bytes"
    case sharedByCpus = "shared_by_cpus"
  }

  /// Makes a cache.
  public init(level: Int, type: String, sizeBytes: Int, sharedByCpus: Int?) {
    self.level = level
    self.type = type
    self.sizeBytes = sizeBytes
    self.sharedByCpus = sharedByCpus
  }
}

/// A number that others have published, with everything that a reader needs to find it again.
public struct PublishedValue: Sendable, Equatable {
  /// What was published; the raw values are the spellings of the files, unit last.
  public enum Metric: String, Sendable, CaseIterable {
    /// Tokens per second.
    case speed = "rate_tokens_per_s"
    /// One speed over another.
    case speedUp = "ratio_speed"
    /// Joules per token.
    case energyPerToken = "energy_j_per_token"
    /// How much less energy a token takes than another system's, per cent.
    case energySaving = "energy_saving_percent"
    /// Milliseconds of one matrix product.
    case kernelTime = "time_kernel_ms"
    /// Milliseconds of one generated token.
    case tokenTime = "time_token_ms"
    /// Weights without the embedding, gigabytes.
    case weights = "memory_weights_gb"
    /// Joules of the arithmetic alone, by a model of the operations.
    case estimatedEnergy = "estimated_energy_arithmetic_j"
    /// Bits that a ternary weight takes.
    case bitsPerWeight = "bits_per_weight"
  }

  /// With how many threads.
  public enum Threads: Sendable, Equatable {
    /// This many.
    case count(Int)
    /// The source gives its best over all counts.
    case best
  }

  /// The paper or repository: "arXiv:2410.16144v2".
  public var source: String
  /// The table or chart in it: "Table 4".
  public var place: String
  /// "2024-10" or "2024-10-19".
  public var date: String
  /// The program as the source names it: "llama.cpp".
  public var system: String
  /// The kernel as the source names it; empty where it does not.
  public var kernel: String
  /// The model as the source names it.
  public var model: String
  /// The model of Tern's zoo with the same shape.
  public var zooModel: String?
  /// The model's size as the source names it, in weights.
  public var parameters: Double?
  /// The processor as the source names it.
  public var cpu: String?
  /// "x86_64" or "arm64", spelt as in records.
  public var architecture: String?
  /// With how many threads; absent where the source does not say.
  public var threads: Threads?
  /// What was run, in the source's words.
  public var test: String
  /// What the number is.
  public var metric: Metric
  /// The number; absent where the source says that there is none.
  public var value: Double?
  /// What the source prints behind ±.
  public var halfWidth: Double?
  /// What a reader of the number should know.
  public var note: String

  /// "published for Apple M2 Ultra, 2024-10, in arXiv:2410.16144v2, Table 4".
  public var origin: String {
    "published\(cpu.map { " for \($0)" } ?? ""), \(date), in \(source)\(place.isEmpty ? "" : ", \(place)")"
  }

  /// "arXiv:2410.16144v2, Table 4", where a table has no room for more.
  var reference: String { "\(source), \(place)" }

  /// The program and its kernel: "llama.cpp FP16".
  var name: String { kernel.isEmpty ? system : "\(system) \(kernel)" }
}

/// Every published number that stands beside measured ones.
public struct PublishedResults: Sendable, Equatable {
  /// In the order of the files.
  public var values: [PublishedValue]

  /// Makes a list.
  public init(values: [PublishedValue]) { self.values = values }

  /// No published numbers.
  public static let none = PublishedResults(values: [])

  /// The values of one source's table for one architecture.
  func values(
    of metric: PublishedValue.Metric, source: String, place: String? = nil, architecture: String? = nil
  ) -> [PublishedValue] {
    values.filter { value in
      value.metric == metric && value.source.hasPrefix(source) && (place == nil || value.place == place)
        && (architecture == nil || value.architecture == architecture)
    }
  }
}

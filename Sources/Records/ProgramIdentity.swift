/// Another program that ran a cell: which build of it, on which file, with which settings, as far as it says so.
public struct ProgramIdentity: Codable, Sendable, Equatable {
  /// What a measured window holds.
  public enum Window: String, Codable, Sendable {
    /// The repetitions of the work, and what the program does between them.
    case work
    /// The whole program, from its start to its end: loading the model, warming up, the work, and cleaning up.
    case process
  }

  /// The suite's name for it.
  public var name: String
  /// How it was spoken to: "llama-bench", "command".
  public var kind: String
  /// Where the program is.
  public var path: String?
  /// The command line of the last run.
  public var command: [String]?
  /// What a measured window holds; absent before the first.
  public var window: Window?
  /// Why the window is that of the whole process.
  public var windowReason: String?
  /// The commit it was built from, as it says itself.
  public var buildCommit: String?
  /// The number of its build, as it says itself.
  public var buildNumber: Int?
  /// What it computes on: "CPU", "CUDA".
  public var backends: String?
  /// The processor, in its words.
  public var cpuInfo: String?
  /// Its model file.
  public var modelFile: String?
  /// The file's size.
  public var modelBytes: Int?
  /// The file's SHA-256; absent where the file was too large to hash.
  public var modelSHA256: String?
  /// The model, in its words: "bitnet 2B TQ2_0 - 2.06 bpw ternary".
  public var modelType: String?
  /// Its count of parameters.
  public var modelParameters: Int?
  /// The GGUF file's `general.architecture`.
  public var architecture: String?
  /// How the file's output head is stored, as GGUF names types: "F16", "Q6_K".
  public var head: String?
  /// The types of the file's projections, the most frequent first: "TQ2_0".
  public var weights: String?
  /// Settings that bear on speed, in its words: "n_batch", "type_k", "flash_attn".
  public var settings: [String: String]?

  enum CodingKeys: String, CodingKey {
    case name, kind, path, command, window, backends, architecture, head, weights, settings
    case windowReason = "window_reason"
    case buildCommit = "build_commit"
    case buildNumber = "build_number"
    case cpuInfo = "cpu_info"
    case modelFile = "model_file"
    case modelBytes = "model_bytes"
    case modelSHA256 = "model_sha256"
    case modelType = "model_type"
    case modelParameters = "model_parameters"
  }

  /// Makes an identity of what a suite says; the rest is learned from the program.
  public init(name: String, kind: String) {
    self.name = name
    self.kind = kind
  }
}

extension CellRecord {
  /// Tokens that one iteration processes; nil where a window holds more than the work, so that nothing in it can be
  /// divided among tokens.
  public var tokensPerIteration: Int? {
    program?.window == .process ? nil : phase.tokensPerIteration
  }
}

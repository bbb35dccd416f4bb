import Foundation
import Records

/// One test of llama-bench's JSON, which forks of different ages fill to different degrees.
struct LlamaBenchResult: Decodable, Equatable {
  var prompt: Int
  var generate: Int
  /// Absent from builds without depths.
  var depth: Int?
  var threads: Int?
  /// Nanoseconds of each repetition.
  var samplesNs: [Double]
  var buildCommit: String?
  var buildNumber: Int?
  var cpuInfo: String?
  /// "CPU", "CPU,BLAS"; of older builds the names of those that are compiled in.
  var backends: String?
  var modelType: String?
  var modelParameters: Int?
  var batch: Int?
  var microBatch: Int?
  var typeK: String?
  var typeV: String?
  var gpuLayers: Int?
  var isFlashAttention: Bool?

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  /// What older builds say of what they were compiled with, in place of "backends".
  private static let compiled = ["cuda", "vulkan", "kompute", "metal", "sycl", "rpc", "blas"]

  /// Reads what is there; what is needed for a rate must be.
  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    func optional<Value: Decodable>(_ key: String) -> Value? {
      try? values.decodeIfPresent(Value.self, forKey: Key(key))
    }
    prompt = try values.decode(Int.self, forKey: Key("n_prompt"))
    generate = try values.decode(Int.self, forKey: Key("n_gen"))
    samplesNs = try values.decode([Double].self, forKey: Key("samples_ns"))
    depth = optional("n_depth")
    threads = optional("n_threads")
    buildCommit = optional("build_commit")
    buildNumber = optional("build_number")
    cpuInfo = optional("cpu_info")
    modelType = optional("model_type")
    modelParameters = optional("model_n_params")
    batch = optional("n_batch")
    microBatch = optional("n_ubatch")
    typeK = optional("type_k")
    typeV = optional("type_v")
    gpuLayers = optional("n_gpu_layers")
    let flash: Int? = optional("flash_attn")
    isFlashAttention = optional("flash_attn") ?? flash.map { $0 > 0 }
    let built = Self.compiled.filter { (optional($0) as Bool?) == true }
    backends = optional("backends") ?? (built.isEmpty ? nil : built.joined(separator: ","))
  }

  /// Reads the one test of an output.
  ///
  /// - Throws: `ProgramFailure` that says what is there instead.
  static func parse(_ bytes: [UInt8], name: String) throws -> LlamaBenchResult {
    guard let start = self.start(of: bytes) else {
      let text = String(decoding: bytes.prefix(120), as: UTF8.self).split(separator: "\n").joined(separator: " / ")
      throw ProgramFailure(
        text.isEmpty ? "\(name) ended well and wrote no result" : "\(name) wrote no JSON but: \(text)")
    }
    let tests: [LlamaBenchResult]
    do {
      tests = try JSONDecoder().decode([LlamaBenchResult].self, from: Data(bytes[start...]))
    } catch DecodingError.keyNotFound(let key, _) {
      throw ProgramFailure("\(name)'s JSON has no \(key.stringValue), so it is not llama-bench's")
    } catch DecodingError.typeMismatch(_, let context) {
      throw ProgramFailure("\(name)'s JSON is not llama-bench's: \(context.debugDescription)")
    } catch {
      throw ProgramFailure("\(name)'s output is not whole JSON: it is damaged or was cut short")
    }
    guard tests.count == 1 else {
      throw ProgramFailure("\(name) gave \(tests.count) results, where one was asked for; see its args in the suite")
    }
    return tests[0]
  }

  /// Where the list begins: some builds write a line or two before it.
  private static func start(of bytes: [UInt8]) -> Int? {
    bytes.indices.first { index in
      bytes[index] == UInt8(ascii: "[") && (index == 0 || bytes[index - 1] == UInt8(ascii: "\n"))
    }
  }

  /// Refuses the result of something else than what was asked for.
  func check(against job: ProgramJob, name: String) throws {
    guard prompt == job.phase.prompt ?? 0, generate == job.phase.generate ?? 0 else {
      throw ProgramFailure(
        "\(name) ran pp\(prompt)+tg\(generate) and was asked for \(job.phase.label); see its args in the suite")
    }
    guard samplesNs.count == job.repetitions, samplesNs.allSatisfy({ $0 > 0 && $0 < Self.largestNs }) else {
      throw ProgramFailure(
        "\(name) gave \(samplesNs.count) times and was asked for \(job.repetitions), each above 0")
    }
  }

  /// A century: what is longer is no time.
  private static let largestNs = 3e18
}

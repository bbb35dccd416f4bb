extension PhaseRecord {
  /// Reads a phase as suites and command lines spell it: "pp512", "tg128", "pp512+tg128", "tg128@d1024", "gemv",
  /// "gemm128", "head", "head32", "probe:read", "probe:int8".
  ///
  /// The spelling is llama-bench's where it has one. `label` becomes the canonical spelling, so that "gemm1" and
  /// "gemv" are one phase. Throws `PhaseError` for anything else; never traps, whatever the text.
  public init(label text: String) throws {
    if text.hasPrefix("probe:") {
      try self.init(probe: text)
    } else if text.hasPrefix("gemv") || text.hasPrefix("gemm") {
      try self.init(matrices: text)
    } else if text.hasPrefix("head") {
      try self.init(head: text)
    } else {
      try self.init(model: text)
    }
  }

  /// The ceilings of the machine that can be probed.
  public static let probes = ["probe:read", "probe:int8"]

  /// The largest count that a label may hold: far above every context length, and small enough that sums of a few
  /// such counts times any repetition cannot overflow.
  public static let largestCount = 1 << 24

  private init(probe text: String) throws {
    guard Self.probes.contains(text) else { throw PhaseError(text, "there is no such probe") }
    self.init(label: text, kind: .probe)
  }

  private init(matrices text: String) throws {
    if text == "gemv" {
      self.init(label: text, kind: .matrices, batch: 1)
      return
    }
    guard text.hasPrefix("gemm"), text != "gemm" else {
      throw PhaseError(text, "gemm is followed by its batch, and gemv by nothing")
    }
    let batch = try Self.count(text.dropFirst(4), of: "the batch", in: text)
    self.init(label: batch == 1 ? "gemv" : "gemm\(batch)", kind: .matrices, batch: batch)
  }

  private init(head text: String) throws {
    let batch = text == "head" ? 1 : try Self.count(text.dropFirst(4), of: "the batch", in: text)
    self.init(label: batch == 1 ? "head" : "head\(batch)", kind: .head, batch: batch)
  }

  private init(model text: String) throws {
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count <= 2 else { throw PhaseError(text, "it has more than one \"@\"") }
    var depth: Int?
    if parts.count == 2 {
      guard parts[1].hasPrefix("d") else { throw PhaseError(text, "after \"@\" stands a depth such as d1024") }
      depth = try Self.count(parts[1].dropFirst(), of: "the depth", in: text)
    }
    let (prompt, generate) = try Self.work(parts[0], in: text)
    let work = [prompt.map { "pp\($0)" }, generate.map { "tg\($0)" }].compactMap(\.self).joined(separator: "+")
    let label = work + (depth.map { "@d\($0)" } ?? "")
    self.init(label: label, kind: .model, prompt: prompt, generate: generate, depth: depth)
  }

  /// "pp512", "tg128" or "pp512+tg128", in this order.
  private static func work(_ part: Substring, in text: String) throws -> (prompt: Int?, generate: Int?) {
    var prompt: Int?
    var generate: Int?
    for term in part.split(separator: "+", omittingEmptySubsequences: false) {
      if term.hasPrefix("pp"), prompt == nil, generate == nil {
        prompt = try count(term.dropFirst(2), of: "the prompt", in: text)
      } else if term.hasPrefix("tg"), generate == nil {
        generate = try count(term.dropFirst(2), of: "the generated tokens", in: text)
      } else {
        throw PhaseError(text, nil)
      }
    }
    return (prompt, generate)
  }

  private static func count(_ digits: Substring, of what: String, in text: String) throws -> Int {
    guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
      throw PhaseError(text, "\(what) must be a whole number")
    }
    guard let value = Int(digits), 1...largestCount ~= value else {
      throw PhaseError(text, "\(what) must lie between 1 and \(largestCount)")
    }
    return value
  }
}

/// A phase was spelt in a way that means nothing.
public struct PhaseError: Error, CustomStringConvertible, Sendable, Equatable {
  /// What is wrong and what is accepted.
  public let description: String

  init(_ text: String, _ problem: String?) {
    let because = problem.map { ": \($0)" } ?? ""
    description =
      "\"\(text)\" is not a phase\(because). Accepted are pp512, tg128, pp512+tg128, each also with a depth "
      + "(tg128@d1024), gemv, gemm128, head, head32, probe:read and probe:int8."
  }
}

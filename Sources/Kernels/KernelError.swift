/// Says what a kernel, a packing or a matrix could not do; its description is the sentence to show.
public enum KernelError: Error, Equatable, Sendable, CustomStringConvertible {
  /// No kernel has this name.
  case unknown(name: String, nearest: String?, known: [String])
  /// The kernel exists, but not for this CPU.
  case unavailable(name: String, reason: String, available: [String])
  /// A matrix of this shape cannot be made.
  case shape(rows: Int, columns: Int, reason: String)
  /// The system gave no memory.
  case outOfMemory(bytes: Int)

  /// One sentence: what is wrong and what there is instead.
  public var description: String {
    switch self {
    case .unknown(let name, let nearest, let known):
      let hint = nearest.map { "; did you mean '\($0)'?" } ?? "."
      return "No kernel is called '\(name)'\(hint) Known: \(known.joined(separator: ", "))."
    case .unavailable(let name, let reason, let available):
      return "Kernel '\(name)' cannot run here: it \(reason). Available: \(available.joined(separator: ", "))."
    case .shape(let rows, let columns, let reason):
      return "A matrix of \(rows) × \(columns) cannot be made: \(reason)."
    case .outOfMemory(let bytes):
      return "The system has no \(bytes) bytes of memory to give; use a smaller model or close other programs."
    }
  }
}
